"""One request in, one answer out; nothing here knows of sockets."""

import uuid

from tests.gateway_server.choices import SIGNATURE
from tests.gateway_server.messages import (
    FORM,
    GET_LIMIT,
    JSON,
    READ_AT_MOST,
    V1_POST_LIMIT,
    V3_POST_LIMIT,
    VERSION,
    Refusal,
    Status,
    missing,
)
from tests.gateway_server.reading import ACTIONS, Reader, decoded


class Gateway:
    """One request in, one answer out; knows nothing of sockets."""

    def __init__(self, authentication, groups, options, regions):
        self.authentication, self.groups, self.options, self.regions = authentication, groups, options, regions
        self.reader = Reader(options)
        self.request_id = str(uuid.uuid4())  # of a mistake

    def takes(self, method):
        """Whether a method is one of the two."""
        return method in ("GET", "POST") or (method == "PUT" and self.options.errs("put-accepted"))

    def limit(self, call):
        """How many bytes of body are read of a request."""
        if self.options.errs("sizes-unchecked"):
            return READ_AT_MOST
        return V1_POST_LIMIT if call.method == "POST" and call.media_type == FORM else V3_POST_LIMIT

    def answer(self, call):
        """(HTTP status, object or None) that answers a request."""
        status = 200
        try:
            content = self._content(call)
        except Status as refused:
            return refused.status, None
        except Refusal as refused:
            content = {"Error": {"Code": refused.code, "Message": refused.message}}
            status = 400 if self.options.errs("error-status") else 200
        request_id = self.request_id if self.options.errs("same-request-id") else str(uuid.uuid4())
        return status, {"Response": {**content, "RequestId": request_id}}

    def _content(self, call):
        """What an action answers; its parts are looked at in the chosen order."""
        self._transport(call)
        given = None
        if self.options.takes("order", "body-first"):
            given = self._given(call)
        if self.options.takes("order", "authentication-first"):
            self.authentication.check(call)
            action, region = self._protocol(call)
        else:
            action, region = self._protocol(call)
            self.authentication.check(call)
        given = self._given(call) if given is None else given
        return self.groups.do(action, region, self.reader.arguments(action, given, call))

    def _transport(self, call):
        """The method, the path, the size and the media type; and with them the version of the signature."""
        if not self.takes(call.method):
            if self.options.takes("other_method", "405"):
                raise Status(405)
            raise Refusal("UnsupportedProtocol")
        if call.path != "/" and self.options.takes("other_path", "404"):
            raise Status(404)
        self._size(call)
        if call.method == "GET":
            if call.media_type not in ("", FORM) and self.options.takes("get_content_type", "refused"):
                raise Refusal(self.options["media_type"], "The Content-Type of a GET is not supported.")
            call.is_v3 = call.header("Authorization") is not None or call.header("X-TC-Action") is not None
            call.fields = decoded(call.query, self.options)
        elif call.media_type == FORM:
            call.is_v3 = False
            call.fields = decoded(call.body, self.options)
        elif call.media_type != JSON:
            raise Refusal(self.options["media_type"], "The Content-Type of the request is not supported.")
        call.values = dict(reversed(call.fields) if self.options.takes("duplicate_keys", "first") else call.fields)
        for name in ("Action", "Version", "Region"):
            call.common[name] = call.header(f"X-TC-{name}") if call.is_v3 else call.values.get(name)

    def _size(self, call):
        """Refuse what is too large: 32 KB of query, 1 MB of form, 10 MB of JSON."""
        too_long = call.method == "GET" and len(call.query) > GET_LIMIT and not self.options.errs("sizes-unchecked")
        if call.body is not None and not too_long:
            return
        if self.options.takes("too_large", "413"):
            raise Status(414 if too_long else 413)
        if self.options.takes("too_large", "documented") and call.media_type == FORM and call.method != "GET":
            raise Refusal(
                SIGNATURE,
                "The provided credentials could not be validated because of exceeding request size limit, "
                "please use new signature method TC3-HMAC-SHA256.",
            )
        raise Refusal("RequestSizeLimitExceeded")

    def _protocol(self, call):
        """The action and the region of a request."""
        action, version, region = (call.common[name] or "" for name in ("Action", "Version", "Region"))
        if not action:
            raise missing("Action")
        if not version and not self.options.errs("any-version"):
            raise missing("Version")
        if action not in ACTIONS:
            if not self.options.errs("unknown-action-creates"):
                raise Refusal("InvalidAction")
            action = "CreateGroup"
        if version != VERSION and not self.options.errs("any-version"):
            raise Refusal("NoSuchVersion")
        if not region and self.options.takes("region", "required"):
            raise missing("Region")
        if region and region not in self.regions and self.options.takes("unknown_region", "refused"):
            raise Refusal("UnsupportedRegion")
        return action, region

    def _given(self, call):
        """The parameters as they came, before anything is known of the action."""
        if call.is_v3 and call.method != "GET":
            return self.reader.json(call.body)
        return self.reader.text(call.fields, is_v3=call.is_v3)
