"""Embedded targets of one process: each answers for its own emulator, whoever else is there or gone."""

import contextlib
import gc
import threading
import time

import pytest
import requests
import responses

from conformance.emulator import Emulator
from conformance.exchange.request import Request
from conformance.exchange.wire import Form, encode
from conformance.targets.embedded import EmbeddedTarget


class Embedded(EmbeddedTarget):
    """One whose emulator's groups can be looked at."""

    def __init__(self):
        emulator = Emulator()
        super().__init__(emulator)
        self.groups = emulator.account.groups


def creation(target, group_id):
    """A request for a group."""
    asked = Request.of({"GroupName": group_id, "GroupId": group_id})
    return encode(asked, target.sender, Form.JSON, int(time.time()))


def create(target, group_id):
    """Create a group through a target."""
    exchange = target.send(creation(target, group_id))
    assert b"Error" not in exchange.answer.body


@pytest.fixture(name="made")
def _made():
    """A function that makes a target; what it makes is closed."""
    with contextlib.ExitStack() as stack:

        def make():
            target = Embedded()
            stack.callback(target.close)
            return target

        yield make


def test_each_for_its_own(made):
    """What is sent to one is known to it alone, whichever was made first."""
    one, two = made(), made()
    create(one, "a")
    create(two, "b")
    create(one, "c")

    assert (set(one.groups), set(two.groups)) == ({"a", "c"}, {"b"})


@pytest.mark.parametrize("first_to_go", [0, 1])
def test_lifetimes(made, first_to_go):
    """One that is closed stops no other, whether that was made before it or after it, or while it was there."""
    targets = [made(), made()]
    create(targets[first_to_go], "a")
    targets.pop(first_to_go).close()
    (left,) = targets
    create(left, "b")
    later = made()
    create(later, "c")
    create(left, "d")

    assert (set(left.groups), set(later.groups)) == ({"b", "d"}, {"c"})


def test_threads(made):
    """Each from a thread of its own, and in each several requests at once, they still don't mix."""
    targets = {name: made() for name in "abcd"}
    ready = threading.Barrier(len(targets))
    answers = {}

    def send(name):
        ready.wait()
        target = targets[name]
        answers[name] = [
            exchange.answer
            for turn in range(10)
            for exchange in target.together([creation(target, f"{name}{turn}-{number}") for number in range(4)])
        ]

    threads = [threading.Thread(target=send, args=(name,)) for name in targets]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    for name, target in targets.items():
        assert [b"Error" in each.body for each in answers[name]] == [False] * 40
        assert set(target.groups) == {f"{name}{turn}-{number}" for turn in range(10) for number in range(4)}


def test_mocks_of_others(made):
    """A test that mocks `requests` for itself sees none of the target's requests, and the target none of its."""
    target = made()
    with responses.RequestsMock() as others:
        others.get("http://127.0.0.1:8080/", body="theirs")
        create(target, "a")
        theirs = requests.get("http://127.0.0.1:8080/", timeout=5)
        create(target, "b")

        assert len(others.calls) == 1

    assert theirs.text == "theirs"
    assert set(target.groups) == {"a", "b"}


def test_nothing_is_kept_of_requests(made):
    """However many are sent, no more of them than the last is kept."""

    def kept():
        gc.collect()
        return sum(type(each) is requests.PreparedRequest for each in gc.get_objects())

    target = made()
    create(target, "first")
    before = kept()
    for number in range(20):
        create(target, f"g{number}")

    assert kept() <= before
