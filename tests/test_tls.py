"""Targets over HTTPS: verified, or refused with the reason."""

import pytest
import trustme

from conformance.emulator import Emulator
from conformance.emulator.server import Server
from tests.command import command

_PAIR = ("SECRET_ID", "SECRET_KEY", "TOKEN")


@pytest.fixture(scope="module", name="authority")
def _authority():
    return trustme.CA()


@pytest.fixture(name="server")
def _server(authority, tmp_path):
    certificate = authority.issue_cert("127.0.0.1")
    chain, key = tmp_path / "chain.pem", tmp_path / "key.pem"
    chain.write_bytes(b"".join(blob.bytes() for blob in certificate.cert_chain_pems))
    key.write_bytes(certificate.private_key_pem.bytes())
    with Server(Emulator(), tls=(str(chain), str(key))) as server:
        yield server


@pytest.fixture(autouse=True, name="no_authority_named")
def _no_authority_named(monkeypatch):
    """Nor a key pair: the servers know the example's alone."""
    for name in ("REQUESTS_CA_BUNDLE", "SSL_CERT_FILE", *(f"TENCENTCLOUD_{each}" for each in _PAIR)):
        monkeypatch.delenv(name, raising=False)


def judge(url, *words, **environment):
    return command("run", "--target", url, "--profile", "smoke", *words, **environment)


def test_an_unknown_authority(server):
    """A certificate that can't be verified makes the target unusable: one line, exit code 3."""
    done = judge(server.url)

    assert done.returncode == 3
    assert "certificate" in done.stderr
    assert "can't be verified" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("variable", "clauses"), [("REQUESTS_CA_BUNDLE", "GroupId.*"), ("SSL_CERT_FILE", "Protocol.connection")]
)
def test_a_private_authority(server, authority, tmp_path, variable, clauses):
    """A private authority is trusted where the usual variables name it."""
    bundle = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(bundle))

    done = judge(server.url, "--only", clauses, **{variable: str(bundle)})

    assert done.returncode == 0, done.stdout + done.stderr


def test_no_tls_there():
    """A server that speaks no TLS is told apart from one that isn't there."""
    with Server(Emulator()) as server:
        done = judge(server.url.replace("http://", "https://"))

    assert (done.returncode, "no secure connection" in done.stderr) == (3, True), done.stderr
