"""What documents say otherwise than the page is told, and nothing else."""

import json
from importlib.util import find_spec
from pathlib import Path

import pytest

from conformance.cli.main import main
from conformance.contract import PAGE_CODES, PARAMETERS, RESULT, page_lines
from conformance.contract.descriptions import changes, of_api, of_error_codes, of_page

LINES = page_lines()
PAGE = of_page(LINES)


def test_the_page_is_read_whole():
    """Its parameters, its results, its codes, as the contract has them."""
    assert tuple(PAGE.parameters) == PARAMETERS
    assert [required for required, _, _ in PAGE.parameters.values()] == [True, True, False, False, False]
    assert list(PAGE.results) == [RESULT, "RequestId"]
    assert PAGE.codes == {each.code: each.message for each in PAGE_CODES}
    assert list(changes(PAGE, PAGE)) == []


def edited(line, old, new):
    """The page with a line that is otherwise; without the line, where `new` is None."""
    lines = list(LINES)
    assert old in lines[line - 1]
    lines[line - 1] = lines[line - 1].replace(old, new) if new is not None else ""
    return of_page(lines)


@pytest.mark.parametrize(
    ("line", "old", "new", "told"),
    [
        (17, "[1,60]", "[1,64]", "changed parameter GroupName: “人员库名称,[1,60]个字符"),
        (20, "否", "是", "changed parameter Tag: “optional” → “required”"),
        (20, "String", "Integer", "changed parameter Tag: “String” → “Integer”"),
        (20, "Tag", "Remark", "added parameter Remark"),
        (20, "Tag", None, "removed parameter Tag"),
        (25, "String", "Float", "changed member of the answer FaceModelVersion: “String” → “Float”"),
        (150, "超出长度限制", "太长", "changed code InvalidParameterValue.GroupNameTooLong"),
        (150, "GroupNameTooLong", None, "removed code InvalidParameterValue.GroupNameTooLong"),
        (150, "GroupNameTooLong", "GroupNameTooWide", "added code InvalidParameterValue.GroupNameTooWide"),
    ],
)
def test_what_changed_is_told(line, old, new, told):
    """Each kind of change, of each part of the page."""
    assert any(told in str(each) for each in changes(PAGE, edited(line, old, new)))


@pytest.mark.parametrize(("old", "new"), [(",", "，"), (" ", "  "), ("。", "。 ")])
def test_how_it_is_set_is_no_change(old, new):
    """Chinese punctuation, white space."""
    lines = [each if "|" not in each else each.replace(old, new) for each in LINES]
    assert list(changes(PAGE, of_page(lines))) == []


def test_the_products_codes():
    """Those of other actions are no news; one that the page has and the product doesn't is gone."""
    listed = "".join(f"# {each.message}\nX = '{each.code}'\n\n" for each in PAGE_CODES[1:]) + "# other\nY = 'A.B'\n"

    assert [str(each) for each in changes(PAGE, of_error_codes(listed, "x"))] == [
        "removed code AuthFailure.InvalidAuthorization: “认证失败。”"
    ]


def test_the_vendors_own_list_is_the_pages():
    """Of the version that is locked."""
    path = Path(find_spec("tencentcloud.iai.v20200303").origin).with_name("errorcodes.py")
    codes = of_error_codes(path.read_text(encoding="utf-8"), "x")

    assert len(codes.codes) > len(PAGE_CODES)
    assert list(changes(PAGE, codes)) == []


def api(**changed):
    """The vendor's api.json, as the page has the action."""
    types = {"String": "string", "Array of String": "list"}
    members = [
        {"name": name, "required": required, "type": types[kind], "document": text}
        for name, (required, kind, text) in PAGE.parameters.items()
    ]
    members[0] |= changed
    answer = [{"name": name, "type": types[kind], "document": text} for name, (kind, text) in PAGE.results.items()]
    return {
        "actions": {"CreateGroup": {"input": "I", "output": "O"}},
        "objects": {"I": {"members": members}, "O": {"members": answer}},
    }


def test_the_vendors_description():
    """What it says of a parameter may change by itself."""
    assert list(changes(PAGE, of_api(api(), "CreateGroup", "x"))) == []
    (change,) = changes(PAGE, of_api(api(required=False), "CreateGroup", "x"))
    assert str(change) == "changed parameter GroupName: “required” → “optional”"


def test_the_verb(tmp_path, capsys, monkeypatch):
    """Exits with 1 where something changed, with 0 where nothing did; the changes also as JSON."""
    same, other, codes = tmp_path / "same.txt", tmp_path / "other.txt", tmp_path / "changes.json"
    same.write_text("\n".join(LINES), encoding="utf-8")
    other.write_text("\n".join(LINES).replace("[1,60]", "[1,64]"), encoding="utf-8")

    assert main(["drift", "--page", str(same)]) == 0
    assert "nothing changed" in capsys.readouterr().out
    assert main(["drift", "--page", str(other), "--json", str(codes)]) == 1
    assert "1 change\n" in capsys.readouterr().out
    (change,) = json.loads(codes.read_text(encoding="utf-8"))["changes"]
    assert (change["what"], change["subject"]) == ("changed", "parameter GroupName")


@pytest.mark.parametrize(
    ("option", "content", "said"),
    [
        ("--page", "nothing here", "no table of parameters"),
        ("--api", "[]", "isn't as the vendor's"),
        ("--api", "{", "can't be read"),
        ("--codes", "x = 1", "lists no codes"),
        ("--page", None, "can't be read"),
    ],
)
def test_what_cannot_be_compared(option, content, said, tmp_path, capsys):
    """Is told in a sentence, with exit code 4."""
    path = tmp_path / "file"
    if content is not None:
        path.write_text(content, encoding="utf-8")

    assert main(["drift", option, str(path)]) == 4
    assert said in capsys.readouterr().err


def test_nothing_to_compare_with(tmp_path, monkeypatch, capsys):
    """Where no SDK was set up, and no file is named."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert main(["drift"]) == 4
    assert "sdk setup tccli" in capsys.readouterr().err
