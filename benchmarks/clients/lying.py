"""Drivers that lie, each in one way: name → the class, and the clause under which it is found."""

from __future__ import annotations

import os
import threading
import uuid
from collections.abc import Callable

from benchmarks.clients.perfect import Client, ClientError, Driver, JsonObject
from conformance.exchange.messages import HttpRequest, HttpResponse

__all__ = ["LYING"]

LYING: dict[str, tuple[type[Driver], str]] = {}


def _lies(clause: str, name: str) -> Callable[[type[Driver]], type[Driver]]:
    """Enter a driver into the table."""

    def enter(driver: type[Driver]) -> type[Driver]:
        LYING[name] = driver, clause
        return driver

    return enter


def _success() -> JsonObject:
    return {"answer": {"FaceModelVersion": "3.0", "RequestId": str(uuid.uuid4())}}


# --- What was never sent -----------------------------------------------------------------------------------------


@_lies("sdk.request.once", "reports-successes-and-sends-nothing")
class _SendsNothing(Driver):
    def performed(self, call: JsonObject) -> JsonObject:
        return _success()


@_lies("sdk.request.once", "answers-from-a-cache")
class _Caches(Driver):
    cached: JsonObject | None = None

    def performed(self, call: JsonObject) -> JsonObject:
        if self.cached is None or "error" in self.cached:
            self.cached = super().performed(call)
        return self.cached


@_lies("sdk.request.once", "sends-a-second-request-and-hides-it")
class _Hides(Driver):
    def performed(self, call: JsonObject) -> JsonObject:
        first = super().performed(call)
        super().performed({**call, "client": "new"})
        return first


@_lies("sdk.request.once", "sends-a-second-request-when-all-is-told")
class _HidesLater(Driver):
    def reply(self, call: JsonObject) -> None:
        super().reply(call)
        threading.Thread(target=self.performed, args=({**call, "client": "new"},)).start()


@_lies("sdk.request.once", "sends-a-request-before-the-one-that-was-asked-for")
class _Probes(Driver):
    def performed(self, call: JsonObject) -> JsonObject:
        super().performed({**call, "parameters": {"GroupName": "warm", "GroupId": "up"}})
        return super().performed(call)


@_lies("sdk.request.value", "sends-another-call-than-was-asked-for")
class _SendsOther(Driver):
    def performed(self, call: JsonObject) -> JsonObject:
        parameters = {**call["parameters"], "GroupName": "another"}
        return super().performed({**call, "parameters": parameters})


@_lies("sdk.request.unset", "fills-in-what-is-missing")
class _FillsIn(Driver):
    def performed(self, call: JsonObject) -> JsonObject:
        return super().performed({**call, "parameters": {"GroupName": "x", "GroupId": "y", **call["parameters"]}})


@_lies("sdk.request.signature", "signs-with-another-method")
class _OtherMethod(Driver):
    def performed(self, call: JsonObject) -> JsonObject:
        return super().performed({**call, "signing": "TC3-HMAC-SHA256", "method": "POST", "client": "new"})


@_lies("sdk.request.common-parameters", "posts-what-was-to-be-got")
class _Posts(Driver):
    def performed(self, call: JsonObject) -> JsonObject:
        return super().performed({**call, "method": "POST"})


# --- What never came ---------------------------------------------------------------------------------------------


@_lies("sdk.answer.fields", "invents-answers")
class _Invents(Driver):
    def performed(self, call: JsonObject) -> JsonObject:
        super().performed(call)
        return _success()


@_lies("sdk.error.code", "reports-one-error-for-all")
class _OneError(Driver):
    def told(self, error: Exception, kind: str) -> JsonObject:
        return super().told(ClientError("InternalError", "x", "y"), "sdk")


@_lies("sdk.error.message", "translates-messages")
class _Translates(Driver):
    def told(self, error: Exception, kind: str) -> JsonObject:
        if isinstance(error, ClientError):
            error = ClientError(error.code, "refused", error.request_id)
        return super().told(error, kind)


@_lies("sdk.error.never-success", "makes-errors-successes")
class _NoErrors(Driver):
    def told(self, error: Exception, kind: str) -> JsonObject:
        return _success()


@_lies("sdk.answer.fields", "repeats-the-last-request-id")
class _Repeats(Driver):
    last = ""

    def performed(self, call: JsonObject) -> JsonObject:
        result = super().performed(call)
        if "answer" in result:
            given, self.last = self.last or result["answer"]["RequestId"], result["answer"]["RequestId"]
            result["answer"]["RequestId"] = given
        return result


@_lies("sdk.error.request-id", "invents-request-ids-of-errors")
class _InventsIds(Driver):
    def told(self, error: Exception, kind: str) -> JsonObject:
        if isinstance(error, ClientError):
            error = ClientError(error.code, error.message, str(uuid.uuid4()))
        return super().told(error, kind)


class _Corrects(Client):
    """What the driver mends before the SDK sees it."""

    def exchange(self, http: HttpRequest) -> HttpResponse:
        answer = super().exchange(http)
        if answer.status == 302:
            return HttpResponse(200, answer.headers, b'{"Response": {"RequestId": "x", "FaceModelVersion": "3.0"}}')
        return answer


@_lies("sdk.resilience.redirect-not-followed", "makes-redirects-successes")
class _MakesSuccesses(Driver):
    client = _Corrects


# --- What can be done --------------------------------------------------------------------------------------------


@_lies("driver.capabilities", "skips-what-it-can-do")
class _Skips(Driver):
    def reply(self, call: JsonObject) -> None:
        if "Tag" in call["parameters"]:
            self.say(type="unsupported", id=call["id"], reason="no Tag")
        else:
            super().reply(call)


@_lies("driver.capabilities", "does-what-it-says-it-cannot")
class _DoesIt(Driver):
    def reply(self, call: JsonObject) -> None:
        self.performed(call)
        self.say(type="unsupported", id=call["id"], reason="no time")


@_lies("sdk.request.empty", "says-that-it-can-do-nothing")
class _CanNothing(Driver):
    can = frozenset()


# --- The protocol ------------------------------------------------------------------------------------------------


@_lies("driver.protocol", "chats-on-standard-output")
class _Chats(Driver):
    def reply(self, call: JsonObject) -> None:
        self._write.write("DEBUG calling\n")
        super().reply(call)


@_lies("driver.protocol", "chats-before-its-hello")
class _ChatsBefore(Driver):
    def hello(self) -> None:
        self._write.write("Welcome\n")
        super().hello()


@_lies("driver.protocol", "answers-another-call")
class _OtherId(Driver):
    last = ""

    def reply(self, call: JsonObject) -> None:
        super().reply({**call, "id": self.last or call["id"]})
        self.last = call["id"]


@_lies("driver.protocol", "answers-without-a-kind")
class _NoKind(Driver):
    def told(self, error: Exception, kind: str) -> JsonObject:
        return {"error": {"class": "E"}}


@_lies("sdk.answer.fields", "ends-in-the-middle")
class _Ends(Driver):
    calls = 0

    def reply(self, call: JsonObject) -> None:
        self.calls += 1
        if self.calls == 2:
            os._exit(7)
        super().reply(call)
