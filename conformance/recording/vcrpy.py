"""vcrpy, and pytest-recording on top of it, taught to record this API: matched exactly, scrubbed, sealed.

Only who asks for it gets it: `register(vcr)` for a VCR of one's own; under pytest with the plugin, a test by the marker
`iai_cassette` beside `vcr`, or a project by the ini option `iai_cassettes`. What a VCR is told besides stays in force:
its own filters come first. What is recorded can be judged: `iai-conformance run --target cassette:FILE`.

vcrpy keeps no certificate: what it records is never called live, whatever answered.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from conformance import __version__
from conformance.base.environment import secrets_of_environment
from conformance.base.errors import UsageError
from conformance.exchange.messages import HttpRequest, HttpResponse
from conformance.exchange.reading import common_parameter
from conformance.judging.world_updates import requested_id
from conformance.privacy.scrub import scrubbed_answer
from conformance.privacy.search import found_in
from conformance.privacy.secrets import Secrets
from conformance.recording.format import NOTE, Seal, entry_of, head, parsed, sealed
from conformance.recording.interaction import Interaction, fingerprint, to_values
from conformance.recording.provenance import Provenance, contract_version, kind_of, problem_with
from conformance.recording.writer import RecordingError

__all__ = ["MATCHER", "register"]

MATCHER = "iai"
_FORMAT = "yaml"
# By what vcrpy finds a request, unless it is told otherwise.
_VCRPYS_OWN = ("method", "scheme", "host", "port", "path", "query")

_Values = Mapping[str, Any]


def register(vcr: Any) -> None:
    """Teach a `vcr.VCR`: what it records from now on is scrubbed and sealed, and found again by what was asked.

    A `match_on` of its own, and every filter of its own, stay in force.

    Raises:
        UsageError: when a cassette is used, where it is to be written in another form than YAML.
    """
    recorder = _Recorder(vcr)
    vcr.register_matcher(MATCHER, recorder.match)
    vcr.register_serializer(_FORMAT, recorder)
    if tuple(vcr.match_on) == _VCRPYS_OWN:
        vcr.match_on = (MATCHER,)
    merged = vcr.get_merged_config

    def get_merged_config(**options: Any) -> dict[str, Any]:
        form = options.get("serializer", vcr.serializer)
        if form != _FORMAT:
            raise UsageError(f"a sealed cassette is YAML, not {form!r}: leave `serializer` out of this VCR's options")
        config: dict[str, Any] = merged(**options)
        return {**config, "before_record_request": recorder.before_recording(config["before_record_request"])}

    # Options that are given where a cassette is used replace those of the VCR: here they are together.
    vcr.get_merged_config = get_merged_config


class _Recorder:
    """What vcrpy calls: a matcher, a filter, and a serializer."""

    def __init__(self, vcr: Any) -> None:
        self._plain = vcr.serializers[_FORMAT]
        self._matchers = [vcr.matchers[name] for name in _VCRPYS_OWN]
        self._secrets = Secrets.of(secrets_of_environment())
        self._signatures: set[str] = set()
        self._dates: dict[str, str] = {}  # the first request of a cassette that was read → when it was recorded

    # --- Matching and filtering ------------------------------------------------------------------------

    def match(self, one: Any, other: Any) -> bool:
        """Whether two requests ask the same, whoever signed them and whenever; anybody else's as vcrpy tells."""
        http, other_http = _http(one), _http(other)
        if _is_of_the_api(http) and _is_of_the_api(other_http):
            return _where(one) == _where(other) and fingerprint(http) == fingerprint(other_http)
        bare, other_bare = self._without_secrets(copy.copy(one)), self._without_secrets(copy.copy(other))
        return all(_agree(each, bare, other_bare) for each in self._matchers)

    def before_recording(self, theirs: Callable[[Any], Any]) -> Callable[[Any], Any]:
        """A filter that looks at a request as it was sent, calls theirs, and takes secrets out of what that left."""

        def filtered(request: Any) -> Any:
            self._learn(_http(request))
            kept = theirs(request)
            return kept and self._without_secrets(kept)

        return filtered

    def _learn(self, http: HttpRequest) -> HttpRequest:
        bare, signatures = self._secrets.taken_out(http)
        self._signatures |= signatures
        return bare

    def _without_secrets(self, request: Any) -> Any:
        http = _http(request)
        bare = self._learn(http)
        # What was a file, or came in parts, is bytes from now on: else vcrpy would write what stands for them.
        request._was_file = request._was_iter = False
        request.uri, request.headers = bare.url, dict(bare.headers)
        request.body = bare.body or (None if request.body is None else b"")
        return request

    # --- Writing and reading ---------------------------------------------------------------------------

    def serialize(self, data: _Values) -> str:
        """The text of a cassette. Raises RecordingError where a secret would stand in it."""
        requests = [_http_of(each["request"]) for each in data["interactions"]]
        bare = [self._learn(each) for each in requests]
        ours = {asked for each in bare if _is_of_the_api(each) and (asked := requested_id(each)) is not None}
        text = self._written([self._values(*each, ours) for each in zip(data["interactions"], bare, strict=True)], bare)
        return self._harmless(text)

    def _values(self, interaction: _Values, http: HttpRequest, ours: set[str]) -> dict[str, Any]:
        """An interaction as it is written: what vcrpy knows besides, such as a reason phrase, stays."""
        response = interaction["response"]
        answer = self._answer(_answer_of(response), ours, of_the_api=_is_of_the_api(http))
        values: dict[str, Any] = to_values(Interaction(1, _signed_at(http), http, answer))
        status = {**response["status"], "message": self._secrets.masked(response["status"].get("message"))}
        more = {name: self._secrets.masked(each) for name, each in response.items() if name not in values["response"]}
        values["response"] |= {"status": status, **more}
        if interaction["request"]["body"] is None:
            values["request"]["body"] = None
        return values

    def _answer(self, answer: HttpResponse, ours: set[str], *, of_the_api: bool) -> HttpResponse:
        """An answer of this API without what belongs to the account; anybody else's without secrets."""
        if of_the_api or b'"Response"' in answer.body:
            return scrubbed_answer(answer, self._secrets, ours)
        headers = self._secrets.out_of_headers(answer.headers)
        return replace(answer, headers=headers, body=self._secrets.out_of_bytes(answer.body))

    def _written(self, interactions: Sequence[dict[str, Any]], requests: Sequence[HttpRequest]) -> str:
        provenance = _provenance(requests)
        # Where something is added to a cassette, it is as old as its oldest part.
        date = self._dates.get(_first(interactions), provenance.date)
        provenance = replace(provenance, date=min(date, provenance.date))
        entries = [entry_of(each) for each in interactions]
        seal = Seal(frozenset({provenance.part}), "", "finished")
        end = sealed(provenance, [hash_ for _, hash_ in entries], seal)
        return "".join([head(provenance), *(text for text, _ in entries), end])

    def _harmless(self, text: str) -> str:
        how = found_in(text.encode("utf-8", "surrogatepass"), [*self._secrets.lasting, *self._signatures])
        if how is not None:
            raise RecordingError(f"a cassette isn't written: a secret would stand in it ({how})")
        return text

    def deserialize(self, text: str) -> Any:
        """What vcrpy needs of a cassette's text. Raises ValueError where a sealed one isn't what it says.

        One that isn't sealed is read as vcrpy reads it.
        """
        data = self._plain.deserialize(text)
        if not text.startswith(NOTE):
            if isinstance(data, Mapping) and data.get("provenance") is not None:
                raise ValueError("it was written anew by another program: its hashes can't be checked")
            return data
        file = parsed(text)
        if file.provenance is None or file.seal is None:
            raise ValueError("its end was taken off: it has no seal")
        hosts = {urlsplit(each.request.url).netloc for each in file.interactions if _is_of_the_api(each.request)}
        problem = problem_with(file.provenance, hosts) or _problem_with_certificate(file.provenance)
        if problem is not None:
            raise ValueError(problem)
        interactions = [_known(*each) for each in zip(data["interactions"], file.interactions, strict=True)]
        self._dates[_first(interactions)] = file.provenance.date
        return {"version": 1, "interactions": interactions}


def _problem_with_certificate(provenance: Provenance) -> str | None:
    if provenance.certificate is None or not provenance.certificate.public:
        return None
    from conformance.recording.certificates import problem_with_certificate

    return problem_with_certificate(provenance)


def _first(interactions: Sequence[_Values]) -> str:
    """What tells a cassette from others: its first request."""
    return repr(interactions[0]["request"]) if interactions else ""


def _known(values: _Values, interaction: Interaction) -> dict[str, Any]:
    """What vcrpy knows of an interaction, with the whole of its body."""
    request = dict(values["request"])
    if interaction.packed:
        request["body"] = interaction.whole.body
    return {"request": request, "response": values["response"]}


# --- vcrpy's values --------------------------------------------------------------------------------------


def _http(request: Any) -> HttpRequest:
    """One of vcrpy's requests."""
    headers = {name: [value] for name, value in request.headers.items()}
    return _http_of({"method": request.method, "uri": request.uri, "headers": headers, "body": request.body})


def _http_of(values: _Values) -> HttpRequest:
    """A request as vcrpy writes it."""
    return HttpRequest(values["method"], values["uri"], tuple(_headers(values["headers"])), _bytes_of(values["body"]))


def _answer_of(values: _Values) -> HttpResponse:
    """An answer as vcrpy writes it."""
    headers = tuple(_headers(values.get("headers") or {}))
    return HttpResponse(values["status"]["code"], headers, _bytes_of((values.get("body") or {}).get("string")))


def _headers(values: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    for name, each in values.items():
        for value in each if isinstance(each, list | tuple) else [each]:
            yield name, value.decode("utf-8", "surrogateescape") if isinstance(value, bytes) else str(value)


def _bytes_of(body: Any) -> bytes:
    """A body as bytes: text, a file, or what comes in parts."""
    if body is None or isinstance(body, bytes | bytearray):
        return bytes(body or b"")
    if isinstance(body, str):
        return body.encode("utf-8", "surrogatepass")
    if hasattr(body, "read"):
        return _bytes_of(body.read())
    return b"".join(map(_bytes_of, body))


def _agree(matcher: Callable[[Any, Any], object], one: Any, other: Any) -> bool:
    """Whether one of vcrpy's own matchers lets two requests pass."""
    try:
        return matcher(one, other) is not False
    except AssertionError:
        return False


def _is_of_the_api(http: HttpRequest) -> bool:
    return bool(common_parameter(http, "Action") and common_parameter(http, "Version"))


def _where(request: Any) -> str:
    return f"{request.scheme}://{request.host}:{request.port}"


def _signed_at(http: HttpRequest) -> float:
    """When a request was signed, in seconds since 1970; 0 where it doesn't say."""
    timestamp = common_parameter(http, "Timestamp") or ""
    return float(timestamp) if timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 13 else 0.0


def _provenance(requests: Sequence[HttpRequest]) -> Provenance:
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
