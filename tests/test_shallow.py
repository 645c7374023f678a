"""JSON that is nested deep, in pieces: each can be read, and together they say whether the whole is JSON."""

import json

import pytest

from conformance.exchange.shallow import in_shallow_pieces

DEPTHS = [1, 99, 100, 101, 199, 200, 201, 350, 5000]


def reads(text):
    """What the last piece says, if all of them are JSON."""
    return [json.loads(each) for each in in_shallow_pieces(text)][-1]


def depth_of(value):
    """How deep lists are nested in each other."""
    depth = 0
    while value:
        depth, value = depth + 1, value[0]
    return depth + isinstance(value, list)


@pytest.mark.parametrize("depth", DEPTHS)
def test_nested(depth):
    """What is nested too deep is cut off, and nothing else."""
    value = reads("[" * depth + "]" * depth)

    assert depth_of(value) == min(depth, 100)


@pytest.mark.parametrize("depth", DEPTHS)
def test_beside_what_is_deep(depth):
    """What stands beside it is what it was, brackets in texts too."""
    deep = "[" * depth + "]" * depth

    first, text, second, last = reads(f'[{deep}, "]\\"[", {deep}, {{"a": [1, 2]}}]')

    assert (text, last, first == second) == (']"[', {"a": [1, 2]}, True)


@pytest.mark.parametrize("depth", DEPTHS)
@pytest.mark.parametrize("inner", ["", "]", "1 2", '"', "{", "[}", "tru"])
def test_no_json(depth, inner):
    """What isn't JSON isn't JSON, wherever it is broken."""
    with pytest.raises(ValueError, match=r"\w"):
        reads("[" * depth + inner + "]" * (depth - (inner == "")))


def test_shallow_as_it_is():
    """A text with few brackets is not looked at."""
    assert list(in_shallow_pieces("no JSON [")) == ["no JSON ["]
