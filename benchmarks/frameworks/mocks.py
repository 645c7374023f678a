"""The mocks: how each is made and started, and what of the page it is asked for."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from benchmarks.programs import built, filled, running
from conformance.base.errors import SuiteError
from conformance.contract import Level
from conformance.runs.settings import Settings
from conformance.runs.ways import Way

__all__ = ["MOCKS", "Mock", "pinned", "told"]

_HERE = Path(__file__).parent
# Seconds until a program must listen: a Java one takes ten on a busy machine.
_PATIENCE = 120
_Commands = tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Mock:
    """A mock of CreateGroup as somebody writes it in ten minutes.

    Attributes:
        name: of its folder.
        title: what it is made with.
        build: the commands that make it, run in a copy of the folder.
        start: the command that starts it there; `{port}` is where it is to listen, `{other}` another free port,
            `{upstream}` the URL of the reference emulator, for one that needs it.
        levels: what of it is looked at.
        without: ways of asking that it doesn't serve.
        skip: clauses that it leaves out, or that would keep the others from being seen.
    """

    name: str
    title: str
    build: _Commands
    start: tuple[str, ...]
    levels: tuple[Level, ...] = tuple(each for each in Level if each is not Level.AUTHENTICATION)
    without: tuple[Way, ...] = tuple(Way)
    skip: tuple[str, ...] = ("Protocol.action.*", "Protocol.version.*", "Protocol.region.*")

    @property
    def versions(self) -> dict[str, str]:
        """What its files ask for by name, and in which version."""
        return pinned(
            {path.name: path.read_text(encoding="utf-8") for path in (_HERE / self.name).iterdir() if path.is_file()}
        )

    def settings(self, url: str) -> Settings:
        """How it is asked: by whoever knows what ten lines leave out."""
        return Settings(target=url, profile="smoke", levels=self.levels, without=self.without, skip=self.skip)

    @contextmanager
    def built(self) -> Iterator[Path]:
        """A folder in which it was made. Raises subprocess.CalledProcessError or OSError where that can't be done."""
        with built(_HERE / self.name, self.build) as folder:
            yield folder

    @contextmanager
    def serving(self, folder: Path) -> Iterator[str]:
        """The URL of one that was just started. Raises SuiteError where it doesn't listen."""
        with ExitStack() as stack:
            values: dict[str, object] = {"port": _free_port(), "other": _free_port()}
            if any("{upstream}" in each for each in self.start):
                values["upstream"] = stack.enter_context(_emulator())
            stack.enter_context(_listening(filled(self.start, folder, **values), folder, int(str(values["port"]))))
            yield f"http://127.0.0.1:{values['port']}"


# A requirement of pip, of npm, of Go and of Maven: its name and its version.
_PINS = {
    "requirements.txt": re.compile(r"^([\w.-]+)==(\S+)$", re.MULTILINE),
    "package.json": re.compile(r'^ {4}"([^"]+)": "(\d[^"]*)"', re.MULTILINE),
    "go.mod": re.compile(r"^(?:require )?(go|\S+/\S+) v?(\d\S*)$", re.MULTILINE),
    "pom.xml": re.compile(r"<artifactId>([\w-]+)</artifactId>\s*<version>(\d[\w.]*\.[\w.]*)</version>"),
}


def pinned(files: dict[str, str]) -> dict[str, str]:
    """What files of package managers ask for by name and version; what that needs in turn isn't among it.

    Args:
        files: name → text.
    """
    return {name: version for file, pin in _PINS.items() for name, version in pin.findall(files.get(file, ""))}


def told(versions: dict[str, str]) -> str:
    """Versions in words, without the hosts and folders of Go's modules."""
    return ", ".join(f"{re.sub(r'^.*/(?!v[0-9]+$)|/v[0-9]+$', '', name)} {each}" for name, each in versions.items())


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


@contextmanager
def _listening(words: list[str], folder: Path, port: int) -> Iterator[None]:
    """A program that takes connections at a port."""
    with running(words, folder) as process:
        ends = time.monotonic() + _PATIENCE
        while process.poll() is None and time.monotonic() < ends:
            with suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.05)
        else:
            raise SuiteError(f"`{' '.join(words)}` doesn't listen")
        yield


@contextmanager
def _emulator() -> Iterator[str]:
    """The URL of the reference emulator, as a service that somebody records."""
    words = [sys.executable, "-m", "conformance", "serve", "--port", "0"]
    with running(words, _HERE.parent.parent, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        yield process.stdout.readline().split()[0]


_VENV = (
    (sys.executable, "-m", "venv", "venv"),
    ("{python}", "-m", "pip", "install", "--quiet", "-r", "requirements.txt"),
)
_NPM = (("npm", "install", "--silent", "--no-audit", "--no-fund", "--no-package-lock"),)
_MVN = ("mvn", "--quiet", "--batch-mode")
MOCKS: tuple[Mock, ...] = (
    Mock(
        "flask_jsonschema",
        "Flask with jsonschema",
        _VENV,
        ("{folder}/venv/bin/flask", "--app", "mock", "run", "--port", "{port}"),
    ),
    Mock(
        "django_forms",
        "Django with a form",
        _VENV,
        ("{python}", "mock.py", "runserver", "127.0.0.1:{port}", "--noreload"),
    ),
    Mock(
        "fastapi_pydantic",
        "FastAPI with pydantic",
        _VENV,
        ("{folder}/venv/bin/uvicorn", "mock:app", "--port", "{port}"),
    ),
    Mock("express_ajv", "Express with ajv", _NPM, ("node", "mock.js", "{port}")),
    Mock("express_joi", "Express with joi", _NPM, ("node", "mock.js", "{port}")),
    Mock(
        "go_validator",
        "Go: encoding/json, validator tags",
        (("go", "build", "-o", "server", "."),),
        ("{folder}/server", "{port}"),
    ),
    Mock(
        "spring_hibernate",
        "Spring Boot with Hibernate Validator",
        ((*_MVN, "package"),),
        ("java", "-jar", "target/mock-1.jar", "--server.port={port}", "--server.address=127.0.0.1"),
    ),
    Mock(
        "wiremock_stub",
        "a static stub: WireMock",
        ((*_MVN, "dependency:copy-dependencies", "-DoutputDirectory=lib", "-Dmdep.stripVersion=true"),),
        ("java", "-jar", "lib/wiremock-standalone.jar", "--port", "{port}", "--bind-address", "127.0.0.1"),
    ),
    Mock(
        "mountebank_proxy",
        "a recording proxy: mountebank",
        _NPM,
        (
            *("env", "PORT={port}", "UPSTREAM={upstream}", "node", "node_modules/mountebank/bin/mb", "start"),
            *("--configfile", "imposters.ejs", "--port", "{other}", "--nologfile", "--localOnly"),
        ),
        levels=tuple(Level),
        without=(),
        # It compares a request with all that it recorded, and takes minutes for those of megabytes.
        skip=("Protocol.size.*",),
    ),
)  # fmt: skip
