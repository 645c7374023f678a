"""Sends every mistake's witness to a right server and to the mistaken one."""

import argparse
import base64
import hashlib
import hmac
import http.client
import json
import os
import random
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from pathlib import Path
from urllib.parse import urlencode

HERE = Path(__file__).resolve().parent
SECRET_ID = "AKIDexampleExampleExample"
SECRET_KEY = "exampleSecretKeyExample"
FORM = "application/x-www-form-urlencoded"


class Server:
    def __init__(self, mistake: str | None):
        command = [sys.executable, str(HERE / "server.py"), "--port", "0"]
        if mistake:
            command += ["--mistake", mistake]
        environment = dict(
            os.environ,
            TENCENTCLOUD_SECRET_ID=SECRET_ID,
            TENCENTCLOUD_SECRET_KEY=SECRET_KEY,
        )
        self.process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, text=True
        )

    def __enter__(self) -> str:
        line = self.process.stdout.readline()
        return line.strip().removeprefix("listening on http://")

    def __exit__(self, *_) -> None:
        self.process.terminate()
        self.process.wait(timeout=10)


def flatten(value, prefix="") -> list[tuple[str, str]]:
    if isinstance(value, dict):
        items = value.items()
    elif isinstance(value, list):
        items = enumerate(value)
    else:
        return [(prefix, str(value))]
    return [
        pair
        for key, item in items
        for pair in flatten(item, f"{prefix}.{key}" if prefix else str(key))
    ]


def tc3_headers(address, method, query, body, content_type, action, options) -> dict:
    timestamp = int(time.time()) + options.get("timestamp_offset", 0)
    date = datetime.fromtimestamp(timestamp, timezone.utc).strftime("%Y-%m-%d")
    headers = {
        "Host": address,
        "Content-Type": content_type,
        "X-TC-Action": action,
        "X-TC-Version": options.get("version", "2020-03-03"),
        "X-TC-Timestamp": str(timestamp),
        "X-TC-Region": options.get("region", "ap-guangzhou"),
    }
    if headers["X-TC-Region"] is None:
        del headers["X-TC-Region"]
    lowered = {key.lower(): value.lower() for key, value in headers.items()}
    signed = options.get("signed_headers", "content-type;host")
    lines = "".join(f"{name}:{lowered[name]}\n" for name in signed.split(";"))
    payload = hashlib.sha256(body).hexdigest()
    canonical = "\n".join([method, "/", query, lines, signed, payload])
    scope = f"{date}/iai/tc3_request"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    key = f"TC3{SECRET_KEY}".encode()
    for part in (date, "iai", "tc3_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    text = f"TC3-HMAC-SHA256\n{timestamp}\n{scope}\n{digest}"
    signature = hmac.digest(key, text.encode(), "sha256").hex()
    if options.get("tampered"):
        signature = signature[::-1]
    secret_id = options.get("secret_id", SECRET_ID)
    headers["Authorization"] = (
        f"TC3-HMAC-SHA256 Credential={secret_id}/{scope}, "
        f"SignedHeaders={signed}, Signature={signature}"
    )
    return headers


def v1_pairs(address, method, action, pairs, options) -> list[tuple[str, str]]:
    values = dict(pairs)
    values.update(
        Action=action,
        Version=options.get("version", "2020-03-03"),
        Region=options.get("region", "ap-guangzhou"),
        Timestamp=str(int(time.time()) + options.get("timestamp_offset", 0)),
        Nonce=str(random.randint(1, 10**6)),
        SecretId=SECRET_ID,
        SignatureMethod=options["sign"],
    )
    joined = "&".join(f"{key}={values[key]}" for key in sorted(values))
    text = f"{method}{address}/?{joined}".encode()
    algorithm = {"HmacSHA1": "sha1", "HmacSHA256": "sha256"}[options["sign"]]
    digest = hmac.digest(SECRET_KEY.encode(), text, algorithm)
    values["Signature"] = base64.b64encode(digest).decode()
    return list(values.items())


class Client:
    def __init__(self, address: str):
        self.address = address
        self.connection = http.client.HTTPConnection(address, timeout=30)
        self.headers: dict = {}
        self.seen: set[str] = set()

    def send(self, request: dict) -> dict:
        options = request.get("options", {})
        way, action = request["way"], request["action"]
        method = "GET" if way == "get" else "POST"
        query, body = "", b""
        if way == "json":
            content_type = options.get("content_type", "application/json")
            style = {}
            if options.get("compact"):
                style = {"ensure_ascii": False, "separators": (",", ":")}
            body = json.dumps(request["parameters"], **style).encode()
        else:
            content_type = FORM
            pairs = flatten(request["parameters"])
            if "sign" in options:
                pairs = v1_pairs(self.address, method, action, pairs, options)
            if way == "get":
                query = urlencode(pairs)
            else:
                body = urlencode(pairs).encode()
        if "sign" in options:
            headers = {"Host": self.address, "Content-Type": content_type}
        elif options.get("previous_headers"):
            headers = self.headers
        else:
            headers = tc3_headers(
                self.address, method, query, body, content_type, action, options
            )
        self.headers = headers
        target = f"/?{query}" if query else "/"
        self.connection.request(method, target, body or None, headers)
        answer = self.connection.getresponse()
        return self.read(answer.status, answer.read())

    def read(self, status: int, body: bytes) -> dict:
        document = json.loads(body)
        response = document.get("Response") if isinstance(document, dict) else None
        facts = {"status": status, "enveloped": isinstance(response, dict)}
        facts |= response or {}
        request_id = facts.get("RequestId")
        facts["new RequestId"] = request_id is not None and request_id not in self.seen
        self.seen.add(request_id)
        return facts


def numbered(value, number: int):
    return json.loads(json.dumps(value).replace("{n}", str(number)))


def play(address: str, witness: list[dict]) -> dict:
    client = Client(address)
    facts: dict = {}
    for request in witness:
        if "parallel" in request:
            count = request["parallel"]
            with ThreadPoolExecutor(count) as pool:
                jobs = [
                    pool.submit(Client(address).send, numbered(request, n))
                    for n in range(count)
                ]
            answers = [job.result() for job in jobs]
            successes = sum("Error" not in answer for answer in answers)
            facts = {"successes": successes, "one success": successes == 1}
            continue
        for number in range(request.get("repeat", 1)):
            facts = client.send(numbered(request, number))
    return facts


def look(facts: dict, path: str):
    value = facts
    for part in path.split("."):
        if not isinstance(value, dict):
            return None
        value = value.get(part)
    return value


def agrees(facts: dict, expected: dict) -> bool:
    return all(look(facts, path) == value for path, value in expected.items())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="only these mistakes")
    names = set(parser.parse_args().names)
    rows = json.loads((HERE / "mistakes.json").read_text(encoding="utf-8"))
    rows = [row for row in rows if not names or row["name"] in names]
    shown = 0
    for row in rows:
        with Server(None) as address:
            right = play(address, row["witness"])
        with Server(row["name"]) as address:
            wrong = play(address, row["witness"])
        good = agrees(right, row["right"]) and not agrees(right, row["wrong"])
        bad = agrees(wrong, row["wrong"]) and not agrees(wrong, row["right"])
        shown += good and bad
        print(f"{'shown' if good and bad else 'NOT SHOWN'}  {row['name']}", flush=True)
        if not (good and bad):
            print(f"    right server: {right}\n    wrong server: {wrong}")
    print(f"{shown} of {len(rows)} shown")
    sys.exit(shown < len(rows))


if __name__ == "__main__":
    main()
