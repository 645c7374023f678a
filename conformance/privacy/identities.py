"""What looks as if it named somebody's account, or somebody, in words that are kept. Pure."""

from __future__ import annotations

import re

from conformance.privacy.places import SCRUBBED

__all__ = ["is_short", "without_identities"]

_GROUPS = r"[0-9a-f]{1,4}(?::[0-9a-f]{1,4})*"  # of an IP address of version 6
_IDENTITY = re.compile(
    rf"""(?xi)
      qcs::[^\s"'<>(){{}}\[\],;、。，；）]*     # a resource, by the account that has it
    | (?<![\w.+-])[\w.+-]++@[\w-]+(?:\.[\w-]+)*          # an e-mail address
    | (?<![0-9a-z:])(?:{_GROUPS})?::(?:{_GROUPS})?(?:\.\d{{1,3}}){{0,3}}(?![0-9a-z:])
    | (?<![0-9a-z:])(?:[0-9a-f]{{1,4}}:){{7}}[0-9a-f]{{1,4}}(?![0-9a-z:])
    | (?<![\d.])\d{{1,3}}(?:\.\d{{1,3}}){{3}}(?![\d.])
    | \d(?:[ ,.-]?\d){{5,}}                 # a number of six and more digits, however it is grouped
    """
)
_SHORT = 5  # digits


def is_short(number: str) -> bool:
    """Whether a number has too few digits for an account's."""
    return sum(each.isdigit() for each in number) <= _SHORT


def without_identities(text: str) -> str:
    """A text without numbers of six and more digits, `qcs::` names, e-mail and IP addresses."""
    return _IDENTITY.sub(SCRUBBED, text)
