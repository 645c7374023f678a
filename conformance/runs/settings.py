"""What a run was asked for, as values. Mistakes are told in one sentence."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from urllib.parse import urlsplit

from conformance.base.errors import UsageError
from conformance.base.hosts import SERVICE_HOST, is_platform_host, service_endpoint
from conformance.contract import CLAUSE, CLAUSES, SDK_CLAUSES, Clause, Level
from conformance.exchange.messages import Headers
from conformance.judging.judge import DepartureKind
from conformance.runs.options import OPTIONS, ExpectedFailure, Option, values_of
from conformance.runs.target_kinds import DRIVER, SDK
from conformance.runs.ways import Way

__all__ = ["CASSETTE", "LIVE", "STANDARD_EXAMPLES", "Settings"]

# Exploration: how many examples for each unit of a property's weight.
STANDARD_EXAMPLES = 10
DEEP_EXAMPLES = 400
# The platform documents so many for the whole account.
MOST_REQUESTS_A_SECOND = 50
LIVE = "live"
CASSETTE = "cassette:"


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run was asked for.

    Attributes:
        target: as the user wrote it.
        profile: "smoke", "standard" or "deep".
        seed: of the exploration.
        max_requests: a hard bound; None for none.
        levels: what of the target is looked at.
        without: ways by which nothing is asked.
        only, skip: globs over clause ids.
        expected_failures: clauses that are known to fail.
        faults, readings: for the embedded emulator.
        timeout: seconds to wait for a connection, and then for a whole answer.
        max_seconds: a hard bound on how long requests are sent; None for none.
        ca_file: of those who vouch for the target; None for those that the environment names.
        gateway_headers: what a gateway before the target wants of every request.
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
    without: tuple[Way, ...] = ()
    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    expected_failures: tuple[ExpectedFailure, ...] = ()
    faults: tuple[str, ...] = ()
    readings: Mapping[str, str] = field(default_factory=dict)
    timeout: float = 10.0
    max_seconds: float | None = None
    ca_file: str | None = None
    gateway_headers: Headers = field(default=(), repr=False)
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
        for option in OPTIONS:
            value = getattr(self, option.sets)
            if value is not None:
                option.check(f"--{option.name}", value)
        for cannot_be_meant, why in _TOGETHER:
            if cannot_be_meant(self):
                raise UsageError(why.format(self=self))
        if self.is_live:
            _ = self.service

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
    def is_client(self) -> bool:
        """Whether a client is judged, and no server."""
        return self.target.startswith((SDK, DRIVER))

    @property
    def clauses(self) -> tuple[Clause, ...]:
        """The clauses that go for the target: those on servers, or those on clients."""
        return SDK_CLAUSES if self.is_client else CLAUSES

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
    def of_options(cls, given: Namespace, options: Iterable[Option] = OPTIONS, prefix: str = "") -> Settings:
        """The settings that options of the command line, or of pytest, say. Raises UsageError.

        Args:
            given: the options' values, as argparse has them.
            options: those that there are.
            prefix: what stands before each name.
        """
        values = values_of(given, options, prefix)
        mode = getattr(given, "record_mode", None)
        if mode is not None:
            values["record_mode"] = mode
        if "profile" not in values and cls(target=values.get("target", "embedded")).is_live:
            values["profile"] = "smoke"
        return cls(**values)

    def selects(self, clause: str) -> bool:
        """Whether a clause is asked for."""
        if CLAUSE[clause].level not in self.levels:
            return False
        wanted = not self.only or any(fnmatchcase(clause, each) for each in self.only)
        return wanted and not any(fnmatchcase(clause, each) for each in self.skip)

    def aims_at(self, clause: str) -> bool:
        """Whether requests that aim at a clause are sent; where only answers are asked for, those on parameters are."""
        if self.selects(clause) or CLAUSE[clause].level is not Level.PARAMETERS:
            return self.selects(clause)
        return all(each.level is Level.ENVELOPE for each in CLAUSES if self.selects(each.id))

    def aims_at_client(self, clause: str) -> bool:
        """Whether a client is asked what aims at a clause; any, where a clause is asked for at which nothing aims."""
        return self.selects(clause) or any(self.selects(each) for each in UNAIMED)

    def expected(self, clause: str, kind: DepartureKind) -> ExpectedFailure | None:
        """The expected failure that covers a departure of a clause."""
        return next((each for each in self.expected_failures if each.covers(clause, kind)), None)


# Of clients, the clauses that show while calls aim at others.
UNAIMED = (
    "sdk.error.kind", "sdk.local.refusals", "sdk.resilience.token-stays", "driver.protocol", "driver.capabilities",
)  # fmt: skip

# What can't be meant together, and why; each option by itself is checked by its row of the table.
_TOGETHER: tuple[tuple[Callable[[Settings], object], str], ...] = (
    (
        lambda self: self.rate is not None and self.is_live and self.rate > MOST_REQUESTS_A_SECOND,
        f"--rate {{self.rate:g}}: the service takes {MOST_REQUESTS_A_SECOND} a second for a whole account",
    ),
    (
        lambda self: self.max_age is not None and self.cassette is None,
        "--max-age is for recordings; name one as --target cassette:PATH",
    ),
    (
        lambda self: self.cassette == "",
        f"--target {CASSETTE} names no recording: write {CASSETTE}PATH",
    ),
    (
        lambda self: self.endpoint is not None and not self.is_live,
        "--endpoint is for the live target; write another server's URL as --target",
    ),
    (
        lambda self: self.gateway_headers and ("://" not in self.target or self.is_live),
        "--header is for a gateway before a server that is named by its URL",
    ),
    (
        lambda self: self.ca_file is not None and not (self.target.startswith("https://") or self.is_live),
        "--ca-file is for a server that is reached by https://",
    ),
    (
        lambda self: self.record_to is not None and self.target.startswith(CASSETTE),
        "--to: a recording isn't recorded again",
    ),
    (
        lambda self: not any(self.selects(each.id) for each in self.clauses),
        "--level, --only and --skip together leave no clause",
    ),
    (
        lambda self: (self.faults or self.readings) and self.target != "embedded",
        "--fault and --reading are for the embedded emulator; another one takes them at `serve`",
    ),
    (
        lambda self: self.is_client and self.without,
        "--without leaves out ways to ask a server; a driver's hello says what its client can do",
    ),
    (
        lambda self: self.target in {SDK, DRIVER},
        "--target {self.target} names no client: write sdk:NAME (`iai-conformance sdk list`) or driver:COMMAND",
    ),
    (
        lambda self: self.record_mode == "new_episodes" and self.was_recorded,
        "--record-mode new_episodes --to {self.record_to}: a recording isn't added to, for it shows one account from "
        "its beginning to its end; say rewrite, or name another folder",
    ),
    (
        lambda self: self.record_to is not None and self.record_mode == "none" and not self.was_recorded,
        "--to {self.record_to}: there is no recording to judge; say --record-mode once to make one",
    ),
)  # fmt: skip
