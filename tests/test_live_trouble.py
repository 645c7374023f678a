"""A service that misbehaves, an account with its own ways: nothing foreign is touched, what is left is told."""

import itertools
import json
import re
from copy import deepcopy

import pytest

from conformance.exchange.messages import HttpResponse
from conformance.judging.world_updates import decoded
from tests.command import command
from tests.stand_in import FEW, LIVE, Service, StandIn

SHORT = "abcdefghijklmnopqrstuvwxyz0123456789"
FOREIGN = [("Employees", "员工库"), ("abc", "Zhang San"), *((each, f"Li Si {each}") for each in SHORT)]


@pytest.fixture(name="service")
def _service():
    return Service()


@pytest.fixture(name="stand_in")
def _stand_in(tmp_path, service):
    with StandIn(tmp_path / "stand-in", service) as stand_in:
        service.populate(*FOREIGN)
        yield stand_in


def foreign_only(service):
    return {id_: group.name for id_, group in service.account.groups.items()} == dict(FOREIGN)


def ours(service):
    return set(service.account.groups) - dict(FOREIGN).keys()


def answering(service, action, answer):
    """Has an action answered by a function of the request and of what the emulator says."""
    handle = service.handle

    def handled(http):
        from conformance.exchange.reading import common_parameter

        asked = common_parameter(http, "Action") == action
        return answer(http, handle) if asked else handle(http)

    service.handle = handled


def refused(service, code):
    return lambda _http, _handle: service.refuse(code)


def html(_http, _handle):
    return HttpResponse(503, (("Content-Type", "text/html"),), b"<html>out of order</html>")


# --- What is foreign ---------------------------------------------------------------------------------------


@pytest.mark.slow
def test_success_for_a_group_that_was_there(stand_in, service):
    """A service that takes the creation of an id in use for done gives nobody's group away."""

    def idempotent(http, handle):
        from conformance.judging.world_updates import decoded

        there = decoded(http) is not None and decoded(http).last_text("GroupId") in dict(FOREIGN)
        if not there:
            return handle(http)
        body = json.dumps({"Response": {"FaceModelVersion": "3.0", "RequestId": str(len(service.seen))}})
        return HttpResponse(200, (("Content-Type", "application/json"),), body.encode())

    answering(service, "CreateGroup", idempotent)
    with stand_in.here():
        command(*LIVE, "--only", "GroupId.*", "--only", "GroupName.*")

    assert foreign_only(service)
    assert not set(service.asked("DeleteGroup")) & dict(FOREIGN).keys()
    assert stand_in.journals == []


def test_names_of_others_are_told_nobody(stand_in, service, tmp_path):
    """Creations in doubt are looked up; the name of somebody else's group is neither shown nor written."""
    answering(service, "CreateGroup", refused(service, "FailedOperation.ConflictOperation"))
    with stand_in.here():
        done = command(*LIVE, "--only", "GroupId.length.*", "--json", str(tmp_path / "r.json"))

    journals = "".join(each.read_bytes().decode("utf-8", "replace") for each in stand_in.journals)
    told = done.stdout + done.stderr + (tmp_path / "r.json").read_text() + journals
    assert not [name for _, name in FOREIGN if name in told and " " in name]
    assert foreign_only(service)
    assert stand_in.journals == []


@pytest.mark.parametrize("action", ["deletegroup", " DeleteGroup", "CreatePerson", "DeletePerson", "modifygroup"])
def test_what_isnt_sent_by_hand(stand_in, service, action):
    """Actions that could change what isn't ours aren't sent, however they are written; that is said."""
    step = json.dumps({"action": action, "parameters": {"GroupId": "Employees"}})
    with stand_in.here():
        done = command("call", "--target", "live", "--yes", step)

    assert foreign_only(service)
    assert action.strip() not in {each.strip() for each, _ in service.seen[2:]}
    assert "not sent" in done.stdout + done.stderr


# --- Leaving nothing ---------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("code", ["AuthFailure.UnauthorizedOperation", "InvalidAction"])
def test_without_get_group_info(stand_in, service, code):
    """Where groups can't be looked up one by one, the list tells; nothing is left."""
    service.answers["GetGroupInfo"] = (code,)
    with stand_in.here():
        done = command(*LIVE, *FEW, "--only", "Concurrency.*", "--level", "concurrency")

    assert foreign_only(service)
    assert "0 left" in done.stdout
    assert stand_in.journals == []


def test_deletions_that_delete_nothing(stand_in, service):
    """Success isn't believed: what is still listed is left, told, and kept in the journal for `cleanup`."""

    def pretended(http, handle):
        return handle(http) if len(service.asked("CreateGroup")) == 0 else accepted(service)

    answering(service, "DeleteGroup", pretended)
    with stand_in.here():
        done = command(*LIVE, "--max-groups", "4", "--only", "GroupName.*")
        service.handle = type(service).handle.__get__(service)
        cleaned = command("cleanup", "--yes")

    assert done.returncode != 0
    assert "still listed" in done.stdout
    assert "0 deleted" in done.stdout
    assert (cleaned.returncode, stand_in.journals) == (0, [])
    assert foreign_only(service)


def accepted(service):
    body = json.dumps({"Response": {"RequestId": f"r{len(service.seen)}"}})
    return HttpResponse(200, (("Content-Type", "application/json"),), body.encode())


@pytest.mark.parametrize("code", ["InvalidAction", "InternalError", "UnauthorizedOperation"])
def test_what_cant_be_deleted_isnt_created(stand_in, service, code):
    """A service that doesn't delete is noticed before anything is created: one sentence, exit code 3."""
    service.answers["DeleteGroup"] = (code,)
    with stand_in.here():
        done = command(*LIVE)

    assert (done.returncode, service.asked("CreateGroup")) == (3, [])
    assert done.stderr.count("\n") == 1
    assert code in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("deleted_before", [False, True])
@pytest.mark.parametrize("listed", [True, False])
def test_a_creation_that_comes_late(stand_in, service, deleted_before, listed):
    """A creation that is carried out after it was looked for is found, and deleted: also if its id was once before."""
    creations, late, carried_out = itertools.count(), [], type(service).handle.__get__(service)

    def slow(http, handle):
        before, came = deepcopy(service.account), handle(http)
        if len(service.account.groups) == len(before.groups) or next(creations) != 2:
            return came
        service.account = before  # nothing was done yet
        late.append(http)
        return service.refuse("InternalError")

    def due(http, handle):
        asked = next((decoded(each).last_text("GroupId") for each in late if each is not None), None)
        if asked and (not deleted_before or asked in service.asked("DeleteGroup")):
            carried_out(late.pop())
            late.append(None)
        return handle(http)

    answering(service, "CreateGroup", slow)
    answering(service, "GetGroupList" if listed else "GetGroupInfo", due)
    if not listed:
        service.answers["GetGroupList"] = ("UnauthorizedOperation",)
    with stand_in.here():
        done = command(*LIVE, "--max-groups", "8", "--only", "GroupName.*", "--level", "parameters")

    assert late == [None], done.stdout
    assert foreign_only(service), ours(service)
    assert stand_in.journals == []


def test_groups_that_are_left_are_no_success(stand_in, service):
    """A run that conforms and leaves groups behind doesn't end with 0."""
    service.on_request = lambda number: (
        service.answers.update(DeleteGroup=("FailedOperation.ServerError",)) if number > 100 else None
    )
    with stand_in.here():
        done = command(*LIVE, *FEW)

    assert ours(service)
    assert done.returncode == 3
    assert "cleanup" in done.stdout


def test_an_end_in_the_middle_says_what_is_left(stand_in, service):
    """Where the account can't be used any more, the sentence is followed by what became of the groups."""
    refusing = dict.fromkeys(
        ("CreateGroup", "DeleteGroup", "GetGroupInfo", "GetGroupList"), ("AuthFailure.TokenFailure",)
    )
    service.on_request = lambda number: service.answers.update(refusing) if number == 40 else None
    with stand_in.here():
        done = command(*LIVE)

    assert done.returncode == 3
    assert "AuthFailure.TokenFailure" in done.stderr
    (left,) = re.findall(r"(\d+) left", done.stderr)
    assert int(left) >= len(ours(service)) > 0  # what can't be looked for may be there


# --- Bounds ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trouble", ["html", "InternalError"])
def test_max_groups_counts_what_may_have_been_made(stand_in, service, trouble):
    """Creations that are carried out, and answered as if something broke, count."""

    def done_and_broken(http, handle):
        handle(http)
        return html(http, handle) if trouble == "html" else service.refuse(trouble)

    answering(service, "CreateGroup", done_and_broken)
    made = []
    service.on_request = lambda _number: made.append(len(ours(service)))
    with stand_in.here():
        command(*LIVE, "--max-groups", "5")

    assert max(made) <= 5
    assert foreign_only(service)


def test_the_plan_keeps_to_the_bounds(stand_in):
    """What is planned within bounds is what is sent within them."""
    with stand_in.here():
        few = command(*LIVE, "--dry-run", "--max-requests", "25").stdout
        fewer = command(*LIVE, "--dry-run", "--max-groups", "7").stdout

    assert "sends     some 25 requests" in few
    assert int(few.partition("creates   some ")[2].split()[0]) < 25
    assert "creates   some 7 groups" in fewer
    assert int(fewer.partition("sends     some ")[2].split()[0]) < 100


# --- Accounts and services that can't be used --------------------------------------------------------------


@pytest.mark.parametrize(
    "code",
    [
        "UnsupportedRegion", "IpNotInWhitelist", "IpInBlacklist", "ActionOffline", "OperationDenied", "InternalError",
        "ServiceUnavailable", "ResourceUnavailable.NotReady", "ResourceUnavailable.ChargeStatusException", "html",
    ],
)  # fmt: skip
def test_whoever_refuses_everybody(stand_in, service, code):
    """One sentence, exit code 3, three requests at most."""
    for action in ("GetGroupList", "DeleteGroup", "CreateGroup"):
        answering(service, action, html if code == "html" else refused(service, code))
    with stand_in.here():
        done = command(*LIVE)

    assert (done.returncode, done.stderr.count("\n")) == (3, 1), done.stderr
    assert len(service.seen) <= 3


def test_an_account_without_room(tmp_path):
    """An account that takes no more groups isn't a service that departs from the page."""
    with StandIn(tmp_path / "stand-in", Service(quota=len(FOREIGN) + 10)) as stand_in:
        stand_in.service.populate(*FOREIGN)
        with stand_in.here():
            done = command(*LIVE)

    assert done.returncode == 3
    assert "takes no more groups" in done.stderr
    assert foreign_only(stand_in.service)


def test_a_service_that_goes_out_of_order(stand_in, service):
    """From some request on nothing but error pages come: it is told, and what was made is deleted or journalled."""
    handle = service.handle
    service.handle = lambda http: html(http, handle) if len(service.seen) > 60 else handle(http)
    with stand_in.here():
        done = command(*LIVE)

    assert done.returncode == 3
    assert "out of order" in done.stderr
    assert len(service.seen) < 120
    service.handle = handle
    with stand_in.here():
        assert command("cleanup", "--yes").returncode == 0
    assert foreign_only(service)


@pytest.mark.parametrize("place", ["https://elsewhere.example/", "https://[", "//", "\u00e9"])
def test_redirects_are_answers(stand_in, service, place):
    """A redirect, as a captive portal sends it, is followed nowhere: one sentence."""
    headers = (("Location", place), ("Content-Type", "text/html"))
    service.handle = lambda _http: HttpResponse(302, headers, b"")
    with stand_in.here():
        done = command(*LIVE)

    assert (done.returncode, done.stderr.count("\n")) == (3, 1), done.stderr


def test_a_list_without_end(stand_in, service):
    """A list that says it is longer than it is, and always shows the same, is read once or twice."""
    page = [{"GroupId": f"g{each}", "GroupName": "n"} for each in range(10)]
    body = json.dumps({"Response": {"GroupInfos": page, "GroupNum": 10**9, "RequestId": "r"}}).encode()
    answering(service, "GetGroupList", lambda *_: HttpResponse(200, (("Content-Type", "application/json"),), body))
    with stand_in.here():
        command(*LIVE, "--max-requests", "3")

    assert len(service.asked("GetGroupList")) < 8


@pytest.mark.parametrize("made", [10**400, -(10**400), True, "soon", None, 1.5])
def test_odd_dates_of_creation(stand_in, service, made):
    """Whatever a service says of when a group was made, nothing breaks."""
    service.breaks = 3

    def odd(http, handle):
        answer = json.loads(handle(http).body)
        if "CreationTimestamp" in answer["Response"]:
            answer["Response"]["CreationTimestamp"] = made
        return HttpResponse(200, (("Content-Type", "application/json"),), json.dumps(answer).encode())

    answering(service, "GetGroupInfo", odd)
    with stand_in.here():
        done = command(*LIVE, "--max-groups", "6")
        cleaned = command("cleanup", "--yes")

    assert "Traceback" not in done.stdout + done.stderr + cleaned.stdout + cleaned.stderr
    assert cleaned.returncode in {0, 1}
    assert dict(FOREIGN).keys() <= service.account.groups.keys()


def test_something_of_ours_that_breaks_is_told(stand_in, service, monkeypatch):
    """An error of the suite's own, at the end of a live run too: it is told, exit code 3."""
    from conformance.live import clean_up

    def broken(*_args, **_kwargs):
        raise AttributeError("something of ours")

    monkeypatch.setattr(clean_up, "clean_up", broken)
    with stand_in.here():
        done = command(*LIVE, "--max-groups", "3")
    monkeypatch.undo()

    assert done.returncode == 3
    assert "something of ours" in done.stderr
    assert "cleanup" in done.stderr
    with stand_in.here():
        assert command("cleanup", "--yes").returncode == 0
    assert foreign_only(service)
