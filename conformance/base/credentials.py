"""A key pair, and the pair that the vendor documents as an example."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["EXAMPLE_CREDENTIALS", "Credentials"]


@dataclass(frozen=True, slots=True)
class Credentials:
    """A key pair, and the token of temporary credentials. The secrets are left out of `repr`.

    Attributes:
        secret_id: the public half.
        secret_key: the secret half.
        token: of temporary credentials; None for permanent ones.
    """

    secret_id: str
    secret_key: str = field(repr=False)
    token: str | None = field(default=None, repr=False)

    @property
    def texts(self) -> list[str]:
        """All that nobody else may see."""
        return [each for each in (self.secret_id, self.secret_key, self.token) if each]


# The pair that the vendor's documentation of signatures prints; the emulator's where the environment names none.
EXAMPLE_CREDENTIALS = Credentials("AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE")
