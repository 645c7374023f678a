"""Cassettes for tests: the text of one, made by hand, and a small recording in several files."""

from datetime import UTC, datetime

from benchmarks.recordings import recorder
from conformance.emulator import Emulator
from conformance.exchange.cases import Case
from conformance.exchange.messages import HttpRequest, HttpResponse
from conformance.exchange.request import Request
from conformance.exchange.salt import SALT
from conformance.recording.format import Seal, entry, head, sealed
from conformance.recording.interaction import Interaction
from conformance.recording.provenance import Kind, Provenance, contract_version

HOST = "iai.tencentcloudapi.com"
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
PROVENANCE = Provenance(
    kind=Kind.EMULATOR, endpoint="http://127.0.0.1:8080", date=NOW.isoformat(), suite="0.1.0",
    contract=contract_version(), region="ap-guangzhou", run="confabcde", client="a test",
)  # fmt: skip
HTTP = HttpRequest(
    "POST", "http://127.0.0.1:8080/", (("Content-Type", "application/json"), ("Host", "127.0.0.1:8080")), b'{"a": 1}'
)
ANSWER = HttpResponse(200, (("Content-Type", "application/json"),), b'{"Response": {"RequestId": "1"}}')


def written(*interactions, provenance=PROVENANCE, seal=True):
    """The text of a cassette."""
    entries = [entry(each) for each in interactions]
    parts = [head(provenance), *(text for text, _ in entries)]
    if seal:
        hashes = [hash_ for _, hash_ in entries]
        parts.append(sealed(provenance, hashes, Seal(frozenset({provenance.part}), "", "finished")))
    return "".join(parts)


def interaction(number=1, http=HTTP, answer=ANSWER):
    return Interaction(number, 1.5, http, answer)


def small_recording(folder):
    """A recording of a few cases, in several files."""
    run, writer = recorder(folder, Emulator())
    for number, clause in enumerate(("GroupId.unique", "Tag.length.max", "GroupName.charset")):
        parameters = {"GroupName": SALT, "GroupId": SALT, "Tag": f"标签\U0001f600\x7f{number}"}
        run.case(Case.single(clause, "", Request.of(parameters)))
        run.case(Case.single(clause, "", Request.of({**parameters, "GroupId": "中"})))
    writer.finish("")
    return folder


def cut(whole):
    """A cassette without its last interaction and its seal, as if it had been interrupted."""
    return whole.rpartition("\n- ")[0] + "\n"
