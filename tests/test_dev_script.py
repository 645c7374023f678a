"""The script behind the README's two commands."""

import importlib.util
import sys
from pathlib import Path

import pytest


@pytest.fixture(name="dev")
def _dev(tmp_path, monkeypatch):
    spec = importlib.util.spec_from_file_location("dev_script", Path(__file__).parent.parent / "scripts" / "dev.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (tmp_path / "requirements").mkdir()
    for name in ("run", "dev"):
        (tmp_path / "requirements" / f"{name}.txt").write_text(name)
    (tmp_path / "pyproject.toml").write_text("")
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(module, "STAMP", tmp_path / ".venv" / "stamp")
    return module


@pytest.fixture(name="made")
def _made(dev, monkeypatch):
    """What was done, in the place of doing it."""
    steps = []

    def make_venv():
        steps.append("venv")
        Path(dev.tool("python")).parent.mkdir(parents=True, exist_ok=True)
        Path(dev.tool("python")).touch()

    monkeypatch.setattr(dev, "make_venv", make_venv)
    monkeypatch.setattr(dev, "pip", lambda *words: steps.append(words[-1].rpartition("/")[2]))
    return steps


def test_set_up_once(dev, made, tmp_path):
    """The second time, nothing is done."""
    dev.set_up("run")
    dev.set_up("run")

    assert made == ["venv", "run.txt", tmp_path.name]


def test_the_larger_covers_the_smaller(dev, made):
    """After `test`, `run` has nothing to do; after `run`, `test` only adds."""
    dev.set_up("dev")
    dev.set_up("run")

    assert made[:2] == ["venv", "dev.txt"]
    assert len(made) == 3


def test_added_to(dev, made):
    """An environment made for `run` is added to by `test`, not made anew."""
    dev.set_up("run")
    dev.set_up("dev")

    assert made.count("venv") == 1
    assert "dev.txt" in made


def test_made_anew_after_a_change(dev, made, tmp_path):
    """A changed lock file sets up again."""
    dev.set_up("run")
    (tmp_path / "requirements" / "run.txt").write_text("changed")
    dev.set_up("run")

    assert made.count("venv") == 2


def test_a_broken_environment_is_made_anew(dev, made):
    """An environment without its Python is no environment."""
    dev.set_up("run")
    Path(dev.tool("python")).unlink()

    assert dev.stamps() == set()


@pytest.mark.parametrize("version", [(3, 10, 9), (2, 7, 18)])
def test_an_old_python_is_told(dev, version):
    """A Python that is too old is told in one sentence."""
    with pytest.raises(dev.SetUpError, match=r"Python 3\.11 or newer is needed, this is"):
        dev.check_python(version)


def test_failures_are_one_sentence(dev, monkeypatch, capsys):
    """What the user can mend ends with 3 and a sentence, without a traceback."""
    monkeypatch.setattr(dev, "has_ensurepip", lambda: False)
    monkeypatch.setattr(dev.shutil, "which", lambda _name: None)

    assert dev.main(["run"]) == 3
    assert "install its venv module" in capsys.readouterr().err


def test_wrong_words_show_the_usage(dev, capsys):
    """An unknown verb shows what there is."""
    assert dev.main(["dance"]) == 4
    assert "scripts/dev.py run" in capsys.readouterr().err


def test_a_failing_command_shows_its_last_lines(dev):
    """The reason of a failing step is shown."""
    with pytest.raises(dev.SetUpError, match="the reason"):
        dev.checked([sys.executable, "-c", "import sys; print('the reason'); sys.exit(1)"])


def test_the_lock_names_no_address():
    """The lock files hold versions and hashes alone."""
    folder = Path(__file__).parent.parent / "requirements"

    assert [path.name for path in sorted(folder.glob("*.txt"))] == ["dev.txt", "run.txt"]
    assert [path.name for path in folder.glob("*.txt") if "://" in path.read_text()] == []
