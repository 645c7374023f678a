from collections.abc import Mapping
from dataclasses import dataclass

from app.mistakes import active


@dataclass(frozen=True)
class Settings:
    secret_id: str
    secret_key: str
    service: str = "iai"
    version: str = "2020-03-03"
    max_groups: int = 100_000
    max_body_bytes: int = 10 * 1024 * 1024
    signature_lifetime: int = 300

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "Settings":
        limits = {}
        if active("quota-ten-thousand"):
            limits["max_groups"] = 10_000
        if active("timestamp-window-one-hour"):
            limits["signature_lifetime"] = 60 * 60
        return cls(
            secret_id=environ.get("TENCENTCLOUD_SECRET_ID", ""),
            secret_key=environ.get("TENCENTCLOUD_SECRET_KEY", ""),
            **limits,
        )
