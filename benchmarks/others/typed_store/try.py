"""Starts the server with each mistake and sends the mistake's witness.

    python try.py            every mistake
    python try.py NAME ...   these only

For each one the server without a mistake must answer "right" and the server
with it "wrong". Besides action, parameters, way and note a step of a witness
may have:

    headers         headers to set, or null to leave one out
    content_type    the Content-Type to send
    clock           seconds to shift the timestamp by
    scope_date      the date in the credential scope
    secret_id       the SecretId to sign with
    secret_key      the key to sign with
    signed_headers  the list for SignedHeaders
    signature       "v1" for the older signature (form and get)
    signature_method  HmacSHA256 for "v1" with SHA-256
    split           true: the body is cut within a character of several bytes
    repeat          how often to send; {i} in a value is the number
    together        true: sent in parallel with the other steps so marked

"right" and "wrong" may also name http_status, content_type (of the answer),
request_id_is_uuid, request_id_is_new (not given before in this witness) and
unreadable (the answer is no JSON).
"""

import datetime
import hashlib
import hmac
import http.client
import json
import os
import random
import re
import subprocess
import sys
import threading
import time
import urllib.parse
from base64 import b64encode
from pathlib import Path

HERE = Path(__file__).resolve().parent
SECRET_ID = "AKIDexample"
SECRET_KEY = "example-key"
UUID_FORM = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class Server:
    def __init__(self, mistake=None):
        command = ["node", str(HERE / "dist" / "server.js"), "--port", "0"]
        if mistake:
            command += ["--mistake", mistake]
        env = {
            **os.environ,
            "TENCENTCLOUD_SECRET_ID": SECRET_ID,
            "TENCENTCLOUD_SECRET_KEY": SECRET_KEY,
        }
        self.process = subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, env=env
        )
        self.host = self.process.stdout.readline().strip().rpartition("/")[2]

    def connect(self):
        return http.client.HTTPConnection(self.host, timeout=30)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)
        self.process.stdout.close()


def flatten(parameters):
    pairs = {}
    for name, value in parameters.items():
        if isinstance(value, list):
            for index, item in enumerate(value):
                pairs[f"{name}.{index}"] = item
        else:
            pairs[name] = str(value)
    return pairs


def encode(pairs):
    return urllib.parse.urlencode(pairs, quote_via=urllib.parse.quote, safe="-_.~")


def hmac_sha256(key, text):
    return hmac.new(key, text.encode(), hashlib.sha256).digest()


def sign_tc3(step, host, method, query, body, content_type):
    timestamp = int(time.time()) + step.get("clock", 0)
    headers = {
        "Host": host,
        "Content-Type": content_type,
        "X-TC-Action": step["action"],
        "X-TC-Version": "2020-03-03",
        "X-TC-Region": "ap-guangzhou",
        "X-TC-Timestamp": str(timestamp),
    }
    for name, value in step.get("headers", {}).items():
        headers[name] = value
    headers = {name: value for name, value in headers.items() if value is not None}
    signed = step.get("signed_headers", ["content-type", "host"])
    lower = {name.lower(): value for name, value in headers.items()}
    lines = "".join(f"{name}:{lower[name].strip().lower()}\n" for name in signed)
    digest = hashlib.sha256(body).hexdigest()
    canonical = "\n".join([method, "/", query, lines, ";".join(signed), digest])
    utc = datetime.datetime.fromtimestamp(timestamp, datetime.timezone.utc)
    date = step.get("scope_date", utc.strftime("%Y-%m-%d"))
    scope = f"{date}/iai/tc3_request"
    hashed = hashlib.sha256(canonical.encode()).hexdigest()
    text = f"TC3-HMAC-SHA256\n{timestamp}\n{scope}\n{hashed}"
    secret_key = step.get("secret_key", SECRET_KEY)
    key = hmac_sha256(f"TC3{secret_key}".encode(), date)
    key = hmac_sha256(hmac_sha256(key, "iai"), "tc3_request")
    signature = hmac_sha256(key, text).hex()
    secret_id = step.get("secret_id", SECRET_ID)
    headers["Authorization"] = (
        f"TC3-HMAC-SHA256 Credential={secret_id}/{scope}, "
        f"SignedHeaders={';'.join(signed)}, Signature={signature}"
    )
    return headers


def sign_v1(step, host, method, pairs):
    pairs = {
        **pairs,
        "Action": step["action"],
        "Version": "2020-03-03",
        "Region": "ap-guangzhou",
        "Timestamp": str(int(time.time()) + step.get("clock", 0)),
        "Nonce": str(random.randrange(1, 10**9)),
        "SecretId": step.get("secret_id", SECRET_ID),
    }
    digest = hashlib.sha1
    if "signature_method" in step:
        pairs["SignatureMethod"] = step["signature_method"]
        if step["signature_method"] == "HmacSHA256":
            digest = hashlib.sha256
    text = "&".join(f"{name}={value}" for name, value in sorted(pairs.items()))
    secret_key = step.get("secret_key", SECRET_KEY)
    mac = hmac.new(secret_key.encode(), f"{method}{host}/?{text}".encode(), digest)
    pairs["Signature"] = b64encode(mac.digest()).decode()
    return pairs


def build(step, host):
    way = step["way"]
    method = "GET" if way == "get" else "POST"
    content_type = step.get("content_type")
    if way == "json":
        body = json.dumps(step["parameters"], ensure_ascii=False).encode()
        content_type = content_type or "application/json"
        return method, "/", body, sign_tc3(step, host, method, "", body, content_type)
    content_type = content_type or "application/x-www-form-urlencoded"
    pairs = flatten(step["parameters"])
    old = step.get("signature") == "v1"
    text = encode(sign_v1(step, host, method, pairs) if old else pairs)
    query = text if way == "get" else ""
    body = b"" if way == "get" else text.encode()
    if old:
        headers = {"Host": host, "Content-Type": content_type}
    else:
        headers = sign_tc3(step, host, method, query, body, content_type)
    return method, f"/?{query}" if query else "/", body, headers


def send(connection, host, step):
    method, target, body, headers = build(step, host)
    connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.putheader("Content-Length", str(len(body)))
    connection.endheaders()
    if step.get("split"):
        cut = next(i for i, byte in enumerate(body) if byte >= 0x80) + 1
        connection.send(body[:cut])
        time.sleep(0.1)
        connection.send(body[cut:])
    elif body:
        connection.send(body)
    response = connection.getresponse()
    try:
        answer = json.loads(response.read())["Response"]
    except ValueError:
        answer = {"unreadable": True}
    request_id = answer.get("RequestId", "")
    return {
        **answer,
        "http_status": response.status,
        "content_type": response.headers.get_content_type(),
        "request_id_is_uuid": bool(UUID_FORM.fullmatch(request_id)),
    }


def numbered(step, number):
    values = {
        name: value.replace("{i}", str(number)) if isinstance(value, str) else value
        for name, value in step["parameters"].items()
    }
    return {**step, "parameters": values}


def send_together(server, steps):
    answers = [None] * len(steps)
    start = threading.Barrier(len(steps))

    def run(index):
        connection = server.connect()
        connection.connect()
        start.wait()
        answers[index] = send(connection, server.host, steps[index])
        connection.close()

    threads = [threading.Thread(target=run, args=(i,)) for i in range(len(steps))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def play(mistake, witness):
    """The last answer, or the answers of the steps sent together."""
    with Server(mistake) as server:
        parallel = [step for step in witness if step.get("together")]
        connection = server.connect()
        answer = None
        seen = set()
        for step in witness:
            if step.get("together"):
                continue
            for number in range(step.get("repeat", 1)):
                answer = send(connection, server.host, numbered(step, number))
                request_id = answer.get("RequestId")
                answer["request_id_is_new"] = request_id not in seen
                seen.add(request_id)
        connection.close()
        return send_together(server, parallel) if parallel else answer


def matches(expected, answer):
    if isinstance(expected, list):
        if not isinstance(answer, list) or len(expected) != len(answer):
            return False
        if all(isinstance(item, dict) for item in expected):
            rest = list(answer)
            for item in expected:
                found = next((one for one in rest if matches(item, one)), None)
                if found is None:
                    return False
                rest.remove(found)
            return True
        return expected == answer
    if isinstance(expected, dict):
        if not isinstance(answer, dict):
            return False
        if "Error" in answer and "Error" not in expected:
            return False
        return all(
            name not in answer if value is None else matches(value, answer.get(name))
            for name, value in expected.items()
        )
    if expected == "*":
        return bool(answer)
    return expected == answer


def main():
    rows = json.loads((HERE / "mistakes.json").read_text("utf-8"))
    wanted = set(sys.argv[1:])
    failed = 0
    for row in rows:
        if wanted and row["name"] not in wanted:
            continue
        good = play(None, row["witness"])
        bad = play(row["name"], row["witness"])
        shown = (
            matches(row["right"], good)
            and matches(row["wrong"], bad)
            and not matches(row["wrong"], good)
            and not matches(row["right"], bad)
        )
        print("shown " if shown else "FAILED", row["kind"], row["name"], flush=True)
        if not shown:
            failed += 1
            print("   without:", json.dumps(good, ensure_ascii=False))
            print("   with:   ", json.dumps(bad, ensure_ascii=False))
    print(f"{failed} failed" if failed else "all shown")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
