"""Score a configuration, and write the report."""

from __future__ import annotations

import argparse
import json
import os
import sys
import webbrowser
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from eval.asking import Asking
from eval.banks import Bank, load_banks
from eval.batch.jobs import jobs_of
from eval.batch.outbox import Outbox
from eval.batch.running import Conditions, close, need_bedrock, need_choices, under_way
from eval.combined import combined_records
from eval.commands.folders import folder_for, home_of
from eval.commands.progress import progress_bar
from eval.gold import Gold
from eval.judge import Judge
from eval.ledger import Ledger
from eval.product import open_judge, open_product
from eval.replies import ReplyCache
from eval.report import html_report, markdown_summary
from eval.runner import Task, ask_all, begin, chosen_questions, new_manifest, tasks_of, unanswered
from eval.runs import Manifest, RunError, RunFolder, write_whole
from eval.scorer import load_weights
from eval.summary import summarize
from ragbot.chat_models import Candidate, Price
from ragbot.settings import Settings, load_settings


def do_run(options: argparse.Namespace) -> int:
    """Score, and write the report."""
    settings = load_settings(index=options.index, model=options.model, k=options.k)
    run = asked_run(options, settings)
    if run is None:
        return 0
    manifest, summary = write_report(run)
    print(markdown_summary(manifest, summary))
    page = run.folder / "report.html"
    print(f"report: {page}\nrecords: {run.folder / 'records.jsonl'}")
    if options.open and sys.stdout.isatty() and (os.environ.get("DISPLAY") or _has_desktop()):
        webbrowser.open(page.resolve().as_uri())
    return 0


def asked_run(options: argparse.Namespace, settings: Settings) -> RunFolder | None:
    """The run, asked to its end; None where a batch job is under way for it."""
    if options.batch and options.new:
        raise RunError(
            "--new with --batch would submit another job each time it is repeated",
            mend="leave out --new, or name a new folder with --out",
        )
    banks = load_banks(options.bank)
    cache = None if options.no_cache else ReplyCache(home_of(settings) / "replies.db")
    outbox = Outbox() if options.batch else None
    # A job is held to the limit before it is submitted; its replies are paid for when they come.
    ledger = Ledger(None if outbox else options.max_cost)
    price = Price(*options.prices) if options.prices else None
    product = open_product(settings, cache, ledger=ledger, price=price, outbox=outbox)
    if outbox is not None:
        need_bedrock(product.model_id)
    gold = Gold(product.index)
    for bank in banks:
        gold.check(bank)
    split = None if options.split == "all" else options.split
    chosen = [(b, chosen_questions(b, split, options.sample, options.seed)) for b in banks]
    for bank, questions in chosen:
        if not questions:
            raise RunError(f"bank {bank.name} has no question in split {options.split}")
    judge = None
    if options.judge:
        judge = Judge(open_judge(settings, options.judge, cache, ledger))
    asking = Asking(
        product,
        gold,
        load_weights(),
        rotations=options.orders,
        seed=options.seed,
        judge=judge,
        tools=options.tools and outbox is None,  # Bedrock refuses tools in batch jobs of Converse
    )
    if options.max_cost is not None:
        scoring = [judge.candidate] if judge else []
        _need_prices([product.models[0], *product.assisting.values(), *scoring])
    tasks = tasks_of(chosen, asking, options.mode)
    if not tasks:
        raise RunError(
            f"{product.model_id} can answer none of these questions in the modes asked for",
            mend="python -m eval run --help",
        )
    if outbox is not None:
        need_choices(tasks)
    manifest = new_manifest(product, chosen, _config(options, asking, banks))
    run = begin(options.out or folder_for(settings, manifest, fresh=options.new), manifest)
    left = unanswered(run, tasks, failed_again=options.failed_again)
    if _waits(run, left, asking, outbox, options):
        return None
    done = len(tasks) - len(left)
    print(f"run {run.folder}: {len(tasks)} to ask, {done} already answered", file=sys.stderr)
    with progress_bar(done, len(tasks)) as progress:
        jobs = options.jobs or product.parallel
        records = ask_all(
            run,
            tasks,
            asking,
            jobs=jobs,
            progress=progress,
            ledger=ledger,
            failed_again=options.failed_again,
        )
    if outbox is not None:
        close(run)
    held = {record.key: record for record in run.records()}
    for record in combined_records(records):
        if record != held.get(record.key):
            run.append(record)
    finished = run.manifest()
    finished.finished = finished.finished or datetime.now(UTC).isoformat(timespec="seconds")
    run.write_manifest(finished)
    return run


def _config(
    options: argparse.Namespace, asking: Asking, banks: Sequence[Bank]
) -> dict[str, object]:
    """All that may change a score."""
    product = asking.product
    config: dict[str, object] = {
        **product.conditions,
        "banks": [bank.name for bank in banks],
        "modes": list(options.mode),
        "split": options.split,
        "sample": options.sample,
        "rotations": options.orders,
        "seed": options.seed,
        "judge": options.judge,
    }
    if product.model_id.startswith("bedrock:"):
        config["tools"] = asking.tools
    return config


def _waits(
    run: RunFolder,
    left: Sequence[Task],
    asking: Asking,
    outbox: Outbox | None,
    options: argparse.Namespace,
) -> bool:
    """Is a batch job under way for the run? It is submitted where there is none yet."""
    if outbox is None:
        if any(not job.over for job in jobs_of(run.folder)):
            raise RunError(
                f"a batch job was submitted for {run.folder}, and its replies are still to come",
                mend="the same command with --batch",
            )
        return False
    conditions = Conditions(options.batch_role, options.batch_s3, options.max_cost)
    job = under_way(run, left, asking, outbox, asking.product.settings, conditions)
    if job is not None:
        print(f"{job}\nrun {run.folder}: the same command brings the replies when it is done")
    return job is not None


def _need_prices(models: Sequence[Candidate]) -> None:
    """Raises RunError where a limit could not be held."""
    for model in models:
        if model.price is None:
            raise RunError(
                f"--max-cost cannot be held: no price known for {model.model_id}",
                mend="give its prices with --prices IN OUT, or in a file named by RAGBOT_PRICES",
            )


def write_report(run: RunFolder) -> tuple[Manifest, dict[str, Any]]:
    """Figures and pages, made anew from the records."""
    manifest, records = run.manifest(), run.records()
    summary = summarize(manifest, records)
    write_whole(run.folder / "summary.json", json.dumps(summary, indent=1) + "\n")
    write_whole(run.folder / "summary.md", markdown_summary(manifest, summary))
    write_whole(run.folder / "report.html", html_report(manifest, summary, records))
    return manifest, summary


def do_report(options: argparse.Namespace) -> int:
    """Make the summary and the report of a run anew from its records."""
    run = RunFolder(options.run)
    manifest, summary = write_report(run)
    print(markdown_summary(manifest, summary))
    return 0


def _has_desktop() -> bool:
    return sys.platform in ("darwin", "win32") or bool(os.environ.get("WAYLAND_DISPLAY"))
