"""Clients that break one thing each, as people's do: name → the class, and the clause under which it is found."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import quote_plus, urlsplit

from benchmarks.clients.perfect import Client, ClientError, JsonObject
from conformance.base.credentials import Secret
from conformance.exchange.draft import Draft
from conformance.exchange.messages import HttpRequest, HttpResponse, header
from conformance.exchange.wire import Form

__all__ = ["BROKEN"]

BROKEN: dict[str, tuple[type[Client], str]] = {}


def _breaks(clause: str, name: str) -> Callable[[type[Client]], type[Client]]:
    """Enter a client into the table."""

    def enter(client: type[Client]) -> type[Client]:
        BROKEN[name] = client, clause
        return client

    return enter


# --- The request -------------------------------------------------------------------------------------------------


@_breaks("sdk.request.empty", "drops-empty-texts")
class _DropsEmpty(Client):
    def parameters(self, asked: JsonObject) -> JsonObject:
        return {name: value for name, value in super().parameters(asked).items() if value != ""}


@_breaks("sdk.request.empty", "drops-empty-lists")
class _DropsLists(Client):
    def parameters(self, asked: JsonObject) -> JsonObject:
        return {name: value for name, value in super().parameters(asked).items() if value != []}


@_breaks("sdk.request.list-order", "sorts-lists")
class _Sorts(Client):
    def parameters(self, asked: JsonObject) -> JsonObject:
        told = super().parameters(asked)
        return {name: sorted(each, key=str) if isinstance(each, list) else each for name, each in told.items()}


@_breaks("sdk.request.list-null", "cuts-lists-at-null")
class _CutsAtNull(Client):
    def parameters(self, asked: JsonObject) -> JsonObject:
        cut = {
            name: each[: each.index(None)] for name, each in asked.items() if isinstance(each, list) and None in each
        }
        return super().parameters({**asked, **cut})


@_breaks("sdk.request.unset", "sends-what-is-unset")
class _SendsUnset(Client):
    def parameters(self, asked: JsonObject) -> JsonObject:
        return {**super().parameters(asked), "Tag": asked.get("Tag") or ""}


@_breaks("sdk.request.value", "cuts-versions")
class _CutsVersions(Client):
    def parameters(self, asked: JsonObject) -> JsonObject:
        told = super().parameters(asked)
        return {name: each.removesuffix(".0") if name == "FaceModelVersion" else each for name, each in told.items()}


@_breaks("sdk.request.text", "escapes-twice")
class _EscapesTwice(Client):
    def parameters(self, asked: JsonObject) -> JsonObject:
        told = super().parameters(asked)
        return {name: json.dumps(each)[1:-1] if name == "Tag" else each for name, each in told.items()}


@_breaks("sdk.request.text", "writes-latin-1")
class _Latin(Client):
    def parameters(self, asked: JsonObject) -> JsonObject:
        told = super().parameters(asked)
        return {
            name: each.encode("latin-1", "replace").decode("latin-1") if name == "Tag" else each
            for name, each in told.items()
        }


@_breaks("sdk.request.text", "trims")
class _Trims(Client):
    def parameters(self, asked: JsonObject) -> JsonObject:
        told = super().parameters(asked)
        return {name: each.strip() if isinstance(each, str) else each for name, each in told.items()}


@_breaks("sdk.request.signature", "signs-no-body")
class _SignsNoBody(Client):
    def drafted(self, asked: JsonObject) -> Draft:
        made = super().drafted(asked)
        made.payload = b""
        return made


@_breaks("sdk.request.signature", "adds-to-queries-when-they-are-signed")
class _Adds(Client):
    def signed(self, asked: JsonObject) -> HttpRequest:
        http = super().signed(asked)
        return replace(http, url=f"{http.url}&Tag=x") if self.form is Form.QUERY else http


@_breaks("sdk.request.signature", "signs-with-the-id")
class _OtherKey(Client):
    def __init__(self, call: JsonObject) -> None:
        super().__init__(call)
        pair = self.sender.credentials
        self.sender = replace(self.sender, credentials=replace(pair, secret_key=Secret(pair.secret_id.reveal())))


@_breaks("sdk.request.common-parameters", "asks-for-another-region")
class _OtherRegion(Client):
    def __init__(self, call: JsonObject) -> None:
        super().__init__({**call, "region": "ap-singapore"})


@_breaks("sdk.request.common-parameters", "speaks-no-english")
class _NoLanguage(Client):
    def drafted(self, asked: JsonObject) -> Draft:
        made = super().drafted(asked)
        made.common.pop("Language", None)
        return made


@_breaks("sdk.request.nonce", "uses-a-nonce-again")
class _SameNonce(Client):
    def drafted(self, asked: JsonObject) -> Draft:
        made = super().drafted(asked)
        if "Nonce" in made.common:
            made.common["Nonce"] = "11886"
        return made


@_breaks("sdk.request.once", "asks-twice")
class _Twice(Client):
    def exchange(self, http: HttpRequest) -> HttpResponse:
        answer = super().exchange(http)
        super().exchange(http)
        return answer


# --- The answer --------------------------------------------------------------------------------------------------


@_breaks("sdk.answer.fields", "invents-request-ids")
class _NoId(Client):
    def read(self, answer: HttpResponse) -> JsonObject:
        return {**super().read(answer), "RequestId": "00000000-0000-0000-0000-000000000000"}


@_breaks("sdk.answer.types", "makes-versions-numbers")
class _Numbers(Client):
    def read(self, answer: HttpResponse) -> JsonObject:
        read = super().read(answer)
        return {**read, "FaceModelVersion": float(read["FaceModelVersion"])}


@_breaks("sdk.answer.unknown-fields", "knows-no-other-members")
class _Strict(Client):
    def response(self, answer: HttpResponse) -> JsonObject:
        response = super().response(answer)
        if response.keys() - {"FaceModelVersion", "RequestId", "Error"}:
            raise ClientError("BadAnswer", "a member that nobody knows")
        return response


@_breaks("sdk.error.request-id", "swallows-request-ids")
class _SwallowsId(Client):
    def refusal(self, response: JsonObject) -> ClientError:
        error = super().refusal(response)
        return ClientError(error.code, error.message)


@_breaks("sdk.error.message", "garbles-messages")
class _Garbles(Client):
    def refusal(self, response: JsonObject) -> ClientError:
        error = super().refusal(response)
        return ClientError(error.code, str(error.message).encode("ascii", "replace").decode(), error.request_id)


@_breaks("sdk.error.code", "cuts-codes")
class _CutsCodes(Client):
    def refusal(self, response: JsonObject) -> ClientError:
        error = super().refusal(response)
        return ClientError(error.code.partition(".")[0], error.message, error.request_id)


@_breaks("sdk.error.never-success", "takes-errors-for-successes")
class _NoErrors(Client):
    def read(self, answer: HttpResponse) -> JsonObject:
        response = self.response(answer)
        return {"FaceModelVersion": response.get("FaceModelVersion"), "RequestId": response.get("RequestId")}


@_breaks("sdk.error.content-type", "reads-bare-json-alone")
class _Bare(Client):
    def read(self, answer: HttpResponse) -> JsonObject:
        if header(answer.headers, "Content-Type") != "application/json":
            return {"RequestId": self.response(answer).get("RequestId")}
        return super().read(answer)


@_breaks("sdk.error.kind", "raises-value-errors")
class _Raw(Client):
    def read(self, answer: HttpResponse) -> JsonObject:
        try:
            return super().read(answer)
        except ClientError as error:
            raise ValueError(error.code) from error


@_breaks("sdk.resilience.bad-body", "trusts-bodies")
class _Trusts(Client):
    def response(self, answer: HttpResponse) -> JsonObject:
        response: JsonObject = json.loads(answer.body)["Response"]
        return response


@_breaks("sdk.resilience.partial-error", "trusts-errors")
class _TrustsErrors(Client):
    def refusal(self, response: JsonObject) -> ClientError:
        error = response["Error"]
        return ClientError(error["Code"], error["Message"], response["RequestId"])


@_breaks("sdk.resilience.http-status", "looks-at-the-status-alone")
class _StatusAlone(Client):
    def read(self, answer: HttpResponse) -> JsonObject:
        if answer.status != 200:
            raise ClientError("", "bad status")
        return super().read(answer)


@_breaks("sdk.resilience.redirect-not-followed", "follows-redirects")
class _Follows(Client):
    def exchange(self, http: HttpRequest) -> HttpResponse:
        answer = super().exchange(http)
        there = header(answer.headers, "Location")
        if there is None:
            return answer
        host = urlsplit(there).netloc
        headers = tuple((name, host if name == "Host" else value) for name, value in http.headers)
        self.connection = None
        return super().exchange(replace(http, url=there, headers=headers))


@_breaks("sdk.resilience.lost-answer-not-resent", "retries-silently")
class _Retries(Client):
    def exchange(self, http: HttpRequest) -> HttpResponse:
        try:
            return super().exchange(http)
        except ClientError:
            return super().exchange(http)


@_breaks("sdk.resilience.retry-does-not-collide", "retries-what-may-be-done")
class _RetriesDone(Client):
    def perform(self, asked: JsonObject) -> JsonObject:
        try:
            return super().perform(asked)
        except ClientError:
            if self.call["retries"] == "off":
                raise
            return super().perform(asked)


@_breaks("sdk.resilience.deadline.dripping", "waits-for-each-byte-anew")
class _NoDeadline(Client):
    def exchange(self, http: HttpRequest) -> HttpResponse:
        self.call = {**self.call, "timeout": 3600}
        return super().exchange(http)


@_breaks("sdk.resilience.token-stays", "takes-its-token-along")
class _TakesAlong(_Follows):
    """Redirections are followed with all headers."""


@_breaks("sdk.local.refusals", "refuses-what-is-empty")
class _Refuses(Client):
    def parameters(self, asked: JsonObject) -> JsonObject:
        if not asked.get("GroupName"):
            raise ClientError("ClientError", "GroupName must not be empty")
        return super().parameters(asked)


@_breaks("sdk.request.value", "knows-no-forms")
class _Unquoted(Client):
    def drafted(self, asked: JsonObject) -> Draft:
        made = super().drafted(asked)
        made.quote = lambda text: quote_plus(text.encode("utf-8", "surrogatepass")).replace("-", "+")
        return made


@_breaks("sdk.resilience.memory", "takes-whatever-comes")
class _Greedy(Client):
    def _answer(self, http: HttpRequest, until: float) -> HttpResponse:
        from benchmarks.clients import perfect

        largest, perfect._LARGEST = perfect._LARGEST, 10**12
        try:
            return super()._answer(http, until)
        finally:
            perfect._LARGEST = largest


@_breaks("sdk.resilience.deadline.first-byte", "waits-for-ever")
class _ForEver(Client):
    def exchange(self, http: HttpRequest) -> HttpResponse:
        try:
            return super().exchange(http)
        except ClientError:
            time.sleep(3600)
            raise
