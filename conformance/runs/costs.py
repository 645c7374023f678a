"""What a run would send and create: counted by judging the reference emulator, called as a function."""

from __future__ import annotations

from dataclasses import replace

from conformance.emulator import Emulator
from conformance.exchange.salt import Salts, seeded_run_salt
from conformance.runs.conduct import CasePart, parts_of, play
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
    fixed = 0, 0
    for part in parts_of(counted):
        play(part, run, counted)
        if isinstance(part, CasePart):
            fixed = run.results.requests, run.results.groups_created
    factor = settings.examples // STANDARD_EXAMPLES
    requests, groups = run.results.requests - fixed[0], run.results.groups_created - fixed[1]
    return fixed[0] + factor * requests, fixed[1] + factor * groups
