"""What can be judged, one table: how it is named, and how requests reach it.

A new kind of target is a row here, and its class in `conformance/targets`.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from conformance.base.environment import credentials_for, region_of_environment
from conformance.base.errors import UsageError
from conformance.base.hosts import endpoint_of
from conformance.exchange.wire import Sender

if TYPE_CHECKING:
    from conformance.runs.settings import Settings
    from conformance.targets import Target

__all__ = ["DRIVER", "SDK", "TARGET_KINDS", "TargetKind", "build_target", "known_targets", "split_command"]


@dataclass(frozen=True, slots=True)
class TargetKind:
    """A kind of target.

    Attributes:
        written: how it is named, as people are told.
        matches: whether settings name one.
        build: the target that settings name; nothing is sent or started yet, since nobody may ask for more than what a
            run would cost. Raises UsageError, TargetUnusableError.
    """

    written: str
    matches: Callable[[Settings], bool]
    build: Callable[[Settings], Target]


def _recording(settings: Settings) -> Target:
    from conformance.recording.reader import load
    from conformance.recording.replay import CassetteTarget

    assert settings.cassette is not None  # noqa: S101 -- it matched
    recording = load(Path(settings.cassette), max_age=settings.max_age)
    return CassetteTarget(f"cassette:{settings.cassette}", recording)


def _embedded(settings: Settings) -> Target:
    from conformance.emulator import Emulator, conforming

    emulator = Emulator(conforming(settings.readings))
    if settings.faults:  # hundreds of rows, of which a conforming one needs none
        from conformance.emulator.faults import faulty

        faulty(emulator.behaviour, *settings.faults)
    if settings.records:  # over HTTP, as everybody else is recorded
        from conformance.targets.served import ServedTarget

        return ServedTarget(emulator, _region(settings), timeout=settings.timeout)
    from conformance.targets.embedded import EmbeddedTarget

    return EmbeddedTarget(emulator, _region(settings))


def _live(settings: Settings) -> Target:
    from conformance.live.credentials import find_credentials
    from conformance.targets.http import HttpTarget

    sender = Sender(settings.service, _region(settings), find_credentials())
    return HttpTarget(settings.target, sender, timeout=settings.timeout, ca_file=settings.ca_file)


def _server(settings: Settings) -> Target:
    from conformance.targets.http import HttpTarget

    endpoint = endpoint_of(settings.target)
    sender = Sender(endpoint, _region(settings), credentials_for(endpoint), gateway_headers=settings.gateway_headers)
    return HttpTarget(settings.target, sender, timeout=settings.timeout, ca_file=settings.ca_file)


def _driver(settings: Settings) -> Target:
    command = split_command(settings.target.removeprefix(DRIVER), f"--target {settings.target}")
    return _client(settings, command, None)


def _sdk(settings: Settings) -> Target:
    from conformance.runs.sdks import ready_sdk, sdk_named

    name = settings.target.removeprefix(SDK)
    command, folder = ready_sdk(name)
    return _client(settings, command, folder, sdk_named(name).side_by_side)


def _client(settings: Settings, command: Sequence[str], folder: Path | None, side_by_side: int = 1) -> Target:
    from conformance.base.credentials import EXAMPLE_CREDENTIALS
    from conformance.base.hosts import SERVICE_HOST
    from conformance.targets.clients import ClientTarget

    # A driver is nobody whom a key pair is entrusted to: it signs with the documented example.
    sender = Sender(f"http://{SERVICE_HOST}", _region(settings), EXAMPLE_CREDENTIALS)
    return ClientTarget(settings.target, command, sender, folder, side_by_side)


def split_command(written: str, option: str) -> list[str]:
    """The words of a command, as a shell splits them. Raises UsageError where it can't be split, or is empty."""
    try:
        words = shlex.split(written)
    except ValueError as error:
        raise UsageError(f"{option}: it is no command ({str(error).lower()})") from error
    if not words:
        raise UsageError(f"{option}: it names no command")
    return words


# What names a client instead of a server.
SDK, DRIVER = "sdk:", "driver:"


def _region(settings: Settings) -> str:
    return settings.region or region_of_environment()


# How a URL begins; of another scheme too, so that it is told what is wrong with it.
_URL = re.compile("[A-Za-z][A-Za-z0-9+.-]*://")
# The first that matches is taken.
TARGET_KINDS = (
    TargetKind("cassette:PATH", lambda settings: settings.cassette is not None, _recording),
    TargetKind("embedded", lambda settings: settings.target == "embedded", _embedded),
    TargetKind("sdk:NAME", lambda settings: settings.target.startswith(SDK), _sdk),
    TargetKind("driver:COMMAND", lambda settings: settings.target.startswith(DRIVER), _driver),
    TargetKind("live", lambda settings: settings.is_live, _live),
    TargetKind("the URL of a server", lambda settings: _URL.match(settings.target) is not None, _server),
)


def known_targets() -> str:
    """How targets are named, in words."""
    *some, last = [each.written for each in TARGET_KINDS]
    return f"{', '.join(some)} or {last}"


def build_target(settings: Settings) -> Target:
    """The target that the settings name; nothing is wrapped around it.

    Raises:
        UsageError: there is no such target.
        TargetUnusableError: there are no credentials for it; or it is a recording that is refused.
    """
    for kind in TARGET_KINDS:
        if kind.matches(settings):
            return kind.build(settings)
    raise UsageError(f"unknown target {settings.target!r}: there are {known_targets()}, such as http://127.0.0.1:8080")
