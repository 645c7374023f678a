"""What the observer makes of exchanges: what is certain is told, what the page allows is not; offline as online."""

import gzip
import itertools
import json
import time
import zlib
from email.utils import formatdate
from random import Random

import pytest

from conformance.base.credentials import EXAMPLE_CREDENTIALS, Credentials
from conformance.base.errors import TransportError
from conformance.emulator import Emulator
from conformance.exchange.messages import HttpRequest, HttpResponse
from conformance.exchange.reading import secret_id_of
from conformance.exchange.request import Request
from conformance.exchange.wire import Form, Sender, encode, envelope
from conformance.judging.observed import GroupRef, changes_of, group_ref
from conformance.observe.observer import Observer
from conformance.observe.relay import RelayedExchange
from conformance.recording.reader import load
from conformance.report.curl import curl_lines
from conformance.runs.conduct import judge_recording
from conformance.targets.embedded import EmbeddedTarget

NOW = 1_790_000_000.0
ONE, TWO = "AKIDone", "AKIDtwo"
EXISTS = "InvalidParameterValue.GroupIdAlreadyExist"
NAME_EXISTS = "InvalidParameterValue.GroupNameAlreadyExist"
ABSENT = "InvalidParameterValue.GroupIdNotExist"
_numbers = itertools.count()


def request(action, parameters, *, key=ONE, region="ap-guangzhou", at=NOW, version="2020-03-03", form=Form.JSON):
    """A signed request of somebody's."""
    sender = Sender("http://server", region or "x", Credentials(key, "their key"))
    http = encode(Request(tuple(parameters.items()), action, version), sender, form, int(at))
    return http if region else without_header(http, "X-TC-Region")


def without_header(http, name):
    headers = tuple(each for each in http.headers if each[0] != name)
    return HttpRequest(http.method, http.url, headers, http.body)


def with_body(http, content_type, body):
    """A request of version 3 with another body."""
    headers = (*without_header(http, "Content-Type").headers, ("Content-Type", content_type))
    return HttpRequest(http.method, http.url, headers, body)


def create(group_id, name=None, **options):
    return request("CreateGroup", {"GroupId": group_id, "GroupName": name or group_id}, **options)


def modify(group_id, name, **options):
    return request("ModifyGroup", {"GroupId": group_id, "GroupName": name}, **options)


def delete(group_id, **options):
    return request("DeleteGroup", {"GroupId": group_id}, **options)


def look(group_id, **options):
    return request("GetGroupInfo", {"GroupId": group_id}, **options)


def look_at_all(**options):
    return request("GetGroupList", {}, **options)


def answer(response, *more):
    body = json.dumps({"Response": {**response, "RequestId": f"request-{next(_numbers)}"}}).encode()
    return HttpResponse(200, (("Content-Type", "application/json"), *more), body)


def done(version="3.0"):
    return answer({"FaceModelVersion": version})


def refused(code):
    return answer({"Error": {"Code": code, "Message": "m"}})


def shown(group_id, name, **more):
    return answer({"GroupId": group_id, "GroupName": name, "GroupExDescriptions": [], "Tag": "", **more})


def listed(*ids):
    return answer({"GroupInfos": [{"GroupId": each, "GroupName": each} for each in ids], "GroupNum": len(ids)})


class Onlooker:
    """An observer that is told of exchanges, and what it said."""

    def __init__(self, folder=None):
        self.said = []
        self.observer = Observer.of("http://server", str(folder) if folder is not None else None, self.said.append)

    def see(self, http, came, *, sent=NOW, answered=None, beside=()):
        """Tell of an exchange; the clauses that it departs from."""
        at = len(self.said)
        self.observer.exchange(RelayedExchange(http, came, sent, sent if answered is None else answered, tuple(beside)))
        return [line.split(":")[0].strip() for line in self.said[at:] if line.startswith("    ") and line[4] != " "]

    @property
    def verdicts(self):
        """What each exchange departs from."""
        return self.observer.session.run.results.verdicts


@pytest.fixture
def onlooker(tmp_path, monkeypatch):
    """An observer; what it saw is judged offline as it was online."""
    for name in ("SECRET_ID", "SECRET_KEY", "TOKEN"):
        monkeypatch.delenv(f"TENCENTCLOUD_{name}", raising=False)
    found = Onlooker(tmp_path / "recording")
    yield found
    found.observer.end()
    assert found.observer.problem == ""
    if found.observer.recorded:
        offline = judge_recording(tmp_path / "recording").run
        assert offline.results.verdicts == found.verdicts
        assert offline.ledger.possible == found.observer.session.run.ledger.possible


@pytest.fixture
def knowing(monkeypatch):
    """An observer whose environment names a key."""
    monkeypatch.setenv("TENCENTCLOUD_SECRET_ID", EXAMPLE_CREDENTIALS.secret_id)
    monkeypatch.setenv("TENCENTCLOUD_SECRET_KEY", EXAMPLE_CREDENTIALS.secret_key)
    monkeypatch.delenv("TENCENTCLOUD_TOKEN", raising=False)
    found = Onlooker()
    yield found
    found.observer.end()


def signed(group_id, *, pair=EXAMPLE_CREDENTIALS, at=NOW, region="ap-guangzhou", **more):
    values = Request.of({"GroupId": group_id, "GroupName": group_id, **more})
    return encode(values, Sender("http://server", region, pair), Form.JSON, int(at))


# --- What is certain is found ----------------------------------------------------------------------------


@pytest.mark.parametrize("region", ["ap-guangzhou", ""])
def test_what_is_taken_twice(onlooker, region):
    """An id, and a name, that a server takes twice; with a Region and without."""
    assert onlooker.see(create("g", region=region), done()) == []
    assert onlooker.see(create("g", "other", region=region), done()) == ["GroupId.unique"]
    assert onlooker.see(create("h", "other", region=region), done()) == ["GroupName.unique"]


def test_what_is_created_is_there(onlooker):
    """A group that was created is shown and listed, as it was asked for."""
    onlooker.see(create("g"), done())

    assert onlooker.see(look("g"), shown("g", "g")) == []
    assert onlooker.see(look("g"), shown("g", "another")) == ["State.kept.GroupName"]
    assert onlooker.see(look("g"), refused(ABSENT)) == ["State.kept.GroupName"]
    assert onlooker.see(look_at_all(), listed()) == ["State.listed"]
    assert onlooker.see(delete("g"), refused(ABSENT)) == ["State.deletion"]


def test_two_creations_at_once_of_which_both_are_taken(onlooker):
    """Whatever their order was, the second of them found the group there."""
    first, second = create("g"), create("g", "other")

    assert onlooker.see(first, done(), beside=[second]) == []
    assert onlooker.see(second, done(), beside=[first]) == ["GroupId.unique"]


def test_what_is_written_otherwise_is_known_as_well(onlooker):
    """A group that was created by a form of several parts is there like any other."""
    parts = "".join(
        f'--B\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in (("GroupId", "g"), ("GroupName", "腾讯"))
    )
    http = with_body(create("x"), "multipart/form-data; boundary=B", f"{parts}--B--\r\n".encode())

    assert group_ref(http) == GroupRef("g", "腾讯", creates=True)
    assert onlooker.see(http, done()) == []
    assert onlooker.see(look("g"), shown("g", "腾讯")) == []
    assert onlooker.see(create("g"), done()) == ["GroupId.unique"]


# --- Whose it is -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("region", ["ap-guangzhou", ""])
def test_accounts_are_told_apart(onlooker, region):
    """Two accounts may have groups of the same id; and may be of different age."""
    for key, version in ((ONE, "3.0"), (TWO, "2.0")):
        assert onlooker.see(look("g", key=key, region=region), refused(ABSENT)) == []
        assert onlooker.see(create("g", key=key, region=region), done(version)) == []
        assert onlooker.see(look("g", key=key, region=region), shown("g", "g", FaceModelVersion=version)) == []
        assert onlooker.see(look_at_all(key=key, region=region), listed("g")) == []
    assert onlooker.see(create("h", key=ONE, region=region), done("2.0")) == ["FaceModelVersion.default"]


def test_two_keys_of_one_account(onlooker):
    """What one key creates another of the same account may delete."""
    onlooker.see(create("g", key=ONE), done())
    onlooker.see(delete("g", key=TWO), answer({}))

    assert onlooker.see(look("g", key=ONE), refused(ABSENT)) == []
    assert onlooker.see(look_at_all(key=ONE), listed()) == []
    assert onlooker.see(create("g", key=ONE), done()) == []


def test_regions_may_share_their_groups(onlooker):
    """What one Region deletes, or calls otherwise, may be gone in another."""
    onlooker.see(create("g", region="ap-guangzhou"), done())
    onlooker.see(create("g", region="ap-shanghai"), done())
    onlooker.see(modify("g", "x", region="ap-shanghai"), answer({}))

    assert onlooker.see(look("g", region="ap-guangzhou"), shown("g", "x")) == []
    assert onlooker.see(create("h", "g", region="ap-guangzhou"), done()) == []


@pytest.mark.parametrize(
    ("form", "key"),
    [(Form.JSON, "AKID%2F"), (Form.QUERY, "AKIDone")],
)
def test_the_secret_id_is_read_exactly(form, key):
    """It stands in Authorization under version 3, or in a field of its own, decoded, under version 1."""
    http = request("CreateGroup", {"GroupId": "g", "GroupName": "g", "Tag": "SecretId=no"}, key=key, form=form)
    of_version_1 = HttpRequest("GET", "http://server/?SecretId=AKID%2d1&Tag=SecretId%3dno&Signature=x", ())

    assert secret_id_of(http) == key
    assert secret_id_of(of_version_1) == "AKID-1"
    assert secret_id_of(without_header(http, "Authorization")) == ""


# --- What was under way at once --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("slow", "slowly", "fast", "fastly"),
    [
        (delete("x"), answer({}), create("x"), done()),
        (modify("x", "y"), answer({}), look("x"), shown("x", "y")),
        (look("x"), shown("x", "x"), modify("x", "y"), answer({})),
        (look_at_all(), listed("x"), delete("x"), answer({})),
        (modify("x", "y"), answer({}), create("z", "x"), done()),
        (modify("x", "y"), answer({}), create("z", "X"), done()),
        (look("x"), shown("x", "x"), delete("x"), answer({})),
        (look("x"), refused(ABSENT), delete("x"), answer({})),
        (delete("x"), refused(ABSENT), delete("x"), answer({})),
        (create("x", "q"), refused(EXISTS), delete("x"), answer({})),
        (create("q", "x"), refused(NAME_EXISTS), delete("x"), answer({})),
        (create("z"), done(), create("z"), refused("FailedOperation.ConflictOperation")),
        (create("z"), done(), create("z"), refused(EXISTS)),
        (delete("x"), answer({}), look_at_all(), listed("x", "x")),
    ],
)
def test_the_order_of_answers_proves_nothing(onlooker, slow, slowly, fast, fastly):
    """A request overtakes another: the server may have done them in either order."""
    onlooker.see(create("x"), done())

    assert onlooker.see(fast, fastly, sent=NOW + 1, answered=NOW + 2, beside=[slow]) == []
    assert onlooker.see(slow, slowly, sent=NOW, answered=NOW + 3, beside=[fast]) == []


def test_what_overlaps_another_group_is_held_against_what_is_known(onlooker):
    """Only what is about the same group, or its name, is in doubt."""
    onlooker.see(create("x"), done())
    beside = [create("z"), delete("y"), modify("w", "v"), look("x"), look_at_all()]

    assert onlooker.see(create("x", "other"), done(), beside=beside) == ["GroupId.unique"]
    assert changes_of(beside) == (GroupRef("z", "z", creates=True), GroupRef("y"), GroupRef("w", "v"))


def test_what_nobody_understands_may_have_changed_anything(onlooker):
    """A deletion that can't be read, beside it or before it, leaves every group in doubt."""
    strange = with_body(delete("x"), "text/strange", b"\xff{")
    onlooker.see(create("x"), done())
    onlooker.see(strange, answer({}))

    assert onlooker.see(create("x"), done()) == []
    assert onlooker.see(create("x"), done(), beside=[strange]) == []
    assert onlooker.see(strange, refused(ABSENT)) == ["not judged"]


# --- What may have happened ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "came",
    [
        TransportError("the connection was reset"),
        refused("InternalError"),
        refused("FailedOperation.RequestTimeout"),
        HttpResponse(502, (("Content-Type", "text/html"),), b"<html>"),
    ],
)
@pytest.mark.parametrize(
    "after",
    [(look("g"), refused(ABSENT)), (create("g"), done()), (look_at_all(), listed()), (look("g"), shown("g", "n"))],
)
@pytest.mark.parametrize("change", [delete("g"), modify("g", "n")])
def test_an_answer_that_doesnt_say_what_was_done(onlooker, change, came, after):
    """A deletion, or a change, whose answer is lost may have been carried out."""
    onlooker.see(create("g"), done())
    onlooker.see(change, came)

    assert onlooker.see(*after) == []


def test_a_lost_creation_may_have_met_anothers_group(onlooker):
    """What is shown afterwards needn't be what was asked for: somebody's group may have been there before."""
    onlooker.see(create("g"), TransportError("reset"))

    assert onlooker.see(look("g"), shown("g", "another's", Tag="tag")) == []
    assert onlooker.see(look("g"), shown("g", "anew")) == []


def test_anybody_may_create_and_delete(onlooker):
    """Groups that weren't seen being created may be there, or be on their way out; also one that was seen to go."""
    gone = "FailedOperation.GroupInDeletedState"
    onlooker.see(create("g"), done())
    onlooker.see(delete("g"), answer({}))
    for came in (refused(EXISTS), refused(gone), done()):
        assert onlooker.see(create("g"), came) == []
    for came in (refused(EXISTS), refused(NAME_EXISTS), refused(gone)):
        assert onlooker.see(create("new"), came) == []
    assert onlooker.see(look("new"), shown("new", "x")) == []
    assert onlooker.see(look_at_all(), listed("g", "new", "newer")) == []


def test_letter_case_may_not_count(onlooker):
    """Whoever takes “G” for “g” deletes that: it may be gone."""
    onlooker.see(create("g"), done())
    onlooker.see(delete("G"), answer({}))

    assert onlooker.see(create("g"), done()) == []


def test_what_is_said_twice_in_a_request(onlooker):
    """Of an id that stands there twice nobody knows which was meant."""
    body = b'{"GroupId": "a", "GroupId": "b"}'
    onlooker.see(create("a"), done())
    onlooker.see(with_body(delete("a"), "application/json", body), answer({}))

    assert onlooker.see(create("a"), done()) == []


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


def test_too_much_isnt_unpacked(onlooker):
    """An answer that unpacks to more than anybody needs is left alone."""
    huge = gzip.compress(b"\0" * 40_000_000)

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
        (Credentials(f"{EXAMPLE_CREDENTIALS.secret_id}2", "another key"), {}),
        (Credentials("AKIDother", "another key"), {"Tag": EXAMPLE_CREDENTIALS.secret_id}),
    ],
)
def test_others_keys_arent_taken_for_the_environments(knowing, pair, more):
    """An id that begins with the environment's, or a parameter that holds it, is somebody else's."""
    assert knowing.see(signed("g", pair=pair, **more), done()) == []


def test_regions_that_a_server_refuses(knowing):
    """Whoever signed: nobody knows which Regions there are."""
    assert knowing.see(signed("g", region="mars-north"), refused("UnsupportedRegion")) == []
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


# --- Any order, of any clients ---------------------------------------------------------------------------


# Whose each key is: the first two are of one account.
ACCOUNT = {"AKID1": 1, "AKID2": 1, "AKID3": 2}


class Server:
    """Conforming accounts, each a store of groups, that carry out one request after the other.

    Attributes:
        folds: whether ids and names that differ in case alone are the same.
        by_region: whether each Region has groups of its own.
    """

    def __init__(self, *, folds, by_region):
        self.folds, self.by_region, self.stores = folds, by_region, {}

    def carry_out(self, action, said, key, region):
        """What comes of a request."""
        store = self.stores.setdefault((ACCOUNT[key], region if self.by_region else ""), {})
        fold = str.lower if self.folds else str
        group_id, name = said.get("GroupId", ""), said.get("GroupName")
        at = fold(group_id)
        taken = name is not None and any(fold(each[1]) == fold(name) for id_, each in store.items() if id_ != at)
        if action == "GetGroupList":
            return listed(*(each[0] for each in store.values())) if not store else self._list(store)
        if action == "CreateGroup":
            if at in store or taken:
                return refused(EXISTS if at in store else NAME_EXISTS)
            store[at] = (group_id, name)
            return done()
        if at not in store:
            return refused(ABSENT)
        if action == "GetGroupInfo":
            return shown(*store[at])
        if action == "DeleteGroup":
            del store[at]
        elif taken:
            return refused(NAME_EXISTS)
        else:
            store[at] = (store[at][0], name)
        return answer({})

    @staticmethod
    def _list(store):
        infos = [{"GroupId": id_, "GroupName": name} for id_, name in store.values()]
        return answer({"GroupInfos": infos, "GroupNum": len(infos)})


def exchanges(server, random, number):
    """What clients send in any order, some at once, and what comes back: whole exchanges in the order of their ends."""
    began = []
    for each in range(number):
        action = random.choice(["CreateGroup"] * 4 + ["DeleteGroup", "ModifyGroup", "GetGroupInfo", "GetGroupList"])
        said = {} if action == "GetGroupList" else {"GroupId": random.choice("abAB")}
        if action in {"CreateGroup", "ModifyGroup"}:
            said["GroupName"] = random.choice("nmNM")
        key, region = random.choice(list(ACCOUNT)), random.choice(["ap-guangzhou", "ap-shanghai", ""])
        sent = NOW + each * random.choice([1, 1, 0.2])
        done_at = sent + random.random() * random.choice([0.5, 4])
        http = request(action, said, key=key, region=region)
        began.append((sent, done_at, done_at + random.random() * 2, http, (action, said, key, region)))
    ended = []
    for sent, _, answered, http, said in sorted(began, key=lambda each: each[1]):
        came = server.carry_out(*said)
        if random.random() < 0.1:
            came = random.choice([TransportError("reset"), refused("InternalError")])
        ended.append((sent, answered, http, came))
    for sent, answered, http, came in sorted(ended, key=lambda each: each[1]):
        beside = [each[2] for each in ended if each[0] <= answered and each[1] >= sent and each[2] is not http]
        yield http, came, sent, answered, beside


@pytest.mark.parametrize("by_region", [False, True])
@pytest.mark.parametrize("folds", [False, True])
@pytest.mark.parametrize("seed", range(2))
def test_conforming_accounts_in_any_order(onlooker, seed, folds, by_region):
    """Several keys, Regions, clients at once, lost answers: where the server conforms, nothing departs."""
    random = Random(seed)
    server = Server(folds=folds, by_region=by_region)

    for http, came, sent, answered, beside in exchanges(server, random, 150):
        assert onlooker.see(http, came, sent=sent, answered=answered, beside=beside) == [], onlooker.said[-12:]
