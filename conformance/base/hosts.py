"""Hosts and URLs: which are this machine, which are the service, and what is a URL to send to."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

from conformance.base.errors import UsageError
from conformance.base.words import visible

__all__ = ["SERVICE_HOST", "endpoint_of", "is_loopback", "is_platform_host", "service_endpoint"]

# The hosts of the service: the plain one, and those of a region or of the international site.
_PLATFORM = re.compile(r"iai(\.[a-z0-9-]+)?\.tencentcloudapi\.com")


def is_platform_host(host: str) -> bool:
    """Whether a host name is one of the service's."""
    return _PLATFORM.fullmatch(host.lower().rstrip(".")) is not None


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine."""
    return host == "localhost" or host.endswith(".localhost") or host.startswith("127.") or host == "::1"


SERVICE_HOST = "iai.tencentcloudapi.com"


def endpoint_of(url: str, option: str = "--target") -> str:
    """A URL without its path's slash. Raises UsageError where it is no http(s) URL of a host alone."""
    shown = re.sub("//[^/@]*@", "//…@", url)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise UsageError(f"{option} {shown}: it is no URL ({error})") from error
    if parts.username is not None:
        raise UsageError(f"{option} {shown}: no user name or password is sent; write the URL without")
    if re.search(r"\s", url.strip()):
        raise UsageError(f"{option} {visible(shown)}: a URL has no spaces; write http://HOST:PORT or https://HOST")
    if not url.isascii() and not (parts.hostname or "").isascii():
        raise UsageError(f"{option} {visible(shown)}: the name of a host is sent in ASCII{_in_ascii(parts)}")
    if parts.scheme not in {"http", "https"} or not parts.hostname or re.search(r"\s", url):
        raise UsageError(f"{option} {shown}: it is no URL; write http://HOST:PORT or https://HOST")
    if parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise UsageError(f"{option} {url}: the API is served at the root: write {parts.scheme}://HOST:PORT alone")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}" + (f":{port}" if port is not None else "")


def _in_ascii(parts: SplitResult) -> str:
    """How a host's name is written in ASCII, as a hint."""
    try:
        name = (parts.hostname or "").encode("idna").decode("ascii")
    except UnicodeError:
        return ""
    return f"; write {parts.scheme}://{name}" + (f":{parts.port}" if parts.port is not None else "")


def service_endpoint(written: str, option: str) -> str:
    """The URL of a host of the service, however it is written. Raises UsageError for anybody else's."""
    endpoint = endpoint_of(written if "://" in written else f"https://{written}", option)
    parts = urlsplit(endpoint)
    if not is_platform_host(parts.hostname or "") or parts.scheme != "https" or parts.port not in {None, 443}:
        raise UsageError(
            f"{option} {written}: it is no host of the service over HTTPS; write {SERVICE_HOST}, or that of a region "
            "such as iai.ap-guangzhou.tencentcloudapi.com"
        )
    return f"https://{parts.hostname}"
