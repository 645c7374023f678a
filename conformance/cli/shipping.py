"""Writes the cassettes that this project ships: `python -m conformance.cli.shipping [FOLDER]`.

`documentation/` has what the page prints, `reference/` how the reference emulator answers the smoke list: whole for an
account of today, and what tells the other ages from it. What only tells readings apart isn't recorded: which way the
emulator takes is a choice of its own. Beside them lies `verdicts.json`, how they are judged; `rejudge` tells when that
changes.

Written twice they are the same, byte for byte, wherever that is; and what is written of a case depends on it alone.
"""

from __future__ import annotations

import json
import shutil
import sys
from datetime import datetime
from pathlib import Path

from conformance import __version__
from conformance.base.environment import DEFAULT_REGION
from conformance.base.hosts import SERVICE_HOST
from conformance.cli.reference import DATE, record
from conformance.cli.rejudging import Verdicts, beside, verdicts_of, written
from conformance.contract import ACTION, DEFAULTS, EXAMPLES, READING, RESULT, SERVICE, VERSION
from conformance.exchange.cases import Case
from conformance.exchange.messages import HttpRequest, HttpResponse
from conformance.privacy.scrub import NAMELESS, SCRUBBED
from conformance.recording.provenance import Kind, Provenance
from conformance.recording.reader import recordings_at
from conformance.recording.writer import Writer
from conformance.runs.smoke import smoke_on_clauses
from conformance.runs.taking_apart import without
from conformance.strategies.contexts import UNSURE

__all__ = ["FOLDERS", "VERDICTS", "cases_of", "documentation", "reference"]

VERDICTS = "verdicts.json"
FOLDERS = ("documentation", "reference")


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


def cases_of(age: str) -> tuple[Case, ...]:
    """What is recorded of a kind of account: all that holds clauses, or only what differs from an account of today."""
    first, *others = smoke_on_clauses()
    if age == DEFAULTS["account-age"]:  # beside what it may not choose nothing else is tried
        return first, *(without(each, UNSURE) for each in others)
    return first, *(each for each in others if each.clause.startswith(f"{RESULT}."))


def reference(folder: Path) -> None:
    """Write how the emulator answers, in a folder for each kind of account."""
    for age in READING["account-age"].values:
        record(folder / age.name, cases_of(age.name), age.name)


def main(arguments: list[str]) -> None:
    """Write all of them anew, with their verdicts."""
    root = Path(arguments[0] if arguments else "cassettes")
    for name in FOLDERS:
        for each in (root / name).iterdir() if (root / name).is_dir() else ():
            if each.is_dir():
                shutil.rmtree(each)
    documentation(root / "documentation" / "page")
    reference(root / "reference")
    report = root / VERDICTS
    shipped = recordings_at([str(root / name) for name in FOLDERS])
    found: dict[str, Verdicts] = {  # which readings are left is the emulator's choice, not how it is judged
        beside(report, path): {**verdicts_of(path, None), "readings": {}} for path in shipped
    }
    report.write_text(written(found), encoding="utf-8")
    for name, verdicts in found.items():
        sys.stdout.write(f"{name}: {verdicts['verdict']}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
