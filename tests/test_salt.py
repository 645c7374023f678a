"""Salts and Nonces that depend on the case alone, and tell all requests apart."""

from conformance.contract.alphabets import IDS as OF_IDS
from conformance.contract.alphabets import NAMES as OF_NAMES
from conformance.exchange.request import Request
from conformance.exchange.salt import PREFIX, SALT_LENGTH, Salts, SaltsByCase, Words, fill, nonce, words
from conformance.runs.smoke import smoke

IDS = [each.id for each in smoke()]


def test_salts_by_case_are_the_same_in_any_order():
    """Whatever was sent before, a case has its own salt, and the next where it is tried again."""
    one, other = SaltsByCase(), SaltsByCase()

    first = {id_: (one.of(id_), one.of(id_)) for id_ in IDS}
    again = {id_: (other.of(id_), other.of(id_)) for id_ in reversed(IDS)}

    assert first == again


def test_no_two_cases_share_a_salt():
    """All are of the usual length, and begin with a letter, so that capitals are others."""
    salts = SaltsByCase()
    found = [salts.of(id_) for id_ in IDS for _ in range(3)]

    assert len(set(found)) == len(found)
    assert all(len(each) == SALT_LENGTH and each.isalnum() and each[0].islower() for each in found)
    assert salts.run == PREFIX


def test_no_two_requests_share_a_nonce():
    """Each request of each case has another, positive, of at most nine digits; the same the next time."""
    salts = [Salts("confabcde", number).next() for number in range(300)]
    places = [(salt, step, copy) for salt in salts for step in range(3) for copy in range(3)]
    found = [nonce(*each) for each in places]

    assert len(set(found)) == len(found)
    assert all(0 < each < 10**9 for each in found)
    assert found == [nonce(*each) for each in places]


FORMS = Request.of({"GroupId": "<id>", "GroupName": "<name>"})


def test_plain_ids_and_names_have_no_look_of_their_own():
    """They are legal, of all lengths from eight on, of many characters, begin alike nowhere; and the same again."""
    salts = Salts("confabcde")
    handed = [salts.next() for _ in range(2000)]
    pairs = [dict(fill(FORMS, each).parameters) for each in handed]
    ids, names = [each["GroupId"] for each in pairs], [each["GroupName"] for each in pairs]

    assert all(map(OF_IDS.certain, ids))
    assert all(map(OF_NAMES.certain, names))
    assert len({each.lower() for each in ids}) == len({each.lower() for each in names}) == 2000
    for texts in (ids, names):
        assert {*range(8, 33)} < {len(each) for each in texts} <= {*range(8, 61)}
        assert len({each[:2].lower() for each in texts}) > 500
    assert {"-", "_"} < set("".join(ids))
    assert len(set("".join(names))) > 5000
    assert [dict(fill(FORMS, each).parameters) for each in handed] == pairs


def test_words_of_a_run():
    """What a marker of a run makes is found in whatever text, in either case; what chance makes isn't."""
    template = Request.of(
        {"GroupId": "<salt>x", "GroupName": "<name>", "Tag": "<salt:3>", "GroupExDescriptions": ["<id>"]}
    )
    ours = Words()
    ours.add(words(template, "abcdefghij1234"))
    filled = dict(fill(template, "abcdefghij1234").parameters)

    assert "abcdefghij1234" in ours
    assert "--ABCDEFGHIJ1234" in ours
    assert f"x{filled['GroupName']}y".upper() in ours
    assert filled["GroupExDescriptions"][0] in ours
    assert filled["Tag"] not in ours
    assert "abcdefghij123" not in ours
    assert "" not in ours
