"""What the reading models learned from is not what they are scored on."""

from bench.other_notes import SHEETS
from eval.banks import load_bank, own_banks
from eval.leakage import TWINS
from ragbot.embedding import open_embedder
from ragbot.settings import Settings
from tuning.own_notes import read_texts
from tuning.sheets import read_sheets


def test_no_question_that_is_scored_has_a_twin_among_those_that_were_learned() -> None:
    embedder = open_embedder(Settings().models_dir)
    banks = [load_bank(name).questions for name in own_banks()]
    scored = [q.standalone or q.question for bank in banks for q in bank]
    learned = [each.text for each in read_texts() if each.kind not in ("true", "false")]
    nearest = (embedder.encode(scored) @ embedder.encode(learned).T).max(axis=1)
    # A hair's breadth, for an encoder that is rounded otherwise on another processor.
    twins = [q for q, near in zip(scored, nearest, strict=True) if near >= TWINS + 0.01]
    assert twins == []


def test_no_line_of_the_other_notes_is_one_that_was_learned() -> None:
    embedder = open_embedder(Settings().models_dir)
    others = [line.line for sheet in read_sheets(SHEETS) for line in sheet.lines]
    learned = [line.line for sheet in read_sheets() for line in sheet.lines]
    assert len(others) > 100
    nearest = (embedder.encode(others) @ embedder.encode(learned).T).max(axis=1)
    assert [line for line, near in zip(others, nearest, strict=True) if near >= TWINS] == []
