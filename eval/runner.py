"""Asks what a run is to ask, and picks up where a killed one stopped."""

from __future__ import annotations

import random
import subprocess
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import ragbot
from eval.asking import Asking
from eval.banks import Bank, Question, Split
from eval.ledger import Ledger
from eval.product import Product, machine
from eval.runs import KEY, BankUsed, Manifest, Mode, Record, RunError, RunFolder, Spent, differing
from ragbot.errors import ModelUnavailableError
from ragbot.types import Cost, Usage

Progress = Callable[[int, int, Record], None]  # done, of how many, the latest
_ROOT = Path(__file__).resolve().parents[1]
_SOURCE = frozenset((".py", ".json", ".toml", ".txt"))


@dataclass(frozen=True, slots=True)
class Task:
    bank: str
    question: Question
    mode: Mode

    @property
    def key(self) -> KEY:
        return (self.bank, self.question.id, self.mode)


def chosen_questions(
    bank: Bank, split: Split | None, sample: int | None, seed: int
) -> tuple[Question, ...]:
    """Those of one split, or a sample of them that the seed draws."""
    chosen = [each for each in bank.questions if split is None or each.split == split]
    if sample is not None and sample < len(chosen):
        drawn = set(random.Random(seed).sample(range(len(chosen)), sample))
        chosen = [each for place, each in enumerate(chosen) if place in drawn]
    return tuple(chosen)


def tasks_of(
    banks: Sequence[tuple[Bank, Sequence[Question]]], asking: Asking, modes: Sequence[Mode]
) -> list[Task]:
    """Mode after mode, so that a run that is stopped early has one contestant whole."""
    every = [
        Task(bank.name, question, mode)
        for bank, questions in banks
        for question in questions
        for mode in asking.modes(question, modes)
    ]
    return sorted(every, key=lambda task: list(modes).index(task.mode))


def new_manifest(
    product: Product,
    banks: Sequence[tuple[Bank, Sequence[Question]]],
    config: dict[str, object],
) -> Manifest:
    stored = product.index.manifest
    return Manifest(
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        config=config,
        banks=[
            BankUsed(
                name=bank.name, file=bank.file.name, sha256=bank.sha256, questions=len(questions)
            )
            for bank, questions in banks
        ],
        index={
            "embedder": stored.embedder,
            "corpus": stored.fingerprint,
            "counts": dict(stored.counts),
        },
        code=code_version(),
        machine=dict(machine()),
    )


def begin(folder: Path, manifest: Manifest) -> RunFolder:
    """Open a run folder: a new one, or one that was begun under the same conditions.

    Raises:
        RunError: the folder holds something else, or a run under other conditions.
    """
    run = RunFolder(folder)
    if (folder / "manifest.json").is_file():
        held = run.manifest()
        for part in differing(held, manifest):
            raise RunError(
                f"{folder} holds a run whose {part} differs: "
                f"{_difference(getattr(held, part), getattr(manifest, part))}",
                mend="name another folder with --out, or repeat the options of that run",
            )
        run.drop_half_line()
        return run
    if folder.exists() and any(folder.iterdir()):
        raise RunError(f"{folder} is not empty and holds no run", mend="name another --out")
    folder.mkdir(parents=True, exist_ok=True)
    run.write_manifest(manifest)
    return run


def unanswered(run: RunFolder, tasks: Sequence[Task], *, failed_again: bool = False) -> list[Task]:
    """The tasks that are not recorded, or only as crashed where these are to be asked again."""
    done = {each.key for each in run.records() if not (failed_again and each.error)}
    return [task for task in tasks if task.key not in done]


def ask_all(
    run: RunFolder,
    tasks: Sequence[Task],
    asking: Asking,
    *,
    jobs: int = 1,
    progress: Progress | None = None,
    ledger: Ledger | None = None,
    failed_again: bool = False,
) -> list[Record]:
    """Ask what is not yet recorded; the records of all tasks, in their order.

    Args:
        failed_again: ask anew what is recorded as crashed.

    Raises:
        ModelUnavailableError: the model is not to be had; what was answered stays recorded.
        BudgetError: the next call could take the run above its limit; so it does then.
    """
    if ledger is not None:
        _carry_over(run, ledger)
    left = unanswered(run, tasks, failed_again=failed_again)
    records = {record.key: record for record in run.records()}
    if any(task.mode == "no_model" for task in left):
        _ = asking.scorer  # built once, before several threads want it
    started = time.monotonic()
    done = len(tasks) - len(left)

    def answered(task: Task) -> Record:
        record = asking.ask(task.bank, task.question, task.mode)
        run.append(record)
        return record

    try:
        with ThreadPoolExecutor(max_workers=jobs) as pool:
            futures = [pool.submit(answered, task) for task in left]
            try:
                for future in as_completed(futures):
                    record = future.result()
                    records[record.key] = record
                    done += 1
                    if progress:
                        progress(done, len(tasks), record)
            except (ModelUnavailableError, RunError, KeyboardInterrupt):
                pool.shutdown(cancel_futures=True)
                raise
    finally:
        manifest = run.manifest()
        manifest.elapsed = (manifest.elapsed or 0.0) + time.monotonic() - started
        if ledger is not None:
            batch = manifest.spent is not None and manifest.spent.batch
            manifest.spent = _spent(ledger, asking, batch=batch)
        run.write_manifest(manifest)
    return [records[task.key] for task in tasks]


def _carry_over(run: RunFolder, ledger: Ledger) -> None:
    """Enter what earlier sittings spent; of one that was killed, what its records tell."""
    spent = run.manifest().spent or Spent()
    calls = [each for record in run.records() for each in (*record.asked, *record.also)]
    recorded = sum(each.cost or 0.0 for each in calls if not each.cached)
    ledger.usage += Usage(
        spent.input_tokens,
        spent.output_tokens,
        spent.cache_read_tokens,
        spent.cache_write_tokens,
    )
    ledger.cost += Cost(spent.usd, tuple(spent.unknown))
    if ledger.limit is not None and recorded > (ledger.cost.usd or 0.0):
        ledger.cost = Cost(recorded, ledger.cost.unknown)


def _spent(ledger: Ledger, asking: Asking, *, batch: bool) -> Spent:
    price = asking.product.models[0].price
    as_of = price.as_of if price is not None else None
    return Spent(
        **asdict(ledger.usage),
        usd=ledger.cost.usd,
        unknown=list(ledger.cost.unknown),
        prices_of=str(as_of) if as_of else None,
        batch=batch or (price is not None and price.batch),
    )


def code_version() -> dict[str, object]:
    """The version of the code and what it is made of, and its commit where it is a checkout."""
    found: dict[str, object] = {"version": version("ragbot"), "source": _source_hash()}
    commit = _git("rev-parse", "HEAD")
    if commit:
        found["commit"] = commit
        found["changed_since"] = bool(_git("status", "--porcelain", "--untracked-files=no"))
    return found


@cache
def _source_hash() -> str:
    """sha256 of what answers and what scores: their code and the weights that stand beside it."""
    digest = sha256()
    for package in (Path(ragbot.__file__).parent, Path(__file__).parent):
        for file in sorted(f for f in package.rglob("*") if f.suffix in _SOURCE):
            digest.update(file.relative_to(package).as_posix().encode() + b"\0")
            digest.update(sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", "-C", str(_ROOT), *arguments], capture_output=True, text=True, timeout=20
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def _difference(held: object, wanted: object) -> str:
    if isinstance(held, dict) and isinstance(wanted, dict):
        differing = [k for k in sorted(held.keys() | wanted.keys()) if held.get(k) != wanted.get(k)]
        return "; ".join(f"{k}: {held.get(k)!r}, now {wanted.get(k)!r}" for k in differing)
    return f"{held!r}, now {wanted!r}"
