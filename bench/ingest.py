"""Does an ingest keep pace with the encoder? From Markdown files to an index that answers.

    python -m bench ingest DOCS.jsonl.gz [--pages 400]

Seconds of a whole `python -m ingest` over real pages, in a process of its own, beside the bare
encoder over the same passages: `encode` alone, and `encode_with_parts`, which gives the sentences'
vectors too. Then the same ingest with one page changed, and with none.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.output import save, show, timed
from bench.pages import page_files
from ingest.pipeline import ingest_sources, read_sources
from ragbot.embedding import open_embedder
from ragbot.evidence import indexed_spans
from ragbot.settings import load_settings

_ABOUT = (__doc__ or "").split("\n")[0]


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench ingest", description=_ABOUT)
    parser.add_argument("docs", type=Path)
    parser.add_argument("--pages", type=int, default=400)
    parser.add_argument("--work", type=Path, default=Path(".ragbot/bench/ingest"))
    options = parser.parse_args(arguments)
    folder, index = options.work / "pages", options.work / "index"
    shutil.rmtree(options.work, ignore_errors=True)
    every = page_files(options.docs, options.work / "all")
    folder.mkdir()
    for file in every[: options.pages]:
        shutil.copy(file, folder)
    passages = ingest_sources(read_sources([folder])).contents.passages
    texts = [passage.indexed_text for passage in passages]
    spans = [indexed_spans(passage) for passage in passages]
    embedder = open_embedder(load_settings().models_dir)
    embedder.encode(["warm"])
    command = [sys.executable, "-m", "ingest", str(folder), "--index", str(index), "--json"]
    spent = {
        "encode": timed(lambda: embedder.encode(texts)),
        "encode with sentences": timed(embedder.encode_with_parts, texts, spans),
        "ingest": timed(_run, command),
    }
    first = folder / every[0].name
    first.write_text(first.read_text(encoding="utf-8") + "\n\nOne more thing is told here.\n")
    for name in ("ingest, one page changed", "ingest, nothing changed"):
        spent[name] = timed(_run, command)
    rows = [
        {
            "what": name,
            "passages": len(texts),
            "seconds": round(seconds, 2),
            "passages /s": round(len(texts) / seconds),
            "of the bare encoder": round(spent["encode"] / seconds, 2),
        }
        for name, seconds in spent.items()
    ]
    show(rows)
    save("ingest", rows)
    return 0


def _run(command: Sequence[str]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
