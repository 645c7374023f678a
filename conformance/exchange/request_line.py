"""The first line of a request, as browsers' users and simple clients write it. Pure."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

__all__ = ["absolute", "escaped"]

_LINE = re.compile(rb"([^ ]+ )(.*)( HTTP/[0-9.]+\r?)")
_TO_ESCAPE = re.compile(rb"[^\x21-\x7e]")
_NOT_ASCII = re.compile(rb"[\x80-\xff]")


def escaped(line: bytes) -> bytes:
    """A request line whose target is percent-encoded where it should have been: 人脸, a space.

    Args:
        line: without its line feed; of a part of one only what isn't ASCII is escaped.
    """
    parts = _LINE.fullmatch(line)
    if parts is None:
        return _NOT_ASCII.sub(_percent, line)
    return parts[1] + _TO_ESCAPE.sub(_percent, parts[2]) + parts[3]


def _percent(found: re.Match[bytes]) -> bytes:
    return b"%%%02X" % found[0][0]


_URL = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/?]*)")
_HOST = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[^\s/?#@\\\[\]:]*)(?::[0-9]*)?")


def absolute(scheme: str, host: str, target: str) -> str:
    """The URL that a request asks for. It can always be read: a host that none can have is left out.

    Args:
        scheme: of the connection.
        host: the value of Host; whoever verifies a signature asks the header.
        target: as it stands in the request line; a path, or a URL of its own.
    """
    written = _URL.match(target)
    if written is not None:
        scheme, host, target = written[1], written[2], target[written.end() :]
    return f"{scheme}://{host if _is_readable(host) else ''}{target}"


def _is_readable(host: str) -> bool:
    try:
        _ = urlsplit(f"//{host}").port
    except ValueError:
        return False
    return _HOST.fullmatch(host) is not None
