"""Who is trusted to vouch for servers, and the certificates with which one proved its name."""

from __future__ import annotations

import os
import ssl
from pathlib import Path
from typing import Any

import certifi

__all__ = ["authorities", "certificates_of", "context_for"]


def authorities() -> str | bool:
    """The file or folder of authorities that the usual variables name; True for those that `requests` trusts."""
    return os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("SSL_CERT_FILE") or True


def context_for(ca_file: str | bool) -> ssl.SSLContext:
    """What verifies as `requests` does. Raises OSError where there is no such file."""
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
