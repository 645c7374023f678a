"""What client libraries log of requests, at whatever level: without secrets."""

from __future__ import annotations

import logging

from conformance.exchange.messages import HttpRequest
from conformance.privacy.places import Extraction

__all__ = ["keep_secrets_out_of_logs"]

# Of urllib3: each logs the URL of a request, and so what a signature of version 1 carries.
_LOGGERS = ("urllib3.connectionpool", "urllib3.util.retry")


def keep_secrets_out_of_logs() -> None:
    """Have what is logged of URLs leave out keys, tokens and signatures; once, however often it is asked for."""
    for name in _LOGGERS:
        logger = logging.getLogger(name)
        if not any(isinstance(each, _WithoutSecrets) for each in logger.filters):
            logger.addFilter(_WithoutSecrets())


class _WithoutSecrets(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        """Take them out of each URL, or a path with its query, that a record tells."""
        if isinstance(record.args, tuple):
            record.args = tuple(_bare(each) if isinstance(each, str) and "?" in each else each for each in record.args)
        return True


def _bare(url: str) -> str:
    return Extraction().out_of(HttpRequest("GET", url, ())).url
