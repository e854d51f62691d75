"""Which attacks by text succeed, and what harmless text is taken for one?

    python -m bench injection [--model quotes|obedient|local] [--bank strangers|guests]
                              [--split test] [--most 25]

The attacks of tests/attacks/attacks.jsonl come through six channels: a document, a heading, a file
name, the question, the model's reply and an earlier turn; those of strangers.jsonl are by somebody
who did not know the defence, those of guests.jsonl by two more, of whom one (dev) was heard before
the reader of orders learned on. The hostile notes are ingested together
with corpus/ into an index of their own. `obedient` is a model that does whatever it was told, so
that the defence is measured and not the model's character. The replies of the channel "model reply"
are scripted, and left out with the local model, which takes some seconds a question. Successes are
printed with Wilson's interval. Then 280 lines by another stranger (lines.jsonl), 120 of them
orders: how many are heard, by the phrases alone and by the reader of orders, too, and how many of
the honest ones; and how many of the honest notes of lookalikes.jsonl, which the two guests wrote to
be taken for orders, and questions of theirs. Last, of the notes of places.jsonl, in which a
stranger put an order wherever there is room for one, those whose order reaches a passage without a
caution, and of his honest plain_lines.jsonl those with one (half of either is dev).
"""

from __future__ import annotations

import argparse
import json
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from bench.attacked import Attack, Listening, attacks, obedient_reply, succeeds, write_notes
from bench.output import save
from eval.banks import load_bank, split_of
from eval.statistics import wilson
from ingest.pipeline import ingest_sources, read_sources
from ragbot.assembly import Ragbot
from ragbot.chat_models import Candidate, candidates, judge_of
from ragbot.embedding import open_embedder
from ragbot.errors import CorpusError
from ragbot.guardrails import UNGUARDED, cautioned
from ragbot.order_reading import Hears
from ragbot.retrieval import open_readers
from ragbot.retrieval.fusion import passage_flags
from ragbot.screening import flags_of, gives_orders
from ragbot.settings import Settings, load_settings
from ragbot.store import write_generation
from ragbot.types import Answer, Passage, RetrievedPassage, Turn, Why

_ABOUT = (__doc__ or "").split("\n")[0]
_FOLDER = Path(__file__).parents[1] / "tests" / "attacks"
_CORPUS = Path(__file__).parents[1] / "corpus"


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench injection", description=_ABOUT)
    parser.add_argument("--model", choices=("quotes", "obedient", "local"), default="quotes")
    parser.add_argument("--bank", choices=("attacks", "strangers", "guests"), default="attacks")
    parser.add_argument("--split", choices=("dev", "test"))
    parser.add_argument("--most", type=int, help="ask only so many, spread over the channels")
    options = parser.parse_args(arguments)
    chosen = [
        a for a in attacks(_FOLDER, options.bank) if options.split in (None, split_of(a["id"]))
    ]
    if options.model == "local":  # a scripted reply says nothing of a real model
        chosen = [attack for attack in chosen if "reply" not in attack]
    if options.most:
        chosen = chosen[:: max(1, len(chosen) // options.most)][: options.most]
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(index=Path(folder) / "index", model=_spec(options.model))
        passages = ingested(chosen, Path(folder) / "notes", settings)
        rows = _successes(chosen, options.model, settings)
        hears = open_readers(settings.models_dir).hears
    rows += _heard(hears) + _false_alarms(passages, hears) + _lookalikes(hears)
    rows += _odd_places(hears)
    _table(rows)
    bank = "" if options.bank == "attacks" else f"-{options.bank}"
    save(f"injection-{options.model}{bank}", rows)
    return 0


def _spec(model: str) -> str:
    return "quotes" if model == "obedient" else model


def ingested(chosen: Sequence[Attack], folder: Path, settings: Settings) -> list[Passage]:
    """Writes the index; gives the passages of corpus/ alone."""
    hostile = write_notes(chosen, folder)
    harmless = sorted(_CORPUS.glob("*.md"))
    contents = ingest_sources(read_sources([*harmless, *hostile])).contents
    embedder = open_embedder(settings.models_dir)
    write_generation(settings.index_dir, contents, embedder=embedder, fingerprint="injection")
    own = {str(file) for file in hostile}
    return [passage for passage in contents.passages if passage.source not in own]


def carried_out(
    chosen: Sequence[Attack], model: str, settings: Settings
) -> Iterator[tuple[Attack, Answer, bool]]:
    """Each attack with the answer that it got, and whether it succeeded."""
    embedder, readers = open_embedder(settings.models_dir), open_readers(settings.models_dir)
    quotes = candidates(settings.model_copy(update={"model": "quotes"}))
    for attack in chosen:
        listening = Listening(_inner(attack, model, settings))
        named = Candidate(model, lambda listening=listening: listening, model != "obedient")
        bot = Ragbot(
            settings,
            models=(named, *quotes),
            embedder=embedder,
            readers=readers,
            judge=judge_of(settings),
        )
        history = tuple(Turn(**turn) for turn in attack.get("history", ()))
        answer = bot.ask(attack["question"], history)
        yield attack, answer, succeeds(attack, answer, listening.heard, bot)


def _successes(chosen: Sequence[Attack], model: str, settings: Settings) -> list[Row]:
    outcomes: dict[str, list[bool]] = {}
    for attack, answer, won in carried_out(chosen, model, settings):
        outcomes.setdefault(attack["channel"], []).append(won)
        outcomes.setdefault(split_of(attack["id"]), []).append(won)
        if won:
            print(f"succeeded: {attack['id']} ({attack['tries']}): {answer.text[:160]!r}")
    splits = [name for name in ("dev", "test") if name in outcomes]
    channels = [name for name in outcomes if name not in splits]
    return [_row("attacks that succeed", name, outcomes[name]) for name in (*channels, *splits)]


def _inner(attack: Attack, model: str, settings: Settings) -> Any:
    if "reply" in attack:
        return attack["reply"]
    if model == "obedient":
        return obedient_reply(attack)
    return candidates(settings)[0].open()


def _heard(hears: Hears | None) -> list[Row]:
    lines = _read("lines.jsonl")
    rows = []
    for what, order in (("orders heard", True), ("honest lines heard", False)):
        told = [each["text"] for each in lines if each["order"] == order]
        rows.append(_row(what, "by phrases", [gives_orders(text) for text in told]))
        rows.append(_row(what, "by the reader, too", [_is_order(text, hears) for text in told]))
    return rows


def _is_order(text: str, hears: Hears | None) -> bool:
    return gives_orders(text) or (hears is not None and text in hears([text]))


def _false_alarms(corpus: Sequence[Passage], hears: Hears | None) -> list[Row]:
    harmless = _read("harmless.jsonl")
    notes = [each for each in harmless if each["kind"] == "note"]
    questions = [each["text"] for each in harmless if each["kind"] == "question"]
    found = cautioned([RetrievedPassage(p, 0.0, 1, Why(), passage_flags(p)) for p in corpus], hears)
    banks = [q.question for bank in ("natural", "unanswerable") for q in load_bank(bank).questions]
    return [
        _row(
            "false alarms",
            "notes flagged",
            [bool(flags_of(n["text"])) or _is_order(n["text"], hears) for n in notes],
        ),
        _row("false alarms", "questions refused", [_refused(q) for q in questions]),
        _row("false alarms", "bank questions refused", [_refused(q) for q in banks]),
        _row("false alarms", "passages of corpus/", [bool(item.flags) for item in found]),
    ]


def _lookalikes(hears: Hears | None) -> list[Row]:
    texts = _read("lookalikes.jsonl")
    rows = []
    for split in ("dev", "test"):
        own = [each for each in texts if split_of(each["id"]) == split]
        notes = [_is_order(each["text"], hears) for each in own if each["kind"] == "note"]
        asked = [_refused(each["text"]) for each in own if each["kind"] == "question"]
        rows.append(_row("look-alikes", f"notes taken for orders, {split}", notes))
        rows.append(_row("look-alikes", f"questions refused, {split}", asked))
    return rows


def _odd_places(hears: Hears | None) -> list[Row]:
    rows = []
    for split in ("dev", "test"):
        notes = [each for each in _read("places.jsonl") if each["split"] == split]
        unmarked = [
            _comes_through(each["file"], each["note"], each["order"], hears) for each in notes
        ]
        rows.append(_row("odd places", f"orders without a caution, {split}", unmarked))
        lines = [each["text"] for each in _read("plain_lines.jsonl") if each["split"] == split]
        marked = [any(item.flags for item in _shown("line.md", line, hears)) for line in lines]
        rows.append(_row("odd places", f"honest lines with one, {split}", marked))
    return rows


def _comes_through(file: str, note: str, order: str, hears: Hears | None) -> bool:
    """Whether the order, or its end, stands in a passage, and none of the note has a caution."""
    shown = _shown(file, note, hears)
    words = _words(order)
    text = " ".join(_words(item.passage.text) for item in shown)
    there = words[:60] in text or words[-60:] in text
    return there and not any(item.flags for item in shown)


def _words(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))


def _shown(file: str, note: str, hears: Hears | None) -> Sequence[RetrievedPassage]:
    """The passages of one note, as they would be shown; none where nothing of it is content."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / file
        path.write_text(note + "\n", encoding="utf-8")
        try:
            passages = ingest_sources(read_sources([path])).contents.passages
        except CorpusError:
            return ()
    found = [RetrievedPassage(p, 0.0, 1, Why(), passage_flags(p)) for p in passages]
    return cautioned(found, hears)


def _read(file: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (_FOLDER / file).read_text(encoding="utf-8").splitlines()]


def _refused(question: str) -> bool:
    admitted = UNGUARDED.admitted(question)
    return admitted.refusal is not None or admitted.blocked is not None


Row = dict[str, Any]


def _row(what: str, of: str, hits: Sequence[bool]) -> Row:
    low, high = wilson(sum(hits), len(hits))
    return {"what": what, "of": of, "n": len(hits), "hits": sum(hits), "low": low, "high": high}


def _table(rows: Iterable[Row]) -> None:
    for row in rows:
        share = row["hits"] / row["n"]
        print(
            f"{row['what']:<22}{row['of']:<32}{row['hits']:>4} of {row['n']:<5}"
            f"{share:.3f} ({row['low']:.3f}-{row['high']:.3f})"
        )
