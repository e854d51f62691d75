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
        message, trace, stack = _told(record), record.exc_text or "", record.stack_info or ""
        told = "\n".join((message, trace, stack))
        if personal_data_in(told, self.policy.kinds("logs", "block")):
            return False
        kinds = self.policy.kinds("logs", "mask")
        record.msg, record.args = masked(message, kinds), None
        record.exc_text = masked(trace, kinds) or None
        record.stack_info = masked(stack, kinds) or None
        return True


def _told(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except Exception:  # noqa: BLE001 - whoever logs shall not fail by it
        return f"{record.msg} (its arguments do not fit)" if isinstance(record.msg, str) else "?"


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
