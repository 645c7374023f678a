"""What of an answer's words says nothing of anybody: the documents' own, and those that every message has. Pure.

A message may name an account, a user, a group of somebody else; nobody can list how. So a word stays only if it is
known, and a number only if it is short.
"""

from __future__ import annotations

import re
from functools import cache

from conformance.contract import CLAUSES, CODES, PARAMETERS
from conformance.privacy.secrets import SCRUBBED

__all__ = ["is_short", "without_names"]

_COMMON = """
a about above absent accept accepted access account action active after again all allow allowed already also an and
any apache api app apply are arg argument arguments array arrears as at attempt auth authenticated authentication
authorization authorize authorized available back bad balance base be because been before begin behind below between
body bool boolean both bucket bucketname busy but by byte bytes call called cam can cannot caller change character
characters charset check checking chinese circuit client close closed cloud code com comma common connection contact
contain contained contains content correct correctly count create created creating credential credentials current
database date debug default delete deleted denied describe description descriptions did different digit digits do
document does doesn don double duplicate duplicated e each either else empty enable enabled encode encoded end
endpoint english enough ensure entry error exceed exceeded exceeds exist existed exists expect expected expire expired
expires explicit face fail failed failure false field fields first float for forbidden form format found frequency
from full function gateway get give given go greater group groups gzip has have head header headers host hour hours
how http https iai id ids if illegal implicit in incorrect incorrectly info input insufficient int integer internal
invalid ip is isn it item items its join json just key know known language large larger last later latest least left
length less letter letters like limit limited limits line list live local long longer make malformed many match
matched matches max maximum may maybe member message method min minimum minute minutes missing model module more most
must name named names need needed needs network never new nginx no non none nonce not nothing null num number object
occurred of off ok old on once one only open operate operation operations or order other our out over overdue owner
page parameter parameters params parse parsed part path pay payment pending per permission permissions permitted
person platform please point policy position post prefix present prior problem process product project proper protocol
provide provided public query quota rate read reason receive received record refuse refused region register registered
reject rejected repeat repeated request requested requestid requests require required resource resources response
result retry return returned right role run same second seconds secret see send sent server service session set
several shall short should sign signature signed since size small so some something space spaces special stack
standing start state status still stop string strings sub subaccount submit success support supported sure system tag
take taken temporarily tencent tencentcloud text than that the their them then there these they this throttled time
timeout today timestamp to token too total trace trial true try twice type types unable unauthorized under undefined
unexpected unicode unique unknown unpaid unsupported until up uppercase url us use used user uses using utc utf
uvicorn valid validate validated value values version very violate via want was way we were what when where whether
which while who why wide will with within without word would wrong xml yes yet you your zero
"""
_TOKEN = re.compile(
    r"\S+@\S+"  # an address
    r"|\d(?:[ .,_-]?\d){5,}"  # a number, however it is grouped
    r"|(?:[^\W_]|[\u0300-\u036f])+"
)
_CAMEL = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")
_SHORT = 5  # digits


@cache
def _said() -> tuple[frozenset[str], str]:
    """The documents' words, in lower case; and their Chinese, whole."""
    texts = [*CODES, *PARAMETERS, *(each.message for each in CODES.values())]
    texts += [each.quote for clause in CLAUSES for each in clause.citations]
    whole = "\n".join(texts)
    words = {*_COMMON.split(), *(each.lower() for each in _CAMEL.findall(whole)), SCRUBBED.lower()}
    return frozenset(words), whole


def is_short(number: str) -> bool:
    """Whether a number has too few digits for an account's."""
    return sum(each.isdigit() for each in number) <= _SHORT


def without_names(text: str) -> str:
    """A text with every word replaced that may be a name, and every number that may be an account's."""
    return _TOKEN.sub(lambda match: match[0] if _is_harmless(match[0]) else SCRUBBED, text)


def _is_harmless(token: str) -> bool:
    words, whole = _said()
    if token.isdigit() and token.isascii():
        return is_short(token)
    if token.isascii():
        letters = token.rstrip("0123456789")
        return is_short(token) and (
            letters.lower() in words or ("".join(_CAMEL.findall(letters)) == letters and _are_known(letters))
        )
    return token in whole


def _are_known(letters: str) -> bool:
    words, _ = _said()
    return bool(letters) and all(each.lower() in words for each in _CAMEL.findall(letters))
