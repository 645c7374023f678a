"""The examples do what they say."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import conformance
from conformance.report.model import Status, Verdict, report_of
from conformance.runs.conduct import conduct
from conformance.runs.session import open_session
from conformance.runs.settings import Settings

ROOT = Path(conformance.__file__).parent.parent
EXAMPLES = ROOT / "examples"


def judged(command):
    """The verdict on a client by its driver, and the status of each clause."""
    settings = Settings(target=f"driver:{command}", profile="smoke")
    session = open_session(settings)
    conduct(session, settings)
    report = report_of(session, settings)
    return report.verdict, {each.clause.id: each.status for each in report.clauses}


@pytest.mark.slow
def test_the_application():
    """Its tests pass, with `serve` in the place of stubs."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TENCENTCLOUD_")}
    words = ["-q", "-p", "no:cacheprovider", "-p", "no:randomly", "--import-mode=prepend", "examples/application"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *words], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout
    assert "4 passed" in done.stdout


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("node") is None, reason="node not found")
def test_a_client_that_somebody_wrote():
    """It conforms, by a driver that was written from the page of drivers alone."""
    verdict, found = judged(f"node {EXAMPLES / 'clients' / 'fetch_driver.mjs'}")

    # What it waits for in vain isn't tried in a few calls.
    assert verdict is Verdict.INCOMPLETE
    assert {each for each in found if found[each] in {Status.FAILED, Status.FINDING}} == set()
    assert sum(each is Status.PASSED for each in found.values()) > 25


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("go") is None, reason="go not found")
def test_a_client_by_somebody_who_had_the_page_alone(tmp_path):
    """Its driver is right, and the client makes an empty success of an answer that says nothing."""
    driver = tmp_path / "driver"
    subprocess.run(["go", "build", "-o", str(driver), "."], cwd=EXAMPLES / "clients" / "go_client", check=True)

    verdict, found = judged(str(driver))

    assert verdict is Verdict.VIOLATES
    assert found["sdk.error.never-success"] is Status.FAILED
    assert {found["driver.protocol"], found["driver.capabilities"], found["sdk.request.signature"]} == {Status.PASSED}
