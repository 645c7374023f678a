"""The parts depend on each other one way: what decides knows nothing of what sends."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import conformance
import strategies

ROOT = Path(conformance.__file__).parent.parent
PACKAGES = (conformance, strategies)
NETWORK = {
    "requests", "responses", "urllib3", "uvicorn", "socket", "ssl", "http.client", "http.server", "urllib.request",
    "asyncio", "socketserver", "vcr",
}  # fmt: skip
FRAMEWORKS = {"hypothesis", "pytest", "_pytest"}
DECIDING = (
    "prediction",
    "request",
    "validator",
    "meaning",
    "findings",
    "judge",
    "ledger",
    "gateway",
    "siblings",
    "learning",
    "twists",
    "draft",
    "cases",
    "wire",
    "signing",
    "salt",
    "messages",
    "results",
    "assessment",
    "standing",
    "overheard",
    "traffic",
)


def module_of(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


FILES = [path for package in PACKAGES for path in sorted(Path(package.__file__).parent.rglob("*.py"))]
MODULES = {module_of(path) for path in FILES}


def imports_of(path):
    """The modules that a file imports anywhere in it; of `from x import y`, x.y where that is one, else both."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom):
            names = {f"{node.module}.{each.name}" for each in node.names}
            found |= names if names <= MODULES else {node.module, *names}
    return found


IMPORTS = {module_of(path): imports_of(path) for path in FILES}


def belongs(module, packages):
    """Whether a module is one of these packages, or in one."""
    return any(module == each or module.startswith(f"{each}.") for each in packages)


def imported(module, packages):
    """What a module imports out of these packages."""
    return {each for each in IMPORTS[module] if belongs(each, packages)}


def within(package):
    return [each for each in IMPORTS if belongs(each, {package})]


@pytest.mark.parametrize("module", within("conformance.contract"))
def test_the_contract_stands_alone(module):
    """The contract imports nothing of the project but itself, and nothing that isn't in Python."""
    foreign = {each for each in IMPORTS[module] if not belongs(each, {"conformance.contract"})}
    assert {each.partition(".")[0] for each in foreign} <= sys.stdlib_module_names


@pytest.mark.parametrize("name", DECIDING)
def test_deciding_is_apart_from_doing(name):
    """What decides, or turns values into others, imports no network, no test framework, no target, no emulator."""
    module = f"conformance.{name}"
    doing = {
        "conformance.targets",
        "conformance.emulator",
        "conformance.run",
        "conformance.suite",
        "conformance.report",
    }

    assert imported(module, NETWORK | FRAMEWORKS | doing | {"strategies"}) == set()


@pytest.mark.parametrize("module", within("conformance.emulator"))
def test_the_emulator_decides_for_itself(module):
    """The emulator doesn't ask the validator or the judge, else it could only agree with them."""
    deciding = {
        f"conformance.{each}"
        for each in ("validator", "meaning", "findings", "judge", "ledger", "prediction", "run", "suite")
    }

    assert imported(module, deciding) == set()


@pytest.mark.parametrize("name", ["validator", "meaning", "findings", "judge", "ledger", "prediction"])
def test_verdicts_are_of_what_was_sent(name):
    """What decides doesn't know how requests were made up."""
    assert imported(f"conformance.{name}", {"strategies", "conformance.suite", "conformance.salt"}) == set()


@pytest.mark.parametrize(
    "module", [each for each in IMPORTS if not belongs(each, {"conformance.targets", "conformance.emulator.server"})]
)
def test_only_targets_and_the_server_do_io(module):
    """Nothing but targets and the emulator's server imports what opens a connection."""
    assert imported(module, NETWORK) == set()


@pytest.mark.parametrize("module", within("strategies"))
def test_strategies_know_no_target(module):
    """Strategies make requests of the contract's data; they know neither targets nor verdicts."""
    known = {
        "conformance.contract",
        "conformance.request",
        "conformance.salt",
        "conformance.wire",
        "conformance.cases",
        "conformance.signing",
    }
    project = {each for each in imported(module, {"conformance"}) if not belongs(each, known)}

    assert project <= {"conformance"}


@pytest.mark.parametrize("name", ["edges", "characters", "sequences", "violations"])
def test_the_smoke_list_needs_no_hypothesis(name):
    """What the frozen list is made of imports no Hypothesis: it is the same whatever its version."""
    assert imported(f"strategies.{name}", FRAMEWORKS) == set()


def loaded_after(statement):
    """The top-level modules that are loaded after a statement, in a process of its own."""
    code = f"{statement}\nimport sys\nprint(*{{each.partition('.')[0] for each in sys.modules}})"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return set(done.stdout.split())


@pytest.mark.parametrize("name", ["conformance", "conformance.emulator", *(f"conformance.{each}" for each in DECIDING)])
def test_light_imports(name):
    """Importing the package, or what decides, loads nothing but Python's own modules."""
    loaded = loaded_after(f"import {name}")

    assert "conformance" in loaded
    assert not loaded & {"hypothesis", "requests", "responses", "pytest", "uvicorn", "rich", "urllib3"}


def test_no_cycles():
    """No module imports, directly or through others, what imports it."""
    left = {module: (names & MODULES) - {module} for module, names in IMPORTS.items()}
    while free := [module for module, names in left.items() if not names & left.keys()]:
        for module in free:
            del left[module]

    assert left == {}
