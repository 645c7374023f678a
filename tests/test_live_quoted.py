"""A live service that quotes its clients: no sentence, cassette, report or journal has a key, token or signature."""

import itertools
import json
from unittest import mock

import pytest

from conformance.base.credentials import Secret
from conformance.exchange.messages import HttpResponse
from conformance.exchange.reading import common_parameter
from conformance.live.clean_up import Outcome
from scripts import hunt
from tests.command import command
from tests.echoing import WRITINGS, Quoting
from tests.key_pair import PAIR
from tests.stand_in import FEW, FOREIGN, LIVE, Service, StandIn

# Where an answer stays one of the API's, so that a run goes on.
HARMLESS = ("member", "RequestId", "name of a member", "FaceModelVersion", "header", "name of a header", "reason")
CREATION = {"parameters": {"GroupName": "<salt>", "GroupId": "<salt>"}}


class Talkative(Quoting, Service):
    """The stand-in, which quotes in the answers to some actions."""

    def __init__(self, places, writings, actions=("",)):
        super().__init__(credentials=PAIR)
        self.signatures, self.actions = set(), actions
        self.turns = zip(itertools.cycle(places), itertools.cycle(writings))
        self.populate(*FOREIGN)

    def handle(self, http):
        """The answer, with a quotation."""
        self.remember(http)
        answer = super().handle(http)
        if not (common_parameter(http, "Action") or "").startswith(tuple(self.actions)):
            return answer
        said = {"status": answer.status, "reason": "OK", "headers": dict(answer.headers), "body": answer.body}
        self.quote(said, http)
        return HttpResponse(said["status"], tuple(said["headers"].items()), said["body"])


def leaks(service, *places):
    """Where in files a secret stands, and how."""
    return list(hunt.hunt(places, [*PAIR.texts, *map(Secret, service.signatures)]))


@pytest.mark.parametrize("place", ["Code", "Message", "page", "Location"])
@pytest.mark.parametrize("action", ["GetGroupList", "DeleteGroup", "CreateGroup", "GetGroupInfo"])
def test_no_sentence_has_a_secret(tmp_path, place, action):
    """Whatever is quoted in an answer that ends a run, or that leaves groups behind."""
    service = Talkative([place], ["plain", "percent", "base64"], [action])
    with StandIn(tmp_path / "stand-in", service) as stand_in, stand_in.here():
        for words in (("call", "--target", "live", "--yes", json.dumps(CREATION)), ("cleanup", "--yes")):
            done = command(*words)
            (tmp_path / words[0]).write_text(done.stdout + done.stderr)

    assert service.signatures
    assert leaks(service, tmp_path) == []


@pytest.mark.slow
def test_a_recording_takes_out_what_is_quoted(tmp_path):
    """However hidden, in whichever harmless place: the recording goes on, and has none of it; nor has the journal."""
    service = Talkative(HARMLESS, WRITINGS)
    words = ("record", *LIVE[1:], *FEW, "--to", str(tmp_path / "rec"), "--only", "Authentication.authorization.present")
    with StandIn(tmp_path / "stand-in", service) as stand_in, stand_in.here():
        with mock.patch("conformance.live.clean_up.clean_up", return_value=Outcome({})):
            done = command(*words, "--json", str(tmp_path / "r.json"), "--junit", str(tmp_path / "r.xml"))
        (tmp_path / "out").write_text(done.stdout + done.stderr)

    assert done.returncode in {0, 1}, done.stderr
    assert stand_in.journals
    assert len(service.signatures) > 60
    assert leaks(service, tmp_path) == []
