"""What the notes of a journal say of a group."""

import pytest

from conformance.live.notes import Entry, Event, Groups, Note, State
from tests.journals import states


@pytest.mark.parametrize(
    ("written", "state"),
    [
        ("creating", State.CREATING),
        ("creating created", State.CREATED),
        ("creating refused", State.REFUSED),
        ("creating unknown", State.UNKNOWN),
        ("creating creating refused", State.CREATING),
        ("creating creating refused refused", State.REFUSED),
        ("creating creating refused created", State.CREATED),
        ("creating creating created refused", State.CREATED),
        ("creating creating unknown refused", State.UNKNOWN),
        ("creating refused created", State.CREATED),
        ("creating refused unknown", State.UNKNOWN),
        ("creating created creating", State.CREATED),
        ("creating created creating unknown", State.CREATED),
        ("creating created deleting", State.DELETING),
        ("creating created deleting deleted", State.DELETED),
        ("creating created deleting gone", State.GONE),
        ("creating gone", State.GONE),
        ("creating deleting deleted", State.CREATING),
        ("creating deleting deleted created", State.CREATED),
        ("creating deleting deleted gone", State.GONE),
        ("creating created deleting creating deleted", State.CREATING),
        ("creating created deleting deleted creating", State.CREATING),
        ("creating created deleting deleted creating refused", State.REFUSED),
        ("creating stopped", State.UNKNOWN),
        ("creating stopped deleting deleted", State.DELETED),
        ("creating created creating stopped deleting deleted", State.DELETED),
        ("creating refused stopped", State.REFUSED),
        ("creating created left", State.LEFT),
        ("creating created left deleting deleted", State.DELETED),
        ("creating created deleting deleted left", State.LEFT),
    ],
)
def test_states(written, state):
    """What is known of an id after notes."""
    groups = Groups()
    for event in written.split():
        note = Note(event, 1.5, None if event == Event.STOPPED else "id")
        assert groups.objection(note) is None
        groups.take(note)

    assert states(groups.entries()) == {"id": state}


def test_an_id_that_was_settled_starts_anew():
    """Names and times from before a deletion aren't those of the group that was made after it."""
    groups = Groups()
    for note in (Note("creating", 1.5, "a", "old"), Note("gone", 2.5, "a"), Note("creating", 3.5, "a", "new")):
        groups.take(note)

    assert groups.get("a") == Entry("a", ("new",), 3.5, State.CREATING, 1)
    assert groups.get("b") is None
