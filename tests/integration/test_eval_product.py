"""An eval run asks the bot that a person would be given: same index, models, checks and prices."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from support.bedrock_embeddings import TITAN, embeddings_of
from support.bedrock_script import Fault, Reply, Request, fault, reply
from support.bedrock_server import BedrockServer, bedrock
from support.word_lengths import WordLengths

from eval.commands import main
from eval.ledger import BudgetError, Ledger
from eval.product import Product, open_product
from ingest.__main__ import ingest
from ragbot.errors import IndexMismatchError, ModelUnavailableError
from ragbot.settings import load_settings
from ragbot.types import Turn

pytestmark = pytest.mark.integration
__all__ = ["bedrock"]  # the fixture

ANSWERS, JUDGES, REWRITES = (
    "us.amazon.nova-lite-v1:0",
    "us.amazon.nova-pro-v1:0",
    "us.amazon.nova-micro-v1:0",
)
# All words of the notes, the other way round: the rules believe it.
TURNED = "At night labels rotates its Boxes [1]."
# Dollars for a million tokens: read, written.
LITE, PRO = (0.06, 0.24), (0.80, 3.20)
READ, WRITTEN = 11, 7  # tokens of each reply of the server


@pytest.fixture
def home(bedrock: BedrockServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> BedrockServer:
    """Small notes ingested; a model that answers and another that judges, both on the loopback."""
    monkeypatch.setattr("ragbot.embedding.prepared_embedder", lambda _: (WordLengths(), None))
    monkeypatch.setattr("eval.product.open_embedder", lambda _: WordLengths())
    monkeypatch.setattr("eval.product.PATIENCE", 1.0)
    for name, value in {
        "HOME": str(tmp_path / "home"),
        "MODELS_DIR": str(tmp_path / "models"),
        "MODEL": "bedrock",
        "BEDROCK_MODEL": ANSWERS,
        "BEDROCK_REWRITE_MODEL": REWRITES,
        "BEDROCK_PATIENCE": "1",
    }.items():
        monkeypatch.setenv(f"RAGBOT_{name}", value)
    return bedrock


@pytest.fixture
def judged(home: BedrockServer, monkeypatch: pytest.MonkeyPatch) -> BedrockServer:
    monkeypatch.setenv("RAGBOT_JUDGE", f"bedrock:{JUDGES}")
    return home


def ingested(tmp_path: Path) -> None:
    file = tmp_path / "boxes.md"
    told = (
        "# Boxes\n\n- A Boxes item can be at most 400 KB.\n- Boxes rotates its labels at night.\n"
    )
    file.write_text(told, encoding="utf-8")
    ingest([file], load_settings().index_dir)


def opened(ledger: Ledger | None = None) -> Product:
    return open_product(load_settings(), None, ledger=ledger)


def answering(
    text: str, ruling: str | Fault = "CONTRADICTED", reworded: str = ""
) -> Callable[[Request], Reply | Fault]:
    """Each model by its part."""

    def policy(request: Request) -> Reply | Fault:
        if request.model_id == JUDGES:
            return ruling if isinstance(ruling, Fault) else reply(ruling)
        if request.model_id == REWRITES:
            return reply(reworded)
        return reply(text)

    return policy


def asked_of(service: BedrockServer) -> list[str]:
    return [request.model_id for request in service.requests]


def test_a_knowledge_base_cannot_be_scored(
    home: BedrockServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RAGBOT_RETRIEVER", "kb:KB12345678")
    assert main(["run", "--model", "quotes", "--no-open"]) == 1
    told = capsys.readouterr().err
    assert "only an index can be scored" in told and "unset RAGBOT_RETRIEVER" in told
    assert not home.requests


def test_an_index_of_bedrocks_vectors_is_searched_by_them(
    home: BedrockServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    embeddings_of(home)
    monkeypatch.setenv("RAGBOT_EMBEDDER", f"bedrock:{TITAN}")
    monkeypatch.setattr("ingest.__main__.PATIENCE", 1.0)
    ingested(tmp_path)
    home.requests.clear()
    own = open_product(load_settings(model="quotes"), None)
    assert own.answer("How large is a Boxes item?").passages
    assert [request.body["inputText"] for request in home.requests] == [
        "How large is a Boxes item?"
    ]
    assert own.conditions["embedder"] == f"bedrock:{TITAN}/1024 + word-lengths/1"
    monkeypatch.delenv("RAGBOT_EMBEDDER")
    with pytest.raises(IndexMismatchError):
        open_product(load_settings(model="quotes"), None)


def test_what_the_judge_turns_down_is_turned_down_in_a_run(
    home: BedrockServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ingested(tmp_path)
    home.policy = answering(TURNED)
    question = "When are the labels of Boxes rotated?"
    plain = opened()
    monkeypatch.setenv("RAGBOT_JUDGE", f"bedrock:{JUDGES}")
    with_judge = opened()
    assert (plain.conditions["sentence_judge"], with_judge.conditions["sentence_judge"]) == (
        None,
        f"bedrock:{JUDGES}",
    )
    assert plain.answer(question).sentences[0].verdict == "supported"
    assert JUDGES not in asked_of(home)
    assert with_judge.answer(question).sentences[0].verdict == "contradicted"
    assert JUDGES in asked_of(home)


def test_a_follow_up_is_worded_by_the_model_that_a_person_would_get(
    home: BedrockServer, tmp_path: Path
) -> None:
    ingested(tmp_path)
    home.policy = answering(
        "A Boxes item can be at most 400 KB [1].", "", "How large can a Boxes item be?"
    )
    before = [Turn("What is a Boxes item?", "A Boxes item holds things.", "What is a Boxes item?")]
    own = opened()
    assert own.answer("And how large can it be?", before).query == "How large can a Boxes item be?"
    assert asked_of(home) == [REWRITES, ANSWERS]
    assert own.conditions["rewriter"] == f"bedrock:{REWRITES}"


def test_an_answer_that_was_checked_less_is_not_scored(
    judged: BedrockServer, tmp_path: Path
) -> None:
    ingested(tmp_path)
    refused = fault("AccessDeniedException", 403)
    judged.policy = answering(TURNED, refused)
    with pytest.raises(ModelUnavailableError, match=r"judge.*may not use this model"):
        opened().answer("When are the labels of Boxes rotated?")


def test_tokens_and_money_hold_the_judges_calls(judged: BedrockServer, tmp_path: Path) -> None:
    ingested(tmp_path)
    judged.policy = answering(TURNED, "supported")
    ledger = Ledger()
    answer = opened(ledger).answer("When are the labels of Boxes rotated?")
    assert asked_of(judged) == [ANSWERS, JUDGES]
    by_hand = (READ * (LITE[0] + PRO[0]) + WRITTEN * (LITE[1] + PRO[1])) / 1e6
    assert answer.cost.usd == pytest.approx(by_hand)
    assert ledger.cost.usd == pytest.approx(by_hand)
    assert (answer.usage.input_tokens, answer.usage.output_tokens) == (2 * READ, 2 * WRITTEN)
    assert ledger.usage == answer.usage


def test_the_limit_of_a_run_stops_it_before_the_judge_is_asked(
    judged: BedrockServer, tmp_path: Path
) -> None:
    ingested(tmp_path)
    judged.policy = answering(TURNED, "supported")
    # Lets the answer through (600 tokens at its worst), and no call of the dearer judge after it.
    ledger = Ledger(250e-6)
    with pytest.raises(BudgetError, match="--max-cost"):
        opened(ledger).answer("When are the labels of Boxes rotated?")
    assert asked_of(judged) == [ANSWERS]
    assert ledger.cost.usd == pytest.approx((READ * LITE[0] + WRITTEN * LITE[1]) / 1e6)
