"""The text of a cassette: what is written is read again as it was, by vcrpy too; what was edited or torn is told."""

import re
from dataclasses import replace

import pytest
import requests
import vcr
import yaml
from hypothesis import given
from hypothesis import strategies as st

from conformance.base.errors import TargetUnusableError, TransportError
from conformance.exchange.messages import Place
from conformance.recording.format import entry, parsed
from conformance.recording.interaction import fingerprint, from_values, to_values
from conformance.recording.reader import load
from tests.command import command
from tests.recorded import ANSWER, HTTP, PROVENANCE, interaction, small_recording, written
from tests.stand_in import no_sockets


@pytest.fixture(scope="module", name="small")
def _small(tmp_path_factory):
    return small_recording(tmp_path_factory.mktemp("small") / "rec")


BODIES = [
    b"", b"{}", b"\xff\xfe", b"\0\1", "é中\U0001f600".encode(), b'"\\ud800"', b"\xed\xa0\x80",
    "\u2028\u0085\ufeff\x7f\t".encode(), b"interactions:\n- {}\nseal: {}", b"x" * 20_000, b"\xff" * 20_000,
]  # fmt: skip


@pytest.mark.parametrize("body", BODIES)
def test_every_body_comes_back(body):
    """Whatever bytes were sent or came, they are read again as they were."""
    sent = interaction(http=replace(HTTP, body=body), answer=replace(ANSWER, body=body))

    (found,) = parsed(written(sent)).interactions

    assert (found.whole.body, found.answer.body) == (body, body)
    assert (found.whole.headers, found.answer.headers) == (HTTP.headers, ANSWER.headers)
    assert found.fingerprint == fingerprint(sent.request)


@given(st.binary(), st.binary(), st.text(max_size=20), st.booleans())
def test_round_trips(body, answer, reason, closed):
    """Any bytes, any place, any reason for no answer."""
    place = Place("0123456789", "confabcdeaaaab", 2, 1)
    first = interaction(http=replace(HTTP, body=body, place=place), answer=replace(ANSWER, body=answer))
    reason = reason.encode("utf-8", "replace").decode()
    second = interaction(2, answer=TransportError(reason, closed=closed))

    one, two = parsed(written(first, second)).interactions

    assert (one.whole.body, one.answer.body, one.request.place) == (body, answer, place)
    assert (str(two.answer), two.answer.closed) == (reason, closed)
    assert from_values(to_values(one)).request.place == place


def test_any_yaml_parser_reads_it(small):
    """The file is YAML with vcrpy's members; the safe loader suffices, and finds the same."""
    for file in small.iterdir():
        read = yaml.safe_load(file.read_text())
        fast = parsed(file.read_text())
        assert read["version"] == 2
        assert [each["request"]["body"] for each in read["interactions"]] == [
            each.request.body.decode() for each in fast.interactions
        ]
        assert [each["response"]["body"]["string"] for each in read["interactions"]] == [
            each.answer.body.decode() for each in fast.interactions
        ]


def test_vcrpy_replays_it(small):
    """The library itself answers from the file, without a socket."""
    file = small / "Tag.yaml"
    found = parsed(file.read_text()).interactions
    with no_sockets(), vcr.VCR(record_mode="none", match_on=["method", "uri", "body"]).use_cassette(str(file)):
        for each in found:
            answer = requests.post(each.request.url, data=each.request.body, timeout=1)
            assert (answer.status_code, answer.content) == (each.answer.status, each.answer.body)


def test_every_changed_byte_is_noticed(small):
    """A cassette that was changed in any one place is refused; or nothing in it means anything else."""
    file = small / "GroupId.yaml"
    whole = file.read_text()
    sound = parsed(whole)
    start = whole.index("\n") + 1  # the first line is a comment
    for place in range(start, len(whole)):
        other = "x" if whole[place] != "x" else "y"
        try:
            found = parsed(whole[:place] + other + whole[place + 1 :])
        except ValueError:
            continue
        assert (found.provenance, found.interactions) == (sound.provenance, sound.interactions), whole[
            place - 20 : place + 9
        ]


def test_torn_anywhere_it_stays_readable(small):
    """Cut off after any character, what is whole is read, and nothing is taken for a whole recording."""
    whole = (small / "GroupId.yaml").read_text()
    sound = parsed(whole)
    for place in range(len(whole) - 1):
        try:
            found = parsed(whole[:place])
        except ValueError:
            assert place < whole.index("interactions:\n") + len("interactions:\n")
            continue
        assert found.seal is None
        assert found.interactions == sound.interactions[: len(found.interactions)]


def taken_out(items, place):
    del items[place]


def put_in_again(items, place):
    items.insert(place, items[-1])


def moved(items, place):
    items.append(items.pop(place))


def of_another_recording(items, place):
    items[place], _ = entry(interaction(http=replace(HTTP, body=b"another's")))


@pytest.mark.parametrize("change", [taken_out, put_in_again, moved, of_another_recording])
@pytest.mark.parametrize("place", range(4))
def test_interactions_that_come_and_go_are_told(change, place):
    """Whole interactions, each sound by itself: the seal tells the first that isn't the one that was recorded."""
    whole = written(*(interaction(http=replace(HTTP, body=b"%d" % each)) for each in range(5)))
    before, *items, end = re.split(r"(?m)^(?=- |seal)", whole)
    change(items, place)

    with pytest.raises(ValueError, match=rf"^interaction {place + 1} isn't the one that was recorded there"):
        parsed("".join([before, *items, end]))


def test_a_seal_belongs_to_its_provenance():
    """The seal of a recording under the provenance of another one, whose own hash fits, is refused."""
    one, other = written(interaction()), written(interaction(), provenance=replace(PROVENANCE, run="another"))

    with pytest.raises(ValueError, match="its seal is that of other interactions, or of another provenance"):
        parsed(one.partition("interactions:")[0] + "interactions:" + other.partition("interactions:")[2])


def test_without_a_seal_the_provenance_is_still_sound():
    """Where a recording was interrupted, whoever edits where it comes from is told all the same."""
    whole = written(interaction(), seal=False)

    assert parsed(whole).seal is None
    with pytest.raises(ValueError, match="its provenance was edited"):
        parsed(whole.replace("2026-11-23", "2025-11-23", 1))


def test_an_interaction_depends_on_itself_alone():
    """What is written of one is the same whatever stands before it."""
    one, two = (interaction(http=replace(HTTP, body=each)) for each in (b"1", b"2"))

    assert written(one, seal=False) + entry(two)[0] == written(one, two, seal=False)
    assert entry(two)[0] in written(two)


@pytest.mark.parametrize(
    "content",
    [
        "", "\0", "a: [", "- 1", "interactions: 5", "interactions: [1]", "interactions: [{}]", "[" * 5000,
        "!!python/object/apply:os.system ['true']", "interactions: [{request: !!python/name:os.system }]",
        "a: &a [x,x,x,x]\nb: &b [*a,*a,*a,*a]\nc: [*b,*b,*b,*b]", "version: 1\nprovenance: {}\ninteractions: []",
        "\ufeffinteractions: []", "x" * 100_000,
    ],
)  # fmt: skip
def test_what_is_no_cassette_is_refused(tmp_path, content):
    """Whatever stands in a file: a sentence and exit code 3, no traceback, nothing run."""
    (tmp_path / "x.yaml").write_text(content)

    done = command("run", "--target", f"cassette:{tmp_path / 'x.yaml'}")

    assert (done.returncode, "Traceback" in done.stderr) == (3, False), done.stderr
    assert "refused" in done.stderr
    assert "internal error" not in done.stderr


def test_a_file_that_isnt_text(tmp_path):
    """Bytes that are no UTF-8 are told as such."""
    (tmp_path / "x.yaml").write_bytes(b"\xff\xfe\x00")

    done = command("run", "--target", f"cassette:{tmp_path / 'x.yaml'}")

    assert (done.returncode, "not UTF-8" in done.stderr) == (3, True)


def test_written_anew_by_another_program(small, tmp_path):
    """A cassette that a YAML tool wrote again can't be checked any more."""
    (tmp_path / "Tag.yaml").write_text(yaml.safe_dump(yaml.safe_load((small / "Tag.yaml").read_text())))

    with pytest.raises(TargetUnusableError, match="written anew by another program"):
        load(tmp_path / "Tag.yaml")


def test_plain_vcrpy_has_no_provenance(tmp_path):
    """A cassette of which nobody says where it comes from isn't judged."""
    (tmp_path / "x.yaml").write_text(yaml.safe_dump({"version": 1, "interactions": []}))

    with pytest.raises(TargetUnusableError, match="no provenance"):
        load(tmp_path / "x.yaml")
