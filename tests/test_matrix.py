"""Reports on clients beside each other."""

import json
import sys
from pathlib import Path

import pytest

from conformance.cli.main import main
from conformance.report.matrix import SAID


@pytest.fixture(scope="module", name="reports")
def _reports(tmp_path_factory):
    """Two reports on clients, of a few clauses."""
    folder = tmp_path_factory.mktemp("reports")
    paths = []
    for name in ("perfect", "cuts-codes"):
        paths.append(str(folder / f"{name}.json"))
        words = ["--profile", "smoke", "--only", "sdk.error.code", "--json", paths[-1]]
        main(["run", "--target", f"driver:{sys.executable} -m benchmarks.clients {name}", *words])
    return paths


def test_a_column_for_each_report(reports, capsys):
    """Each clause has a row; what a client does otherwise is told with its smallest call."""
    capsys.readouterr()
    assert main(["sdk", "matrix", *reports]) == 0
    shown = capsys.readouterr().out

    assert shown.startswith(SAID)
    assert "| | suite 1 | suite 1 |" in shown
    assert "| `sdk.error.code` | ✓ | ✗ |" in shown
    assert "### suite 1\n\nNothing.\n" in shown
    assert '- `sdk.error.code`\n  - `{"parameters": {"GroupName": ' in shown
    assert json.loads(Path(reports[0]).read_text(encoding="utf-8"))["client"]["sdk"] == "suite"


@pytest.mark.parametrize("content", ["{", "[]", '{"client": null}', None])
def test_what_is_no_report_on_a_client(content, tmp_path, capsys):
    """Is told in a sentence, with exit code 4."""
    path = tmp_path / "report.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")

    assert main(["sdk", "matrix", str(path)]) == 4
    assert "report.json" in capsys.readouterr().err
