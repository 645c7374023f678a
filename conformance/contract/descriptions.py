"""What documents say of the action, in one form: the page, another page, and the vendor's own packages. Pure.

Of two descriptions it is told what was added, what was changed, and what was removed; punctuation and marks of lists
are no part of what is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Change", "Description", "changes", "of_api", "of_error_codes", "of_page"]

_COMMON = frozenset({"Action", "Version", "Region"})
# As documents write the same: in Chinese punctuation and in ASCII's.
_ALIKE = str.maketrans("，。：；（）“”、\uff3b\uff3d", ',.:;()"",[]')
_HEADINGS = {"输入参数": "parameters", "输出参数": "results", "错误码": "codes"}
_TYPES = {"string": "String", "list": "Array of String", "integer": "Integer", "float": "Float", "bool": "Boolean"}


@dataclass(frozen=True, slots=True)
class Description:
    """What one document says.

    Attributes:
        source: the document, in words.
        parameters: name → whether it is required, its type, its text.
        results: name → its type, its text; empty where the document has none.
        codes: error code → its text; None where the document has none.
        is_of_product: whether its codes are those of all actions of the product.
    """

    source: str
    parameters: Mapping[str, tuple[bool, str, str]] = field(default_factory=dict)
    results: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    codes: Mapping[str, str] | None = None
    is_of_product: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two documents.

    Attributes:
        what: "added", "changed" or "removed".
        subject: a parameter, a member of the answer, or a code, with the word for what it is.
        before, after: what stands there; empty where nothing does.
    """

    what: str
    subject: str
    before: str = ""
    after: str = ""

    def __str__(self) -> str:
        match self.what:
            case "changed":
                return f"changed {self.subject}: “{self.before}” → “{self.after}”"
            case _:
                return f"{self.what} {self.subject}: “{self.before or self.after}”"


# --- Reading -----------------------------------------------------------------------------------------------


def of_page(lines: Sequence[str], source: str = "the page") -> Description:
    """A page of the action, as text with its tables. Raises ValueError where it has no table of parameters."""
    found: dict[str, dict[str, Any]] = {"parameters": {}, "results": {}, "codes": {}}
    section = ""
    for line in lines:
        heading = re.fullmatch(r"\d+\. (\S+)", line.strip())
        if heading is not None:
            section = _HEADINGS.get(heading[1], "")
            continue
        cells = [each.strip() for each in line.strip().strip("|").split("|")]
        if section and len(cells) > 1 and re.fullmatch(r"[A-Za-z][A-Za-z0-9.]*", cells[0]):
            _take(section, cells, found[section])
    if not found["parameters"]:
        raise ValueError("it has no table of parameters under a heading 输入参数")
    return Description(source, found["parameters"], found["results"], found["codes"])


def _take(section: str, cells: list[str], found: dict[str, Any]) -> None:
    name, rest = cells[0], cells[1:]
    if section == "codes":
        found[name] = rest[0]
    elif section == "results":
        found[name] = (rest[0], _without_example(" ".join(rest[1:])))
    elif name not in _COMMON and len(rest) > 2:
        found[name.removesuffix(".N")] = (rest[0] == "是", rest[1], _without_example(" ".join(rest[2:])))


def _without_example(text: str) -> str:
    return re.split(r"示例值[:：]", text)[0].strip()


def of_api(document: Any, action: str, source: str) -> Description:
    """An action in the vendor's own description of the product. Raises ValueError for what is in another form."""
    try:
        objects, described = document["objects"], document["actions"][action]
        asked, answered = (objects[described[each]]["members"] for each in ("input", "output"))
        parameters = {each["name"]: (bool(each["required"]), _type_of(each), each["document"]) for each in asked}
        results = {each["name"]: (_type_of(each), each["document"]) for each in answered}
    except (KeyError, TypeError) as error:
        raise ValueError(f"it isn't as the vendor's api.json describes {action}: {error}") from error
    return Description(source, parameters, results)


def _type_of(member: Mapping[str, str]) -> str:
    return _TYPES.get(member["type"], member["type"])


def of_error_codes(text: str, source: str) -> Description:
    """The product's codes, as the Python SDK lists them: a comment and a constant each. Raises ValueError for none."""
    found = re.findall(r"(?m)^# (.*)\n[A-Z_0-9]+ = '([A-Za-z.]+)'", text)
    if not found:
        raise ValueError("it lists no codes as the Python SDK does")
    return Description(source, codes={code: said for said, code in found}, is_of_product=True)


# --- Comparing ---------------------------------------------------------------------------------------------


def changes(old: Description, new: Description) -> Iterator[Change]:
    """What a document says otherwise than another, of what both speak of."""
    if new.parameters:
        yield from _compared("parameter", _flat(old.parameters), _flat(new.parameters))
    if new.results:
        yield from _compared("member of the answer", _flat(old.results), _flat(new.results))
    if new.codes is not None and old.codes is not None:
        # What other actions answer is no news of this one.
        known = {code: text for code, text in new.codes.items() if not new.is_of_product or code in old.codes}
        before, after = ({code: [text] for code, text in each.items()} for each in (old.codes, known))
        yield from _compared("code", before, after)


def _flat(table: Mapping[str, tuple[object, ...]]) -> dict[str, list[str]]:
    """The parts of each row as texts, each of which may change by itself."""
    words = {True: "required", False: "optional"}
    return {name: [words[each] if isinstance(each, bool) else str(each) for each in row] for name, row in table.items()}


def _compared(kind: str, old: Mapping[str, list[str]], new: Mapping[str, list[str]]) -> Iterator[Change]:
    for name in new.keys() - old.keys():
        yield Change("added", f"{kind} {name}", after=new[name][-1])
    for name in old.keys() - new.keys():
        yield Change("removed", f"{kind} {name}", before=old[name][-1])
    for name, before in old.items():
        for one, other in zip(before, new.get(name, before), strict=True):
            if _plain(one) != _plain(other):
                yield Change("changed", f"{kind} {name}", one, other)


def _plain(text: str) -> str:
    """What is said, however it is set: neither white space, nor marks of lists, nor quotation marks."""
    without_lists = re.sub(r"(?m)^\s*[-*]\s+", "", text.translate(_ALIKE))
    return re.sub(r"[\s\"'*]", "", without_lists).rstrip(".")
