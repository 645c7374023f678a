"""A server of CreateGroup that knows nothing of this project: written from the page alone, on the standard library.

It checks no signature, has no sister action, and can be given mistakes of its own. Run it as a program, from the top of
the checkout: `python -m tests.other_server [MISTAKE]`; it prints its port.
"""

import json
import sys
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.page_texts import NAME, faults_of_text, in_bytes

MISTAKE = sys.argv[1] if len(sys.argv) > 1 else ""
KNOWN = ("GroupName", "GroupId", "GroupExDescriptions", "Tag", "FaceModelVersion")
groups, names = {}, set()


def refusal(body):
    """The code that refuses a request; None for a good one."""
    name, group_id, tag = body.get("GroupName"), body.get("GroupId"), body.get("Tag")
    descriptions, version = body.get("GroupExDescriptions"), body.get("FaceModelVersion")
    if any(key not in KNOWN for key in body):
        return "UnknownParameter"
    if name is None or group_id is None:
        return "MissingParameter"
    if any(each is not None and not isinstance(each, str) for each in (name, group_id, tag, version)):
        return "InvalidParameter"
    if descriptions is not None and not (
        isinstance(descriptions, list) and all(isinstance(each, str) for each in descriptions)
    ):
        return "InvalidParameter"
    if not name or not group_id:
        return "MissingParameter.ErrorParameterEmpty"
    value = "InvalidParameterValue."
    for code in faults_of_text("GroupId", group_id):
        return value + "GroupNameTooLong" if MISTAKE == "wrong-code" and code.endswith("TooLong") else code
    size = in_bytes if MISTAKE == "bytes" else len
    takes = NAME.match if MISTAKE == "unanchored" else NAME.fullmatch
    for code in faults_of_text("GroupName", name, size, takes):
        return code
    for each in descriptions or ():
        for code in faults_of_text("GroupExDescriptions", each):
            return code
        if not each:
            return value + "GroupExDescriptionsNameIllegal"
    if len(descriptions or ()) > 5:
        return value + "GroupExDescriptionsExceed"
    if len(set(descriptions or ())) < len(descriptions or ()):
        return value + "GroupExDescriptionsNameIdentical"
    for code in faults_of_text("Tag", tag or ""):
        return code
    if version is not None and version not in ("2.0", "3.0"):
        return value + "FaceModelVersionIllegal"
    if group_id in groups:
        return value + "GroupIdAlreadyExist"
    if name in names and MISTAKE != "names":
        return value + "GroupNameAlreadyExist"
    return None


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def handle(self):
        """Answer; and hang up when a second request comes, without having said so."""
        if MISTAKE != "one-request-a-connection":
            super().handle()
            return
        self.handle_one_request()
        self.rfile.read(1)

    def do_POST(self):
        """Answer."""
        data = self.rfile.read(int(self.headers["Content-Length"]))
        try:
            body = json.loads(data)
        except ValueError:  # more digits than Python reads
            body = {"GroupName": 0, "GroupId": "a"}
        code = "InvalidAction" if self.headers["X-TC-Action"] != "CreateGroup" else refusal(body)
        if MISTAKE == "dies" and "\U0001f600" in str(body):
            self.close_connection = True
            return
        if code is None:
            groups[body["GroupId"]] = body
            names.add(body["GroupName"])
            answer = {"FaceModelVersion": body.get("FaceModelVersion") or "3.0"}
        else:
            answer = {"Error": {"Code": code, "Message": "no"}}
        if MISTAKE != "no-request-id":
            answer["RequestId"] = str(uuid.uuid4())
        text = json.dumps({"Response": answer}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        """Say nothing."""


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()
