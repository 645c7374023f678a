"""Every fault is found, under the right clause, by a small request."""

import pytest

from benchmarks.campaign import aimed, judged, requests_until_found, run_against, without_megabytes
from conformance.contract import CLAUSE, CLAUSES, PARAMETERS
from conformance.emulator.faults import FAULT, FAULTS
from conformance.judging.judge import DepartureKind as Kind
from conformance.report.model import Status, Verdict, report_of
from conformance.runs.session import Session
from conformance.runs.settings import Settings
from conformance.runs.shrink import shrink_failures
from conformance.runs.smoke import smoke


@pytest.mark.parametrize("name", FAULT)
def test_found_by_smoke(name):
    """The fixed cases, first those that aim at the clauses that it breaks, find the fault under one of them."""
    assert requests_until_found(name, FAULT[name].clauses, aimed(FAULT[name].clauses)) is not None


@pytest.mark.slow
@pytest.mark.parametrize("name", list(FAULT)[::16])
def test_found_by_smoke_in_its_order(name):
    """Whatever is found or missed before doesn't hide the fault; `python -m benchmarks.detection` tries all."""
    assert requests_until_found(name, FAULT[name].clauses, smoke()) is not None


def test_the_catalogue_is_large_and_covers_the_contract():
    """There are more than a hundred faults, and every clause that must be kept is broken by one."""
    broken = {clause for each in FAULTS for clause in each.clauses}
    # A fault of the first is one of `face-model-version-default-disagrees`; a function has no connections.
    silent = {"FaceModelVersion.open", "Protocol.connection"}

    assert len(FAULTS) > 100
    assert {each.id for each in CLAUSES if each.strength == "must"} - broken - silent == set()


# Faults of whole requests, listed under one of the clauses that they break.
_NOT_OF_ONE_PARAMETER = {"five-parameters-too-many", "accepts-everything", "refuses-everything", "one-code-for-all"}


def _one_parameter_faults():
    for fault in FAULTS:
        if fault.name in _NOT_OF_ONE_PARAMETER:
            continue
        parameters = {CLAUSE[clause].parameter for clause in fault.clauses}
        if (
            len(parameters) == 1
            and parameters <= set(PARAMETERS)
            and not fault.clauses[0].endswith((".unique", ".optional"))
        ):
            yield fault.name


@pytest.mark.parametrize("name", sorted(_one_parameter_faults())[::4])
def test_shrunk_to_one_parameter(name):
    """Where one parameter is at fault, the smallest request differs from a plain one in that parameter alone."""
    fault = FAULT[name]
    first, *rest = smoke()
    run = judged([first, *(each for each in rest if each.clause in fault.clauses)], faults=[name])
    shrink_failures(run)

    failures = [found[0] for (clause, _), found in run.results.failures.items() if clause in fault.clauses]
    smallest = min(failures, key=lambda each: each.size)

    parameters = dict(smallest.case.steps[-1].request.parameters)
    plain = ("<salt>", "<id>", "<name>")
    differing = {each for each in {*parameters, "GroupName", "GroupId"} if parameters.get(each) not in plain}
    assert differing <= {CLAUSE[fault.clauses[0]].parameter}


def run_with(fault, *clauses):
    """The run of the fixed cases on what a fault, and some clauses, are about, against an emulator with that fault."""
    wanted = {CLAUSE[each].subject for each in (*FAULT[fault].clauses, *clauses)}
    first, *rest = without_megabytes()
    return judged([first, *(each for each in rest if CLAUSE[each.clause].subject in wanted)], faults=[fault])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("group-name-one-too-many", Kind.ACCEPTED_THOUGH_INVALID),
        ("group-name-one-too-few", Kind.REJECTED_THOUGH_VALID),
        ("group-name-toolong-as-group-id", Kind.WRONG_REASON),
        ("no-face-in-photo", Kind.IMPOSSIBLE_CODE),
        ("undocumented-too-long", Kind.UNDOCUMENTED_CODE),
        ("face-model-version-default-one", Kind.WRONG_RESULT),
        ("request-id-missing", Kind.MALFORMED),
        ("face-model-version-default-disagrees", Kind.CONTRADICTION),
    ],
)
def test_kinds_are_told_apart(fault, kind):
    """A fault shows as the kind of departure that it is."""
    assert kind in {found for clause, found in run_with(fault).results.failures if clause in FAULT[fault].clauses}


@pytest.mark.slow
def test_a_contradiction_cites_both_requests():
    """A contradiction names the earlier request and the readings that both would need."""
    run = run_with("face-model-version-default-disagrees")

    (failure, *_) = run.results.failures["FaceModelVersion.default", Kind.CONTRADICTION]

    assert "until-2020-11-26" not in failure.expected[0]
    assert "before-2020-04-02, after request 1, {" in failure.expected[0]
    assert "This answer needs: after-2020-11-26" in failure.expected[0]


@pytest.mark.slow
def test_the_most_telling_cases_come_first():
    """Half of the catalogue is found within sixty requests."""
    soon = [requests_until_found(each.name, each.clauses, smoke(), most=60) is not None for each in FAULTS[::3]]

    assert soon.count(True) > len(soon) // 2


def test_a_fault_that_is_not_in_the_catalogue():
    """Switching on an unknown fault is a mistake that is told."""
    with pytest.raises(KeyError):
        run_against(faults=["no-such-fault"])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("fault", "clause"),
    [
        ("not-json", "GroupName.length.max"),
        ("not-json", "Tag.optional"),
        ("refuses-everything", "Tag.length.max"),
        ("error-without-code", "GroupId.charset"),
        ("no-envelope", "Response.RequestId.present"),
    ],
)
def test_what_was_not_shown_has_not_passed(fault, clause):
    """A clause that no answer showed to be followed is not green beside the one that failed."""
    report = report_of(Session(run_with(fault, clause)), Settings(faults=(fault,)))

    assert {each.clause.id: each.status for each in report.clauses}[clause] is Status.NOT_EXERCISED
    assert report.verdict is Verdict.VIOLATES
