"""The key pair and the region of a real account, found as the vendor's own tools find them."""

from __future__ import annotations

import configparser
import threading
from collections.abc import Mapping

from conformance.base.credentials import Credentials, Secret
from conformance.base.environment import check_header, credentials_of_environment
from conformance.base.errors import TargetUnusableError, UsageError

__all__ = ["find_credentials"]

_WHERE = (
    "set TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY (and TENCENTCLOUD_TOKEN, for temporary ones), "
    "or write them to ~/.tencentcloud/credentials"
)
# The vendor's library asks the machine for its role, without a bound: an address that elsewhere nobody answers.
_LONGEST = 5.0  # seconds


def find_credentials(environment: Mapping[str, str] | None = None) -> Credentials:
    """The pair of the environment, with its token; else what the vendor's own chain of providers finds.

    That is its credential file, then the role of the machine, then that of the cluster.

    Raises:
        UsageError: the environment or the file names half a pair, or one that no header can carry.
        TargetUnusableError: there is none.
    """
    found = credentials_of_environment(environment)
    return found if found is not None else _of_providers()


def _of_providers() -> Credentials:
    """What the vendor's library finds."""
    found: list[tuple[Secret, Secret, Secret]] = []
    problems: list[Exception] = []

    def look() -> None:
        from tencentcloud.common.credential import DefaultCredentialProvider

        try:
            pair = DefaultCredentialProvider().get_credentials()
            found.append((Secret(pair.secret_id or ""), Secret(pair.secret_key or ""), Secret(pair.token or "")))
        except Exception as error:  # of its own kind, of the file's, of the network's: whatever a provider runs into
            problems.append(error)

    looking = threading.Thread(target=look, name="credentials", daemon=True)
    looking.start()
    looking.join(_LONGEST)
    if not found:
        if problems and isinstance(problems[0], configparser.Error):
            kind = type(problems[0]).__name__
            raise UsageError(f"the vendor's credential file ~/.tencentcloud/credentials can't be read: {kind}")
        raise TargetUnusableError(f"no credentials for a live account: {_WHERE}")
    for name, value in zip(("secret_id", "secret_key", "token"), found[0], strict=True):
        if value or name != "token":
            check_header(f"the {name} that the vendor's library finds", value)
    secret_id, secret_key, token = found[0]
    return Credentials(secret_id, secret_key, token or None)
