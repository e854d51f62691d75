"""`python -m eval` over the real corpus: a run that survives a kill, and planted faults."""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from eval import comparison
from eval.asking import Asking
from eval.banks import QUESTIONS, load_bank
from eval.commands import main
from eval.gold import Gold
from eval.product import open_product
from eval.retrieval import beir_rows
from eval.runner import ask_all, begin, new_manifest, tasks_of
from eval.runs import RunFolder
from eval.scorer import load_weights
from eval.summary import summarize
from ingest.__main__ import ingest
from ragbot.embedding import open_embedder
from ragbot.errors import CorpusError
from ragbot.retrieval import Retriever
from ragbot.settings import Settings
from ragbot.types import NO_FILTERS, Filters, RetrievedPassage

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home")
    ingest([ROOT / "corpus"], folder / "index")
    return folder


@pytest.fixture
def at_home(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RAGBOT_HOME", str(home))
    return home


@pytest.fixture(scope="module")
def scored(home: Path) -> RunFolder:
    """The practice bank, by quotes, once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAGBOT_HOME", str(home))
        assert main(["run", "--model", "quotes", "--out", str(home / "scored"), "--no-open"]) == 0
    return RunFolder(home / "scored")


def test_a_run_scores_every_question_beside_the_baselines(scored: RunFolder) -> None:
    summary = scored.summary()
    n = len(load_bank("practice").questions)
    accuracy = summary["choices"]["no_model"]["all"]["accuracy"]
    assert accuracy["n"] == n
    assert accuracy["low"] > summary["shortcuts"]["all"]["random"]["value"]
    assert summary["alarms"] == []
    assert summary["retrieval"]["all"]["R@5"]["n"] == n
    assert (scored.folder / "report.html").stat().st_size > 10_000


def test_a_run_that_is_killed_goes_on_where_it_was(home: Path) -> None:
    out = home / "killed"
    command = [sys.executable, "-m", "eval", "run", "--model", "quotes", "--out", str(out)]
    environment = os.environ | {"RAGBOT_HOME": str(home)}
    first = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.DEVNULL)
    file = out / "records.jsonl"
    deadline = time.monotonic() + 120
    while not (file.is_file() and file.read_bytes().count(b"\n") >= 5):
        assert first.poll() is None and time.monotonic() < deadline, "it never began"
        time.sleep(0.02)
    first.send_signal(signal.SIGKILL)
    first.wait()
    before = file.read_bytes()
    before = before[: before.rfind(b"\n") + 1]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    held = len(before.splitlines())
    assert f"{held} already answered" in " ".join(done.stderr.split())
    after = file.read_bytes()
    assert after.startswith(before)
    keys = [(row["id"], row["mode"]) for row in map(json.loads, after.splitlines())]
    assert len(keys) == len(set(keys)) == 2 * len(load_bank("practice").questions)


def test_another_bank_cannot_be_mixed_into_a_run(
    scored: RunFolder, at_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["run", "--model", "quotes", "--out", str(scored.folder), "--split", "dev"]
    assert main(arguments) == 1
    assert "differs" in capsys.readouterr().err


# Three planted faults.


def test_a_shuffled_answer_key_is_caught(
    scored: RunFolder, at_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [json.loads(line) for line in (QUESTIONS / "practice.jsonl").read_text().splitlines()]
    rng = random.Random(1)
    for row in rows:
        wrong = [i for i in range(len(row["options"])) if i not in row["answer"]]
        row["answer"] = rng.sample(wrong, min(len(wrong), len(row["answer"])))
    spoilt = tmp_path / "practice.jsonl"
    spoilt.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    baseline = tmp_path / "base.json"
    comparison.save_baseline(baseline, scored.manifest(), scored.records())
    out = tmp_path / "run"
    arguments = ["run", "--model", "quotes", "--bank", str(spoilt), "--out", str(out), "--no-open"]
    assert main(arguments) == 0
    assert any("answer key may be wrong" in alarm for alarm in RunFolder(out).summary()["alarms"])
    assert main(["gate", str(out), "--baseline", str(baseline)]) == 1
    assert "a key or a question was changed" in capsys.readouterr().err


class RandomRetriever(Retriever):
    """Returns whatever it likes."""

    def search(
        self, query: str, k: int, filters: Filters = NO_FILTERS
    ) -> tuple[RetrievedPassage, ...]:
        ids = [passage.passage_id for passage in self.index.all_passages()]
        drawn = random.Random(query).sample(ids, k)
        held = {item.passage.passage_id: item for item in super().search(query, 1)}
        some = next(iter(held.values()))
        passages = self.index.passages(drawn)
        return tuple(
            RetrievedPassage(passages[pid], 1 / rank, rank, some.why)
            for rank, pid in enumerate(drawn, start=1)
        )


def test_a_retriever_that_returns_random_passages_is_caught(
    scored: RunFolder, home: Path, tmp_path: Path
) -> None:
    settings = Settings(home=home, model="quotes")
    product = open_product(settings, None)
    product.retriever = RandomRetriever(product.index, product.embedder)
    bank = load_bank("practice")
    chosen = [(bank, bank.questions)]
    asking = Asking(product, Gold(product.index), load_weights(), None, 0)
    run = begin(tmp_path / "run", new_manifest(product, chosen, {"model": "quotes", "seed": 0}))
    records = ask_all(run, tasks_of(chosen, asking, ["retrieval"]), asking)
    alarms = summarize(run.manifest(), records)["alarms"]
    assert any("it is broken" in alarm for alarm in alarms)
    baseline = tmp_path / "base.json"
    kept = [record for record in scored.records() if record.mode == "retrieval"]
    comparison.save_baseline(baseline, scored.manifest(), kept)
    (held,) = comparison.hold_to(comparison.load_baseline(baseline), records, seed=0)
    assert held.fell


def test_a_leaked_question_is_caught(
    at_home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["leakage"]) == 0
    corpus = tmp_path / "corpus"
    shutil.copytree(ROOT / "corpus", corpus)
    question = load_bank("practice").questions[7]
    with (corpus / "storage.md").open("a", encoding="utf-8") as sheet:
        sheet.write(f"\n## Extras\n\n- {question.question}\n")
    ingest([corpus], tmp_path / "index")
    capsys.readouterr()
    assert main(["leakage", "--index", str(tmp_path / "index")]) == 1
    assert f"LEAKED {question.id}" in capsys.readouterr().out


# Retrieval.


def test_retrieval_is_printed_beside_its_parts(
    at_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["retrieval", "--bank", "practice", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert set(told["ways"]) == {"read on", "fusion", "dense", "lexical"}
    value, low, high, n = told["ways"]["read on"]["R@5"]
    assert 0.3 < low <= value <= high and n == len(load_bank("practice").questions)


def test_a_set_in_beirs_layout_is_measured(tmp_path: Path) -> None:
    (tmp_path / "qrels").mkdir()
    (tmp_path / "corpus.jsonl").write_text(
        '{"_id": "1", "title": "Cats", "text": "Cats purr."}\n'
        '{"_id": "2", "title": "Dogs", "text": "Dogs bark at night."}\n'
    )
    (tmp_path / "queries.jsonl").write_text('{"_id": "q", "text": "what barks"}\n')
    (tmp_path / "qrels/test.tsv").write_text("query-id\tcorpus-id\tscore\nq\t2\t1\nlost\t1\t1\n")
    rows = {row.way: row.measures for row in beir_rows(tmp_path, open_embedder(tmp_path), 0)}
    # One of two judged queries is found; the other has no text, and is not left out.
    assert rows["lexical"]["R@1"].value == rows["dense"]["R@1"].value == 0.5
    with pytest.raises(CorpusError, match=re.escape("corpus.jsonl")):
        beir_rows(tmp_path / "qrels", open_embedder(tmp_path), 0)


def test_a_limit_of_cost_needs_a_price(
    at_home: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAGBOT_OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    limited = ["run", "--model", "openai:m", "--max-cost", "1", "--no-open"]
    assert main(limited) == 1
    told = capsys.readouterr().err
    assert "no price known for openai:m" in told and "--prices" in told
