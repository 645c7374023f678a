"""What the documents name is there, and their tables are whole."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
DOCUMENTS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
TEXTS = {path.name: path.read_text(encoding="utf-8") for path in DOCUMENTS}
ROOMS = (ROOT, ROOT / "conformance")
FOLDERS = "|".join(
    sorted({path.name for room in ROOMS for path in room.iterdir() if path.is_dir() and path.name.isidentifier()})
)


def named(pattern):
    """What all documents say where they match, each once."""
    return sorted({found for text in TEXTS.values() for found in re.findall(pattern, text)})


@pytest.mark.parametrize("path", named(rf"`((?:{FOLDERS})/[\w./]*)`"))
def test_paths(path):
    """A file or folder stands where a document says, from the top or from `conformance/`."""
    assert any((room / path).exists() for room in ROOMS)


@pytest.mark.parametrize("module", named(rf"python3? -m ((?:{FOLDERS})\.[\w.]*)"))
def test_modules(module):
    """What a document says to start can be started."""
    path = ROOT / module.replace(".", "/")
    source = (path / "__main__.py" if path.is_dir() else path.with_suffix(".py")).read_text(encoding="utf-8")

    assert 'if __name__ == "__main__":' in source


@pytest.mark.parametrize("document", TEXTS)
def test_tables(document):
    """Each table begins with its head, and so no blank line cuts one in two."""
    tables = re.findall(r"(?:^\|.*\n)+", TEXTS[document], re.MULTILINE)

    assert [each for each in tables if not re.match(r".*\n\|(-+\|)+\n", each)] == []
