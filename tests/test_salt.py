"""Salts and Nonces that depend on the case alone, and tell all requests apart."""

from conformance.exchange.salt import PREFIX, SALT_LENGTH, Salts, SaltsByCase, nonce
from conformance.runs.smoke import smoke

IDS = [each.id for each in smoke()]


def test_salts_by_case_are_the_same_in_any_order():
    """Whatever was sent before, a case has its own salt, and the next where it is tried again."""
    one, other = SaltsByCase(), SaltsByCase()

    first = {id_: (one.of(id_), one.of(id_)) for id_ in IDS}
    again = {id_: (other.of(id_), other.of(id_)) for id_ in reversed(IDS)}

    assert first == again


def test_no_two_cases_share_a_salt():
    """All are of the usual length, letters, and tell whose they are."""
    salts = SaltsByCase()
    found = [salts.of(id_) for id_ in IDS for _ in range(3)]

    assert len(set(found)) == len(found)
    assert all(len(each) == SALT_LENGTH and each.isalpha() and each.startswith(PREFIX) for each in found)
    assert salts.run == PREFIX


def test_no_two_requests_share_a_nonce():
    """Each request of each case has another, positive, of at most nine digits; the same the next time."""
    salts = [Salts("confabcde", number).next() for number in range(300)]
    places = [(salt, step, copy) for salt in salts for step in range(3) for copy in range(3)]
    found = [nonce(*each) for each in places]

    assert len(set(found)) == len(found)
    assert all(0 < each < 10**9 for each in found)
    assert found == [nonce(*each) for each in places]
