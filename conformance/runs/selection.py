"""Which cases a run sends, and in which order: the smoke list as it stands; by what settles most; or as recorded."""

from __future__ import annotations

from dataclasses import replace

from conformance.contract import CLAUSE
from conformance.exchange.cases import Case
from conformance.recording.interaction import Interaction
from conformance.recording.reader import Recording
from conformance.runs.settings import Settings
from conformance.runs.smoke import smoke

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
        from conformance.runs.settling import most_telling_first

        return most_telling_first(smoke())
    return smoke()


def _recorded(recording: Recording) -> tuple[Case, ...]:
    """The recorded cases in the order in which they were sent, then those of the smoke list that weren't.

    What was drawn twice was sent twice. A case that is in the list as well is today's: it has the same content, or it
    would have another id.
    """
    today = {each.id: each for each in smoke()}
    sent: list[Case] = []
    last: tuple[str, str] | None = None
    for each in recording.interactions:
        place = each.request.place
        if place is None or place.case not in recording.cases or (place.case, place.salt) == last:
            continue
        if recording.cases[place.case].probe:
            continue
        again = last is not None and last[0] == place.case and recording.cases[place.case].is_short
        if not again:  # else it was tried with another salt
            case = today.get(place.case, _of_today(recording.cases[place.case]))
            sent.append(replace(case, context=None))  # it was sent so, whatever is left out of contexts today
        last = place.case, place.salt
    if not sent:  # somebody else's traffic: nobody meant to send the list
        return ()
    known, clauses = {each.id for each in sent}, {each.clause for each in sent}
    rest = (each for id_, each in today.items() if id_ not in known)
    # In which contexts a clause is tried may be another choice of another day.
    return (*sent, *(each for each in rest if each.context is None or each.clause not in clauses))


def _of_today(case: Case) -> Case:
    """A recorded case that isn't in the list any more; its clause, which only names it, may have another id now."""
    return case if case.clause in CLAUSE else replace(case, clause="Request.check-order")


def traffic_of(recording: Recording) -> tuple[Interaction, ...]:
    """What of a recording no case of this suite sent."""
    return tuple(each for each in recording.interactions if each.request.place is None)
