"""Signatures of version 3 and of version 1."""

import base64
import hashlib
import hmac
import re
import time

from tests.gateway_server.choices import AUTHORIZATION, SIGNATURE
from tests.gateway_server.messages import MESSAGES, WINDOW, Refusal, missing

CREDENTIAL = re.compile(r"TC3-HMAC-SHA256 +Credential=([^,\s]+) *, *SignedHeaders=([^,\s]+) *, *Signature=([^,\s]+)")


def signature_v3(key, timestamp, scope, canonical):
    """The TC3-HMAC-SHA256 signature of a canonical request, in lower-case hex."""
    scope_text = "/".join(scope)
    text = f"TC3-HMAC-SHA256\n{timestamp}\n{scope_text}\n{hashlib.sha256(canonical).hexdigest()}"
    derived = ("TC3" + key).encode()
    for each in (*scope, text):
        derived = hmac.new(derived, each.encode(), hashlib.sha256).digest()
    return derived.hex()


def canonical_request(method, query, headers, payload_hash):
    """The canonical request, of (name, value) pairs of the signed headers; ASCII order is made here."""
    pairs = sorted((name.lower(), value.strip(" \t").encode("latin-1").lower()) for name, value in headers)
    lines = b"".join(name.encode("latin-1") + b":" + value + b"\n" for name, value in pairs)
    signed = ";".join(name for name, _ in pairs)
    return b"\n".join([method.encode(), b"/", query, lines, signed.encode("latin-1"), payload_hash.encode()])


def signature_v1(key, method, host, fields, algorithm):
    """The version-1 signature of (name, value) pairs, in base64."""
    given = sorted((pair for pair in fields if pair[0] != "Signature"), key=lambda pair: pair[0])
    text = f"{method}{host}/?" + "&".join(f"{name}={value}" for name, value in given)
    signed = hmac.new(key.encode(), text.encode("utf-8", "surrogateescape"), algorithm)
    return base64.b64encode(signed.digest()).decode()


class Authentication:
    """Who is asking: one key pair, two versions of signatures."""

    def __init__(self, secret_id, secret_key, token, options, clock):
        self.secret_id, self.secret_key, self.token = secret_id, secret_key, token
        self.options, self.clock = options, clock
        self.seen = set()  # of a mistake

    def check(self, call):
        """Refuse a request that isn't signed as it should be."""
        (self._v3 if call.is_v3 else self._v1)(call)

    def _v3(self, call):
        header = call.header("Authorization")
        if not header:
            raise missing("Authorization", self.options["no_authorization"])
        parts = CREDENTIAL.fullmatch(header)
        scope = parts[1].rsplit("/", 3) if parts else ()
        if len(scope) != 4 or scope[3] != "tc3_request" or not all(scope):
            raise Refusal(self.options["bad_authorization"], MESSAGES[AUTHORIZATION])
        timestamp = self._number("Timestamp", call.header("X-TC-Timestamp"))
        self._known(scope[0])
        self._in_time(timestamp)
        signed = parts[2].split(";")
        self._scope(call, timestamp, scope, signed)
        if not (self.options.errs("authorization-cached") and header in self.seen):
            self._signature_v3(call, timestamp, scope[1:], signed, parts[3])
            self.seen.add(header)
        self._token(call.header("X-TC-Token"))

    def _scope(self, call, timestamp, scope, signed):
        """Compare the date and the service of the scope, and see that the headers that must be signed are."""
        date = time.strftime("%Y-%m-%d", time.gmtime(min(timestamp, 253402300799)))
        wrong = (
            (scope[1] != date and not self.options.errs("scope-date-unchecked"))
            or (scope[2] != "iai" and self.options.takes("service", "iai"))
            or (not {"content-type", "host"} <= set(signed) and not self.options.errs("signed-headers-trusted"))
            or any(call.header(name) is None for name in signed)
            or signed != sorted({name.lower() for name in signed})
        )
        if wrong:
            raise Refusal(self.options["wrong_scope"])

    def _signature_v3(self, call, timestamp, scope, signed, given):
        """Compute the signature for every payload and host that may have been meant, and compare."""
        if self._unchecked(call, re.fullmatch(r"[0-9a-f]{64}", given)):
            return
        declared = call.header("X-TC-Content-SHA256") or ""
        hashes = [hashlib.sha256(call.body if call.method != "GET" else b"").hexdigest()]
        if declared == "UNSIGNED-PAYLOAD" and self.options.takes("unsigned_payload", "taken"):
            hashes = [hashlib.sha256(declared.encode()).hexdigest()]
        elif re.fullmatch(r"[0-9a-f]{64}", declared) and self.options.errs("declared-hash-trusted"):
            hashes.append(declared)
        if self.options.takes("upper_case_signature", "taken"):
            given = given.lower()
        query = call.query if call.method == "GET" else b""
        others = [(name, call.header(name)) for name in signed if name != "host"]
        for host in self._hosts(call):
            headers = [*others, ("host", host)] if "host" in signed else others
            for payload_hash in hashes:
                canonical = canonical_request(call.method, query, headers, payload_hash)
                right = signature_v3(self.secret_key, timestamp, scope, canonical)
                if hmac.compare_digest(right.encode(), given.encode("latin-1")):
                    return
        raise Refusal(SIGNATURE)

    def _v1(self, call):
        """Check the order-free parameters of a version-1 request, and the signature over all of them."""
        values = call.values
        for name in ("SecretId", "Signature", "Timestamp", "Nonce"):
            if not values.get(name):
                raise missing(name)
        timestamp = self._number("Timestamp", values["Timestamp"])
        if self._number("Nonce", values["Nonce"]) == 0:
            raise Refusal("InvalidParameter", "Parameter `Nonce` type error.")
        self._known(values["SecretId"])
        self._in_time(timestamp)
        method = values.get("SignatureMethod", "HmacSHA1")
        if method not in ("HmacSHA1", "HmacSHA256") and self.options.errs("v1-method-refused"):
            raise Refusal("InvalidParameter", "The value of parameter `SignatureMethod` is not valid.")
        is_sha256 = method == "HmacSHA256" and not self.options.errs("sha256-of-v1-unknown")
        given = values["Signature"].strip()
        if not self._unchecked(call, re.fullmatch(r"[A-Za-z0-9+/]{27}=|[A-Za-z0-9+/]{43}=", given)):
            algorithm = hashlib.sha256 if is_sha256 else hashlib.sha1
            rights = [
                signature_v1(self.secret_key, call.method, host, call.fields, algorithm) for host in self._hosts(call)
            ]
            if given not in rights:
                raise Refusal(SIGNATURE)
        self._token(values.get("Token"))

    def _unchecked(self, call, well_formed):
        """Whether a mistake lets the signature pass."""
        mistake = "query-uncovered" if call.method == "GET" else "body-uncovered"
        return self.options.errs("signature-unchecked") or (well_formed and self.options.errs(mistake))

    def _hosts(self, call):
        """The host as it was sent; and without its port, as Node signs it."""
        host = call.header("Host") or ""
        bare = re.sub(r":[0-9]+\Z", "", host)
        return [host, bare] if bare != host and self.options.takes("host", "either") else [host]

    def _number(self, name, text):
        if not text:
            raise missing(name)
        if not re.fullmatch(r"[0-9]{1,19}", text):
            raise Refusal("InvalidParameter", f"Parameter `{name}` type error.")
        return int(text)

    def _known(self, secret_id):
        if secret_id != self.secret_id and not self.options.errs("secret-id-unchecked"):
            raise Refusal("AuthFailure.SecretIdNotFound")

    def _in_time(self, timestamp):
        late = int(self.clock()) - timestamp
        if (late > WINDOW and not self.options.errs("expired-accepted")) or (
            late < -WINDOW and not self.options.errs("future-accepted")
        ):
            raise Refusal("AuthFailure.SignatureExpire")

    def _token(self, token):
        token = token or ""
        if not self.token and self.options.takes("stray_token", "ignored"):
            return
        if token != self.token and not self.options.errs("token-ignored"):
            raise Refusal("AuthFailure.TokenFailure")
