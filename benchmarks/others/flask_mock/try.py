"""Shows every mistake: its witness against a right server and against a wrong one.

python try.py [NAME ...]
"""

import base64
import hashlib
import hmac
import http.client
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.parse import quote, urlsplit

HERE = Path(__file__).parent
SECRET_ID = "try-id"
SECRET_KEY = "try-key"


class Server:
    def __init__(self, mistake=None):
        command = [sys.executable, str(HERE / "server.py"), "--port", "0"]
        if mistake:
            command += ["--mistake", mistake]
        environment = {
            **os.environ,
            "TENCENTCLOUD_SECRET_ID": SECRET_ID,
            "TENCENTCLOUD_SECRET_KEY": SECRET_KEY,
        }
        self.process = subprocess.Popen(
            command,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        line = self.process.stdout.readline()
        self.address = urlsplit(line.split()[-1]).netloc

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(10)
        self.process.stdout.close()


def flatten(parameters):
    for name, value in parameters.items():
        if isinstance(value, list):
            for index, item in enumerate(value):
                yield f"{name}.{index}", item
        else:
            yield name, value


def signature(step, address, method, query, content_type, body, timestamp, headers):
    shifted = timestamp + 86400 * step.get("date_shift", 0)
    date = time.strftime("%Y-%m-%d", time.gmtime(shifted))
    values = {"content-type": content_type, "host": address}
    values |= {name.lower(): value for name, value in headers.items()}
    names = step.get("signed_headers", ["content-type", "host"])
    lines = "".join(f"{name}:{values[name].lower()}\n" for name in names)
    payload = hashlib.sha256(body).hexdigest()
    canonical = "\n".join([method, "/", query, lines, ";".join(names), payload])
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    scope = f"{date}/iai/tc3_request"
    key = ("TC3" + step.get("secret_key", SECRET_KEY)).encode()
    for part in (date, "iai", "tc3_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    text = f"TC3-HMAC-SHA256\n{timestamp}\n{scope}\n{digest}"
    result = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    return (
        f"TC3-HMAC-SHA256 Credential={step.get('secret_id', SECRET_ID)}/{scope}, "
        f"SignedHeaders={';'.join(names)}, Signature={result}"
    )


def signed_v1(step, address, parameters):
    """Parameters with the common ones and an older signature among them."""
    parameters = {
        **parameters,
        "Action": step["action"],
        "Version": "2020-03-03",
        "Region": "ap-guangzhou",
        "Timestamp": str(int(time.time())),
        "Nonce": "12345",
        "SecretId": SECRET_ID,
        "SignatureMethod": step["v1"],
    }
    method = "GET" if step["way"] == "get" else "POST"
    text = "&".join(f"{name}={parameters[name]}" for name in sorted(parameters))
    digest = {"HmacSHA1": hashlib.sha1, "HmacSHA256": hashlib.sha256}[step["v1"]]
    text = f"{method}{address}/?{text}"
    result = hmac.new(SECRET_KEY.encode(), text.encode(), digest).digest()
    return {**parameters, "Signature": base64.b64encode(result).decode()}


def send(connection, address, step, number=0):
    parameters = {
        name: value.replace("{i}", str(number)) if isinstance(value, str) else value
        for name, value in step["parameters"].items()
    }
    method, query, body = "POST", "", b""
    flat = dict(flatten_if(step, parameters))
    if "v1" in step:
        flat = signed_v1(step, address, flat)
    pairs = [f"{name}={quote(value, safe='')}" for name, value in flat.items()]
    if step["way"] == "json":
        content_type = "application/json"
        body = json.dumps(parameters).encode()
    else:
        content_type = "application/x-www-form-urlencoded"
        if step["way"] == "get":
            method, query = "GET", "&".join(pairs)
        else:
            body = "&".join(pairs).encode()
    content_type = step.get("content_type", content_type)

    timestamp = int(time.time()) + step.get("timestamp_shift", 0)
    headers = {
        "X-TC-Action": step["action"],
        "X-TC-Version": step.get("version", "2020-03-03"),
        "X-TC-Region": step.get("region", "ap-guangzhou"),
        "X-TC-Timestamp": str(timestamp),
        "X-TC-Language": step.get("language"),
    }
    headers |= step.get("headers", {})
    headers = {name: value for name, value in headers.items() if value is not None}
    if "v1" in step:
        headers = {}
    else:
        headers["Authorization"] = signature(
            step, address, method, query, content_type, body, timestamp, headers
        )
    headers["Content-Type"] = content_type
    path = "/?" + query if query else "/"
    connection.request(method, path, body or None, headers)
    reply = connection.getresponse()
    response = json.loads(reply.read())["Response"]
    error = response.get("Error", {})
    return {
        **response,
        "Status": reply.status,
        "ContentType": reply.headers.get_content_type(),
        "Code": error.get("Code"),
        "Message": error.get("Message"),
        "RequestIdGiven": "RequestId" in response,
    }


def flatten_if(step, parameters):
    return [] if step["way"] == "json" else flatten(parameters)


def at_once(address, step):
    seen = []
    barrier = threading.Barrier(step["parallel"])

    def one(number):
        connection = http.client.HTTPConnection(address, timeout=30)
        connection.connect()
        barrier.wait()
        seen.append(send(connection, address, step, number))
        connection.close()

    threads = [threading.Thread(target=one, args=(n,)) for n in range(step["parallel"])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return seen


def observe(witness, mistake=None):
    """What the last request of the witness is answered."""
    ids = set()
    with Server(mistake) as server:
        connection = http.client.HTTPConnection(server.address, timeout=30)
        for step in witness:
            if "parallel" in step:
                seen = at_once(server.address, step)
            else:
                seen = [
                    send(connection, server.address, step, number)
                    for number in range(step.get("repeat", 1))
                ]
            last = seen[-1]
            last["Successes"] = sum(one["Code"] is None for one in seen)
            last["RequestIdRepeated"] = last.get("RequestId") in ids
            ids.update(one.get("RequestId") for one in seen)
        connection.close()
    return last


def fits(seen, expected):
    for name, value in expected.items():
        if value == "more than 1":
            if not seen[name] > 1:
                return False
        elif seen.get(name) != value:
            return False
    return True


def main():
    rows = json.loads((HERE / "mistakes.json").read_text(encoding="utf-8"))
    chosen = [row for row in rows if not sys.argv[1:] or row["name"] in sys.argv[1:]]
    failures = 0
    for row in chosen:
        right = observe(row["witness"])
        wrong = observe(row["witness"], row["name"])
        good = fits(right, row["right"]) and fits(wrong, row["wrong"])
        good = good and not fits(wrong, row["right"])
        failures += not good
        print("shown " if good else "FAILED", row["kind"], row["name"], flush=True)
        if not good:
            print("   right server:", right)
            print("   wrong server:", wrong)
    print(f"{len(chosen) - failures} of {len(chosen)} shown")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
