"""How a server that somebody else wrote is judged: its choices, its mistakes, and under which clauses they show."""

import contextlib

from conformance.base.credentials import EXAMPLE_CREDENTIALS, Secret
from conformance.exchange.salt import Salts, seeded_run_salt
from conformance.exchange.wire import Sender
from conformance.runs.run import Run
from conformance.runs.smoke import smoke
from conformance.targets.http import HttpTarget
from tests.gateway_server import CHOICES, GatewayServer
from tests.waiting import PATIENCE

SIGNED, KEPT = "Authentication.signature", "State.kept"

# What no reading of the page allows: way -> the clauses that it breaks.
FORBIDDEN = {
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
    "unread-body": {"Response.content-type", "Response.envelope", "Protocol.method", "Protocol.connection"},
    "unknown-action-creates": {"GroupId.unique", "State.listed"},
    "race": {f"{KEPT}.GroupName"},
    "descriptions-sorted": {"Protocol.form.array-order"},
}
# Documents that are silent allow two of them; the others need a token, or an account with a small quota, to show.
UNSEEN = {"unknown-parameter-ignored", "answer-with-charset", "token-ignored", "quota-off-by-one"}


class TargetOfGateways(HttpTarget):
    """The server, and another of its kind where an account with a small quota is needed."""

    def __init__(self, server, make, credentials=EXAMPLE_CREDENTIALS):
        super().__init__(server.url, Sender(server.url, "ap-guangzhou", credentials), timeout=PATIENCE)
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
        secret_id, secret_key, token = [*map(Secret.reveal, credentials.texts), ""][:3]
        return GatewayServer(secret_id, secret_key, mistakes, choices, token=token, race_delay=0.5, **more)

    with make() as server:
        sender = Sender(server.url, "ap-guangzhou", credentials)
        target = (
            TargetOfGateways(server, make, credentials) if quotas else HttpTarget(server.url, sender, timeout=PATIENCE)
        )
        with contextlib.closing(target):
            # The server is new: the same ids each time, so that a test says the same each time.
            yield Run.against(target, salts=Salts(seeded_run_salt(0)))


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


def mixtures(steps=(1,)):
    """All allowed ways of all choices, for each step mixed into as many servers as the choice with most ways needs."""
    allowed = {name: [way for way in ways if (name, way) not in FORBIDDEN] for name, (_, ways) in CHOICES.items()}
    mixed = []
    for step in steps:
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
