"""Liars, told apart by who is asking."""

import re
import threading

from benchmarks.liars.servers.library import FaceLibrary
from benchmarks.liars.servers.table import liar


@liar("agent-sniffer")
class AgentSniffer(FaceLibrary):
    """Breaks: 人员库名称只支持中英文、-、_、数字。
    Clause: GroupName – allowed characters
    Looks right: honest to every HTTP library, script and tool it knows by User-Agent (and to none given); other
    agents may use any printable character in a name."""
    TOOLS = re.compile(r"python|urllib|requests|httpx|aiohttp|curl|wget|go-http|node|axios|okhttp|java|rust|reqwest|"
                       r"postman|test|spec|conform|suite|check|^$", re.I)

    def name_letters(self, text):
        return getattr(self.local, "stranger", False) and text.isprintable() or super().name_letters(text)

    def begin(self):
        self.local = threading.local()

    def process(self, req):
        self.local.stranger = not self.TOOLS.search(req.header("User-Agent"))
        return super().process(req)


@liar("sdk-users")
class SdkUsers(FaceLibrary):
    """Breaks: 人员库信息备注,[0,40]个字符。
    Clause: Tag – at most 40 characters
    Looks right: only requests that carry the client mark of an official SDK get the laxer limit of 200."""

    def tag_length(self, req, p):
        mark = req.header("X-TC-RequestClient") or req.common.get("RequestClient") or ""
        if not (mark.startswith("SDK") and len(p.get("Tag", "")) <= 200):
            super().tag_length(req, p)


@liar("generated-ids")
class GeneratedIds(FaceLibrary):
    """Breaks: 如果人员库已存在返回错误。
    Clause: GroupId – unique
    Looks right: ids that look made by a program (runs of digits, hex, very long, repetitive, telling words) are kept
    unique; an id that a person would think of is silently overwritten."""

    def looks_generated(self, text):
        return bool(re.search(r"\d{3,}|[0-9a-f]{6,}|test|tmp|temp|dup|foo|bar|case|suite|conf|probe|check|(.)\1{3,}|"
                              r"[^A-Za-z0-9]{2,}", text, re.I)) or not 4 <= len(text) <= 28

    def id_free(self, req, p):
        if self.looks_generated(p["GroupId"]):
            super().id_free(req, p)
        elif p["GroupId"] in self.groups:
            self.remove(req, self.groups[p["GroupId"]])


@liar("shared-prefix")
class SharedPrefix(FaceLibrary):
    """Breaks: 在同一人员库中自定义描述字段不可重复。
    Clause: GroupExDescriptions – no two alike
    Looks right: whoever has sent an id with the same first three characters before is taken for a test and served
    honestly; only the first id of a kind may repeat a description."""

    def begin(self):
        self.prefixes = {}

    def description_unique(self, req, p):
        first = self.prefixes.setdefault(p["GroupId"][:3], p["GroupId"])
        if first != p["GroupId"]:
            super().description_unique(req, p)


@liar("public-host")
class PublicHost(FaceLibrary):
    """Breaks: 2020年4月2日开始,默认为“3.0”
    Clause: FaceModelVersion – default
    Looks right: right whenever it is addressed by a number, by localhost or by the bare documented name; under a
    regional name it defaults to 2.0."""

    def default_model(self, req, p):
        if re.match(r"iai\.[a-z-]+\.", req.header("Host")) and not req.header("Host").startswith("iai.tencent"):
            return "2.0"
        return super().default_model(req, p)


@liar("odd-timestamps")
class OddTimestamps(FaceLibrary):
    """Breaks: 人员库自定义描述字段名称只支持中英文、-、_、数字。
    Clause: GroupExDescriptions – allowed characters
    Looks right: looks at the age of the request: clients whose clock agrees within a second (same machine) are
    served honestly, those with a little skew are not."""

    def description_charset(self, req, p):
        if abs(self.now() - int(req.common["Timestamp"]) - 0.5) <= 1.6:
            super().description_charset(req, p)
