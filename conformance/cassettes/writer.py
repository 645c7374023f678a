"""Writes a recording, one interaction after the other: whatever stops it, what was written stays readable."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from conformance.cases import Case
from conformance.cassettes.interaction import Interaction
from conformance.cassettes.provenance import Provenance
from conformance.cassettes.scrub import scrubbed_answer, scrubbed_request, signatures_of
from conformance.cassettes.secrets import found_in
from conformance.cassettes.text import Seal, entry, first_hash, head, sealed
from conformance.contract import CLAUSE
from conformance.errors import SuiteError
from conformance.messages import HttpRequest, HttpResponse
from conformance.targets import Answer

__all__ = ["RecordingError", "Writer", "free_folder"]

TRAFFIC = "traffic"


class RecordingError(SuiteError):
    """A recording can't be written, or mustn't be."""


def free_folder(path: Path, *, overwrite: bool = False) -> Path:
    """The folder for a new recording. Raises RecordingError where one is there already that mustn't be replaced."""
    if path.is_file():
        raise RecordingError(f"--to {path}: that is a file; name a folder")
    if path.is_dir() and any(path.iterdir()):
        if not overwrite:
            raise RecordingError(
                f"--to {path}: something is there already; name another folder, or say --record-mode rewrite"
            )
        if foreign := [each.name for each in path.iterdir() if each.suffix != ".yaml"]:
            raise RecordingError(f"--to {path}: it isn't replaced, for it has more than cassettes: {min(foreign)}")
    return path


@dataclass(slots=True)
class _File:
    """A cassette that is being written."""

    handle: int
    hash: str
    interactions: int = 0
    cases: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Writer:
    """Writes the cassettes of one recording.

    Attributes:
        folder: where to; it is made when the first interaction comes.
        provenance: of the recording; asked for when the first interaction was answered.
        secrets: texts that mustn't be in any file, in any encoding.
        replaces: whether what is in the folder is taken away first.
        written: how many interactions there are.
    """

    folder: Path
    provenance: Callable[[], Provenance]
    secrets: Collection[str] = ()
    replaces: bool = False
    written: int = 0
    _found: Provenance | None = None
    _files: dict[str, _File] = field(default_factory=dict)
    _ours: set[str] = field(default_factory=set)
    _signatures: set[str] = field(default_factory=set)

    def write(self, http: HttpRequest, answer: Answer, at: float, case: Case | None, ours: str | None = None) -> None:
        """Write an interaction, scrubbed.

        Args:
            http: the request as it was sent.
            answer: what came of it.
            at: when it was sent, in seconds since 1970.
            case: the case that it belongs to; None for somebody else's traffic.
            ours: the GroupId for which it asks, if it does.

        Raises:
            RecordingError: it can't be written; or a secret would be, and then the recording is removed.
        """
        if ours is not None:
            self._ours.add(ours)
        signatures = signatures_of(http)
        self._signatures |= signatures
        interaction = Interaction(
            self.written + 1,
            at,
            scrubbed_request(http, self.secrets),
            scrubbed_answer(answer, self.secrets, self._ours) if isinstance(answer, HttpResponse) else answer,
        )
        part = TRAFFIC if case is None else CLAUSE[case.clause].parameter
        try:
            file = self._file(part)
            new = case is not None and case.id not in file.cases
            text, file.hash = entry(interaction, file.hash, case if new else None)
            self._refuse_secrets(text.encode("utf-8"), f"interaction {interaction.number}", signatures)
            _write(file.handle, text)
        except OSError as error:
            raise RecordingError(
                f"the recording {self.folder} can't go on: {error.strerror}; what it has can be judged"
            ) from error
        if case is not None:
            file.cases.add(case.id)
        file.interactions += 1
        self.written += 1

    def _file(self, part: str) -> _File:
        if self._found is None:
            self._found = self.provenance()
            if self.replaces and self.folder.is_dir():
                shutil.rmtree(self.folder)
            self.folder.mkdir(parents=True, exist_ok=True)
        if part not in self._files:
            own = replace(self._found, part=part)
            handle = os.open(self.folder / f"{part}.yaml", os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o644)
            self._files[part] = _File(handle, first_hash(own))
            text = head(own)
            self._refuse_secrets(text.encode("utf-8"), "the provenance")
            _write(handle, text)
        return self._files[part]

    def finish(self, account: str, ended: str = "finished") -> None:
        """Seal the cassettes, and look once more for secrets in what lies on the disk.

        Args:
            account: what kind of account answered, as inferred.
            ended: "finished", or why the recording ended before.

        Raises:
            RecordingError: as `write`.
        """
        try:
            for file in self._files.values():
                seal = Seal(file.interactions, file.hash, self.written, account, ended)
                text = sealed(seal)
                self._refuse_secrets(text.encode("utf-8"), "the seal")
                _write(file.handle, text)
                os.fsync(file.handle)
            for part in self._files:
                self._refuse_secrets((self.folder / f"{part}.yaml").read_bytes(), f"{part}.yaml", self._signatures)
        except OSError as error:
            raise RecordingError(
                f"the recording {self.folder} can't be ended: {error.strerror}; what it has can be judged"
            ) from error
        finally:
            self.close()

    def close(self) -> None:
        """Let go of the files, as they are."""
        for file in self._files.values():
            with contextlib.suppress(OSError):
                os.close(file.handle)
        self._files = {}

    def _refuse_secrets(self, data: bytes, where: str, signatures: Iterable[str] = ()) -> None:
        """Remove the recording and raise where a secret stands in the data."""
        how = found_in(data, self.secrets)
        if how is None and any(each.encode("utf-8", "surrogatepass") in data for each in signatures):
            how = "a signature, plain"
        if how is not None:
            self.close()
            shutil.rmtree(self.folder, ignore_errors=True)
            raise RecordingError(
                f"the recording {self.folder} is refused and removed: a secret would stand in {where} ({how})"
            )


def _write(handle: int, text: str) -> None:
    """Write a text whole, or leave the file as it was. Raises OSError."""
    data = text.encode("utf-8")
    before = os.fstat(handle).st_size
    try:
        written = 0
        while written < len(data):
            written += os.write(handle, data[written:])
    except OSError:
        with contextlib.suppress(OSError):
            os.ftruncate(handle, before)
        raise
