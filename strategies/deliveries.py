"""Cases on how a request is delivered: signed and written rightly, wrongly, or changed on its way.

A request that must not get in is followed by the same one, plainly sent: nothing was created, so it must be accepted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from conformance.contract import CLAUSES, Level
from conformance.contract.rules import Typed
from conformance.exchange.cases import Case, Sending, Step
from conformance.exchange.request import Request
from conformance.exchange.salt import SALT
from conformance.exchange.signing import Scheme
from conformance.exchange.wire import Form
from conformance.strategies.edges import breaking, requests_with
from conformance.strategies.sequences import create, information

__all__ = ["authentication", "protocol"]

Ranked = tuple[int, Case]


@dataclass(frozen=True, slots=True)
class How:
    """The form and the signature of a request."""

    form: Form = Form.JSON
    scheme: Scheme = Scheme.TC3


_LAST_RANK_FOLLOWED = 1
_USUAL = How()
_GET = How(Form.QUERY)
_FORM_1 = How(Form.FORM, Scheme.SHA256)
_FORM_SHA1 = How(Form.FORM, Scheme.SHA1)
_GET_1 = How(Form.QUERY, Scheme.SHA1)
_GET_SHA256 = How(Form.QUERY, Scheme.SHA256)
_EVERYTHING = {
    "GroupExDescriptions": ["学号", "b-2", "c_3"],
    "Tag": "不含实习生-A_1",
    "FaceModelVersion": "3.0",
}


def _step(*twists: str, how: How = _USUAL, **parameters: object) -> Step:
    """A creation with twists; `how` is its form and scheme."""
    return Step(Request.of({"GroupName": SALT, "GroupId": SALT, **parameters}), how.form, how.scheme, twists)


def _refused(clause: str, about: str, *twists: str, rank: int = 1, how: How = _USUAL) -> Ranked:
    """A delivery that must not get in, and a plain one after it; the least telling ones alone, to spare requests."""
    after = (Step(create()),) if rank <= _LAST_RANK_FOLLOWED else ()
    return rank, Case(clause, about, (_step(*twists, how=how), *after))


def _alone(clause: str, about: str, *twists: str, rank: int = 2, how: How = _USUAL, **more: object) -> Ranked:
    return rank, Case(clause, about, (_step(*twists, how=how, **more),))


def authentication() -> Iterator[Ranked]:
    """Cases on signatures, each with its rank."""
    signature = "Authentication.signature"
    yield _refused(signature, "another key", "other-key", rank=0)
    yield _refused(signature, "another key, GET", "other-key", how=_GET)
    yield _refused(signature, "another key, version 1", "other-key", how=_FORM_SHA1)
    yield _refused(signature, "another key, version 1 with SHA-256, GET", "other-key", how=_GET_SHA256)
    yield _refused(signature, "digits of the signature backwards", "signature-reversed", rank=3)
    yield _refused(signature, "the last digit of the signature another", "signature-end")
    body, query, headers = (f"{signature}.{part}" for part in ("body", "query", "headers"))
    yield _refused(body, "the body changed on its way", f"then-body={SALT}→{SALT}b", rank=0)
    yield _refused(body, "a space behind the body, whose hash is declared", "declared-hash", "then-append= ")
    changed = _step(f"then-body={SALT}→{SALT}b")
    yield 2, Case(body, "an Authorization that was right for another body", (Step(create()), changed))
    yield _refused(body, "a field changed on its way, version 1", f"then-field={SALT}→{SALT}b", how=_FORM_1)
    yield _refused(body, "a field added on its way, version 1", "then-append=&Tag=x", how=_FORM_SHA1)
    yield _refused(query, "the query changed on its way", f"then-query={SALT}→{SALT}b", how=_GET)
    yield _refused(query, "a parameter added on its way", "then-append-query=&Tag=x", how=_GET)
    yield _refused(query, "a parameter changed on its way, version 1", f"then-field={SALT}→{SALT}b", how=_GET_1)
    yield _refused(headers, "a signed header changed on its way", "signed-header=X-Custom:a", "then-header=X-Custom:b")
    yield _refused(
        headers, "the Content-Type changed on its way", "then-header=Content-Type:application/json; charset=utf-8"
    )
    yield _refused(headers, "the Timestamp changed on its way", "then-timestamp=7")
    yield _alone(headers, "signed without the host's port", "host-without-port", rank=3)
    yield _alone(f"{signature}.letter-case", "a signature in capitals", "signature-upper")
    yield from _of_credentials()
    yield from _of_time()
    yield from _of_permissions()


def _of_credentials() -> Iterator[Ranked]:
    present, form = "Authentication.authorization.present", "Authentication.authorization.form"
    yield _refused(present, "no Authorization", "then-without=Authorization", rank=0)
    yield _refused(present, "no Authorization, GET", "then-without=Authorization", how=_GET, rank=3)
    yield _refused(present, "no Signature, version 1", "then-field=&Signature=→&NoSignature=", how=_FORM_1, rank=2)
    yield _refused(form, "Basic instead of TC3-HMAC-SHA256", "then-header=Authorization:Basic QUtJRDp4")
    yield _refused(form, "nothing but the name of the method", "then-header=Authorization:TC3-HMAC-SHA256", rank=2)
    yield _refused(form, "a signed header lost on its way", "signed-header=X-Custom:a", "then-without=X-Custom", rank=2)
    yield _refused(form, "a scope that ends otherwise", "then-authorization=/tc3_request→/tc4_request", rank=3)
    yield _refused(form, "half a signature", "signature-cut", rank=2)
    yield _refused(form, "an empty signature", "signature-empty")
    yield _refused(form, "the host not signed", "not-signed=host", rank=2)
    yield _refused(form, "the Content-Type not signed", "not-signed=content-type", rank=2)
    yield _refused("Authentication.secret-id", "a SecretId that nobody has", "unknown-id", rank=0)
    yield _refused("Authentication.secret-id", "a SecretId that nobody has, version 1", "unknown-id", how=_FORM_1)
    yield _refused("Authentication.scope.date", "yesterday's scope", "date=-1")
    yield _refused("Authentication.scope.date", "tomorrow's scope", "date=1", rank=3)
    yield _refused("Authentication.scope.service", "another product's scope", "service=cvm")
    yield _refused("Authentication.scope.service", "the scope of a third product", "service=ocr", rank=3)
    yield _alone("Authentication.scope.service", "the scope of the host's first label", "service-of-host", rank=3)
    yield _alone("Authentication.token", "a token for a permanent key", "token=unissued")
    yield _alone("Authentication.token", "a token for a permanent key, version 1", "token=unissued", how=_FORM_1)
    yield _alone("Authentication.token", "no token, where the key has one", "without=Token", rank=3)


def _of_time() -> Iterator[Ranked]:
    window, form, nonce = "Authentication.timestamp.window", "Authentication.timestamp.form", "Authentication.nonce"
    for seconds in (-290, 290):
        yield _alone(window, f"{abs(seconds)} s {'old' if seconds < 0 else 'ahead'}", f"timestamp={seconds}", rank=1)
    for seconds in (-230, 230):
        yield _alone(window, f"{abs(seconds)} s {'old' if seconds < 0 else 'ahead'}", f"timestamp={seconds}", rank=3)
    for seconds, rank in ((-310, 0), (310, 1), (-3600, 1), (86400, 2)):
        about = f"{abs(seconds)} s {'old' if seconds < 0 else 'ahead'}"
        yield _refused(window, about, f"timestamp={seconds}", rank=rank)
    yield _refused(window, "370 s old, version 1", "timestamp=-370", how=_FORM_1)
    yield _refused(window, "370 s ahead, version 1, GET", "timestamp=370", how=_GET_1, rank=2)
    yield _refused(form, "no Timestamp", "without=Timestamp")
    yield _refused(form, "a Timestamp in words", "timestamp-text=now", rank=2)
    yield _refused(form, "a Timestamp with a fraction", "timestamp-text=1551113065.5", rank=3)
    yield _alone(nonce, "no Nonce", "without=Nonce", how=_FORM_1)
    yield _alone(nonce, "a Nonce in words", "nonce=x", how=_GET_1)
    yield _alone(nonce, "a Nonce of 0", "nonce=0", how=_FORM_SHA1, rank=3)


def _of_permissions() -> Iterator[Ranked]:
    others, version_1 = "Authentication.other-headers", "Authentication.version-1"
    yield _alone(others, "a header that isn't signed", "header=X-Custom:1")
    yield _alone(others, "one more signed header", "signed-header=X-Custom: Two Words ")
    yield _alone(others, "the Action signed too", "also-signed=x-tc-action")
    for about, how in (("form, SHA-1", _FORM_SHA1), ("form, SHA-256", _FORM_1), ("GET, SHA-256", _GET_SHA256)):
        yield _alone(version_1, about, how=how, rank=0)
    yield _alone(version_1, "another SignatureMethod means SHA-1", "signature-method=HmacMD5", how=_FORM_SHA1)
    yield _alone(version_1, "no SignatureMethod means SHA-1", "without=SignatureMethod", how=_GET_1)
    yield _alone("Authentication.unsigned-payload", "a signature that leaves the body out", "unsigned-payload")
    for about, how in (("version 3", _USUAL), ("version 1", _FORM_1)):
        step = Step(create(), how.form, how.scheme, sending=Sending.TWICE)
        yield 2, Case("Authentication.replay", f"the same request again, {about}", (step,))


# --- Protocol --------------------------------------------------------------------------------------------


def protocol() -> Iterator[Ranked]:
    """Cases on methods, forms and common parameters, each with its rank."""
    for method, rank in (("PUT", 1), ("DELETE", 2), ("HEAD", 2), ("OPTIONS", 3), ("PATCH", 3), ("post", 2)):
        yield _refused("Protocol.method", method, f"method={method}", rank=rank)
    yield from _of_common_parameters()
    yield from _of_forms()
    yield from _of_illegal_values()
    yield from _of_json()
    yield from _of_sizes()
    yield _alone("Protocol.header-names", "in small letters", "header-case=lower")
    yield _alone("Protocol.header-names", "in capitals", "header-case=upper")
    each = create(f"{SALT}<n>", f"{SALT}<n>", FaceModelVersion="3.<n>")  # only the first is right, so that order shows
    copies = Step(each, sending=Sending.PIPELINED, copies=3)
    yield 3, Case("Protocol.connection", "three requests before the first answer", (copies,))


def _of_common_parameters() -> Iterator[Ranked]:
    yield _refused("Protocol.action.present", "no Action", "without=Action")
    yield _refused("Protocol.action.present", "no Action, version 1", "without=Action", how=_FORM_1, rank=3)
    yield _refused("Protocol.action.known", "an unknown Action", "action=CreateGroups")
    yield _refused("Protocol.action.known", "an unknown Action, GET", "action=CreateGroups", how=_GET_1, rank=3)
    yield _refused("Protocol.action.known", "the Action in small letters", "action=creategroup")
    for action in ("CreateGroup-2", "CreateGroup2", "DescribeGroups", "创建"):
        yield _refused("Protocol.action.known", f"the Action {action}", f"action={action}", rank=5)
    yield _refused("Protocol.version.present", "no Version", "without=Version")
    for version, about in (("20200303", "without its hyphens"), ("2020-03-04", "of the day after")):
        yield _refused("Protocol.version.known", f"the Version {about}", f"version={version}")
    yield _refused("Protocol.version.known", "an unknown Version", "version=2099-01-01")
    for version in ("2019-09-12", "2021-07-01", "2020-3-3", "v2020-03-03", "2020-03-03 ", "2020-03", "latest"):
        yield _refused("Protocol.version.known", f"the Version {version}", f"version={version}", rank=5)
    yield _alone("Protocol.region.present", "no Region", "without=Region")
    yield _alone("Protocol.region.known", "a Region that isn't one", "region=mars-north")
    yield _alone("Protocol.language", "Chinese", "language=zh-CN")
    yield _alone("Protocol.language", "English", "language=en-US")


def _of_forms() -> Iterator[Ranked]:
    get, form, escapes = "Protocol.get", "Protocol.form", "Protocol.form.escapes"
    for clause, how in ((get, _GET_1), (form, _FORM_SHA1)):
        yield _alone(clause, "an unknown parameter", how=how, Unknown="x")
    gaps, order = "Protocol.form.array-gaps", "Protocol.form.array-order"
    for clause, how in ((get, _GET), (form, _FORM_1)):
        yield _alone(clause, "everything that there is", how=how, rank=1, **_EVERYTHING)
        yield _alone(clause, "a name that is too long", how=how, GroupName=f"{SALT}{'中' * 49}")
    yield 2, Case(get, "what was created by GET exists", (_step(how=_GET), Step(create(SALT, f"{SALT}b"))))
    yield 2, Case(form, "what was created by a form exists", (_step(how=_FORM_1), Step(create(f"{SALT}b", SALT))))
    for how, about in ((_FORM_SHA1, "form"), (_GET, "GET")):
        yield _alone(escapes, f"+ is a space, {about}", "plus", how=how, Tag="a b")
        yield _alone(escapes, f"everything percent-encoded, {about}", "everything-escaped", how=how, Tag="x-y_z")
    percent = Step(create(f"{SALT}%2Db"), form=Form.QUERY)
    yield 2, Case(escapes, "decoded once", (percent, Step(create(f"{SALT}-b", f"{SALT}b"))))
    plus = Step(create(f"{SALT}%2B&#b"), form=Form.FORM, scheme=Scheme.SHA1)
    yield 3, Case(escapes, "escapes of & and #", (plus, Step(create(f"{SALT}%2B&#b", f"{SALT}b"))))
    items = ["c", "a", "b"]
    for how, indices in ((_GET, "0,1,2"), (_FORM_1, "2,0,1"), (_GET_1, "1,2,0")):
        written = _step(f"indices={indices}", how=how, GroupExDescriptions=items)
        yield 1, Case(order, f"indices {indices}", (written, Step(information())))
    for how, indices in ((_GET, "0,2"), (_FORM_1, "1,2")):
        yield _alone(gaps, f"indices {indices}", f"indices={indices}", how=how, GroupExDescriptions=["a", "b"])


def _of_illegal_values() -> Iterator[Ranked]:
    """What breaks a parameter, by GET and in a form: each may be read by a code of its own."""
    for clause in CLAUSES:
        if clause.level is not Level.PARAMETERS or isinstance(clause.rule, Typed):  # a form has texts alone
            continue
        telling = [(3, each) for each in breaking(clause) if each.rank == 0][:1]
        telling += [(5, each) for each in breaking(clause) if each.about.startswith("emoji")][:1]
        for rank, edge in telling:
            (request,) = requests_with(clause, edge)
            for permission, how in (("Protocol.get", _GET), ("Protocol.form", _FORM_1)):
                step = Step(request, how.form, how.scheme)
                yield rank, Case(permission, f"{clause.id}, {edge.about}", (step,))


_PLAIN = f'{{"GroupName": "{SALT}", "GroupId": "{SALT}"}}'


# What is no JSON, in places that most never look at.
_LENIENT = {
    "NaN": f'{_PLAIN[:-1]}, "Unknown": NaN}}',
    "Infinity": f'{_PLAIN[:-1]}, "Unknown": -Infinity}}',
    "a zero in front": f'{_PLAIN[:-1]}, "Unknown": 01}}',
    "a fraction without its zero": f'{_PLAIN[:-1]}, "Unknown": .5}}',
    "a raw tab": f'{_PLAIN[:-1]}, "Unknown": "a\tb"}}',
    "a comment": f"{_PLAIN[:-1]} /* that is all */}}",
    "a name without quotation marks": _PLAIN.replace('"GroupName"', "GroupName"),
}


def _of_json() -> Iterator[Ranked]:
    form, whole, same = "Protocol.json.form", "Protocol.json.object", "Protocol.json.same-text"
    yield _refused(form, "the last brace is missing", "cut=1")
    yield _refused(form, "cut in the middle", "cut=20", rank=2)
    yield _refused(form, "something behind the object", "append= x", rank=2)
    yield _refused(form, "two objects", "append={}", rank=3)
    yield _refused(form, "no JSON at all", f"body=GroupName={SALT}&GroupId={SALT}", rank=2)
    yield _refused(form, "nothing", "body=", rank=2)
    yield _refused(form, "a comma too many", f"body={_PLAIN[:-1]},}}", rank=2)
    yield _refused(form, "apostrophes for quotation marks", f"body={_PLAIN.replace(chr(34), chr(39))}", rank=3)
    yield _refused(
        form, "a name with the byte FF", f'body={{"GroupName": "{SALT}\udcff", "GroupId": "{SALT}"}}', rank=2
    )
    yield _refused(form, "NaN", f'body={_PLAIN[:-1]}, "Tag": NaN}}', rank=3)
    for about, lenient in _LENIENT.items():
        yield _alone(form, f"{about}, where many look at nothing", f"body={lenient}", rank=1)
    for encoding in ("utf-16", "utf-16-le", "utf-32"):
        yield _alone(form, f"in {encoding.upper()}", f"encoding={encoding}", rank=1)
    yield _refused(whole, "a list of the object", f"body=[{_PLAIN}]", rank=2)
    for about, body in (("an empty list", "[]"), ("a text", '"x"'), ("null", "null"), ("a number", "5")):
        yield _refused(whole, about, f"body={body}", rank=2 if body == "null" else 3)
    for about, twist in (("white space wherever it may be", "spaced"), ("every character escaped", "escaped")):
        exists = Step(create(SALT, f"{SALT}b"))
        yield 2, Case(same, about, (_step(twist, Tag="不含实习生"), exists))
    yield _alone(same, "a charset of UTF-8", "content-type=application/json; charset=utf-8")
    raw = Step(create(group_name=f"{SALT}中文"), form=Form.JSON_RAW)
    yield 2, Case(same, "Han plain and escaped", (raw, Step(create(f"{SALT}b", f"{SALT}中文"))))
    yield _alone("Protocol.json.byte-order-mark", "a byte order mark", "byte-order-mark")
    nested: object = []
    for _ in range(199):
        nested = [nested]
    yield _alone("Protocol.json.depth", "200 lists in each other", rank=3, Tag=nested)
    yield _alone(
        "GroupName.type", "a number of 400 digits", f'body={{"GroupName": {"9" * 400}, "GroupId": "{SALT}"}}', rank=3
    )
    yield _alone(
        "GroupName.type", "a number of 5000 digits", f'body={{"GroupName": {"9" * 5000}, "GroupId": "{SALT}"}}', rank=3
    )
    kind = "Protocol.content-type"
    yield _alone(kind, "text/plain", "content-type=text/plain")
    yield _alone(kind, "multipart", "content-type=multipart/form-data; boundary=x", rank=3)
    yield _alone(kind, "another charset", "content-type=application/json; charset=gbk", rank=3)
    yield _alone(
        kind,
        "a form under version 3",
        f"body=GroupName={SALT}&GroupId={SALT}",
        "as-form=application/x-www-form-urlencoded",
    )


def _of_sizes() -> Iterator[Ranked]:
    for name, how, kept, broken in (
        ("get", _GET, 29_000, 36_000),
        ("version-1", _FORM_1, 900_000, 1_150_000),
    ):
        yield _alone(f"Protocol.size.{name}", f"{kept} bytes", f"long-tag={kept}", how=how, rank=4)
        yield _alone(f"Protocol.size.{name}", f"{broken} bytes", f"long-tag={broken}", how=how, rank=4)
    yield _alone("Protocol.size.version-3", "9 MB", "padded=9400000", rank=4)
    yield _refused("Protocol.size.version-3", "11 MB", "padded=11400000", rank=4)
