"""What a run would send and create: counted by judging the reference emulator, called as a function."""

from __future__ import annotations

from contextlib import suppress

from conformance.base.errors import BudgetSpentError
from conformance.emulator import Emulator
from conformance.exchange.salt import Salts, seeded_run_salt
from conformance.runs.run import Run
from conformance.runs.settings import STANDARD_EXAMPLES, Settings
from conformance.runs.smoke import smoke
from conformance.targets.direct import DirectTarget

__all__ = ["cost"]


def cost(settings: Settings) -> tuple[int, int]:
    """How many requests a run sends to a target that conforms, and how many groups it creates, within its bounds.

    What `deep` explores is reckoned from what `standard` does, to which it is proportional.
    """
    run = Run.against(
        DirectTarget(Emulator()), max_requests=settings.max_requests, salts=Salts(seeded_run_salt(settings.seed))
    )
    run.max_groups = settings.max_groups
    for place, case in enumerate(smoke()):
        if place == 0 or settings.aims_at(case.clause):  # every run begins with a plain request
            with suppress(BudgetSpentError):
                run.case(case)
    fixed = run.results.requests, run.results.groups_created
    if settings.profile == "smoke":
        return fixed
    from conformance.runs.exploration import PROPERTIES, explore

    for each in PROPERTIES:
        if settings.aims_at(each.clause):
            with suppress(BudgetSpentError):
                explore(run, each, examples=STANDARD_EXAMPLES * each.weight, seed=settings.seed)
    factor = settings.examples // STANDARD_EXAMPLES
    requests, groups = run.results.requests - fixed[0], run.results.groups_created - fixed[1]
    return fixed[0] + factor * requests, fixed[1] + factor * groups
