"""The verb `call`: requests by hand, each answer judged."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from conformance.base.errors import SuiteError, UsageError
from conformance.base.words import counted, suggest
from conformance.cli.consent import agreed_to_call
from conformance.exchange.cases import Step
from conformance.runs.options import OF_THE_WAY, add_options
from conformance.runs.target_kinds import known_targets

if TYPE_CHECKING:
    from conformance.runs.session import Groups, Session

__all__ = ["add_arguments", "perform"]

_LONGEST_SHOWN = 200  # characters


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the verb's arguments."""
    parser.add_argument("--target", default="embedded", help=f"{known_targets()}, but no recording (default embedded)")
    parser.add_argument("--fault", action="append", metavar="NAME", help="switch on a fault of the embedded emulator")
    parser.add_argument(
        "--reading", action="append", metavar="ID=VALUE", help="choose a reading of the embedded emulator"
    )
    parser.add_argument("--timeout-seconds", type=float, default=10.0, metavar="S", help="seconds to wait (default 10)")
    add_options(parser.add_argument, OF_THE_WAY)
    parser.add_argument("--quota", type=int, metavar="N", help="how many groups the account still takes")
    parser.add_argument("--rate", type=float, metavar="N", help="requests a second (a live account: 10)")
    parser.add_argument("--max-requests", type=int, metavar="N", help="send no more of the steps' requests than that")
    parser.add_argument("--max-groups", type=int, metavar="N", help="create no more groups than that")
    parser.add_argument("--yes", action="store_true", help="agree to sending to a live account")
    parser.add_argument(
        "steps",
        nargs="+",
        metavar="STEP",
        help='a request as JSON: \'{"parameters": {"GroupName": "<salt>", "GroupId": "<salt>"}}\'; as cases have them',
    )


def perform(options: argparse.Namespace) -> int:
    """Send the steps, tell what came and what departs, and let go of what was created."""
    from conformance.runs.options import check_faults, parse_readings, values_of
    from conformance.runs.session import open_session
    from conformance.runs.settings import Settings

    steps = [parse_step(each) for each in options.steps]
    if options.quota is not None and options.quota < 0:
        raise UsageError(f"--quota {options.quota}: an account can't take fewer than no groups")
    settings = Settings(
        target=options.target,
        profile="smoke",
        faults=check_faults(options.fault or ()),
        readings=parse_readings(options.reading or ()),
        timeout=options.timeout_seconds,
        **values_of(options, OF_THE_WAY),
        consent=options.yes,
        rate=options.rate,
        max_requests=options.max_requests,
        max_groups=options.max_groups,
    )
    if settings.is_live and not agreed_to_call(settings):
        return 0
    session = open_session(settings)
    if session.recording is not None:
        raise UsageError("a recording can't be called: it answers what was recorded alone")
    return _converse(session, steps, options.quota)


def _converse(session: Session, steps: Sequence[Step], quota: int | None) -> int:
    """Send the steps and tell what comes, then what became of groups, whatever ended it; the exit code."""
    from conformance.cli.conversation import converse
    from conformance.report.ending import internal_error

    code, said = 0, []
    try:
        try:
            for line in converse(session.run, steps, quota):
                code = max(code, line.startswith("✗"))
                sys.stdout.write(f"{line}\n")
        finally:
            session.close()
    except KeyboardInterrupt:
        code, said = 2, ["interrupted"]
    except SuiteError as error:
        code, said = error.exit_code, [str(error)]
    except Exception as error:
        code, said = SuiteError.exit_code, [internal_error(error, session.run.secrets)]
    mask = session.run.secrets.mask
    for line in (*said, *session.said):
        sys.stderr.write(f"iai-conformance: {mask(line)}\n")
    if session.groups is not None:
        sys.stdout.write(mask(_became(session.groups)))
    left = session.said or (session.groups is not None and session.groups.left)
    return code or (3 if left else 5 if session.run.results.unseen else 0)


def _became(groups: Groups) -> str:
    """What became of the groups of a live account, in a line."""
    return f"{counted(groups.deleted, 'group')} deleted, {len(groups.left)} left{groups.hint}\n"


class _TwiceError(ValueError):
    """A member of a JSON object stands there twice: Python would take the last without a word."""


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    for index, (name, _) in enumerate(pairs):
        if name in dict(pairs[:index]):
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
            raise UsageError(f"{each}: there is no such twist{suggest(each.partition('=')[0], TWISTS, 'twists')}")
    return step
