"""Cassettes that somebody made up: whatever they say, a sentence or a verdict comes of it, in a moment, and no harm."""

import base64
import os
import re
import shutil
import zlib
from dataclasses import replace

import pytest

from conformance.base.errors import SuiteError, TargetUnusableError
from conformance.recording.chained import unpacked
from conformance.recording.format import NOTE, parsed
from conformance.recording.interaction import to_values
from conformance.recording.notation import dumps, hashed
from conformance.recording.provenance import Kind
from conformance.recording.reader import load
from conformance.report.model import Verdict, report_of
from conformance.runs.conduct import judge_recording
from conformance.runs.settings import Settings
from tests.command import command
from tests.recorded import PROVENANCE, cut, interaction, small_recording, written


@pytest.fixture(scope="module", name="small")
def _small(tmp_path_factory):
    return small_recording(tmp_path_factory.mktemp("small") / "rec")


@pytest.fixture(name="hand")
def _hand(small, tmp_path):
    """Puts a file, edited, in the place of one of the recording."""

    def edited(name, change):
        folder = tmp_path / "edited"
        shutil.copytree(small, folder, dirs_exist_ok=True)
        text = (folder / name).read_text()
        changed = change(text)
        assert changed != text
        (folder / name).write_text(changed)
        return folder

    return edited


def test_a_recording_without_its_end_is_never_whole(small, tmp_path):
    """What was torn off, or cut off, may be what would have failed: the verdict is incomplete."""
    folder = tmp_path / "cut"
    folder.mkdir()
    for each in small.iterdir():
        (folder / each.name).write_text(cut(each.read_text()))

    assert load(folder).interrupted
    assert not load(small).interrupted
    report = report_of(judge_recording(folder), Settings())
    assert report.verdict is Verdict.INCOMPLETE


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (r'"interactions": "....', '"interactions": "0000'),
        (r'"digest": "....', '"digest": "0000'),
        (r'"account": ""', '"account": "before-2020-04-02"'),
        (r'"ended": "finished"', '"ended": "stopped"'),
        (r'"files": \["', '"files": ["State", "'),
    ],
)
def test_seals_are_sealed(hand, old, new):
    """Whatever of a seal is edited by hand, it is refused."""

    def change(text):
        body, seal, end = text.rpartition("\nseal: ")
        return body + seal + re.sub(old, new, end, count=1)

    with pytest.raises(TargetUnusableError, match="its seal was edited"):
        load(hand("Tag.yaml", change))


DEEP = "[" * 100_000
# Each line stands for nine times what the one before does.
BOMB = "".join(f"{chr(each + 1)}: &{chr(each + 1)} [{','.join(['*' + chr(each)] * 9)}]\n" for each in range(97, 106))


@pytest.mark.parametrize(
    "text",
    [
        DEEP, "{" * 100_000, "- " * 100_000, '{"interactions": ' + DEEP, "interactions:\n- &a {a: *a}\n",
"a: &a [x,x,x,x,x,x,x,x,x]\n" + BOMB,
        "interactions: !!python/object:os.system {}\n", "\0", "interactions: [1e9999]", "interactions: [{}]",
    ],
)  # fmt: skip
def test_hostile_yaml(tmp_path, text):
    """Neither the stack nor the memory is filled: it is refused, in a moment, in one sentence."""
    file = tmp_path / "bomb.yaml"
    file.write_text(text)

    for verb in (("run", "--target", f"cassette:{file}"), ("readings", str(file))):
        done = command(*verb)
        assert done.returncode == 3
        assert done.stderr.count("\n") == 1
        assert "is refused" in done.stderr or "can't be read" in done.stderr


def with_hash(values):
    content = dumps(values)[:-1]
    return f'{content}, "hash": "{hashed(content)}"}}'


def mutated(where, value):
    """The provenance and one interaction, of which one member is something else, with hashes that fit."""
    provenance = PROVENANCE.to_values()
    each = to_values(interaction())
    target = {"provenance": provenance, **each}
    target[where[0]][where[1]] = value
    content = "{" + ",\n   ".join(f'"{name}": {dumps(member)}' for name, member in each.items())
    digest = hashed(f"{with_hash(provenance)}\n{hashed(content)}")
    seal = {
        "interactions": hashed(content)[:4], "digest": digest, "files": [""], "account": "", "ended": "finished"
    }  # fmt: skip
    return (
        f"{NOTE}version: 2\nprovenance: {with_hash(provenance)}\ninteractions:\n"
        f'- {content},\n   "hash": "{hashed(content)}"}}\nseal: {with_hash(seal)}\n'
    )


def test_hashes_that_fit_are_taken():
    """What these tests make up is refused for what it says, not for its hashes."""
    assert parsed(mutated(("recorded", "at"), 1.5)).interactions == parsed(written(interaction())).interactions


JUNK = [
    None,
    [],
    {},
    5,
    -1,
    1e300,
    float("inf"),
    float("nan"),
    "http://[::1",
    "\ud800",
    "9999-12-31T23:59:59-23:59",
    True,
]


MEMBERS = {
    "provenance": "kind endpoint date suite region run token certificate part",
    "recorded": "number at case salt step copy body whole_case closed fingerprint",
    "request": "method uri body headers",
    "response": "status headers body",
}


@pytest.mark.parametrize("value", JUNK, ids=repr)
@pytest.mark.parametrize(
    "where",
    [
        (part, each)
        for part, names in MEMBERS.items()
        for each in names.split()
    ],
    ids="-".join,
)  # fmt: skip
def test_nonsense_with_hashes_that_fit(tmp_path, where, value):
    """Whoever makes up a file, hashes and all, gets a sentence or a verdict; never a traceback."""
    file = tmp_path / "made-up.yaml"
    file.write_text(mutated(where, value), encoding="utf-8", errors="surrogatepass")

    try:
        session = judge_recording(file)
    except SuiteError as error:
        told = str(error)
    else:
        told = str(report_of(session, Settings()).verdict)
    assert told
    assert "\n" not in told


def test_a_body_that_unpacks_to_gigabytes(tmp_path):
    """A large body is never put together that is larger than any that is sent; nor one that is none."""
    file = tmp_path / "bomb.yaml"
    for packed in ([["x", 10**12]], [["x" * 1000, 10**5]], [["x", -1]], [["x"]], [5], "x", [[5, 5]], [["x", 1e300]]):
        file.write_text(mutated(("recorded", "body"), packed))
        with pytest.raises(TargetUnusableError, match="is refused"):
            load(file)


def test_a_body_of_the_first_format_that_unpacks_to_gigabytes():
    """A compressed body isn't unpacked beyond what is ever sent."""
    bomb = base64.b64encode(zlib.compress(b" " * 100_000_000, 9)).decode()
    for packed in (bomb, bomb[:-8], "!", base64.b64encode(b"x").decode()):
        with pytest.raises(ValueError, match=r"compressed body|base64|Base64"):
            unpacked({"recorded": {"body": packed}})


def test_only_printed_examples_are_the_documentation(tmp_path):
    """What somebody else answered can't be called the page's."""
    file = tmp_path / "page.yaml"
    file.write_text(written(interaction(), provenance=replace(PROVENANCE, kind=Kind.DOCUMENTATION)))

    with pytest.raises(TargetUnusableError, match="the page doesn't print its interaction 1"):
        load(file)


def test_a_date_to_come(tmp_path):
    """A recording that is of next year is none."""
    file = tmp_path / "late.yaml"
    file.write_text(written(interaction(), provenance=replace(PROVENANCE, date="2099-01-01T00:00:00+00:00")))

    with pytest.raises(TargetUnusableError, match="still to come"):
        load(file)


def test_another_version_of_the_format(tmp_path):
    """A file of a later version is told from an edited one."""
    file = tmp_path / "later.yaml"
    file.write_text(written(interaction()).replace("version: 2", "version: 999", 1))

    with pytest.raises(TargetUnusableError, match="it has version 999, this suite reads version 2"):
        load(file)


def test_what_has_no_end_is_no_recording(tmp_path):
    """A device, a pipe, an empty path, a name that is too long: one sentence, wrong usage."""
    os.mkfifo(tmp_path / "pipe")
    for path in ("/dev/null", str(tmp_path / "pipe"), "", "x" * 300):
        done = command("run", "--target", f"cassette:{path}")
        assert (done.returncode, done.stderr.count("\n")) == (4, 1), done.stderr
