"""Runs: recorded line by line, resumed without asking twice, scored over every question."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from support.scored_product import FREE, GAP, ROTATION, SIZE, asking, bank_file, product
from support.scripted_model import scripted

from eval.banks import BankError, load_bank
from eval.comparison import compare_runs, hold_to, load_baseline, save_baseline
from eval.gold import Gold, as_judged, found
from eval.product import Product
from eval.ranking import measured
from eval.replies import CachedChatModel, ReplyCache
from eval.report import anchor, html_report, markdown_summary
from eval.runner import ask_all, begin, chosen_questions, new_manifest, tasks_of
from eval.runs import ASKED, Record, RunError, RunFolder
from eval.summary import summarize
from ragbot.errors import ModelUnavailableError


def run(
    folder: Path, product: Product, rows: Sequence[dict[str, Any]], **conditions: Any
) -> tuple[RunFolder, list[Record]]:
    bank = load_bank(bank_file(folder, rows))
    chosen = [(bank, chosen_questions(bank, None, None, 0))]
    config = {"model": product.model_id, "seed": 0, **conditions}
    held = begin(folder / "run", new_manifest(product, chosen, config))
    work = asking(product, seed=config["seed"])
    return held, ask_all(held, tasks_of(chosen, work, ASKED), work)


def by_mode(records: Sequence[Record], id_: str) -> dict[str, Record]:
    return {record.mode: record for record in records if record.id == id_}


def test_a_choice_is_asked_in_every_mode_and_order(tmp_path: Path) -> None:
    # Closed book always says A; with the notes it reads the options as they are shown.
    model = scripted("A", "A", "A", "A", "C", "B", "A", "C", "B")
    _, records = run(tmp_path, product(tmp_path, model), [SIZE])
    modes = by_mode(records, "size")
    assert set(modes) == set(ASKED)
    assert modes["closed_book"].score == pytest.approx(1 / 3)
    assert modes["open_book"].score == modes["oracle"].score == 1
    assert [asked.order for asked in modes["oracle"].asked] == [[0, 1, 2], [1, 2, 0], [2, 0, 1]]
    assert modes["open_book"].evidence_found == 1
    assert modes["retrieval"].verdicts["R@1"] in (0, 1)
    assert modes["no_model"].shortcuts["random"] == pytest.approx(1 / 3)
    assert "400 KB" in modes["oracle"].asked[0].prompt
    assert "Study notes" not in modes["closed_book"].asked[0].prompt


def test_without_a_model_quotes_and_the_scorer_answer(tmp_path: Path) -> None:
    from ragbot.chat_models import candidates
    from ragbot.settings import Settings

    own = product(tmp_path, *candidates(Settings(model="quotes")))
    _, records = run(tmp_path, own, [SIZE, FREE, GAP])
    assert {r.mode for r in records if r.id == "size"} == {"retrieval", "no_model"}
    assert {r.mode for r in records if r.id == "free"} == {"retrieval", "open_book", "oracle"}
    assert by_mode(records, "free")["oracle"].score == 1
    assert by_mode(records, "free")["oracle"].citations[0]["span"].startswith("A Boxes item")


def test_a_crash_is_recorded_and_counts_as_wrong(tmp_path: Path) -> None:
    model = scripted(RuntimeError("it broke"), "B", "B", "B", "B", "B")
    _, records = run(tmp_path, product(tmp_path, model), [ROTATION | {"evidence": []}])
    closed = by_mode(records, "rotation")["closed_book"]
    assert (closed.score, closed.error) == (0, "RuntimeError: it broke")
    manifest = begin_again(tmp_path)
    summary = summarize(manifest.manifest(), records)
    assert summary["choices"]["closed_book"]["all"]["accuracy"]["n"] == 1
    assert any("crash" in alarm for alarm in summary["alarms"])


def test_a_free_question_without_facts_is_not_eligible(tmp_path: Path) -> None:
    bare = {"id": "bare", "question": FREE["question"]}
    model = scripted("400 KB.", RuntimeError("it broke"))
    _, records = run(tmp_path, product(tmp_path, model), [bare])
    modes = by_mode(records, "bare")
    assert (modes["closed_book"].score, modes["closed_book"].error) == (None, None)
    assert modes["open_book"].score is None and modes["open_book"].error


def begin_again(folder: Path) -> RunFolder:
    return RunFolder(folder / "run")


def test_a_run_that_was_killed_goes_on_and_asks_nothing_twice(tmp_path: Path) -> None:
    first = product(tmp_path, scripted("A", "A", "A", ModelUnavailableError("gone")))
    with pytest.raises(ModelUnavailableError):
        run(tmp_path, first, [SIZE | {"evidence": []}])
    file = tmp_path / "run/records.jsonl"
    whole = file.read_text(encoding="utf-8")
    assert [json.loads(line)["mode"] for line in whole.splitlines()] == ["no_model", "closed_book"]
    file.write_text(whole + whole[:50], encoding="utf-8")  # the kill came in mid-write
    # Three replies are left to give; one question too many would empty the script.
    second = product(tmp_path, scripted("A", "C", "B"))
    held, records = run(tmp_path, second, [SIZE | {"evidence": []}])
    assert [record.mode for record in records] == ["no_model", "closed_book", "open_book"]
    assert len(held.records()) == 3


def test_a_run_is_not_resumed_under_other_conditions(tmp_path: Path) -> None:
    own = product(tmp_path, scripted(*["A"] * 4))
    run(tmp_path, own, [ROTATION | {"evidence": []}])
    with pytest.raises(RunError, match="seed: 0, now 1"):
        run(tmp_path, own, [ROTATION | {"evidence": []}], seed=1)
    with pytest.raises(RunError, match="banks differs"):
        run(tmp_path, own, [ROTATION | {"evidence": [], "answer": [0]}])


def test_a_run_is_not_resumed_by_another_version_of_the_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = product(tmp_path, scripted(*["A"] * 4))
    held, _ = run(tmp_path, own, [ROTATION | {"evidence": []}])
    assert len(held.manifest().code["source"]) == 64
    monkeypatch.setattr("eval.runner._source_hash", lambda: "of a gate that was fitted anew")
    with pytest.raises(RunError, match=r"code differs: .*fitted anew"):
        run(tmp_path, own, [ROTATION | {"evidence": []}])


def test_a_spoilt_record_names_its_line(tmp_path: Path) -> None:
    held, _ = run(tmp_path, product(tmp_path, scripted(*["A"] * 4)), [ROTATION | {"evidence": []}])
    file = held.folder / "records.jsonl"
    file.write_text("{}\n" + file.read_text(encoding="utf-8"), encoding="utf-8")
    with pytest.raises(RunError, match=r"records\.jsonl:1: "):
        held.records()


def test_replies_are_kept_by_content(tmp_path: Path) -> None:
    cache = ReplyCache(tmp_path / "replies.db")
    inner = scripted("one", "two").open()
    model = CachedChatModel(inner=inner, replies=cache, identity="m")
    assert [model.invoke("a").text, model.invoke("a").text] == ["one", "one"]
    assert model.invoke("a").response_metadata["cached"]
    assert model.invoke("b").text == "two"
    another = CachedChatModel(inner=scripted("three").open(), replies=cache, identity="other")
    assert another.invoke("a").text == "three"
    again = CachedChatModel(
        inner=scripted().open(), replies=ReplyCache(tmp_path / "replies.db"), identity="m"
    )
    assert again.invoke("b").text == "two"


def test_a_pointer_to_nowhere_is_an_error_with_its_line(tmp_path: Path) -> None:
    gold = Gold(product(tmp_path).index)
    lost = {"doc_id": "boxes", "heading": "Crates", "quote": "A Boxes item can be at most 400 KB."}
    bank = load_bank(bank_file(tmp_path, [SIZE, ROTATION | {"evidence": [lost]}]))
    with pytest.raises(BankError, match=r"small\.jsonl:2: .*points nowhere"):
        gold.check(bank)


def test_an_alternative_does_as_well_as_the_evidence_itself(tmp_path: Path) -> None:
    gold = Gold(product(tmp_path).index)
    other = {
        "doc_id": "boxes",
        "heading": "Crates",
        "quote": "Crates has no built-in rotation of labels.",
    }
    pointer = SIZE["evidence"][0] | {"alternatives": [other]}
    (question,) = load_bank(bank_file(tmp_path, [SIZE | {"evidence": [pointer]}])).questions
    needs = gold.needs(question)
    (boxes,), (crates,) = (place.passage_ids for place in needs[0].places)
    assert found(needs, [crates]) == found(needs, [boxes]) == 1
    assert found(needs, ["x"]) == 0
    items, relevant = as_judged(needs, ["x", crates, boxes])
    assert (items, relevant) == (["x", "need-0"], {"need-0"})


def test_a_bank_s_conversation_is_held_before_its_question(tmp_path: Path) -> None:
    turns = [
        {"question": "How large can a Boxes item be?"},
        {"question": "and a Crates document?", "answer": "Crates documents: up to 16 MB."},
    ]
    row = FREE | {"question": "does it rotate its labels?", "history": turns}
    (question,) = load_bank(bank_file(tmp_path, [row])).questions
    first, second = product(tmp_path).turns_before(question, by_quotes=True)
    assert first.answer.startswith("A Boxes item can be at most 400 KB. [1]")
    assert first.about == (("Containers", "Boxes"),)
    assert (second.answer, second.about) == ("Crates documents: up to 16 MB.", ())
    assert second.query.startswith("How large can")


def test_a_question_that_found_nothing_scores_zero_and_is_not_left_out() -> None:
    judgments = {"a": {"x": 1}, "b": {"y": 1}}
    scores = measured(judgments, {"a": ["z", "x"], "b": []}, ["R@1", "R@5", "RR@10"])
    assert scores["a"] == {"R@1": 0, "R@5": 1, "RR@10": 0.5}
    assert scores["b"] == {"R@1": 0, "R@5": 0, "RR@10": 0}


def record(id_: str, score: float) -> Record:
    return Record(
        bank="b",
        id=id_,
        mode="open_book",
        split="test",
        kind="k",
        question=id_,
        score=score,
    )


def test_compare_tells_a_change_from_noise() -> None:
    before = [record(str(i), float(i % 2)) for i in range(60)]
    noise = [record(str(i), float(i % 2 if i > 3 else 1 - i % 2)) for i in range(60)]
    better = [record(str(i), 1.0) for i in range(60)]
    (told,) = compare_runs(before, noise, seed=0)
    assert told.verdict.startswith("noise") and len(told.flips) == 4
    (told,) = compare_runs(before, better, seed=0)
    assert told.verdict == "better"
    (told,) = compare_runs(better, before, seed=0)
    assert told.verdict == "worse"
    with pytest.raises(RunError, match="share no question"):
        compare_runs(before, [], seed=0)


def test_the_gate_holds_noise_and_fails_a_fall(tmp_path: Path) -> None:
    held, _ = run(tmp_path, product(tmp_path, scripted(*["A"] * 4)), [ROTATION | {"evidence": []}])
    file = tmp_path / "base.json"
    before = [record(str(i), float(i % 4 > 0)) for i in range(80)]
    save_baseline(file, held.manifest(), before)
    baseline = load_baseline(file)
    wobble = [record(str(i), float((i + (i < 4)) % 4 > 0)) for i in range(80)]
    assert not any(each.fell for each in hold_to(baseline, wobble, seed=0))
    fallen = [record(str(i), float(i % 4 > 1)) for i in range(80)]
    assert [each.fell for each in hold_to(baseline, fallen, seed=0)] == [True]
    # A question that is missing counts as wrong: nothing is won by leaving it out.
    assert [each.fell for each in hold_to(baseline, before[:60], seed=0)] == [True]
    with pytest.raises(RunError, match="no baseline"):
        load_baseline(tmp_path / "none.json")


def test_a_partial_fall_fails_the_gate_and_names_its_questions(tmp_path: Path) -> None:
    held, _ = run(tmp_path, product(tmp_path, scripted(*["A"] * 4)), [ROTATION | {"evidence": []}])
    before = [record(str(i), 2 / 3) for i in range(60)]
    save_baseline(tmp_path / "base.json", held.manifest(), before)
    baseline = load_baseline(tmp_path / "base.json")
    # A baseline is rounded; that alone is no fall, nor a gain.
    (same,) = hold_to(baseline, before, seed=0)
    assert (same.fell, same.comparison.changed) == (False, 0)
    (fallen,) = hold_to(baseline, [record("0", 0.6), *before[1:]], seed=0)
    assert (fallen.fell, fallen.lost) == (False, ("0",))
    less = [record(str(i), 0.2 if i == 7 else 0.6) for i in range(60)]
    (fallen,) = hold_to(baseline, less, seed=0)
    assert fallen.fell and fallen.lost[0] == "7" and len(fallen.lost) == 60


def test_changes_that_cancel_out_are_not_the_same() -> None:
    before = [record("a", 0.0), record("b", 0.3)]
    (told,) = compare_runs(before, [record("a", 0.3), record("b", 0.0)], seed=0)
    assert told.verdict.startswith("noise")
    (told,) = compare_runs(before, before, seed=0)
    assert told.verdict == "the same"


def test_the_report_shows_hostile_text_as_text_and_loads_nothing(tmp_path: Path) -> None:
    hostile = "</details><script>alert(1)</script><img src=//evil.example/x onerror=alert(1)>"
    rows = [ROTATION | {"id": hostile, "question": hostile, "options": [hostile, "Boxes"]}]
    held, records = run(tmp_path, product(tmp_path, scripted(*[hostile] * 6)), rows)
    manifest = held.manifest()
    summary = summarize(manifest, records)
    page = html_report(manifest, summary, records)
    assert "<script" not in page and "<img" not in page and "onerror" in page
    assert "default-src &#x27;none&#x27;" in page
    assert f'id="{anchor("small", hostile, "open_book")}"' in page
    assert "open book" in markdown_summary(manifest, summary)
