"""The driver of the vendor's command line, a process a call; docs/drivers.md describes what it speaks."""

import json
import os
import platform
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

TCCLI = str(Path(sys.executable).with_name("tccli"))
SAID = re.compile(r"\[TencentCloudSDKException\] code:(.*?) message:(.*) requestId:(.*)", re.DOTALL)


def say(**message):
    """Write a message."""
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def words(call):
    """The command line of a call: each parameter as its own option, as people write it."""
    said = [TCCLI, "iai", "CreateGroup", "--endpoint", call["server"]["endpoint"], "--region", call["region"]]
    said += ["--timeout", str(call["timeout"])]
    if "language" in call:
        said += ["--language", call["language"]]
    for name, value in call["parameters"].items():
        said.append(f"--{name}={value if isinstance(value, str) else json.dumps(value)}")
    return said


def perform(call):
    """What comes of a call: the members of a result."""
    given = call["credentials"]
    pair = {"TENCENTCLOUD_SECRET_ID": given["secret_id"], "TENCENTCLOUD_SECRET_KEY": given["secret_key"]}
    if "token" in given:
        pair["TENCENTCLOUD_TOKEN"] = given["token"]
    environment = {**os.environ, **pair, "PYTHONIOENCODING": "utf-8", "PYTHONUTF8": "1"}
    done = subprocess.run(words(call), env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    out, said = (each.decode("utf-8", "replace") for each in (done.stdout, done.stderr))
    if done.returncode == 0:
        response = json.loads(out)
        return {"answer": {name: response[name] for name in ("FaceModelVersion", "RequestId") if name in response}}
    told = SAID.search(said)
    if told is None:
        last = said.strip().splitlines()[-1:] or [""]
        kind = "raw" if "Traceback" in said else "sdk"
        return {"error": {"kind": kind, "class": f"exit code {done.returncode}", "message": last[0]}}
    code, message, request_id = (each.strip("\r\n") for each in told.groups())
    members = {"code": code, "message": message, "request_id": None if request_id == "None" else request_id}
    return {"error": {"kind": "sdk", "class": f"exit code {done.returncode}", **members}}


def main():
    """Speak the protocol until `bye`."""
    say(
        type="hello", protocol=1, sdk="tccli", version=metadata.version("tccli"),
        runtime=f"Python {platform.python_version()}", methods=["POST"], signing=["TC3-HMAC-SHA256"],
        reach=["endpoint"], can=["timeout", "token", "language", "empty", "list-null"],
    )  # fmt: skip
    for line in sys.stdin:
        call = json.loads(line)
        if call["type"] == "bye":
            say(type="bye")
            return
        say(type="result", id=call["id"], **perform(call))


if __name__ == "__main__":
    main()
