"""What a run was asked for, and the target that it names. Mistakes are told in one sentence."""

from __future__ import annotations

import difflib
import json
import os
from argparse import Namespace
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from conformance.base.environment import check_header
from conformance.base.errors import UsageError
from conformance.base.files import check_writable, why
from conformance.base.hosts import SERVICE_HOST, is_platform_host, service_endpoint
from conformance.contract import CLAUSE, CLAUSES, CODES, READING, Level
from conformance.exchange.cases import Step

if TYPE_CHECKING:
    from conformance.emulator.service import Scripted

__all__ = ["PROFILES", "ExpectedFailure", "Settings", "parse_readings"]

PROFILES = ("smoke", "standard", "deep")
# Exploration: how many examples for each unit of a property's weight.
STANDARD_EXAMPLES = 10
DEEP_EXAMPLES = 400
# What SDKs do at a loopback address isn't taken: the host signed without its port, the service named after the host.
STRICT_SIGNING = {"scope-of-host": "refused", "signed-port": "refused"}
DEFAULT_TIMEOUT = 10.0
_LONGEST_TIMEOUT = 86400.0  # seconds
# The platform documents so many for the whole account.
MOST_REQUESTS_A_SECOND = 50
# One request in so many seconds: a run would take days.
_SLOWEST = 1000
_LONGEST_SHOWN = 200  # characters
TO_COME = {"sdk:": "SDKs", "driver:": "drivers"}
LIVE = "live"
CASSETTE = "cassette:"


@dataclass(frozen=True, slots=True)
class ExpectedFailure:
    """A clause that is known to fail, and why.

    Attributes:
        pattern: a clause id, or a glob over them.
        reason: the text behind `#`.
        line: 1-based line of the file.
    """

    pattern: str
    reason: str
    line: int


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run was asked for.

    Attributes:
        target: as the user wrote it.
        profile: "smoke", "standard" or "deep".
        seed: of the exploration.
        max_requests: a hard bound; None for none.
        levels: what of the target is looked at.
        only, skip: globs over clause ids.
        expected_failures: clauses that are known to fail.
        faults, readings: for the embedded emulator.
        timeout: seconds to wait for an answer.
        region: the value of Region; None for that of the environment.
        endpoint: a host of the service, for the live target; None for the usual one.
        rate: requests a second; None for the target's own default.
        max_groups: a hard bound on groups that are created; None for none.
        consent: whether the user agreed to a live run beforehand.
        record_to: the folder of a recording; None for none.
        record_mode: one of pytest-recording's.
        max_age: days that a recording may be old; None for any.
        was_recorded: whether that folder had something when the run was asked for; a recording fills it.
    """

    target: str = "embedded"
    profile: str = "standard"
    seed: int = 0
    max_requests: int | None = None
    levels: tuple[Level, ...] = tuple(Level)
    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    expected_failures: tuple[ExpectedFailure, ...] = ()
    faults: tuple[str, ...] = ()
    readings: Mapping[str, str] = field(default_factory=dict)
    timeout: float = DEFAULT_TIMEOUT
    region: str | None = None
    endpoint: str | None = None
    rate: float | None = None
    max_groups: int | None = None
    consent: bool = False
    record_to: str | None = None
    record_mode: str = "none"
    max_age: float | None = None
    was_recorded: bool = field(init=False)

    def __post_init__(self) -> None:
        """Raise UsageError where something can't be meant."""
        folder = Path(self.record_to) if self.record_to is not None else None
        object.__setattr__(self, "was_recorded", folder is not None and folder.is_dir() and any(folder.iterdir()))
        if self.profile not in PROFILES:
            raise UsageError(f"unknown profile {self.profile!r}: there are {', '.join(PROFILES)}")
        if self.max_requests is not None and self.max_requests < 0:
            raise UsageError(f"--max-requests {self.max_requests}: a bound can't be negative")
        check_timeout(self.timeout)
        if self.max_groups is not None and self.max_groups < 0:
            raise UsageError(f"--max-groups {self.max_groups}: a bound can't be negative")
        if self.rate is not None and not self.rate > 0:
            raise UsageError(f"--rate {self.rate:g}: it must be more than 0 requests a second")
        if self.rate is not None and self.rate * _SLOWEST < 1:
            raise UsageError(f"--rate {self.rate:g}: a request in more than {_SLOWEST} seconds takes for ever")
        if self.rate is not None and self.is_live and self.rate > MOST_REQUESTS_A_SECOND:
            raise UsageError(
                f"--rate {self.rate:g}: the service takes {MOST_REQUESTS_A_SECOND} a second for a whole account"
            )
        if self.max_age is not None and not self.max_age >= 0:
            raise UsageError(f"--max-age {self.max_age:g}: it is a number of days")
        if self.max_age is not None and self.cassette is None:
            raise UsageError("--max-age is for recordings; name one as --target cassette:PATH")
        if self.cassette == "":
            raise UsageError(f"--target {CASSETTE} names no recording: write {CASSETTE}PATH")
        if self.region is not None:
            check_header("--region", self.region)
        if self.is_live:
            _ = self.service
        elif self.endpoint is not None:
            raise UsageError("--endpoint is for the live target; write another server's URL as --target")
        if self.record_to is not None and self.target.startswith(CASSETTE):
            raise UsageError("--to: a recording isn't recorded again")
        for option, globs in (("--only", self.only), ("--skip", self.skip)):
            for pattern in globs:
                if not _matching(pattern):
                    raise UsageError(f"{option} {pattern}: no clause has such an id{_suggest_clause(pattern)}")
        if not any(self.selects(each.id) for each in CLAUSES):
            raise UsageError("--level, --only and --skip together leave no clause")
        if (self.faults or self.readings) and self.target != "embedded":
            raise UsageError("--fault and --reading are for the embedded emulator; another one takes them at `serve`")

    @property
    def examples(self) -> int:
        """How many examples the profile explores for each unit of a property's weight."""
        return DEEP_EXAMPLES if self.profile == "deep" else STANDARD_EXAMPLES

    @property
    def is_live(self) -> bool:
        """Whether requests go to the real service, by whatever name."""
        try:
            host = urlsplit(self.target).hostname if "://" in self.target else None
        except ValueError:  # no URL at all, which is told where it is used
            host = None
        return self.target == LIVE or is_platform_host(host or "")

    @property
    def service(self) -> str:
        """The URL of the service's host, for a live target. Raises UsageError where what is named is none."""
        if self.target == LIVE:
            return service_endpoint(self.endpoint if self.endpoint is not None else SERVICE_HOST, "--endpoint")
        if self.endpoint is not None:
            raise UsageError(f"--target {self.target} names a host already: --endpoint goes with --target {LIVE}")
        return service_endpoint(self.target, "--target")

    @property
    def cassette(self) -> str | None:
        """The path of the recording that is judged; None where a server is."""
        if self.target.startswith(CASSETTE):
            return self.target.removeprefix(CASSETTE)
        if self.record_to is None or self.records:
            return None
        return self.record_to

    @property
    def records(self) -> bool:
        """Whether a recording is made: always, or where there is none yet."""
        if self.record_to is None or self.record_mode == "none":
            return False
        return self.record_mode in {"all", "rewrite"} or not self.was_recorded

    @classmethod
    def of_options(cls, options: Namespace) -> Settings:
        """The settings that options of the command line, or of pytest, say. Raises UsageError."""
        if options.html:
            raise UsageError("--html: reports in HTML are still to come; --json has all that they will show")
        if options.json is not None:
            check_writable("--json", options.json)
        given = {
            "target": options.target,
            "profile": options.profile,
            "seed": options.seed,
            "max_requests": options.max_requests,
            "timeout": options.timeout_seconds,
            "region": options.region,
            "endpoint": options.endpoint,
            "rate": options.rate,
            "max_groups": options.max_groups,
            "consent": options.yes,
            "record_to": options.to,
            "record_mode": getattr(options, "record_mode", None),
            "max_age": options.max_age,
        }
        if options.profile is None and cls(target=options.target or "embedded").is_live:
            given["profile"] = "smoke"
        expected = options.expected_failures
        return cls(
            levels=parse_levels(options.level or ()),
            only=tuple(options.only or ()),
            skip=tuple(options.skip or ()),
            expected_failures=read_expected_failures(expected) if expected is not None else (),
            faults=check_faults(options.fault or ()),
            readings=parse_readings(options.reading or ()),
            **{name: value for name, value in given.items() if value is not None},
        )

    def selects(self, clause: str) -> bool:
        """Whether a clause is asked for."""
        if CLAUSE[clause].level not in self.levels:
            return False
        wanted = not self.only or any(fnmatchcase(clause, each) for each in self.only)
        return wanted and not any(fnmatchcase(clause, each) for each in self.skip)

    def aims_at(self, clause: str) -> bool:
        """Whether requests that aim at a clause are sent; where only answers are asked for, those on parameters are."""
        on_answers_alone = all(each.level is Level.ENVELOPE for each in CLAUSES if self.selects(each.id))
        return self.selects(clause) or (on_answers_alone and CLAUSE[clause].level is Level.PARAMETERS)

    def expected(self, clause: str) -> ExpectedFailure | None:
        """The expected failure that covers a clause."""
        return next((each for each in self.expected_failures if fnmatchcase(clause, each.pattern)), None)


def _matching(pattern: str) -> list[str]:
    return [each.id for each in CLAUSES if fnmatchcase(each.id, pattern)]


def _suggest(word: str, words: Iterable[str], what: str) -> str:
    """A hint at what was meant, or at how to see all there is.

    Args:
        word: that isn't known.
        words: all that are.
        what: what `list` calls them.
    """
    if not word:
        return f": no name at all (`iai-conformance list {what}` shows all)"
    close = difflib.get_close_matches(word, list(words), n=1, cutoff=0.6)
    return f"; did you mean {close[0]}?" if close else f" (`iai-conformance list {what}` shows all)"


def _common(ids: Sequence[str]) -> str:
    """What ids begin with alike."""
    first, last = min(ids), max(ids)
    return first[: next((place for place, each in enumerate(first) if not last.startswith(each, place)), len(first))]


def _suggest_clause(pattern: str) -> str:
    """A hint at a glob that matches clauses, or at a clause."""
    ids = {each.id.lower(): each.id for each in CLAUSES}
    if matched := [ids[each] for each in ids if fnmatchcase(each, pattern.lower())]:
        return f"; did you mean {_common(matched)}{'*' if len(matched) > 1 else ''}?"
    return _suggest(pattern, ids.values(), "clauses")


def check_timeout(seconds: float) -> None:
    """Raise UsageError for a time that nobody can wait."""
    if not 0 < seconds <= _LONGEST_TIMEOUT:
        raise UsageError(
            f"--timeout-seconds {seconds:g}: it must be more than 0, and no more than {_LONGEST_TIMEOUT:g} (a day)"
        )


def read_expected_failures(path: str) -> tuple[ExpectedFailure, ...]:
    """The clauses that a file says will fail: a line each, `CLAUSE-GLOB  # reason`.

    Raises:
        UsageError: the file can't be read, a line has no reason, or a pattern matches no clause.
    """
    try:
        lines = Path(path).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"--expected-failures {path}: it can't be read ({why(error)})") from error
    found = []
    for number, line in enumerate(lines, 1):
        pattern, mark, reason = (part.strip() for part in line.partition("#"))
        if not pattern:
            continue
        if not mark or not reason:
            raise UsageError(f"{path}, line {number}: {pattern} has no reason; write `{pattern}  # why it fails`")
        if not _matching(pattern):
            raise UsageError(f"{path}, line {number}: no clause has the id {pattern}{_suggest_clause(pattern)}")
        found.append(ExpectedFailure(pattern, reason, number))
    return tuple(found)


def parse_levels(names: Iterable[str]) -> tuple[Level, ...]:
    """Levels by their names, several of which may stand in one text; all where none is named. Raises UsageError."""
    words = [word.strip() for each in names for word in each.split(",")]
    for word in words:
        if word not in set(Level):
            close = difflib.get_close_matches(word, [str(each) for each in Level], n=1)
            hint = f"; did you mean {close[0]}?" if close else ""
            raise UsageError(f"--level {word}: there are {', '.join(Level)}{hint}")
    return tuple(each for each in Level if not words or each in words)


def parse_readings(written: Iterable[str]) -> dict[str, str]:
    """Readings written as `id=value`. Raises UsageError for an unknown id or value."""
    chosen: dict[str, str] = {}
    for each in written:
        id_, equals, value = each.partition("=")
        if not equals:
            raise UsageError(f"--reading {each}: write it as READING=VALUE")
        if id_ not in READING:
            raise UsageError(f"--reading {each}: there is no reading {id_}{_suggest(id_, READING, 'readings')}")
        by_code = {one.code: one.name for one in READING[id_].values if one.code}
        value = by_code.get(value, value)
        if chosen.get(id_, value) != value:
            raise UsageError(f"--reading {each}: {id_} is {chosen[id_]} already")
        if value not in READING[id_].names:
            names = ", ".join(one.name for one in READING[id_].values)
            raise UsageError(f"--reading {each}: {id_} can be {names}")
        chosen[id_] = value
    return chosen


def parse_answers(written: Iterable[str]) -> list[Scripted]:
    """Answers written as `[GROUPID-GLOB=]CODE[:TIMES]`. Raises UsageError for an unknown code or no number."""
    from conformance.emulator.service import Scripted

    found = []
    for each in written:
        group_ids, equals, rest = each.rpartition("=")
        code, colon, times = rest.partition(":")
        if code not in CODES:
            hint = _suggest(code, CODES, "codes")
            raise UsageError(f"--answer {each}: no list of the documentation has the code {code!r}{hint}")
        if colon and not (times.isascii() and times.isdigit() and len(times) < 10):
            raise UsageError(f"--answer {each}: {times!r} is no number of times; write it as CODE:3")
        found.append(Scripted(code, group_ids if equals else "*", int(times) if colon else None))
    return found


class _TwiceError(ValueError):
    """A member of a JSON object stands there twice: Python would take the last without a word."""


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    for place, (name, _) in enumerate(pairs):
        if name in dict(pairs[:place]):
            raise _TwiceError(name)
    return dict(pairs)


def parse_step(written: str) -> Step:
    """A step as a case has it, in JSON. Raises UsageError."""
    from conformance.exchange.delivery import TWISTS

    shown = written if len(written) <= _LONGEST_SHOWN else f"{written[:_LONGEST_SHOWN]}…"
    example = '{"parameters": {"GroupName": "<salt>", "GroupId": "<salt>"}}'
    try:
        raw = json.loads(os.fsencode(written), object_pairs_hook=_once)
    except RecursionError as error:
        raise UsageError(f"{shown}: it is nested too deep") from error
    except _TwiceError as error:
        raise UsageError(
            f"{shown}: {error} stands twice; parameters may be a list of pairs, where that is meant"
        ) from error
    except ValueError as error:
        raise UsageError(f"{shown!r}: a step is a JSON object, such as {example} ({error})") from error
    if not isinstance(raw, dict):
        raise UsageError(f"{shown}: a step is a JSON object, such as {example}")
    try:
        step = Step.from_json(raw)
    except ValueError as error:
        raise UsageError(f"{shown}: {error}") from error
    for each in step.twists:
        if each.partition("=")[0] not in TWISTS:
            raise UsageError(f"{each}: there is no such twist{_suggest(each.partition('=')[0], TWISTS, 'twists')}")
    return step


def check_faults(names: Iterable[str]) -> tuple[str, ...]:
    """Names of faults. Raises UsageError for an unknown one."""
    from conformance.emulator.faults import FAULT

    names = tuple(names)
    for name in names:
        if name not in FAULT:
            hint = _suggest(name, FAULT, "faults")
            raise UsageError(f"--fault {name}: there is no such fault{hint}")
    return names
