"""What the suite knows of the account: new names, what must be free, what is others', and any history."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance.oracle.world import Group, Presence, World
from tests.worlds import GROUP, NAME_EXISTS, OK, SALT, allowed, both, name_presence, words_of, world_with

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
    ("salt", "text", "expected"),
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
def test_may_be_foreign(salt, text, expected):
    """Somebody else's is what lacks the run's words, whatever its case; where nobody else is, nothing."""
    assert World(ours=None if salt is None else words_of(salt)).may_be_foreign(text) is expected


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
