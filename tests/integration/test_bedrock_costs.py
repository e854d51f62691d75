"""An eval run on a loopback Bedrock: what it counts, where it stops, and that it gets there."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.bedrock_script import Fault, Reply, Request, fault, reply
from support.bedrock_server import BedrockServer, bedrock
from support.scored_product import FREE, asking, bank_file, product

from eval.banks import load_bank
from eval.ledger import BudgetError, Ledger, MeteredChatModel
from eval.report import html_report, markdown_summary
from eval.runner import ask_all, begin, chosen_questions, new_manifest, tasks_of
from eval.runs import Record, RunFolder
from eval.summary import summarize
from ragbot.chat_models import Candidate, candidates
from ragbot.settings import Settings

pytestmark = pytest.mark.integration
__all__ = ["bedrock"]  # the fixture

IN, OUT = 300, 40  # tokens of each reply
NOVA_LITE = (0.06, 0.24, 0.015)  # dollars for a million: in, out, read from the cache


def metered(ledger: Ledger, **changes: Any) -> Candidate:
    settings = Settings(model="bedrock:us.amazon.nova-lite-v1:0", max_tokens=40, **changes)
    candidate = candidates(settings)[0]
    model = MeteredChatModel(
        inner=candidate.open(),
        ledger=ledger,
        model_id=candidate.model_id,
        price=candidate.price,
        longest=settings.max_tokens,
    )
    return replace(candidate, open=lambda: model)


def run(
    folder: Path, ledger: Ledger, questions: int, *, jobs: int = 1, **changes: Any
) -> tuple[RunFolder, list[Record]]:
    rows = [FREE | {"id": f"free-{n}", "question": _question(n)} for n in range(questions)]
    own = product(folder, metered(ledger, **changes))
    bank = load_bank(bank_file(folder, rows))
    chosen = [(bank, chosen_questions(bank, None, None, 0))]
    held = begin(folder / "run", new_manifest(own, chosen, {"model": own.model_id, "seed": 0}))
    work = asking(own)
    tasks = tasks_of(chosen, work, ["open_book"])
    return held, ask_all(held, tasks, work, jobs=jobs, ledger=ledger)


def _question(number: int) -> str:
    return "How large can a Boxes item be" + "?" * (number + 1)


def said(number: int = 0, **more: Any) -> Reply:
    return reply(
        "A Boxes item can be at most 400 KB [1].", input_tokens=IN, output_tokens=OUT, **more
    )


def test_tokens_and_money_are_the_sum_by_hand(bedrock: BedrockServer, tmp_path: Path) -> None:
    bedrock.script(said(), said(cache_read=100), fault("ThrottlingException", 429), said())
    held, records = run(tmp_path, Ledger(), 3)
    spent = held.manifest().spent
    assert spent is not None
    assert (spent.input_tokens, spent.output_tokens) == (3 * IN + 100, 3 * OUT)
    assert spent.cache_read_tokens == 100
    dear, out, cheap = NOVA_LITE
    by_hand = (3 * IN * dear + 100 * cheap + 3 * OUT * out) / 1e6
    assert spent.usd == pytest.approx(by_hand)
    assert sum(a.cost or 0.0 for r in records for a in r.asked) == pytest.approx(by_hand)
    summary = summarize(held.manifest(), records)
    assert summary["spent"]["open_book"]["usd"] == pytest.approx(by_hand, abs=1e-6)
    assert spent.prices_of is not None
    for page in (
        markdown_summary(held.manifest(), summary),
        html_report(held.manifest(), summary, records),
    ):
        assert f"Paid for in this run: ${by_hand:.6f}".rstrip("0") in page
        assert f"list prices of {spent.prices_of}" in page


def test_a_limit_stops_the_run_before_it_is_passed_and_the_run_goes_on_later(
    bedrock: BedrockServer, tmp_path: Path
) -> None:
    bedrock.policy = lambda _: said()
    each = (IN * 0.06 + OUT * 0.24) / 1e6
    tight = Ledger(3.5 * each)
    with pytest.raises(BudgetError, match="--max-cost"):
        run(tmp_path, tight, 8)
    assert tight.cost.usd is not None and tight.limit is not None
    assert 0 < tight.cost.usd <= tight.limit
    answered = len(RunFolder(tmp_path / "run").records())
    assert answered == len(bedrock.requests) == 3
    # The second sitting knows what the first one spent.
    with pytest.raises(BudgetError):
        run(tmp_path, Ledger(3.5 * each), 8)
    assert len(bedrock.requests) == 3
    held, records = run(tmp_path, Ledger(1.0), 8)
    assert len(records) == len(bedrock.requests) == 8
    spent = held.manifest().spent
    assert spent is not None and spent.usd == pytest.approx(8 * each)


def test_a_limit_holds_for_several_questions_at_a_time(
    bedrock: BedrockServer, tmp_path: Path
) -> None:
    bedrock.policy = lambda _: said(after=0.05)
    ledger = Ledger(10 * (IN * 0.06 + OUT * 0.24) / 1e6)
    with pytest.raises(BudgetError):
        run(tmp_path, ledger, 30, jobs=8)
    assert (ledger.cost.usd or 0.0) <= (ledger.limit or 0.0)
    assert len(bedrock.requests) >= 8


def test_a_model_without_a_price_has_costs_that_are_not_known(
    bedrock: BedrockServer, tmp_path: Path
) -> None:
    bedrock.script(said())
    ledger = Ledger()
    settings = Settings(model="bedrock:newcomer.model-9-v1:0")
    candidate = candidates(settings)[0]
    model = MeteredChatModel(
        inner=candidate.open(), ledger=ledger, model_id="m", price=None, longest=40
    )
    model.invoke("How large?")
    assert ledger.cost.usd is None
    assert str(ledger.cost) == "no price known for m"


def half_turned_away() -> tuple[Any, list[str]]:
    """A policy that throttles each second request, and the questions that it answered."""
    lock, turn, answered = threading.Lock(), itertools.count(), []

    def policy(request: Request) -> Reply | Fault:
        with lock:
            if next(turn) % 2:
                return fault("ThrottlingException", 429)
            answered.append(_last_question(request))
            return said()

    return policy, answered


def _last_question(request: Request) -> str:
    return str(request.body["messages"][-1]["content"][0]["text"]).split("<question>")[1]


def test_a_run_finishes_where_half_of_its_requests_are_throttled(
    bedrock: BedrockServer, tmp_path: Path
) -> None:
    bedrock.policy, answered = half_turned_away()
    _, records = run(tmp_path, Ledger(), 12, jobs=6, bedrock_patience=600)
    assert [record.question for record in records] == [_question(n) for n in range(12)]
    assert all(record.error is None and record.score == 1 for record in records)
    assert len(answered) == len(set(answered)) == 12


def test_fifty_at_once_are_all_answered_once_and_in_their_order(
    bedrock: BedrockServer, tmp_path: Path
) -> None:
    from concurrent.futures import ThreadPoolExecutor

    refused: set[str] = set()
    lock = threading.Lock()
    answered: list[str] = []

    def policy(request: Request) -> Reply | Fault:
        """Each second question is throttled when it first comes."""
        number = str(request.body["messages"][-1]["content"][0]["text"])
        with lock:
            if int(number) % 2 and number not in refused:
                refused.add(number)
                return fault("ThrottlingException", 429)
            answered.append(number)
        return reply(f"to {number}", after=0.01)

    bedrock.policy = policy
    settings = Settings(model="bedrock:us.amazon.nova-lite-v1:0", bedrock_patience=600)
    model = candidates(settings)[0].open()

    def ask(number: int) -> str:
        return "".join(chunk.text for chunk in model.stream(str(number)))

    with ThreadPoolExecutor(max_workers=50) as pool:
        replies: Sequence[str] = list(pool.map(ask, range(50)))
    assert replies == [f"to {number}" for number in range(50)]
    assert sorted(answered, key=int) == [str(number) for number in range(50)]
    assert len(bedrock.requests) == 75
