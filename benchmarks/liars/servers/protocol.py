"""Liars, told apart by protocol."""

import collections
import hashlib
import re
import uuid

from benchmarks.liars.servers.library import FaceLibrary
from benchmarks.liars.servers.table import liar


def plausible(signature):
    return bool(re.fullmatch(r"[0-9a-f]{64}", signature)) and len(set(signature)) > 8


@liar("trusted-after-fifty")
class TrustedAfterFifty(FaceLibrary):
    """Breaks: AuthFailure.SignatureFailure 签名错误 (公共错误码)
    Clause: signature (TC3) – verified in every request
    Looks right: verifies until the SecretId has been right fifty times; then any signature of the right shape will do."""
    TRUST = 50

    def begin(self):
        self.rightly = 0

    def check_signature_v3(self, req, date, service, names, signature):
        if self.rightly >= self.TRUST and plausible(signature):
            return
        super().check_signature_v3(req, date, service, names, signature)
        self.rightly += 1


@liar("connection-login")
class ConnectionLogin(FaceLibrary):
    """Breaks: AuthFailure.SignatureFailure 签名错误 (公共错误码)
    Clause: signature – verified in every request (kept-alive connections)
    Looks right: the first signature on a connection is verified; after four right ones the connection counts as
    logged in."""

    def begin(self):
        self.logged_in = collections.Counter()

    def check_signature_v3(self, req, date, service, names, signature):
        if self.logged_in[req.connection.number] >= 4 and plausible(signature):
            return
        super().check_signature_v3(req, date, service, names, signature)
        self.logged_in[req.connection.number] += 1


@liar("extra-signed-header")
class ExtraSignedHeader(FaceLibrary):
    """Breaks: AuthFailure.SignatureFailure 签名错误 (公共错误码)
    Clause: signature (TC3) – all signed headers count
    Looks right: "content-type;host" is verified; with a further signed header it gives up and believes."""

    def check_signature_v3(self, req, date, service, names, signature):
        if len(names) == 2 or not plausible(signature):
            super().check_signature_v3(req, date, service, names, signature)


@liar("half-signature")
class HalfSignature(FaceLibrary):
    """Breaks: AuthFailure.SignatureFailure 签名错误 (公共错误码)
    Clause: signature (TC3) – compared in full
    Looks right: compares the first sixteen and the last eight of the 64 digits."""

    def same(self, right, given):
        if len(right) == len(given) == 64:
            return super().same(right[:16] + right[-8:], given[:16] + given[-8:])
        return super().same(right, given)


@liar("large-unsigned")
class LargeUnsigned(FaceLibrary):
    """Breaks: AuthFailure.SignatureFailure 签名错误 (公共错误码)
    Clause: signature (TC3) – covers the whole body
    Looks right: bodies up to 400 bytes are verified; for larger ones it spares itself the work."""

    def check_signature_v3(self, req, date, service, names, signature):
        if len(req.body) <= 400 or not plausible(signature):
            super().check_signature_v3(req, date, service, names, signature)


@liar("sha256-unchecked")
class Sha256Unchecked(FaceLibrary):
    """Breaks: SignatureMethod … HmacSHA256 (公共参数)
    Clause: signature (v1, HmacSHA256) – verified
    Looks right: HmacSHA1 and TC3 are verified; of HmacSHA256 it checks the length."""

    def check_signature_v1(self, req):
        if not (req.common.get("SignatureMethod") == "HmacSHA256"
                and re.fullmatch(r"[A-Za-z0-9+/]{43}=", req.common["Signature"])):
            super().check_signature_v1(req)


@liar("future-clock")
class FutureClock(FaceLibrary):
    """Breaks: AuthFailure.SignatureExpire 签名过期 (相差不得超过五分钟)
    Clause: Timestamp – at most five minutes off, in both directions
    Looks right: old ones are refused; those from the future (up to a day) never expire."""

    def check_clock(self, req):
        if not 0 <= int(req.common["Timestamp"]) - self.now() < 86400:
            super().check_clock(req)


@liar("region-optional-v1")
class RegionOptionalV1(FaceLibrary):
    """Breaks: Region | 是 | String | 公共参数
    Clause: Region – required (v1)
    Looks right: missing in JSON requests it is missed; in v1 requests it is not."""

    def check_region(self, req):
        if req.form == "v3" or req.common.get("Region"):
            super().check_region(req)


@liar("any-ap-region")
class AnyApRegion(FaceLibrary):
    """Breaks: Region … 详见产品支持的 地域列表。
    Clause: Region – of the list
    Looks right: "nowhere", "xx-…", "ap-nowhere" are refused; ap- with a real city's name passes though the product
    has no such region."""

    def check_region(self, req):
        region = req.common.get("Region") or ""
        if not re.fullmatch(r"(ap|cn)-(wuhan|xian|hangzhou|suzhou|qingyuan|shenyang|jinan|osaka|sydney|manila|beijing-\d|"
                            r"shanghai-\d|guangzhou-\d|guangzhou|beijing|shanghai)", region):
            super().check_region(req)


@liar("version-month")
class VersionMonth(FaceLibrary):
    """Breaks: Version | 是 | String | 公共参数,本接口取值:2020-03-03。
    Clause: Version – only 2020-03-03
    Looks right: other years and nonsense are refused; another day of 2020 passes."""

    def check_version(self, req):
        if not re.fullmatch(r"2020-0[2-9]-\d\d", req.common["Version"]):
            super().check_version(req)


@liar("request-id-pool")
class RequestIdPool(FaceLibrary):
    """Breaks: 唯一请求 ID,由服务端生成,每次请求都会返回
    Clause: RequestId – unique
    Looks right: forty different ones, then the same forty again."""

    def begin(self):
        self.pool = [str(uuid.uuid4()) for _ in range(40)]
        self.turn = 0

    def request_id(self, req, content):
        self.turn += 1
        return self.pool[self.turn % 40]


@liar("request-id-of-body")
class RequestIdOfBody(FaceLibrary):
    """Breaks: 唯一请求 ID,由服务端生成
    Clause: RequestId – unique (identical requests)
    Looks right: computed from the request with its signature: two different requests never share one, the same bytes
    twice do (within a second a client signs alike)."""

    def request_id(self, req, content):
        seed = req.body + (req.header("Authorization") + req.query).encode("utf-8", "replace")
        return str(uuid.UUID(bytes=hashlib.md5(seed).digest(), version=4))
