"""A mock of the group actions of Tencent Cloud IAI, version 2020-03-03."""

import argparse
import json
import logging
import re
import signal
import sys
import uuid

from flask import Flask, g, jsonify, request
from waitress.server import create_server
from werkzeug.exceptions import HTTPException

import mistakes
from actions import ACTIONS
from errors import (
    CHINESE,
    COMMON,
    ENGLISH,
    ENGLISH_BEFORE_LENGTHS,
    ENGLISH_WITH_COPY,
    ApiError,
)
from mistakes import mistaken
from schema import conform
from signing import signed
from ways import LIMITS, parameters_of

VERSION = "2020-03-03"
REGION = re.compile(r"ap-[a-z0-9-]+")
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]

app = Flask(__name__)
app.config["MAX_FORM_MEMORY_SIZE"] = LIMITS["multipart"]
_last_language = "zh-CN"
_error_bodies = {}  # by code and text


@app.route("/", methods=METHODS, provide_automatic_options=False)
@signed
def call(common, way):
    for name in ("Action", "Version", "Region"):
        if mistaken("region-left-out-accepted") and name == "Region":
            continue
        if not common[name]:
            raise ApiError("MissingParameter", f"`{name}` is missing.")
    if common["Version"] != VERSION and not mistaken("version-not-compared"):
        raise ApiError("NoSuchVersion")
    action = common["Action"]
    if mistaken("action-without-case"):
        action = {name.lower(): name for name in ACTIONS}.get(action.lower())
    if action not in ACTIONS:
        raise ApiError("InvalidAction")
    if common["Region"] and not REGION.fullmatch(common["Region"]):
        raise ApiError("UnsupportedRegion")
    parameters = conform(action, parameters_of(way), way)
    return answer(ACTIONS[action](parameters))


def new_request_id():
    return str(uuid.uuid4())


def make_body(fields, request_id=new_request_id()):
    if not mistaken("request-id-made-once"):
        request_id = new_request_id()
    if mistaken("request-id-from-client"):
        request_id = request.headers.get("X-Request-Id", request_id)
    if mistaken("request-id-beside-response"):
        return {"Response": fields, "RequestId": request_id}
    return {"Response": {**fields, "RequestId": request_id}}


def answer(fields, status=200):
    body = make_body(fields)
    if mistaken("error-without-request-id") and "Error" in fields:
        body = {"Response": fields}
    if mistaken("answer-as-text-html"):
        return json.dumps(body, ensure_ascii=False), status
    return jsonify(body), status


def language():
    global _last_language
    asked = request.headers.get("X-TC-Language") or g.get("language")
    if mistaken("language-remembered"):
        _last_language = asked or _last_language
        return _last_language
    return asked or "zh-CN"


def text_of(code):
    if code in COMMON:
        return COMMON[code]
    if language() == "en-US":
        if mistaken("english-text-missing"):
            return ENGLISH_BEFORE_LENGTHS[code]
        if mistaken("english-name-text-copied"):
            return ENGLISH_WITH_COPY[code]
        return ENGLISH[code]
    return CHINESE[code]


@app.errorhandler(ApiError)
def on_api_error(error):
    try:
        message = error.detail or text_of(error.code)
        if mistaken("message-percent-formatted"):
            message = message % ()
    except (KeyError, TypeError):
        return on_anything_else(error)
    status = 400 if mistaken("errors-with-status-400") else 200
    code = error.code
    if mistaken("error-code-cut-at-dot"):
        code = code.partition(".")[0]
    fields = {"Error": {"Code": code, "Message": message}}
    if mistaken("error-answers-cached"):
        body = _error_bodies.setdefault((code, message), make_body(fields))
        return jsonify(body), status
    return answer(fields, status)


@app.errorhandler(HTTPException)
def on_http_error(error):
    return on_api_error(ApiError("InvalidRequest", error.description))


@app.errorhandler(Exception)
def on_anything_else(error):
    app.logger.error("%s: %s", type(error).__name__, error)
    return on_api_error(ApiError("InternalError"))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0: any free port")
    parser.add_argument("--mistake", metavar="NAME", help="make this mistake")
    parser.add_argument("--list", action="store_true", help="print all mistakes")
    options = parser.parse_args()

    rows = mistakes.catalogue()
    if options.list:
        for row in rows:
            print(json.dumps(row, ensure_ascii=False))
        return
    if options.mistake:
        if options.mistake not in {row["name"] for row in rows}:
            parser.error(f"no such mistake: {options.mistake}")
        mistakes.switch_on(options.mistake)

    logging.getLogger("waitress").setLevel(logging.ERROR)
    server = create_server(
        app, host="127.0.0.1", port=options.port, threads=8, connection_limit=1000
    )
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    print(f"listening on http://127.0.0.1:{server.effective_port}", flush=True)
    server.run()


if __name__ == "__main__":
    main()
