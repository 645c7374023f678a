"""Exchanges as they come to the observer, coded, late, signed, of other pages; what it tells and records of them."""

import gzip
import time
import zlib
from email.utils import formatdate

import pytest

from conformance.base.credentials import EXAMPLE_CREDENTIALS, Credentials
from conformance.base.errors import TransportError
from conformance.emulator import Emulator
from conformance.exchange.messages import HttpRequest, HttpResponse
from conformance.exchange.request import Request
from conformance.exchange.wire import Form, encode, envelope
from conformance.judging.observed import GroupRef
from conformance.recording.reader import load
from conformance.report.curl import curl_lines
from conformance.targets.embedded import EmbeddedTarget
from tests.onlooker import (
    ABSENT,
    EXISTS,
    NAME_EXISTS,
    NOW,
    ONE,
    TWO,
    Onlooker,
    answer,
    create,
    delete,
    done,
    listed,
    look,
    look_at_all,
    modify,
    refused,
    shown,
    signed,
    with_body,
    without_header,
)

# --- What answers look like ------------------------------------------------------------------------------


def bare(data):
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("encoding", "pack"),
    [
        ("gzip", gzip.compress),
        ("GZip", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", bare),
        ("identity", bytes),
    ],
)
def test_compressed_answers_are_read(onlooker, encoding, pack):
    """What an answer says is judged, however it was packed."""

    def packed(plain):
        return HttpResponse(200, (*plain.headers, ("Content-Encoding", encoding)), pack(plain.body))

    assert onlooker.see(create("g"), packed(done())) == []
    assert onlooker.see(create("g"), packed(done())) == ["GroupName.unique", "GroupId.unique"]
    assert "→ accepted" in onlooker.said[0]


@pytest.mark.parametrize(
    ("encoding", "body"), [("br", b"\x0b\x02\x80{}\x03"), ("zstd", b"(\xb5/\xfd"), ("gzip", b"{}")]
)
def test_what_cant_be_unpacked_is_not_judged(onlooker, encoding, body):
    """It is said, and not taken for conforming; and nobody knows what came of it."""
    strange = HttpResponse(200, (("Content-Type", "application/json"), ("Content-Encoding", encoding)), body)
    onlooker.see(create("g"), done())
    onlooker.see(delete("g"), strange)

    assert onlooker.see(create("g"), done()) == []
    assert [line for line in onlooker.said if "not judged" in line and encoding in line]
    report = onlooker.observer.end()
    assert (onlooker.observer.judged, onlooker.observer.unjudged) == (2, 1)
    assert "1 exchanges could not be judged" in list(onlooker.observer.summary(report))
    assert onlooker.observer.exit_code(report) == 5


@pytest.mark.slow
def test_too_much_isnt_unpacked(onlooker):
    """An answer that unpacks to more than anybody needs is left alone."""
    huge = gzip.compress(b" " * 40_000_000)

    onlooker.see(create("g"), HttpResponse(200, (("Content-Encoding", "gzip"),), huge))
    assert onlooker.observer.unjudged == 1


# --- Clocks ----------------------------------------------------------------------------------------------


def test_the_servers_clock_counts_as_well(onlooker):
    """Client and server may share a clock that isn't this machine's; by neither is an old signature right."""
    dated = answer({"FaceModelVersion": "3.0"}, ("Date", formatdate(NOW + 3600, usegmt=True)))

    assert onlooker.see(create("g", at=NOW + 3600), dated) == []
    assert onlooker.see(create("h", at=NOW), done()) == []
    assert onlooker.see(create("i", at=NOW + 3600), done()) == ["Authentication.timestamp.window"]
    assert onlooker.see(create("j", at=NOW - 3600), answer({"FaceModelVersion": "3.0"}, dated.headers[1])) == [
        "Authentication.timestamp.window"
    ]


def test_the_time_is_that_of_the_request(onlooker):
    """What was in time when it was sent needn't be when its answer comes; and the other way round."""
    assert onlooker.see(create("g", at=NOW - 290), done(), answered=NOW + 30) == []
    assert onlooker.see(create("h", at=NOW - 330), done(), sent=NOW - 60, answered=NOW) == []


# --- Signatures ------------------------------------------------------------------------------------------


def test_signatures_are_verified(knowing):
    """Who signs with the environment's id must have its key."""
    wrong = Credentials(EXAMPLE_CREDENTIALS.secret_id, "another key")

    assert knowing.see(signed("g"), done()) == []
    assert knowing.see(signed("h", pair=wrong), done()) == ["Authentication.signature"]


def test_replays_may_be_refused(knowing):
    """The same bytes again: the documents don't say what comes of them."""
    again = signed("g")

    assert knowing.see(again, done()) == []
    assert knowing.see(again, refused("AuthFailure.SignatureFailure")) == []


@pytest.mark.parametrize(
    ("pair", "more"),
    [
        (Credentials(f"{EXAMPLE_CREDENTIALS.secret_id.reveal()}2", "another key"), {}),
        (Credentials("AKIDother", "another key"), {"Tag": EXAMPLE_CREDENTIALS.secret_id.reveal()}),
    ],
)
def test_others_keys_arent_taken_for_the_environments(knowing, pair, more):
    """An id that begins with the environment's, or a parameter that holds it, is somebody else's."""
    assert knowing.see(signed("g", pair=pair, **more), done()) == []


def test_regions_that_a_server_refuses(knowing):
    """Whoever signed: nobody knows which Regions there are."""
    assert knowing.see(signed("g", region="mars-north"), refused("UnsupportedRegion")) == ["not judged"]
    assert knowing.see(signed("g", region="mars-north"), done()) == []


# --- What is of other pages ------------------------------------------------------------------------------


def test_another_version_has_another_page(onlooker):
    """Of CreateGroup of 2018 only the envelope is judged; what it does to the account is nobody's knowledge."""
    old = {"version": "2018-03-01"}

    assert onlooker.see(create("g", **old), answer({})) == []
    assert onlooker.see(create("g", **old), refused("NoSuchVersion")) == []
    assert onlooker.see(create("g", **old), answer({})) == []
    no_json = HttpResponse(200, (("Content-Type", "application/json"),), b"<")
    assert onlooker.see(create("g", **old), no_json) == ["Response.envelope"]
    onlooker.see(create("h"), done())
    assert onlooker.see(delete("h", **old), answer({})) == []
    assert onlooker.see(create("h"), done()) == []


@pytest.mark.parametrize(
    ("http", "came"),
    [
        (with_body(delete("g"), "application/json", b"{"), refused(ABSENT)),
        (with_body(look_at_all(), "multipart/form-data; boundary=B", b"--C--\r\n"), listed()),
        (HttpRequest("PUT", "http://server/", look("g").headers, b"{}"), refused("UnsupportedProtocol")),
    ],
)
def test_a_sister_action_that_cant_be_read(onlooker, http, came):
    """It is never judged as a CreateGroup."""
    assert onlooker.see(http, came) == ["not judged"]
    assert onlooker.observer.unjudged == 1


# --- What is told, recorded and judged again -------------------------------------------------------------


def test_a_recording_is_judged_as_it_was(tmp_path, onlooker):
    """What was there before the recording began is nobody's departure offline either; and what overlapped is kept."""
    onlooker.see(create("x"), refused(EXISTS))
    onlooker.see(create("y", "x"), refused(NAME_EXISTS))
    onlooker.see(look_at_all(), listed("x", "theirs", "theirs"))
    onlooker.see(create("z", key=TWO), done(), sent=NOW + 0.25, answered=NOW + 1.5, beside=[modify("z", "n")])
    onlooker.observer.blind("somebody speaks another language")
    onlooker.see(look("x"), shown("x", "x"))
    onlooker.observer.end()

    recorded = load(tmp_path / "recording").interactions
    assert [bool(each) for each in onlooker.verdicts.values()] == [False, False, True, False, False]
    assert [each.circumstances.account for each in recorded] == [1, 1, 1, 2, 1]
    assert recorded[3].circumstances.overlapped == (GroupRef("z", "n"),)
    assert (recorded[3].at, recorded[3].circumstances.answered) == (NOW + 0.25, NOW + 1.5)
    assert [each.circumstances.unseen for each in recorded] == [False] * 4 + [True]


def test_secrets_beside_an_exchange_arent_recorded(tmp_path, monkeypatch):
    """What is kept of the requests that were under way at once is as clean as they are."""
    monkeypatch.setenv("TENCENTCLOUD_SECRET_ID", "AKID" + "x" * 32)
    monkeypatch.setenv("TENCENTCLOUD_SECRET_KEY", "k" * 32)
    found = Onlooker(tmp_path / "recording")
    found.see(create("g"), done(), beside=[create("g", "k" * 32)])
    found.observer.end()

    assert found.observer.problem == ""
    assert load(tmp_path / "recording").interactions[0].circumstances.overlapped[0].group_id == "g"


def test_the_summary_counts_what_was_recorded(tmp_path):
    """How much there is, also once the recording has ended; and where there is nothing, that."""
    full, empty = Onlooker(tmp_path / "full"), Onlooker(tmp_path / "empty")
    full.see(create("g"), done())

    assert list(full.observer.summary(full.observer.end()))[-1] == f"1 recorded in {tmp_path / 'full'}"
    assert list(empty.observer.summary(empty.observer.end()))[-1] == "nothing was recorded"


def test_what_nobody_reads_is_recorded_all_the_same(tmp_path):
    """A terminal that goes away takes nothing with it."""
    found = Onlooker(tmp_path / "recording")

    def gone(_line):
        raise BrokenPipeError

    found.observer.say = gone
    for each in ("g", "h"):
        found.see(create(each), done())
    found.observer.blind("why")
    found.observer.end()

    assert len(load(tmp_path / "recording").interactions) == 2


def test_connections_that_cant_be_read(onlooker):
    """They are told, counted, and not taken for conforming; what passed on them may have changed anything."""
    onlooker.see(create("g"), done())
    onlooker.observer.blind("it has \x1b[2J")

    assert onlooker.see(create("g"), done()) == []
    assert onlooker.said[1] == "! a connection can't be read from here on: it has \\u001b[2J"
    report = onlooker.observer.end()
    assert "1 connections could not be read to their end" in list(onlooker.observer.summary(report))
    assert onlooker.observer.exit_code(report) == 5


def test_exit_codes():
    """Nothing seen is no pass; a departure is one, whatever else there is."""
    found = Onlooker()
    assert found.observer.exit_code(found.observer.end()) == 5
    found.see(create("g"), done())
    assert found.observer.exit_code(found.observer.end()) == 0
    found.observer.blind("why")
    found.see(create("h" * 65), done())
    assert found.observer.exit_code(found.observer.end()) == 1


NO_API = HttpResponse(502, (("Content-Type", "text/html"),), b"<html>")


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("", "no answer came"),
        ("InternalError", "InternalError tells of the account, or of the service's state, alone"),
        ("ResourceUnavailable.InArrears", "ResourceUnavailable.InArrears tells of the account"),
        ("AuthFailure.SecretIdNotFound", "nobody here has the key"),
    ],
)
@pytest.mark.parametrize("send", [create, look])
def test_answers_that_show_nothing(send, code, why):
    """Where nothing else ever comes, or comes again, that is no conformance; what is asked again and judged is."""
    found = Onlooker()
    found.see(create("before"), done())
    for _ in range(4):
        came = refused(code) if code else TransportError("nobody is there")
        assert found.see(send("g"), came) == ["not judged"]

    report = found.observer.end()
    assert (found.observer.exit_code(report), found.observer.judged, found.observer.unjudged) == (5, 1, 4)
    assert why in list(found.observer.summary(report))[-1]

    found.see(create("g"), done())
    found.see(look("g"), shown("g", "g"))
    assert found.observer.exit_code(found.observer.end()) == 0


def test_another_version_without_an_answer_of_the_api():
    """Not even its envelope was seen."""
    found = Onlooker()

    assert found.see(create("g", version="2018-03-01"), NO_API) == ["not judged"]
    assert found.observer.exit_code(found.observer.end()) == 5


def test_an_answer_that_is_none_of_the_api():
    """Of CreateGroup's every one must be."""
    found = Onlooker()

    assert found.see(create("g"), NO_API) == ["Response.http-status", "Response.content-type", "Response.envelope"]
    assert found.observer.exit_code(found.observer.end()) == 1


def test_signatures_that_are_never_taken():
    """Once may be the client's mistake; again and again, the two don't sign alike. Of each account by itself."""
    found, wrong = Onlooker(), "AuthFailure.SignatureFailure"
    for key in (ONE, ONE, TWO, TWO):
        assert found.see(create("g", key=key), refused(wrong)) == ["not judged"]
    assert found.observer.exit_code(found.observer.end()) == 5
    found.see(create("g", key=TWO), done())

    assert found.see(create("g", key=TWO), refused(wrong)) == ["not judged"]
    assert found.see(create("g", key=ONE), refused(wrong)) == ["Authentication.signature"]
    assert found.observer.exit_code(found.observer.end()) == 1


def test_a_url_in_the_host_header(onlooker):
    """Some clients write one; the line that sends it again names the server all the same."""
    http = create("h" * 65)
    headers = (("Host", "http://127.0.0.1:80"), *without_header(http, "Host").headers)
    onlooker.see(HttpRequest(http.method, "http://http://127.0.0.1:80/", headers, http.body), done())
    failures = onlooker.observer.session.run.results.failures

    assert failures
    assert all(" --target http://127.0.0.1:80 " in curl_lines(each) for (each,) in failures.values())


def test_a_conforming_history(onlooker):
    """What the emulator answers to groups of before, and of now, is allowed."""
    target = EmbeddedTarget(Emulator(), "ap-guangzhou")

    def send(action, **parameters):
        http = encode(Request.of(parameters, action), target.sender, Form.JSON, int(time.time()))
        return http, target.send(http).answer

    send("CreateGroup", GroupId="before", GroupName="before")
    history = (
        send("CreateGroup", GroupId="g", GroupName="g"),
        send("GetGroupInfo", GroupId="g"),
        send("CreateGroup", GroupId="g", GroupName="h"),
        send("CreateGroup", GroupId="before", GroupName="h"),
        send("ModifyGroup", GroupId="g", GroupName="n", Tag="t"),
        send("CreateGroup", GroupId="h", GroupName="g"),
        send("ModifyGroup", GroupId="before", GroupName="m"),
        send("GetGroupList"),
        send("DeleteGroup", GroupId="g"),
        send("CreateGroup", GroupId="g", GroupName="n"),
        send("GetGroupInfo", GroupId="g"),
        send("DeleteGroup", GroupId="none"),
    )

    assert [onlooker.see(*each, sent=time.time()) for each in history] == [[]] * len(history)
    assert envelope(history[0][1]).error is None
