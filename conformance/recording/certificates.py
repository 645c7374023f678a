"""Whether certificates prove the name of a server to everybody: signed by a public authority, on a given day. Pure."""

from __future__ import annotations

import base64
import re
import warnings
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from conformance import __version__
from conformance.recording.provenance import Certificate, Provenance, contract_version, kind_of

if TYPE_CHECKING:
    from cryptography import x509

_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", re.DOTALL)

__all__ = ["certificate_of", "issuer_of", "problem_with_certificate", "provenance_of_now"]


def certificate_of(chain: Sequence[bytes], host: str, moment: datetime) -> Certificate | None:
    """What a server's certificates prove.

    Args:
        chain: in DER, the server's own first, as it showed them; empty where there was no TLS.
        host: the name that it must prove.
        moment: when.
    """
    if not chain:
        return None
    encoded = tuple(base64.b64encode(each).decode("ascii") for each in chain)
    return Certificate(encoded, _problem(chain, host, moment, _public()) is None, issuer_of(chain[0]))


def provenance_of_now(
    endpoint: str, chain: Sequence[bytes], region: str, run: str, client: str, *, token: bool = False
) -> Provenance:
    """Where a recording comes from that begins now.

    Args:
        endpoint: where requests go.
        chain: the certificates of the connection that the first answer came over, as `certificate_of` takes them.
        region: the region that is asked for.
        run: the run's part of each salt; empty for somebody else's traffic.
        client: what sends the requests.
        token: whether the credentials are temporary ones.
    """
    now = datetime.now(UTC).replace(microsecond=0)
    certificate = certificate_of(chain, urlsplit(endpoint).hostname or "", now)
    return Provenance(
        kind=kind_of(endpoint, certificate),
        endpoint=endpoint,
        date=now.isoformat(),
        suite=__version__,
        contract=contract_version(),
        region=region,
        run=run,
        client=client,
        token=token,
        certificate=certificate,
    )


def problem_with_certificate(provenance: Provenance) -> str | None:
    """Why a recording that claims a public authority's word can't have it; None where it can."""
    certificate = provenance.certificate
    if certificate is None or not certificate.chain:
        return "it claims a public certificate, but has none"
    host = urlsplit(provenance.endpoint).hostname or ""
    chain = [base64.b64decode(each) for each in certificate.chain]
    return _problem(chain, host, provenance.moment, _public())


def issuer_of(certificate: bytes) -> str:
    """Who signed a certificate, in words; of one in DER. Empty where it can't be read."""
    from cryptography import x509

    try:
        return x509.load_der_x509_certificate(certificate).issuer.rfc4514_string()
    except ValueError:
        return ""


@cache
def _public() -> tuple[x509.Certificate, ...]:
    """The public authorities that `requests` trusts, whatever the environment says."""
    import certifi

    blocks = _PEM.findall(Path(certifi.where()).read_bytes())
    return tuple(found for each in blocks if (found := _authority(each)) is not None)


def _authority(pem: bytes) -> x509.Certificate | None:
    """One authority; None for one of the old ones that today's rules can't be applied to."""
    from cryptography import x509

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # such as a serial number of 0, which will be refused some day
        try:
            return x509.load_pem_x509_certificate(pem)
        except ValueError:
            return None


def _problem(
    chain: Sequence[bytes], host: str, moment: datetime, authorities: Sequence[x509.Certificate]
) -> str | None:
    """Why no authority vouches for a server's name; None where one does."""
    from cryptography import x509
    from cryptography.x509 import verification

    try:
        own, *others = (x509.load_der_x509_certificate(each) for each in chain)
        verifier = (
            verification.PolicyBuilder()
            .store(verification.Store(list(authorities)))
            .time(moment)
            .build_server_verifier(x509.DNSName(host))
        )
        verifier.verify(own, others)
    except (ValueError, verification.VerificationError) as error:
        return f"no public authority vouches for its certificate as that of {host} on {moment:%Y-%m-%d}: {error}"
    return None
