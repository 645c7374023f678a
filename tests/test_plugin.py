"""The suite under pytest: from the checkout, from an installed wheel, and beside other people's projects."""

import json
import os
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from conformance.contract import clauses_of
from conformance.runs.smoke import smoke
from tests.waiting import PATIENCE

ROOT = Path(__file__).parent.parent
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}

# Each of these is a process, or several.
pytestmark = pytest.mark.slow


@pytest.fixture(scope="session", name="wheel")
def _wheel(tmp_path_factory):
    """The wheel, built from this checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE)
    (found,) = folder.glob("*.whl")
    return found


@pytest.fixture(scope="session", name="installed")
def _installed(wheel, tmp_path_factory):
    """A folder that holds the wheel's files, the only place from which they are imported."""
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def python(words, cwd, installed=None):
    environment = {**ENVIRONMENT, "PYTHONPATH": str(installed)} if installed else ENVIRONMENT
    return subprocess.run(
        [sys.executable, *words],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def suite(*options):
    return ["-m", "pytest", "-q", "-p", "conformance.plugin", "--pyargs", "conformance.suite", *options]


def test_the_wheel_holds_what_it_needs(wheel):
    """The wheel has one package and one module, their data, and nothing else at its top."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()

    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {"conformance", "iai_conformance.py"}
    data = ("conformance/contract/page.zh.txt", "conformance/report/schema.json")
    for wanted in (*data, "conformance/py.typed", "conformance/strategies/py.typed"):
        assert wanted in names


def test_the_wheel_runs_away_from_the_checkout(installed, tmp_path):
    """The installed command and the installed suite both judge the embedded emulator."""
    command = python(["-m", "conformance", "run", "--profile", "smoke", "--only", "Tag.*"], tmp_path, installed)
    options = ("--iai-profile", "smoke", "--iai-only", "Tag.*", "--iai-json", "r.json")
    under_pytest = python(suite(*options), tmp_path, installed)
    where = python(["-c", "import conformance; print(conformance.__file__)"], tmp_path, installed)

    assert str(installed) in where.stdout
    assert command.returncode == 0, command.stdout + command.stderr
    assert under_pytest.returncode == 0, under_pytest.stdout + under_pytest.stderr
    assert "embedded conforms" in under_pytest.stdout
    assert json.loads((tmp_path / "r.json").read_text())["verdict"] == "conforms"


def test_the_suite_by_its_name_alone(installed, tmp_path):
    """Without options, the name of the suite is enough; pytest's own choose among its tests."""
    done = python(["-m", "pytest", "-q", "--pyargs", "conformance.suite", "-k", "Tag.type"], tmp_path, installed)

    assert done.returncode == 5, done.stdout + done.stderr  # not every clause that must be was judged
    assert re.search(r"^\d+ passed, \d+ deselected", done.stdout, re.MULTILINE)
    assert "ambiguities of the page settled for this target" in done.stdout


def test_a_fault_under_pytest(installed, tmp_path):
    """Under pytest too, a fault exits with 1, and the failing test is named by its clause."""
    done = python(
        suite("--iai-profile", "smoke", "--iai-only", "Tag.*", "--iai-fault", "tag-takes-dot"), tmp_path, installed
    )

    assert done.returncode == 1
    assert "test_part[Tag.charset-" in done.stdout
    assert "Tag.charset: accepted though invalid" in done.stdout
    assert "InvalidParameterValue.GroupTagIllegal" in done.stdout


def test_mistakes_under_pytest(installed, tmp_path):
    """Wrong usage exits with 4, an unusable target with 3."""
    usage = python(suite("--iai-only", "Nothing.*"), tmp_path, installed)
    unusable = python(suite("--iai-target", "http://127.0.0.1:1"), tmp_path, installed)

    assert (usage.returncode, "no clause has such an id" in usage.stderr) == (4, True)
    assert (unusable.returncode, "nothing is listening" in unusable.stdout) == (3, True)


@pytest.mark.parametrize(
    "words",
    [
        ["--pyargs", "conformance.suite.test_cases"],
        ["tests", "conformance/suite/test_cases.py::test_part"],
        [],
    ],
)
def test_the_suite_is_not_shared_out(words):
    """Several processes would be several conversations: whatever has the suite in it is refused."""
    done = python(["-m", "pytest", "-q", "-p", "conformance.plugin", "-n", "2", *words], ROOT)

    assert (done.returncode, "one conversation with one account" in done.stderr) == (4, True), done.stderr


def test_other_tests_are_shared_out(tmp_path):
    """Beside the plugin, tests that are not the suite's may run in several processes; any failure can be told."""
    test = 'def test_mine():\n    assert "\\ud800" == "", "\\udfff"\n'
    (tmp_path / "test_mine.py").write_text(test)
    words = ["-c", ROOT / "pyproject.toml", "--rootdir", tmp_path, "--confcutdir", ROOT, "-p", "no:cacheprovider"]

    done = python(["-m", "pytest", *map(str, words), "-p", "conftest", "-n", "1", "test_mine.py"], tmp_path, ROOT)

    assert done.returncode == 1, done.stdout + done.stderr
    assert "1 failed" in done.stdout
    assert "\\ud800" in done.stdout


@pytest.fixture(name="neighbour")
def _neighbour(tmp_path):
    """A project with packages, a module and a conftest of the suite's own names."""
    for name in ("conformance", "strategies", "tests"):
        (tmp_path / name).mkdir()
    for name in ("conformance/__init__.py", "strategies/__init__.py", "tests/strategies.py", "conftest.py"):
        (tmp_path / name).write_text("MINE = True\n")
    test = (
        "import conformance\nimport strategies\n\n\ndef test_mine():\n    assert conformance.MINE and strategies.MINE\n"
    )
    (tmp_path / "test_mine.py").write_text(test)
    return tmp_path


def test_a_neighbours_own_tests(neighbour, installed):
    """Another project's own packages don't keep its pytest from starting, nor ours from standing beside it."""
    done = python(["-m", "pytest", "-q"], neighbour, installed)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout


@pytest.mark.parametrize(
    "words",
    [
        ["-m", "iai_conformance", "run", "--profile", "smoke", "--only", "Tag.*"],
        [
            "-m",
            "pytest",
            "-p",
            "iai_conformance",
            "--pyargs",
            "conformance.suite",
            "--iai-profile",
            "smoke",
            "--iai-only",
            "Tag.*",
        ],
    ],
)
def test_the_suite_beside_a_neighbour(neighbour, installed, words):
    """Under its own name the suite runs, whatever packages lie in the folder and on the path before it."""
    path = os.pathsep.join([str(neighbour), str(installed)])

    done = python(words, neighbour, path)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "embedded conforms" in done.stdout
    assert words[1] != "pytest" or "`import conformance` is the suite's in this run" in done.stdout


def test_no_entry_point_loads_us(wheel):
    """Pytest loads the plugin only where somebody asks for it."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    assert settings.get("entry-points", {}) == {}


def test_the_checkout_judges_the_target_alone():
    """In the checkout, `pytest --iai-target` runs the suite and leaves the project's own tests out."""
    words = ["--iai-target", "embedded", "--iai-profile", "smoke", "-p", "no:randomly", "--collect-only"]

    done = python(["-m", "pytest", "-q", *words], ROOT)

    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{len(smoke()) + len(clauses_of('Response'))} tests collected" in done.stdout
