"""What the environment says: key pair, token and region, as the vendor's own tools name them; and folders."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from conformance.base.credentials import EXAMPLE_CREDENTIALS, Credentials, Secret
from conformance.base.errors import SuiteError, TargetUnusableError, UsageError
from conformance.base.hosts import is_loopback

__all__ = [
    "DEFAULT_REGION", "cache_folder", "check_header", "credentials_for", "credentials_of_environment",
    "region_of_environment", "secrets_of_environment", "state_folder",
]  # fmt: skip

DEFAULT_REGION = "ap-guangzhou"
# Where the environment is meant, functions are given none: a traceback shows what they were given.
_Environment = Mapping[str, str] | None
_SECRETS = ("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY", "TENCENTCLOUD_TOKEN")


def _value(environment: _Environment, name: str) -> str:
    return (os.environ if environment is None else environment).get(name, "")


def credentials_of_environment(environment: _Environment = None) -> Credentials | None:
    """The pair that the environment names, as the vendor's own tools do; None where it names none.

    Raises:
        UsageError: it names half a pair.
    """
    secret_id, secret_key, token = (Secret(_value(environment, name)) for name in _SECRETS)
    if not secret_id and not secret_key:
        return None
    if not secret_id or not secret_key:
        absent = "TENCENTCLOUD_SECRET_KEY" if secret_id else "TENCENTCLOUD_SECRET_ID"
        raise UsageError(f"the environment names half a key pair: {absent} is not set")
    for name, value in zip(_SECRETS, (secret_id, secret_key, token), strict=True):
        if value:
            check_header(name, value)
    return Credentials(secret_id, secret_key, token or None)


def secrets_of_environment(environment: _Environment = None) -> list[Secret]:
    """The texts of the environment that nobody may see, whoever signs with them."""
    return [secret for name in _SECRETS if (secret := Secret(_value(environment, name)))]


def region_of_environment(environment: _Environment = None) -> str:
    """The region that the environment names, else the default. Raises UsageError for one that no header can carry."""
    region = _value(environment, "TENCENTCLOUD_REGION") or DEFAULT_REGION
    check_header("TENCENTCLOUD_REGION", region)
    return region


def check_header(variable: str, value: str | Secret) -> None:
    """Raise UsageError for a value that can't stand in a header; never shows the value.

    Args:
        variable: the variable, or the option, that has it.
        value: what it has.
    """
    if not value:
        raise UsageError(f"{variable} is empty: leave it out, or give it a value")
    if not _fits(value.reveal() if isinstance(value, Secret) else value):
        raise UsageError(f"{variable} has a space, a line break or another character that no key, token or region has")


def _fits(value: str) -> bool:
    return all("!" <= character <= "~" for character in value)


def cache_folder(environment: _Environment = None) -> Path:
    """Where things are kept that can be made anew: under XDG_CACHE_HOME, or the home folder's `.cache`."""
    named = Path(_value(environment, "XDG_CACHE_HOME"))
    try:
        folder = named if named.is_absolute() else Path("~/.cache").expanduser()
    except RuntimeError:  # nobody's home is known, as in some containers
        folder = Path(tempfile.gettempdir())
    return folder / "iai-conformance"


def state_folder(environment: _Environment = None) -> Path:
    """Where things are kept that must outlive a run: under XDG_STATE_HOME, or the home folder's `.local/state`.

    Raises:
        SuiteError: neither is known.
    """
    named = Path(_value(environment, "XDG_STATE_HOME"))
    try:
        folder = named if named.is_absolute() else Path("~/.local/state").expanduser()
    except RuntimeError as error:
        raise SuiteError(f"no place for the journal ({error}): set XDG_STATE_HOME to a folder's full path") from error
    return folder / "iai-conformance"


def credentials_for(endpoint: str, environment: _Environment = None) -> Credentials:
    """The pair to sign with for a URL: the environment's, else, on this machine, the documented example.

    Raises:
        TargetUnusableError: another machine, and the environment names none.
    """
    found = credentials_of_environment(environment)
    if found is not None:
        return found
    if is_loopback(urlsplit(endpoint).hostname or ""):
        return EXAMPLE_CREDENTIALS
    raise TargetUnusableError(
        f"no credentials for {endpoint}: set TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY "
        "(the documentation's example pair is used for this machine alone)"
    )
