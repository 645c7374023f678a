"""The options of a run, one table: the command line has them as they are, pytest behind `--iai-`. Pure but for files.

A row says how an option is written, what it means, how its text becomes a value of `Settings`, and which values can't
be meant. Mistakes are one sentence.
"""

from __future__ import annotations

import difflib
import re
from argparse import Namespace
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from conformance.base.environment import check_header
from conformance.base.errors import UsageError
from conformance.base.files import why
from conformance.base.words import suggest
from conformance.contract import CLAUSE, READING, Level
from conformance.exchange.gateway_headers import parse_gateway_header
from conformance.exchange.messages import Headers
from conformance.judging.judge import DepartureKind
from conformance.runs.target_kinds import known_targets
from conformance.runs.ways import Way

__all__ = [
    "OF_THE_WAY", "OPTIONS", "PROFILES", "PYTEST_PREFIX", "WITHOUT", "ExpectedFailure", "Option", "add_options",
    "as_spelled", "check_faults", "check_timeout", "matching", "parse_levels", "parse_readings", "parse_ways",
    "values_of",
]  # fmt: skip

PROFILES = ("smoke", "standard", "deep")
# Other plugins own the short names.
PYTEST_PREFIX = "iai-"
_LONGEST_TIMEOUT = 86400.0  # seconds
# One request in so many seconds: a run would take days.
_SLOWEST = 1000


@dataclass(frozen=True, slots=True)
class ExpectedFailure:
    """A clause that is known to fail, and why.

    Attributes:
        pattern: a clause id, or a glob over them.
        reason: the text behind `#`.
        line: 1-based line of the file.
        kind: of the departures that are known; None where all kinds are.
    """

    pattern: str
    reason: str
    line: int
    kind: DepartureKind | None = None

    @property
    def written(self) -> str:
        """As the file has it, without its reason."""
        return self.pattern if self.kind is None else f"{self.pattern}: {self.kind}"

    def covers(self, clause: str, kind: DepartureKind) -> bool:
        """Whether it speaks of a departure."""
        return self.kind in {None, kind} and fnmatchcase(clause, self.pattern)


def _as_it_is(value: Any) -> Any:
    return value


def _nothing(_option: str, _value: Any) -> None:
    """Any value can be meant."""


@dataclass(frozen=True, slots=True)
class Option:
    """An option of a run.

    Attributes:
        name: without dashes or prefix.
        help: what it means, in a few words.
        field: of `Settings`; the name, where that is the same.
        type: of its text; None for a switch.
        metavar: what stands for its value in the help.
        repeated: whether it may be given several times.
        read: what the value is made of, with `field`'s type. Raises UsageError.
        check: given the option as it is spelled, and a value of `field`: raises UsageError where that can't be meant.
    """

    name: str
    help: str
    field: str = ""
    type: type[str | int | float] | None = str
    metavar: str | None = None
    repeated: bool = False
    read: Callable[[Any], Any] = _as_it_is
    check: Callable[[str, Any], None] = _nothing

    @property
    def sets(self) -> str:
        """The field of `Settings` that it sets."""
        return self.field or self.name.replace("-", "_")


def add_options(add: Callable[..., Any], options: Iterable[Option], prefix: str = "") -> None:
    """Add options to a parser of the command line, or to a group of pytest's.

    Args:
        add: `parser.add_argument` or `group.addoption`.
        options: rows of the table.
        prefix: what stands before each name.
    """
    for each in options:
        name = f"--{prefix}{each.name}"
        if each.type is None:
            add(name, action="store_true", default=None, help=each.help)
        elif each.repeated:
            add(name, action="append", type=each.type, metavar=each.metavar, help=each.help)
        else:
            add(name, type=each.type, metavar=each.metavar, help=each.help)


def values_of(given: Namespace, options: Iterable[Option], prefix: str = "") -> dict[str, Any]:
    """Field of `Settings` → its value, for each option that was given. Raises UsageError."""
    found = {}
    for each in options:
        raw = getattr(given, f"{prefix}{each.name}".replace("-", "_"), None)
        if raw is not None and raw != []:
            found[each.sets] = each.read(raw)
    return found


def as_spelled(message: str, prefix: str) -> str:
    """A message with each option as pytest spells it; what stands in backticks is a command, and stays."""
    names = "|".join(re.escape(each.name) for each in OPTIONS)
    parts = message.split("`")
    parts[::2] = [re.sub(rf"--({names})(?![\w-])", rf"--{prefix}\1", each) for each in parts[::2]]
    return "`".join(parts)


# --- Texts into values -----------------------------------------------------------------------------------------


def parse_levels(names: Iterable[str]) -> tuple[Level, ...]:
    """Levels by their names, several of which may stand in one text; all where none is named. Raises UsageError."""
    words = _words_of(Level, names, "--level")
    return tuple(each for each in Level if not words or each in words)


def parse_ways(names: Iterable[str]) -> tuple[Way, ...]:
    """Ways by their names, several of which may stand in one text. Raises UsageError."""
    words = _words_of(Way, names, "--without")
    return tuple(each for each in Way if each in words)


def _words_of(kind: type[StrEnum], texts: Iterable[str], option: str) -> list[str]:
    """The words of texts with commas. Raises UsageError for one that isn't of a kind."""
    words = [word.strip() for each in texts for word in each.split(",")]
    for word in words:
        if word not in set(kind):
            close = difflib.get_close_matches(word, [str(each) for each in kind], n=1)
            hint = f"; did you mean {close[0]}?" if close else ""
            raise UsageError(f"{option} {word}: there are {', '.join(kind)}{hint}")
    return words


def parse_readings(written: Iterable[str]) -> dict[str, str]:
    """Readings written as `id=value`. Raises UsageError for an unknown id or value."""
    chosen: dict[str, str] = {}
    for each in written:
        id_, equals, value = each.partition("=")
        if not equals:
            raise UsageError(f"--reading {each}: write it as READING=VALUE")
        if id_ not in READING:
            raise UsageError(f"--reading {each}: there is no reading {id_}{suggest(id_, READING, 'readings')}")
        by_code = {one.code: one.name for one in READING[id_].values if one.code}
        value = by_code.get(value, value)
        if chosen.get(id_, value) != value:
            raise UsageError(f"--reading {each}: {id_} is {chosen[id_]} already")
        if value not in READING[id_].names:
            names = ", ".join(one.name for one in READING[id_].values)
            raise UsageError(f"--reading {each}: {id_} can be {names}")
        chosen[id_] = value
    return chosen


def check_faults(names: Iterable[str]) -> tuple[str, ...]:
    """Names of faults, with conditions as in NAME@CONDITION. Raises UsageError for an unknown one."""
    from conformance.emulator.faults import CONDITIONS, SPACE, fault_named

    names = tuple(names)
    for name in names:
        try:
            fault_named(name)
        except KeyError as error:
            unknown = error.args[0]
            of, what = ([each.name for each in SPACE], "fault")
            if not name.startswith(unknown):
                of, what = [each.name for each in CONDITIONS], "condition"
            message = f"--fault {name}: there is no {what} {unknown}{suggest(unknown, of, f'{what}s')}"
            raise UsageError(message) from error
    return names


def _read_expected_failures(path: str) -> tuple[ExpectedFailure, ...]:
    """The clauses that a file says will fail: a line each, `CLAUSE-GLOB  # reason`, or `CLAUSE-GLOB: KIND  # reason`.

    Raises:
        UsageError: the file can't be read, a line has no reason, a pattern matches no clause, or there is no such kind.
    """
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"--expected-failures {path}: it can't be read ({why(error)})") from error
    found = []
    for number, line in enumerate(lines, 1):
        written, mark, reason = (part.strip() for part in line.partition("#"))
        if not written:
            continue
        if not mark or not reason:
            raise UsageError(f"{path}, line {number}: {written} has no reason; write `{written}  # why it fails`")
        pattern, colon, kind = (part.strip() for part in written.partition(":"))
        known = next((each for each in DepartureKind if each.value == kind), None)
        if colon and known is None:
            raise UsageError(
                f"{path}, line {number}: {kind!r} is no kind of departure: there are {', '.join(DepartureKind)}"
            )
        if not matching(pattern):
            raise UsageError(f"{path}, line {number}: no clause has the id {pattern}{_suggest_clause(pattern)}")
        found.append(ExpectedFailure(pattern, reason, number, known))
    return tuple(found)


def _read_headers(written: Iterable[str]) -> Headers:
    return tuple(parse_gateway_header(each, "--header") for each in written)


# --- Values that can't be meant --------------------------------------------------------------------------------


def matching(pattern: str) -> list[str]:
    """The ids of the clauses that a glob matches."""
    return [each for each in CLAUSE if fnmatchcase(each, pattern)]


def _suggest_clause(pattern: str) -> str:
    """A hint at a glob that matches clauses, or at a clause."""
    ids = {each.lower(): each for each in CLAUSE}
    if matched := [ids[each] for each in ids if fnmatchcase(each, pattern.lower())]:
        return f"; did you mean {_common(matched)}{'*' if len(matched) > 1 else ''}?"
    return suggest(pattern, ids.values(), "clauses")


def _common(ids: Sequence[str]) -> str:
    """What ids begin with alike."""
    first, last = min(ids), max(ids)
    return first[: next((index for index, each in enumerate(first) if not last.startswith(each, index)), len(first))]


def _check_clauses(option: str, patterns: Iterable[str]) -> None:
    for pattern in patterns:
        if not matching(pattern):
            raise UsageError(f"{option} {pattern}: no clause has such an id{_suggest_clause(pattern)}")


def _check_profile(_option: str, profile: str) -> None:
    if profile not in PROFILES:
        raise UsageError(f"unknown profile {profile!r}: there are {', '.join(PROFILES)}")


def _check_bound(option: str, number: int) -> None:
    if number < 0:
        raise UsageError(f"{option} {number}: a bound can't be negative")


def _check_rate(option: str, rate: float) -> None:
    if not rate > 0:
        raise UsageError(f"{option} {rate:g}: it must be more than 0 requests a second")
    if rate * _SLOWEST < 1:
        raise UsageError(f"{option} {rate:g}: a request in more than {_SLOWEST} seconds takes for ever")


def check_timeout(option: str, seconds: float) -> None:
    """Raise UsageError for a time that nobody can wait."""
    if not 0 < seconds <= _LONGEST_TIMEOUT:
        raise UsageError(f"{option} {seconds:g}: it must be more than 0, and no more than {_LONGEST_TIMEOUT:g} (a day)")


def _check_age(option: str, days: float) -> None:
    if not days >= 0:
        raise UsageError(f"{option} {days:g}: it is a number of days")


# --- The table -------------------------------------------------------------------------------------------------

# How a server is reached; whatever sends to one has them.
OF_THE_WAY: tuple[Option, ...] = (
    Option("ca-file", "a file, or folder, of the authorities that vouch for an https:// target", metavar="FILE"),
    Option(
        "header",
        "what a gateway before the server wants of every request; may be repeated; masked wherever it is told",
        field="gateway_headers",
        metavar="'NAME: VALUE'",
        repeated=True,
        read=_read_headers,
    ),
)
# What isn't asked of a target; for whatever chooses requests.
WITHOUT = Option(
    "without",
    f"ways of asking to leave out, since they aren't served: {', '.join(Way)}; several with commas, or repeated",
    metavar="WAY",
    repeated=True,
    read=parse_ways,
)
OPTIONS: tuple[Option, ...] = (
    Option("target", f"what to judge: {known_targets()} (default embedded)"),
    Option(
        "profile",
        "smoke: the fixed cases (default live); standard (default): and exploration; deep: much of it",
        check=_check_profile,
    ),
    Option("seed", "seed of the exploration (default 0)", type=int, metavar="N"),
    Option(
        "level",
        f"what to look at: {', '.join(Level)} (default: all); several with commas, or repeated",
        field="levels",
        metavar="LEVEL",
        repeated=True,
        read=parse_levels,
    ),
    WITHOUT,
    Option(
        "only", "clauses to judge; may be repeated", metavar="GLOB", repeated=True, read=tuple, check=_check_clauses
    ),
    Option(
        "skip", "clauses to leave out; may be repeated", metavar="GLOB", repeated=True, read=tuple, check=_check_clauses
    ),
    Option(
        "expected-failures",
        "clauses known to fail: `GLOB  # reason`, or `GLOB: KIND  # reason`, a line each",
        metavar="FILE",
        read=_read_expected_failures,
    ),
    Option("max-requests", "a hard bound on requests", type=int, metavar="N", check=_check_bound),
    Option("max-groups", "a hard bound on groups that are created", type=int, metavar="N", check=_check_bound),
    Option("rate", "requests a second (default: 10 live, else unbounded)", type=float, metavar="N", check=_check_rate),
    Option(
        "timeout-seconds",
        "seconds to wait for a connection, and then for a whole answer (default 10)",
        field="timeout",
        type=float,
        metavar="S",
        check=check_timeout,
    ),
    Option(
        "max-seconds",
        "a hard bound on how long requests are sent",
        type=float,
        metavar="S",
        check=check_timeout,
    ),
    *OF_THE_WAY,
    Option("region", "the value of Region (default: TENCENTCLOUD_REGION, or ap-guangzhou)", check=check_header),
    Option("endpoint", "another host of the service, for the target live", metavar="HOST"),
    Option("yes", "agree to a live run without being asked", field="consent", type=None),
    Option("to", "the folder of a recording, such as cassettes/live/NAME", field="record_to", metavar="DIR"),
    Option("max-age", "refuse a recording that is older", type=float, metavar="DAYS", check=_check_age),
    Option(
        "fault",
        "switch on a fault of the embedded emulator; may be repeated",
        field="faults",
        metavar="NAME",
        repeated=True,
        read=check_faults,
    ),
    Option(
        "reading",
        "choose a reading of the embedded emulator; may be repeated",
        field="readings",
        metavar="ID=VALUE",
        repeated=True,
        read=parse_readings,
    ),
)
