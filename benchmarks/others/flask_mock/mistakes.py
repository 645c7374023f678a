"""Which mistake, if any, this process makes on purpose."""

import json
from pathlib import Path

CATALOGUE = Path(__file__).with_name("mistakes.json")

_active = None


def catalogue():
    return json.loads(CATALOGUE.read_text(encoding="utf-8"))


def switch_on(name):
    global _active
    _active = name


def mistaken(name):
    return _active == name
