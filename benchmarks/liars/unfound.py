"""Liars that aren't expected to be found, each with the reason: the page allows it, or a run can't wait for it.

They are judged all the same: some are found by luck.
"""

from __future__ import annotations

_SOME = "allowed: which of {} a name may have depends on tables of which the page says nothing"

UNFOUND: dict[str, str] = {
    # What the page allows, read by others than its author.
    "kana": _SOME.format("the letters of other scripts"),
    "isalnum": _SOME.format("the letters of other scripts"),
    "middle-dot": _SOME.format("the Chinese marks"),
    "chinese-commas": _SOME.format("the Chinese marks"),
    "utf16-lengths": "allowed: what one character outside the basic plane counts isn't on the page",
    "region-scoped": "allowed: whether Regions share their groups isn't on the page",
    "any-ap-region": "can't be known: which Regions there are stands in a list that grows",
    "last-message": "allowed: a message is there, and the page doesn't promise its words",
    # What takes longer than a run, or isn't where it is sent.
    "warm-up": "honest for ten minutes, longer than a run takes",
    "forgetful": "honest for forty seconds after each creation: found where a run takes longer",
    "human-pace": "wrong only for the first request after four seconds of silence: as many for each kind take minutes",
    "every-minute": "wrong for three seconds of a minute: only a run that is long, or lucky, is there",
    "lifetime-quota": "wrong from the thousandth group on: a run creates fewer",
    "public-host": "wrong under another name: a server is only asked under that by which it was given",
}
