"""The documented signature vectors, byte for byte."""

import pytest

from conformance.base.credentials import Secret
from conformance.exchange.signing import (
    Scheme,
    canonical_request,
    payload_hash,
    string_to_sign,
    tc3_signature,
    v1_signature,
    v1_string_to_sign,
)

KEY = "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE"
CVM = rb'{"Limit": 1, "Filters": [{"Values": ["\u672a\u547d\u540d"], "Name": "instance-name"}]}'
IAI = (
    rb'{"GroupName": "\u817e\u8baf\u6df1\u5733\u5458\u5de5\u5e93", "GroupId": "TencentShenZhenEmployee", '
    rb'"Tag": "\u4e0d\u542b\u5b9e\u4e60\u751f"}'
)
JSON, UTF8 = "application/json", "application/json; charset=utf-8"

# key, service, host, content type, other signed headers, method, query, body, timestamp, date, signature
VECTORS = {
    "documentation": (KEY, "cvm", UTF8, (), "POST", "", CVM, 1551113065, "2019-02-25",
        "72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168"),
    "documentation, action signed": ("Gu5t9xGARNpq86cd98joQYCN3*******", "cvm", UTF8,
        (("X-TC-Action", "DescribeInstances"),), "POST", "", CVM, 1551113065, "2019-02-25",
        "be4f67d323c78ab9acb7395e43c0dbcf822a9cfac32fea2449a7bc7726b770a3"),
    "documentation, starred key": ("*" * 32, "cvm", UTF8, (("X-TC-Action", "DescribeInstances"),), "POST", "", CVM,
        1551113065, "2019-02-25", "10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f"),
    "documentation, GET": (KEY, "cvm", "application/x-www-form-urlencoded", (), "GET", "Limit=10&Offset=0", b"",
        1539084154, "2018-10-09", "5da7a33f6993f0614b047e5df4582db9e9bf4672ba50567dba16c6ccf174c474"),
    "CreateGroup": (KEY, "iai", JSON, (), "POST", "", IAI, 1551113065, "2019-02-25",
        "f90fc8d4f5adec3ebe180d37a5bac6c914d8af2b5375ce26f1a790e4ed092c62"),
}  # fmt: skip


@pytest.mark.parametrize("name", VECTORS)
def test_version_3(name):
    """Version 3 signatures equal the documented ones."""
    key, service, content_type, more, method, query, body, timestamp, date, expected = VECTORS[name]
    headers = (("Content-Type", content_type), ("Host", f"{service}.tencentcloudapi.com"), *more)

    canonical = canonical_request(method, query, headers, payload_hash(body))

    assert expected == tc3_signature(Secret(key), date, service, string_to_sign(timestamp, date, service, canonical))


def test_the_query_of_a_post_is_not_signed():
    """The canonical query of a POST is empty, as documented, whatever query it is sent with."""
    headers = (("Content-Type", JSON), ("Host", "iai.tencentcloudapi.com"))

    assert canonical_request("POST", "a=b", headers, "") == canonical_request("POST", "", headers, "")
    assert canonical_request("GET", "a=b", headers, "") != canonical_request("GET", "", headers, "")


def test_unsigned_payload():
    """A payload can be left out of the signature by signing a fixed text in its place."""
    headers = (("Content-Type", JSON), ("Host", "iai.tencentcloudapi.com"))

    canonical = canonical_request("POST", "", headers, payload_hash(b"UNSIGNED-PAYLOAD"))

    assert (
        tc3_signature(Secret(KEY), "2019-02-25", "iai", string_to_sign(1551113065, "2019-02-25", "iai", canonical))
        == "807df47f69e2974c6009ff8202519f74f38a3b4d184e3054376b7285bb7860d7"
    )


def test_version_1_sha1():
    """Version 1 equals the documented HmacSHA1 example."""
    fields = {
        "Action": "DescribeInstances", "InstanceIds.0": "ins-09dx96dg", "Limit": "20", "Nonce": "11886", "Offset": "0",
        "Region": "ap-guangzhou", "SecretId": "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", "Timestamp": "1465185768",
        "Version": "2017-03-12",
    }  # fmt: skip

    to_sign = v1_string_to_sign("GET", "cvm.tencentcloudapi.com", fields.items())

    assert v1_signature(Secret(KEY), to_sign, Scheme.SHA1) == "EliP9YW3pW28FpsEdkXt/+WcGeI="


def test_version_1_sha256():
    """Version 1 with HmacSHA256 signs values as they are, before they are encoded."""
    fields = {
        "Action": "CreateGroup", "GroupExDescriptions.0": "事业群", "GroupExDescriptions.1": "部门名",
        "GroupId": "TencentShenZhenEmployee", "GroupName": "腾讯深圳员工库", "Nonce": "11886",
        "Region": "ap-guangzhou", "SecretId": "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE",
        "SignatureMethod": "HmacSHA256", "Timestamp": "1465185768", "Version": "2020-03-03",
    }  # fmt: skip

    to_sign = v1_string_to_sign("POST", "iai.tencentcloudapi.com", fields.items())

    assert v1_signature(Secret(KEY), to_sign, Scheme.SHA256) == "q3KSpfsGoHTxpaFHus54Rep02D0mbb9TEpALRw3yPJM="


@pytest.mark.parametrize(
    ("scheme", "expected"),
    [
        (Scheme.SHA1, "XjwGF9U5zdo93uMrX2b1ZDwoFOo="),
        (Scheme.SHA256, "6c+oFbRDL8wKcVPPwa4KtGMOzMuJTQDwV+8tMMPf7oM="),
    ],
)
def test_version_1_hash(scheme, expected):
    """Both hashes of version 1 equal those of the vendor's own test."""
    assert expected == v1_signature(Secret("test-secret-key"), "test-sign-string", scheme)
