"""What an emulator finds wrong with a CreateGroup request, given its behaviour."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from conformance.contract import PARAMETERS
from conformance.emulator.behaviour import Behaviour, TextCheck, TextRule
from conformance.exchange.request import Request

ABSENT = None
_PLACES = {name: index for index, name in enumerate(PARAMETERS)}


@dataclass(frozen=True)
class Complaint:
    """Something wrong, and when it is looked for.

    Attributes:
        code: the error code.
        stage: 0 for shapes, 1 for contents, 2 for what the account holds.
        parameter: the parameter; "" for the request as a whole.
        characters: whether it is about an alphabet.
    """

    code: str
    stage: int
    parameter: str = ""
    characters: bool = False


@dataclass(frozen=True)
class Mistyped:
    """Stands in the place of a value of the wrong type."""


MISTYPED = Mistyped()


@dataclass
class Plan:
    """The group that a request would make, as far as it could be read."""

    values: dict[str, object]
    complaints: list[Complaint]

    def text(self, name: str) -> str:
        """A parameter's text; empty where it has none."""
        value = self.values.get(name)
        return value if isinstance(value, str) else ""

    @property
    def descriptions(self) -> list[str]:
        """The descriptions that are texts."""
        value = self.values.get("GroupExDescriptions")
        return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def examine(request: Request, behaviour: Behaviour) -> Plan:
    """Read a request and complain of its shape and contents (not of the account's state)."""
    plan = Plan({}, [])
    _read(request, behaviour, plan)
    plan.complaints += _shape(request, behaviour, plan)
    for name in ("GroupName", "GroupId", "Tag"):
        value = plan.values.get(name)
        if isinstance(value, str):
            rule = behaviour.texts[name]
            plan.values[name] = value = rule.prepare(value)
            plan.complaints += _text(name, value, rule, behaviour)
    plan.complaints += _descriptions(behaviour, plan)
    plan.complaints += _version(behaviour, plan)
    return plan


def first(complaints: list[Complaint], request: Request, order: str) -> Complaint:
    """The complaint that is reported, in a given order of checks."""
    asked = repr(request.parameters) if order == "other" else ""

    def key(item: tuple[int, Complaint]) -> tuple[int, ...]:
        place, each = item
        parameter = _PLACES.get(each.parameter, -1)
        if each.stage == 2:
            parameter = -parameter
        match order:
            case "reverse":
                return each.stage, -parameter, -place
            case "characters-first":
                return each.stage, parameter, not each.characters, place
            case "other":
                digest = hashlib.md5(f"({asked}, {place})".encode("utf-8", "surrogatepass"))  # noqa: S324
                return (int.from_bytes(digest.digest()[:4]),)
            case _:
                return each.stage, parameter, place

    return min(enumerate(complaints), key=key)[1]


def _read(request: Request, behaviour: Behaviour, plan: Plan) -> None:
    """Fill the plan with the request's values, as null, doubling and forms are taken."""
    for name in PARAMETERS:
        values = request.values(name)
        if not values:
            continue
        if len(values) > 1 and behaviour.chosen("doubled-parameter", "refused"):
            plan.complaints.append(Complaint(behaviour.code_of("doubled-parameter"), 0, name))
            plan.values[name] = MISTYPED if name in behaviour.required else ABSENT
            continue
        value = values[0] if behaviour.chosen("doubled-parameter", "first") else values[-1]
        if value is None:
            if behaviour.chosen("null-parameter", "refused"):
                plan.values[name] = MISTYPED
                plan.complaints.append(Complaint(behaviour.code_of("wrong-type-code"), 0, name))
        elif value == "" and request.textual and behaviour.chosen("form-empty-text", "absent"):
            pass
        elif name == "GroupExDescriptions":
            plan.values[name] = _read_list(value, behaviour, plan)
        elif value == "" and name == "FaceModelVersion" and behaviour.chosen("empty-face-model-version", "default"):
            pass
        elif isinstance(value, str):
            plan.values[name] = value
        else:
            plan.values[name] = _mistyped(name, value, behaviour, plan)


def _mistyped(subject: str, value: object, behaviour: Behaviour, plan: Plan) -> object:
    """Complain of a wrong type; a fault may leave that out, and the value is then taken as a text."""
    if subject not in behaviour.typed:
        return str(value)
    parameter = subject.removesuffix("[]")
    if not any(each.parameter == parameter for each in plan.complaints):
        plan.complaints.append(Complaint(behaviour.code_of("wrong-type-code"), 0, parameter))
    return MISTYPED


def _read_list(value: object, behaviour: Behaviour, plan: Plan) -> object:
    name = "GroupExDescriptions"
    if isinstance(value, str):
        if behaviour.chosen("text-for-list", "one-item") or name not in behaviour.typed:
            return [value]
        refused = behaviour.chosen("text-for-list", "refused")
        code = behaviour.code_of("wrong-type-code" if refused else "text-for-list")
        plan.complaints.append(Complaint(code, 0, name))
        return MISTYPED
    if not isinstance(value, list):
        if name not in behaviour.typed:
            return []
        return _mistyped(name, value, behaviour, plan)
    items: list[object] = []
    typed = f"{name}[]" in behaviour.typed
    for each in value:
        if isinstance(each, str):
            items.append(each)
        elif each is None and behaviour.chosen("null-description", "empty"):
            items.append("")
        elif each is None and behaviour.chosen("null-description", "dropped"):
            pass
        else:
            items.append(MISTYPED if typed else str(each))
    if MISTYPED in items:  # of ten thousand items, one complaint
        _mistyped(f"{name}[]", MISTYPED, behaviour, plan)
    return items


def _shape(request: Request, behaviour: Behaviour, plan: Plan) -> Iterator[Complaint]:
    unknown = any(name not in PARAMETERS for name in request.names)
    if unknown and behaviour.known and behaviour.chosen("unknown-parameter", "refused"):
        yield Complaint(behaviour.code_of("unknown-parameter"), 0)
    for name in PARAMETERS:
        if name in behaviour.required and plan.values.get(name) is ABSENT:
            yield Complaint(behaviour.code_of("absent-required-code"), 0, name)


def _text(name: str, text: str, rule: TextRule, behaviour: Behaviour) -> Iterator[Complaint]:
    blank = text.isspace() and name in behaviour.required and behaviour.chosen("blank-required", "empty")
    if (text == "" or blank) and rule.empty_code is not None:
        yield Complaint(rule.empty_code, 1, name)
        return
    for check in rule.checks():
        if not check.passes(text):
            yield _complaint(name, text, check, behaviour)


def _complaint(name: str, text: str, check: TextCheck, behaviour: Behaviour) -> Complaint:
    """What is said of a text that doesn't pass a check."""
    characters, code = check.about == "characters", check.code
    if characters and behaviour.surrogate_code and any("\ud800" <= character <= "\udfff" for character in text):
        code = behaviour.surrogate_code
    return Complaint(code, 1, name, characters)


def _descriptions(behaviour: Behaviour, plan: Plan) -> Iterator[Complaint]:
    name, items = "GroupExDescriptions", plan.values.get("GroupExDescriptions")
    if not isinstance(items, list):
        return
    if not items and not behaviour.chosen("empty-description-list", "accepted"):
        yield Complaint(behaviour.code_of("empty-description-list"), 0, name)
    if len(items) > behaviour.max_items:
        yield Complaint("InvalidParameterValue.GroupExDescriptionsExceed", 1, name)
    rule = behaviour.texts[name]
    texts = [rule.prepare(each) for each in items if isinstance(each, str)]
    plan.values[name] = texts
    if "" in texts and rule.empty_code is not None:
        yield Complaint(rule.empty_code, 1, name)
    for check in rule.checks():
        looked_at = {"length": behaviour.measured, "characters": behaviour.matched}.get(check.about, list)
        wrong = (each for each in dict.fromkeys(looked_at(texts)) if each != "" and not check.passes(each))
        yield from dict.fromkeys(_complaint(name, each, check, behaviour) for each in wrong)
    if behaviour.repeated(texts):
        yield Complaint(behaviour.repeated_code, 1, name)


def _version(behaviour: Behaviour, plan: Plan) -> Iterator[Complaint]:
    name, version = "FaceModelVersion", plan.values.get("FaceModelVersion")
    if not isinstance(version, str):
        return
    if version == "" and not behaviour.versions(""):
        yield Complaint(behaviour.code_of("empty-face-model-version"), 1, name)
    elif not behaviour.versions(version):
        yield Complaint(behaviour.version_code, 1, name)
    elif version in behaviour.closed:
        yield Complaint(behaviour.closed_code, 1, name)
