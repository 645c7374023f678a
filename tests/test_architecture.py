"""The rooms of the house stand on floors: each imports those of lower floors alone, also inside functions."""

import ast
import functools
import subprocess
import sys
from pathlib import Path

import pytest

import conformance

ROOT = Path(conformance.__file__).parent.parent

# The table of layers, from the ground up. Rooms of one floor don't know each other.
FLOORS = (
    {"contract", "base"},
    {"exchange"},
    {"oracle", "emulator", "privacy", "strategies"},
    {"judging", "targets"},
    {"recording", "live"},
    {"runs"},
    {"report"},
    {"observe", "suite"},
    {"cli", "plugin"},
    {"__main__"},
)
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
# What opens connections, or waits for them; and the only places that may.
NETWORK = {
    "asyncio", "h11", "http.client", "http.server", "requests", "responses", "socket", "socketserver", "ssl",
    "urllib.request", "urllib3", "uvicorn", "vcr",
}  # fmt: skip
DOING = {"targets", "observe"}
LOADED_WHEN_ASKED = "conformance.emulator.connection"
DOING_MODULES = {"conformance.base.sockets", "conformance.emulator.server", LOADED_WHEN_ASKED}
FRAMEWORKS = {"hypothesis", "pytest", "_pytest"}
# Rooms of values and decisions: whoever imports them waits for nothing but Python's own modules.
LIGHT = ("contract", "base", "exchange", "oracle", "emulator", "privacy", "judging")
HEAVY = {"hypothesis", "requests", "responses", "pytest", "uvicorn", "rich", "urllib3"}


def module_of(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = {module_of(path): path for path in sorted(Path(conformance.__file__).parent.rglob("*.py"))}
FILES |= {module_of(path): path for path in sorted((ROOT / "conformance" / "strategies").glob("*.py"))}


@functools.cache  # when it is asked for: what only collects these tests needs none
def nodes_of(path):
    """Every node of a file."""
    return list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


@functools.cache
def imports_of(module):
    """The modules that one imports anywhere in it; of `from x import y`, x.y where that is one, else x."""
    found = set()
    for node in nodes_of(FILES[module]):
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom):
            names = {each: f"{node.module}.{each}" for each in (name.name for name in node.names)}
            found |= {full if full in FILES else node.module for full in names.values()}
    return found


def room_of(module):
    """The room in which a module of the project stands; None for anybody else's, and for the package itself."""
    package, _, rest = module.partition(".")
    return rest.partition(".")[0] or None if package == "conformance" else None


def belongs(module, packages):
    """Whether a module is one of these packages, or in one."""
    return any(module == each or module.startswith(f"{each}.") for each in packages)


def imported(module, packages):
    """What a module imports out of these packages."""
    return {each for each in imports_of(module) if belongs(each, packages)}


def within(room):
    return [each for each in FILES if room_of(each) == room]


def test_each_room_has_its_floor():
    """The table names every room, and no other."""
    assert {room_of(each) for each in FILES} - {None} == FLOOR.keys()


@pytest.mark.parametrize("module", [each for each in FILES if room_of(each) is not None])
def test_imports_go_down(module):
    """A module imports its own room and lower floors."""
    here = room_of(module)
    rooms = {room_of(each) for each in imports_of(module)} - {here, None}

    assert {each for each in rooms if FLOOR[each] >= FLOOR[here]} == set()


def type_imports_of(path):
    """The modules that a file imports for the type checker alone: nothing waits for them."""
    found = set()
    for node in nodes_of(path):
        if isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            found |= {each.module for each in ast.walk(node) if isinstance(each, ast.ImportFrom)}
    return found


def test_no_cycles():
    """No module imports, directly or through others, what imports it."""
    left = {
        module: (imports_of(module) & FILES.keys()) - {module} - type_imports_of(path) for module, path in FILES.items()
    }
    while free := [module for module, names in left.items() if not names & left.keys()]:
        for module in free:
            del left[module]

    assert left == {}


@pytest.mark.parametrize("module", within("contract"))
def test_the_contract_stands_alone(module):
    """The contract imports nothing but itself and Python."""
    foreign = {each for each in imports_of(module) if room_of(each) != "contract"}

    assert {each.partition(".")[0] for each in foreign} <= sys.stdlib_module_names


@pytest.mark.parametrize("module", [each for each in FILES if room_of(each) not in DOING])
def test_only_targets_and_servers_do_io(module):
    """Nothing else imports what opens a connection."""
    assert module in DOING_MODULES or imported(module, NETWORK) == set()


@pytest.mark.parametrize("module", [each for room in LIGHT for each in within(room)])
def test_deciding_knows_no_framework(module):
    """What holds values or decides imports no test framework."""
    assert imported(module, FRAMEWORKS) == set()


@pytest.mark.parametrize("module", [*within("oracle"), *within("judging")])
def test_verdicts_are_of_what_was_sent(module):
    """What predicts doesn't know how requests were made up; only what keeps failures knows their salts."""
    allowed = {"conformance.judging.assessor", "conformance.judging.results"}

    assert module in allowed or imported(module, {"conformance.exchange.salt", "conformance.exchange.cases"}) == set()


@pytest.mark.parametrize("module", within("strategies"))
def test_strategies_know_no_target(module):
    """Strategies make requests of the contract's data; they know neither targets nor verdicts."""
    assert {room_of(each) for each in imports_of(module)} <= {"strategies", "contract", "exchange", None}


@pytest.mark.parametrize("name", ["edges", "characters", "sequences", "violations"])
def test_the_smoke_list_needs_no_hypothesis(name):
    """What the smoke list is made of imports no Hypothesis: it is the same whatever its version."""
    assert imported(f"conformance.strategies.{name}", FRAMEWORKS) == set()


def loaded_after(statement):
    """The top-level modules that are loaded after a statement, in a process of its own."""
    code = f"{statement}\nimport sys\nprint(*{{each.partition('.')[0] for each in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("room", LIGHT)
def test_light_imports(room):
    """Importing what decides loads nothing but Python's own modules; the emulator's server loads its own when asked."""
    loaded = loaded_after("\n".join(f"import {each}" for each in within(room) if each != LOADED_WHEN_ASKED))

    assert "conformance" in loaded
    assert not loaded & HEAVY
