"""Of an answer what is evidence is kept; what may name an account, or somebody, is hidden."""

import json
import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.contract import CODES, EXAMPLES
from conformance.exchange.messages import HttpResponse
from conformance.exchange.wire import envelope
from conformance.privacy.identities import without_identities
from conformance.privacy.places import SCRUBBED
from conformance.privacy.scrub import scrubbed_answer
from conformance.privacy.secrets import Secrets
from tests.test_secrets import HIDDEN, SECRETS, texts

ANSWER = HttpResponse(200, (("Content-Type", "application/json"),), b"")


def answer(body, *headers):
    return replace(ANSWER, headers=(*ANSWER.headers, *headers), body=body.encode())


def said(message, code="UnauthorizedOperation"):
    error = {"Code": code, "Message": message}
    return answer(json.dumps({"Response": {"Error": error, "RequestId": "1"}}, ensure_ascii=False))


# --- Messages ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "message",
    [
        "The GroupName 张三 of José's group exists already (limit 60, 12345 left).",
        "[request id:x] you are not authorized to perform operation (iai:CreateGroup); resource (*) has no permission",
        "<b>503</b> at 12:34:56, see std::string",
        "",
        *(each.message for each in CODES.values()),
    ],
)
def test_a_message_is_kept(message):
    """Whatever its words are: nobody documents the service's messages, so they are what a recording is made for."""
    assert scrubbed_answer(said(message)) == said(message)
    assert scrubbed_answer(answer(f"<html>{message}</html>")) == answer(f"<html>{message}</html>")


IDENTITIES = {
    "a number": "100012345678", "one in groups": "1000-1234-5678", "one in other groups": "1 250 000,000",
    "six digits": "123456", "in other digits": "\uff11\uff12\uff13\uff14\uff15\uff16",
    "a resource": "qcs::iai:ap-guangzhou:uin/1000:group/abc*", "of a user": "QCS::cam::uin/1000:uin/zhang",
    "an address": "san.zhang@example.com", "a Chinese one": "张三@例子.中国",
    "IPv4": "10.0.12.7", "IPv6": "2001:db8::12:7", "a whole one": "2001:db8:0:0:0:0:12:7",
    "a mixed one": "::ffff:10.0.12.7",
}  # fmt: skip


@pytest.mark.parametrize("what", IDENTITIES)
@pytest.mark.parametrize("around", ["({})", "uin {}, may", "账号{}。", '"{}"'])
def test_identities_are_masked_in_messages(what, around):
    """What looks as if it named an account, somebody or a machine goes; the words around it stay."""
    text, masked = around.format(IDENTITIES[what]), around.format(SCRUBBED)
    if "@" in text and "账号" in around:
        masked = f"{SCRUBBED}。"  # nothing tells where a Chinese name begins

    for kept in (
        json.loads(scrubbed_answer(said(text)).body)["Response"]["Error"]["Message"],
        json.loads(scrubbed_answer(said("x", code=text)).body)["Response"]["Error"]["Code"],
        scrubbed_answer(answer(text)).body.decode(),
        dict(scrubbed_answer(answer("{}", ("Server", text))).headers)["Server"],
    ):
        assert kept == masked


@pytest.mark.parametrize("how", HIDDEN)
@pytest.mark.parametrize("secret", SECRETS)
def test_secrets_are_masked_in_messages(how, secret):
    """However the service hides in it what a request carried, and where it cuts that off."""
    hidden = HIDDEN[how](secret)

    assert scrubbed_answer(said(f"of {hidden} no"), Secrets(SECRETS)) == said(f"of {SCRUBBED} no")
    if how == "base64":
        assert scrubbed_answer(said(f"of {hidden[:-6]}… no"), Secrets(SECRETS)) == said(f"of {SCRUBBED}… no")


def test_what_the_page_prints_stays():
    """The examples of the page are what may be recorded, byte by byte."""
    for each in EXAMPLES:
        body = json.dumps({"Response": each.response}, ensure_ascii=False)
        assert scrubbed_answer(answer(body)) == answer(body)
    for each in CODES:
        assert without_identities(each) == each


# --- Members -----------------------------------------------------------------------------------------------

NAMES = ("100012345678", "张三", "zhangsan", "san.zhang@example.com", "José")


@pytest.mark.parametrize("text", NAMES)
@pytest.mark.parametrize(
    "body",
    [
        '{{"Response": {{"FaceModelVersion": "3.0", "RequestId": "1", "Uin": "{0}", "Owner": {{"{0}": ["{0}"]}}}}}}',
        '{{"Response": {{"RequestId": "1", "Groups": [{{"GroupName": "{0}"}}], "GroupInfos": [{{"GroupId": "{0}"}}]}}}}',  # noqa: E501
        '{{"Response": {{"RequestId": "1"}}, "Owner": "{0}"}}',
        '{{"Response": {{"Owner": "{0}"}}, "Response": {{"RequestId": "1", "Error": {{"Of": "{0}"}}}}}}',
    ],
)  # fmt: skip
def test_what_the_page_doesnt_name_is_hidden(body, text):
    """Of members that no document knows the names stay, and the types; of others' groups that they were there."""
    before = answer(body.format(text), ("X-Uin", text), ("Set-Cookie", text))
    after = scrubbed_answer(before)

    assert text.encode() not in texts(after)
    assert [name for name, _ in after.headers] == [name for name, _ in before.headers]
    one, other = envelope(before), envelope(after)
    assert {name: type(each) for name, each in one.response.items()} == {
        name: type(each) for name, each in other.response.items()
    }
    assert one.request_id == other.request_id == "1"


def test_a_group_of_others_that_is_looked_up():
    """What is told of it is hidden; of a group that the recording asked for it stays."""
    told = answer('{"Response": {"GroupId": "k", "GroupName": "Zhang San", "Tag": "secret", "RequestId": "1"}}')

    assert b"Zhang San" not in scrubbed_answer(told).body + scrubbed_answer(told, (), {"other"}).body
    assert b"secret" not in scrubbed_answer(told).body
    assert scrubbed_answer(told, (), {"k"}).body == told.body


@pytest.mark.parametrize(
    "body", ['\ufeff{"Response": {"Uin": 100012345678}}', '{"Response": {"Uin": "100012345678"}};']
)
def test_what_is_no_json_has_no_identities_either(body):
    """It stays what can't be read."""
    after = scrubbed_answer(answer(body))

    assert after.body.decode() == body.replace("100012345678", SCRUBBED)
    assert envelope(after).problem is not None


def test_numbers_are_hidden_as_numbers():
    """A number stays one."""
    body = '{"Response": {"Uin": 100012345678, "Small": 12345, "Ratio": 1e3, "No": null, "So": {"Many": 7}}}'

    assert json.loads(scrubbed_answer(answer(body)).body)["Response"] == {
        "Uin": 0, "Small": 12345, "Ratio": 1e3, "No": None, "So": {SCRUBBED: 7}
    }  # fmt: skip


VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.mark.slow
@given(VALUES)
def test_any_answer_keeps_its_form(value):
    """Types, and whether it can be read, stay; so does whether a text is empty."""
    came = answer(json.dumps({"Response": {"Error": value, "FaceModelVersion": value}}))
    before, after = envelope(came), envelope(scrubbed_answer(came))

    assert (before.problem is None, len(before.response)) == (after.problem is None, len(after.response))
    for one, other in zip(before.response.values(), after.response.values(), strict=True):
        assert isinstance(other, float | int) if isinstance(one, float) else type(one) is type(other)
        assert bool(one) == bool(other) or not isinstance(one, str)


@pytest.mark.parametrize("unit", ["AKID", " ", "\x1f\x8b\x08", "\\\n", "1.", "::a"])
def test_the_cost_grows_with_the_size(unit):
    """However somebody's answer is made, it is searched in a time that is no worse than its size."""

    def cost(times):
        answer = HttpResponse(200, (), f"{unit * times}x\n".encode("latin-1"))
        began = time.process_time()
        scrubbed_answer(answer, ["a text that is secret"])
        return time.process_time() - began

    assert min(cost(40_000) for _ in range(2)) < 30 * max(cost(5_000), 0.02)  # 64 times, and more, if it were squared
