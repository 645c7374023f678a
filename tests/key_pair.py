"""The one key pair of all tests, and a token: the environment's, where it names them. What is written is searched."""

import os

from conformance.base.credentials import EXAMPLE_CREDENTIALS, Credentials, Secret
from conformance.base.environment import credentials_of_environment

_FOUND = credentials_of_environment() or EXAMPLE_CREDENTIALS
# Without a token, as permanent ones are.
CREDENTIALS = Credentials(_FOUND.secret_id, _FOUND.secret_key)
FOR_PROCESSES = {
    "TENCENTCLOUD_SECRET_ID": CREDENTIALS.secret_id.reveal(),
    "TENCENTCLOUD_SECRET_KEY": CREDENTIALS.secret_key.reveal(),
}
TOKEN = _FOUND.token or Secret("AVeryTemporary+/TokenOfNobody0123456789==")
PAIR = Credentials(CREDENTIALS.secret_id, CREDENTIALS.secret_key, TOKEN)


def know_the_key_pair():
    """Have every server and every client that knows the documented example know this pair; nothing sends the token."""
    os.environ.pop("TENCENTCLOUD_TOKEN", None)
    for name in ("secret_id", "secret_key"):
        object.__setattr__(EXAMPLE_CREDENTIALS, name, getattr(CREDENTIALS, name))
