"""Secrets are found however they are written, and however fast that is read."""

from hypothesis import given
from hypothesis import strategies as st

from conformance.privacy.search import found_in


@given(st.lists(st.sampled_from(["%s", "\\u00%02x", "\\\\u00%02x", "\\x%02x", "\\%03o"]), min_size=24, max_size=24))
def test_escapes_in_a_row_are_read_as_each_by_itself(ways):
    """Where a secret needs more than bytes every escape is read by itself, else many at once: with the same result."""
    secret = "sEcReT-0123456789-aBcDeF"
    text = "".join(way % (each if way == "%s" else ord(each)) for way, each in zip(ways, secret, strict=True))
    data = f"\\u4e2d\\\\u4e2d {text} \\u0041".encode()

    how = found_in(data, [secret])
    assert how is not None
    assert how == found_in(data, [secret, "密钥" * 6])
