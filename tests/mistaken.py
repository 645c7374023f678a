"""Services with one mistake, of the kinds that frameworks and mocks of few lines make, around the emulator."""

import json
import re
import time
from dataclasses import replace

from conformance.base.credentials import EXAMPLE_CREDENTIALS
from conformance.emulator import Emulator, conforming
from conformance.emulator.faults.model import reading
from conformance.exchange.messages import HttpRequest, HttpResponse, header
from conformance.exchange.wire import Sender, headers_for
from conformance.targets.direct import ENDPOINT

_JSON = (("Content-Type", "application/json"),)
_NAMES = ("GroupName", "GroupId", "GroupExDescriptions", "Tag", "FaceModelVersion")


class Wrapped(Emulator):
    """An emulator before which something stands that answers, or passes on what it likes."""

    def __init__(self, answer, *more):
        """Make one that answers by a function of the request and of what the emulator answers to a request."""
        super().__init__(conforming(), *more)
        self._before = answer

    def handle(self, http):
        """The answer."""
        return self._before(http, super().handle)

    def anew(self, quota):
        """One before which the same stands."""
        return Wrapped(self._before, self.credentials, self.clock, quota)


def _changed(change):
    """An emulator that reads other JSON than what was signed."""

    def read(http):
        try:
            return replace(http, body=json.dumps(change(json.loads(http.body.decode(), parse_constant=int))).encode())
        except (ValueError, AttributeError, RecursionError):
            return http

    behaviour = conforming()
    reading(read)(behaviour)
    return Emulator(behaviour)


def _is_of_types(members):
    texts = [members.get(each) for each in _NAMES if each != "GroupExDescriptions"]
    items = members.get("GroupExDescriptions") or []
    return isinstance(items, list) and all(each is None or isinstance(each, str) for each in (*texts, *items))


def errors_of_the_framework():
    """What can't be decoded into the fields of a class is answered by the framework, in a line of text."""

    def answer(http, pass_on):
        try:
            fits = (
                http.method != "POST" or not http.body.startswith(b"{") or _is_of_types(json.loads(http.body.decode()))
            )
        except (ValueError, RecursionError):
            fits = False
        fits = fits and (http.body.startswith(b"{") or b"=" in http.body or http.method != "POST")
        return pass_on(http) if fits else HttpResponse(400, (("Content-Type", "text/plain"),), b"cannot decode")

    return Wrapped(answer)


def any_action():
    """Whatever Action a request names, it is taken for CreateGroup."""

    def answer(http, pass_on):
        if header(http.headers, "Authorization") is None:
            return pass_on(http)
        others = [each for each in http.headers if each[0].lower() != "x-tc-action"]
        return pass_on(replace(http, headers=(*others, ("X-TC-Action", "CreateGroup"))))

    return Wrapped(answer)


def names_in_any_case():
    """Names of members count in any case."""
    known = {each.lower(): each for each in _NAMES}
    return _changed(lambda members: {known.get(name.lower(), name): value for name, value in members.items()})


def everything_is_text():
    """What isn't a text is turned into one, as `str` does."""

    def text(name, value):
        if isinstance(value, list) and name == "GroupExDescriptions":
            return [text("", each) for each in value]
        return value if value is None else str(value)

    return _changed(lambda members: {name: text(name, value) for name, value in members.items()})


def one_success():
    """The same success, whatever comes."""
    body = b'{"Response": {"FaceModelVersion": "3.0", "RequestId": "00000000-0000-4000-8000-000000000000"}}'
    return Wrapped(lambda _http, _pass_on: HttpResponse(200, _JSON, body))


def recordings():
    """A request whose body came before is answered as it was then."""
    kept = {}

    def answer(http, pass_on):
        key = http.method, http.query, http.body
        return kept[key] if key in kept else kept.setdefault(key, pass_on(http))

    return Wrapped(answer)


def arrays_from_one():
    """In a form or a query, the first of an array has the index 1, and what has 0 is none of it."""
    counted = re.compile(r"GroupExDescriptions\.(\d+)=")

    def shifted(text):
        fields = [each for each in text.split("&") if not each.startswith("GroupExDescriptions.0=")]
        return "&".join(counted.sub(lambda match: f"GroupExDescriptions.{int(match[1]) - 1}=", each) for each in fields)

    def read(http):
        if http.method == "GET":
            before, mark, query = http.url.partition("?")
            return replace(http, url=f"{before}{mark}{shifted(query)}")
        is_form = "urlencoded" in (header(http.headers, "Content-Type") or "")
        return replace(http, body=shifted(http.body.decode("latin-1")).encode("latin-1")) if is_form else http

    behaviour = conforming()
    reading(read)(behaviour)
    return Emulator(behaviour)


def nobody_is_asked():
    """Of JSON neither a signature is compared nor anything else that is said of the sender."""
    sender = Sender(ENDPOINT, "ap-guangzhou", EXAMPLE_CREDENTIALS)

    def answer(http, pass_on):
        if http.method != "POST" or "urlencoded" in (header(http.headers, "Content-Type") or ""):
            return pass_on(http)
        action, version = (header(http.headers, each) or "" for each in ("X-TC-Action", "X-TC-Version"))
        signed = headers_for(sender, action, version, int(time.time()), body=http.body)
        return pass_on(HttpRequest("POST", f"{ENDPOINT}/", signed, http.body))

    return Wrapped(answer)
