"""A key pair whose texts show nowhere, and the pair that the vendor documents as an example."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

__all__ = ["EXAMPLE_CREDENTIALS", "Credentials", "Secret"]


class Secret:
    """A text that nobody else may see: printed, formatted or in a traceback it says nothing. Never pickled.

    It equals the text itself, and is false where that is empty.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        """Hide a text."""
        # A closure's variables are in no `__dict__`, slot or `repr`.
        self._text: Callable[[], str] = lambda: text

    def reveal(self) -> str:
        """The text: to be called where it is used, so that no variable ever has it."""
        return self._text()

    def __repr__(self) -> str:
        return "SCRUBBED"

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Secret):
            return self == other.reveal()
        return isinstance(other, str) and hmac.compare_digest(_encoded(self.reveal()), _encoded(other))

    def __hash__(self) -> int:
        return hash(self.reveal())

    def __bool__(self) -> bool:
        return bool(self.reveal())

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, _memo: object) -> Secret:
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret isn't written anywhere")


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


@dataclass(frozen=True, slots=True)
class Credentials:
    """A key pair, and the token of temporary credentials. Texts that it is made of become secrets.

    Attributes:
        secret_id: the public half.
        secret_key: the secret half.
        token: of temporary credentials; None for permanent ones.
    """

    secret_id: Secret
    secret_key: Secret
    token: Secret | None = None

    def __post_init__(self) -> None:
        """Hide what was given as text."""
        for name in ("secret_id", "secret_key", "token"):
            if isinstance(value := getattr(self, name), str):
                object.__setattr__(self, name, Secret(value))

    @property
    def texts(self) -> list[Secret]:
        """All that nobody else may see."""
        return [each for each in (self.secret_id, self.secret_key, self.token) if each]


# The pair that the vendor's documentation of signatures prints; the emulator's where the environment names none.
EXAMPLE_CREDENTIALS = Credentials(
    Secret("AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE"), Secret("Gu5t9xGARNpq86cd98joQYCN3EXAMPLE")
)
