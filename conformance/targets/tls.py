"""Who is trusted to vouch for servers, and the certificates with which one proved its name."""

from __future__ import annotations

import os
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import certifi

from conformance.base.errors import UsageError
from conformance.base.words import visible

__all__ = ["authorities", "certificates_of", "check", "context_for"]

_KEY_LOG = "SSLKEYLOGFILE"


def authorities(ca_file: str | None = None) -> str | bool:
    """The file or folder of authorities: that which is named, else that of the usual variables, else `requests`' own.

    Returns:
        Its path; True for those that `requests` trusts.
    """
    return next((path for _, path in _named(ca_file) if path), True)


def _named(ca_file: str | None) -> Iterator[tuple[str, str | None]]:
    """Where authorities can be named, the first that counts first; and what is named there."""
    yield "--ca-file", ca_file
    for variable in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE"):
        yield variable, os.environ.get(variable)


def check(ca_file: str | None) -> None:
    """Raise UsageError where no secure connection can be prepared, whatever the other side is."""
    named, path = next(((named, path) for named, path in _named(ca_file) if path), ("", None))
    try:
        context_for(path or True)
    except OSError as error:
        key_log = os.environ.get(_KEY_LOG)
        if key_log and error.filename == key_log:
            raise UsageError(
                f"{_KEY_LOG} names {visible(key_log)}, which can't be written ({error.strerror}): "
                "unset it, or name a file that can be"
            ) from error
        why = "it holds no certificates in PEM" if isinstance(error, ssl.SSLError) else error.strerror
        raise UsageError(f"{named} {visible(path or '')}: no authorities can be read there ({why})") from error


def context_for(ca_file: str | bool) -> ssl.SSLContext:
    """What verifies as `requests` does. Raises OSError where there is no such file, or no log of keys can be kept."""
    path = ca_file if isinstance(ca_file, str) else certifi.where()
    if Path(path).is_dir():
        return ssl.create_default_context(capath=path)
    return ssl.create_default_context(cafile=path)


def certificates_of(connection: ssl.SSLSocket | ssl.SSLObject) -> tuple[bytes, ...]:
    """The certificates that a server showed, in DER, its own first; it alone where Python doesn't tell the others."""
    own = connection.getpeercert(binary_form=True)
    if own is None:
        return ()
    # Public since Python 3.13; before that it is the inner object's, which has it since 3.10.
    inner: Any = connection if hasattr(connection, "get_unverified_chain") else getattr(connection, "_sslobj", None)
    chain = inner.get_unverified_chain() if hasattr(inner, "get_unverified_chain") else None
    if not chain:
        return (own,)
    return tuple(each if isinstance(each, bytes) else _der(each) for each in chain)


def _der(certificate: Any) -> bytes:
    pem: str = certificate.public_bytes()
    return ssl.PEM_cert_to_DER_cert(pem)
