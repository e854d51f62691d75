"""The real entailment model: it hears what the right words in the wrong places say."""

import pytest
from support.quoting_bot import quoting_bot
from support.small_notes import evidence, passage

from ragbot import onnx_session
from ragbot.citations import Checks, CitationChecker, DraftSentence
from ragbot.entailment import REFUTED, Entailment, open_entailment
from ragbot.settings import Settings

NOTES = passage(
    "- FIFO queues keep the order of messages; Standard queues have unlimited throughput.\n"
    "- Crates are cheaper than boxes.",
    "Queues",
)


@pytest.fixture(scope="module")
def entails() -> Entailment:
    model = open_entailment(Settings().models_dir)
    if model is None:
        pytest.skip("the entailment weights are not here: ragbot models pull entailment")
    return model


def verdict(claim: str, entails: Entailment | None) -> str:
    checker = CitationChecker(evidence(NOTES), Checks(judge=entails), withhold=True)
    return checker.check(DraftSentence(claim, (1,), "")).sentence.verdict


def test_a_swapped_property_is_no_longer_believed(entails):
    lie = "FIFO queues have unlimited throughput, while Standard queues keep the order of messages."
    (margin,) = entails.margins(lie, [NOTES.text.split("\n")[0]])
    assert margin < 0
    lie = "Boxes are cheaper than crates, which are the dearer ones."
    (margin,) = entails.margins(lie, ["Crates are cheaper than boxes."])
    assert margin < REFUTED


def test_what_is_read_beside_a_note_moves_nothing(entails):
    claim = "Boxes are cheaper than crates, which are the dearer ones."
    notes = [NOTES.text, "Crates are cheaper than boxes.", f"{NOTES.text} They are kept. " * 2]
    alone = [entails.margins(claim, [note])[0] for note in notes]
    assert entails.margins(claim, notes).tolist() == alone
    assert entails.margins(claim, []).tolist() == []


def test_a_truth_in_other_words_stays(entails):
    truth = "Standard queues have no throughput limit, and FIFO queues keep the order of messages."
    assert verdict(truth, entails) == "supported"


def test_a_word_of_the_language_that_no_note_has_is_no_invention(entails, tmp_path):
    """The encoder has no token for it; this model's vocabulary is four times as large."""
    known = quoting_bot(tmp_path, "# Crates\n\n- Crates are cheaper than boxes.\n").searcher()
    recognized = [known.recognizes(w) for w in ("leftover", "expires", "kestrovane")]
    assert recognized == [True, True, False]


def test_a_long_premise_is_cut_not_refused(entails):
    (margin,) = entails.margins("Crates are cheap.", ["Crates are heavy. " * 400])
    assert margin == margin  # a number


def test_margins_are_the_same_on_every_processor(entails, monkeypatch):
    """The way that is exact everywhere gives what the quick one gives, where that is taken."""
    note = (
        "Amazon CloudWatch: Composite alarms in CloudWatch combine alarms by AND and OR, which "
        "cuts noise."
    )
    lie = (
        "Putting alarms together into a composite alarm creates more noise than having separate "
        "alarms."
    )
    (margin,) = entails.margins(lie, [note])
    assert margin < REFUTED
    monkeypatch.setattr(onnx_session, "adds_in_32_bits", lambda: False)
    exact = open_entailment(Settings().models_dir)
    exact.load()
    options = exact._session.get_session_options()
    assert options.get_session_config_entry("session.x64quantprecision") == "1"
    assert exact.margins(lie, [note]).tolist() == [margin]
