"""What `docs/variations.md` says: every permitted variation that is tried. `scripts.readme` writes it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from conformance.contract import READINGS
from conformance.exchange.variations import VARIATIONS

__all__ = ["PAGE", "rendered"]

PAGE = Path(__file__).parent.parent / "docs" / "variations.md"

_HEAD = """\
# What a server may do

Every line is a way in which a server may differ from another, and from the reference emulator, without departing from
the documents; and the words that permit it. Each is tried: tests and campaigns run the reference emulator in this way,
and no clause may fail (`tests/test_twins.py`, `tests/test_variations.py`, `tests/test_patience.py`,
`python -m benchmarks.false_alarms`). This page is written by `python -m scripts.readme`.
"""
_BORNE = (
    ("requests are throttled, by any of the documented codes, or by HTTP 429 or 503", "“请求的次数超过了频率限制。”"),
    (
        "now and then an internal error comes, before or after the request was carried out",
        "“内部错误。”, “算法服务异常,请重试。”",
    ),
    ("now and then a gateway answers with HTTP 500, 502 or 504", "“目前只要请求被服务端正常处理了”"),
    (
        "now and then a connection is closed without an answer",
        "RFC 9112, section 9.6: one may close at any time",
    ),
    ("groups are shown some seconds after they were created or changed", "no page says that it shows at once"),
    ("ids and names of deleted groups are free after some seconds", "“FailedOperation.GroupInDeletedState”"),
    (
        "the clock is wrong by seconds and no Date tells",
        "“如果与服务器时间相差超过5分钟”: the server's clock counts",
    ),
)


def _table(head: str, rows: Iterator[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {head} |"
    yield "|" + "---|" * (head.count("|") + 1)
    yield from (f"| {' | '.join(each.replace('|', chr(92) + '|') for each in row)} |" for row in rows)


def _readings() -> Iterator[tuple[str, ...]]:
    for reading in READINGS:
        for value in reading.values:
            yield f"`{reading.id}={value.name}`", reading.question, value.why


def rendered() -> str:
    """The page as Markdown."""
    readings = list(_readings())
    lines = [
        _HEAD,
        f"{len(readings) + len(VARIATIONS) + len(_BORNE)} variations: {len(readings)} values of readings, "
        f"{len(VARIATIONS)} forms of answers, {len(_BORNE)} that come and go.\n",
        "## What it does\n",
        *_table("value of a reading | the point | what permits it", iter(readings)),
        "\n## What its answers look like\n",
        *_table("form | what is otherwise | what permits it", ((f"`{v.id}`", v.about, v.why) for v in VARIATIONS)),
        "\n## What comes and goes\n",
        *_table("what happens | what permits it", iter(_BORNE)),
    ]
    return "\n".join(lines) + "\n"
