"""Where a recording comes from: what a certificate proves is live, and nothing else is, whatever it claims."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from unittest import mock

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from conformance.base.errors import TargetUnusableError
from conformance.base.hosts import is_platform_host
from conformance.recording import certificates
from conformance.recording.provenance import Certificate, Kind, Provenance
from conformance.recording.reader import load
from tests.recorded import HOST, HTTP, NOW, PROVENANCE, interaction, written


class Authority:
    """An authority that signs as public ones do, which is more strictly than what tests usually need."""

    def __init__(self):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "An authority of tests")])
        usage = x509.KeyUsage(
            digital_signature=True, key_cert_sign=True, crl_sign=True, content_commitment=False, key_encipherment=False,
            data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
        )  # fmt: skip
        builder = self._builder(self.name, self.key.public_key())
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        self.certificate = builder.add_extension(usage, critical=True).sign(self.key, hashes.SHA256())

    def _builder(self, subject, public_key):
        identifier = x509.SubjectKeyIdentifier.from_public_key(public_key)
        signer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        builder = x509.CertificateBuilder(issuer_name=self.name, subject_name=subject, public_key=public_key)
        builder = builder.serial_number(x509.random_serial_number())
        builder = builder.not_valid_before(NOW - timedelta(days=400)).not_valid_after(NOW + timedelta(days=4000))
        return builder.add_extension(identifier, critical=False).add_extension(signer, critical=False)

    def chain_for(self, *names):
        """Certificates in DER, the server's own first."""
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, names[0])])
        builder = self._builder(subject, ec.generate_private_key(ec.SECP256R1()).public_key())
        alternatives = x509.SubjectAlternativeName([x509.DNSName(each) for each in names])
        builder = builder.add_extension(alternatives, critical=False)
        purpose = x509.ExtendedKeyUsage([x509.ExtendedKeyUsageOID.SERVER_AUTH])
        builder = builder.add_extension(purpose, critical=False)
        builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        own = builder.sign(self.key, hashes.SHA256())
        return [each.public_bytes(Encoding.DER) for each in (own, self.certificate)]


@pytest.fixture(scope="module", name="authority")
def _authority():
    """What stands for a public authority here."""
    return Authority()


@pytest.fixture(name="public")
def _public(authority):
    with mock.patch.object(certificates, "_public", return_value=(authority.certificate,)):
        yield


def claiming(kind, certificate, endpoint=f"https://{HOST}", date=None):
    """A cassette that claims something, every hash in order."""
    http = replace(HTTP, url=f"{endpoint}/", headers=(("Host", HOST),))
    today = datetime.now(UTC).replace(microsecond=0)
    provenance = replace(
        PROVENANCE, kind=kind, endpoint=endpoint, certificate=certificate, date=(date or today).isoformat()
    )
    return written(interaction(http=http), provenance=provenance)


def certificate(authority, *names):
    return certificates.certificate_of(authority.chain_for(*names), HOST, datetime.now(UTC))


@pytest.mark.usefixtures("public")
def test_live_needs_a_public_certificate(authority, tmp_path):
    """With certificates that a public authority vouches for, for this name and day, it is live."""
    found = certificate(authority, HOST)
    (tmp_path / "x.yaml").write_text(claiming(Kind.LIVE, found))

    assert found.public
    assert load(tmp_path / "x.yaml").provenance.kind is Kind.LIVE


@pytest.mark.usefixtures("public")
@pytest.mark.parametrize("forgery", ["other name", "other authority", "another day", "none", "not said", "no chain"])
def test_forged_claims_are_refused(authority, tmp_path, forgery):
    """Whoever makes all hashes anew still has no certificate for it."""
    true = certificate(authority, HOST)
    stranger = Certificate(certificate(Authority(), HOST).chain, True, "somebody")
    wrong_name = Certificate(certificate(authority, "example.com").chain, True, "somebody")
    content = {
        "other name": lambda: claiming(Kind.LIVE, wrong_name),
        "other authority": lambda: claiming(Kind.LIVE, stranger),
        "another day": lambda: claiming(Kind.LIVE, true, date=datetime(1999, 1, 1, tzinfo=UTC)),
        "none": lambda: claiming(Kind.LIVE, None),
        "not said": lambda: claiming(Kind.LIVE, replace(true, public=False)),
        "no chain": lambda: claiming(Kind.LIVE, Certificate((), True, "")),
    }[forgery]()
    (tmp_path / "x.yaml").write_text(content)

    with pytest.raises(TargetUnusableError, match="refused"):
        load(tmp_path / "x.yaml")


@pytest.mark.parametrize(
    ("kind", "endpoint"),
    [
        (Kind.LIVE, "http://127.0.0.1:8080"), (Kind.LIVE, f"http://{HOST}"), (Kind.EMULATOR, f"https://{HOST}"),
        (Kind.STAND_IN, "http://127.0.0.1:8080"), (Kind.LIVE, "https://iai.tencentcloudapi.com.example.com"),
    ],
)  # fmt: skip
def test_the_kind_must_fit_the_endpoint(tmp_path, kind, endpoint):
    """Nothing is live, a stand-in or an emulator that its own endpoint says it isn't."""
    (tmp_path / "x.yaml").write_text(claiming(kind, None, endpoint))

    with pytest.raises(TargetUnusableError, match="it says that it is"):
        load(tmp_path / "x.yaml")


def test_requests_to_somebody_else(tmp_path):
    """A recording in which a request went to another host than it claims is refused."""
    http = replace(HTTP, url="http://example.com/")
    (tmp_path / "x.yaml").write_text(written(interaction(http=http)))

    with pytest.raises(TargetUnusableError, match=r"went to example\.com"):
        load(tmp_path / "x.yaml")


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "real"}, {"date": "yesterday"}, {"kind": None}, {"endpoint": 5}, {"more": 1},
        {"certificate": {"chain": ["!"], "sha256": "0"}}, {"certificate": {"chain": [], "sha256": "0"}},
        {"certificate": 1},
    ],
)  # fmt: skip
def test_provenance_that_says_nothing(change):
    """A provenance that lacks something, or has it in another form, is told in a sentence."""
    with pytest.raises(ValueError, match="its provenance"):
        Provenance.from_values({**PROVENANCE.to_values(), **change})


@pytest.mark.parametrize(
    ("host", "is_one"),
    [
        (HOST, True), ("iai.ap-guangzhou.tencentcloudapi.com", True), ("iai.intl.tencentcloudapi.com", True),
        ("IAI.tencentcloudapi.com", True), ("cvm.tencentcloudapi.com", False), ("iai.tencentcloudapi.com.cn", False),
        ("xiai.tencentcloudapi.com", False), ("iai.a.b.tencentcloudapi.com", False), ("127.0.0.1", False), ("", False),
    ],
)  # fmt: skip
def test_hosts_of_the_service(host, is_one):
    """The service's own hosts, its regions', and nobody else's."""
    assert is_platform_host(host) is is_one
