"""Recordings on disk: a folder of cassettes that were recorded in one run, or a single file. Reads files."""

from __future__ import annotations

import heapq
import json
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from conformance.base.errors import TargetUnusableError, UsageError
from conformance.contract.examples import EXAMPLES
from conformance.exchange.cases import Case
from conformance.exchange.messages import HttpResponse
from conformance.exchange.wire import envelope
from conformance.judging.world_updates import decoded
from conformance.recording.certificates import problem_with_certificate
from conformance.recording.format import FIRST_VERSION, CassetteFile, is_torn_at_its_beginning, parsed
from conformance.recording.interaction import Interaction
from conformance.recording.provenance import Kind, Provenance, problem_with

__all__ = ["Recording", "load", "recordings_at"]

SUFFIXES = frozenset({".yaml", ".yml"})
_LARGEST = 256 * 1024 * 1024
# A recording may have been made by a clock that is ahead of this one's.
_CLOCKS_DIFFER = 1.0  # days


@dataclass(frozen=True, slots=True)
class Recording:
    """Everything that was recorded in one run, or what is left of it.

    Attributes:
        path: the folder, or the file.
        provenance: where it comes from; its `part` is empty.
        interactions: in the order in which they were recorded.
        cases: the cases they belong to, by id.
        account: what kind of account answered, as it was inferred; empty where nobody said.
        notes: what the reader should know: that it was interrupted, that a file is absent.
        files: for each interaction, the name of the file that has it.
        interrupted: whether it ended before the run that was recorded was over, so that something is missing.
    """

    path: Path
    provenance: Provenance
    interactions: tuple[Interaction, ...]
    cases: Mapping[str, Case]
    account: str
    notes: tuple[str, ...]
    files: tuple[str, ...] = field(repr=False)
    interrupted: bool = False


def recordings_at(paths: Sequence[str]) -> list[Path]:
    """The recordings that paths name: a file, a folder of cassettes, or a folder of such folders.

    Raises:
        UsageError: there is nothing at a path, or no cassette.
    """
    found: list[Path] = []
    for each in paths:
        if not each:
            raise UsageError("an empty path names no recording: write the path of a cassette, or of a folder of them")
        path = Path(each)
        try:
            if not path.exists():
                raise UsageError(f"{each}: there is no such file or folder")
            if not path.is_dir() and not path.is_file():
                raise UsageError(f"{each}: it is neither a file nor a folder")
            here = sorted(_recordings_in(path, set()))
        except (OSError, ValueError) as error:
            raise UsageError(f"{each}: it can't be read ({getattr(error, 'strerror', None) or error})") from error
        if not here:
            raise UsageError(f"{each}: there is no cassette: files named *.yaml, or folders of them, are looked for")
        found += here
    return list(dict.fromkeys(found))


def _recordings_in(path: Path, seen: set[Path]) -> Iterator[Path]:
    if path.resolve() in seen:  # links may lead round and round
        return
    seen.add(path.resolve())
    if not path.is_dir() or _files(path):
        yield path
        return
    for each in path.iterdir():
        if each.is_dir():
            yield from _recordings_in(each, seen)


def _files(folder: Path) -> list[Path]:
    return sorted(each for each in folder.iterdir() if each.suffix in SUFFIXES and each.is_file())


def load(path: Path, *, max_age: float | None = None) -> Recording:
    """A recording, checked: hashes, seals, and whether it can come from where it says.

    Args:
        path: a file, or a folder of files that were recorded in one run.
        max_age: days; an older recording is refused. None for any.

    Raises:
        UsageError: there is nothing, or no cassette, at the path; or several recordings.
        TargetUnusableError: it was edited, isn't what it says, or is too old; the message gives the reason.
    """
    found = recordings_at([str(path)])
    if len(found) > 1:
        names = ", ".join(str(each) for each in found)
        raise UsageError(f"{path}: there are several recordings; name one of {names}")
    (path,) = found
    texts = {each: _text(each) for each in (_files(path) if path.is_dir() else [path])}
    # A run that was killed may leave files of which there is nothing yet; what else it wrote is sound.
    begun = {each for each, text in texts.items() if is_torn_at_its_beginning(text)} if path.is_dir() else set()
    begun = begun if begun < texts.keys() else set()
    recording = _joined(path, {each.name: _parsed(each, text) for each, text in texts.items() if each not in begun})
    if begun:
        torn = f"the recording of {', '.join(sorted(each.name for each in begun))} was interrupted at its beginning"
        recording = replace(recording, notes=(*recording.notes, torn), interrupted=True)
    if (problem := _problem(recording)) is not None:
        raise TargetUnusableError(f"the recording {path} is refused: {problem}")
    age = recording.provenance.age(time.time())
    if age < -_CLOCKS_DIFFER:
        raise TargetUnusableError(
            f"the recording {path} is refused: it says that it was made on {recording.provenance.date}, which is still "
            "to come"
        )
    if max_age is not None and recording.provenance.kind is not Kind.DOCUMENTATION and age > max_age:
        raise TargetUnusableError(
            f"the recording {path} is {_days(age)} days old, --max-age allows {max_age:g}: record it anew"
        )
    return recording


def _days(age: float) -> str:
    """A number of days, as finely as one reads it."""
    return f"{age:.2f}" if age < 1 else f"{math.floor(age)}"


def _text(path: Path) -> str:
    try:
        if (size := path.stat().st_size) > _LARGEST:
            raise TargetUnusableError(
                f"the cassette {path} is refused: it has {size >> 20} MB, and none has more than {_LARGEST >> 20}"
            )
        data = path.read_bytes()
    except OSError as error:
        raise TargetUnusableError(f"the cassette {path} can't be read: {error.strerror}") from error
    try:
        return data.decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        if error.reason == "unexpected end of data":  # torn in the middle of its last character
            return data[: error.start].decode("utf-8")
        raise TargetUnusableError(f"the cassette {path} can't be read: it is not UTF-8") from error


def _parsed(path: Path, text: str) -> CassetteFile:
    try:
        return parsed(text)
    except ValueError as error:
        raise TargetUnusableError(f"the cassette {path} is refused: {error}") from error


def _joined(path: Path, files: Mapping[str, CassetteFile]) -> Recording:
    """The files of one run as one recording. Raises TargetUnusableError where they aren't of one."""
    first = next(iter(files.values())).provenance
    notes: list[str] = []
    cases: dict[str, Case] = {}
    for name, each in files.items():
        if each.provenance is None or first is None:
            raise TargetUnusableError(
                f"the cassette {path if path.name == name else path / name} is refused: it has no provenance, so that "
                "nobody knows what it shows; record it with `iai-conformance record`"
            )
        if replace(each.provenance, part="") != replace(first, part=""):
            raise TargetUnusableError(
                f"the recording {path} is refused: {name} was recorded in another run than "
                f"{next(iter(files))}; judge each by itself"
            )
        if each.seal is None:
            notes.append(_why_unsealed(name, each, others_are=any(other.seal for other in files.values())))
        elif each.seal.ended != "finished":
            notes.append(f"the recording ended early: {each.seal.ended}")
        cases |= each.cases
    assert first is not None  # noqa: S101 -- told above
    if path.is_dir() and (problem := _odd_one_out(files)) is not None:
        raise TargetUnusableError(f"the recording {path} is refused: {problem}")
    ordered = _in_order(files)
    seals = [each.seal for each in files.values() if each.seal is not None]
    return Recording(
        path,
        replace(first, part=""),
        tuple(each for each, _ in ordered),
        cases,
        seals[0].account if seals else "",
        tuple(dict.fromkeys(notes)),
        tuple(name for _, name in ordered),
        interrupted=len(seals) < len(files) or any(each.ended != "finished" for each in seals),
    )


def _why_unsealed(name: str, file: CassetteFile, *, others_are: bool) -> str:
    """What to tell of a file without a seal."""
    if others_are:
        return f"{name} has no seal, as the other files have: its end was cut off, or the recording interrupted there"
    return f"the recording of {name} was interrupted" + (f": {file.torn}" if file.torn else "")


def _in_order(files: Mapping[str, CassetteFile]) -> list[tuple[Interaction, str]]:
    """The interactions of all files in the order in which they were recorded, each with its file's name.

    Within a file they stand in order. Across files, the first format numbers them; later, their times tell.
    """
    named = [[(each, name) for each in file.interactions] for name, file in files.items()]
    if any(each.version == FIRST_VERSION for each in files.values()):
        return list(heapq.merge(*named, key=lambda each: each[0].number))
    return list(heapq.merge(*named, key=lambda each: each[0].at))


def _odd_one_out(files: Mapping[str, CassetteFile]) -> str | None:
    """Why files can't be all those, and only those, that their seals were made for; None where they can."""
    parts: dict[str, str] = {}
    for name, each in files.items():
        part = each.provenance.part if each.provenance is not None else ""
        if part in parts:
            return f"{parts[part]} and {name} are both the file of {part}"
        parts[part] = name
    seals = [each.seal for each in files.values() if each.seal is not None]
    if not seals:
        return None
    if any(each != seals[0] for each in seals):
        return "its files were sealed at different times"
    if missing := seals[0].parts - parts.keys():
        return f"a file was taken out, that of {min(missing)}"
    if added := parts.keys() - seals[0].parts:
        return f"a file was added: {parts[min(added)]}"
    return None


def _problem(recording: Recording) -> str | None:
    """Why a recording can't be what it says it is."""
    provenance = recording.provenance
    if provenance.kind is Kind.DOCUMENTATION:
        strange = next((each for each in recording.interactions if not _is_printed(each)), None)
        return f"the page doesn't print its interaction {strange.number}" if strange is not None else None
    hosts = {each.request.url.partition("//")[2].partition("/")[0] for each in recording.interactions}
    if (problem := problem_with(provenance, hosts)) is not None:
        return problem
    if provenance.certificate is not None and provenance.certificate.public:
        return problem_with_certificate(provenance)
    return None


def _is_printed(interaction: Interaction) -> bool:
    """Whether an exchange is one of the page's examples."""
    request = decoded(interaction.request)
    if request is None or not isinstance(interaction.answer, HttpResponse):
        return False
    said, answered = json.dumps(request.plain), envelope(interaction.answer).response
    return any(said == json.dumps(dict(each.parameters)) and answered == each.response for each in EXAMPLES)
