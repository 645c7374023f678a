"""The certificates with which a server proved its name."""

from __future__ import annotations

import ssl
from typing import Any

__all__ = ["certificates_of"]


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
