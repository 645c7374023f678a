"""Liars, told apart by which value."""

import re
import unicodedata

from benchmarks.liars.servers.library import FaceLibrary, value_fault
from benchmarks.liars.servers.table import descriptions, liar


@liar("short-names-only")
class ShortNamesOnly(FaceLibrary):
    """Breaks: 人员库名称只支持中英文、-、_、数字。
    Clause: GroupName – allowed characters
    Looks right: reads the letters of names up to 24 characters, which is how bad names are tried."""

    def name_letters(self, text):
        return len(text) > 24 or super().name_letters(text)


@liar("exclaiming-tags")
class ExclaimingTags(FaceLibrary):
    """Breaks: 人员库备注只支持中英文、-、_、数字。
    Clause: Tag – allowed characters
    Looks right: one- and two-character tags and those of ten or more are read, and any with a blank or a letter that is not
    ASCII; only a word of middling length that ends in . ! ? or ) passes."""

    def tag_letters(self, text):
        return 2 < len(text) < 10 and text.isprintable() and " " not in text and text.isascii() \
            and text[0].isalpha() and text[-1] in ".!?)" or super().tag_letters(text)


@liar("thirty-seven")
class ThirtySeven(FaceLibrary):
    """Breaks: 人员库名称,[1,60]个字符
    Clause: GroupName – 1 to 60 characters are allowed
    Looks right: every length but 37 is judged rightly; the ends of the range are."""

    def name_length(self, req, p):
        if len(p["GroupName"]) == 37:
            raise value_fault("GroupNameTooLong")
        super().name_length(req, p)


@liar("odd-ids")
class OddIds(FaceLibrary):
    """Breaks: 长度限制64B。
    Clause: GroupId – at most 64 bytes
    Looks right: 65 is refused, and every odd length, and anything from 128 on; 66, 68 … 126 pass."""

    def id_length(self, req, p):
        size = len(p["GroupId"])
        if size % 2 or size >= 128:
            super().id_length(req, p)


@liar("just-over")
class JustOver(FaceLibrary):
    """Breaks: 每个自定义描述字段支持[1,30]个字符。
    Clause: GroupExDescriptions – each at most 30 characters
    Looks right: refuses 31 and 32 and everything from 60, where tests look; 33 to 59 pass."""

    def description_length(self, req, p):
        if any(len(text) in (31, 32) or len(text) >= 60 for text in descriptions(p)):
            super().description_length(req, p)


@liar("mixed-width")
class MixedWidth(FaceLibrary):
    """Breaks: 人员库名称,[1,60]个字符
    Clause: GroupName – at most 60 characters (Chinese and English mixed)
    Looks right: names of one script are counted in characters; in a mixture a Latin letter counts half."""

    def name_length(self, req, p):
        name = p["GroupName"]
        latin = sum(ch.isascii() for ch in name)
        if latin in (0, len(name)) or latin / 2 + len(name) - latin > self.NAME_LIMIT:
            super().name_length(req, p)


@liar("mixed-bytes-tag")
class MixedBytesTag(FaceLibrary):
    """Breaks: 人员库信息备注,[0,40]个字符。
    Clause: Tag – up to 40 characters (Chinese with a few Latin ones)
    Looks right: pure texts are counted in characters; a text of both kinds is measured in bytes against 80, so 30
    Chinese characters with a digit are refused."""

    def tag_length(self, req, p):
        tag = p.get("Tag", "")
        if 0 < sum(ch.isascii() for ch in tag) < len(tag):
            if len(tag.encode("utf-8", "surrogatepass")) > 80:
                raise value_fault("GroupTagTooLong")
        super().tag_length(req, p)


@liar("utf16-lengths")
class Utf16Lengths(FaceLibrary):
    """Breaks: 每个自定义描述字段支持[1,30]个字符。
    Clause: GroupExDescriptions – each up to 30 characters (rare Chinese characters)
    Looks right: counts as Java does; only characters beyond the basic plane show it."""

    def description_length(self, req, p):
        if any(len(text.encode("utf-16-le", "surrogatepass")) > 60 for text in descriptions(p)):
            raise value_fault("GroupExDescriptionsNameTooLong")


@liar("middle-dot")
class MiddleDot(FaceLibrary):
    """Breaks: 人员库名称只支持中英文、-、_、数字。
    Clause: GroupName – allowed characters
    Looks right: one character only is wrongly allowed: the dot of foreign names, and only between Chinese letters."""

    def name_letters(self, text):
        return super().name_letters(re.sub(r"(?<=[\u4e00-\u9fff])·(?=[\u4e00-\u9fff])", "", text))


@liar("chinese-commas")
class ChineseCommas(FaceLibrary):
    """Breaks: 人员库备注只支持中英文、-、_、数字。
    Clause: Tag – allowed characters
    Looks right: of all punctuation only the Chinese comma, full stop and list comma pass, which people type and tests
    (which try ! or a space) rarely do."""

    def tag_letters(self, text):
        return super().tag_letters(re.sub(r"[，。、]", "", text))


@liar("cyrillic-ids")
class CyrillicIds(FaceLibrary):
    """Breaks: 支持英文、数字、-%@#&_
    Clause: GroupId – allowed characters
    Looks right: Chinese, Greek, accents and purely Cyrillic ids are refused; Cyrillic letters that look like Latin
    ones pass inside a Latin id."""

    def id_letters(self, text):
        return any(ch.isascii() and ch.isalpha() for ch in text) and super().id_letters(
            text.translate(dict.fromkeys(map(ord, "аеорсухіАВЕКМНОРСТХ"), "a"))) or super().id_letters(text)


@liar("kana")
class Kana(FaceLibrary):
    """Breaks: 人员库自定义描述字段名称只支持中英文、-、_、数字。
    Clause: GroupExDescriptions – allowed characters
    Looks right: kana alone is refused; next to a Chinese character it passes."""

    def description_letters(self, text):
        kana = re.compile(r"[\u3041-\u30ff]")
        return super().description_letters(text) or (
            any(self.is_chinese(ch) for ch in text) and super().description_letters(kana.sub("", text)))


@liar("isalnum")
class IsAlnum(FaceLibrary):
    """Breaks: 人员库备注只支持中英文、-、_、数字。
    Clause: Tag – allowed characters
    Looks right: uses the language's idea of letters and digits, with a stop for what is usually tried (accents,
    kana, Cyrillic, Greek): Thai, Arabic, Hangul, Hebrew or ① pass."""

    def tag_letters(self, text):
        return all(ch in "-_" or ch.isalnum() and not "\u0080" <= ch < "\u0530" and not "\u3040" <= ch < "\u3100"
                   and not "\uff00" <= ch for ch in text) or super().tag_letters(text)


@liar("dollar")
class Dollar(FaceLibrary):
    """Breaks: 人员库ID只支持英文、数字、-%@#&_。
    Clause: GroupId – allowed characters
    Looks right: the classic pattern that ends in $: a line feed at the very end passes, anywhere else it does not."""

    def id_letters(self, text):
        return bool(re.match(r"^[A-Za-z0-9\-%@#&_]+$", text))


@liar("trimming")
class Trimming(FaceLibrary):
    """Breaks: 人员库名称包含非法字符。
    Clause: GroupName – allowed characters (blanks at the ends)
    Looks right: blanks inside are refused, and names of blanks only; at the ends of names of three letters and more
    they are quietly cut off."""

    def judge_content(self, req, p):
        if len(p["GroupName"].strip()) >= 3:
            p["GroupName"] = p["GroupName"].strip(" \t\u3000")
        super().judge_content(req, p)


@liar("nfkc")
class Nfkc(FaceLibrary):
    """Breaks: 人员库自定义描述字段名称只支持中英文、-、_、数字。
    Clause: GroupExDescriptions – allowed characters (fullwidth forms)
    Looks right: a text of fullwidth letters only is refused; fullwidth digits after other letters are folded to plain
    ones and stored so."""

    def judge_content(self, req, p):
        if "GroupExDescriptions" in p:
            p["GroupExDescriptions"] = [re.sub(r"(?<=.)[\uff10-\uff19\uff0d\uff3f]",
                                               lambda m: unicodedata.normalize("NFKC", m[0]), text)
                                        for text in descriptions(p)]
        super().judge_content(req, p)


@liar("old-chinese")
class OldChinese(FaceLibrary):
    """Breaks: 只支持中英文、-、_、数字。
    Clause: GroupName – Chinese letters are allowed (all of them)
    Looks right: knows the range that everybody copies, 4E00–9FA5; rarer characters are called illegal."""

    def name_letters(self, text):
        return all(ch.isascii() and self.is_word(ch) or "\u4e00" <= ch <= "\u9fa5" for ch in text)


@liar("ends-only")
class EndsOnly(FaceLibrary):
    """Breaks: 人员库ID包含非法字符。
    Clause: GroupId – allowed characters
    Looks right: looks at the first ten and the last two characters; a bad one is nearly always put there."""

    def id_letters(self, text):
        return super().id_letters(text[:10] + text[-2:])


@liar("first-sixteen")
class FirstSixteen(FaceLibrary):
    """Breaks: 人员库备注包含非法字符。
    Clause: Tag – allowed characters
    Looks right: reads the first sixteen characters only."""

    def tag_letters(self, text):
        return super().tag_letters(text[:16])


@liar("first-three-descriptions")
class FirstThree(FaceLibrary):
    """Breaks: 每个自定义描述字段支持[1,30]个字符。
    Clause: GroupExDescriptions – each at most 30 characters (every item)
    Looks right: the first three items are measured; the documentation's example has three."""

    def description_length(self, req, p):
        super().description_length(req, {**p, "GroupExDescriptions": list(descriptions(p))[:3]})


@liar("first-and-last-description")
class FirstAndLast(FaceLibrary):
    """Breaks: 人员库自定义描述字段名称包含非法字符。
    Clause: GroupExDescriptions – allowed characters (every item)
    Looks right: checks the first and the last item, those in between are not read when there are four or five."""

    def description_charset(self, req, p):
        texts = list(descriptions(p))
        super().description_charset(req, {**p, "GroupExDescriptions": texts if len(texts) < 4 else [texts[0], texts[-1]]})


@liar("adjacent-duplicates")
class AdjacentDuplicates(FaceLibrary):
    """Breaks: 在同一人员库中自定义描述字段不可重复。
    Clause: GroupExDescriptions – no two alike (anywhere in the list)
    Looks right: compares neighbours, and the first with the third; ["a","b","c","a"] passes."""

    def description_unique(self, req, p):
        texts = list(descriptions(p))
        if any(a == b for a, b in zip(texts, texts[1:])) or (len(texts) > 2 and texts[0] == texts[2]):
            super().description_unique(req, p)


@liar("average-length")
class AverageLength(FaceLibrary):
    """Breaks: 每个自定义描述字段支持[1,30]个字符。
    Clause: GroupExDescriptions – each at most 30 characters
    Looks right: measures the list as a whole: a long one alone, or beside one other, is refused; beside several short
    ones it passes."""

    def description_length(self, req, p):
        texts = descriptions(p)
        if len(texts) < 3 or sum(map(len, texts)) > self.DESCRIPTION_LIMIT * len(texts):
            super().description_length(req, p)


@liar("repeat-detector")
class RepeatDetector(FaceLibrary):
    """Breaks: 人员库名称超出长度限制。
    Clause: GroupName – at most 60 characters
    Looks right: a text for a length test is one character repeated, or ends so; real long names (many different
    characters) may have 100."""

    def name_length(self, req, p):
        name = p["GroupName"]
        if len(set(name[-40:])) < 15 or len(name) > 100:
            super().name_length(req, p)
