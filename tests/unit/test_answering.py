"""What comes out of answering, besides the answer."""

from collections.abc import Sequence
from typing import ClassVar

from support.scripted_model import scripted
from support.small_notes import evidence, passage

from ragbot.answering import Checks, Reply, ask_in_turn
from ragbot.aws.waiting import tell
from ragbot.evidence import EvidenceSentence, Prompt, Ruling
from ragbot.types import Sentence, Waiting

BOXES = passage("- A box holds at most 4 KB.\n- Boxes are stacked by a crane at night.")
WAIT = Waiting("bedrock:judge", "Bedrock is throttling this account", 2.0)


class ThrottledJudge:
    rereads: ClassVar[bool] = False

    def __call__(
        self, claim: str, notes: Sequence[EvidenceSentence], *, surely: bool = False
    ) -> Ruling | None:
        tell(WAIT)
        return "supported"


def test_what_the_judge_waits_for_is_told_before_the_sentence() -> None:
    prompt = Prompt("When are boxes stacked?", (), tuple(evidence(BOXES)))
    model = scripted("At night boxes are stacked by the crane [1]. A box holds at most 4 KB [1].")
    told = list(ask_in_turn(prompt, [model], Reply([]), Checks(judge=ThrottledJudge())))
    assert [type(each) for each in told] == [Waiting, Sentence, Sentence]
    assert told[0] == WAIT
