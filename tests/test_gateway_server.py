"""A server that somebody else wrote from the documents, with choices and mistakes of its own, is judged rightly.

A regular run judges it with every third way of its choices, and with all of them in a few mixtures. With
`CONFORMANCE_LONG_TESTS=1` in the environment each way is judged by itself, and each mistake to the end of the list.
"""

import contextlib
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.campaign import aimed, without_megabytes
from conformance.base.credentials import EXAMPLE_CREDENTIALS
from conformance.exchange.wire import Sender
from conformance.judging.judge import DepartureKind as Kind
from conformance.runs.run import Run
from conformance.runs.smoke import smoke
from conformance.targets.http import HttpTarget
from tests.gateway_server import CHOICES, MISTAKES, GatewayServer

LONG = bool(os.environ.get("CONFORMANCE_LONG_TESTS"))
long_run = pytest.mark.skipif(not LONG, reason="a long test: set CONFORMANCE_LONG_TESTS=1")
TEMPORARY = replace(EXAMPLE_CREDENTIALS, token="an-issued-token")
SIGNED, KEPT = "Authentication.signature", "State.kept"

# What no reading of the page allows: way -> the clauses that it breaks.
FORBIDDEN = {
    ("service", "any"): {"Authentication.scope.service"},
    ("unit", "bytes"): {"GroupName.length.max", "GroupExDescriptions.element.length.max", "Tag.length.max"},
    ("id_limit", "exclusive"): {"GroupId.length.max"},
    ("charset", "spaced"): {"GroupName.charset", "GroupExDescriptions.element.charset", "Tag.charset"},
    ("spaces", "trimmed"): {
        "GroupName.charset", "GroupId.charset", "GroupExDescriptions.element.charset", "Tag.charset",
        "FaceModelVersion.values", f"{KEPT}.GroupName", f"{KEPT}.GroupExDescriptions", f"{KEPT}.Tag", "State.listed",
    },
    ("empty_description", "taken"): {"GroupExDescriptions.element.length.min"},
}  # fmt: skip
WAYS = [(choice, way) for choice, (_, ways) in CHOICES.items() for way in ways[1:]]
ALLOWED = [each for each in WAYS if each not in FORBIDDEN]

# Each mistake, the clauses under which it should be found, and those under which it may show besides.
FOUND = {
    "signature-unchecked": {SIGNED, f"{SIGNED}.body", f"{SIGNED}.query", f"{SIGNED}.headers"},
    "body-uncovered": {SIGNED, f"{SIGNED}.body", f"{SIGNED}.headers"},
    "query-uncovered": {SIGNED, f"{SIGNED}.query"},
    "declared-hash-trusted": {f"{SIGNED}.body"},
    "authorization-cached": {f"{SIGNED}.body"},
    "expired-accepted": {"Authentication.timestamp.window"},
    "future-accepted": {"Authentication.timestamp.window"},
    "scope-date-unchecked": {"Authentication.scope.date"},
    "scope-service-unchecked": {"Authentication.scope.service"},
    "signed-headers-trusted": {"Authentication.authorization.form"},
    "secret-id-unchecked": {"Authentication.secret-id"},
    "sha256-of-v1-unknown": {"Authentication.version-1", "Protocol.form"},
    "v1-method-refused": {"Authentication.version-1"},
    "plus-kept": {"Protocol.form.escapes"},
    "decoded-twice": {"Protocol.form.escapes"},
    "get-array-order-lost": {"Protocol.form.array-order", f"{KEPT}.GroupExDescriptions"},
    "array-by-arrival": {"Protocol.form.array-order", f"{KEPT}.GroupExDescriptions"},
    "bad-json-500": {"Protocol.json.form", "Protocol.json.object", "Response.http-status"},
    "trailing-garbage-accepted": {"Protocol.json.form"},
    "put-accepted": {"Protocol.method"},
    "unread-body": {"Response.http-status"},
    "unknown-action-creates": {"Protocol.action.known"},
    "any-version": {"Protocol.version.known", "Protocol.version.present"},
    "sizes-unchecked": {"Protocol.size.get", "Protocol.size.version-1", "Protocol.size.version-3"},
    "error-status": {"Response.http-status"},
    "same-request-id": {"Response.RequestId.unique"},
    "refused-keeps-id": {"State.refused-leaves-nothing"},
    "refused-keeps-name": {"State.refused-leaves-nothing"},
    "race": {"Concurrency.same-id", "Concurrency.same-name"},
    "tag-lost": {f"{KEPT}.Tag"},
    "version-lost": {f"{KEPT}.FaceModelVersion"},
    "descriptions-sorted": {f"{KEPT}.GroupExDescriptions"},
    "not-listed": {"State.listed"},
    "delete-keeps-name": {"State.deletion"},
    "rename-keeps-old-name": {"State.renaming"},
    "rename-unchecked": {"State.renaming"},
    "modify-clears-tag": {f"{KEPT}.Tag"},
}
# What goes wrong on the way to a creation creates groups that the suite doesn't know of, or breaks the next answer.
BESIDES = {
    "signature-unchecked": {"Authentication.authorization.form"},
    "sha256-of-v1-unknown": {SIGNED},
    "decoded-twice": {"GroupId.unique", "State.listed"},
    "bad-json-500": {"Response.content-type", "Response.envelope"},
    "trailing-garbage-accepted": {"GroupId.unique", "State.listed"},
    "put-accepted": {"GroupId.unique", "State.listed"},
    "unread-body": {"Response.content-type", "Response.envelope"},
    "unknown-action-creates": {"GroupId.unique", "State.listed"},
    "race": {f"{KEPT}.GroupName"},
    "descriptions-sorted": {"Protocol.form.array-order"},
}
# Documents that are silent allow two of them; the others need a token, or an account with a small quota, to show.
UNSEEN = {"unknown-parameter-ignored", "answer-with-charset", "token-ignored", "quota-off-by-one"}


class TargetOfGateways(HttpTarget):
    """The server, and another of its kind where an account with a small quota is needed."""

    def __init__(self, server, make, credentials=EXAMPLE_CREDENTIALS):
        super().__init__(server.url, Sender(server.url, "ap-guangzhou", credentials), timeout=5)
        self._make, self._opened = make, contextlib.ExitStack()

    def with_quota(self, groups):
        """A server of its own."""
        other = self._opened.enter_context(self._make(quota=groups))
        return TargetOfGateways(other, self._make, self.sender.credentials)

    def close(self):
        """End the other servers too."""
        super().close()
        self._opened.close()


@contextlib.contextmanager
def run_against(mistakes=(), choices=None, credentials=EXAMPLE_CREDENTIALS, *, quotas=False):
    """A new run against a new server."""

    def make(**more):
        token = credentials.token or ""
        return GatewayServer(credentials.secret_id, credentials.secret_key, mistakes, choices, token=token, **more)

    with make() as server:
        sender = Sender(server.url, "ap-guangzhou", credentials)
        target = TargetOfGateways(server, make, credentials) if quotas else HttpTarget(server.url, sender, timeout=5)
        with contextlib.closing(target):
            yield Run.against(target)


def judged(mistakes=(), choices=None, credentials=EXAMPLE_CREDENTIALS, *, cases=None, quotas=False):
    """A run that has judged the cases: all of them, where none are named."""
    with run_against(mistakes, choices, credentials, quotas=quotas) as run:
        for case in smoke() if cases is None else cases:
            run.case(case)
    return run


def told(run):
    """Every failure in a line; empty for a server that conforms."""
    smallest = [found[0] for found in run.results.failures.values()]
    return [f"{each.clause}: {each.kind}: {each.case.about}: {each.observed}" for each in smallest]


def failed(run):
    return {clause for clause, _ in run.results.failed}


def mixtures():
    """All allowed ways of all choices, mixed into as many servers as the choice with the most ways needs."""
    allowed = {name: [way for way in ways if (name, way) not in FORBIDDEN] for name, (_, ways) in CHOICES.items()}
    mixed = []
    for step in (1, 2, 3) if LONG else (1,):
        for number in range(max(map(len, allowed.values()))):
            ways = {
                name: ways[(number + step * place) % len(ways)] for place, (name, ways) in enumerate(allowed.items())
            }
            if ways["version_2"] == "refused":
                ways["default_version"] = "3.0"  # what isn't given can't be of a version that is refused
            mixed.append(ways)
    return mixed


def cases_on(*beginnings):
    """The first of the fixed cases, with which a run begins, and those on clauses that begin so."""
    first, *rest = smoke()
    return [first, *(each for each in rest if each.clause.startswith(beginnings))]


# --- The server as it is, and its choices ------------------------------------------------------------------------


def test_as_it_is():
    """The server conforms, an account with few groups included, and nothing of it stays unseen."""
    run = judged(quotas=True)

    assert told(run) == []
    assert run.results.unseen == {}
    assert run.results.tallies["State.quota"].kept > 0
    assert run.results.tallies["Protocol.connection"].kept > 0
    assert run.results.groups_created > 100


def test_without_another_account():
    """Over HTTP alone, what only a small quota shows is all that is not seen, and it says so."""
    run = judged(cases=cases_on("State.quota"))

    assert told(run) == []
    assert set(run.results.unseen) == {"small quota"}


def test_temporary_credentials():
    """It conforms for a temporary key with its token."""
    assert told(judged(credentials=TEMPORARY, cases=without_megabytes())) == []


def test_the_tables_are_whole():
    """Every mistake is in the table, or known to be out of sight; every way that fails is one of the server's."""
    assert set(FOUND) | UNSEEN == set(MISTAKES)
    assert not set(FOUND) & UNSEEN
    assert set(BESIDES) <= set(FOUND)
    assert set(FORBIDDEN) <= set(WAYS)
    assert {(name, way) for each in mixtures() for name, way in each.items()} >= set(ALLOWED)


@pytest.mark.parametrize("choices", mixtures(), ids=lambda _: "mixture")
def test_mixtures_of_choices(choices):
    """Whichever way each open point is taken, nothing fails, whatever the others are."""
    assert told(judged(choices=choices, cases=without_megabytes())) == []


@pytest.mark.parametrize(("choice", "way"), ALLOWED if LONG else ALLOWED[::3])
def test_allowed_ways(choice, way):
    """One point that the documents leave open, taken otherwise, fails nothing."""
    cases = smoke() if LONG or choice == "too_large" else without_megabytes()

    assert told(judged(choices={choice: way}, cases=cases)) == []


def test_a_default_that_is_refused():
    """Two ways that are allowed each, and contradict each other: the version by default is refused when it is given."""
    found = judged(choices={"default_version": "2.0", "version_2": "refused"}, cases=cases_on("FaceModelVersion."))

    assert {kind for _, kind in found.results.failed} == {Kind.CONTRADICTION}, told(found)
    assert "FaceModelVersion.default" in failed(found)


@pytest.mark.parametrize(("choice", "way"), FORBIDDEN)
def test_forbidden_ways(choice, way):
    """What the documents don't leave open, though the server's author thought so, fails, and nothing else does."""
    wanted = FORBIDDEN[choice, way]
    cases = without_megabytes() if LONG else cases_on(*wanted)

    assert failed(judged(choices={choice: way}, cases=cases)) == wanted


# --- Mistakes ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mistake", FOUND)
def test_mistakes(mistake):
    """A mistake is found under a clause that it breaks, and until then under no clause that it doesn't."""
    wanted = FOUND[mistake]
    with run_against({mistake}) as run:
        for case in aimed(wanted):
            run.case(case)
            if failed(run) & wanted:
                break

    assert failed(run) & wanted, told(run)
    assert failed(run) <= wanted | BESIDES.get(mistake, set()), told(run)


@long_run
@pytest.mark.parametrize("mistake", FOUND)
def test_mistakes_to_the_end(mistake):
    """The whole list finds a mistake under all of its clauses, and under no others than those next to it."""
    found = failed(judged({mistake}))

    assert FOUND[mistake] <= found <= FOUND[mistake] | BESIDES.get(mistake, set())


@pytest.mark.parametrize("mistake", sorted(UNSEEN))
def test_mistakes_that_do_not_show(mistake):
    """What the documents allow, or what no request to this account can tell, is no failure."""
    cases = without_megabytes() if LONG else cases_on("Request.", "Authentication.", "State.quota")

    assert told(judged({mistake}, cases=cases)) == []


def test_a_token_that_is_not_looked_at():
    """For a temporary key it shows that no token is looked at."""
    assert failed(judged({"token-ignored"}, credentials=TEMPORARY, cases=cases_on("Authentication.token"))) == {
        "Authentication.token"
    }


def test_a_quota_that_is_off_by_one():
    """With an account of few groups it shows that one more is taken."""
    found = judged({"quota-off-by-one"}, cases=cases_on("State.quota"), quotas=True)

    assert failed(found) == {"State.quota"}


# --- Through the command -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("mistake", "code"), [(None, 0), ("tag-lost", 1)])
def test_as_a_program(mistake, code):
    """In a process of its own, it is judged by the command like any server."""
    words = [EXAMPLE_CREDENTIALS.secret_id, EXAMPLE_CREDENTIALS.secret_key, *([mistake] if mistake else [])]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TENCENTCLOUD_")}
    with subprocess.Popen(
        [sys.executable, str(Path(__file__).with_name("gateway_server.py")), *words], stdout=subprocess.PIPE, text=True
    ) as server:
        url = server.stdout.readline().strip()
        done = subprocess.run(
            [sys.executable, "-m", "conformance", "run", "--target", url, "--profile", "smoke", "--only", "State.*"],
            capture_output=True, text=True, timeout=60, check=False, env=environment,
        )  # fmt: skip
        server.kill()

    assert done.returncode == code, done.stdout + done.stderr
    assert ("✗ State.kept.Tag" in done.stdout) is bool(mistake)
