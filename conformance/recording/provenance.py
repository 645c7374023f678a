"""Where a recording comes from, and whether it can be what it says. Pure."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from enum import StrEnum
from functools import cache
from urllib.parse import urlsplit

from conformance.base.hosts import is_platform_host
from conformance.base.words import cited
from conformance.contract import CLAUSES, READINGS, VERSION, page_lines

__all__ = ["Certificate", "Kind", "Provenance", "contract_version", "kind_of", "problem_with"]


class Kind(StrEnum):
    """What answered."""

    DOCUMENTATION = "documentation"  # nobody: the examples that the page prints
    EMULATOR = "emulator"  # a server that isn't Tencent's
    STAND_IN = "stand-in"  # a server under the service's name, with a certificate that no public authority signed
    LIVE = "live"  # the service, over verified TLS


@dataclass(frozen=True, slots=True)
class Certificate:
    """The certificates with which a server proved its name.

    Attributes:
        chain: Base64 of each in DER, the server's own first.
        public: whether a public authority vouches for it, on the day of the recording.
        issuer: who signed the server's own, in words.
    """

    chain: tuple[str, ...]
    public: bool
    issuer: str

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the server's own certificate, in hexadecimal."""
        return hashlib.sha256(base64.b64decode(self.chain[0])).hexdigest() if self.chain else ""


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where a recording comes from.

    Attributes:
        kind: what answered.
        endpoint: where requests went.
        date: when the recording began, ISO 8601 in UTC, whole seconds.
        suite: the version of this suite.
        contract: the version of the contract; see `contract_version`.
        region: the region that was asked for.
        run: the run's part of each salt; empty where the traffic was somebody else's.
        client: what sent the requests.
        token: whether the credentials were temporary ones.
        certificate: the server's; None without TLS.
        part: the group of clauses that the file is about.
    """

    kind: Kind
    endpoint: str
    date: str
    suite: str
    contract: str
    region: str
    run: str
    client: str
    token: bool = False
    certificate: Certificate | None = None
    part: str = ""

    @property
    def moment(self) -> datetime:
        """When the recording began. Raises ValueError for a date that is none."""
        moment = datetime.fromisoformat(self.date)
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

    def age(self, now: float) -> float:
        """Days since it was recorded; `now` is in seconds since 1970."""
        return (now - self.moment.timestamp()) / 86400

    def to_values(self) -> dict[str, object]:
        """As JSON values."""
        values = asdict(self)
        if self.certificate is not None:
            values["certificate"] = {
                "sha256": self.certificate.fingerprint,
                "issuer": self.certificate.issuer,
                "public": self.certificate.public,
                "chain": list(self.certificate.chain),
            }
        return {**values, "kind": str(self.kind)}

    @classmethod
    def from_values(cls, values: object) -> Provenance:
        """The provenance that JSON values say. Raises ValueError where they say none."""
        if not isinstance(values, Mapping):
            raise ValueError("its provenance is no object")  # noqa: TRY004 -- a mistake in a file, not in a program
        known = {each.name for each in fields(cls)}
        if unknown := set(values) - known:
            raise ValueError(f"its provenance has no “{cited(min(map(str, unknown)))}”")
        if absent := known - {"token", "certificate", "part"} - set(values):
            raise ValueError(f"its provenance lacks {min(absent)!r}")
        if not isinstance(values["kind"], str) or values["kind"] not in set(Kind):
            raise ValueError(f"its provenance has the kind “{cited(str(values['kind']))}”: there are {', '.join(Kind)}")
        texts = {name: values[name] for name in known - {"kind", "token", "certificate"} if name in values}
        if wrong := [name for name, value in texts.items() if not isinstance(value, str)]:
            raise ValueError(f"its provenance has a {min(wrong)} that is no text")
        found = cls(
            kind=Kind(values["kind"]),
            token=values.get("token") is True,
            certificate=_certificate(values.get("certificate")),
            **{name: str(value) for name, value in texts.items()},
        )
        try:
            _ = found.moment.timestamp()
        except (ValueError, OverflowError) as error:
            raise ValueError(f"its provenance has a date that is none: {cited(found.date)}") from error
        try:
            urlsplit(found.endpoint)
        except ValueError as error:
            raise ValueError(f"its provenance has an endpoint that is no URL: {cited(found.endpoint)}") from error
        return found


def _certificate(values: object) -> Certificate | None:
    if values is None:
        return None
    if not isinstance(values, Mapping) or not isinstance(values.get("chain"), Sequence):
        raise ValueError("its provenance has a certificate without a chain")  # noqa: TRY004 -- a mistake in a file
    try:
        found = Certificate(
            tuple(map(str, values["chain"])), values.get("public") is True, str(values.get("issuer", ""))
        )
        for each in found.chain:
            base64.b64decode(each, validate=True)
        fingerprint = found.fingerprint
    except ValueError as error:
        raise ValueError("its provenance has a certificate that is no Base64") from error
    if fingerprint != values.get("sha256"):
        raise ValueError("its provenance has a certificate that isn't the one of its fingerprint")
    return found


@cache
def contract_version() -> str:
    """The API's version, and ten digits made of the page, the clauses and the readings: another contract, others."""
    clauses = [f"{each.id} {each.strength} {each.codes} {each.citations[0].quote}" for each in CLAUSES]
    readings = [f"{each.id} {[value.name for value in each.values]}" for each in READINGS]
    said = "\n".join([*page_lines(), *clauses, *readings])
    return f"{VERSION}/{hashlib.sha256(said.encode()).hexdigest()[:10]}"


def kind_of(endpoint: str, certificate: Certificate | None) -> Kind:
    """What answers at an endpoint, as far as its name and certificate tell."""
    parts = urlsplit(endpoint)
    if not is_platform_host(parts.hostname or ""):
        return Kind.EMULATOR
    is_public = parts.scheme == "https" and certificate is not None and certificate.public
    return Kind.LIVE if is_public else Kind.STAND_IN


def problem_with(provenance: Provenance, hosts: Iterable[str]) -> str | None:
    """Why a recording can't be what it says it is, without looking at certificates; None where it can.

    Args:
        provenance: what it says.
        hosts: to which its requests were addressed.
    """
    host = urlsplit(provenance.endpoint).hostname or ""
    if provenance.kind is Kind.DOCUMENTATION:
        return None
    claimed = kind_of(provenance.endpoint, provenance.certificate)
    if claimed is not provenance.kind:
        return f"it says that it is {provenance.kind}, but {_in_words(provenance)}: that is {claimed}"
    # Requests of others may be addressed to a relay, or to the service through it.
    elsewhere = {each for each in hosts if urlsplit(f"//{each}").hostname != host} if provenance.run else set()
    if elsewhere:
        return f"it says that it was recorded from {host}, but a request went to {min(elsewhere)}"
    return None


def _in_words(provenance: Provenance) -> str:
    if provenance.certificate is None:
        return f"it was recorded from {provenance.endpoint} without a certificate"
    signed = "a public authority vouches" if provenance.certificate.public else "no public authority vouches"
    return f"it was recorded from {provenance.endpoint}, for whose certificate {signed}"
