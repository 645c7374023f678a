"""The table of liars: a name, and the service with one thing bent.

The docstring of each says which sentence of the documentation it breaks, under which clause a person would file that,
and how it tries to pass.
"""

import hashlib

LIARS = {}


def liar(name):
    def enter(cls):
        assert name not in LIARS
        LIARS[name] = cls
        return cls
    return enter


def descriptions(p):
    return p.get("GroupExDescriptions", ())


def number_of(text):
    return int.from_bytes(hashlib.sha1(text.encode("utf-8", "surrogatepass")).digest()[:4], "big")
