"""Which chat models can answer here, in order, and what their failures mean.

The seam is LangChain's `BaseChatModel`: Bedrock, an OpenAI-compatible server, a GGUF file
in this process, and `quotes`, which needs no model at all and is always the last resort.
"""

from ragbot.chat_models.choosing import (
    Availability,
    Candidate,
    availability,
    candidates,
    passed_over,
)
from ragbot.chat_models.failures import explain_failure

__all__ = [
    "Availability",
    "Candidate",
    "availability",
    "candidates",
    "explain_failure",
    "passed_over",
]
