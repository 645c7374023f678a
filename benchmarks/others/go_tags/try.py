"""Tries each mistake with its witness.

Starts the server once without a mistake and once with it, sends the witness's
requests with real signatures over one kept-alive connection, and compares the
last answer with what the row says. Builds nothing: run `go build ./...` first.

    python3 try.py [--server ./groupmock] [NAME ...]
"""

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
from pathlib import Path
from threading import Barrier
from urllib.parse import quote, urlsplit

SECRET_ID = "AKIDexample"
SECRET_KEY = "example-key"
JSON = "application/json"
FORM = "application/x-www-form-urlencoded"


class Server:
    """One process of the server, with or without a mistake."""

    def __init__(self, path, mistake=None):
        command = [path, "--port", "0"]
        if mistake:
            command += ["--mistake", mistake]
        env = dict(
            os.environ,
            TENCENTCLOUD_SECRET_ID=SECRET_ID,
            TENCENTCLOUD_SECRET_KEY=SECRET_KEY,
        )
        self.process = subprocess.Popen(
            command, env=env, stdout=subprocess.PIPE, text=True
        )
        line = self.process.stdout.readline()
        self.address = urlsplit(line.removeprefix("listening on ").strip()).netloc

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)
        self.process.stdout.close()


def flatten(parameters, prefix=""):
    """The parameters as (name, text) pairs of a form or a query string."""
    items = (
        parameters.items() if isinstance(parameters, dict) else enumerate(parameters)
    )
    for name, value in items:
        if isinstance(value, (dict, list)):
            yield from flatten(value, f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", str(value)


def encode(pairs):
    return "&".join(f"{quote(n, safe='')}={quote(v, safe='')}" for n, v in pairs)


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def mac(key, text, name="sha256"):
    return hmac.new(key, text.encode(), name).digest()


def build_tc3(host, step, options):
    """Method, target, headers and body of a request signed by TC3."""
    method, query, body = "POST", "", b""
    media = JSON
    if step["way"] == "json":
        body = json.dumps(step["parameters"], ensure_ascii=False).encode()
    elif step["way"] == "form":
        media, body = FORM, encode(flatten(step["parameters"])).encode()
    else:
        method, media, query = "GET", FORM, encode(flatten(step["parameters"]))
    body += options.get("body_suffix", "").encode()
    timestamp = str(int(time.time()) + options.get("timestamp_shift", 0))
    headers = {
        "content-type": options.get("content_type", media),
        "host": host,
        "x-tc-action": step["action"],
        "x-tc-version": options.get("version", "2020-03-03"),
        "x-tc-timestamp": timestamp,
    }
    if options.get("region", "ap-guangzhou") is not None:
        headers["x-tc-region"] = options.get("region", "ap-guangzhou")
    signed = options.get("signed_headers", ["content-type", "host"])
    canonical = "\n".join(
        [method, "/", query]
        + [f"{name}:{headers[name].strip().lower()}" for name in signed]
        + ["", ";".join(signed), sha256(body)]
    )
    date = time.strftime("%Y-%m-%d", time.gmtime(int(timestamp)))
    date = options.get("scope_date", date)
    scope = f"{date}/iai/tc3_request"
    text = "\n".join(
        ["TC3-HMAC-SHA256", timestamp, scope, sha256(canonical.encode())]
    )
    key = mac(("TC3" + options.get("secret_key", SECRET_KEY)).encode(), date)
    for part in ("iai", "tc3_request"):
        key = mac(key, part)
    headers["authorization"] = (
        f"TC3-HMAC-SHA256 Credential={options.get('secret_id', SECRET_ID)}/{scope}, "
        f"SignedHeaders={';'.join(signed)}, Signature={mac(key, text).hex()}"
    )
    return method, "/?" + query if query else "/", headers, body


def build_v1(host, step, options):
    """The same with the older signature, a parameter among the others."""
    method = "POST" if step["way"] == "form" else "GET"
    parameters = dict(flatten(step["parameters"]))
    parameters.update(
        Action=step["action"],
        Version=options.get("version", "2020-03-03"),
        Region=options.get("region", "ap-guangzhou"),
        Timestamp=str(int(time.time()) + options.get("timestamp_shift", 0)),
        Nonce=str(random.randrange(1, 10**9)),
        SecretId=options.get("secret_id", SECRET_ID),
    )
    name = "sha1"
    if "signature_method" in options:
        parameters["SignatureMethod"] = options["signature_method"]
        name = options["signature_method"].removeprefix("Hmac").lower()
    text = f"{method}{host}/?" + "&".join(
        f"{key}={parameters[key]}" for key in sorted(parameters)
    )
    signature = mac(SECRET_KEY.encode(), text, name)
    parameters["Signature"] = base64.b64encode(signature).decode()
    encoded = encode(parameters.items())
    headers = {"host": host}
    if method == "GET":
        return method, "/?" + encoded, headers, b""
    return method, "/", headers | {"content-type": FORM}, encoded.encode()


def send(connection, host, step):
    """Sends one step; gives the status, the Response and the media type."""
    options = step.get("with", {})
    build = build_v1 if options.get("signature") == "v1" else build_tc3
    method, target, headers, body = build(host, step, options)
    headers = headers | options.get("headers", {})
    if options.get("chunked"):
        connection.request(
            method,
            target,
            iter([body]),
            headers | {"transfer-encoding": "chunked"},
            encode_chunked=True,
        )
    else:
        connection.request(method, target, body or None, headers)
    answer = connection.getresponse()
    media = answer.getheader("Content-Type", "").split(";")[0]
    return answer.status, json.loads(answer.read()).get("Response", {}), media


def fill(value, number):
    """The parameters with {n} replaced by the number of the repetition."""
    return json.loads(json.dumps(value).replace("{n}", str(number)))


def run_witness(server, witness):
    """Sends all steps; gives what was seen of the last one and all request ids."""
    connection = http.client.HTTPConnection(server.address, timeout=30)
    seen, ids = None, []
    for step in witness:
        if parallel := step.get("parallel"):
            seen = {"successes": count_successes(server, step, parallel)}
            continue
        for number in range(step.get("repeat", 1)):
            filled = dict(step, parameters=fill(step["parameters"], number))
            status, response, media = send(connection, server.address, filled)
            ids.append(response.get("RequestId"))
            seen = {"status": status, "response": response, "media": media}
    connection.close()
    return seen, ids


def count_successes(server, step, parallel):
    barrier = Barrier(parallel)

    def one(number):
        connection = http.client.HTTPConnection(server.address, timeout=30)
        connection.connect()
        barrier.wait(30)
        filled = dict(step, parameters=fill(step["parameters"], number))
        _, response, _ = send(connection, server.address, filled)
        connection.close()
        return "Error" not in response

    with ThreadPoolExecutor(parallel) as pool:
        return sum(pool.map(one, range(parallel)))


def matches(expected, seen, ids):
    if "successes" in expected:
        return seen["successes"] == expected["successes"]
    if "successes_over" in expected:
        return seen["successes"] > expected["successes_over"]
    response = seen["response"]
    if seen["status"] != expected.get("status", 200):
        return False
    if seen["media"] != expected.get("media", JSON):
        return False
    message = response.get("Error", {}).get("Message")
    if expected.get("message", message) != message:
        return False
    if any(name not in response for name in expected.get("has", [])):
        return False
    if any(name in response for name in expected.get("lacks", [])):
        return False
    if "request_id" in expected:
        repeated = ids[-1] in ids[:-1]
        if repeated != (expected["request_id"] == "repeated"):
            return False
    if "error" in expected:
        return response.get("Error", {}).get("Code") == expected["error"]
    if "Error" in response:
        return False
    return all(
        name in response and response[name] == value
        for name, value in expected["success"].items()
    )


def try_row(path, row):
    """What is wrong with a row, as a list of lines; empty if it is shown."""
    faults = []
    for mistake, good, bad in ((None, "right", "wrong"), (row["name"], "wrong", "right")):
        with Server(path, mistake) as server:
            seen, ids = run_witness(server, row["witness"])
        if not matches(row[good], seen, ids) or matches(row[bad], seen, ids):
            faults.append(f"  {'with' if mistake else 'without'} it: {seen}")
    return faults


def main():
    here = Path(__file__).parent
    parser = argparse.ArgumentParser()
    parser.add_argument("--server", default=str(here / "groupmock"))
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    rows = json.loads((here / "mistakes.json").read_text(encoding="utf-8"))
    rows = [row for row in rows if not arguments.names or row["name"] in arguments.names]
    shown = 0
    for row in rows:
        faults = try_row(arguments.server, row)
        shown += not faults
        if faults:
            print(f"{row['name']} is not shown")
            print("\n".join(faults))
    print(f"{shown} of {len(rows)} shown")
    sys.exit(shown != len(rows))


if __name__ == "__main__":
    main()
