"""Mutates cassettes, and looks at what reading and judging each comes to: a verdict or one sentence, in a moment.

    python -m benchmarks.fuzzing.cassettes [INPUTS [SEED]]

Half of the mutants get hashes that fit again, so that what lies behind them is tried, too.
"""

from __future__ import annotations

import random
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from conformance.base.errors import SuiteError
from conformance.recording.notation import hashed
from conformance.report.model import report_of
from conformance.runs.conduct import judge_recording
from conformance.runs.settings import Settings
from tests.recorded import small_recording

__all__ = ["fuzz", "main", "mutant", "resealed"]

_INPUTS = 2000
# CPU seconds that an input may take, whatever else the machine does.
_MOST = 1.0
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|true|false|null|!!\w+|[\[\]{},:&*|>\n-]')
# What YAML knows beyond JSON, and what is odd in either.
_ODD = (
    "<<: *a", "&a [*a]", "*a", "&a", "!!python/object/apply:os.system [id]", "!!binary", "!!set", "190:20:30", "0o17",
    "1_000", "1" * 5000, "-1", "1e999", ".inf", ".nan", "~", "null", "[]", "{}", '""', '"\\ud800"', '"\\u0000"', "\t",
    "\x1b[31m", "\ufeff", "\u2028", "---", "...", "%YAML 9.9", "? a", "|", ">", "[" * 3000, '{"a": ' * 500,
    "2001-01-01", '"' + "x" * 100_000 + '"', "true", "../../etc/passwd", "'", "#", '"hash": "0"', "- {}",
)  # fmt: skip


def mutant(text: str, random_: random.Random) -> str:
    """A text with a few tokens replaced, doubled, left out or exchanged, or cut anywhere."""
    for _ in range(random_.choice((1, 1, 2, 5))):
        places = list(_TOKEN.finditer(text))
        if not places:
            return text
        one, other = random_.choice(places), random_.choice(places)
        new: str = random_.choice((random_.choice(_ODD), other[0], one[0] * 2, "", one[0][:-1], f"{one[0]} {other[0]}"))
        text = f"{text[: one.start()]}{new}{text[one.end() :]}"
        if random_.random() < 0.05:
            text = text[: random_.randrange(len(text) + 1)]
    return text


def resealed(text: str) -> str:
    """A cassette without its seal, as if it was interrupted, whose lines have hashes that fit what they say."""
    text = re.sub(r"(?m)^seal: .*\n", "", text)
    line = re.compile(r'(?m)^(\w+: |)(.*), "hash": "[0-9a-f]*"\}$')
    text = line.sub(lambda match: f'{match[1]}{match[2]}, "hash": "{hashed(match[2])}"}}', text)
    entry = re.compile(r'(?s)(?<=\n- )(\{.*?),\n   "hash": "[0-9a-f]*"\}')
    return entry.sub(lambda match: f'{match[1]},\n   "hash": "{hashed(match[1])}"}}', text)


def fuzz(inputs: int, seed: int, say: Callable[[str], object]) -> int:
    """Try so many mutants; how many were wrong. What is wrong with each is said, with what makes it again."""
    wrong, came = 0, Counter[str]()
    with tempfile.TemporaryDirectory() as scratch:
        small = small_recording(Path(scratch) / "small")
        for number in range(inputs):
            random_ = random.Random(f"{seed} {number}")
            folder = Path(scratch) / "mutant"
            shutil.copytree(small, folder)
            file = random_.choice(sorted(folder.glob("*.yaml")))
            text = mutant(file.read_text("utf-8"), random_)
            file.write_text(resealed(text) if number % 2 else text, "utf-8", "surrogatepass")
            before = time.process_time()
            what = _came_of(folder)
            spent = time.process_time() - before
            shutil.rmtree(folder)
            came[what.partition(":")[0]] += 1
            if what.startswith("wrong") or spent > _MOST:
                wrong += 1
                say(f"input {number} of seed {seed}: {what}, {spent:.1f} s")
    say(f"{inputs} inputs, {wrong} wrong; " + ", ".join(f"{what} {count}" for what, count in sorted(came.items())))
    return wrong


def _came_of(folder: Path) -> str:
    try:
        return report_of(judge_recording(folder), Settings()).verdict.value
    except SuiteError as error:
        said = str(error)
        clean = said.isprintable() and len(said) < 2000
        return "a sentence" if clean else f"wrong: a sentence that isn't one: {said[:300]!a}"
    except Exception as error:
        return f"wrong: {type(error).__name__}: {str(error)[:300]!a}"


def main(words: list[str]) -> int:
    """Run it; returns the exit code."""
    inputs, seed = (*map(int, words), *(_INPUTS, 0)[len(words) :])
    return 1 if fuzz(inputs, seed, print) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
