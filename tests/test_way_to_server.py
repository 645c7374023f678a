"""How a server is reached: by whose authority, with which headers of its gateway, and what is said where it isn't."""

import json
from dataclasses import replace

import certifi
import pytest
import trustme

from conformance.emulator import Emulator
from conformance.emulator.server import Server
from conformance.runs.settings import Settings
from tests.command import command
from tests.hostile import Hostile, Served

# Its servers know the example's key pair alone.
pytestmark = pytest.mark.slow

SECRET = "Key s3cr3t-Of-The-Gateway-0123456789"
FEW = (
    "--profile",
    "smoke",
    "--only",
    "Response.*",
    "--only",
    "GroupId.*",
    "--only",
    "Protocol.connection",
    "--only",
    "Concurrency.*",
)


class _Gateway(Served):
    """Lets in whoever has its key, which it repeats everywhere; counts whom it refused."""

    refused = 0

    def __call__(self, head, body):
        if f"X-Gateway-Key: {SECRET}\r\n".encode() in head:
            answer = self.handled(head, body)
            body = answer.body.replace(b'"Message": "', f'"Message": "{SECRET} '.encode())
            return [self.written(replace(answer, body=body), ("Content-Type", SECRET), ("X-Key", SECRET))]
        self.refused += 1
        return [b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"]


@pytest.mark.slow
def test_a_gateway_of_its_own(tmp_path):
    """Its header goes with each request, on every way of sending, and nobody is told its value, recording or not."""
    gateway = _Gateway()
    with Hostile(gateway) as server:
        header = ("--header", f"X-Gateway-Key: {SECRET}", "--header", "User-Agent: somebody")
        report = tmp_path / "report.json"
        done = command("run", "--target", server.url, *FEW, *header, "--json", str(report))
        recorded = command("record", "--target", server.url, *FEW, *header, "--to", str(tmp_path / "recording"))
        call = command("call", "--target", server.url, *header, '{"parameters": {"GroupName": "!", "GroupId": "!"}}')
    written = [each.read_text() for each in tmp_path.rglob("*") if each.is_file()]

    assert gateway.refused == 0
    assert (done.returncode, call.returncode) == (1, 1), done.stderr  # what it repeats is no answer of the API's
    assert "--header 'X-Gateway-Key: …'" in done.stdout
    assert len(written) > 1
    assert "GroupIdIllegal" in "".join(written)
    for each in (*written, done.stdout, done.stderr, recorded.stdout, recorded.stderr, call.stdout, call.stderr):
        assert "s3cr3t" not in each
    assert "s3cr3t" not in repr(Settings(target=server.url, gateway_headers=(("X-Gateway-Key", SECRET),)))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--header", "X-Key"], "--header: write it as 'Name: value'"),
        (["--header", "X Key: s3cr3t"], "--header: write it as 'Name: value'"),
        (["--header", "X-Key: "], "--header X-Key: its value is empty"),
        (["--header", "X-Key: s3cr3t\r\nX: y"], "--header X-Key: its value is empty, or has a character"),
        (["--header", "X-Key: s3cr3t\u4e2d"], "--header X-Key: its value is empty, or has a character"),
        (["--header", "host: s3cr3t"], "--header host: the suite sends this header itself"),
        (["--header", "X-TC-Action: s3cr3t"], "--header X-TC-Action: the suite sends this header itself"),
        (["--header", "AUTHORIZATION: s3cr3t"], "--header AUTHORIZATION: the suite sends this header itself"),
        (["--ca-file", "/no/such.pem"], "--ca-file is for a server that is reached by https://"),
        (["--max-seconds", "0"], "--max-seconds 0: it must be more than 0"),
        (["--target", "live", "--header", "X-Key: s3cr3t"], "--header is for a gateway before a server that is named"),
        (["--target", "embedded", "--header", "X-Key: s3cr3t"], "--header is for a gateway before a server"),
        (["--target", "https://127.0.0.1:9", "--ca-file", "/no/such.pem"], "--ca-file /no/such.pem: no authorities"),
        (["--target", "https://127.0.0.1:9", "--ca-file", __file__], "it holds no certificates in PEM"),
        (["--target", "http://\u670d\u52a1\u5668.example:80"], "in ASCII; write http://xn--zfru1ggxt.example:80"),
        (["--target", "http://a server:80"], "a URL has no spaces"),
        (["--target", "http://127.0.0.1:9/\u4eba\u5458\u5e93"], "the API is served at the root"),
    ],
)
def test_what_cannot_be_meant(words, told):
    """One sentence, which never shows a header's value."""
    done = command("run", "--target", "http://127.0.0.1:9", *words)

    assert (done.returncode, done.stdout) == (4, "")
    assert told in done.stderr
    assert "s3cr3t" not in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.fixture(name="tls")
def _tls(tmp_path):
    """A server whose authority nobody trusts; its URL, and the file of the authority."""
    authority, chain, key = trustme.CA(), tmp_path / "chain.pem", tmp_path / "key.pem"
    certificate = authority.issue_cert("127.0.0.1")
    chain.write_bytes(b"".join(blob.bytes() for blob in certificate.cert_chain_pems))
    key.write_bytes(certificate.private_key_pem.bytes())
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    with Server(Emulator(), tls=(str(chain), str(key))) as server:
        yield server.url, str(tmp_path / "ca.pem")


def test_an_authority_of_its_own(tls):
    """What `--ca-file` names is trusted on each way of sending, and nobody else is."""
    url, authority = tls
    trusted = command("run", "--target", url, *FEW, "--ca-file", authority, REQUESTS_CA_BUNDLE=__file__)
    foreign = command("run", "--target", url, *FEW, "--ca-file", certifi.where())

    assert trusted.returncode == 0, trusted.stdout + trusted.stderr
    assert (foreign.returncode, "can't be verified" in foreign.stderr) == (3, True)


def test_a_log_of_keys_that_cannot_be_written(tls):
    """It is told as what it is, and not as a fault of the server's."""
    done = command("run", "--target", tls[0], *FEW, "--ca-file", tls[1], SSLKEYLOGFILE="/no/such/folder/log")

    assert done.returncode == 4
    assert "SSLKEYLOGFILE names /no/such/folder/log, which can't be written" in done.stderr


def test_a_bound_on_the_time(tmp_path):
    """A run whose time is over ends, and says of what it didn't see that it didn't."""
    report = tmp_path / "report.json"
    done = command("run", "--profile", "smoke", "--max-seconds", "1e-9", "--json", str(report))

    assert done.returncode == 5
    assert json.loads(report.read_text())["requests"] == 0
