"""What a run would send and create: counted by judging the reference emulator, called as a function."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from conformance.emulator import Emulator
from conformance.exchange.salt import Salts, seeded_run_salt
from conformance.runs.conduct import ExplorationPart, parts_of, play
from conformance.runs.run import Run
from conformance.runs.settings import STANDARD_EXAMPLES, Settings
from conformance.runs.ways import Ways
from conformance.targets.direct import DirectTarget

__all__ = ["cost"]


def cost(settings: Settings) -> tuple[int, int]:
    """How many requests a run sends to a target that conforms, and how many groups it creates, within its bounds.

    What `deep` explores is reckoned from what `standard` does, to which it is proportional.
    """
    salts = Salts(seeded_run_salt(settings.seed))
    run = Run.against(DirectTarget(Emulator()), max_requests=settings.max_requests, salts=salts)
    run.bounds.groups, run.ways = settings.max_groups, Ways(settings.without)
    counted = replace(settings, profile="standard") if settings.profile == "deep" else settings
    fixed, drawn = Counter[str](), Counter[str]()
    for part in parts_of(counted):
        before = _spent(run)
        play(part, run, counted)
        spent = drawn if isinstance(part, ExplorationPart) else fixed
        spent.update(_spent(run) - before)
    factor = settings.examples // STANDARD_EXAMPLES
    return fixed["requests"] + factor * drawn["requests"], fixed["groups"] + factor * drawn["groups"]


def _spent(run: Run) -> Counter[str]:
    return Counter(requests=run.results.requests, groups=run.results.groups_created)
