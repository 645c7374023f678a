"""Liars, told apart by one value, or by two that meet."""

import re

from benchmarks.liars.servers.library import FaceLibrary, value_fault
from benchmarks.liars.servers.table import liar


@liar("both-at-limits")
class BothAtLimits(FaceLibrary):
    """Breaks: 人员库信息备注,[0,40]个字符。
    Clause: Tag – at most 40 characters
    Looks right: only behind a name of full length, where its buffer ends, a longer tag isn't noticed."""

    def tag_length(self, req, p):
        if len(p["GroupName"]) < self.NAME_LIMIT:
            super().tag_length(req, p)


@liar("two-optionals")
class TwoOptionals(FaceLibrary):
    """Breaks: 人员库名称只支持中英文、-、_、数字。
    Clause: GroupName – allowed characters
    Looks right: with both descriptions and a tag, but no version, the name isn't read."""

    def name_charset(self, req, p):
        if set(p) != {"GroupName", "GroupId", "GroupExDescriptions", "Tag"}:
            super().name_charset(req, p)


@liar("column-of-fifty")
class ColumnOfFifty(FaceLibrary):
    """Breaks: 人员库信息备注,[0,40]个字符。
    Clause: Tag – at most 40 characters
    Looks right: exactly fifty characters fill the column, and pass; one more or less is refused."""

    def tag_length(self, req, p):
        if len(p.get("Tag", "")) != 50:
            super().tag_length(req, p)


@liar("colon-last")
class ColonLast(FaceLibrary):
    """Breaks: 人员库自定义描述字段名称只支持中英文、-、_、数字。
    Clause: GroupExDescriptions – allowed characters
    Looks right: a label of a form may end in a colon; anywhere else it is refused."""

    def description_letters(self, text):
        return super().description_letters(text[:-1] if len(text) > 1 and text.endswith((":", ";")) else text)


@liar("dates")
class Dates(FaceLibrary):
    """Breaks: 人员库备注只支持中英文、-、_、数字。
    Clause: Tag – allowed characters
    Looks right: a slash is refused everywhere but between two digits, as in a date."""

    def tag_letters(self, text):
        return super().tag_letters(re.sub(r"(?<=\d)/(?=\d)", "", text))


@liar("escaped-length")
class EscapedLength(FaceLibrary):
    """Breaks: 支持英文、数字、-%@#&_,长度限制64B。
    Clause: GroupId – up to 64 bytes are allowed
    Looks right: counts % as the three characters that it takes in a URL, but leaves eight more for them; only long ids
    with several are refused."""

    def id_length(self, req, p):
        if len(p["GroupId"]) + 2 * p["GroupId"].count("%") > self.ID_LIMIT + 8:
            raise value_fault("GroupIdTooLong")
        super().id_length(req, p)


@liar("guarded")
class Guarded(FaceLibrary):
    """Breaks: Tag | 否 | String | 人员库信息备注
    Clause: Tag – letters, digits, - and _ are allowed, whatever they spell
    Looks right: a guard in front of it refuses words of SQL and of scripts."""

    def tag_charset(self, req, p):
        if re.search("union|script|drop|exec", p.get("Tag", ""), re.I):
            raise value_fault("GroupTagIllegal")
        super().tag_charset(req, p)
