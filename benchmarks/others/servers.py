"""The strangers' servers: how each is built and started, and which mistakes it can make."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.programs import built, filled, running

__all__ = ["HALVES", "SERVERS", "Mistake", "Server"]

_HERE = Path(__file__).parent
HALVES = ("first", "second", "later")


@dataclass(frozen=True, slots=True)
class Mistake:
    """One that a stranger thought of.

    Attributes:
        name: as it is switched on.
        kind: "single", "condition" or "state".
        sentence: of the page or the protocol, that it breaks.
        what: the code does wrong, in its author's words.
        half: "first", which was open when requests were chosen, "second", which wasn't, or "later": of servers that were
            written after what the second halves taught was mended.
    """

    name: str
    kind: str
    sentence: str
    what: str
    half: str


@dataclass(frozen=True, slots=True)
class Server:
    """One stranger's server.

    Attributes:
        name: of its folder.
        build: the commands that make it, run in a copy of the folder; `{python}` is an interpreter of its own.
        start: the command that starts it there.
        unaware: clauses that it doesn't keep without a mistake, since its author had the page alone, and these stand in
            documents of the platform.
    """

    name: str
    build: tuple[tuple[str, ...], ...]
    start: tuple[str, ...]
    unaware: tuple[str, ...] = ()

    def mistakes(self) -> list[Mistake]:
        """Those that it can make, in their author's order."""
        rows = json.loads((_HERE / self.name / "mistakes.json").read_text(encoding="utf-8"))
        return [
            Mistake(each["name"], each["kind"], each["sentence"], each["what"], each.get("half", "first"))
            for each in rows
        ]

    @contextmanager
    def built(self) -> Iterator[Path]:
        """A folder in which it was made. Raises subprocess.CalledProcessError where that can't be done."""
        with built(_HERE / self.name, self.build) as folder:
            yield folder

    @contextmanager
    def serving(self, folder: Path, mistake: str | None) -> Iterator[str]:
        """The URL of one that runs with a mistake, or with none; whose key pair the environment then has."""
        words = [*filled(self.start, folder), "--port", "0", *(["--mistake", mistake] if mistake else [])]
        with running(words, folder, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            yield process.stdout.readline().split()[-1]


_PIP = ("{python}", "-m", "pip", "install", "--quiet", "-r", "requirements.txt")
# That a SignatureMethod of no meaning means HmacSHA1; and what is too large.
_METHOD, _SIZES = "Authentication.version-1", ("Protocol.size.get", "Protocol.size.version-1")
SERVERS: tuple[Server, ...] = (
    Server(
        "flask_mock",
        ((sys.executable, "-m", "venv", "venv"), _PIP),
        ("{python}", "server.py"),
        (_METHOD,),
    ),
    Server(
        "typed_store",
        (("npm", "ci", "--silent"), ("npm", "run", "build", "--silent")),
        ("node", "dist/server.js"),
        (_METHOD, *_SIZES),
    ),
    Server(
        "go_tags",
        (("go", "build", "-o", "server", "."),),
        ("{folder}/server",),
        (_METHOD, *_SIZES),
    ),
    Server(
        "fastapi_service",
        ((sys.executable, "-m", "venv", "venv"), _PIP),
        ("{python}", "server.py"),
        (_METHOD, *_SIZES),
    ),
    Server(
        "java_h2",
        (("mvn", "--quiet", "--batch-mode", "package"),),
        ("sh", "serve.sh"),
        (_METHOD, *_SIZES, "Protocol.size.version-3"),
    ),
)
