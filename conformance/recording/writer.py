"""Writes a recording, one interaction after the other: whatever stops it, what was written stays readable."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from conformance.base.credentials import Secret
from conformance.base.errors import SuiteError, UsageError
from conformance.base.files import check_folder
from conformance.contract import CLAUSE
from conformance.exchange.cases import Case
from conformance.exchange.messages import Answer, HttpRequest, HttpResponse
from conformance.exchange.wire import envelope
from conformance.judging.observed import Context
from conformance.privacy.scrub import scrubbed
from conformance.privacy.search import found_in
from conformance.privacy.secrets import Secrets
from conformance.recording.format import NOTE, Seal, entry, head, sealed
from conformance.recording.interaction import Interaction
from conformance.recording.provenance import Provenance

__all__ = ["RecordingError", "Writer", "free_folder"]

TRAFFIC = "traffic"
_TICK = 0.000001  # seconds; as finely as times are written


class RecordingError(SuiteError):
    """A recording can't be written, or mustn't be."""


def free_folder(path: Path, *, overwrite: bool = False, hint: str = "") -> Path:
    """The folder for a new recording.

    Args:
        path: of the folder.
        overwrite: whether a recording that is there may be replaced.
        hint: how to say that, in words that follow "name another folder".

    Raises:
        UsageError: one is there already that mustn't be replaced, or it can't be written.
    """
    check_folder("--to", path)
    if path.is_dir() and any(path.iterdir()):
        if not overwrite:
            raise UsageError(f"--to {path}: something is there already; name another folder{hint}")
        if foreign := [each.name for each in path.iterdir() if not _is_ours(each)]:
            raise UsageError(f"--to {path}: it isn't replaced, for it has more than cassettes: {min(foreign)}")
    return path


def _is_ours(path: Path) -> bool:
    """Whether a file is a cassette of this suite's, which may be replaced."""
    if path.suffix != ".yaml" or path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as file:
        return file.read(len(NOTE.encode())) == NOTE.encode()


def _remove(folder: Path) -> None:
    """Remove a recording: its cassettes, and the folder if nothing else is in it."""
    with contextlib.suppress(OSError):
        for each in folder.iterdir():
            if _is_ours(each):
                each.unlink()
        folder.rmdir()


@dataclass(slots=True, repr=False)
class _File:
    """A cassette that is being written.

    Attributes:
        provenance: what stands at its head.
        handle: of the open file.
        whole: how many whole interactions it has, and its size up to the last, in bytes; one value, so that an
            interruption can't change half of it.
        hashes: of the interactions; of one that isn't whole as well, where that was interrupted.
        cases: ids of the cases that it has.
    """

    provenance: Provenance
    handle: int
    whole: tuple[int, int]
    hashes: list[str] = field(default_factory=list)
    cases: set[str] = field(default_factory=set)


@dataclass(slots=True, repr=False)
class Writer:
    """Writes the cassettes of one recording.

    Attributes:
        folder: where to; it is made when the first interaction comes.
        provenance: of the recording; asked for when the first interaction was answered.
        secrets: texts that mustn't be in any file, in any encoding; what requests carry comes to them.
        replaces: whether what is in the folder is taken away first.
    """

    folder: Path
    provenance: Callable[[], Provenance]
    secrets: Collection[str | Secret] = ()
    replaces: bool = False
    _found: Provenance | None = None
    _files: dict[str, _File] = field(default_factory=dict)
    _ours: set[str] = field(default_factory=set)
    _signatures: set[str] = field(default_factory=set)
    _known: Secrets = field(init=False)
    _answered: bool = False
    _latest: tuple[str, float] = ("", 0.0)
    _unanswered: list[Callable[[], None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._known = Secrets.of(self.secrets)

    @property
    def written(self) -> int:
        """How many interactions there are."""
        return sum(each.whole[0] for each in self._files.values())

    def write(
        self,
        http: HttpRequest,
        answer: Answer,
        at: float,
        case: Case | None,
        ours: str | None = None,
        *,
        circumstances: Context | None = None,
    ) -> None:
        """Write an interaction, scrubbed.

        Nothing is written before there is an answer: a server that isn't there leaves no recording, and replaces none.

        Args:
            http: the request as it was sent.
            answer: what came of it.
            at: when it was sent, in seconds since 1970.
            case: the case that it belongs to; None for somebody else's traffic.
            ours: the GroupId for which it asks, if it does.
            circumstances: what else is known of somebody else's traffic.

        Raises:
            RecordingError: it can't be written; or a secret would be, and then the recording is removed.
        """
        self._answered = self._answered or isinstance(answer, HttpResponse)
        known = circumstances or Context()
        self._unanswered.append(partial(self._write, http, answer, at, case, ours, circumstances=known))
        if self._answered:
            waiting, self._unanswered = self._unanswered, []
            for each in waiting:
                each()

    def _write(
        self,
        http: HttpRequest,
        answer: Answer,
        at: float,
        case: Case | None,
        ours: str | None,
        *,
        circumstances: Context,
    ) -> None:
        if ours is not None and not _is_anothers(answer):
            self._ours.add(ours)
        request, signatures = self._known.taken_out(http)
        self._signatures |= signatures
        part = TRAFFIC if case is None else CLAUSE[case.clause].parameter
        answer = scrubbed(answer, self._known, self._ours)
        try:
            file = self._file(part)
            number, size = file.whole
            interaction = Interaction(number + 1, self._moment(part, at), request, answer, circumstances=circumstances)
            new = case is not None and case.id not in file.cases
            text, hashed = entry(interaction, case if new else None)
            data = text.encode("utf-8")
            self._refuse_secrets(data, f"interaction {number + 1} of {part}.yaml", signatures)
            file.hashes[number:] = [hashed]
            _write(file.handle, data)
            file.whole = number + 1, size + len(data)
        except OSError as error:
            raise RecordingError(
                f"the recording {self.folder} can't go on: {error.strerror}; what it has can be judged"
            ) from error
        if case is not None:
            file.cases.add(case.id)

    def _moment(self, part: str, at: float) -> float:
        """The time of an interaction: by it, those of several files are ordered, though the clock be set back."""
        before, latest = self._latest
        if part != before:
            at = max(at, latest + _TICK)
        self._latest = part, max(at, latest)
        return at

    def _file(self, part: str) -> _File:
        if self._found is None:
            self._found = self.provenance()
            if self.replaces and self.folder.is_dir():
                _remove(self.folder)
            self.folder.mkdir(parents=True, exist_ok=True)
        if part not in self._files:
            own = replace(self._found, part=part)
            handle = os.open(self.folder / f"{part}.yaml", os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
            data = head(own).encode("utf-8")
            self._files[part] = _File(own, handle, (0, len(data)))
            self._refuse_secrets(data, "the provenance")
            _write(handle, data)
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
            seal = Seal(frozenset(self._files), account, ended)
            for file in self._files.values():
                number, size = file.whole
                data = sealed(file.provenance, file.hashes[:number], seal).encode("utf-8")
                self._refuse_secrets(data, "the seal")
                os.ftruncate(file.handle, size)  # what was being written when the run was interrupted
                _write(file.handle, data)
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
        if (how := found_in(data, [*self._known.lasting, *signatures])) is not None:
            self.close()
            _remove(self.folder)
            raise RecordingError(
                f"the recording {self.folder} is refused and removed: a secret would stand in {where} ({how})"
            )


def _write(handle: int, data: bytes) -> None:
    """Write data whole, or leave the file as it was. Raises OSError."""
    before = os.fstat(handle).st_size
    try:
        written = 0
        while written < len(data):
            written += os.write(handle, data[written:])
    except OSError:
        with contextlib.suppress(OSError):
            os.ftruncate(handle, before)
        raise


def _is_anothers(answer: Answer) -> bool:
    """Whether an answer says that the id that was asked for is somebody's already."""
    return isinstance(answer, HttpResponse) and envelope(answer).code in CLAUSE["GroupId.unique"].codes
