"""Which chat models can answer here, in order, and what their failures mean.

The seam is LangChain's `BaseChatModel`: Bedrock, an OpenAI-compatible server, a GGUF file
in this process, and `quotes`, which needs no model at all and is always the last resort.
"""

from ragbot.chat_models.choosing import (
    Availability,
    Candidate,
    availability,
    candidates,
    judge_of,
    passed_over,
    quoting_candidate,
)
from ragbot.chat_models.interventions import intervention
from ragbot.chat_models.prices import Price, cost_of, is_free, usage_of
from ragbot.chat_models.quoting import chosen_quotes, nearest_quote
from ragbot.failures import BLOCKED, explain_failure, explain_stop, kind_of

__all__ = [
    "BLOCKED",
    "Availability",
    "Candidate",
    "Price",
    "availability",
    "candidates",
    "chosen_quotes",
    "cost_of",
    "explain_failure",
    "explain_stop",
    "intervention",
    "is_free",
    "judge_of",
    "kind_of",
    "nearest_quote",
    "passed_over",
    "quoting_candidate",
    "usage_of",
]
