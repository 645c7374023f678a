"""The application against `iai-conformance serve`, which takes the place of its stubs."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
import requests
from registration import register
from tencentcloud.common.credential import Credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.iai.v20200303 import iai_client

HERE = Path(__file__).parent
# The pair that the vendor's documentation prints, which the server knows.
PAIR = Credential("AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE")


@pytest.fixture(scope="module", name="served")
def _served():
    """The server's address, and the URL at which it is led."""
    words = ["serve", "--port", "0", "--control-port", "0", "--strict-signing"]
    stub = ["--stub", f"CreatePerson={HERE / 'create_person.json'}"]
    serving = subprocess.Popen(
        [sys.executable, "-m", "conformance", *words, *stub], stdout=subprocess.PIPE, text=True
    )  # fmt: skip
    address = re.match(r"http://(\S+)", serving.stdout.readline())[1]
    control = next(line.split()[-1] for line in serving.stdout if "led at" in line)
    yield address, control
    serving.terminate()
    serving.wait()
    serving.stdout.close()


@pytest.fixture(name="control")
def _control(served):
    requests.post(f"{served[1]}/reset", timeout=30)
    return served[1]


@pytest.fixture(name="client")
def _client(served):
    http = HttpProfile(protocol="http", endpoint=served[0])
    return iai_client.IaiClient(PAIR, "ap-guangzhou", ClientProfile(httpProfile=http))


def asked(control):
    return [each["action"] for each in requests.get(f"{control}/arrivals", timeout=30).json()]


def test_the_first_member_makes_the_group(client, control):
    assert register(client, "team-1", "p1", "腾讯", "aW1hZ2U=") == "2875766021405286"
    assert asked(control) == ["CreateGroup", "CreatePerson"]


@pytest.mark.usefixtures("control")
def test_the_group_is_there_for_the_second(client):
    register(client, "team-1", "p1", "a", "aW1hZ2U=")
    assert register(client, "team-1", "p2", "b", "aW1hZ2U=") == "2875766021405286"


def test_what_fails_once_is_tried_again(client, control):
    requests.post(f"{control}/answers", json=["team-1=InternalError:1"], timeout=30)
    assert register(client, "team-1", "p1", "a", "aW1hZ2U=")
    assert asked(control) == ["CreateGroup", "CreateGroup", "CreatePerson"]


def test_what_is_refused_is_told(client, control):
    requests.post(f"{control}/answers", json=["team-1=ResourceUnavailable.InArrears"], timeout=30)
    with pytest.raises(TencentCloudSDKException, match="InArrears"):
        register(client, "team-1", "p1", "a", "aW1hZ2U=")
    assert asked(control) == ["CreateGroup"]
