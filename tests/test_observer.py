"""What the observer makes of exchanges: what is certain is told, what the page allows is not; offline as online."""

from random import Random

import pytest

from conformance.base.errors import TransportError
from conformance.exchange.messages import HttpRequest, HttpResponse
from conformance.exchange.reading import secret_id_of
from conformance.exchange.wire import Form
from conformance.judging.observed import GroupRef, changes_of, group_ref
from tests.onlooker import (
    ABSENT,
    EXISTS,
    NAME_EXISTS,
    NOW,
    ONE,
    TWO,
    answer,
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
    without_header,
)

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
@pytest.mark.parametrize("seed", [0, pytest.param(1, marks=pytest.mark.slow)])
def test_conforming_accounts_in_any_order(onlooker, seed, folds, by_region):
    """Several keys, Regions, clients at once, lost answers: where the server conforms, nothing departs.

    What was lost shows nothing either.
    """
    random = Random(seed)
    server = Server(folds=folds, by_region=by_region)

    for http, came, sent, answered, beside in exchanges(server, random, 150):
        lost = isinstance(came, TransportError) or b"InternalError" in came.body
        told = onlooker.see(http, came, sent=sent, answered=answered, beside=beside)
        assert told == ["not judged"] * lost, onlooker.said[-12:]
