"""Cassettes of the first format, a chain of hashes: they go on being judged, for no live one can be made again.

Those in `tests/data/cassettes-1` were made by the code that wrote that format, the verdicts beside them as well.
"""

import shutil
from pathlib import Path
from unittest import mock

import pytest
import vcr

from conformance.base.errors import TargetUnusableError, TransportError
from conformance.cli import rejudging
from conformance.recording.format import parsed
from conformance.recording.reader import load
from conformance.runs import selection
from conformance.runs.smoke import smoke
from tests.stand_in import no_sockets

OLD = Path(__file__).parent / "data" / "cassettes-1"
VERDICTS = rejudging.read_verdicts(OLD / "verdicts.json")


def is_as_it_was(name):
    """Assert that a recording is judged as the code of that time judged it, in all that it shows."""
    now = rejudging.verdicts_of(OLD / name, None)
    for what in ("clauses", "cases", "readings"):
        assert {id_: now[what].get(id_) for id_ in VERDICTS[name][what]} == VERDICTS[name][what]
    return now


@pytest.mark.parametrize("name", sorted(VERDICTS))
def test_verdicts_stand(name):
    """Whole, interrupted, or somebody else's traffic: judged with today's contract as it was with that of then."""
    assert is_as_it_was(name)["verdict"] == VERDICTS[name]["verdict"]


@pytest.mark.parametrize("cases", [(), smoke()[-3:]], ids=["no list", "another list"])
def test_whatever_list_of_cases_is_todays(cases):
    """The requests that a recording holds are judged by the cases that it holds."""
    with mock.patch.object(selection, "smoke", return_value=cases):
        now = is_as_it_was("whole")

    assert [id_ for id_, found in now["cases"].items() if found != ["not recorded"]] == list(VERDICTS["whole"]["cases"])


def test_what_is_in_them():
    """The order of recording across files, large bodies, bytes that are no text, and what had no answer."""
    found = load(OLD / "whole").interactions

    assert [each.number for each in found] == list(range(1, len(found) + 1))
    (large,) = (each for each in found if each.packed)
    assert len(large.whole.body) == 9_400_000
    assert large.whole.body.startswith(b'{"GroupName": "')
    assert [each.request.body for each in found if b"\xff" in each.request.body] != []
    assert [str(each.answer) for each in found if isinstance(each.answer, TransportError)] == [
        "the connection was cut before an answer"
    ]


def test_the_interrupted_one_is_told():
    """What was torn off is left out, and said."""
    found = load(OLD / "interrupted")

    assert found.interrupted
    assert found.notes == (
        "the recording of GroupExDescriptions.yaml was interrupted",
        "the recording of GroupId.yaml was interrupted: its end was torn off in the middle, and is left out",
    )


def test_its_chain_is_checked():
    """An interaction that was edited, taken out or moved is told, with or without a seal; so is an edited seal."""
    text = (OLD / "whole" / "GroupId.yaml").read_text(encoding="utf-8")
    head, *items = text.partition("\nseal: ")[0].split("\n- ")
    end = text.partition("\nseal: ")[2]

    def changed(items, end=None):
        return "\n- ".join([head, *items]) + ("\n" if end is None else f"\nseal: {end}")

    for seal in (end, None):
        assert len(parsed(changed(items, seal)).interactions) == len(items) > 3
        for says, other in (
            ("interaction 2 was edited", [items[0], items[1].replace("POST", "GET"), *items[2:]]),
            ("interaction 2 was edited, or doesn't belong here", [items[0], *items[2:]]),
            ("interaction 1 was edited, or doesn't belong here", [items[1], items[0], *items[2:]]),
        ):
            with pytest.raises(ValueError, match=says):
                parsed(changed(other, seal))
    for seal in (end.replace("finished", "stopped"), end.replace("before-2020", "after-2020")):
        with pytest.raises(ValueError, match="its seal was edited"):
            parsed(changed(items, seal))
    with pytest.raises(ValueError, match="its seal was edited, or isn't that of its last interaction"):
        parsed(changed(items[:-1], end))


def test_a_file_that_is_absent_is_told(tmp_path):
    """The seals name the files of the recording."""
    shutil.copytree(OLD / "whole", tmp_path / "rec")
    (tmp_path / "rec" / "State.yaml").unlink()

    with pytest.raises(TargetUnusableError, match="a file was taken out, that of State"):
        load(tmp_path / "rec")


def test_vcrpy_replays_them():
    """The library itself answers from the file, without a socket."""
    import requests

    file = OLD / "whole" / "GroupId.yaml"
    with no_sockets(), vcr.VCR(record_mode="none", match_on=["method", "uri", "body"]).use_cassette(str(file)):
        for each in parsed(file.read_text(encoding="utf-8")).interactions:
            answer = requests.post(each.request.url, data=each.request.body, timeout=1)
            assert (answer.status_code, answer.content) == (each.answer.status, each.answer.body)
