"""The clauses on clients, what is called for them, and what is played."""

import itertools
import json
import re
from pathlib import Path

import pytest

import conformance
from conformance.contract import CLAUSE, CLAUSES, CODES, SDK_CLAUSES, Strength, page_lines
from conformance.emulator import Emulator
from conformance.exchange.messages import header
from conformance.exchange.plays import MALFORMED, PLAY, PLAYS, TRANSPORT, Trick
from conformance.exchange.wire import envelope
from conformance.runs.settings import UNAIMED
from conformance.strategies.calls import TEXTS, call_cases, is_quick

ROOT = Path(conformance.__file__).parent.parent
CASES = list(call_cases())
CITATIONS = [each for clause in SDK_CLAUSES for each in clause.citations]


def test_clauses_of_clients_and_servers_are_apart():
    """No id is both's, and each can be found by its id."""
    ids = [each.id for each in (*CLAUSES, *SDK_CLAUSES)]

    assert len(set(ids)) == len(ids)
    assert list(CLAUSE) == ids


@pytest.mark.parametrize("citation", [each for each in CITATIONS if each.line is not None], ids=str)
def test_quotes_stand_on_the_page(citation):
    """Word by word, in the line that is named."""
    assert citation.quote in page_lines()[citation.line - 1]


@pytest.mark.parametrize("citation", [each for each in CITATIONS if each.source.startswith("docs/")], ids=str)
def test_quotes_stand_in_our_own_documents(citation):
    """Word by word."""
    assert citation.quote in " ".join((ROOT / citation.source).read_text(encoding="utf-8").split())


def test_some_must_be_kept_and_some_are_findings():
    """Whatever no document says is a finding."""
    assert {each.strength for each in SDK_CLAUSES} == {Strength.MUST, Strength.FINDING}


def test_each_clause_is_called_for():
    """But for those that show while others are."""
    assert {each.clause for each in CASES} == {each.id for each in SDK_CLAUSES} - set(UNAIMED)


def test_no_case_comes_twice():
    """Cases have ids of their own, and words of their own."""
    assert len({each.id for each in CASES}) == len({(each.clause, each.about) for each in CASES}) == len(CASES)


def test_there_are_enough_plays():
    """40 malformed answers, 8 faults of the transport, every documented code; each is played in some case."""
    assert len({each.id for each in MALFORMED}) >= 40
    assert len({each.trick for each in TRANSPORT}) >= 8
    assert len(PLAY) == len(PLAYS)
    assert {play for each in CASES for play in each.plays} == PLAY.keys()
    assert {each.code for each in PLAYS if each.id.startswith("code-")} == CODES.keys()


def test_the_opener_is_a_plain_call():
    """So that a client that can do nothing is told by the first call."""
    (call,) = CASES[0].calls
    assert (call.to_json(), CASES[0].plays) == (
        {"parameters": {"GroupName": "<salt>", "GroupId": "<salt>"}},
        ("as-it-is",),
    )


def test_the_quick_cases_wait_for_nothing():
    """And leave out codes that are like others."""
    assert not any(each.is_slow for each in CASES if is_quick(each))
    assert 100 < sum(map(is_quick, CASES)) < len(CASES)


def test_texts_differ():
    """Each is of a kind of its own."""
    assert len({about for about, _ in TEXTS}) == len({text for _, text in TEXTS}) == len(TEXTS)


def played(play):
    """The answer that a play makes."""
    emulator = Emulator()
    base = emulator.refuse(play.code) if play.code is not None else None
    if base is None:
        body = {"Response": {"FaceModelVersion": "3.0", "RequestId": "76ec6e41-37d6-4ab9-abef-48ef0c6ab175"}}
        base = emulator.refuse("InternalError")
        base = type(base)(200, base.headers, json.dumps(body).encode())
    return base, play.change(base)


@pytest.mark.parametrize("play", MALFORMED, ids=lambda each: each.id)
def test_malformed_answers_are_otherwise(play):
    """Each differs from the answer that it is made of."""
    base, made = played(play)

    assert made != base


def test_no_two_answers_are_the_same():
    """Of what is played without a trick."""

    def content(play):
        _, made = played(play)
        return made.status, made.headers, re.sub(rb"[0-9a-f-]{36}", b"a uuid", made.body)

    plain = [each for each in PLAYS if each.trick is Trick.NONE and each.id != "as-it-is"]
    same = [
        (one.id, other.id)
        for one, other in itertools.combinations(plain, 2)
        if one.code == other.code and content(one) == content(other)
    ]

    assert same == []


@pytest.mark.parametrize("code", CODES)
def test_codes_are_answered_as_they_should_be(code):
    """With their message, and a RequestId."""
    _, made = played(PLAY[f"code-{code}"])
    read = envelope(made)

    assert (read.code, read.error["Message"], bool(read.request_id)) == (code, CODES[code].message, True)
    assert header(made.headers, "Content-Type") == "application/json"


def test_what_is_refused_is_not_carried_out():
    """Only a play without a code, at a request that is read, does the work."""
    assert {each.id for each in PLAYS if each.carries_out and each.trick is Trick.LOST} == {"lost"}
    assert not PLAY["reset-before"].carries_out
    assert not PLAY["code-InternalError"].carries_out
