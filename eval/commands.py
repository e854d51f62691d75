"""The command: `python -m eval run | compare | gate | leakage | retrieval | report | fit`."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import re
import sys
import webbrowser
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from eval import comparison, leakage, retrieval
from eval.answerability import fit_gate, save_gate
from eval.asking import Asking
from eval.banks import load_bank, own_banks
from eval.batch.jobs import Job, jobs_of
from eval.batch.outbox import Outbox
from eval.batch.running import Conditions, close, need_bedrock, need_choices, under_way
from eval.batch.service import BatchService
from eval.combined import combined_records
from eval.gold import Gold
from eval.judge import Judge
from eval.ledger import Ledger
from eval.product import open_product
from eval.replies import ReplyCache
from eval.report import anchor, html_report, markdown_summary
from eval.runner import ask_all, begin, chosen_questions, new_manifest, tasks_of, unanswered
from eval.runs import ASKED, Manifest, Record, RunError, RunFolder, latest_run, write_whole
from eval.scorer import SentenceIndex, fit_on_dev, load_weights, save_weights
from eval.summary import summarize
from ragbot.chat_models import Candidate, Price
from ragbot.errors import RagbotError
from ragbot.settings import Settings, load_settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; its exit code: 0 done or held, 1 an error or a failed gate, 2 wrong usage,
    130 stopped."""
    options = _parser().parse_args(arguments)
    try:
        code: int = options.do(options)
        return code
    except RagbotError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nstopped; the same command goes on from here", file=sys.stderr)
        return 130


def do_run(options: argparse.Namespace) -> int:
    """Score, and write the report."""
    settings = load_settings(index=options.index, model=options.model, k=options.k)
    run = _run(options, settings)
    if run is None:
        return 0
    manifest, summary = _written(run)
    print(markdown_summary(manifest, summary))
    page = run.folder / "report.html"
    print(f"report: {page}\nrecords: {run.folder / 'records.jsonl'}")
    if options.open and sys.stdout.isatty() and (os.environ.get("DISPLAY") or _has_desktop()):
        webbrowser.open(page.resolve().as_uri())
    return 0


def _run(options: argparse.Namespace, settings: Settings) -> RunFolder | None:
    """The run, asked to its end; None where a batch job is under way for it."""
    banks = [load_bank(name) for name in options.bank]
    cache = None if options.no_cache else ReplyCache(_home(settings) / "replies.db")
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
        own = settings.model_copy(update={"model": options.judge})
        judged = open_product(own, cache, ledger=ledger, role="judge")
        judge = Judge(judged.models[0])
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
        _need_prices([product.models[0], *([judge.candidate] if judge else [])])
    config: dict[str, object] = {
        "model": product.model_id,
        "banks": [bank.name for bank in banks],
        "modes": list(options.mode),
        "split": options.split,
        "sample": options.sample,
        "rotations": options.orders,
        "seed": options.seed,
        "k": settings.k,
        "max_tokens": settings.max_tokens,
        "reranker": product.reranker is not None,
        "judge": options.judge,
    }
    if product.model_id.startswith("bedrock:"):
        config["tools"] = asking.tools
    manifest = new_manifest(product, chosen, config)
    run = begin(options.out or _folder(settings, manifest, fresh=options.new), manifest)
    tasks = tasks_of(chosen, asking, options.mode)
    if not tasks:
        raise RunError(
            f"{product.model_id} can answer none of these questions in the modes asked for",
            mend="python -m eval run --help",
        )
    left = unanswered(run, tasks, failed_again=options.failed_again)
    if outbox is not None:
        need_choices(tasks)
        conditions = Conditions(options.batch_role, options.batch_s3, options.max_cost)
        job = under_way(run, left, asking, outbox, settings, conditions)
        if job is not None:
            print(f"{job}\nrun {run.folder}: the same command brings the replies when it is done")
            return None
    elif any(not job.over for job in jobs_of(run.folder)):
        raise RunError(
            f"a batch job was submitted for {run.folder}, and its replies are still to come",
            mend="the same command with --batch",
        )
    done = len(tasks) - len(left)
    print(f"run {run.folder}: {len(tasks)} to ask, {done} already answered", file=sys.stderr)
    with _progress(done, len(tasks)) as progress:
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


def _need_prices(models: Sequence[Candidate]) -> None:
    """Raises RunError where a limit could not be held."""
    for model in models:
        if model.price is None:
            raise RunError(
                f"--max-cost cannot be held: no price known for {model.model_id}",
                mend="give its prices with --prices IN OUT, or in a file named by RAGBOT_PRICES",
            )


def _written(run: RunFolder) -> tuple[Manifest, dict[str, Any]]:
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
    manifest, summary = _written(run)
    print(markdown_summary(manifest, summary))
    return 0


def do_batch_status(options: argparse.Namespace) -> int:
    """Tell how the batch jobs of a run do."""
    settings = load_settings()
    for job in _jobs(options.run):
        print(job if job.over else BatchService(settings, job.region).looked_up(job))
    return 0


def do_batch_stop(options: argparse.Namespace) -> int:
    """Stop the batch job of a run; what is answered by then can be collected."""
    job = _jobs(options.run)[-1]
    if job.over or not job.arn:
        raise RunError(f"no batch job is under way for {options.run}")
    service = BatchService(load_settings(), job.region)
    service.stop(job)
    print(service.looked_up(job))
    return 0


def _jobs(folder: Path) -> list[Job]:
    jobs = jobs_of(folder)
    if not jobs:
        raise RunError(
            f"no batch job was submitted for {folder}",
            mend="name a folder that `python -m eval run --batch` has told",
        )
    return jobs


def do_compare(options: argparse.Namespace) -> int:
    """Improvement or noise?"""
    a, b = RunFolder(options.a), RunFolder(options.b)
    split = None if options.split == "all" else options.split
    first, second = a.manifest(), b.manifest()
    found = comparison.compare_runs(a.records(), b.records(), seed=options.seed, split=split)
    differing = comparison.differing_conditions(first, second)
    if options.json:
        told = {
            "differing": {name: list(values) for name, values in differing.items()},
            "comparisons": [each.to_json() for each in found],
        }
        print(json.dumps(told, indent=1))
        return 0
    print(
        "What differs: "
        + (
            "; ".join(f"{n}: {x} -> {y}" for n, (x, y) in differing.items())
            or "nothing but the moment"
        )
    )
    if set(differing) == {"seed"}:
        print("Only the seed differs: what is seen here is the noise of the measurement.")
    print("\n| bank, mode | n | a | b | b - a (95%) | flips a/b | McNemar p | detectable | |")
    print("|---|---|---|---|---|---|---|---|---|")
    for each in found:
        c = each.comparison
        print(
            f"| {each.bank}, {each.mode} | {c.n} | {c.a:.3f} | {c.b:.3f} | {c.difference:+.3f} "
            f"({c.low:+.3f} to {c.high:+.3f}) | {c.only_a}/{c.only_b} | {c.p:.3f} | "
            f"{c.detectable:.3f} | **{each.verdict}** |"
        )
    for each in found:
        for flip in each.flips[: options.flips]:
            way = "lost" if flip.a > flip.b else "won"
            page = (b.folder / "report.html").resolve().as_uri()
            link = f"{page}#{anchor(flip.bank, flip.id, flip.mode)}"
            print(f"\n{way}: {flip.id} ({flip.mode}) {flip.question[:90]}\n  {link}")
        if len(each.flips) > options.flips:
            print(f"\n... {len(each.flips) - options.flips} more flips in {each.mode} (--json)")
    return 0


def do_gate(options: argparse.Namespace) -> int:
    """Fail where quality really fell."""
    settings = load_settings(index=options.index)
    if options.save:
        run = RunFolder(options.run) if options.run else _latest(settings)
        file = comparison.BASELINES / f"{options.baseline}.json"
        comparison.save_baseline(file, run.manifest(), run.records())
        print(f"{file} holds {run.folder} from now on")
        return 0
    baseline = comparison.load_baseline(_baseline_file(options.baseline))
    run = RunFolder(options.run) if options.run else _run_again(baseline, options)
    manifest = run.manifest()
    for bank in manifest.banks:
        if baseline["banks"].get(bank.name, bank.sha256) != bank.sha256:
            raise RunError(
                f"bank {bank.name} is not the one that the baseline was made with: a key or a "
                "question was changed",
                mend=f"look at the change; then python -m eval gate --save --baseline "
                f"{options.baseline}",
            )
    held = comparison.hold_to(baseline, run.records(), seed=options.seed)
    fell = [each for each in held if each.fell]
    for each in held:
        c = each.comparison
        print(
            f"{'FELL' if each.fell else 'held'}  {each.bank}, {each.mode}: {c.a:.3f} -> {c.b:.3f} "
            f"({c.difference:+.3f}, {c.low:+.3f} to {c.high:+.3f}; n = {c.n}, p = {c.p:.3f}; "
            f"a fall of {c.detectable:.3f} would show)"
        )
    for each in fell:
        print(f"lost in {each.mode}: {', '.join(each.lost[:20])}")
    return 1 if fell else 0


def _run_again(baseline: dict[str, Any], options: argparse.Namespace) -> RunFolder:
    """The baseline's configuration, over the present code and index."""
    config = baseline["config"]
    model = config["model"].partition(":")[0]
    settings = load_settings(index=options.index, model=model, k=config["k"])
    again = argparse.Namespace(
        bank=config["banks"],
        mode=config["modes"],
        split=config["split"],
        sample=config["sample"],
        orders=config["rotations"],
        seed=config["seed"],
        judge=config.get("judge"),
        tools=config.get("tools", True),
        prices=None,
        max_cost=None,
        out=None,
        new=True,
        no_cache=False,
        jobs=None,
        batch=False,
        failed_again=False,
    )
    run = _run(again, settings)
    assert run is not None, "nothing is under way without --batch"
    _written(run)
    return run


def do_leakage(options: argparse.Namespace) -> int:
    """Fail where the index holds a question of the exam."""
    settings = load_settings(index=options.index)
    product = open_product(settings.model_copy(update={"model": "quotes"}), None)
    passages = product.index.all_passages()
    leaked = 0
    for name in options.bank or own_banks():
        bank = load_bank(name)
        found = leakage.in_index(bank.questions, passages, product.embedder)
        bad = [each for each in found if each.leaked]
        leaked += len(bad)
        worst = max((each.grams for each in found), default=0.0)
        near = max((each.cosine for each in found), default=0.0)
        print(
            f"{bank.name}: {len(found)} questions against {len(passages)} passages, {len(bad)} "
            f"found in the index (largest share of a question's word runs {worst:.2f}, nearest "
            f"meaning {near:.2f})"
        )
        for each in bad:
            how = "its option list" if each.options_found else f"{each.grams:.0%} of its word runs"
            print(f"  LEAKED {each.id}: {how}, cosine {each.cosine:.2f}, in {each.nearest}")
            print(f"    question: {each.question[:100]}\n    passage:  {each.text[:100]!r}")
        twins = leakage.across_splits(bank.questions, product.embedder)
        if twins:
            print(f"  {len(twins)} test questions have a near twin in dev:")
        for each in twins[:10]:
            print(f"    {each.id} ~ {each.nearest} (cosine {each.cosine:.2f})")
    return 1 if leaked else 0


def do_retrieval(options: argparse.Namespace) -> int:
    """Fusion, dense and lexical search side by side."""
    settings = load_settings(index=options.index)
    from ragbot.embedding import open_embedder

    if options.beir:
        with _progress(0, 0) as progress:
            rows = retrieval.beir_rows(
                options.beir, open_embedder(settings.models_dir), options.seed, progress
            )
        _print_rows(str(options.beir), rows, options.json)
        return 0
    product = open_product(settings.model_copy(update={"model": "quotes"}), None)
    gold = Gold(product.index)
    split = None if options.split == "all" else options.split
    for name in options.bank or own_banks():
        bank = load_bank(name)
        gold.check(bank)
        questions = [q for q in chosen_questions(bank, split, None, 0) if q.evidence]
        if questions:
            rows = retrieval.bank_rows(questions, gold, product, options.seed)
            _print_rows(f"{bank.name}, {options.split}", rows, options.json)
    return 0


def _print_rows(name: str, rows: Sequence[retrieval.Row], as_json: bool) -> None:
    if as_json:
        told = {
            row.way: {k: [v.value, v.low, v.high, v.n] for k, v in row.measures.items()}
            for row in rows
        }
        print(json.dumps({"set": name, "ways": told}))
        return
    n = next((v.n for row in rows for v in row.measures.values()), 0)
    print(f"\n{name} (n = {n}; 95% bootstrap)")
    for row in rows:
        cells = (f"{k} {v.value:.3f} ({v.low:.3f}-{v.high:.3f})" for k, v in row.measures.items())
        print(f"  {row.way:>24}  " + "   ".join(cells))


def do_fit(options: argparse.Namespace) -> int:
    """Fit anew on dev questions: the no-model scorer, and the gate of the product itself."""
    settings = load_settings(index=options.index, model="quotes")
    product = open_product(settings, None)
    bank = load_bank("practice")
    fitted = fit_on_dev(bank.questions, SentenceIndex(product.sentences, product.embedder))
    save_weights(fitted)
    print(f"scorer, fitted on {len(fitted.fitted_on)} dev questions: {fitted.all_dev.weights}")
    gate = fit_gate(product.retriever, settings.k)
    save_gate(gate)
    print(
        f"gate, fitted on {gate.n} dev questions; by cross-validation it refuses "
        f"{gate.refused:.3f} of the unanswerable and {gate.over_refused:.3f} of the others"
    )
    return 0


def _home(settings: Settings) -> Path:
    return settings.home / "eval"


def _folder(settings: Settings, manifest: Manifest, *, fresh: bool) -> Path:
    """The folder of the last run that was begun under these conditions and not finished, else
    a new one."""
    runs = _home(settings) / "runs"
    latest = latest_run(runs, finished=False)
    if latest is not None and not fresh:
        held = latest.manifest()
        if all(getattr(held, p) == getattr(manifest, p) for p in ("config", "banks", "index")):
            return latest.folder
    name = re.sub(r"[^\w.-]+", "-", f"{manifest.config['model']}-{'-'.join(_names(manifest))}")
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    folder = runs / f"{stamp}-{name}"
    number = 2
    while folder.exists():
        folder = runs / f"{stamp}-{name}-{number}"
        number += 1
    return folder


def _names(manifest: Manifest) -> list[str]:
    return [bank.name for bank in manifest.banks]


def _latest(settings: Settings) -> RunFolder:
    found = latest_run(_home(settings) / "runs", finished=True)
    if found is None:
        raise RunError("there is no finished run yet", mend="python -m eval run")
    return found


def _baseline_file(name: str) -> Path:
    file = Path(name)
    return file if file.suffix == ".json" else comparison.BASELINES / f"{name}.json"


@contextlib.contextmanager
def _progress(done: int, total: int) -> Iterator[Callable[..., None]]:
    """A bar on standard error: how many, how right so far, how much longer."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description:>12}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(elapsed_when_finished=False),
        TextColumn("{task.fields[score]}"),
    )
    scores: dict[str, list[float]] = {}
    with Bar(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("asking", total=total, completed=done, score="")

        def progress(done: int, total: int, record: Record | None = None) -> None:
            told = {}
            if record is not None:
                own = scores.setdefault(record.mode, [])
                own.append(record.score or 0.0)
                told = {"description": record.mode, "score": f"so far {sum(own) / len(own):.3f}"}
            bar.update(task, completed=done, total=total, **told)  # type: ignore[arg-type]

        yield progress


def _has_desktop() -> bool:
    return sys.platform in ("darwin", "win32") or bool(os.environ.get("WAYLAND_DISPLAY"))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m eval", description="How accurate are the answers, and how sure is that?"
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    run = commands.add_parser("run", help="score a configuration on question banks")
    run.set_defaults(do=do_run)
    run.add_argument(
        "--bank",
        nargs="+",
        default=["practice"],
        metavar="NAME|FILE",
        help=f"banks of the project ({', '.join(own_banks())}), .jsonl or .csv (default: practice)",
    )
    run.add_argument(
        "--mode", nargs="+", choices=ASKED, default=list(ASKED), help="default: all that apply"
    )
    run.add_argument("--model", help="as RAGBOT_MODEL: auto, bedrock:ID, local, quotes, ...")
    run.add_argument("--split", choices=("all", "dev", "test"), default="all")
    run.add_argument("--sample", type=_positive, help="a random sample of each bank, by the seed")
    run.add_argument(
        "--orders", type=_positive, help="orders in which options are shown (default: rotations)"
    )
    run.add_argument("--seed", type=int, default=0, help="0 keeps the printed order as the first")
    run.add_argument("-k", type=_positive, help="passages retrieved (default: RAGBOT_K)")
    run.add_argument("--jobs", type=_positive, help="questions at a time (default: by the model)")
    run.add_argument("--judge", metavar="MODEL", help="a model that judges free answers, too")
    run.add_argument(
        "--no-tools",
        dest="tools",
        action="store_false",
        help="ask Bedrock's models for letters in words, not through a tool",
    )
    run.add_argument(
        "--prices",
        nargs=2,
        type=float,
        metavar=("IN", "OUT"),
        help="dollars for a million tokens, instead of the price table's",
    )
    run.add_argument(
        "--max-cost",
        type=float,
        metavar="USD",
        help="stop before the run could cost more; the same command goes on with a higher one",
    )
    run.add_argument("--out", type=Path, help="the run's folder; one that is there is resumed")
    run.add_argument("--new", action="store_true", help="do not resume an unfinished run")
    run.add_argument("--no-cache", action="store_true", help="ask even what was asked before")
    run.add_argument("--no-open", dest="open", action="store_false", help="don't open the report")

    run.add_argument(
        "--failed-again", action="store_true", help="ask anew what failed in the run of --out"
    )
    run.add_argument(
        "--batch",
        action="store_true",
        help="ask Bedrock by a batch job, at half the price: the first call submits it, the same "
        "command again brings the replies (multiple choice only)",
    )
    run.add_argument("--batch-role", metavar="ARN", help="the role that Bedrock takes on for it")
    run.add_argument("--batch-s3", metavar="s3://BUCKET/PREFIX", help="for its input and output")

    batch = commands.add_parser("batch", help="look after the batch job of a run, or stop it")
    doing = batch.add_subparsers(required=True, metavar="COMMAND")
    status = doing.add_parser("status", help="how far is it?")
    status.set_defaults(do=do_batch_status)
    stop = doing.add_parser("stop", help="stop it; what is answered by then is paid for")
    stop.set_defaults(do=do_batch_stop)
    for command in (status, stop):
        command.add_argument("run", type=Path, metavar="RUN")

    report = commands.add_parser("report", help="make the report of a run anew")
    report.set_defaults(do=do_report)
    report.add_argument("run", type=Path, metavar="RUN")

    compare = commands.add_parser("compare", help="is run B better than run A, or is it noise?")
    compare.set_defaults(do=do_compare)
    compare.add_argument("a", type=Path, metavar="RUN_A")
    compare.add_argument("b", type=Path, metavar="RUN_B")
    compare.add_argument("--split", choices=("all", "dev", "test"), default="all")
    compare.add_argument("--flips", type=int, default=10, help="flips listed a mode (default 10)")
    compare.add_argument("--json", action="store_true")

    gate = commands.add_parser("gate", help="fail where quality fell below a baseline")
    gate.set_defaults(do=do_gate)
    gate.add_argument("run", nargs="?", type=Path, help="a run (default: run the baseline's anew)")
    gate.add_argument("--baseline", default="quotes", help="of eval/baselines/, or a .json file")
    gate.add_argument("--save", action="store_true", help="make the run the baseline")

    leaks = commands.add_parser("leakage", help="does the index hold a question?")
    leaks.set_defaults(do=do_leakage)
    leaks.add_argument("--bank", nargs="+", metavar="NAME|FILE", help="default: all of ours")

    search = commands.add_parser("retrieval", help="retrieval alone, beside its parts")
    search.set_defaults(do=do_retrieval)
    search.add_argument("--bank", nargs="+", metavar="NAME|FILE", help="default: all of ours")
    search.add_argument("--beir", type=Path, metavar="DIR", help="a set in BEIR's layout instead")
    search.add_argument("--split", choices=("all", "dev", "test"), default="all")
    search.add_argument("--json", action="store_true")

    fit = commands.add_parser("fit", help="fit the scorer and the gate on dev questions")
    fit.set_defaults(do=do_fit)

    for command in (run, gate, leaks, search, fit):
        command.add_argument("--index", type=Path, help="the index (default: RAGBOT_HOME/index)")
    for command in (compare, gate, search):
        command.add_argument("--seed", type=int, default=0, help="of the bootstrap")
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("at least 1")
    return number
