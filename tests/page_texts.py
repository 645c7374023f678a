"""What the page says of texts, for the two servers of the tests: read from it alone, and nothing of this project.

The servers choose what the page leaves open: what a length counts, and which characters there are.
"""

import re

GROUP_ID = re.compile(r"[A-Za-z0-9\-%@#&_]*")
NAME = re.compile(r"[A-Za-z0-9_\-\u4e00-\u9fff]*")
# parameter -> (the most that it may have, how the codes call it)
TEXTS = {
    "GroupName": (60, "GroupName"),
    "GroupId": (64, "GroupId"),
    "GroupExDescriptions": (30, "GroupExDescriptionsName"),
    "Tag": (40, "GroupTag"),
}


def in_bytes(text):
    """How many bytes a text has in UTF-8."""
    return len(text.encode("utf-8", "surrogatepass"))


def faults_of_text(parameter, text, size=len, takes=NAME.fullmatch):
    """The codes that refuse a text, in the order of the page; an id is counted in bytes and has its own characters."""
    most, called = TEXTS[parameter]
    if parameter == "GroupId":
        size, takes = in_bytes, GROUP_ID.fullmatch
    if size(text) > most:
        yield f"InvalidParameterValue.{called}TooLong"
    if not takes(text):
        yield f"InvalidParameterValue.{called}Illegal"
