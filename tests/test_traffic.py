"""What others send: whose world an exchange belongs to, what leaves it in doubt, and what can't be judged."""

import gzip

import pytest

from conformance.base.errors import TransportError
from conformance.exchange.messages import HttpRequest, HttpResponse
from conformance.exchange.salt import Words
from conformance.judging.assessor import Assessor
from conformance.judging.observed import Context, ObservedExchange, changes_of
from conformance.judging.traffic import Opinion, Traffic
from conformance.oracle.world import World
from tests.onlooker import (
    ABSENT,
    EXISTS,
    NAME_EXISTS,
    NOW,
    create,
    delete,
    done,
    listed,
    look,
    look_at_all,
    modify,
    refused,
    request,
    shown,
    with_body,
)
from tests.onlooker import answer as answer_of

TAKEN_TWICE, NAME_TAKEN_TWICE = ["GroupId.unique"], ["GroupName.unique"]
ILLEGAL, BROKEN = refused("InvalidParameterValue.GroupNameIllegal"), refused("InternalError")


class Seen:
    """Traffic, to one server that others may use as well."""

    def __init__(self, world=None):
        self.traffic = Traffic(Assessor("", World(Words()) if world is None else world))

    def opinion(self, http, came, *, account=0, beside=(), unseen=False):
        """What there is to say of an exchange."""
        context = Context(account, NOW, changes_of(beside), unseen)
        return self.traffic.judge(ObservedExchange(http, came, NOW, context))

    def see(self, http, came, **circumstances):
        """The clauses that an exchange departs from, which can be judged."""
        opinion = self.opinion(http, came, **circumstances)
        assert opinion.unjudged == ""
        return sorted({each.clause for each in opinion.failures})


@pytest.fixture(name="seen")
def _seen():
    """Traffic in which a group was seen being created."""
    seen = Seen()
    assert seen.see(create("x"), done()) == []
    return seen


# --- Whose world -------------------------------------------------------------------------------------------------


def test_an_account_and_a_region_have_a_world(seen):
    """What is there in one is there; in another account, or another Region, somebody else's may be anew."""
    assert seen.see(create("x", region="ap-shanghai"), done()) == []
    assert seen.see(create("x"), done(), account=1) == []
    assert seen.see(create("y"), done(), account=1) == []
    assert seen.see(create("y", "z"), done(), account=1) == TAKEN_TWICE


def test_another_world_may_be_the_same(seen):
    """What another account, or another Region, deletes may be gone here, and nothing else."""
    seen.see(create("kept"), done())
    for gone, how in (("x", {"account": 1}), ("y", {"region": "ap-shanghai"})):
        seen.see(create(gone), done())
        region = {"region": how.pop("region")} if "region" in how else {}
        seen.see(delete(gone, **region), answer_of({}), **how)
        assert seen.see(create(gone), done()) == []
    assert seen.see(create("kept", "other"), done()) == TAKEN_TWICE


def test_an_account_of_ones_own():
    """Where nobody else uses the account, nothing is there that wasn't seen being created."""
    others, own = Seen(), Seen(World())

    assert others.see(create("x"), refused(EXISTS)) == []
    assert own.see(create("x"), refused(EXISTS)) == TAKEN_TWICE


def test_what_is_left_of_readings_is_left_in_all_worlds(seen):
    """A reading that one world excludes is excluded; a world that says nothing adds none."""
    before = seen.traffic.ledger.possible["group-name-case"]
    seen.see(create("a", "Name"), done(), account=1)
    seen.see(create("b", "NAME"), done(), account=1)

    assert seen.traffic.ledger.possible["group-name-case"] < before


# --- What leaves it in doubt -------------------------------------------------------------------------------------


def test_something_unseen_may_have_changed_anything(seen):
    """What passed and couldn't be read may have been a deletion, in any world."""
    seen.see(create("y"), done(), account=1)
    seen.see(look("nothing"), refused(ABSENT), unseen=True)

    assert seen.see(create("x"), done()) == []
    assert seen.see(create("y"), done(), account=1) == []


@pytest.mark.parametrize(
    ("beside", "doubtful"),
    [
        (delete("x"), True),
        (delete("X"), True),
        (modify("x", "n"), True),
        (modify("z", "x"), True),
        (modify("z", "X"), True),
        (with_body(delete("z"), "text/strange", b"\xff{"), True),
        (delete("z"), False),
        (modify("z", "n"), False),
        (create("z", "n"), False),
    ],
)
def test_what_was_under_way_beside(seen, beside, doubtful):
    """What may be about the same group or name, in whatever letter case, leaves an answer in doubt; nothing else."""
    assert seen.see(look("x"), refused(ABSENT), beside=[beside]) == ([] if doubtful else ["State.kept.GroupName"])


def test_a_creation_beside_a_deletion(seen):
    """An id that is being deleted may be free already, and one that isn't is not."""
    assert seen.see(create("x"), done(), beside=[delete("x")]) == []
    assert Seen().see(create("y"), done(), beside=[delete("z")]) == []


def test_a_change_of_nobody_knows_what_beside_others(seen):
    """What can't be read may be about any group: so whatever was under way beside it is in doubt."""
    strange = with_body(delete("z"), "text/strange", b"\xff{")
    seen.opinion(strange, ILLEGAL, beside=[delete("x")])

    assert seen.see(look("x"), refused(ABSENT)) == []


def test_it_may_happen_after_as_well(seen):
    """What was under way may be carried out after what it overlapped: that stays in doubt."""
    seen.see(create("y"), done(), beside=[delete("y")])

    assert seen.see(create("y"), done()) == []


def test_a_look_beside_changes_nothing(seen):
    """Who only looks leaves nothing in doubt."""
    assert seen.see(look("x"), shown("x", "x")) == []
    assert seen.see(create("x", "other"), done(), beside=[look("x"), look_at_all()]) == TAKEN_TWICE


def test_what_is_seen_while_it_changes_is_not_judged(seen):
    """A look beside a change shows what was there before, or afterwards, or a part of either."""
    assert seen.opinion(look("x"), shown("x", "whatever"), beside=[modify("x", "n")]) == Opinion()
    assert seen.opinion(look_at_all(), listed(), beside=[delete("x")]) == Opinion()


CHANGES = {"deleted": delete("x"), "renamed": modify("x", "n")}
LOST = {
    "nothing came": TransportError("reset"),
    "it broke": BROKEN,
    "no answer of the API": HttpResponse(502, (("Content-Type", "text/html"),), b"<html>"),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize("came", LOST.values(), ids=LOST)
def test_a_change_that_may_have_been_made(seen, change, came):
    """Whose answer doesn't say what was done may have been done."""
    lost = seen.opinion(change, came)
    assert (lost.failures, bool(lost.unjudged)) == ((), True)

    assert seen.see(create("y", "x"), done()) == []


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_change_that_was_refused(seen, change):
    """What is surely refused has changed nothing, here or in another world."""
    seen.see(create("x"), done(), account=1)
    seen.see(change, ILLEGAL)

    assert seen.see(create("y", "x"), done()) == NAME_TAKEN_TWICE
    assert seen.see(create("y", "x"), done(), account=1) == NAME_TAKEN_TWICE


def test_a_change_that_was_made(seen):
    """What is plainly done is known: the old name is free, the new one is taken; a deleted id may be made again."""
    assert seen.see(modify("x", "n"), answer_of({})) == []
    assert seen.see(create("y", "n"), done()) == NAME_TAKEN_TWICE
    assert seen.see(look("x"), shown("x", "x")) == ["State.kept.GroupName"]
    seen.see(delete("x"), answer_of({}))
    assert seen.see(look("x"), shown("x", "somebody's")) == []
    assert seen.see(create("x"), refused(EXISTS)) == []


def test_a_change_where_letter_case_may_not_count(seen):
    """Of two ids that differ in letter case alone nobody knows which was changed."""
    seen.see(create("X", "y"), done())
    seen.see(modify("x", "n"), answer_of({}))

    assert seen.see(look("X"), shown("X", "n")) == []
    assert seen.see(look("x"), shown("x", "x")) == []


def test_a_change_of_another_version(seen):
    """What another version of the API did isn't on this page: it may have done anything to its group."""
    seen.see(delete("x", version="2018-03-01"), answer_of({}))

    assert seen.see(create("x"), done()) == []
    assert seen.see(look("x"), shown("x", "x")) == []


def test_a_change_to_what_wasnt_seen(seen):
    """A group that wasn't seen being created was somebody's: its name is taken, and may be given up at any time."""
    seen.see(modify("stranger", "n"), answer_of({}))

    assert seen.see(create("y", "n"), refused(NAME_EXISTS)) == []
    assert seen.see(create("z", "n"), done()) == []


# --- What can't be judged ----------------------------------------------------------------------------------------


def coded(message, coding, body=None):
    """A message with this Content-Encoding."""
    headers = (*message.headers, ("Content-Encoding", coding))
    body = message.body if body is None else body
    if isinstance(message, HttpRequest):
        return HttpRequest(message.method, message.url, headers, body)
    return HttpResponse(message.status, headers, body)


UNJUDGED = {
    "a compressed request": (coded(create("y"), "gzip"), done(), "the request is compressed (gzip)"),
    "its coding in capitals": (coded(create("y"), " BR "), done(), "the request is compressed (br)"),
    "an answer in an unknown coding": (
        create("y"), coded(done(), "zopfli"), "the answer is compressed in a way that can't be read (zopfli)",
    ),
    "another action": (request("GetPersonList", {}), answer_of({}), "it is for another action"),
    "a body that can't be read": (
        with_body(look("x"), "application/json", b"{"), answer_of({}), "its body can't be read",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("http", "came", "why"), UNJUDGED.values(), ids=UNJUDGED)
def test_what_cant_be_judged(seen, http, came, why):
    """It is said why, and there is no failure."""
    assert seen.opinion(http, came) == Opinion(unjudged=why)


def test_codings_that_can_be_read(seen):
    """A coding that changes nothing, one of nothing, and one that can be unpacked are in nobody's way."""
    packed = gzip.compress(done().body)

    assert seen.see(coded(create("a"), "identity"), done()) == []
    assert seen.see(coded(create("b"), "Identity"), coded(done(), "identity")) == []
    assert seen.see(create("c"), coded(done(), "gzip", packed)) == []
    assert seen.see(create("c", "d"), done()) == TAKEN_TWICE
    assert seen.opinion(coded(request("DescribeUsage", {}), "gzip", b""), answer_of({})).unjudged.endswith("action")


def test_other_versions(seen):
    """A creation by another version is judged by its envelope alone, and a sister action not at all."""
    other = {"version": "2018-03-01"}

    assert seen.see(create("x", **other), done()) == []
    assert "Response.envelope" in seen.see(create("x", **other), HttpResponse(200, (), b"oh"))
    assert seen.opinion(look("x", **other), HttpResponse(200, (), b"oh")) == Opinion()
