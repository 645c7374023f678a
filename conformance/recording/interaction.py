"""One recorded interaction, as a value and as vcrpy's YAML has it. Pure."""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from conformance.base.errors import HungUpError, TransportError
from conformance.base.shapes import (
    BODY,
    FLAG,
    TEXT,
    Items,
    Leaf,
    Members,
    Named,
    Pair,
    between,
    check,
    optional,
    whole,
)
from conformance.exchange.messages import Answer, Headers, HttpRequest, HttpResponse, Place, header
from conformance.exchange.reading import common_parameter
from conformance.exchange.wire import UndecodableError, decode
from conformance.judging.observed import Context, GroupRef, ObservedExchange
from conformance.privacy.secrets import SCRUBBED, is_scrubbed

__all__ = ["LARGEST_BODY", "Interaction", "fingerprint", "from_values", "runs_of", "to_values"]

# In larger bodies, what is repeated is written once: some requests are large on purpose, and hold nothing but spaces.
_LARGEST_PLAIN = 16 * 1024
# No body is larger: the largest that is sent is one of 10 MB, and a byte.
LARGEST_BODY = 16 * 1024 * 1024
_LONG_RUN = 1000
_NO_ANSWER = 0  # in the place of an HTTP status
_LAST_SECOND = 253402300800.0  # of the year 9999
# The phrases of RFC 9110; Python before 3.13 has older ones.
_PHRASES = {each.value: each.phrase for each in HTTPStatus} | {
    413: "Content Too Large",
    414: "URI Too Long",
    416: "Range Not Satisfiable",
    422: "Unprocessable Content",
}


@dataclass(frozen=True, slots=True)
class Interaction:
    """A request and what came of it.

    Attributes:
        number: which it is in its file, from 1; in a file of the first format, which it was in the whole recording.
        at: when the request was sent, in seconds since 1970.
        request: scrubbed; its place is that in the recorded run, None where it was somebody else's. Without its body,
            where that is packed.
        answer: scrubbed; or why none came.
        packed: a large body in pieces, each with how often it stands there; empty where the request has its body.
        mark: the request's fingerprint; None where it is still to be taken.
        circumstances: what else was known of it, where it was somebody else's.
    """

    number: int
    at: float
    request: HttpRequest
    answer: Answer
    packed: tuple[tuple[bytes, int], ...] = ()
    mark: str | None = None
    circumstances: Context = field(default_factory=Context)

    @property
    def whole(self) -> HttpRequest:
        """The request with its body."""
        if not self.packed:
            return self.request
        return replace(self.request, body=b"".join(piece * times for piece, times in self.packed))

    @property
    def overheard(self) -> ObservedExchange:
        """The exchange, as it was judged when it passed; but whose key signed it was left out."""
        return ObservedExchange(self.whole, self.answer, self.at, self.circumstances)

    @property
    def fingerprint(self) -> str:
        """See the function of the same name."""
        return self.mark if self.mark is not None else fingerprint(self.request)


def fingerprint(http: HttpRequest) -> str:
    """What two requests must share to be the same: method, path, action, version and parameters; 32 hex digits.

    Signature, time, nonce, SecretId and token are no part of it; where the parameters can't be read, the body is.
    """
    try:
        request = decode(http)
        known = [
            (name, SCRUBBED if isinstance(value, str) and is_scrubbed(name, value) else value)
            for name, value in request.parameters
        ]
        said: object = [request.action, request.version, known]
    except UndecodableError:
        common = [common_parameter(http, name) for name in ("Action", "Version")]
        said = [common, hashlib.sha256(http.body).hexdigest()]
    media_type = (header(http.headers, "Content-Type") or "").partition(";")[0].strip().lower()
    whole = json.dumps([http.method, urlsplit(http.url).path, media_type, said])
    return hashlib.sha256(whole.encode()).hexdigest()[:32]


# --- Into values -----------------------------------------------------------------------------------------


def to_values(interaction: Interaction) -> dict[str, object]:
    """The interaction as vcrpy writes it, and under `recorded` what only this suite reads."""
    request, answer = interaction.request, interaction.answer
    recorded: dict[str, object] = {"at": math.floor(interaction.at * 1_000_000) / 1_000_000}
    if (place := request.place) is not None:
        recorded |= {"case": place.case, "salt": place.salt}
        recorded |= {name: at for name, at in (("step", place.step), ("copy", place.copy)) if at}
    recorded |= _circumstances_to_values(interaction)
    body: object = _text(request.body)
    runs = runs_of(request.body) if len(request.body) > _LARGEST_PLAIN else ()
    if any(times > 1 for _, times in runs):
        recorded["body"] = [[_text(piece), times] for piece, times in runs]
        recorded["fingerprint"] = fingerprint(request)
        body = f"{len(request.body)} bytes, which stand under `recorded`"
    if isinstance(answer, TransportError):
        recorded["closed"] = answer.closed
        recorded |= {"unreadable": True} if answer.unreadable else {}
    return {
        "request": {
            "method": request.method,
            "uri": request.url,
            "body": body,
            "headers": _grouped(request.headers),
        },
        "response": _answer_to_values(answer),
        "recorded": recorded,
    }


def _circumstances_to_values(interaction: Interaction) -> dict[str, object]:
    """What is known of somebody else's exchange; to the letter, so that it is judged again as it was."""
    known = interaction.circumstances
    values: dict[str, object] = {}
    if known.answered is not None:
        values |= {"at": interaction.at, "answered": known.answered}
    if known.account:
        values["account"] = known.account
    if known.overlapped:
        values["overlapped"] = [
            {"group_id": each.group_id, "name": each.name, "creates": each.creates} for each in known.overlapped
        ]
    if known.unseen:
        values["unseen"] = True
    return values


def _answer_to_values(answer: Answer) -> dict[str, object]:
    if isinstance(answer, TransportError):
        return {"status": {"code": _NO_ANSWER, "message": str(answer)}, "headers": {}, "body": {"string": ""}}
    return {
        "status": {"code": answer.status, "message": _PHRASES.get(answer.status, "")},
        "headers": _grouped(answer.headers),
        "body": {"string": _text(answer.body)},
    }


def runs_of(body: bytes) -> tuple[tuple[bytes, int], ...]:
    """A body in pieces, each with how often it stands there: a long run of one byte is a piece of its own."""
    size = _LONG_RUN // 2  # a long run fills one of the blocks of this size
    blocks = (body[each : each + size] for each in range(0, len(body), size))
    repeated = {each[0] for each in blocks if each == each[:1] * size}
    runs = b"|".join(re.escape(bytes([each])) + b"{%d,}" % _LONG_RUN for each in sorted(repeated))
    pieces: list[tuple[bytes, int]] = []
    end = 0
    for run in re.finditer(runs, body) if runs else ():
        pieces += [(body[end : run.start()], 1), (run[0][:1], len(run[0]))]
        end = run.end()
    pieces.append((body[end:], 1))
    return tuple(each for each in pieces if each[0])


def _text(body: bytes) -> str | bytes:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return body


def _grouped(headers: Headers) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, value in headers:
        grouped.setdefault(name, []).append(value)
    return grouped


# --- Out of values ---------------------------------------------------------------------------------------


def from_values(values: object, number: int = 1) -> Interaction:
    """The interaction that values say; those of a plain vcrpy cassette too, which know no place.

    Args:
        values: JSON values, and bytes.
        number: which interaction of its file it is.

    Raises:
        ValueError: they say none; the message tells what is missing.
    """
    check(values, INTERACTION, f"interaction {number}")
    assert isinstance(values, Mapping)  # noqa: S101 -- that is its shape
    recorded = values.get("recorded", {})
    for one, other in (("case", "salt"), ("body", "fingerprint")):
        if one in recorded and other not in recorded:
            raise ValueError(f"interaction {number}.recorded has `{one}`, but lacks `{other}`")
    return _from_values(values, number)


def _from_values(values: Mapping[str, Any], number: int) -> Interaction:
    request, response, recorded = values["request"], values["response"], values.get("recorded", {})
    packed = _packed(recorded.get("body", []), f"interaction {number}")
    body = _bytes(request["body"]) if not packed else b""
    http = HttpRequest(request["method"], request["uri"], _headers(request["headers"]), body)
    if "case" in recorded:
        step, copy = (recorded.get(name, 0) for name in ("step", "copy"))
        http = replace(http, place=Place(recorded["case"], recorded["salt"], step, copy))
    status = response["status"]
    answer: Answer
    if status["code"] == _NO_ANSWER:
        why, hung_up = str(status.get("message")), HungUpError()
        kept = {name: recorded.get(name) is True for name in ("closed", "unreadable")}
        answer = hung_up if why == str(hung_up) else TransportError(why, **kept)
    else:
        answer = HttpResponse(status["code"], _headers(response["headers"]), _bytes(response["body"]["string"]))
    mark = recorded["fingerprint"] if packed else None
    at = float(recorded.get("at", 0.0))
    return Interaction(recorded.get("number", number), at, http, answer, packed, mark, _circumstances(recorded))


def _circumstances(recorded: Mapping[str, Any]) -> Context:
    overlapped = recorded.get("overlapped", [])
    return Context(
        recorded.get("account", 0),
        recorded.get("answered"),
        tuple(GroupRef(each["group_id"], each["name"], each["creates"]) for each in overlapped),
        recorded.get("unseen", False),
    )


def _packed(value: list[list[Any]], where: str) -> tuple[tuple[bytes, int], ...]:
    """A large body in pieces. Raises ValueError where it is larger than any that is sent."""
    pieces = tuple((_bytes(piece), times) for piece, times in value)
    if sum(len(piece) * times for piece, times in pieces) > LARGEST_BODY:
        raise ValueError(f"{where} has a body that is larger than {LARGEST_BODY} bytes")
    return pieces


# --- What they must look like ------------------------------------------------------------------------------


def _is_url(value: object) -> bool:
    try:
        return isinstance(value, str) and urlsplit(value) is not None
    except ValueError:
        return False


def _is_line(value: object) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)


_LINE = Leaf("a text", _is_line)
_LINES = Leaf(
    "a text, or a list of texts", lambda value: all(map(_is_line, value if isinstance(value, list) else [value]))
)
_MOMENT = between(0, _LAST_SECOND - 1, "seconds since 1970")
_COUNT = whole(0, 10**9)
INTERACTION = Members(
    {
        "request": Members(
            {"method": TEXT, "uri": Leaf("a URL", _is_url), "body": BODY, "headers": Named(_LINES)}
        ),
        "response": Members(
            {
                "status": Members({"code": whole(0, 999)}, {"message": optional(_LINE)}),
                "headers": Named(_LINES),
                "body": Members({"string": BODY}),
            }
        ),
    },
    {
        "recorded": Members(
            {},
            {
                "at": _MOMENT, "answered": _MOMENT, "number": _COUNT, "account": _COUNT,
                "case": TEXT, "salt": TEXT, "step": _COUNT, "copy": _COUNT, "whole_case": TEXT, "fingerprint": TEXT,
                "closed": FLAG, "unseen": FLAG,
                "body": Items(Pair(BODY, whole(1, LARGEST_BODY))),
                "overlapped": Items(Members({"group_id": optional(TEXT), "name": optional(TEXT), "creates": FLAG})),
            },
        )
    },
)  # fmt: skip


def _bytes(value: object) -> bytes:
    match value:
        case None:
            return b""
        case bytes():
            return value
        case _:
            return str(value).encode("utf-8", "surrogatepass")


def _headers(grouped: Mapping[str, Any]) -> Headers:
    headers: list[tuple[str, str]] = []
    for name, values in grouped.items():
        headers += [(name, str(each)) for each in (values if isinstance(values, list) else [values])]
    return tuple(headers)
