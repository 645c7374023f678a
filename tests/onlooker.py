"""An observer that is told of exchanges made by hand."""

import itertools
import json

from conformance.base.credentials import EXAMPLE_CREDENTIALS, Credentials
from conformance.exchange.messages import HttpRequest, HttpResponse
from conformance.exchange.request import Request
from conformance.exchange.wire import Form, Sender, encode
from conformance.observe.observer import Observer
from conformance.observe.telling import RelayedExchange

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
        notes = tuple(note for note in map(self.observer.note, beside) if note is not None)
        self.observer.exchange(RelayedExchange(http, came, sent, sent if answered is None else answered, notes))
        return [line.split(":")[0].strip() for line in self.said[at:] if line.startswith("    ") and line[4] != " "]

    @property
    def verdicts(self):
        """What each exchange departs from."""
        return self.observer.session.run.results.verdicts


def signed(group_id, *, pair=EXAMPLE_CREDENTIALS, at=NOW, region="ap-guangzhou", **more):
    values = Request.of({"GroupId": group_id, "GroupName": group_id, **more})
    return encode(values, Sender("http://server", region, pair), Form.JSON, int(at))
