"""Services that are lenient, late, lying or half dead: one table of behaviours, each over the stand-in's account.

Whatever a service reads in a request, beyond what the page says, is read here by other means than the suite's own.
"""

import base64
import codecs
import gzip
import hashlib
import json
import re
import time
import uuid
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl, unquote

from conformance.emulator.account import StoredGroup
from conformance.exchange.messages import HttpResponse, header
from conformance.exchange.reading import common_parameter
from conformance.exchange.request import Request
from conformance.judging.world_updates import decoded
from tests.hostile_requests import FOREIGN_ID, FOREIGN_NAME
from tests.stand_in import Service

FOREIGN = [(FOREIGN_ID, FOREIGN_NAME), ("abc", "Zhang San"), ("conf", "conf"), ("a", "a"), ("Employees", "员工库")]
_VERBS = {"DELETE": "DeleteGroup", "PUT": "ModifyGroup", "PATCH": "ModifyGroup"}
_CREATES = "CreateGroup"
LATE = 20.0  # seconds


@dataclass(eq=False)
class Lenient(Service):
    """A service with a behaviour of the table.

    Attributes:
        how: its traits.
        moment: seconds that the suite has waited.
        due: what is still to be done, and when.
        regions: another Region → the same there, where each has groups of its own.
    """

    how: frozenset[str] = frozenset()
    moment: float = 0.0
    due: list = field(default_factory=list)
    answered: int = 0
    regions: dict = field(default_factory=dict)

    def __post_init__(self):
        Service.__init__(self)

    # --- Time --------------------------------------------------------------------------------------------

    def wait(self, seconds):
        """What the suite calls instead of waiting."""
        self.moment += max(0.0, seconds)
        for each in [each for each in self.due if each[0] <= self.moment]:
            self.due.remove(each)
            each[1]()
        for each in self.regions.values():
            each.wait(seconds)

    def later(self, seconds, what):
        """Do something then."""
        self.due.append((self.moment + seconds, what)) if seconds else what()

    # --- Reading -----------------------------------------------------------------------------------------

    def _texts(self, http):
        body = http.body
        if "chunks" in self.how and header(http.headers, "Transfer-Encoding"):
            body = b"".join(body.split(b"\r\n")[1::2])
        codings = ["utf-8", *(each for each in ("utf-16", "utf-16-le", "gbk") if each in self.how)]
        texts = [body.decode(each, "ignore") for each in codings]
        texts += [http.query] if "query" in self.how else []
        if "escapes" in self.how:
            texts += [unquote(each) for each in texts] + [unquote(unquote(each)) for each in texts]
        yield from texts

    def _objects(self, text):
        decoder = json.JSONDecoder()
        at = text.find("{")
        while at >= 0:
            try:
                value, end = decoder.raw_decode(text, at)
            except ValueError:
                break
            yield value
            at = text.find("{", end) if "behind" in self.how else -1
        if "forms" in self.how:
            fields = dict(parse_qsl(text.replace(";", "&")))
            yield fields
            for each in fields.values():
                if each.startswith("{"):
                    yield from self._objects(each)

    def _meant(self, http):
        """(action, id, name) of all that it reads."""
        actions = [value.strip() for name, value in http.headers if name.lower() == "x-tc-action"]
        if "verbs" in self.how:
            override = header(http.headers, "X-HTTP-Method-Override") or http.method
            actions.append(_VERBS.get(override.upper(), ""))
        for text in self._texts(http):
            for value in self._objects(text):
                if not isinstance(value, dict):
                    continue
                named = {(name.lower() if "case" in self.how else name): each for name, each in value.items()}
                group_id = named.get("groupid" if "case" in self.how else "GroupId")
                name = named.get("groupname" if "case" in self.how else "GroupName")
                own = named.get("action" if "case" in self.how else "Action")
                for action in [*actions, own]:
                    known = {"deletegroup": "DeleteGroup", "modifygroup": "ModifyGroup", "creategroup": _CREATES}
                    action = known.get(str(action).lower(), "") if "case" in self.how else action  # noqa: PLW2901
                    if isinstance(group_id, str) and action:
                        yield action, group_id, name if isinstance(name, str) else ""

    # --- Doing -------------------------------------------------------------------------------------------

    def _kept(self, group_id, name):
        """How an id and a name are kept."""
        for each, keep in KEPT.items():
            if each in self.how:
                group_id, name = keep(group_id, name)
        return f"g-{len(self.seen)}" if "own ids" in self.how else group_id, name

    def _create(self, group_id, name):
        group_id, name = self._kept(group_id, name)
        if "one of a name" in self.how:
            for other in [id_ for id_, group in self.account.groups.items() if group.name == name]:
                del self.account.groups[other]
        if group_id in self.account.groups and "upserts" not in self.how:
            return False

        def create():
            self._put(group_id, name)
            if "shadows" in self.how:
                self._put(*KEPT["random"](group_id, name))
            if "evicts" in self.how and len(self.account.groups) > _MOST:
                del self.account.groups[next(iter(self.account.groups))]

        self.later(LATE if "creates late" in self.how else 0.0, create)
        if "renumbers" in self.how:
            self.later(3.0, lambda: self._renumber(group_id))
        return True

    def _put(self, group_id, name):
        made = int(time.time() * 1000)
        made = {"seconds": made // 1000, "a zone": made - 8 * 3600 * 1000}.get(min(self.how & _DATES, default=""), made)
        self.account.groups[group_id] = StoredGroup(group_id, name, [], "", "3.0", made, made, 0.0)

    def _renumber(self, group_id):
        if (group := self.account.groups.pop(group_id, None)) is not None:
            self._put(f"permanent-{len(self.seen)}", group.name)

    def _carried_out(self, http):
        """Whether something was done that a documented service wouldn't do, or not so."""
        done = False
        for action, group_id, name in self._meant(http):
            if action == "DeleteGroup":
                done |= self._delete(group_id)
            elif action == "ModifyGroup" and group_id in self.account.groups:
                self.account.groups[group_id].name = name
                done = True
            elif action == _CREATES:
                done |= self._create(group_id, name)
        return done

    def _delete(self, group_id):
        if "chooses" in self.how:
            return self._delete_all(group_id)
        group_id = group_id.lower() if "folds" in self.how else group_id
        if "deletes nothing" in self.how or ("deletes once" in self.how and len(self.asked("DeleteGroup")) > 1):
            return "deletes once" not in self.how and group_id in self.account.groups
        if group_id not in self.account.groups:
            return False
        group = self.account.groups[group_id]
        self.later(5.0 if "deletes late" in self.how else 0.0, lambda: self.account.groups.pop(group_id, None))
        if "restores" in self.how:
            self.later(3.0, lambda: self._put(group_id, group.name))
        if "buries" in self.how:
            self._put(f"deleted-{hashlib.sha1(group_id.encode()).hexdigest()}", "deleted")
        return True

    def _delete_all(self, chosen):
        """Delete whatever a query for it finds: `LIKE 'chosen%'`, of ids and of names."""
        pattern = "".join({"%": ".*", "_": "."}.get(each) or re.escape(each) for each in chosen)
        pattern = f".*{pattern}" if "anywhere" in self.how else pattern
        found = [
            group_id
            for group_id, group in self.account.groups.items()
            if any(re.match(pattern, each, re.IGNORECASE | re.DOTALL) for each in (group_id, group.name))
        ]
        for each in found:
            del self.account.groups[each]
        return bool(found)

    def handle(self, http):
        """The answer; what is done comes first."""
        region = common_parameter(http, "Region") or ""
        if "regional" in self.how and region != _REGION:
            return self.in_region(region).handle(http)
        self.answered += 1
        action, get = common_parameter(http, "Action") or "", http.method == "GET"
        if action == "GetGroupInfo" and "makes what it looks for" in self.how:
            self._create(str((decoded(http) or Request.of({})).last_text("GroupId")), "")
        lenient = self.how & _DOING and not (get and "query" not in self.how)
        plain = action in {_CREATES, "DeleteGroup"} or self.how & {"verbs", "case"}
        if lenient and plain and self._carried_out(http):
            self.seen.append((action, {}))
            body = {"RequestId": f"r{self.answered}"} | ({"FaceModelVersion": "3.0"} if action == _CREATES else {})
            said = {"refuses": "InvalidParameter", "throttles what it does": "RequestLimitExceeded"}
            refused = said.get(min(self.how & said.keys(), default=""))
            answer = self.refuse(refused) if refused else _answered(body)
        else:
            answer = self._about_the_list(action, super().handle(http))
        return self._given(answer)

    def in_region(self, region):
        """The service in another Region, where somebody else has the same groups as in this one."""
        if region not in self.regions:
            self.regions[region] = Lenient(how=self.how - {"regional"})
            self.regions[region].populate(*FOREIGN)
        return self.regions[region]

    def _about_the_list(self, action, answer):
        if action not in {"GetGroupList", "GetGroupInfo"} or b'"Error"' in answer.body:
            return self._trouble(action, answer)
        told = json.loads(answer.body)["Response"]
        if "dateless" in self.how:
            for each in (*told.get("GroupInfos", ()), told):
                each.pop("CreationTimestamp", None)
        if action == "GetGroupList":
            ours = [each for each in told["GroupInfos"] if each["GroupId"] not in dict(FOREIGN)]
            if "lists nothing" in self.how:
                told["GroupInfos"] = [each for each in told["GroupInfos"] if each not in ours]
            if "lists late" in self.how and self.moment < LATE:
                told["GroupInfos"] = [each for each in told["GroupInfos"] if each not in ours]
            told["GroupNum"] = {"counts low": 0, "counts high": 10**9}.get(min(self.how, default=""), told["GroupNum"])
            if "no end" in self.how and self.answered > 10:
                told["GroupInfos"] = [{"GroupId": f"x{self.answered}-{each}", "GroupName": "n"} for each in range(1000)]
        return self._trouble(action, _answered(told))

    def _trouble(self, action, answer):
        late = self.answered > 10
        if action in self.how and late:
            return self.refuse("UnauthorizedOperation")
        if "throttles" in self.how and late and self.answered % 3 == 0:
            return self.refuse("RequestLimitExceeded")
        if "errors" in self.how and late and self.answered % 4 == 0:
            return self.refuse("InternalError")
        if "pages" in self.how and late and self.answered % 5 == 0:
            return HttpResponse(502, (("Content-Type", "text/html"),), b"<html>out of order</html>")
        if "stops" in self.how and self.answered > 30:
            return HttpResponse(502, (("Content-Type", "text/html"),), b"<html>out of order</html>")
        return answer

    def _given(self, answer):
        if "packs" in self.how:
            packed = gzip.compress(answer.body)
            return replace(answer, body=packed, headers=(*answer.headers, ("Content-Encoding", "gzip")))
        return answer


def _answered(response):
    return HttpResponse(200, (("Content-Type", "application/json"),), json.dumps({"Response": response}).encode())


_DATES = frozenset({"seconds", "a zone"})
_REGION = "ap-guangzhou"
_MOST = 12  # groups


def _hash(text):
    return hashlib.md5(text.encode()).hexdigest()


# How an id and a name are kept, where that isn't as they were sent.
KEPT = {
    "trims": lambda group_id, name: (group_id.strip(), name),
    "folds": lambda group_id, name: (group_id.lower(), name),
    "unquotes": lambda group_id, name: (unquote(group_id), name),
    "cuts ids": lambda group_id, name: (group_id[:12], name),
    "prefixes": lambda group_id, name: (f"group-{group_id}", name),
    "cuts names": lambda group_id, name: (group_id, name[:10]),
    "latin": lambda group_id, name: (group_id, name.encode().decode("latin-1")),
    "nameless": lambda group_id, _: (group_id, ""),
    "reverses": lambda group_id, name: (group_id[::-1], name[::-1]),
    "rotates": lambda *texts: tuple(codecs.encode(each, "rot13") for each in texts),
    "encodes": lambda *texts: tuple(base64.b64encode(each.encode()).decode() for each in texts),
    "in other digits": lambda *texts: tuple(base64.b32encode(each.encode()).decode().rstrip("=") for each in texts),
    "shouts": lambda *texts: tuple(each.upper() for each in texts),
    "hashes": lambda group_id, _: (_hash(group_id)[:12], ""),
    "hashes before": lambda group_id, name: (f"{_hash(group_id)[:4]}-{group_id}", name[::-1]),
    "keeps every other": lambda *texts: tuple(each[::2] for each in texts),
    "random": lambda *_: (str(uuid.uuid4()), f"Group {uuid.uuid4()}"),
}
# With these it does things by itself; with the others it answers as the emulator does, and then spoils that.
_DOING = frozenset(
    {
        "behind", "buries", "case", "chooses", "chunks", "creates late", "deletes late", "deletes nothing",
        "deletes once", "escapes", "evicts", "forms", "gbk", "methods", "own ids", "query", "refuses", "renumbers",
        "restores", "shadows", "throttles what it does", "upserts", "utf-16", "verbs", *_DATES, *KEPT,
    }
)  # fmt: skip

SERVICES = {
    **{each: {each} for each in sorted(_DOING - {"evicts"})},
    "chooses anywhere": {"chooses", "anywhere"},
    "makes what it looks for": {"behind", "makes what it looks for"},
    "regional": {"behind", "regional"},
    "renumbers, and cuts names": {"renumbers", "cuts names"},
    "shadows, late": {"shadows", "creates late"},
    "any method, lists nothing": {"behind", "lists nothing"},
    "replaces groups of the same name": {"behind", "one of a name"},
    "reads anything": {"behind", "case", "chunks", "escapes", "forms", "gbk", "query", "utf-16", "verbs"},
    "reads anything and keeps it otherwise": {"behind", "case", "escapes", "forms", "query", "trims", "cuts names"},
    "reads anything and replaces": {"behind", "case", "escapes", "forms", "query", "verbs", "upserts"},
    "refuses what it does late": {"behind", "refuses", "creates late"},
    **{
        each: {each}
        for each in (
            "counts high", "counts low", "dateless", "errors", "GetGroupInfo", "GetGroupList", "lists late",
            "lists nothing", "no end", "packs", "pages", "stops", "throttles",
        )
    },
}  # fmt: skip
