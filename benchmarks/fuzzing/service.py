"""The server in a process of its own, and the groups that it must keep."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.fuzzing.answers import CLIPPED, SlowError, answers, complaint, exchange
from benchmarks.fuzzing.drawing import Input
from conformance.base.credentials import EXAMPLE_CREDENTIALS
from conformance.exchange.messages import HttpResponse
from conformance.exchange.request import Request
from conformance.exchange.wire import Form, Sender, encode, envelope
from conformance.targets.raw import written

KEPT = 20


# glibc's allocator gives everything back at once: what it would else keep for later looks like a leak.
_ALLOCATOR = {"MALLOC_ARENA_MAX": "1", "MALLOC_MMAP_THRESHOLD_": "131072", "MALLOC_TRIM_THRESHOLD_": "131072"}


@dataclass
class Service:
    """A server in a process of its own."""

    process: subprocess.Popen[str]
    url: str
    errors: Path
    told: int = 0

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens."""
        parts = urlsplit(self.url)
        return parts.hostname or "", parts.port or 80

    def memory(self) -> int | None:
        """What it has of memory, in KiB; None where the system doesn't say, or where it has ended."""
        try:
            status = Path(f"/proc/{self.process.pid}/status").read_text(encoding="ascii")
        except OSError:
            return None
        found = re.search(r"VmRSS:\s*(\d+) kB", status)
        return int(found[1]) if found else None

    def stop(self) -> bool:
        """Tell it to stop; False where it doesn't."""
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            return False
        return True

    def said(self) -> str:
        """What it has written to its standard error since the last time, but for why signatures were refused."""
        text = self.errors.read_bytes()
        new, self.told = text[self.told :], len(text)
        lines = new.decode("utf-8", "replace").splitlines(keepends=True)
        return "".join(each for each in lines if not each.startswith("signature refused: "))


@contextlib.contextmanager
def serving(command: Sequence[str]) -> Iterator[Service]:
    """A server that a command starts, and whose URL is in the first line that it prints."""
    bare = {name: value for name, value in os.environ.items() if not name.startswith("TENCENTCLOUD_")}
    pair = zip(("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY"), EXAMPLE_CREDENTIALS.texts, strict=True)
    known = bare | {name: each.reveal() for name, each in pair} | _ALLOCATOR
    with tempfile.TemporaryDirectory() as folder:
        errors = Path(folder) / "errors"
        with (
            errors.open("wb") as file,
            subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=file, text=True, env=known
            ) as process,
        ):
            try:
                assert process.stdout is not None
                url = re.match(r"http://\S+", process.stdout.readline())
                if url is None:
                    process.wait()
                    raise RuntimeError(f"no server: {errors.read_text(encoding='utf-8')}")
                yield Service(process, url[0], errors)
            finally:
                process.kill()


class Kept:
    """The account's first groups, which no input is about, and one more after each block: they must stay as made."""

    def __init__(self, service: Service, seconds: float) -> None:
        self._sender = Sender(service.url, "ap-guangzhou", EXAMPLE_CREDENTIALS)
        self._address = service.address
        self._seconds = seconds
        self._count = 0
        self._listed: object = None

    def _ask(self, action: str, parameters: Mapping[str, object]) -> Mapping[str, object]:
        """What a valid request is answered. Raises ValueError where it isn't."""
        http = encode(Request.of(parameters, action), self._sender, Form.JSON, int(time.time()))
        given = Input((written(http),), answers=1)
        try:
            found = answers(exchange(self._address, given, self._seconds), b"")
        except (OSError, SlowError) as error:
            raise ValueError(f"a valid {action} gets no answer: {error}") from error
        if (wrong := complaint(given, found)) is not None:
            raise ValueError(f"a valid {action}: {wrong}")
        said = envelope(HttpResponse(found[0].status, (), found[0].body))
        if said.error is not None:
            raise ValueError(f"a valid {action} is refused: {said.error}")
        return said.response

    def _add(self) -> None:
        self._count += 1
        name, group_id = f"留{self._count}", f"kept-{self._count}"
        self._ask("CreateGroup", {"GroupName": name, "GroupId": group_id, "GroupExDescriptions": ["甲"], "Tag": "标"})
        if self._ask("GetGroupInfo", {"GroupId": group_id}).get("GroupName") != name:
            raise ValueError(f"{group_id} is there, but isn't as it was made")

    def problem(self) -> str | None:
        """Make the first groups; after that, hold what is there against what was. None where all is well."""
        try:
            for _ in range(1 if self._listed else KEPT):
                self._add()
            for number in range(max(1, self._count - KEPT), self._count):
                self._ask("GetGroupInfo", {"GroupId": f"kept-{number}"})
            listed = self._ask("GetGroupList", {"Limit": KEPT}).get("GroupInfos")
        except ValueError as error:
            return str(error)
        if self._listed not in (None, listed):
            return f"the first groups were {self._listed!s:.{CLIPPED}}, and are {listed!s:.{CLIPPED}}"
        self._listed = listed
        return None
