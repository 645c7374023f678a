"""Which deliberate mistake, if any, this process runs with."""

import json
from pathlib import Path

_FILE = Path(__file__).resolve().parent.parent / "mistakes.json"
_active: str | None = None


def load() -> list[dict]:
    return json.loads(_FILE.read_text(encoding="utf-8"))


def activate(name: str) -> None:
    global _active
    if name not in {row["name"] for row in load()}:
        raise KeyError(name)
    _active = name


def active(name: str) -> bool:
    return _active == name
