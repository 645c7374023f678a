"""`serve --answer` and `--quota`: answers that no request can provoke, for those who write clients."""

import contextlib
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from tencentcloud.common.credential import Credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.iai.v20200303 import iai_client, models

from conformance.base.credentials import EXAMPLE_CREDENTIALS, Credentials, Secret
from conformance.base.errors import UsageError
from conformance.cli.main import main
from conformance.cli.serve import parse_answers
from conformance.contract import CODES, CodeKind
from conformance.emulator import Emulator
from conformance.emulator.server import Server
from tests.command import command

ROOT = Path(__file__).parent.parent
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
ARREARS, INTERNAL = "ResourceUnavailable.InArrears", "InternalError"
EXISTS, TOO_MANY = "InvalidParameterValue.GroupIdAlreadyExist", "InvalidParameterValue.GroupNumExceed"
STANDING = sorted(code for code, each in CODES.items() if each.kind is CodeKind.ACCOUNT_STANDING)


@contextlib.contextmanager
def serve(*words):
    """The command's server in a process of its own: (URL, the lines it announces with)."""
    with subprocess.Popen(
        [sys.executable, "-m", "conformance", "serve", "--port", "0", *words],
        cwd=ROOT, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True,
    ) as server:  # fmt: skip
        try:
            first = server.stdout.readline()
            lines = [server.stdout.readline().rstrip("\n") for each in words if each == "--answer"]
            yield first.split()[0], lines
        finally:
            server.terminate()


@contextlib.contextmanager
def answering(*written, **more):
    """The same server in this process; its emulator can be told other answers while it serves."""
    emulator = Emulator(scripted=parse_answers(written), **more)
    with Server(emulator) as server:
        yield server.url, emulator


def client(url, credentials=EXAMPLE_CREDENTIALS):
    http = HttpProfile(protocol="http", endpoint=url.removeprefix("http://"))
    pair = Credential(*map(Secret.reveal, credentials.texts))
    return iai_client.IaiClient(pair, "ap-guangzhou", ClientProfile(httpProfile=http))


def created(sdk, group_id, name=None):
    """How the vendor's SDK fares with a creation: the error code, or None."""
    request = models.CreateGroupRequest()
    request.GroupId, request.GroupName = group_id, name or group_id
    try:
        answer = sdk.CreateGroup(request)
    except TencentCloudSDKException as error:
        return error.code
    return None if answer.FaceModelVersion == "3.0" else answer.FaceModelVersion


# --- The answers -------------------------------------------------------------------------------------------------


def test_every_creation():
    """`--answer CODE` answers every creation, for ever; the server says what it will do."""
    with serve("--answer", ARREARS) as (url, lines):
        came = [created(client(url), f"g{number}") for number in range(4)]

    assert came == [ARREARS] * 4
    assert lines == [f"  answering CreateGroup with {ARREARS} for the GroupIds *"]


def test_several_together():
    """Each answer is for its GroupIds and so often; the first that matches is given, then normal answers come."""
    words = ["flaky-*=InternalError:2", "flaky-a=RequestLimitExceeded:1", "blocked=LimitExceeded"]
    with serve(*(each for word in words for each in ("--answer", word)), "--quota", "3") as (url, lines):
        sdk = client(url)
        came = [created(sdk, each) for each in ("flaky-a", "blocked", "flaky-a", "flaky-a", "flaky-a", "flaky-a")]
        more = [created(sdk, each) for each in ("flaky-b", "blocked", "c", "d", "blocked")]

    assert came == [INTERNAL, "LimitExceeded", INTERNAL, "RequestLimitExceeded", None, EXISTS]
    assert more == [None, "LimitExceeded", None, TOO_MANY, "LimitExceeded"]
    assert lines == [
        "  answering CreateGroup with InternalError for the GroupIds flaky-*, 2 times",
        "  answering CreateGroup with RequestLimitExceeded for the GroupIds flaky-a, 1 time",
        "  answering CreateGroup with LimitExceeded for the GroupIds blocked",
    ]


@pytest.mark.parametrize("code", CODES)
def test_every_documented_code_reaches_the_sdk(code, sdk_and_emulator):
    """Each of the documented codes is raised by the vendor's SDK, with its documented message; once, as told."""
    sdk, emulator = sdk_and_emulator
    emulator.scripted[:] = parse_answers([f"one={code}:1"])
    request = models.CreateGroupRequest()
    request.GroupId, request.GroupName = "one", "one"

    with pytest.raises(TencentCloudSDKException) as refused:
        sdk.CreateGroup(request)

    assert (refused.value.code, refused.value.message) == (code, CODES[code].message)
    assert refused.value.requestId
    assert [each.times for each in emulator.scripted] == [0]


@pytest.fixture(scope="module", name="sdk_and_emulator")
def _sdk_and_emulator():
    with answering() as (url, emulator):
        yield client(url), emulator


def test_there_are_as_many_codes_as_the_documents_have():
    """The page and the list of common codes have 105 codes."""
    assert len(CODES) == 105


def test_a_refusal_creates_nothing():
    """What was refused as ordered is not there, and can be created once the order is spent."""
    with answering(f"{INTERNAL}:1") as (url, emulator):
        sdk = client(url)
        came = [created(sdk, "a"), created(sdk, "a"), created(sdk, "a")]

    assert came == [INTERNAL, None, EXISTS]
    assert list(emulator.account.groups) == ["a"]


def test_only_creations():
    """The sister actions answer as always."""
    with answering(ARREARS) as (url, _):
        sdk = client(url)
        listed = sdk.GetGroupList(models.GetGroupListRequest())
        missing = models.GetGroupInfoRequest()
        missing.GroupId = "a"
        with pytest.raises(TencentCloudSDKException, match="GroupIdNotExist"):
            sdk.GetGroupInfo(missing)

    assert listed.GroupNum == 0


def test_ordered_answers_stand_before_parameters():
    """An order is followed whatever the parameters are; and one that no GroupId matches isn't spent."""
    with answering(f"a*={ARREARS}:1") as (url, emulator):
        sdk = client(url)
        came = [created(sdk, "b"), created(sdk, "!", "c"), created(sdk, "a" * 65, "d"), created(sdk, "a" * 65, "d")]

    illegal, too_long = "InvalidParameterValue.GroupIdIllegal", "InvalidParameterValue.GroupIdTooLong"
    assert came == [None, illegal, ARREARS, too_long]
    assert emulator.scripted[0].times == 0


@pytest.mark.parametrize("code", [ARREARS, INTERNAL, "AuthFailure.MFAFailure"])
def test_signatures_are_checked_before(code):
    """Who isn't let in learns nothing of the order, and doesn't spend it."""
    with answering(f"{code}:1") as (url, _):
        stranger = client(url, Credentials(EXAMPLE_CREDENTIALS.secret_id, "wrong"))
        unknown = client(url, Credentials("AKIDnobody", EXAMPLE_CREDENTIALS.secret_key))
        came = [created(stranger, "a"), created(unknown, "a"), created(client(url), "a"), created(client(url), "a")]

    assert came == ["AuthFailure.SignatureFailure", "AuthFailure.SecretIdNotFound", code, None]


def test_as_often_as_told_from_several_threads():
    """An answer that is ordered ten times is given ten times, however many ask at once."""
    with answering("InternalError:10") as (url, _):
        came = []
        threads = [
            threading.Thread(target=lambda n=number: came.append(created(client(url), f"t{n}"))) for number in range(30)
        ]
        for each in threads:
            each.start()
        for each in threads:
            each.join()

    assert (came.count(INTERNAL), came.count(None)) == (10, 20)


# --- The words ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "group_ids", "times"),
    [
        (INTERNAL, "*", None),
        (f"{INTERNAL}:3", "*", 3),
        (f"{INTERNAL}:0", "*", 0),
        (f"a-[0-9]={INTERNAL}", "a-[0-9]", None),
        (f"a={INTERNAL}:12", "a", 12),
        (f"a=b={INTERNAL}", "a=b", None),
        (f"={INTERNAL}", "", None),
    ],
)
def test_answers_as_they_are_written(written, group_ids, times):
    """A code, for which GroupIds, how often."""
    (found,) = parse_answers([written])

    assert (found.code, found.group_ids, found.times) == (INTERNAL, group_ids, times)


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("ResourceUnavailable.InArears", "did you mean ResourceUnavailable.InArrears?"),
        ("Teapot", "`iai-conformance list codes`"),
        ("internalerror", "did you mean InternalError?"),
        ("", "--answer: it is empty"),
        ("InternalError=a", "has the code 'a'"),
        ("InternalError:", "'' is no number of times"),
        ("InternalError:twice", "'twice' is no number of times"),
        ("InternalError:-1", "'-1' is no number of times"),
        ("InternalError:1.5", "'1.5' is no number of times"),
        ("InternalError:²", "'²' is no number of times"),
        ("InternalError:2:3", "'2:3' is no number of times"),
    ],
)
def test_mistakes_are_told_in_a_sentence(written, says, capsys):
    """An unknown code, or no number, exits with 4 and a hint, before anything listens."""
    code, told = main(["serve", "--port", "0", "--answer", INTERNAL, "--answer", written]), capsys.readouterr()

    assert (code, told.out, told.err.count("\n")) == (4, "", 1)
    assert says in told.err
    with pytest.raises(UsageError):
        parse_answers([written])


@pytest.mark.parametrize(("written", "says"), [("-1", "can't have fewer than no groups"), ("few", "invalid int")])
def test_mistakes_about_the_quota(written, says, capsys):
    """A quota that can't be exits with 4."""
    try:
        code = main(["serve", "--port", "0", "--quota", written])
    except SystemExit as exit_:
        code = exit_.code

    assert (code, says in capsys.readouterr().err) == (4, True)


# --- The quota ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("groups", [0, 1, 3])
def test_the_quota(groups):
    """So many groups can be created and no more, until one is deleted."""
    with serve("--quota", str(groups)) as (url, _):
        sdk = client(url)
        came = [created(sdk, f"g{number}") for number in range(groups + 2)]
        if groups:
            deletion = models.DeleteGroupRequest()
            deletion.GroupId = "g0"
            sdk.DeleteGroup(deletion)
            came += [created(sdk, "again"), created(sdk, "more")]

    assert came == [*[None] * groups, TOO_MANY, TOO_MANY, *([None, TOO_MANY] if groups else [])]


# --- Runs against it ---------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True, name="bare_environment")
def _bare_environment(monkeypatch):
    for name in [each for each in os.environ if each.startswith("TENCENTCLOUD_")]:
        monkeypatch.delenv(name)


def judge(url):
    return command("run", "--target", url, "--profile", "smoke", "--max-requests", "60")


@pytest.mark.parametrize("code", [ARREARS, *STANDING[::4]])
def test_an_account_that_is_served_nothing(code):
    """A target that answers how the account stands can't be judged: exit code 3, and one sentence that says why."""
    with answering(code) as (url, emulator):
        done = judge(url)

    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (3, "", 1), done.stdout + done.stderr
    assert f"{url} serves this account nothing: {code}: {CODES[code].message}" in done.stderr
    assert emulator.account.groups == {}


def test_a_broken_server_is_no_unusable_one():
    """A target that answers the first requests with InternalError is judged all the same, and that is told."""
    with answering(f"{INTERNAL}:2") as (url, _):
        done = judge(url)

    assert done.returncode == 5, done.stdout + done.stderr
    assert "1 request got an internal error" in done.stdout
