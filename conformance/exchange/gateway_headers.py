"""Headers for a gateway that stands before a server: which may be sent beside a request, and what of them is secret."""

from __future__ import annotations

import re

from conformance.base.errors import UsageError

__all__ = ["parse_gateway_header", "secrets_of"]

_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_VALUE = re.compile(r"[!-~]([ \t!-~]*[!-~])?")
# What the suite sends itself: its requests wouldn't be what they are meant to be.
_OF_THE_SUITE = re.compile(
    "(?i)host|authorization|x-tc-.*|content-.*|transfer-encoding|accept-encoding|te|trailer|connection|keep-alive|"
    "proxy-connection|upgrade|expect"
)
# What says nothing that mustn't be known.
_PLAIN = re.compile("(?i)accept(-.*)?|user-agent|cache-control|pragma|via|forwarded|x-forwarded-.*")
_SHORTEST_SECRET = 6  # characters; shorter ones stand everywhere
_SHORTEST_WORD = 16


def parse_gateway_header(written: str, option: str) -> tuple[str, str]:
    """Name and value of a header written as `Name: value`. Raises UsageError, which never shows the value.

    Args:
        written: by the user.
        option: where.
    """
    name, colon, value = written.partition(":")
    value = value.strip(" \t")
    if not colon or not _TOKEN.fullmatch(name):
        raise UsageError(f"{option}: write it as 'Name: value', with a name of letters, digits and -")
    if _OF_THE_SUITE.fullmatch(name):
        raise UsageError(f"{option} {name}: the suite sends this header itself, and judges what comes of it")
    if not _VALUE.fullmatch(value):
        raise UsageError(f"{option} {name}: its value is empty, or has a character that no header may have")
    return name, value


def secrets_of(name: str, value: str) -> list[str]:
    """What nobody else may see of a header: its value, and each long word of it, as a gateway might repeat it."""
    if _PLAIN.fullmatch(name) or len(value) < _SHORTEST_SECRET:
        return []
    words = [each for each in re.split(r"[\s,;=:]+", value) if len(each) >= _SHORTEST_WORD and each != value]
    return [value, *words]
