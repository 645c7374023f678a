"""vcrpy, and pytest-recording on top of it, taught to record this API: matched exactly, scrubbed, sealed.

With `-p conformance.plugin`, every test of anybody that is marked `vcr` records so; `register(vcr)` does it for a VCR
of one's own. What is recorded can be judged: `iai-conformance run --target cassette:FILE`.

vcrpy keeps no certificate: what it records is never called live, whatever answered.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from conformance import __version__
from conformance.exchange.messages import HttpRequest, HttpResponse
from conformance.exchange.reading import common_parameter
from conformance.judging.world_updates import requested_id
from conformance.privacy.scrub import scrubbed_answer
from conformance.privacy.search import found_in
from conformance.privacy.secrets import Secrets
from conformance.recording.format import Seal, entry, head, parsed, sealed
from conformance.recording.interaction import Interaction, fingerprint, from_values, to_values
from conformance.recording.provenance import Provenance, contract_version, kind_of, problem_with
from conformance.recording.writer import RecordingError

__all__ = ["MATCHER", "register"]

MATCHER = "iai"


def register(vcr: Any) -> None:
    """Teach a `vcr.VCR`: what it records from now on is scrubbed and sealed, and found again by what was asked."""
    recorder = _Recorder()
    vcr.register_matcher(MATCHER, recorder.match)
    vcr.register_serializer("yaml", recorder)
    vcr.match_on = (MATCHER,)
    vcr.before_record_request = recorder.scrub_request
    vcr.before_record_response = recorder.scrub_answer


class _Recorder:
    """What vcrpy calls: a matcher, two filters, and a serializer."""

    def __init__(self) -> None:
        self._ours: set[str] = set()
        names = ("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY", "TENCENTCLOUD_TOKEN")
        self._secrets = Secrets.of(value for name in names if (value := os.environ.get(name)))
        self._signatures: set[str] = set()
        self._of_the_api = False  # the request whose answer comes next
        self._dates: dict[str, str] = {}  # the first request of a cassette that was read → when it was recorded

    # --- Matching and scrubbing ------------------------------------------------------------------------

    def match(self, one: Any, other: Any) -> bool:
        """Whether two requests ask the same, whoever signed them and whenever."""
        return _mark(one) == _mark(other)

    def scrub_request(self, request: Any) -> Any:
        """A request of this API without its secrets; any other as it is."""
        http = _http(request)
        # What was a file, or came in parts, is bytes from now on: else vcrpy would write what stands for them.
        request._was_file = request._was_iter = False
        request.body = http.body or None
        self._of_the_api = _is_of_the_api(http)
        if self._of_the_api:
            if (asked := requested_id(http)) is not None:
                self._ours.add(asked)
            clean, signatures = self._secrets.taken_out(http)
            self._signatures |= signatures
            request.uri, request.body = clean.url, clean.body
            request.headers = dict(clean.headers)
        return request

    def scrub_answer(self, response: dict[str, Any]) -> dict[str, Any]:
        """An answer of this API without what belongs to the account; any other as it is."""
        headers = tuple((name, str(value)) for name, values in response["headers"].items() for value in _listed(values))
        body = response["body"]["string"]
        answer = HttpResponse(response["status"]["code"], headers, body if isinstance(body, bytes) else body.encode())
        clean = scrubbed_answer(answer, self._secrets, self._ours)
        if not self._of_the_api and b'"Response"' not in clean.body:
            return response
        grouped: dict[str, list[str]] = {}
        for name, value in clean.headers:
            grouped.setdefault(name, []).append(value)
        return {**response, "headers": grouped, "body": {"string": clean.body}}

    # --- Writing and reading ---------------------------------------------------------------------------

    def serialize(self, data: Mapping[str, Any]) -> str:
        """The text of a cassette. Raises RecordingError where a secret would stand in it."""
        provenance = _provenance(data["interactions"])
        # Where something is added to a cassette, it is as old as its oldest part.
        date = self._dates.get(_first(data["interactions"]), provenance.date)
        provenance = replace(provenance, date=min(date, provenance.date))
        entries = [entry(from_values({**each, "recorded": {"at": _at(each)}})) for each in data["interactions"]]
        seal = Seal(frozenset({provenance.part}), "", "finished")
        written = "".join(
            [
                head(provenance),
                *(text for text, _ in entries),
                sealed(provenance, [hash_ for _, hash_ in entries], seal),
            ]
        )
        if (how := found_in(written.encode(), [*self._secrets.lasting, *self._signatures])) is not None:
            raise RecordingError(f"a cassette isn't written: a secret would stand in it ({how})")
        return written

    def deserialize(self, text: str) -> dict[str, Any]:
        """What vcrpy needs of a cassette's text. Raises ValueError where it was edited, or isn't what it says."""
        file = parsed(text)
        interactions = [_plain(each) for each in file.interactions]
        if file.provenance is not None:
            if file.seal is None:
                raise ValueError("its end was taken off: it has no seal")
            hosts = {urlsplit(each.request.url).netloc for each in file.interactions if _is_of_the_api(each.request)}
            problem = problem_with(file.provenance, hosts) or _problem_with_certificate(file.provenance)
            if problem is not None:
                raise ValueError(problem)
            self._dates[_first(interactions)] = file.provenance.date
        return {"version": 1, "interactions": interactions}


def _problem_with_certificate(provenance: Provenance) -> str | None:
    if provenance.certificate is None or not provenance.certificate.public:
        return None
    from conformance.recording.certificates import problem_with_certificate

    return problem_with_certificate(provenance)


def _first(interactions: Sequence[Mapping[str, Any]]) -> str:
    """What tells a cassette from others: its first request."""
    return repr(interactions[0]["request"]) if interactions else ""


def _plain(interaction: Interaction) -> dict[str, Any]:
    """An interaction as vcrpy has it, with the whole of its body."""
    values: dict[str, Any] = to_values(replace(interaction, packed=(), mark=None))
    body = interaction.whole.body
    try:
        values["request"]["body"] = body.decode("utf-8")
    except UnicodeDecodeError:
        values["request"]["body"] = body
    return {"request": values["request"], "response": values["response"]}


def _listed(values: Any) -> list[Any]:
    return values if isinstance(values, list) else [values]


def _http(request: Any) -> HttpRequest:
    headers = tuple(
        (name, value.decode() if isinstance(value, bytes) else str(value)) for name, value in request.headers.items()
    )
    return HttpRequest(request.method, request.uri, headers, _bytes_of(request.body))


def _bytes_of(body: Any) -> bytes:
    """A body as bytes: text, a file, or what comes in parts."""
    if body is None or isinstance(body, bytes | bytearray):
        return bytes(body or b"")
    if isinstance(body, str):
        return body.encode()
    if hasattr(body, "read"):
        return _bytes_of(body.read())
    return b"".join(map(_bytes_of, body))


def _is_of_the_api(http: HttpRequest) -> bool:
    return bool(common_parameter(http, "Action") and common_parameter(http, "Version"))


def _mark(request: Any) -> str:
    """What two requests must share: the fingerprint, and the host; of anybody else's, URL and body."""
    http = _http(request)
    where = f"{request.scheme}://{request.host}:{request.port}"
    if _is_of_the_api(http):
        return f"{where} {fingerprint(http)}"
    return f"{http.method} {http.url} {http.body!r}"


def _at(interaction: Mapping[str, Any]) -> float:
    """When a request was signed, in seconds since 1970; 0 where it doesn't say."""
    http = from_values(interaction).request
    timestamp = common_parameter(http, "Timestamp") or ""
    return float(timestamp) if timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 13 else 0.0


def _provenance(interactions: list[Mapping[str, Any]]) -> Provenance:
    requests = [from_values(each).request for each in interactions]
    of_the_api = [each for each in requests if _is_of_the_api(each)]
    first = next(iter(of_the_api or requests), HttpRequest("POST", "", ()))
    endpoint = "/".join(first.url.split("/")[:3])
    return Provenance(
        kind=kind_of(endpoint, None),
        endpoint=endpoint,
        date=datetime.now(UTC).replace(microsecond=0).isoformat(),
        suite=__version__,
        contract=contract_version(),
        region=common_parameter(first, "Region") or "",
        run="",
        client="vcrpy",
    )
