"""Live against services that are lenient, late, lying or half dead: nothing foreign is touched, what is left told."""

import json
import re
from unittest import mock

import pytest

from conformance.base.words import visible
from conformance.live.clean_up import Outcome
from tests.command import command
from tests.hostile_requests import HOSTILE
from tests.lenient import FOREIGN, SERVICES, Lenient
from tests.stand_in import LIVE, StandIn

SENDINGS = ("alone", "twice", "together", "pipelined", "lost")
CALL = ("call", "--target", "live", "--yes")
PLAIN = {"GroupName": "<salt>n", "GroupId": "<salt>i"}


def _steps():
    """Creations in every way of sending, by every method, and written in ways that some read."""
    for number, sending in enumerate(SENDINGS):
        numbered = {"GroupName": f"<salt>{number}n<n>", "GroupId": f"<salt>{number}i<n>"}
        yield {"parameters": numbered, "sending": sending, "copies": 1 if sending in {"alone", "lost"} else 2}
    for number, method in enumerate(("PUT", "PATCH", "DELETE", "OPTIONS", "HEAD", "POST")):
        parameters = {"GroupName": f"<salt>{number}m", "GroupId": f"<salt>{number}"}
        yield {"parameters": parameters, "twists": [f"method={method}"]}
    yield {"parameters": {"GroupName": "<salt>工", "GroupId": " <SALT>p "}}
    yield {"parameters": {"GroupName": "<salt>q", "GroupId": "%3Csalt%3E"}}
    yield {"parameters": {"GroupName": "<salt>r", "GroupId": "<salt>" + "r" * 60}}
    yield {"parameters": {"GroupName": "<salt>s", "GroupId": "<salt>s"}, "twists": ["append= {}"]}
    for region in ("ap-beijing", "mars-north", "AP-Guangzhou"):
        parameters = {"GroupName": f"<salt>{region}", "GroupId": f"<salt>{region}"}
        yield {"parameters": parameters, "twists": [f"region={region}"]}
    yield {"parameters": {"GroupName": "<salt>v", "GroupId": "<salt>v"}, "twists": ["without=Region"]}
    yield {"parameters": {"GroupName": "<salt>t", "GroupId": "<salt>t"}, "form": "query"}
    yield {"parameters": {"GroupName": "<salt>u", "GroupId": "<salt>u"}, "twists": ["encoding=utf-16"]}


STEPS = tuple(map(json.dumps, _steps()))
# Of those that are written otherwise than plainly, one for each way of sending.
HELD_BACK = (
    "plainly", "an object behind the object", "a second action", "by DELETE", "created where it is",
    "an action in a query", "escapes in JSON", "a form of another name",
)  # fmt: skip


def nothing_foreign_was_touched(service):
    found = {id_: group.name for id_, group in service.account.groups.items()}
    return {id_: found.get(id_) for id_, _ in FOREIGN} == dict(FOREIGN)


def untold(service, *told):
    """The groups that are there, are nobody else's, and of which nothing was said; but for as many as were counted."""
    there = set(service.account.groups) - dict(FOREIGN).keys()
    unnamed = {each for each in there if not any(visible(each) in text for text in told)}
    counted = re.findall(r"(\d+) groups? \(.*\) came into the account", "".join(told))
    return unnamed if len(unnamed) > sum(map(int, counted)) else set()


@pytest.fixture(name="service")
def _service(tmp_path):
    """The service of a name, in the place of the real one; the suite's waits pass its time."""

    def serving(name):
        service = Lenient(how=frozenset(SERVICES[name]))
        service.populate(*FOREIGN)
        here = StandIn(tmp_path / "stand-in", service)
        return service, here

    return serving


def _live(service, stand_in):
    """Everything that is sent to a service, until it is cleaned up; what was told."""
    told = []
    waits = mock.patch("conformance.live.clock.AccountClock.wait", lambda _clock, seconds: service.wait(seconds))
    with stand_in, stand_in.here(), waits:
        for index, sending in enumerate(SENDINGS):
            hostile = HOSTILE[HELD_BACK[index % len(HELD_BACK)]]
            step = {"sending": sending, "copies": 1 if sending in {"alone", "lost"} else 2, **hostile}
            done = command(*CALL, json.dumps(step))
            told.append(done.stdout + done.stderr)
            assert "not sent" in told[-1] or done.returncode == 3, told[-1]
        done = command(*CALL, *STEPS)
        told.append(done.stdout + done.stderr)
        assert done.returncode in {0, 1, 3, 5}
        done = command(*LIVE, "--max-groups", "12", "--level", "parameters,protocol,state")
        told.append(done.stdout + done.stderr)
        assert nothing_foreign_was_touched(service), service.account.groups
        service.wait(100.0)  # what nobody waits for
    return told


QUICK = ("verbs", "creates late", "own ids")


@pytest.mark.parametrize(
    "name", [pytest.param(each, marks=() if each in QUICK else pytest.mark.slow) for each in SERVICES]
)
def test_nothing_foreign_is_touched_and_what_is_left_is_told(service, name):
    """Whatever a service reads, keeps, says or delays."""
    serving, stand_in = service(name)
    told = _live(serving, stand_in)

    for each in (serving, *serving.regions.values()):
        assert nothing_foreign_was_touched(each)
        assert untold(each, *told) == set(), told[-2:]


def test_what_a_service_does_to_groups_of_others_by_itself_is_told(tmp_path):
    """One that makes room for new groups: which of those that were there before are gone."""
    service = Lenient(how=frozenset({"evicts"}))
    service.populate(*FOREIGN)
    with StandIn(tmp_path / "stand-in", service) as stand_in, stand_in.here():
        done = command(
            *CALL, *(json.dumps({"parameters": PLAIN | {"GroupId": f"<salt>{each}"}}) for each in "abcdefghi")
        )

    gone = dict(FOREIGN).keys() - service.account.groups.keys()
    assert gone
    assert f"{len(gone)} groups ({', '.join(sorted(gone)[:3])}" in done.stdout
    assert "of before the run went" in done.stdout


def test_groups_of_another_region_are_left_alone(tmp_path):
    """A group of the run isn't one of the same id elsewhere; what it creates elsewhere is deleted there, also later."""
    service = Lenient(how=frozenset({"regional"}))
    service.populate(*FOREIGN)
    elsewhere = service.in_region("ap-beijing")
    elsewhere.populate(("0123456789", "theirs"))
    here = {"parameters": {"GroupName": "<salt>a", "GroupId": "0123456789"}}
    there = {"parameters": PLAIN, "twists": ["region=ap-beijing"]}
    both = {"parameters": {"GroupName": "<salt>b", "GroupId": "0123456789"}, "twists": ["region=ap-beijing"]}
    deletion = {"action": "DeleteGroup", "parameters": {"GroupId": "0123456789"}, "twists": ["region=ap-beijing"]}
    with StandIn(tmp_path / "stand-in", service) as stand_in, stand_in.here():
        done = [command(*CALL, *map(json.dumps, (here, there, each))) for each in (both, deletion)]
        with mock.patch("conformance.live.clean_up.clean_up", return_value=Outcome({})):
            command(*CALL, json.dumps(there))
        left = [each for each in elsewhere.account.groups if each not in {*dict(FOREIGN), "0123456789"}]
        cleaned = command("cleanup", "--yes")

    for each in done:
        assert "'0123456789' may be a group of somebody else's" in each.stdout
        assert "2 groups deleted, 0 left" in each.stdout
    assert len(left) == 1
    assert cleaned.returncode == 0, cleaned.stdout
    assert set(elsewhere.account.groups) == {*dict(FOREIGN), "0123456789"}
    assert set(service.account.groups) == set(dict(FOREIGN))
