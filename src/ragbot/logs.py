"""The product's loggers. What they write is free of personal data, whoever reads it.

Each module that logs takes its logger from here. The records of a library are its own affair.
"""

from __future__ import annotations

import logging

from ragbot.policies import PiiPolicy
from ragbot.screening import masked, personal_data_in


class Redaction(logging.Filter):
    """Masks personal data and secrets in a record and its traceback, or drops the record."""

    def __init__(self, policy: PiiPolicy | None = None) -> None:
        super().__init__()
        self.policy = policy or PiiPolicy()

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and not record.exc_text:  # handlers use the text where there is one
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        message, trace = record.getMessage(), record.exc_text or ""
        if personal_data_in(f"{message}\n{trace}", self.policy.kinds("logs", "block")):
            return False
        kinds = self.policy.kinds("logs", "mask")
        record.msg, record.args = masked(message, kinds), None
        record.exc_text = masked(trace, kinds) or None
        return True


_redaction = Redaction()


def product_logger(name: str) -> logging.Logger:
    """The logger of a module (its `__name__`), with the redaction in place.

    A filter on a logger is not inherited by those below it, so each gets it for itself.
    """
    logger = logging.getLogger(name)
    logger.addFilter(_redaction)
    return logger


def redact_by(policy: PiiPolicy) -> None:
    """Hold all of the product's loggers to this policy."""
    _redaction.policy = policy
