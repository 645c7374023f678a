#!/usr/bin/env python3
"""Starts the server with each mistake, sends its witness, and compares.

Usage: try.py [NAME ...]

Each witness is sent to a server without a mistake, which has to answer as "right" says, and to one
with the mistake, which has to answer as "wrong" says.
"""

import base64
import hashlib
import hmac
import http.client
import json
import os
import random
import subprocess
import sys
import threading
import time
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
SECRET_ID = "AKIDtry"
SECRET_KEY = "try-secret-key"
VERSION = "2020-03-03"
REGION = "ap-guangzhou"


def flatten(parameters):
    fields = {}
    for name, value in parameters.items():
        if isinstance(value, list):
            for i, element in enumerate(value):
                if isinstance(element, dict):
                    for key, inner in element.items():
                        fields[f"{name}.{i}.{key}"] = str(inner)
                else:
                    fields[f"{name}.{i}"] = str(element)
        else:
            fields[name] = str(value)
    return fields


def sign_tc3(method, query, headers, body, timestamp, signed, secret_key):
    lower = {name.lower(): value.strip().lower() for name, value in headers.items()}
    canonical = "\n".join(
        [
            method,
            "/",
            query,
            "".join(f"{name}:{lower[name]}\n" for name in signed),
            ";".join(signed),
            hashlib.sha256(body).hexdigest(),
        ]
    )
    date = time.strftime("%Y-%m-%d", time.gmtime(timestamp))
    scope = f"{date}/iai/tc3_request"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    text = f"TC3-HMAC-SHA256\n{timestamp}\n{scope}\n{digest}"
    key = ("TC3" + secret_key).encode()
    for part in (date, "iai", "tc3_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    return (
        f"TC3-HMAC-SHA256 Credential={SECRET_ID}/{scope}, "
        f"SignedHeaders={';'.join(signed)}, Signature={signature}"
    )


def send_tc3(connection, host, step, timestamp):
    parameters = step["parameters"]
    method, query, body = "POST", "", b""
    if step["way"] == "json":
        content_type = "application/json"
        body = json.dumps(parameters, ensure_ascii=False).encode()
    else:
        content_type = "application/x-www-form-urlencoded"
        encoded = urllib.parse.urlencode(flatten(parameters))
        if step["way"] == "get":
            method, query = "GET", encoded
        else:
            body = encoded.encode()
    headers = {
        "Host": host,
        "Content-Type": content_type,
        "X-TC-Action": step["action"],
        "X-TC-Version": step.get("version", VERSION),
        "X-TC-Timestamp": str(timestamp),
    }
    region = step.get("region", REGION)
    if region is not None:
        headers["X-TC-Region"] = region
    signed = step.get("signed_headers", ["content-type", "host"])
    secret_key = step.get("secret_key", SECRET_KEY)
    headers["Authorization"] = sign_tc3(method, query, headers, body, timestamp, signed, secret_key)
    path = "/?" + query if query else "/"
    connection.request(method, path, body or None, headers)


def send_v1(connection, host, step, timestamp):
    fields = flatten(step["parameters"])
    fields.update(
        Action=step["action"],
        Version=step.get("version", VERSION),
        Region=step.get("region", REGION),
        Timestamp=str(timestamp),
        Nonce=str(random.randrange(1, 10**9)),
        SecretId=SECRET_ID,
        SignatureMethod=step["sign"],
    )
    method = "GET" if step["way"] == "get" else "POST"
    joined = "&".join(f"{name}={fields[name]}" for name in sorted(fields))
    algorithm = {"HmacSHA1": "sha1", "HmacSHA256": "sha256"}[step["sign"]]
    key = step.get("secret_key", SECRET_KEY).encode()
    digest = hmac.new(key, f"{method}{host}/?{joined}".encode(), algorithm).digest()
    fields["Signature"] = base64.b64encode(digest).decode()
    encoded = urllib.parse.urlencode(fields)
    headers = {"Host": host}
    if method == "GET":
        connection.request("GET", "/?" + encoded, headers=headers)
    else:
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request("POST", "/", encoded.encode(), headers)


def send(connection, step):
    host = f"{connection.host}:{connection.port}"
    timestamp = int(time.time()) + step.get("timestamp_offset", 0)
    if step.get("sign", "tc3") == "tc3":
        send_tc3(connection, host, step, timestamp)
    else:
        send_v1(connection, host, step, timestamp)
    answer = connection.getresponse()
    return answer.status, json.loads(answer.read())["Response"]


def numbered(step, i, extra=""):
    parameters = {
        name: (
            value.replace("{i}", str(i)) + (extra if name == "GroupId" else "")
            if isinstance(value, str)
            else value
        )
        for name, value in step["parameters"].items()
    }
    return {**step, "parameters": parameters}


def send_parallel(port, step):
    """The most successes in one round of parallel requests."""
    most = 0
    count = step["parallel"]
    for number in range(step["rounds"]):
        barrier = threading.Barrier(count)
        successes = []

        def one(i, number=number, barrier=barrier, successes=successes):
            connection = http.client.HTTPConnection("127.0.0.1", port)
            barrier.wait()
            named = numbered(step, f"{number}-{i}", str(number))
            if "Error" not in send(connection, named)[1]:
                successes.append(i)
            connection.close()

        threads = [threading.Thread(target=one, args=(i,)) for i in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        most = max(most, len(successes))
    return most


def matches(expected, got):
    if "successes" in expected:
        return got["most"] > 1 if expected["successes"].startswith("more") else got["most"] == 1
    status, response, ids = got["status"], got["response"], got["ids"]
    if status != expected.get("status", 200) or not response.get("RequestId"):
        return False
    if "request_id" in expected:
        return (len(set(ids)) < len(ids)) == (expected["request_id"] == "repeated")
    error = response.get("Error")
    if "code" in expected:
        return error is not None and error["Code"] == expected["code"] and error["Message"] != ""
    if error is not None:
        return False
    values = expected.get("values", {})
    return all(
        response.get(name) == value and type(response.get(name)) is type(value)
        for name, value in values.items()
    )


def run(witness, mistake=None):
    command = [os.path.join(HERE, "serve.sh"), "--port", "0"]
    if mistake:
        command += ["--mistake", mistake]
    environment = {
        **os.environ,
        "TENCENTCLOUD_SECRET_ID": SECRET_ID,
        "TENCENTCLOUD_SECRET_KEY": SECRET_KEY,
    }
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    try:
        port = int(server.stdout.readline().rsplit(":", 1)[1])
        connection = http.client.HTTPConnection("127.0.0.1", port)
        got = {"ids": []}
        for step in witness:
            if "parallel" in step:
                got["most"] = send_parallel(port, step)
                continue
            for i in range(step.get("repeat", 1)):
                got["status"], got["response"] = send(connection, numbered(step, i))
                got["ids"].append(got["response"].get("RequestId"))
                if "repeat" in step and "Error" in got["response"]:
                    break
        connection.close()
        return got
    finally:
        server.terminate()
        server.wait()


def main():
    with open(os.path.join(HERE, "mistakes.json"), encoding="utf-8") as file:
        rows = json.load(file)
    names = sys.argv[1:]
    shown = tried = 0
    for row in rows:
        if names and row["name"] not in names:
            continue
        tried += 1
        right = run(row["witness"])
        wrong = run(row["witness"], row["name"])
        good = (
            matches(row["right"], right)
            and matches(row["wrong"], wrong)
            and not matches(row["right"], wrong)
        )
        shown += good
        print("shown    " if good else "NOT SHOWN", row["name"], flush=True)
        if not good:
            print("  right:", right if len(right["ids"]) < 9 else right.get("response"))
            print("  wrong:", wrong if len(wrong["ids"]) < 9 else wrong.get("response"))
    print(f"{shown} of {tried} shown")
    return 0 if shown == tried else 1


if __name__ == "__main__":
    sys.exit(main())
