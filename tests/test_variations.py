"""Every permitted form of answers is taken: none fails a clause."""

import json
from functools import cache

import pytest

from conformance.emulator import Emulator
from conformance.exchange.messages import Exchange
from conformance.exchange.variations import VARIATIONS
from conformance.runs.run import Run
from conformance.runs.smoke import smoke
from conformance.targets.direct import DirectTarget
from scripts.variations import PAGE, rendered

CASES = smoke()
FEW = [*CASES[:25], *(each for each in CASES if each.clause.startswith(("State.", "Response.")))]


class Varied(DirectTarget):
    """The reference emulator, whose answers take another form."""

    def __init__(self, variation):
        super().__init__(Emulator())
        self.change, self.changed = variation.change, 0

    def send(self, http):
        """Its answer in that form."""
        exchange = super().send(http)
        answer = self.change(exchange.answer)
        self.changed += answer != exchange.answer
        return Exchange(http, answer)


@cache
def seen_plainly():
    """The clauses of which answers in the usual form show that they are kept."""
    run = Run.against(DirectTarget(Emulator()))
    for case in FEW:
        run.case(case)
    return {clause for clause, tally in run.results.tallies.items() if tally.kept}


@pytest.mark.parametrize("variation", VARIATIONS, ids=lambda each: each.id)
def test_no_form_of_answers_fails(variation):
    """A right server whose answers look otherwise conforms, and as much is seen of it."""
    target = Varied(variation)
    run = Run.against(target)
    for case in FEW:
        run.case(case)

    assert run.results.failures == {}
    assert target.changed or variation.id in {"no-date", "compact", "escaped", "unescaped"}, "it does something"
    kept = {clause for clause, tally in run.results.tallies.items() if tally.kept}
    assert kept >= seen_plainly()


def test_the_page_of_variations():
    """The page lists them all, and is as it is written by its command."""
    assert PAGE.read_text("utf-8") == rendered()
    assert rendered().count("\n| ") > 150


def test_the_forms_are_json_of_the_same():
    """Each form is an answer of the API still, and there is a reason for each."""
    assert len({each.id for each in VARIATIONS}) == len(VARIATIONS)
    for each in VARIATIONS:
        assert each.why.strip("“”")
        answer = each.change(DirectTarget(Emulator()).send(_plain()).answer)
        assert "Response" in json.loads(answer.body)


def _plain():
    from conformance.exchange.request import Request
    from conformance.exchange.wire import Form, encode

    return encode(Request.of({"GroupName": "a", "GroupId": "b"}), DirectTarget(Emulator()).sender, Form.JSON, 0)
