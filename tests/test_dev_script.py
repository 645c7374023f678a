"""The script behind the README's two commands."""

import ast
import importlib.util
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parent.parent


@pytest.fixture(name="dev")
def _dev(tmp_path, monkeypatch):
    spec = importlib.util.spec_from_file_location("dev_script", CHECKOUT / "scripts" / "dev.py")
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
        for name in ("python", "iai-conformance"):
            Path(dev.tool(name)).touch()

    monkeypatch.setattr(dev, "make_venv", make_venv)
    monkeypatch.setattr(dev, "pip", lambda *words: steps.append(Path(words[-1]).name))
    return steps


@pytest.fixture(name="machine")
def _machine(dev, monkeypatch):
    """A machine with these modules and programs; what was called is returned, in the place of calling it."""

    def machine(modules=(), programs=()):
        called = []
        monkeypatch.setattr(dev, "importable", lambda module: module in modules)
        monkeypatch.setattr(dev.shutil, "which", lambda name: name if name in programs else None)
        monkeypatch.setattr(dev, "checked", called.append)
        return called

    return machine


def _ends(dev, monkeypatch, code, *outcomes):
    """Let a command end with a code, or with what happens while it is waited for."""

    class Child:
        def __init__(self, *_command, **_options):
            self.outcomes = iter([*outcomes, code])

        def __enter__(self):
            return self

        def __exit__(self, *_error):
            return None

        def wait(self):
            outcome = next(self.outcomes)
            if outcome is KeyboardInterrupt:
                raise outcome
            return outcome

    monkeypatch.setattr(dev.subprocess, "Popen", Child)


def test_set_up_once(dev, made, tmp_path):
    """The second time, nothing is done."""
    dev.set_up("run")
    dev.set_up("run")

    assert made == ["venv", "run.txt", tmp_path.name]


def test_the_larger_covers_the_smaller(dev, made):
    """After `test`, `run` has nothing to do."""
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


@pytest.mark.parametrize("name", ["python", "iai-conformance"])
def test_a_broken_environment_is_made_anew(dev, made, name):
    """An environment without its Python or the project's program is no environment."""
    dev.set_up("run")
    Path(dev.tool(name)).unlink()
    dev.set_up("run")

    assert made.count("venv") == 2


@pytest.mark.parametrize("before", [[], ["run"]])
def test_an_interrupted_set_up_is_made_anew(dev, made, monkeypatch, before):
    """What was interrupted, be it the first set-up or an addition, counts as nothing."""
    for kind in before:
        dev.set_up(kind)

    def interrupted(*_words):
        raise KeyboardInterrupt

    monkeypatch.setattr(dev, "pip", interrupted)

    assert dev.main(["test"]) == 2
    assert dev.stamps() == set()


def test_another_python_sets_up_again(dev, made, monkeypatch):
    """An environment made by another Python is not used."""
    dev.set_up("run")
    monkeypatch.setattr(dev.sys, "version", "3.99.0")

    assert dev.stamps() == set()


@pytest.mark.parametrize("version", [(3, 10, 9), (2, 7, 18)])
def test_an_old_python_is_told(dev, version):
    """A Python that is too old is told in one sentence."""
    with pytest.raises(dev.SetUpError, match=r"Python 3\.11 or newer is needed, this is"):
        dev.check_python(version)


def test_an_old_python_gets_far_enough_to_be_told(dev):
    """The script has no syntax that Python 3.6 lacks, so far as this Python's parser can tell."""
    source = (CHECKOUT / "scripts" / "dev.py").read_text(encoding="utf-8")

    assert ast.parse(source, feature_version=(3, 6))
    assert "from __future__ import annotations" not in source


@pytest.mark.parametrize(
    ("modules", "programs", "command"),
    [
        (["venv", "ensurepip", "pip"], ["uv", "virtualenv"], "PYTHON -m venv new"),
        (["venv", "pip"], ["uv", "virtualenv"], "uv venv --quiet --seed --python PYTHON new"),
        (["venv", "pip"], ["virtualenv"], "virtualenv --quiet --python PYTHON new"),
        (["venv", "pip"], [], "PYTHON -m venv --without-pip new"),
    ],
)
def test_an_environment_is_made_with_what_is_there(dev, machine, modules, programs, command):
    """Where Python can't put pip into an environment, another way is taken."""
    called = machine(modules, programs)
    dev.create(Path("new"))

    assert called == [command.replace("PYTHON", dev.PYTHON).split()]


def test_an_environment_without_pip_is_filled_from_outside(dev, machine):
    """This Python's pip installs into an environment that has none of its own."""
    called = machine()
    dev.pip("install", "it")
    Path(dev.tool("pip")).parent.mkdir(parents=True)
    Path(dev.tool("pip")).touch()
    dev.pip("install", "it")

    assert called[0][:5] == [dev.PYTHON, "-m", "pip", "--python", dev.tool("python")]
    assert called[1][:3] == [dev.tool("python"), "-m", "pip"]


@pytest.mark.parametrize("modules", [[], ["venv"], ["pip"]])
def test_a_missing_venv_is_told_in_one_sentence(dev, machine, capsys, modules):
    """Where there is no way to make an environment, the exit code is 3 and a sentence says what to install."""
    machine(modules)

    assert dev.main(["run"]) == 3
    assert capsys.readouterr().err.splitlines()[1:] == [
        "dev.py: this Python can't make virtual environments: install its venv module "
        "(on Debian and Ubuntu: apt install python3-venv)"
    ]


def test_an_incomplete_checkout_is_told(dev, capsys, tmp_path):
    """A file that can't be read is named, without a traceback."""
    (tmp_path / "requirements" / "run.txt").unlink()

    assert dev.main(["run"]) == 3
    assert re.fullmatch(r"dev\.py: .*run\.txt'\n", capsys.readouterr().err)


def test_wrong_words_show_the_usage(dev, capsys):
    """An unknown verb shows what there is."""
    assert dev.main(["dance"]) == 4
    assert "scripts/dev.py run" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("output", "told"),
    [
        (b"the reason\n", "python -m pip failed: the reason"),
        (b"a\nthe reason\n", "python -m pip failed:\n  a\n  the reason"),
    ],
)
def test_a_failing_step_shows_its_last_lines(dev, monkeypatch, output, told):
    """The reason of a failing step is shown."""
    monkeypatch.setattr(dev.subprocess, "run", lambda command, **_: subprocess.CompletedProcess(command, 1, output))

    with pytest.raises(dev.SetUpError, match=f"^{told}$"):
        dev.checked(["/somewhere/python", "-m", "pip", "install"])


@pytest.mark.parametrize(("code", "passed_on"), [(0, 0), (1, 1), (5, 5), (-9, 137)])
def test_exit_codes_are_passed_on(dev, made, monkeypatch, code, passed_on):
    """The exit code is that of what was run."""
    _ends(dev, monkeypatch, code)

    assert dev.main(["run"]) == passed_on


def test_an_interrupted_run_ends_in_its_own_way(dev, made, monkeypatch):
    """After Ctrl-C the command is waited for, so that it can report."""
    _ends(dev, monkeypatch, 7, KeyboardInterrupt, KeyboardInterrupt)

    assert dev.main(["run"]) == 7


def test_files_are_named_from_where_the_user_is(dev, made, monkeypatch, tmp_path):
    """`run` works in the user's folder, the checks in the checkout."""
    places = []
    monkeypatch.setattr(dev, "call", lambda _command, where, *_: places.append(where) or 0)
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    dev.main(["run"])
    dev.main(["test"])

    assert places == [tmp_path / "elsewhere", *[tmp_path] * len([*dev.CHECKS, *dev.TESTS, "hunt"])]


def test_the_first_failing_check_ends_the_gate(dev, made, monkeypatch):
    """A failing check ends `test` with its code, and is not given the options that are for pytest."""
    commands = []
    monkeypatch.setattr(dev, "call", lambda command, *_: commands.append(command[1:]) or len(commands) // 3)

    assert dev.main(["test", "-x"]) == 1
    assert commands == [["check", "."], ["format", "--check", "."], []]


def test_options_say_what_pytest_does(dev, made, monkeypatch):
    """Options are given to one pytest, in the place of those that the gate runs: they may name tests, or a target."""
    runs = []
    monkeypatch.setattr(dev, "call", lambda command, *_: runs.append(command[1:]) or 0)
    dev.main(["test"])
    usual, runs[:] = runs[len(dev.CHECKS) :], []
    dev.main(["test", "-x", "tests"])

    assert usual[:-1] == [["conformance/suite"], ["tests", "-n", "3", "--dist", "worksteal"]]
    assert runs[len(dev.CHECKS) :] == [["-x", "tests"]]


def test_the_quick_part_leaves_out_what_is_slow(dev, made, monkeypatch):
    """`--quick` runs the same checks, the suite in its smallest profile, and the tests without those marked slow."""
    runs = []
    monkeypatch.setattr(dev, "call", lambda command, *_: runs.append(command[1:]) or 0)

    assert dev.main(["test", "--quick"]) == 0
    assert runs[: len(dev.CHECKS)] == [command[1:] for command in dev.CHECKS]
    assert runs[len(dev.CHECKS) : -1] == [
        ["conformance/suite", "--iai-profile", "smoke"],
        ["tests", "-m", "not slow"],
    ]


def test_what_the_tests_wrote_is_searched(dev, made, monkeypatch, tmp_path, capfdbinary):
    """The tests get a key of their own, and folders of their own; a key that is printed, or written, fails the gate."""
    leak = "import os, sys; sys.stdout.write(os.environ['TENCENTCLOUD_SECRET_KEY'][::{step}])"
    seen = []

    def tool(name):
        return sys.executable if name in {"python", "leak"} else name

    def call(command, where, environment=None, output=None):
        if command[0] != sys.executable:
            return 0
        seen.append(environment)
        return called(command, CHECKOUT, environment, output)

    dev.set_up("dev")
    called = dev.call
    monkeypatch.setattr(dev, "tool", tool)
    monkeypatch.setattr(dev, "set_up", lambda _kind: None)
    monkeypatch.setattr(dev, "call", call)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for step, code in ((1, 1), (2, 0)):
        monkeypatch.setattr(dev, "QUICK_TESTS", [["leak", "-c", leak.format(step=step)]])
        assert dev.main(["test", "--quick"]) == code

    assert len({each["TENCENTCLOUD_SECRET_KEY"] for each in seen}) == 2
    assert all(Path(each["TMPDIR"]).is_relative_to(tmp_path) for each in seen)
    assert {each["PYTHONDONTWRITEBYTECODE"] for each in seen} == {""}  # what one process compiled serves the others
    assert b"output (plain)" in capfdbinary.readouterr().err


@pytest.mark.slow
def test_what_a_test_prints_that_passes_is_searched(dev, tmp_path):
    """Pytest shows nothing of it; the checkout's conftest.py writes it where the hunt looks, each worker's too."""
    (tmp_path / "conftest.py").write_bytes((CHECKOUT / "conftest.py").read_bytes())
    (tmp_path / "test_it.py").write_text("import logging\ndef test_it():\n    print('a\\ud800'); logging.error('b')\n")
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    environment = {**inherited, dev.PRINTED: str(tmp_path / "printed"), "PYTHONPATH": str(CHECKOUT)}
    for options in ([], ["-n", "1"]):
        words = [sys.executable, "-m", "pytest", "-q", *options]
        subprocess.run(words, cwd=tmp_path, env=environment, check=True, capture_output=True)

    printed = (tmp_path / "printed").read_bytes()
    assert printed.count(b"a") == printed.count(b"ERROR") == 2


def test_the_lock_names_no_address():
    """The lock files hold versions and hashes alone."""
    folder = CHECKOUT / "requirements"

    assert [path.name for path in sorted(folder.glob("*.txt"))] == ["dev.txt", "run.txt"]
    assert [path.name for path in folder.glob("*.txt") if "http" in path.read_text()] == []


def _locked(kind):
    lines = (CHECKOUT / "requirements" / f"{kind}.txt").read_text().splitlines()
    return {line.split()[0] for line in lines if line[:1].isalnum()}


def test_the_lock_of_test_has_all_of_run():
    """What `test` installs is what `run` installs, and more."""
    assert _locked("run") < _locked("dev")


@pytest.mark.parametrize(("kind", "extras"), [("run", []), ("dev", ["dev"])])
def test_the_lock_has_what_the_project_asks_for(dev, kind, extras):
    """Each requirement of pyproject.toml, and what builds the project, is in the lock."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *dev.BUILD]
    for extra in extras:
        asked += project["optional-dependencies"][extra]
    locked = {pin.partition("==")[0] for pin in _locked(kind)}

    assert {re.match(r"[\w.-]+", requirement)[0] for requirement in asked} <= locked
