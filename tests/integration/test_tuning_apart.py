"""What the entailment model learned from is not what it is scored on."""

from eval.banks import load_bank, own_banks
from eval.leakage import TWINS
from ragbot.embedding import open_embedder
from ragbot.settings import Settings
from tuning.own_notes import read_texts


def test_no_question_that_is_scored_has_a_twin_among_those_that_were_learned() -> None:
    embedder = open_embedder(Settings().models_dir)
    banks = [load_bank(name).questions for name in own_banks()]
    scored = [q.standalone or q.question for bank in banks for q in bank]
    learned = [each.text for each in read_texts() if each.kind not in ("true", "false")]
    nearest = (embedder.encode(scored) @ embedder.encode(learned).T).max(axis=1)
    # A hair's breadth, for an encoder that is rounded otherwise on another processor.
    twins = [q for q, near in zip(scored, nearest, strict=True) if near >= TWINS + 0.01]
    assert twins == []
