"""The validator and a second reading of the page, which know nothing of each other, say the same."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.contract import ACTION, CLAUSES, NAMES, PARAMETERS
from conformance.contract.alphabets import UNSETTLED
from conformance.exchange.request import Request
from conformance.exchange.salt import fill, fill_value
from conformance.oracle.prediction import Accepted
from conformance.oracle.validator import predict
from conformance.oracle.world import Group, World
from conformance.runs.smoke import smoke
from conformance.strategies.characters import ODD_CHARACTERS, UNSETTLED_SAMPLES
from conformance.strategies.edges import ABSENT, breaking, keeping, unsettled
from tests.second_reading import codes

OTHER_SUBJECTS = {"Authentication", "Protocol", "State", "Concurrency"}
SMOKE = [each for each in smoke() if each.clause.partition(".")[0] not in OTHER_SUBJECTS]
SALT = "abcdefghijklmn"
TAKEN, DELETED = "Taken", "Gone"


class Account:
    """What both readings know of an account, each in its own terms."""

    def __init__(self):
        self.world = World()
        self.groups = {}
        self.gone = {}

    def create(self, group_id, name):
        """Take note of a group."""
        self.world.created(Group(group_id, name))
        self.groups[group_id] = name
        self.gone.pop(group_id, None)

    def delete(self, group_id):
        """Take note that a group was deleted."""
        self.world.deleted(group_id)
        self.gone[group_id] = self.groups.pop(group_id)

    def first(self, request):
        """What the validator says."""
        outcomes = predict(request, self.world).outcomes
        return {f"OK {each.face_model_version}" if isinstance(each, Accepted) else each.code for each in outcomes}

    def second(self, request):
        """What the second reading says."""
        used, gone = (self.groups.keys(), self.groups.values()), (self.gone.keys(), self.gone.values())
        return codes(request.parameters, used, gone, form=request.textual)


def usual_account():
    account = Account()
    account.create(TAKEN, TAKEN)
    account.create(DELETED, DELETED)
    account.delete(DELETED)
    return account


USUAL = usual_account()


def assert_agree(request, account=USUAL):
    assert account.second(request) == account.first(request), request


# --- The smoke list --------------------------------------------------------------------------------------


def test_smoke():
    """Both readings allow the same answers to each step of the smoke list."""
    for case in SMOKE:
        assert_agree_on_steps(case)


def assert_agree_on_steps(case):
    account = Account()
    for step in case.steps:
        request = fill(step.request, SALT)
        if request.action == ACTION:
            assert_agree(request, account)
            identity = [dict(request.parameters).get(each) for each in ("GroupId", "GroupName")]
            created = any(each.startswith("OK") for each in account.second(request))
            if created and all(isinstance(each, str) for each in identity):
                account.create(*identity)
        else:
            account.delete(dict(request.parameters)["GroupId"])


# --- Edges, alone and in pairs ---------------------------------------------------------------------------


def edges():
    """Every edge of every clause: (parameter, value); a value of an element stands in a list."""
    for clause in CLAUSES:
        for edge in (*keeping(clause), *breaking(clause), *(each for _, each in unsettled(clause))):
            value = fill_value(edge.value, SALT)
            yield clause.parameter, [value] if clause.of_elements else value


EDGES = list(edges())


def request_of(*changes):
    parameters = {"GroupName": SALT, "GroupId": SALT, **dict(changes)}
    return Request.of({name: value for name, value in parameters.items() if value is not ABSENT})


def test_edges():
    """Both readings agree on every edge of every clause."""
    for edge in EDGES:
        assert_agree(request_of(edge))


def test_pairs_of_edges():
    """Both readings agree on two edges at once."""
    chosen = random.Random(1)
    for _ in range(2000):
        assert_agree(request_of(*chosen.sample(EDGES, 2)))


# --- Requests that nobody thought of ---------------------------------------------------------------------

LEGAL = ("x", "aB3-_", "中", "一龥龦鿿学a")
ODD = ("%@#&", " !.:/'~", "".join(ODD_CHARACTERS.values()), "".join(map("".join, UNSETTLED_SAMPLES.values())))
LENGTHS = (0, 1, 2, 15, 20, 21, 22, 29, 30, 31, 32, 39, 40, 41, 59, 60, 61, 63, 64, 65)
OTHERS = (None, 0, 5, 3.0, True, False, {}, {"a": "b"}, [], ["x"], [["x"]], "", " ", "\u3000")
VERSIONS = ("2.0", "3.0", "", "3", "4.0", "2.0 ", "\uff13.0", "latest", None, 3.0, 2)
TEXTS_IN_USE = (TAKEN, TAKEN.lower(), DELETED, SALT)


def any_text(chosen):
    """A text with a length near some limit, one time in three with a few odd characters."""
    if chosen.random() < 0.2:
        return chosen.choice(TEXTS_IN_USE)
    text = chosen.choices(chosen.choice(LEGAL), k=chosen.choice(LENGTHS))
    for _ in range(chosen.choice((0, 0, 0, 0, 1, 2))):
        text.insert(chosen.randint(0, len(text)), chosen.choice(chosen.choice(ODD)))
    if chosen.random() < 0.05:
        text = [chosen.choice("\U00020bb7\U0001f600\ue000")] * len(text)
    return "".join(text)


def any_value(chosen, name):
    if name == "FaceModelVersion":
        return chosen.choice(VERSIONS)
    if chosen.random() < 0.15:
        return chosen.choice(OTHERS)
    if name == "GroupExDescriptions" and chosen.random() < 0.9:
        return [
            any_text(chosen) if chosen.random() < 0.95 else chosen.choice(OTHERS) for _ in range(chosen.randrange(8))
        ]
    return any_text(chosen)


def any_request(chosen):
    """A request with no, one or several faults."""
    pairs = [("GroupName", SALT), ("GroupId", SALT)]
    for name in chosen.sample(PARAMETERS, chosen.choice((1, 1, 1, 1, 1, 2, 2, 4))):
        pairs = [pair for pair in pairs if pair[0] != name or chosen.random() < 0.05]
        if chosen.random() < 0.9:
            pairs.append((name, any_value(chosen, name)))
    if chosen.random() < 0.05:
        pairs.append(("Unknown", any_text(chosen)))
    texts = all(isinstance(each, str) for _, value in pairs for each in (value if isinstance(value, list) else [value]))
    return Request(tuple(pairs), textual=texts and chosen.random() < 0.3)


@pytest.mark.slow
def test_random_requests():
    """Both readings agree on 10,000 random requests."""
    chosen = random.Random(20200303)
    for _ in range(10_000):
        assert_agree(any_request(chosen))


# --- The same, with requests that shrink -------------------------------------------------------------------


def is_settled(character):
    return NAMES.certain(character) or not any(character in each for each in UNSETTLED)


CHARACTERS = st.characters(exclude_categories=()).filter(is_settled) | st.sampled_from("".join(LEGAL + ODD))
TEXTS = (
    st.sampled_from(TEXTS_IN_USE)
    | st.text(CHARACTERS, max_size=8)
    | st.builds(lambda text, length, tail: (text * length)[:length] + tail, st.sampled_from(LEGAL),
                st.sampled_from(LENGTHS), st.text(CHARACTERS, max_size=1))
)  # fmt: skip
OTHER_VALUES = st.sampled_from(OTHERS)
LISTS = st.lists(TEXTS | OTHER_VALUES, max_size=7)
PAIRS = st.lists(
    st.tuples(st.sampled_from((*PARAMETERS, "Unknown")), TEXTS | LISTS | OTHER_VALUES)
    | st.tuples(st.just("FaceModelVersion"), st.sampled_from(VERSIONS)),
    max_size=3,
)  # fmt: skip


@settings(max_examples=120, deadline=None)
@given(st.lists(PAIRS, min_size=10, max_size=10), st.booleans())
def test_generated_requests(requests, valid_besides):
    """Both readings agree on requests of any parameters with any values."""
    for pairs in requests:
        assert_agree(Request.of([*(request_of().parameters if valid_besides else ()), *pairs]))


def test_settled_characters():
    """Both readings agree on every character up to U+07FF, and on some of the others, that is settled."""
    chosen = random.Random(2)
    for point in (*range(0x800), *range(0x2000, 0x2100), *chosen.sample(range(0x800, 0x110000), 2000)):
        if is_settled(chr(point)):
            assert_agree(request_of(("Tag", chr(point)), ("GroupId", f"x{chr(point)}")))


# --- What a deleted group leaves behind --------------------------------------------------------------------


@pytest.mark.parametrize("parameter", ["GroupId", "GroupName"])
def test_deleted_but_for_case(parameter):
    """A text that differs in case alone from that of a group being deleted can be answered as that one would be."""
    assert_agree(request_of((parameter, DELETED.upper())))
