"""Which models of Bedrock keep a prompt's beginning, and how long it has to be for that.

As of 2026-11-24. Sources: the table of "Prompt caching" in the user guide of Amazon Bedrock for
Nova and for Claude up to 4.5; for later Claude the limits that Anthropic's documentation gives and,
of Sonnet 4.6, the greater of what is documented (1,024) and of what was observed (2,048,
anthropics/anthropic-sdk-python#1194).
"""

from __future__ import annotations

import re

from ragbot.chat_models.bedrock_models import bare

# The first that fits the bare model id; tokens.
_LEAST: tuple[tuple[str, int], ...] = (
    (r"amazon\.nova-", 1_000),
    (r"anthropic\.claude-3-7-sonnet", 1_024),
    (r"anthropic\.claude-3-5-sonnet-20241022-v2", 1_024),
    (r"anthropic\.claude-3-5-haiku", 2_048),
    (r"anthropic\.claude-haiku-", 4_096),
    (r"anthropic\.claude-opus-4-(?:1-)?2025", 1_024),
    (r"anthropic\.claude-opus-", 4_096),
    (r"anthropic\.claude-sonnet-4-(?:5-)?2025", 1_024),
    (r"anthropic\.claude-sonnet-", 2_048),
)


def cached_from(model: str) -> int | None:
    """Tokens from which a prefix is kept; None where the model is not known to keep any."""
    name = bare(model)
    return next((least for pattern, least in _LEAST if re.match(pattern, name)), None)
