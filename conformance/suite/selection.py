"""Which cases a run sends, and in which order: the smoke list as it stands; by what settles most; or as recorded."""

from __future__ import annotations

from conformance.cases import Case
from conformance.cassettes.interaction import Interaction
from conformance.cassettes.shelf import Recording
from conformance.settings import Settings
from conformance.suite.smoke import smoke

__all__ = ["cases_of", "traffic_of"]


def cases_of(settings: Settings, recording: Recording | None = None) -> tuple[Case, ...]:
    """The cases of a run, those first that are sent first.

    Args:
        settings: what the run was asked for.
        recording: what is judged, where that is a recording.
    """
    if recording is not None:
        return _recorded(recording)
    if settings.is_live:
        from conformance.live.plan import most_telling_first

        return most_telling_first(smoke())
    return smoke()


def _recorded(recording: Recording) -> tuple[Case, ...]:
    """The recorded cases in the order in which they were sent, then those of the smoke list that weren't.

    A case that is in both is today's: its content is the same, or it would have another id.
    """
    today = {each.id: each for each in smoke()}
    sent: dict[str, Case] = {}
    for each in recording.interactions:
        place = each.request.place
        if place is not None and place.case in recording.cases:
            sent.setdefault(place.case, today.get(place.case, recording.cases[place.case]))
    if not sent:  # somebody else's traffic: nobody meant to send the list
        return ()
    return (*sent.values(), *(each for id_, each in today.items() if id_ not in sent))


def traffic_of(recording: Recording) -> tuple[Interaction, ...]:
    """What of a recording no case of this suite sent."""
    return tuple(each for each in recording.interactions if each.request.place is None)
