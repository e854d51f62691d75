"""The command: `python -m ingest [PATH ...] [--index DIR] [--keep-others] [--json]`."""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from ingest.bank import write_bank
from ingest.pipeline import Ingested, fingerprint_of, ingest_sources, read_sources
from ingest.reading import left_out
from ragbot import embedding
from ragbot.aws import environment
from ragbot.chat_models.bedrock_models import Target
from ragbot.chat_models.prices import cost_of, load_prices
from ragbot.errors import RagbotError
from ragbot.settings import Settings, load_settings
from ragbot.store import ingested_paths, open_index, read_manifest, write_generation
from ragbot.types import Cost, Usage

SHIPPED = Path("corpus")  # read where no path is named
MOST_LISTED = 10
PATIENCE = 600.0  # seconds that an ingest waits for an embedder that is throttled


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    started = time.perf_counter()
    try:
        settings = load_settings(index=options.index)
        paths = options.paths or [SHIPPED]
        if options.keep_others and holds_others(settings.index_dir, paths):
            print(f"{settings.index_dir} holds other notes and is left as it is")
            return 0
        summary = ingest(paths, settings.index_dir, settings=settings, show=not options.quiet)
    except RagbotError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("stopped; the index is as it was before", file=sys.stderr)
        return 130
    summary["seconds"] = round(time.perf_counter() - started, 3)
    print(json.dumps(summary) if options.json else _told(summary, settings.index_dir))
    return 0


def ingest(
    paths: Sequence[Path],
    index_dir: Path,
    *,
    settings: Settings | None = None,
    show: bool = False,
) -> dict[str, object]:
    """Bring the index to what the paths hold; does nothing where it already is.

    Args:
        settings: those of the environment if not given.

    Returns:
        counts of documents, sections, passages and questions_set_aside, the coverage,
        warnings, and `up_to_date` where nothing was written; of an embedder of Bedrock also
        embedded_by, embedded_tokens and embedded_usd, of this run alone.
    """
    sources = read_sources(paths)
    settings = settings or load_settings()
    passage_embedder = embedding.bedrock_embedder(
        settings, patience=max(settings.bedrock_patience, PATIENCE)
    )
    embedder, slower = embedding.prepared_embedder(settings.models_dir)
    if slower and show:
        print(f"warning: {slower}; the slower encoder is used", file=sys.stderr)
    fingerprint = fingerprint_of(sources, embedding.fingerprint_of(embedder, passage_embedder))
    ingested = ingest_sources(sources, left_out(paths))
    manifest = read_manifest(index_dir)
    up_to_date = manifest is not None and manifest.fingerprint == fingerprint
    if not up_to_date:
        with _progress(show) as progress:
            write_generation(
                index_dir,
                ingested.contents,
                embedder=embedder,
                fingerprint=fingerprint,
                passage_embedder=passage_embedder,
                paths=[] if list(paths) == [SHIPPED] else [str(path.absolute()) for path in paths],
                progress=progress,
            )
    # In any case: the run that wrote the index may have been killed before it came to this.
    write_bank(index_dir / "questions.jsonl", ingested.contents.questions)
    summary = _summary(ingested, up_to_date)
    if passage_embedder is not None:
        summary |= _spent(passage_embedder, settings)
    return summary


def holds_others(index_dir: Path, paths: Sequence[Path]) -> bool:
    """Whether there is an index, and a file in it that the paths don't lead to; of one that cannot
    be opened, something that it was made of."""
    if read_manifest(index_dir) is None:
        sources = ingested_paths(index_dir) or ()
    else:
        sources = open_index(index_dir).sources()
    named = {path.resolve() for path in paths}
    held = (Path(source).resolve() for source in sources)
    return any(named.isdisjoint((file, *file.parents)) for file in held)


def _spent(embedder: embedding.BedrockEmbedder, settings: Settings) -> dict[str, object]:
    """What was read by Bedrock and what that costs; None where that is not known."""
    target = Target(embedder.model, embedder.region)
    price = load_prices(settings.prices).of_bedrock(target, environment.region())
    tokens = embedder.tokens
    cost = None if tokens is None else cost_of(embedder.model, price, Usage(tokens))
    return {
        "embedded_by": embedder.fingerprint,
        "embedded_tokens": tokens,
        "embedded_usd": None if cost is None else cost.usd,
    }


def _summary(ingested: Ingested, up_to_date: bool) -> dict[str, object]:
    counts = ingested.contents.counts
    return {
        "documents": counts["documents"],
        "sections": counts["sections"],
        "passages": counts["passages"],
        "questions_set_aside": counts["questions"],
        "coverage": round(ingested.coverage, 4),
        "warnings": [warning.to_json() for warning in ingested.warnings],
        "up_to_date": up_to_date,
        "unkeyed_questions": [
            {"file": q.source, "line": q.lines[0], "stem": q.stem}
            for q in ingested.contents.questions
            if q.answer is None
        ],
    }


def _told(summary: dict[str, object], index_dir: Path) -> str:
    state = "is up to date" if summary["up_to_date"] else "written"
    warnings = summary["warnings"]
    unkeyed = summary["unkeyed_questions"]
    assert isinstance(warnings, list) and isinstance(unkeyed, list)
    lines = [
        f"{index_dir} {state}: {summary['documents']} documents, {summary['sections']} sections, "
        f"{summary['passages']} passages in {summary['seconds']} s",
        f"content lines in exactly one passage: {float(str(summary['coverage'])):.1%}",
    ]
    if "embedded_by" in summary:
        lines.append(_told_of_bedrock(summary))
    if summary["questions_set_aside"]:
        lines.append(
            f"practice questions kept out of the index: {summary['questions_set_aside']}, "
            f"{len(unkeyed)} of them without an answer key" + (":" if unkeyed else "")
        )
    lines += [f"  {q['file']}:{q['line']}: {q['stem'][:70]}" for q in unkeyed[:MOST_LISTED]]
    if len(unkeyed) > MOST_LISTED:
        lines.append(f"  ... and {len(unkeyed) - MOST_LISTED} more (--json lists all)")
    lines += [
        f"warning: {warning['file']}:{warning['line']}: {warning['message']}"
        for warning in warnings[:MOST_LISTED]
    ]
    if len(warnings) > MOST_LISTED:
        lines.append(f"... and {len(warnings) - MOST_LISTED} more (--json lists all)")
    return "\n".join(lines)


def _told_of_bedrock(summary: dict[str, object]) -> str:
    tokens, usd = summary["embedded_tokens"], summary["embedded_usd"]
    read = "tokens not told" if tokens is None else f"{tokens:,} tokens"
    price = "no price known" if usd is None else str(Cost(float(str(usd))))
    return f"embedded by {summary['embedded_by']}: {read}, {price}"


@contextlib.contextmanager
def _progress(show: bool) -> Iterator[Callable[[str, int, int], None] | None]:
    """A bar on standard error, one line for each stage."""
    if not show:
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description:>10}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console) as bar:
        tasks: dict[str, int] = {}

        def progress(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bar.add_task(stage, total=total)
            bar.update(tasks[stage], completed=done, total=total)  # type: ignore[arg-type]

        yield progress


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m ingest",
        description="Read notes (.md, .html, or .txt pasted from a page) into an index. The index "
        "then holds these files and no others.",
    )
    parser.add_argument("paths", nargs="*", type=Path, help="files or folders (default: corpus/)")
    parser.add_argument("--index", type=Path, help="the index folder (default: RAGBOT_HOME/index)")
    parser.add_argument(
        "--keep-others", action="store_true", help="leave an index alone that holds other notes"
    )
    parser.add_argument("--json", action="store_true", help="print the summary as JSON")
    parser.add_argument("--quiet", action="store_true", help="no progress bar")
    return parser


if __name__ == "__main__":
    sys.exit(main())
