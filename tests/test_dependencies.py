"""What is imported is declared, so that nothing works only because somebody else's requirement brings it along."""

import ast
import re
import sys
import tomllib
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

CHECKOUT = Path(__file__).parent.parent
PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
FOLDERS = (CHECKOUT, CHECKOUT / "tests")
OURS = {
    "scripts",
    "benchmarks",
    "conformance",
    "tests",
    *(path.stem for folder in FOLDERS for path in folder.glob("*.py")),
}
# The servers that somebody else wrote are programs of their own; so are mocks that need a framework.
OF_OTHERS = {
    path
    for each in (
        "mistakes/server",
        "liars/servers",
        "others/flask_mock",
        "others/typed_store",
        "others/go_tags",
        "others/fastapi_service",
    )
    for path in (CHECKOUT / "benchmarks" / each).rglob("*.py")
} | set((CHECKOUT / "benchmarks" / "frameworks").glob("*/*.py"))
# Plugins, which pytest loads by itself, what these load, and programs: declared, and imported by nobody.
NOT_IMPORTED = {"build", "hatchling", "mypy", "pytest-randomly", "pytest-recording", "pytest-xdist", "ruff", "vcrpy"}


def distribution(requirement):
    """The normalized name of what is required."""
    return re.sub("[-_.]+", "-", re.match(r"[\w.-]+", requirement)[0]).lower()


RUN = {distribution(each) for each in PROJECT["dependencies"]}
DEV = {distribution(each) for each in PROJECT["optional-dependencies"]["dev"]}


@cache
def imported(*folders):
    """The modules of others that the files of these folders import anywhere, by their first names."""
    names = set()
    paths = {path for folder in folders for path in (CHECKOUT / folder).rglob("*.py")} - OF_OTHERS
    for path in paths:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Import():
                    names |= {each.name for each in node.names}
                case ast.ImportFrom(module=str(module), level=0):
                    names.add(module)
    return {name.partition(".")[0] for name in names} - sys.stdlib_module_names - OURS


def by_the_suite():
    return imported("conformance", "strategies")


def by_the_checks():
    return imported("tests", "benchmarks", "scripts")


@cache
def brought():
    return packages_distributions()


def brought_by(module):
    """The distributions that bring a module."""
    return {distribution(each) for each in brought().get(module, ())}


def test_what_the_suite_imports():
    """Whoever installs the suite gets it by the suite's own requirements."""
    assert {module for module in by_the_suite() if not brought_by(module) & RUN} == set()


def test_what_the_tests_import():
    """Whoever works on the project gets it by the requirements of the project."""
    assert {module for module in by_the_checks() if not brought_by(module) & (RUN | DEV)} == set()


def test_nothing_else_is_declared():
    """What is declared is imported, but for what is used otherwise and for types of others."""
    used = {each for module in by_the_suite() for each in brought_by(module)}
    used_by_checks = {each for module in by_the_checks() for each in brought_by(module)}
    left = (RUN - used) | (DEV - used_by_checks)

    assert {each for each in left if not each.startswith("types-")} == NOT_IMPORTED
