"""The reference emulator by itself: the printed exchanges, its sister actions, whatever a client may throw at it."""

import json
import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.base.credentials import EXAMPLE_CREDENTIALS
from conformance.contract import CODES, EXAMPLES, PARAMETERS, READINGS
from conformance.emulator import Emulator, conforming
from conformance.emulator.behaviour import counter
from conformance.emulator.faults import FAULT
from conformance.exchange.messages import HttpRequest
from conformance.exchange.request import Request
from conformance.exchange.wire import Form, Sender, encode, envelope, headers_for

SENDER = Sender("http://127.0.0.1:8080", "ap-guangzhou", EXAMPLE_CREDENTIALS)


def ask(emulator, parameters, action="CreateGroup"):
    http = encode(Request.of(parameters, action), SENDER, Form.JSON, int(time.time()))
    return envelope(emulator.handle(http)).response


def code(response):
    return response["Error"]["Code"]


def test_the_printed_exchanges():
    """In the order 3, 1, 2, 4 the page's own requests get the page's own answers, messages included."""
    emulator = Emulator()

    for example in (EXAMPLES[2], EXAMPLES[0], EXAMPLES[1], EXAMPLES[3]):
        parameters = {name: list(value) if isinstance(value, tuple) else value for name, value in example.parameters}
        answer = ask(emulator, parameters)

        assert {**answer, "RequestId": None} == {**example.response, "RequestId": None}


def test_read_back():
    """A group is read back as it was asked for, alone and in the list."""
    emulator = Emulator()
    asked = {
        "GroupName": "组",
        "GroupId": "g",
        "GroupExDescriptions": ["乙", "甲"],
        "Tag": "t",
        "FaceModelVersion": "3.0",
    }
    ask(emulator, asked)

    info = ask(emulator, {"GroupId": "g"}, "GetGroupInfo")
    listed = ask(emulator, {}, "GetGroupList")

    assert {name: info[name] for name in asked} == asked
    assert [each["GroupId"] for each in listed["GroupInfos"]] == ["g"]
    assert listed["GroupNum"] == 1


def test_a_refused_creation_leaves_nothing():
    """What was refused can be created."""
    emulator = Emulator()
    ask(emulator, {"GroupName": "n", "GroupId": "g", "Tag": "!"})

    assert ask(emulator, {}, "GetGroupList")["GroupNum"] == 0
    assert "Error" not in ask(emulator, {"GroupName": "n", "GroupId": "g"})


def test_pages_of_the_list():
    """The list comes in pages; a page of more than a thousand is refused."""
    emulator = Emulator()
    for number in range(12):
        ask(emulator, {"GroupName": f"n{number}", "GroupId": f"g{number}"})

    assert len(ask(emulator, {}, "GetGroupList")["GroupInfos"]) == 10
    assert [each["GroupId"] for each in ask(emulator, {"Offset": 10, "Limit": 5}, "GetGroupList")["GroupInfos"]] == [
        "g10", "g11",
    ]  # fmt: skip
    assert code(ask(emulator, {"Limit": 1001}, "GetGroupList")) == "InvalidParameterValue.LimitExceed"
    assert code(ask(emulator, {"Offset": -1}, "GetGroupList")) == "InvalidParameter"


def test_modification_moves_a_name():
    """A changed name is free for others, the new one is not, and a repeated description is refused."""
    emulator = Emulator()
    ask(emulator, {"GroupName": "a", "GroupId": "1", "GroupExDescriptions": ["x", "y"]})
    ask(emulator, {"GroupId": "1", "GroupName": "b"}, "ModifyGroup")
    infos = [{"GroupExDescriptionIndex": 1, "GroupExDescription": "x"}]

    assert "Error" not in ask(emulator, {"GroupName": "a", "GroupId": "2"})
    assert code(ask(emulator, {"GroupName": "b", "GroupId": "3"})) == "InvalidParameterValue.GroupNameAlreadyExist"
    assert code(ask(emulator, {"GroupId": "2", "GroupName": "b"}, "ModifyGroup")).endswith("GroupNameAlreadyExist")
    assert code(ask(emulator, {"GroupId": "1", "GroupExDescriptionInfos": infos}, "ModifyGroup")) == (
        "FailedOperation.DuplicatedGroupDescription"
    )


def test_after_deletion_time_passes():
    """A group that is being deleted is so for a minute; then its id is free."""
    now = [1_700_000_000.0]
    emulator = Emulator(conforming({"recreate-after-delete": "GroupInDeletedState"}), clock=lambda: now[0])

    def at(parameters, action="CreateGroup"):
        http = encode(Request.of(parameters, action), SENDER, Form.JSON, int(now[0]))
        return envelope(emulator.handle(http)).response

    at({"GroupName": "a", "GroupId": "1"})
    at({"GroupId": "1"}, "DeleteGroup")
    at_once = at({"GroupName": "a", "GroupId": "1"})
    now[0] += 61

    assert code(at_once) == "FailedOperation.GroupInDeletedState"
    assert "Error" not in at({"GroupName": "a", "GroupId": "1"})


@pytest.mark.parametrize(
    ("action", "version", "expected"),
    [
        ("CreateGroups", "2020-03-03", "InvalidAction"),
        ("", "2020-03-03", "MissingParameter"),
        ("CreateGroup", "2018-03-01", "NoSuchVersion"),
    ],
)
def test_the_gateway(action, version, expected):
    """An unknown action, none, or another version is refused before an action sees the request."""
    http = encode(Request((), action, version), SENDER, Form.JSON, int(time.time()))

    assert envelope(Emulator().handle(http)).code == expected


def test_white_space_around_headers():
    """White space around the values of headers is no part of them, in process as over HTTP."""
    http = encode(Request.of({"GroupName": "n", "GroupId": "i"}), SENDER, Form.JSON, int(time.time()))
    spaced = replace(http, headers=tuple((name, f" {value}\t") for name, value in http.headers))

    assert "FaceModelVersion" in envelope(Emulator().handle(spaced)).response


def test_every_message_is_documented():
    """A refusal carries the documented message of its code."""
    answer = ask(Emulator(), {"GroupName": "!", "GroupId": "g"})

    assert answer["Error"]["Message"] == CODES[code(answer)].message


def test_each_value_of_each_reading_can_be_chosen():
    """Every twin can be made, and answers."""
    for reading in READINGS:
        for value in reading.values:
            assert ask(Emulator(conforming({reading.id: value.name})), {"GroupName": "a", "GroupId": "b"})["RequestId"]


def test_request_ids_in_a_row():
    """RequestIds can be counted, for runs that must come out the same."""
    number = counter("run")

    assert [number(), number()] == ["run-00000001", "run-00000002"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just("\ud800"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
NAMES = st.sampled_from([*PARAMETERS, "Offset", "Limit", "GroupExDescriptionInfos", "X"])
ACTIONS = st.sampled_from(["CreateGroup", "DeleteGroup", "ModifyGroup", "GetGroupInfo", "GetGroupList", "", "X"])


@settings(max_examples=100, deadline=None)
@given(pairs=st.lists(st.tuples(NAMES, JSON), max_size=5), action=ACTIONS)
def test_any_parameters(pairs, action):
    """Whatever JSON says, every action answers in the envelope, with a documented code."""
    emulator = Emulator()
    ask(emulator, {"GroupName": "a", "GroupId": "b", "GroupExDescriptions": ["x"]})
    body = json.dumps(dict(pairs)).encode()
    http = HttpRequest(
        "POST", "http://127.0.0.1:8080/", headers_for(SENDER, action, "2020-03-03", int(time.time()), body=body), body
    )

    parsed = envelope(emulator.handle(http))

    assert parsed.problem is None
    assert parsed.code is None or parsed.code in CODES


@settings(max_examples=100, deadline=None)
@given(
    method=st.sampled_from(["GET", "POST", "PUT", ""]),
    url=st.sampled_from(["http://[/?a=b", "/?%zz&=&a=%ff", "", "http://x/?GroupExDescriptions.99999999999=1"])
    | st.text(),
    headers=st.lists(
        st.tuples(
            st.sampled_from(["Authorization", "X-TC-Action", "X-TC-Version", "X-TC-Timestamp", "Content-Type", "Host"]),
            st.text(max_size=20) | st.sampled_from(["application/json", "CreateGroup", "[", "9" * 400]),
        )
    ),
    body=st.binary(max_size=60) | st.just(b'{"a":' * 20000),
)
def test_any_bytes(method, url, headers, body):
    """Whatever comes over the wire, the emulator answers in the envelope and creates nothing unsigned."""
    emulator = Emulator()

    parsed = envelope(emulator.handle(HttpRequest(method, url, tuple(headers), body)))

    assert parsed.code in CODES
    assert emulator.account.groups == {}


def test_faults_are_of_the_behaviour_alone():
    """Spoiling one behaviour leaves the next untouched."""
    FAULT["group-name-any-length"].spoil(conforming())

    assert code(ask(Emulator(), {"GroupName": "x" * 61, "GroupId": "g"})).endswith("GroupNameTooLong")
