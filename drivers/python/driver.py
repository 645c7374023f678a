"""The driver of the vendor's Python SDK; docs/drivers.md describes what it speaks."""

import json
import os
import platform
import sys
from importlib import metadata
from urllib.parse import urlsplit

# Whatever a library prints goes to standard error: standard output is the protocol's alone.
_PROTOCOL = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)

from tencentcloud.common.credential import Credential
from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.common.retry import StandardRetryer
from tencentcloud.iai.v20200303 import iai_client, models

IS_ASYNC = sys.argv[1:] == ["async"]
FIELDS = ("FaceModelVersion", "RequestId")
NAME = "tencentcloud-sdk-python-iai"
CAN = ["kept", "retries", "timeout", "token", "language", "empty", "null", "list-null", "surrogates", "nul"]


def say(**message):
    """Write a message."""
    _PROTOCOL.write(json.dumps(message) + "\n")
    _PROTOCOL.flush()


def text(value):
    """A value of the protocol as Python has it."""
    if isinstance(value, dict):
        raw = b"".join(unit.to_bytes(2, "little") for unit in value["utf16"])
        return raw.decode("utf-16-le", "surrogatepass")
    return [text(each) for each in value] if isinstance(value, list) else value


def profile_of(call):
    """The profile that a call asks for."""
    where = urlsplit(call["server"]["endpoint"])
    http = HttpProfile(
        protocol=where.scheme,
        endpoint=where.netloc,
        reqMethod=call["method"],
        reqTimeout=call["timeout"],
        keepAlive=True,
        proxy=call["server"].get("proxy"),
    )
    profile = ClientProfile(signMethod=call["signing"], httpProfile=http)
    if "language" in call:
        profile.language = call["language"]
    if call["retries"] == "own":
        profile.retryer = _retryer()
    return profile


def _retryer():
    if not IS_ASYNC:
        return StandardRetryer()
    from tencentcloud.common.retry_async import StandardRetryer as AsyncRetryer

    return AsyncRetryer()


def client_of(call):
    """A new client."""
    given = call["credentials"]
    pair = Credential(given["secret_id"], given["secret_key"], given.get("token"))
    if IS_ASYNC:
        from tencentcloud.iai.v20200303 import iai_client_async

        return iai_client_async.IaiClient(pair, call["region"], profile_of(call))
    return iai_client.IaiClient(pair, call["region"], profile_of(call))


def request_of(call):
    """The typed request, with what is asked set, and nothing else."""
    request = models.CreateGroupRequest()
    for name, value in call["parameters"].items():
        setattr(request, name, text(value))
    return request


def wire(value):
    """A text as the protocol writes it."""
    if isinstance(value, str) and any(each == "\0" or "\ud800" <= each <= "\udfff" for each in value):
        raw = value.encode("utf-16-le", "surrogatepass")
        return {"utf16": [int.from_bytes(raw[at : at + 2], "little") for at in range(0, len(raw), 2)]}
    return value if isinstance(value, (str, int, float, bool, type(None))) else repr(value)


def perform(call, client):
    """What comes of a call: the members of a result."""
    try:
        made = client.CreateGroup(request_of(call))
        if IS_ASYNC:
            made = LOOP.run_until_complete(made)
        return {"answer": {name: getattr(made, name) for name in FIELDS if hasattr(made, name)}}
    except TencentCloudSDKException as error:
        return {
            "error": {
                "kind": "sdk", "class": type(error).__name__, "code": wire(error.code), "message": wire(error.message),
                "request_id": wire(error.requestId), "cause": type(error.__context__).__name__,
            }
        }  # fmt: skip
    except Exception as error:
        return {"error": {"kind": "raw", "class": type(error).__name__, "message": wire(str(error))}}


def main():
    """Speak the protocol until `bye`."""
    say(
        type="hello", protocol=1, sdk=NAME + (" (async)" if IS_ASYNC else ""), version=metadata.version(NAME),
        runtime=f"Python {platform.python_version()}", methods=["POST", "GET"],
        signing=["TC3-HMAC-SHA256", "HmacSHA256", "HmacSHA1"], reach=["endpoint", "proxy"], can=CAN,
    )  # fmt: skip
    client = None
    for line in sys.stdin:
        call = json.loads(line)
        if call["type"] == "bye":
            say(type="bye")
            return
        if client is None or call["client"] == "new":
            client = client_of(call)
        say(type="result", id=call["id"], **perform(call, client))


if IS_ASYNC:
    import asyncio

    LOOP = asyncio.new_event_loop()

if __name__ == "__main__":
    main()
