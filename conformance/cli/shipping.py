"""Writes the cassettes that this project ships: `python -m conformance.cli.shipping [FOLDER]`.

`documentation/` has what the page prints, `reference/` the smoke list as the reference emulator answers it, for each
kind of account, and `corrupted/` answers that were spoilt on purpose, each of which must be refused. Beside each lies
`verdicts.json`, how they are judged; `rejudge` tells when that changes.

Written twice they are the same, byte for byte, wherever that is; and what is written of a case depends on it alone.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from conformance import __version__
from conformance.base.environment import DEFAULT_REGION
from conformance.base.errors import NotRecordedError
from conformance.base.hosts import SERVICE_HOST
from conformance.cli.reference import DATE, record
from conformance.cli.rejudging import beside, verdicts_of
from conformance.contract import ACTION, EXAMPLES, READING, SERVICE, VERSION
from conformance.exchange.cases import Case
from conformance.exchange.messages import HttpRequest, HttpResponse
from conformance.privacy.scrub import NAMELESS, SCRUBBED
from conformance.recording.interaction import Interaction
from conformance.recording.provenance import Kind, Provenance
from conformance.recording.reader import Recording, load, recordings_at
from conformance.recording.writer import Writer
from conformance.runs.smoke import smoke

__all__ = ["VERDICTS", "corrupted", "documentation", "reference"]

VERDICTS = "verdicts.json"


def documentation(folder: Path) -> None:
    """Write the page's four examples, the creations first, so that the id that exists does.

    Where the page prints "<公共请求参数>", the common parameters stand as a recording has them: without secrets.
    """
    moment = datetime.fromisoformat(DATE).timestamp()
    provenance = Provenance(
        kind=Kind.DOCUMENTATION,
        endpoint=f"https://{SERVICE_HOST}",
        date=DATE,
        suite=__version__,
        contract=VERSION,
        region=DEFAULT_REGION,
        run="",
        client="the page",
    )
    scope = f"{DATE[:10]}/{SERVICE}/tc3_request"
    headers = (
        ("Host", SERVICE_HOST),
        ("Content-Type", "application/json"),
        ("X-TC-Action", ACTION),
        ("X-TC-Version", VERSION),
        ("X-TC-Timestamp", str(int(moment))),
        ("X-TC-Region", DEFAULT_REGION),
        (
            "Authorization",
            f"TC3-HMAC-SHA256 Credential={SCRUBBED}/{scope}, SignedHeaders=content-type;host, Signature={NAMELESS}",
        ),
    )
    writer = Writer(folder, lambda: provenance)
    for example in sorted(EXAMPLES, key=lambda each: "Error" in each.response):
        body = json.dumps(dict(example.parameters), ensure_ascii=False).encode()
        answer = json.dumps({"Response": example.response}, ensure_ascii=False).encode()
        http = HttpRequest("POST", f"https://{SERVICE_HOST}/", headers, body)
        writer.write(http, HttpResponse(200, (("Content-Type", "application/json"),), answer), moment, None)
    writer.finish("")


def reference(folder: Path) -> None:
    """Write the smoke list as the emulator answers it, in a folder for each kind of account."""
    for age in READING["account-age"].values:
        record(folder / age.name, smoke(), age.name)


# --- Corrupted answers -----------------------------------------------------------------------------------


def _of_body(change: Callable[[dict[str, object]], object]) -> Callable[[HttpResponse], HttpResponse]:
    """A change of what stands under `Response`; a change that returns something puts that there instead."""

    def changed(answer: HttpResponse) -> HttpResponse:
        read = json.loads(answer.body)
        instead = change(read["Response"])
        if instead is not None:
            read["Response"] = instead
        return replace(answer, body=json.dumps(read, ensure_ascii=False).encode())

    return changed


def _error(code: str) -> Callable[[dict[str, object]], object]:
    return lambda response: {
        "Error": {"Code": code, "Message": "Spoilt on purpose."},
        "RequestId": response.get("RequestId"),
    }


def _without(name: str) -> Callable[[dict[str, object]], object]:
    def change(response: dict[str, object]) -> None:
        response.pop(name, None)

    return change


# By what is done to an answer. An acceptance becomes a refusal, and the other way round; every form is broken once.
_CORRUPTIONS: dict[str, Callable[[HttpResponse], HttpResponse]] = {
    "accepted": _of_body(lambda response: {"FaceModelVersion": "3.0", "RequestId": response.get("RequestId")}),
    "refused": _of_body(_error("InvalidParameterValue.GroupIdIllegal")),
    "undocumented": _of_body(_error("InvalidParameterValue.NobodyKnowsThis")),
    "impossible": _of_body(_error("InvalidParameterValue.ImageEmpty")),
    "another version": _of_body(lambda response: {"FaceModelVersion": "9.9", "RequestId": response.get("RequestId")}),
    "no RequestId": _of_body(_without("RequestId")),
    "nothing in Response": _of_body(lambda _response: {}),
    "HTTP 500": lambda answer: replace(answer, status=500),
    "no JSON": lambda answer: replace(answer, body=answer.body[:-1]),
    "other Content-Type": lambda answer: replace(answer, headers=(("Content-Type", "text/html"),)),
}


def corrupted(folder: Path, source: Path) -> tuple[int, int]:
    """Write single requests of a recording with answers spoilt, each in another way, where that must be refused.

    Returns:
        How many answers are written; and how many weren't, since the page allows what they say.
    """
    recording = load(source)
    provenance = replace(recording.provenance, client=f"iai-conformance {__version__}, answers spoilt on purpose")
    writer = Writer(folder, lambda: provenance)
    spoilt = kept = 0
    for case, each in _spoilt(recording):
        spoilt += 1
        if _is_refused(recording, case, each):
            kept += 1
            writer.write(each.request, each.answer, each.at, case)
    writer.finish(recording.account)
    return kept, spoilt - kept


def _spoilt(recording: Recording) -> Iterator[tuple[Case, Interaction]]:
    """The single requests of a recording, each with its answer spoilt in the way that its case's id tells."""
    corruptions = list(_CORRUPTIONS.values())
    for each in recording.interactions:
        case = recording.cases[each.request.place.case] if each.request.place is not None else None
        if case is None or case.requests > 1 or each.packed or not isinstance(each.answer, HttpResponse):
            continue
        answer = corruptions[int(case.id, 16) % len(corruptions)](each.answer)
        if answer != each.answer:
            yield case, replace(each, answer=answer)


def _is_refused(recording: Recording, case: Case, interaction: Interaction) -> bool:
    """Whether a case that has only this one answer departs from the page."""
    from conformance.recording.replay import CassetteTarget
    from conformance.runs.run import Run

    target = CassetteTarget("", replace(recording, interactions=(interaction,), files=("",)))
    run = Run.against(target, salts=target.salts)
    run.clock = target.now
    run.from_call = True
    try:
        return bool(run.case(case))
    except NotRecordedError:
        return False


def main(arguments: list[str]) -> None:
    """Write all of them anew, with their verdicts."""
    root = Path(arguments[0] if arguments else "cassettes")
    for name in ("documentation", "reference", "corrupted"):
        for each in (root / name).iterdir() if (root / name).is_dir() else ():
            if each.is_dir():
                shutil.rmtree(each)
    documentation(root / "documentation" / "page")
    reference(root / "reference")
    kept, allowed = corrupted(root / "corrupted" / "answers", root / "reference" / "after-2020-11-26")
    sys.stdout.write(f"corrupted: {kept} answers; {allowed} others are allowed\n")
    report = root / VERDICTS
    shipped = recordings_at([str(root / name) for name in ("documentation", "reference", "corrupted")])
    found = {beside(report, path): verdicts_of(path, None) for path in shipped}
    text = json.dumps({"recordings": found}, indent=1)
    report.write_text(f"{text}\n", encoding="utf-8")
    for name, verdicts in found.items():
        sys.stdout.write(f"{name}: {verdicts['verdict']}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
