"""What the tests of `call` share: steps as they are written, the verb in this process, and what it told."""

import json
import os
from pathlib import Path

import pytest

from conformance.base.credentials import EXAMPLE_CREDENTIALS
from conformance.cli.main import main

ROOT = Path(__file__).parent.parent
PLAIN = {"GroupName": "<salt>", "GroupId": "<salt>"}
OTHER = {"GroupName": "<salt>b", "GroupId": "<salt>b"}
EXISTS = "InvalidParameterValue.GroupIdAlreadyExist"


def step(parameters=None, **how):
    return {**how, "parameters": PLAIN if parameters is None else parameters}


TWO = {**PLAIN, "GroupExDescriptions": ["a", "b"]}
NUMBERED = {"GroupName": "<salt><n>", "GroupId": "<salt><n>"}
INFO = step({"GroupId": "<salt>"}, action="GetGroupInfo")


@pytest.fixture(autouse=True, name="bare_environment")
def _bare_environment(monkeypatch):
    for name in [each for each in os.environ if each.startswith("TENCENTCLOUD_")]:
        monkeypatch.delenv(name)


@pytest.fixture(name="call")
def _call(capsys):
    """Call: (exit code, standard output, standard error)."""

    def call(*words):
        try:
            code = main(["call", *(each if isinstance(each, str) else json.dumps(each) for each in words)])
        except SystemExit as exit_:
            code = exit_.code
        told = capsys.readouterr()
        assert EXAMPLE_CREDENTIALS.secret_key.reveal() not in told.out + told.err
        return code, told.out, told.err

    return call


def departures(out):
    return [line.removeprefix("✗ ") for line in out.splitlines() if line.startswith("✗")]


def answers(out):
    return [line.partition(": ")[2] for line in out.splitlines() if line.startswith("←")]
