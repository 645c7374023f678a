"""A secret shows nowhere but where it is asked for; messages that carry one show none of it."""

import copy
import pickle
import stat
import traceback

import pytest

from conformance.base.credentials import Credentials, Secret
from conformance.base.environment import credentials_of_environment, secrets_of_environment
from conformance.exchange.draft import Form, Sender, draft, sign
from conformance.exchange.messages import HttpResponse
from conformance.exchange.request import Request
from conformance.exchange.signing import Scheme
from conformance.privacy.secrets import SCRUBBED, Secrets
from conformance.recording.provenance import Kind, Provenance, contract_version
from conformance.recording.writer import Writer

TEXT = "Gu5t9xGARNpq86cd98joQYCN3SECRET2"
PAIR = Credentials("AKIDz8krbsJ5yKBZQpn74WFkmLPx3SECRET1", TEXT, "Tk+aB3/x9Q+TokenToken/SECRET3==")
ENVIRONMENT = dict(
    zip(("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY", "TENCENTCLOUD_TOKEN"), map(Secret.reveal, PAIR.texts))  # noqa: B905
)


def test_a_secret_shows_nothing():
    """Printed, formatted, in a list, a pair, or a copy; it can't be pickled; it equals its text alone."""
    secret = Secret(TEXT)
    shown = f"{secret} {secret!r} {[secret]} {PAIR} %s {dir(secret)}" % secret

    assert "SECRET" not in shown.replace("SCRUBBED", "")
    assert secret == TEXT == copy.deepcopy(secret).reveal()
    assert (secret == Secret(TEXT), secret != f"{TEXT}x", hash(secret) == hash(TEXT)) == (True, True, True)
    assert (bool(secret), bool(Secret(""))) == (True, False)
    with pytest.raises(TypeError, match="isn't written anywhere"):
        pickle.dumps(PAIR)


@pytest.mark.parametrize(("scheme", "form"), [(Scheme.TC3, Form.JSON), (Scheme.SHA1, Form.QUERY)])
def test_messages_show_nothing_of_their_sender(scheme, form):
    """A request, its draft, an answer, and all that was learnt of them."""
    made = draft(Request.of({"GroupName": "a"}), Sender("http://u:p4ssw0rd@h", "r", PAIR, scheme), form, 1_700_000_000)
    http = sign(made)
    secrets = Secrets.of(PAIR.texts)
    secrets.learn(http)
    shown = f"{made!r} {http!r} {HttpResponse(200, http.headers, http.body)!r} {secrets!r}"

    assert secrets.mask(shown) == shown
    assert "p4ssw0rd" not in shown


def test_no_frame_between_the_environment_and_a_signature_has_one():
    """Whatever a traceback shows of the frames that read the environment: no variable has a text of it."""
    bad = {**ENVIRONMENT, "TENCENTCLOUD_TOKEN": f"{TEXT} two words"}
    try:
        credentials_of_environment(bad)
    except Exception as error:
        told = traceback.TracebackException.from_exception(error, capture_locals=True)
    variables = {name: value for frame in told.stack for name, value in (frame.locals or {}).items()}
    of_the_caller = {"bad", "environment"}

    assert not any(TEXT in value for name, value in variables.items() if name not in of_the_caller)
    assert {each.reveal() for each in secrets_of_environment(ENVIRONMENT)} == set(ENVIRONMENT.values())


@pytest.mark.parametrize("cut", ["…", "..."])
def test_what_was_cut_is_masked(cut):
    """By a width: the beginning before the cut, and the end behind it."""
    secrets = Secrets.of(PAIR.texts)

    assert secrets.mask(f"x {TEXT[:12]}{cut}") == f"x {SCRUBBED}{cut}"
    assert secrets.mask(f"x{cut}{TEXT[-12:]} y") == f"x{cut}{SCRUBBED} y"
    assert secrets.mask(f"as it is{cut} or not") == f"as it is{cut} or not"


@pytest.mark.parametrize("text", ["signature = 'X'", "Signature=X", '"Signature": "X"', "{'Signature': b'X'}"])
@pytest.mark.parametrize("signature", ["deadbeef" * 8, "EliP9YW3pW28FpsEdkXt/+WcGeI="])
def test_a_signature_is_masked_by_the_name_before_it(text, signature):
    """Of nobody known, in a header, a query, JSON or a traceback's variables; the documented code stays."""
    assert signature not in Secrets().mask(text.replace("X", signature))
    assert Secrets().mask("AuthFailure.SignatureFailure: x") == "AuthFailure.SignatureFailure: x"


def test_a_recording_is_its_owners_alone(tmp_path):
    """From its first byte on, whatever the umask lets others read."""
    provenance = Provenance(
        kind=Kind.EMULATOR, endpoint="http://127.0.0.1:8080", date="2026-11-23T12:00:00+00:00", suite="0.1.0",
        contract=contract_version(), region="ap-guangzhou", run="", client="a test",
    )  # fmt: skip
    http = sign(draft(Request.of({"GroupName": "a"}), Sender("http://127.0.0.1:8080", "r", PAIR), Form.JSON, 1))
    Writer(tmp_path / "rec", lambda: provenance, PAIR.texts).write(http, HttpResponse(200, (), b"{}"), 1.0, None)

    (file,) = (tmp_path / "rec").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
