"""What a modification and a list show: new names, names that are taken, groups of others."""

from copy import deepcopy
from dataclasses import replace

import pytest

from conformance.oracle.world import Group, Presence, World
from tests.sister_answers import (
    ACCEPTED,
    GROUP,
    ID,
    KEPT,
    LIST,
    MODIFY,
    NAME,
    NOTHING,
    REJECTED,
    SALT,
    TAKEN,
    WRONG,
    departed,
    done,
    error,
    kept,
    seen,
    shown_as,
    told,
    world_of,
)

# --- Renaming --------------------------------------------------------------------------------------------

NEW = f"m{SALT}"
OTHER = Group(f"j{SALT}", NEW)


@pytest.mark.parametrize("presence", ["there", "just now", "perhaps"])
def test_renamed(presence):
    """A group that could be renamed has the new name; the old one must be free; the rest is as it was."""
    world = world_of(presence)
    found = seen(MODIFY, done(), world, GroupName=NEW)

    assert told(found) == kept("State.renaming")
    assert dict(world.groups) == {ID: replace(GROUP, name=NEW)}
    assert world.presence(ID) is Presence.THERE
    assert world.reasons_to_be_free(None, NAME) == {"State.renaming"}


@pytest.mark.parametrize(
    ("parameters", "changed"),
    [
        ({"Tag": "u"}, {"tag": "u"}),
        ({"Tag": ""}, {"tag": ""}),
        ({"Tag": 5}, {"tag": None}),
        ({"GroupName": ""}, {}),
        ({}, {}),
        ({"GroupExDescriptionInfos": []}, {"descriptions": None}),
    ],
)
def test_modified_otherwise(parameters, changed):
    """What was modified is as it was asked for; or isn't known any more."""
    world = world_of("there")
    seen(MODIFY, done(), world, **parameters)

    assert world.groups[ID] == replace(GROUP, **changed)
    assert world.reasons_to_be_free(None, NAME) == set()


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (NEW, kept("State.renaming")),
        (NEW.upper(), kept("State.renaming")),
        (NAME, kept("State.renaming")),
        (f"o{SALT}", departed(("State.renaming", REJECTED))),
        ("x", kept("State.renaming")),
        ("", kept("State.renaming")),
    ],
    ids=["taken", "taken but for case", "its own", "free", "a stranger's", "none"],
)
def test_a_name_that_is_said_to_be_taken(name, expected):
    """A new name is refused for another group that has it, or may; not where nobody can have it."""
    world = world_of("there")
    world.created(OTHER)
    before = deepcopy(world)

    assert told(seen(MODIFY, error(TAKEN), world, GroupName=name)) == expected
    assert world == before


@pytest.mark.parametrize("presence", ["perhaps", "deleted", "leaving", "never", "refused"])
def test_a_name_refused_to_a_group_that_is_not_surely_there(presence):
    """Whoever isn't surely there can be refused anything."""
    assert told(seen(MODIFY, error(TAKEN), world_of(presence), GroupName=f"o{SALT}"))[0] == set()


def test_a_taken_name_is_given_again():
    """A group can't have the name of another that is there."""
    world = world_of("there")
    world.created(OTHER)

    assert told(seen(MODIFY, done(), world, GroupName=NEW))[0] == {("State.renaming", ACCEPTED)}


def test_its_own_name_is_given_again():
    """A group may have its own name again, or in another case."""
    for name in (NAME, NAME.upper()):
        assert told(seen(MODIFY, done(), world_of("there"), GroupName=name)) == kept("State.renaming")


def test_what_departs_is_not_kept():
    """A clause isn't kept by an answer that departs from it."""
    world = world_of("there")
    world.created(OTHER)
    found = seen(MODIFY, done(), world, GroupName=NEW)

    assert "State.renaming" not in found.kept


def test_the_name_of_a_group_that_may_not_be_there():
    """A name may be given that a group has of which it isn't known whether it is there."""
    world = world_of("there")
    world.perhaps_created(OTHER)

    assert told(seen(MODIFY, done(), world, GroupName=NEW))[0] == set()


@pytest.mark.parametrize("after", [False, True])
def test_the_name_of_a_group_that_was_deleted(after):
    """The name of a deleted group may be in use for a while, for a rename as for a creation."""
    world = world_of("there")
    world.created(OTHER)
    world.deleted(OTHER.group_id)
    name = NEW.upper() if after else NEW

    assert told(seen(MODIFY, error(TAKEN), world, GroupName=name))[0] == set()


# --- Lists -----------------------------------------------------------------------------------------------


def listed(*entries, number=None, world=None):
    members = {"GroupInfos": list(entries), "GroupNum": len(entries) if number is None else number}
    return seen(LIST, done(**members), world or world_of("there"))


def test_a_list_with_strangers():
    """A list may hold groups of others; where there are none, it mayn't."""
    stranger = {"GroupId": "x", "GroupName": 5}
    alone = world_of("there", salt=None)

    assert told(listed(stranger, shown_as(GROUP))) == kept("State.listed", *KEPT)
    assert told(listed(stranger, shown_as(GROUP), world=alone))[0] == {("State.listed", WRONG)}


def test_listed_twice():
    """A group that is listed twice is wrong, and neither is looked at."""
    found = listed(shown_as(GROUP), shown_as(GROUP))

    assert told(found) == departed(("State.listed", WRONG))
    assert "2 times" in found.departures[0].observed


@pytest.mark.parametrize("number", [2, 10**30, None, "1", [1], 1.0, {}])
def test_a_part_of_a_list(number):
    """Of a list that may go on, only what is there is judged."""
    entries, members = [shown_as(GROUP)], {} if number is None else {"GroupNum": number}
    world = world_of("there")
    world.created(OTHER)

    assert told(seen(LIST, done(GroupInfos=entries, **members), world)) == kept(*KEPT)
    assert told(seen(LIST, done(GroupInfos=[], **members), world)) == NOTHING


def test_a_number_that_is_false():
    """False is no number of groups: it doesn't tell that the list is whole."""
    assert told(seen(LIST, done(GroupInfos=[], GroupNum=False), world_of("there"))) == NOTHING


@pytest.mark.parametrize(
    "entry", [None, 5, "x", [], {}, {"GroupId": None}, {"GroupId": 5}, {"GroupId": [ID]}], ids=repr
)
def test_entries_that_are_none(entry):
    """What has no GroupId isn't taken for a group."""
    assert told(listed(entry, shown_as(GROUP))) == kept("State.listed", *KEPT)
    assert told(listed(entry)) == departed(("State.listed", WRONG))


def test_the_newest_of_many_are_named():
    """Of many groups that aren't listed, the three newest are named, and how many there are."""
    world = World()
    for number in range(5):
        world.created(Group(f"{number}{SALT}", f"{number}{SALT}"))
    (departure,) = listed(world=world).departures

    assert departure.observed == ", ".join(f"{each}{SALT} is not listed" for each in "432") + " and 5 in all"


def test_those_that_were_deleted_may_be_listed():
    """How long a deletion takes isn't said: a list may show its group, as it was or otherwise."""
    assert told(listed({"GroupId": ID, "GroupName": 5}, world=world_of("deleted"))) == kept("State.listed")
