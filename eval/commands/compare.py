"""Two runs beside each other, and a run beside a baseline."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from shlex import quote
from typing import Any

from eval import comparison
from eval.commands.folders import latest_finished
from eval.commands.run import asked_run, write_report
from eval.report import anchor
from eval.runs import RunError, RunFolder
from ragbot.settings import load_settings


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
    print("\n| bank, mode | n | a | b | b - a (95%) | flips a/b | p | detectable | |")
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
        run = RunFolder(options.run) if options.run else latest_finished(settings)
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
                f"{quote(str(options.baseline))}",
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
    run = asked_run(again, settings)
    assert run is not None, "nothing is under way without --batch"
    write_report(run)
    return run


def _baseline_file(name: str) -> Path:
    file = Path(name)
    return file if file.suffix == ".json" else comparison.BASELINES / f"{name}.json"
