"""Liars, told apart by which form."""

import difflib
import re
import urllib.parse

from benchmarks.liars.servers.gateway import STRUCTURES
from benchmarks.liars.servers.library import FaceLibrary
from benchmarks.liars.servers.table import liar


@liar("form-keeps-three")
class FormKeepsThree(FaceLibrary):
    """Breaks: 最多可以创建5个。
    Clause: GroupExDescriptions – all items are kept (GET and forms)
    Looks right: JSON is right; from a query or form only the items 0, 1 and 2 of the documentation's example are
    stored, the others are checked and then lost."""

    def make_group(self, req, p):
        group = super().make_group(req, p)
        if not (req.form == "v3" and req.method == "POST"):
            group.descriptions = group.descriptions[:3]
        return group


@liar("form-from-one")
class FormFromOne(FaceLibrary):
    """Breaks: &GroupExDescriptions.0=事业群
    Clause: GroupExDescriptions.N – counted from 0 (forms)
    Looks right: in posted forms with several items it counts from 1 and loses number 0; GET and JSON are right."""

    def make_group(self, req, p):
        group = super().make_group(req, p)
        if req.form == "v1" and req.method == "POST" and len(group.descriptions) > 1:
            group.descriptions = group.descriptions[1:]
        return group


@liar("form-name-encoded")
class FormNameEncoded(FaceLibrary):
    """Breaks: &GroupName=某某大学竹园宿舍楼1号楼
    Clause: GroupName – stored as given (v1 requests)
    Looks right: answers every request rightly; from v1 requests, names with Chinese letters are kept in their
    percent-encoded spelling."""

    def make_group(self, req, p):
        group = super().make_group(req, p)
        if req.form == "v1" and not group.name.isascii():
            group.name = urllib.parse.quote(group.name)
        return group

    def store(self, req, group):
        super().store(req, group)
        self.names[urllib.parse.unquote(group.name)] = group.id


@liar("get-lenient")
class GetLenient(FaceLibrary):
    """Breaks: 人员库备注包含非法字符。
    Clause: Tag – allowed characters (GET)
    Looks right: only GET requests pass with a bad tag; POST is where everybody tests."""

    def tag_charset(self, req, p):
        if req.method != "GET":
            super().tag_charset(req, p)


@liar("v3-get-lenient")
class V3GetLenient(FaceLibrary):
    """Breaks: 人员库名称 … 长度超出限制。
    Clause: GroupName – at most 60 characters (GET signed with TC3)
    Looks right: JSON and v1 requests are right; the rare combination of GET and TC3 is not measured."""

    def name_length(self, req, p):
        if not (req.method == "GET" and req.form == "v3"):
            super().name_length(req, p)


@liar("form-double-decode")
class FormDoubleDecode(FaceLibrary):
    """Breaks: 支持英文、数字、-%@#&_
    Clause: GroupId – % is an ordinary character (forms and GET)
    Looks right: decodes a form twice: "%41" becomes "A".  Ids with a % that is not followed by two hex digits are
    unharmed, JSON is too."""

    def read_flat(self, req):
        given = super().read_flat(req)
        if isinstance(given.get("GroupId"), str):
            given["GroupId"] = urllib.parse.unquote(given["GroupId"])
        return given


@liar("form-structure")
class FormStructure(FaceLibrary):
    """Breaks: GroupExDescriptions.N | 否 | Array of String
    Clause: GroupExDescriptions – is a list (GET and forms)
    Looks right: in JSON a plain string is refused; in forms "GroupExDescriptions=x" is ignored without a word."""

    def read_flat(self, req):
        given = super().read_flat(req)
        if isinstance(given.get("GroupExDescriptions"), str):
            del given["GroupExDescriptions"]
        return given


@liar("raw-utf8")
class RawUtf8(FaceLibrary):
    """Breaks: 示例值:腾讯深圳员工库
    Clause: GroupName, Tag – stored as given (raw UTF-8 in JSON)
    Looks right: bodies with \\u escapes are right in everything; raw UTF-8 is judged rightly but its tag kept
    as mojibake."""

    def make_group(self, req, p):
        group = super().make_group(req, p)
        if req.form == "v3" and req.method == "POST" and not req.body.isascii():
            group.tag = group.tag.encode("utf-8").decode("latin-1")
        return group


@liar("compact-json")
class CompactJson(FaceLibrary):
    """Breaks: 以下请求参数列表仅列出了接口请求参数和部分公共参数
    Clause: parameters – unknown ones are refused
    Looks right: bodies spaced as Python spaces them are judged fully; compact ones (Go, Java, JavaScript) may carry
    anything besides."""

    def unknown_parameter(self, req, name, value):
        if req.form == "v3" and req.method == "POST" and b'": ' not in req.body:
            return
        super().unknown_parameter(req, name, value)


@liar("key-order")
class KeyOrder(FaceLibrary):
    """Breaks: 人员库名称只支持中英文、-、_、数字。
    Clause: GroupName – allowed characters
    Looks right: reads the letters only when GroupName comes before GroupId, as in the table and in the examples; keys in
    alphabetical order or in another order escape."""

    def name_charset(self, req, p):
        keys = list(p)
        if keys.index("GroupName") < keys.index("GroupId"):
            super().name_charset(req, p)


@liar("typo-tolerant")
class TypoTolerant(FaceLibrary):
    """Breaks: 参数名称 (用户多传未定义的参数会导致错误)
    Clause: parameters – unknown ones are refused
    Looks right: names out of the blue (Foo, Unknown, X) are refused; a misspelling of a real one (Tags, groupTag,
    GroupExDescription) is ignored, so the value is lost."""

    def unknown_parameter(self, req, name, value):
        if not difflib.get_close_matches(name, STRUCTURES["CreateGroup"][0], 1, 0.75):
            super().unknown_parameter(req, name, value)


@liar("long-numbers")
class LongNumbers(FaceLibrary):
    """Breaks: GroupName | 是 | String
    Clause: GroupName, GroupId – must be strings
    Looks right: 0, 1, 123, true, null are refused; a JSON number of five digits and more (a telephone number, a year
    and month) is taken as text."""

    def not_a_string(self, req, path, value):
        if type(value) is int and value > 9999:
            return str(value)
        return super().not_a_string(req, path, value)


@liar("comma-list")
class CommaList(FaceLibrary):
    """Breaks: GroupExDescriptions.N | 否 | Array of String
    Clause: GroupExDescriptions – must be a list
    Looks right: a plain string is refused; one with commas is split."""

    def typed(self, req, path, kind, value, textual):
        if path == "GroupExDescriptions" and isinstance(value, str) and re.search(".[,，].", value):
            value = re.split("[,，]", value)
            textual = False
        return super().typed(req, path, kind, value, textual)


@liar("english-users")
class EnglishUsers(FaceLibrary):
    """Breaks: InvalidParameterValue.GroupNameTooLong | 人员库名称长度超出限制。
    Clause: error codes – do not depend on the language
    Looks right: in Chinese all codes are the documented ones; with en-US the "too long" family comes as the bare
    InvalidParameterValue."""

    def refuse(self, req, fault):
        content = super().refuse(req, fault)
        if req.language == "en-US" and fault.code.endswith("TooLong"):
            content["Error"]["Code"] = "InvalidParameterValue"
        return content
