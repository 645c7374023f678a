"""What the suite knows of the account: how each request that was answered, or not, changes it."""

from copy import deepcopy
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.exchange.request import Request
from conformance.exchange.salt import Words
from conformance.judging.world_updates import apply
from conformance.oracle.prediction import Accepted, Refused
from conformance.oracle.validator import predict
from conformance.oracle.world import Group, Presence, World

SALT = "abcdefghijklmn"
OK = {Accepted("2.0"), Accepted("3.0")}
ID_EXISTS = Refused("InvalidParameterValue.GroupIdAlreadyExist")
NAME_EXISTS = Refused("InvalidParameterValue.GroupNameAlreadyExist")
BEING_DELETED = Refused("FailedOperation.GroupInDeletedState")
GROUP = Group("i", "n", ("a", "b"), "t", "3.0")


def allowed(world, group_id="other-id", name="other-name"):
    return predict(Request.of({"GroupName": name, "GroupId": group_id}), world).outcomes


def name_presence(world, name):
    return world.index("GroupName").exact.get(name)


def both(world, group=GROUP):
    """How sure it is that a group's id and its name are in use."""
    return world.presence(group.group_id), name_presence(world, group.name)


def words_of(*texts):
    """The words of a run."""
    ours = Words()
    ours.add(texts)
    return ours


def world_with(*groups, **more):
    world = World(**more)
    for each in groups:
        world.created(each)
    return world


def world_without(group=GROUP, **more):
    """A world whose group was deleted."""
    world = world_with(group, **more)
    world.deleted(group.group_id)
    return world


# --- Created ---------------------------------------------------------------------------------------------


def test_nothing_is_known():
    """Of an account that nothing was done to, nothing is known."""
    world = World()

    assert (both(world), dict(world.groups), world.is_alike("i")) == ((None, None), {}, False)
    assert world.reasons_to_be_free("i", "n") == set()
    assert not world.may_be_foreign("i")


def test_created():
    """A group that was created is there, by its id and by its name, as it was asked for."""
    world = world_with(GROUP)

    assert both(world) == (Presence.THERE, Presence.THERE)
    assert dict(world.groups) == {"i": GROUP}
    assert (world.presence("n"), name_presence(world, "i")) == (None, None)


@pytest.mark.parametrize(("name", "expected"), [("n", {ID_EXISTS, NAME_EXISTS}), (None, {ID_EXISTS})])
def test_created_without_a_plain_name(name, expected):
    """Of a group whose name wasn't said plainly, the id alone is in use."""
    assert allowed(world_with(Group("i", name)), "i", "n") == expected


def test_at_once():
    """What one of several requests made is there; those that come at the same time may be refused otherwise."""
    world = World()
    world.created(GROUP, at_once=True)

    assert both(world) == (Presence.JUST_NOW, Presence.JUST_NOW)
    assert allowed(world, "i") > {ID_EXISTS}
    assert not allowed(world, "i") & OK


def test_settled():
    """Once all are answered, what was made at once is there like anything else; nothing else changes."""
    world = world_without(Group("gone", "gone"))
    world.perhaps_created(Group("maybe", "maybe"))
    world.created(GROUP, at_once=True)
    world.settled()

    assert both(world) == (Presence.THERE, Presence.THERE)
    assert both(world, Group("gone", "gone")) == (Presence.DELETED, Presence.DELETED)
    assert both(world, Group("maybe", "maybe")) == (Presence.PERHAPS, Presence.PERHAPS)
    assert allowed(world, "i") == {ID_EXISTS}


def test_created_twice():
    """A group that is created a second time, though it exists, is as it was asked for last; both names are in use."""
    world = world_with(GROUP, replace(GROUP, name="m"))

    assert world.groups["i"].name == "m"
    assert (name_presence(world, "n"), name_presence(world, "m")) == (Presence.THERE, Presence.THERE)


# --- Perhaps ---------------------------------------------------------------------------------------------


def test_perhaps():
    """A group whose answer was lost may be there."""
    world = World()
    world.perhaps_created(GROUP)

    assert both(world) == (Presence.PERHAPS, Presence.PERHAPS)
    assert dict(world.groups) == {"i": GROUP}
    assert allowed(world, "i", "n") == OK | {ID_EXISTS, NAME_EXISTS}


def test_perhaps_and_then_surely():
    """An answer tells that it is there."""
    world = World()
    world.perhaps_created(GROUP)
    world.created(GROUP)

    assert both(world) == (Presence.THERE, Presence.THERE)


@pytest.mark.parametrize("at_once", [False, True])
def test_perhaps_makes_nothing_less_sure(at_once):
    """A lost answer to a second creation leaves the first, with its name, tag and descriptions."""
    world = World()
    world.created(GROUP, at_once=at_once)
    before = deepcopy(world)
    world.perhaps_created(Group("i", "m"))

    assert world == before


def test_perhaps_by_the_name_of_another():
    """A lost answer makes no name less sure that another group has."""
    world = world_with(GROUP)
    world.perhaps_created(Group("j", "n"))

    assert (world.presence("j"), name_presence(world, "n")) == (Presence.PERHAPS, Presence.THERE)


def test_perhaps_by_the_name_of_one_that_was_made_at_once():
    """Nor one that was given just now."""
    world = World()
    world.created(GROUP, at_once=True)
    world.perhaps_created(Group("j", "n"))

    assert name_presence(world, "n") is Presence.JUST_NOW


def test_perhaps_deleted():
    """A group that may be there and could be deleted was there."""
    world = World()
    world.perhaps_created(GROUP)
    world.deleted("i")

    assert both(world) == (Presence.DELETED, Presence.DELETED)
    assert not world.groups


def test_perhaps_after_a_deletion():
    """A lost answer to a creation after a deletion leaves possible that the deletion still goes on."""
    world = world_without()
    before = allowed(world, "i", "n")
    world.perhaps_created(GROUP)

    assert before == OK | {BEING_DELETED, ID_EXISTS, NAME_EXISTS}
    assert allowed(world, "i", "n") == before


def test_perhaps_after_a_deletion_proves_nothing():
    """That it exists tells nothing then of how deletions are taken: the lost creation may have made it."""
    world = world_without()
    world.perhaps_created(GROUP)
    ways = predict(Request.of({"GroupName": "m", "GroupId": "i"}), world).ways_to(ID_EXISTS)

    assert both(world) == (Presence.AGAIN, Presence.AGAIN)
    assert [(each.conclusive, "recreate-after-delete" in each.readings) for each in ways] == [(False, False)]


def test_perhaps_after_a_deletion_whose_name_was_given_again():
    """So it is where the name is free already: the id may be in deletion still, or in use."""
    world = world_without()
    world.created(Group("j", "n"))
    world.perhaps_created(Group("i", "m"))

    assert (world.presence("i"), name_presence(world, "m")) == (Presence.AGAIN, Presence.PERHAPS)
    assert allowed(world, "i") == OK | {BEING_DELETED, ID_EXISTS}


def test_perhaps_after_a_deletion_and_then_surely():
    """Once the id is given again the deletion is done; the name of the lost creation may be in use all the same."""
    world = world_without()
    world.perhaps_created(GROUP)
    world.created(Group("i", "m"))

    assert (world.presence("i"), name_presence(world, "n")) == (Presence.THERE, Presence.PERHAPS)
    assert world.reasons_to_be_free(None, "n") == set()


@pytest.mark.parametrize(
    ("code", "expected"), [("GroupIdAlreadyExist", Presence.AGAIN), ("GroupNameAlreadyExist", Presence.PERHAPS)]
)
def test_what_is_said_to_exist_may_be_what_was_deleted(code, expected):
    """A refusal settles no doubt where the id or the name of a deleted group may be meant."""
    group = GROUP if code == "GroupIdAlreadyExist" else Group("j", "n")
    world = world_without()
    world.perhaps_created(group)
    request = Request.of({"GroupName": "n", "GroupId": "i" if group is GROUP else "k"})
    apply(world, request, Refused(f"InvalidParameterValue.{code}"), predict(request, world))

    assert world.presence(group.group_id) is expected


@pytest.mark.parametrize(("other", "settled"), [(None, True), ("I", False)])
def test_what_is_said_to_exist_may_be_one_that_is_alike(other, settled):
    """A refusal for an id tells that it is there; not where another is there that may be taken for the same."""
    world = world_with(Group(other, "m")) if other else World()
    world.perhaps_created(GROUP)
    request = Request.of({"GroupName": "o", "GroupId": "i"})
    apply(world, request, ID_EXISTS, predict(request, world))

    assert (world.presence("i") is Presence.THERE) == settled


# --- Deleted ---------------------------------------------------------------------------------------------


def test_deleted():
    """A deleted group is no longer among the groups; its id and name may be in use for a while."""
    world = world_without()

    assert both(world) == (Presence.DELETED, Presence.DELETED)
    assert not world.groups
    assert allowed(world, "i") == OK | {BEING_DELETED, ID_EXISTS}
    assert allowed(world, name="n") == OK | {BEING_DELETED, NAME_EXISTS}


def test_deleted_twice():
    """A second deletion, or that of a group that never was, changes nothing."""
    world = world_without()
    before = deepcopy(world)
    world.deleted("i")
    world.deleted("never")

    assert world == before


def test_deleted_beside_one_of_the_same_name():
    """A name that another group has too stays in use."""
    world = world_with(GROUP, Group("j", "n"))
    world.deleted("i")

    assert (world.presence("i"), name_presence(world, "n")) == (Presence.DELETED, Presence.THERE)


def test_deleted_beside_one_that_may_have_the_same_name():
    """A name that another group may have too may be in deletion, in use, or free."""
    world = world_with(GROUP)
    world.perhaps_created(Group("j", "n"))
    world.deleted("i")

    assert allowed(world, name="n") == OK | {BEING_DELETED, NAME_EXISTS}
    world.created(Group("i", "m"))
    assert allowed(world, name="n") == OK | {NAME_EXISTS}


def test_deleted_without_a_plain_name():
    """Of a group whose name wasn't said plainly, the id alone is given back."""
    world = world_without(Group("i"))

    assert world.presence("i") is Presence.DELETED
    assert world.index("GroupName").exact == {}


# --- Given again -----------------------------------------------------------------------------------------


def test_the_id_is_given_again():
    """Once the id is given again, the deletion is done: the name must be free, for it."""
    world = world_without()
    world.created(Group("i", "m"))

    assert (world.presence("i"), name_presence(world, "n")) == (Presence.THERE, None)
    assert world.reasons_to_be_free("other", "n") == {"State.deletion"}
    assert allowed(world, name="n") == OK


def test_the_id_and_the_name_are_given_again():
    """The same group again is there, and nothing of it must be free."""
    world = world_without()
    world.created(GROUP)

    assert both(world) == (Presence.THERE, Presence.THERE)
    assert world.reasons_to_be_free("i", "n") == set()


def test_the_name_is_given_again():
    """That the name is given again proves that it is free, not that the id is: but the id isn't in use any more."""
    world = world_without()
    world.created(Group("j", "n"))

    assert (world.presence("i"), name_presence(world, "n")) == (Presence.LEAVING, Presence.THERE)
    assert allowed(world, "i") == OK | {BEING_DELETED}
    assert world.reasons_to_be_free("i", None) == set()


def test_the_name_and_then_the_id():
    """Given again after its name, the id is there; the name stays with the other group."""
    world = world_without()
    world.created(Group("j", "n"))
    world.created(Group("i", "m"))

    assert (world.presence("i"), name_presence(world, "n")) == (Presence.THERE, Presence.THERE)
    assert world.reasons_to_be_free(None, "n") == set()


def test_the_name_of_two_that_were_deleted():
    """A name that is given again was that of every deleted group that had it, and of no other."""
    world = world_with(GROUP, Group("j", "n"), Group("k", "o"))
    for each in "ijk":
        world.deleted(each)
    world.created(Group("l", "n"))

    assert [world.presence(each) for each in "ijk"] == [Presence.LEAVING, Presence.LEAVING, Presence.DELETED]


def test_names_that_were_not_said_plainly_are_not_the_same():
    """Of two groups without a plain name, the one that was deleted isn't leaving because the other came."""
    world = world_without(Group("i"))
    world.created(Group("j"))

    assert world.presence("i") is Presence.DELETED


def test_deleted_again():
    """A group that was created again can be deleted again."""
    world = world_without()
    world.created(GROUP)
    world.deleted("i")

    assert both(world) == (Presence.DELETED, Presence.DELETED)


# --- Renamed ---------------------------------------------------------------------------------------------


def test_renamed():
    """A renamed group has the new name; the old one must be free."""
    world = world_with(GROUP)
    world.changed(replace(GROUP, name="m"))

    assert (name_presence(world, "n"), name_presence(world, "m")) == (None, Presence.THERE)
    assert world.groups["i"] == replace(GROUP, name="m")
    assert world.reasons_to_be_free(None, "n") == {"State.renaming"}
    assert (allowed(world, name="n"), allowed(world, name="m")) == (OK, {NAME_EXISTS})


@pytest.mark.parametrize(
    ("surely", "presence"), [(True, Presence.THERE), (False, Presence.PERHAPS)], ids=["has", "may have"]
)
def test_renamed_beside_one_of_the_same_name(surely, presence):
    """The old name needn't be free where another group has it, or may have it."""
    world = world_with(GROUP)
    (world.created if surely else world.perhaps_created)(Group("j", "n"))
    world.changed(replace(GROUP, name="m"))

    assert name_presence(world, "n") is presence
    assert world.reasons_to_be_free(None, "n") == set()


def test_changed_in_its_tag_alone():
    """A change that leaves the name leaves it in use."""
    world = world_with(GROUP)
    world.changed(replace(GROUP, tag="u", descriptions=None))

    assert (both(world), world.reasons_to_be_free(None, "n")) == ((Presence.THERE, Presence.THERE), set())
    assert (world.groups["i"].tag, world.groups["i"].descriptions) == ("u", None)


def test_changed_so_that_it_is_there():
    """A group that may be there, and could be changed, is there."""
    world = World()
    world.perhaps_created(GROUP)
    world.changed(replace(GROUP, tag="u"))

    assert both(world) == (Presence.THERE, Presence.THERE)


def test_renamed_in_its_case_alone():
    """A name that differs from the old one in case alone leaves no trace of the old one."""
    world = world_with(GROUP)
    world.changed(replace(GROUP, name="N"))

    assert allowed(world, name="N") == {NAME_EXISTS}
    assert allowed(world, name="n") == OK | {NAME_EXISTS}
    assert world.index("GroupName").others_but_for_case("n") == [Presence.THERE]
    assert world.index("GroupName").others_but_for_case("N") == []


def test_a_name_that_was_free_is_taken():
    """A name that had to be free is no longer said to be, once a group has it; when that is gone, it isn't sure."""
    world = world_with(GROUP)
    world.changed(replace(GROUP, name="m"))
    world.created(Group("j", "n"))
    taken = world.reasons_to_be_free(None, "n")
    world.deleted("j")

    assert (taken, world.reasons_to_be_free(None, "n")) == (set(), set())


# --- Must be free ----------------------------------------------------------------------------------------


def test_must_be_free():
    """An id or name that a clause says to be free is so by that clause, for an id and for a name."""
    world = World()
    world.must_be_free("State.refused-leaves-nothing", "i", "n")
    world.must_be_free("Authentication.creates-nothing", "j")

    assert world.reasons_to_be_free("i", None) == {"State.refused-leaves-nothing"}
    assert world.reasons_to_be_free(None, "n") == {"State.refused-leaves-nothing"}
    assert world.reasons_to_be_free("j", "n") == {"State.refused-leaves-nothing", "Authentication.creates-nothing"}
    assert world.reasons_to_be_free("x", "x") == set()
    assert world.reasons_to_be_free(None, None) == set()


@pytest.mark.parametrize("make", [World.created, World.perhaps_created])
def test_must_be_free_until_it_is_taken(make):
    """What somebody takes, or may have taken, needn't be free."""
    world = World()
    world.must_be_free("State.refused-leaves-nothing", "i", "n")
    make(world, GROUP)

    assert world.reasons_to_be_free("i", "n") == set()


def test_the_last_clause_counts():
    """Of two clauses on one text the last is told."""
    world = World()
    world.must_be_free("State.refused-leaves-nothing", "i")
    world.must_be_free("Authentication.creates-nothing", "i")

    assert world.reasons_to_be_free("i", None) == {"Authentication.creates-nothing"}


# --- Foreign texts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "text", "expected"),
    [
        (None, "x", False),
        (None, "", False),
        (SALT, "x", True),
        (SALT, "", True),
        (SALT, SALT[:-1], True),
        (SALT, SALT, False),
        (SALT, f"中{SALT}x", False),
        (SALT, SALT.upper(), False),
    ],
)
def test_may_be_foreign(word, text, expected):
    """Somebody else's is what lacks the run's words, whatever its case; where nobody else is, nothing."""
    assert World(ours=None if word is None else words_of(word)).may_be_foreign(text) is expected


def test_what_may_be_foreign_must_not_be_free():
    """Of a text that somebody else may have, no clause says that it is free: not even after a rename."""
    world = world_with(Group(SALT, "n"), ours=words_of(SALT))
    world.must_be_free("State.refused-leaves-nothing", "i", f"{SALT}x")
    world.changed(Group(SALT, f"{SALT}y"))

    assert world.reasons_to_be_free("i", "n") == set()
    assert world.reasons_to_be_free(f"{SALT}x", None) == {"State.refused-leaves-nothing"}


# --- Ids that differ in case alone -----------------------------------------------------------------------


def test_alike():
    """An id is like another that differs from it in case alone, deleted or not; not like itself."""
    world = world_with(Group("Ab", "n"))

    assert [world.is_alike(each) for each in ("AB", "ab", "Ab", "abc")] == [True, True, False, False]
    world.deleted("Ab")
    assert world.is_alike("ab")


# --- Any history -----------------------------------------------------------------------------------------

IDS, NAMES = st.sampled_from(["i", "I", "j"]), st.sampled_from(["n", "N", "m", None])
GROUPS = st.builds(Group, IDS, NAMES)
STEPS = st.lists(
    st.tuples(st.sampled_from(["created", "at_once", "perhaps", "deleted", "changed", "settled", "free"]), GROUPS),
    max_size=12,
)


@settings(deadline=None, max_examples=200)
@given(STEPS)
def test_histories(steps):
    """Whatever happens, the groups are those whose ids are in use, and what must be free isn't in use."""
    world = World()
    for kind, group in steps:
        match kind:
            case "created" | "at_once":
                world.created(group, at_once=kind == "at_once")
            case "perhaps":
                world.perhaps_created(group)
            case "deleted":
                world.deleted(group.group_id)
            case "changed" if group.group_id in world.groups:
                world.changed(group)
            case "free":
                world.must_be_free("State.refused-leaves-nothing", group.group_id)
            case _:
                world.settled()
        held = {each for each in "iIj" if world.presence(each) not in {None, Presence.DELETED, Presence.LEAVING}}
        assert held == world.groups.keys()
        assert all(key == each.group_id for key, each in world.groups.items())
        for each in "iIj":
            assert not (world.presence(each) and world.reasons_to_be_free(each, None))
            assert allowed(world, each)
            assert world.is_alike(each) == any(
                world.presence(other) for other in "iIj" if other != each and other.lower() == each.lower()
            )
