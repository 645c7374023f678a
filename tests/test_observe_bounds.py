"""Looking on keeps no more than it has room for, costs the same at any time, and ends when it is told to."""

import contextlib
import threading
import time

import pytest

from conformance.observe import telling
from conformance.observe.observer import Observer
from conformance.observe.relay import Relay
from conformance.observe.telling import ANYTHING, Listener, RelayedExchange
from tests.onlooker import NOW, answer, create, delete, done, modify, with_body
from tests.relays import OK, connect, read_until, relayed, request, serving, talk
from tests.waiting import PATIENCE


def answering(connection):
    """An answer, whatever is asked, and the end."""
    read_until(connection, b"\r\n\r\n")
    connection.sendall(OK)


# --- What is hostile spoils nothing but itself -------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        b"POST / HTTP/1.1\r\nHost: [x\r\nX-TC-Action: CreateGroup\r\nContent-Length: 2\r\n\r\n{}",
        b"POST http://[x/?a HTTP/1.1\r\nHost: a\r\nX-TC-Action: CreateGroup\r\nContent-Length: 2\r\n\r\n{}",
        b"POST http://a:99999/ HTTP/1.1\r\nHost: a\r\nX-TC-Action: CreateGroup\r\nContent-Length: 2\r\n\r\n{}",
        b"GET /?Action=CreateGroup&\xff&GroupExDescriptions.999999999999=1 HTTP/1.1\r\nHost: \xff\r\n\r\n",
        b"GET /a b?Action=CreateGroup&GroupName=\xe4\xba\xba HTTP/1.1\r\nHost: a?b#c@d/\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: \xe2\x84\x80\r\nX-TC-Action: CreateGroup\r\nContent-Length: 5\r\n\r\n\xef\xbb\xbf[[",
        b"POST / HTTP/1.1\r\nHost: a\r\nX-TC-Action: CreateGroup\r\nX-TC-Timestamp: 9999999999999999\r\n"
        b"Authorization: TC3-HMAC-SHA256 Credential=\x80/\r\nContent-Length: 2\r\n\r\n{}",
    ],
)
def test_a_hostile_request_spoils_nothing_but_itself(tmp_path, data, capfd):
    """It is passed on, judged or not, and recorded; what comes before and after it is judged and recorded as ever."""
    said = []
    with serving(answering) as upstream:
        observer = Observer.of(upstream, str(tmp_path / "rec"), said.append)
        listener = Listener(observer.exchange, observer.blind, observer.dropped, observer.note)
        with Relay(upstream, listener) as relay:
            for each in (request_of(create("a")), data, request_of(create("b"))):
                assert talk(relay.url, each) == OK
        report = observer.end()

    assert report.requests == observer.recorded == 3
    assert (observer.judged, observer.unjudged) in {(3, 0), (2, 1)}
    assert capfd.readouterr().err == ""


def request_of(http):
    head = "".join(f"{name}: {value}\r\n" for name, value in http.headers)
    return f"POST / HTTP/1.1\r\n{head}Content-Length: {len(http.body)}\r\n\r\n".encode() + http.body


# --- Bounds ------------------------------------------------------------------------------------------------


def test_the_backlog_is_bounded(monkeypatch):
    """While nobody listens so many exchanges wait; how many more passed is told, and their traffic went on."""
    monkeypatch.setattr(telling, "MOST_EXCHANGES", 3)
    go_on, seen, dropped = threading.Event(), [], []

    def slowly(exchange):
        go_on.wait(PATIENCE)
        seen.append(exchange)

    with serving(answering) as upstream, Relay(upstream, Listener(slowly, dropped=dropped.append)) as relay:
        for _ in range(10):
            assert talk(relay.url, request()) == OK
        go_on.set()
        while len(seen) < 3:
            time.sleep(0.01)  # until what waited was told: it is in any case

    assert (len(seen), sum(dropped)) == (3, 7)


def test_the_bytes_that_wait_are_bounded(monkeypatch):
    """Bodies and answers that don't fit aren't kept."""
    monkeypatch.setattr(telling, "MOST_BYTES", 1000)
    with serving(answering) as upstream, relayed(upstream) as (url, seen):
        for size in (10, 2000, 20):
            assert talk(url, request(b"x" * size)) == OK

    assert [len(each.http.body) for each in seen] == [10, 20]
    assert seen.dropped == [1]


def test_a_crowd_is_no_more_than_a_crowd(monkeypatch):
    """Of too many that are under way at once each knows that there were others, and not which."""
    monkeypatch.setattr(telling, "_MOST_BESIDE", 2)
    all_there = threading.Barrier(4)

    def serve(connection):
        read_until(connection, b"abc")
        all_there.wait(PATIENCE)
        connection.sendall(OK)

    with serving(serve) as upstream, relayed(upstream) as (url, seen), contextlib.ExitStack() as stack:
        clients = [stack.enter_context(connect(url)) for _ in range(4)]
        for each in clients:
            each.sendall(request())
        for each in clients:
            read_until(each, OK)

    assert len(seen) == 4
    assert all(each.overlapped == (ANYTHING,) for each in seen)


def test_too_many_values_are_not_judged():
    """Judging a request takes a moment: one with a million members is told of as unjudged."""
    said = []
    observer = Observer.of("http://server", None, said.append)
    body = b'{"GroupId": "a", "GroupExDescriptions": [' + b"1," * 100_000 + b"1]}"
    http = with_body(create("a"), "application/json", body)
    before = time.process_time()
    observer.exchange(RelayedExchange(http, done(), NOW, NOW, (observer.note(http),)))

    assert time.process_time() - before < 1
    assert (observer.judged, observer.unjudged) == (0, 1)
    assert "50000 values" in said[-1]


# --- Costs -------------------------------------------------------------------------------------------------


def seconds_an_exchange(count, *, keys=1, same=False, overlap=0):
    """CPU seconds that each of the last exchanges takes, of so many, by so many keys, about one group or many."""
    observer = Observer.of("http://server", None, lambda _: None)
    notes, spent = [], []
    for number in range(count):
        key, group = f"AKID{number % keys:032d}", "g" if same else f"g{number}"
        makers = (create(group, key=key), delete(f"g{number - 1}", key=key), modify(group, f"n{number}", key=key))
        http = makers[number % 3]
        came = done() if number % 3 == 0 else answer({})
        before = time.process_time()
        notes.append(observer.note(http))
        beside = tuple(notes[-overlap - 1 : -1]) if overlap else ()
        observer.exchange(RelayedExchange(http, came, NOW + number, NOW + number, beside))
        spent.append(time.process_time() - before)
    return sorted(spent[-300:])[150]


@pytest.mark.slow
def test_an_exchange_costs_the_same():
    """At the first and at the last, by one key and by a thousand, about one group or many, alone or in a crowd."""
    alone = seconds_an_exchange(300)

    assert seconds_an_exchange(4000) < 3 * alone
    assert seconds_an_exchange(2500, keys=1000) < 3 * alone
    assert seconds_an_exchange(2500, keys=1000, same=True) < 3 * alone
    assert seconds_an_exchange(600, overlap=200) < 3 * alone
