"""What isn't sent to a real account: whatever a lenient service could take for a change of somebody else's group."""

import time
from dataclasses import replace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from conformance.base.credentials import EXAMPLE_CREDENTIALS
from conformance.exchange.cases import Step
from conformance.exchange.delivery import twisted
from conformance.exchange.draft import Sender
from conformance.exchange.salt import WORD, fill_text
from conformance.live.guard import objection
from conformance.live.leniency import could_be, key, texts_of
from conformance.runs.smoke import smoke
from tests.hostile_requests import FOREIGN_ID, FOREIGN_NAME, HOSTILE

SALT = "confabcdeaaaac"
SENDER = Sender("https://iai.tencentcloudapi.com", "ap-guangzhou", EXAMPLE_CREDENTIALS)


def http_of(raw):
    step = Step.from_json(raw).filled(SALT)
    twists = [fill_text(each, SALT) for each in step.twists]
    return twisted(step.request, replace(SENDER, scheme=step.scheme), step.form, int(time.time()), 1, twists)


def why_not(raw, *own, others=(FOREIGN_ID, FOREIGN_NAME)):
    """Why a step isn't sent to an account with a group of somebody else's; None where it is."""
    return objection(http_of(raw), set(own).__contains__, lambda _ids: [FOREIGN_ID, FOREIGN_NAME], lambda: others)


@pytest.mark.parametrize("name", HOSTILE)
def test_what_isnt_sent(name):
    """However it is written, what could touch a group of somebody else's is held back."""
    assert why_not(HOSTILE[name])


def test_what_is_sent():
    """The suite's own requests are: every one of the fixed cases, with the groups that the run made itself."""
    held_back = {
        case.about: why
        for case in smoke()
        for step in case.steps
        if ".size." not in case.clause
        for why in [why_not(step.to_json(), SALT, f"{SALT}a", f"{SALT}b", fill_text(WORD, SALT))]
        if why is not None
    }

    assert held_back == {}


@pytest.mark.parametrize("action", ["DeleteGroup", "ModifyGroup"])
def test_only_what_the_journal_names_is_changed(action):
    """A plain deletion is sent for a group of the journal, and where somebody else has it all the same, it isn't."""
    plain = {"action": action, "parameters": {"GroupId": SALT, "GroupName": f"{SALT}new"}}

    assert why_not(plain, SALT) is None
    assert why_not(plain)
    assert why_not(plain, SALT, others=(SALT.upper(),))
    assert why_not(plain, SALT, others=None)


@pytest.mark.parametrize(
    ("group_id", "name", "sent"),
    [
        ("s", "x", True),
        ("p", "x", False),  # a part of an id
        ("PAY", "x", False),
        ("工", "x", False),  # of a name
        ("p_yroll", "x", False),
        ("%roll", "x", False),
        ("roll", "x", False),
        ("?l", "x", False),
        ("rolls", "x", True),
        ("payrolls", "x", True),
        ("s", FOREIGN_NAME, False),  # some have one group of a name
        ("", "x", True),  # has to be refused
    ],
)
def test_what_could_mean_a_group_of_somebody_elses_isnt_created(group_id, name, sent):
    """Else it couldn't be deleted, where a deletion takes all that an id is a part or a pattern of."""
    step = {"parameters": {"GroupId": group_id, "GroupName": name}}
    deletion = {"action": "DeleteGroup", "parameters": {"GroupId": group_id}}

    assert (why_not(step) is None) is sent
    assert (why_not(deletion, group_id) is None) is (group_id in {"s", "rolls", "payrolls"})


ESCAPES = st.sampled_from(["json", "percent", "twice", "case", "space", "entity"])


def written(text, how):
    """A text in one of the ways in which it may be written."""
    match how:
        case "json":
            units = text.encode("utf-16-be", "surrogatepass")
            return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
        case "percent":
            return "".join(f"%{each:02X}" for each in text.encode())
        case "twice":
            return "".join(f"%25{each:02X}" for each in text.encode())
        case "case":
            return text.swapcase()
        case "space":
            return f" {text}\t\u200b"
        case _:
            return "".join(f"&#{ord(each)};" for each in text)


@given(st.text("abcdefghij中文", min_size=3), ESCAPES)
@example(FOREIGN_NAME, "twice")
def test_one_text_in_any_writing(text, how):
    """However a text is written, it is known again, by whoever sent it and by whoever finds it."""
    assert key(written(text, how)) == key(text)
    assert could_be(text, written(text, how))


@given(st.text("abcdefgh"), st.integers(9, 13))
def test_a_text_that_was_cut(text, length):
    """A text of which a service kept the beginning alone is known again, and one with something before or behind it."""
    assert could_be(f"{SALT}{text}"[:length], f"{SALT}{text}")
    assert could_be(f"group-{SALT}{text}", f"{SALT}{text}", longer=True)
    assert not could_be("confbcdeaaaac", SALT)
    assert not could_be("xxxxxxxxxxxx", f"{SALT}xxxxxxxxxxxxxxx")
    assert not could_be(f"{SALT}-of-others", SALT)


@pytest.mark.parametrize("form", ["json", "query", "form"])
def test_every_id_that_stands_in_a_request(form):
    """Ids and names are found, whatever carries them; no secret is, and no signature."""
    scheme = {"form": "HmacSHA1"}.get(form, "TC3-HMAC-SHA256")
    http = http_of({"form": form, "scheme": scheme, "parameters": {"GroupName": f"{SALT}名", "GroupId": SALT}})
    secrets = [each.reveal() for each in EXAMPLE_CREDENTIALS.texts if each]
    texts = texts_of(http, secrets)

    assert {SALT, f"{SALT}名"} <= texts
    assert len(secrets) > 1
    assert not any(secret in text for text in texts for secret in secrets)
    assert not any("Signature" in text or "ap-guangzhou" in text for text in texts)
