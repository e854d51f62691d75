"""A chat model as judge: do these notes bear out that sentence?

Asked where RAGBOT_JUDGE names one, about two kinds of sentences: those that the rules take for
supported, and those that say it in words too different for the rules. What the rules refute (a
figure that is not there, the name of something else) no judge can rescue.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar, cast

from ragbot.chat_models import Candidate, cost_of, explain_failure, usage_of
from ragbot.evidence import EvidenceSentence, Ruling
from ragbot.prompts import judging_messages
from ragbot.types import Cost, FellBack, Usage

_WORD = re.compile(r"\W*(supported|contradicted|unsupported)\b", re.IGNORECASE)
REPLY_TOKENS = 8


@dataclass(slots=True)
class ModelJudge:
    """Rules on the sentences of one answer, and keeps count of what that took.

    `failure` is set once it could not be asked: it is not waited for again in this answer, and
    the rules decide alone.
    """

    candidate: Candidate
    usage: Usage = field(default_factory=Usage)
    cost: Cost = field(default_factory=Cost)
    failure: FellBack | None = None
    rereads: ClassVar[bool] = False  # every reading is a call

    def __call__(
        self, claim: str, notes: Sequence[EvidenceSentence], *, surely: bool = False
    ) -> Ruling | None:
        """None where it could not be asked, or said anything but one of the three words."""
        if self.failure is not None:
            return None
        try:
            reply = self.candidate.open().invoke(
                judging_messages(claim, notes), max_tokens=REPLY_TOKENS
            )
        except Exception as error:
            # As for the answer: only what is known to be a provider's or a network's fault.
            reason = explain_failure(error)
            if reason is None:
                raise
            self.failure = FellBack(f"{self.candidate.model_id} (judge)", reason)
            return None
        spent = usage_of(getattr(reply, "usage_metadata", None) or {})
        self.usage += spent
        self.cost += cost_of(self.candidate.model_id, self.candidate.price, spent)
        said = _WORD.match(str(reply.text))
        return None if said is None else cast(Ruling, said[1].lower())
