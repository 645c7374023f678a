"""The vendor's Python SDK, unchanged, against the emulator over plain HTTP."""

from dataclasses import replace

import pytest
from tencentcloud.common.credential import Credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.iai.v20200303 import iai_client, models

from conformance.base.credentials import EXAMPLE_CREDENTIALS, Credentials, Secret
from conformance.cli.serve import STRICT_SIGNING
from conformance.contract import CODES
from conformance.emulator import Emulator, conforming
from conformance.emulator.account import ReferenceAccount
from conformance.emulator.server import Server

EXISTS = "InvalidParameterValue.GroupIdAlreadyExist"


@pytest.fixture(scope="module", name="started", params=[False, True], ids=["lenient", "strict"])
def _started(request):
    emulator = Emulator(conforming(STRICT_SIGNING if request.param else None))
    with Server(emulator) as server:
        yield server, emulator


@pytest.fixture(name="server")
def _server(started):
    server, emulator = started
    emulator.account = ReferenceAccount()
    return server


def client(server, credentials=EXAMPLE_CREDENTIALS, scheme="TC3-HMAC-SHA256", method="POST", *, unsigned=False):
    endpoint = server.url.removeprefix("http://")
    http = HttpProfile(protocol="http", endpoint=endpoint, reqMethod=method)
    profile = ClientProfile(signMethod=scheme, httpProfile=http)
    profile.unsignedPayload = unsigned
    pair = Credential(*map(Secret.reveal, credentials.texts))
    return iai_client.IaiClient(pair, "ap-guangzhou", profile)


def request(kind, **values):
    made = getattr(models, f"{kind}Request")()
    for name, value in values.items():
        setattr(made, name, value)
    return made


@pytest.mark.parametrize("method", ["POST", "GET"])
@pytest.mark.parametrize("scheme", ["TC3-HMAC-SHA256", "HmacSHA1", "HmacSHA256"])
def test_every_signature(server, scheme, method):
    """Every way to sign and to send creates a group that is read back as it was asked for."""
    sdk = client(server, scheme=scheme, method=method)
    asked = {"GroupName": "腾讯深圳员工库", "GroupId": "TencentShenZhen-%@#&_", "Tag": "不含实习生",
             "GroupExDescriptions": ["事业群", "部门名", "组名"]}  # fmt: skip

    created = sdk.CreateGroup(request("CreateGroup", **asked))
    info = sdk.GetGroupInfo(request("GetGroupInfo", GroupId=asked["GroupId"]))

    assert (created.FaceModelVersion, bool(created.RequestId)) == ("3.0", True)
    assert {name: getattr(info, name) for name in asked} == asked


def test_an_error_arrives_whole(server):
    """A refusal arrives as the SDK's exception, with the documented code and message and a request id."""
    sdk = client(server)
    sdk.CreateGroup(request("CreateGroup", GroupName="a", GroupId="x"))

    with pytest.raises(TencentCloudSDKException) as refused:
        sdk.CreateGroup(request("CreateGroup", GroupName="b", GroupId="x"))

    assert (refused.value.code, refused.value.message) == (EXISTS, CODES[EXISTS].message)
    assert refused.value.requestId


def test_sister_actions(server):
    """A group is listed, changed and deleted through the SDK."""
    sdk = client(server)
    sdk.CreateGroup(request("CreateGroup", GroupName="a", GroupId="x", GroupExDescriptions=["one", "two"]))
    info = models.GroupExDescriptionInfo()
    info.GroupExDescriptionIndex, info.GroupExDescription = 1, "three"
    sdk.ModifyGroup(request("ModifyGroup", GroupId="x", GroupName="b", Tag="t", GroupExDescriptionInfos=[info]))
    listed = sdk.GetGroupList(request("GetGroupList", Offset=0, Limit=10))
    sdk.DeleteGroup(request("DeleteGroup", GroupId="x"))
    left = sdk.GetGroupList(request("GetGroupList"))

    assert [(each.GroupName, each.Tag, each.GroupExDescriptions) for each in listed.GroupInfos] == [
        ("b", "t", ["one", "three"])
    ]
    assert left.GroupNum == 0


@pytest.mark.parametrize(
    ("credentials", "code"),
    [
        (Credentials(EXAMPLE_CREDENTIALS.secret_id, "wrong"), "AuthFailure.SignatureFailure"),
        (Credentials("AKIDunknown", EXAMPLE_CREDENTIALS.secret_key), "AuthFailure.SecretIdNotFound"),
        (replace(EXAMPLE_CREDENTIALS, token="stale"), "AuthFailure.TokenFailure"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("scheme", ["TC3-HMAC-SHA256", "HmacSHA256"])
def test_wrong_credentials(server, credentials, code, scheme):
    """Wrong credentials are refused with the documented codes."""
    with pytest.raises(TencentCloudSDKException) as refused:
        client(server, credentials, scheme).CreateGroup(request("CreateGroup", GroupName="a", GroupId="x"))

    assert refused.value.code == code


@pytest.mark.parametrize("scheme", ["TC3-HMAC-SHA256", "HmacSHA1"])
def test_temporary_credentials(scheme):
    """Temporary credentials work with their token."""
    temporary = Credentials("AKIDtemporary", "secret", "token")
    with Server(Emulator(credentials=temporary)) as server:
        created = client(server, temporary, scheme).CreateGroup(request("CreateGroup", GroupName="a", GroupId="x"))

    assert created.FaceModelVersion == "3.0"


def test_unsigned_payload(server):
    """A body that is left out of the signature is accepted, as the SDK offers it."""
    created = client(server, unsigned=True).CreateGroup(request("CreateGroup", GroupName="a", GroupId="x"))

    assert created.FaceModelVersion == "3.0"
