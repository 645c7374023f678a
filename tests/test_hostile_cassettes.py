"""Cassettes that somebody made up: whatever they say, a sentence or a verdict comes of it, in a moment, and no harm."""

import base64
import os
import re
import shutil
import time
import zlib
from dataclasses import replace

import pytest

from benchmarks.fuzzing.cassettes import fuzz, resealed
from conformance.base.errors import SuiteError, TargetUnusableError
from conformance.exchange.salt import fill_text
from conformance.recording.chained import unpacked
from conformance.recording.format import NOTE, parsed
from conformance.recording.interaction import to_values
from conformance.recording.notation import dumps, hashed
from conformance.recording.provenance import Kind
from conformance.recording.reader import load, recordings_at
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
        "a: &a {x: 1}\n<<: [*a, *a]\ninteractions: []\n", "interactions: [190:20:30]\n",
        "interactions: [2026-99-99, !!timestamp 2026-99-99]\n", f"interactions: [!!int '{'1' * 10_000}']\n",
        f"interactions: [0x{'f' * 100_000}]\n", "interactions: []\ninteractions: []\n", "interactions: &a [*a]\n",
        f"interactions: [&a x{', *a' * 100_000}]\n", f"interactions: [{'a, ' * 1_000_000}]\n",
        f"interactions: !{'!' * 1_000_000} []\n", "---\n- a\n---\n- b\n", "? [a]\n: b\n",
        NOTE + "version: 2\nprovenance: {" + ', "hash": "' * 300_000 + "}\ninteractions:\n",
        NOTE + 'version: 1\nprovenance: {"a": ' + "1" * 10_000 + "}\ninteractions:\n",
        NOTE + "x: y" * 1_000_000 + "\n\n\n",
    ],
    ids=lambda text: text[:30],
)  # fmt: skip
def test_hostile_yaml(tmp_path, text):
    """Neither the stack nor the memory is filled: it is refused, in a moment, in one sentence."""
    file = tmp_path / "bomb.yaml"
    file.write_text(text)

    before = time.process_time()
    with pytest.raises(TargetUnusableError, match=r"bomb\.yaml (is refused|can't be read): ") as told:
        load(file)
    assert time.process_time() - before < 1
    assert len(str(told.value)) < 500
    assert str(told.value).isprintable()


def test_a_refusal_is_one_line_and_one_code(tmp_path):
    """Whatever verb reads a cassette, it ends with the exit code for what can't be used, and says why."""
    file = tmp_path / "bomb.yaml"
    file.write_text(DEEP)

    for verb in (("run", "--target", f"cassette:{file}"), ("readings", str(file))):
        done = command(*verb)
        assert done.returncode == 3
        assert done.stderr.count("\n") == 1
        assert "is refused" in done.stderr


@pytest.mark.parametrize(
    ("where", "value", "told"),
    [
        (("request", "headers"), {"a": {}}, "interaction 1.request.headers.a is an object; a text, or a list of texts"),
        (("request", "uri"), "http://[x", "interaction 1.request.uri is the text “http://.x”; a URL would be right"),
        (("response", "status"), {"code": 10**19}, "interaction 1.response.status.code is the number 1000.*999"),
        (("recorded", "at"), True, "interaction 1.recorded.at is true; seconds since 1970 would be right"),
        (("recorded", "body"), [["x"]], r"interaction 1.recorded.body\[1\] has 1 items; two would be right"),
        (("recorded", "case"), "x", "interaction 1.recorded has `case`, but lacks `salt`"),
    ],
)
def test_what_would_be_right_is_told(tmp_path, where, value, told):
    """A value of a wrong shape is named by where it stands, with what belongs there."""
    file = tmp_path / "made-up.yaml"
    file.write_text(mutated(where, value))

    with pytest.raises(TargetUnusableError, match=told):
        load(file)


def test_links_that_lead_round(tmp_path, small):
    """A folder is looked into once, however many links lead to it."""
    shutil.copytree(small, tmp_path / "a" / "rec")
    for number in range(4):
        (tmp_path / "a" / f"link{number}").symlink_to(tmp_path)
    (tmp_path / "x.yaml").symlink_to("x.yaml")

    assert recordings_at([str(tmp_path)]) == [tmp_path / "a" / "rec"]


def test_a_file_without_bounds(tmp_path):
    """What is larger than any recording isn't read at all."""
    file = tmp_path / "large.yaml"
    file.touch()
    os.truncate(file, 10**11)

    with pytest.raises(TargetUnusableError, match="none has more than 256"):
        load(file)


def test_a_case_full_of_markers():
    """What a case's markers stand for takes no time of its own."""
    before = time.process_time()
    assert len(fill_text("<han:99>" * 10_000, "confabcdefghij")) == 990_000
    assert time.process_time() - before < 4


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


def test_mutants(small):
    """Whatever is changed in a cassette, with hashes that fit or don't: a verdict or a sentence, in a moment."""
    said = []
    whole = (small / "GroupId.yaml").read_text()

    assert resealed(whole) == re.sub(r"(?m)^seal: .*\n", "", whole)
    assert fuzz(60, 1, said.append) == 0, said
    assert "a sentence" in said[-1]
