"""The command line: which commands there are, and what they take."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from eval.banks import own_banks
from eval.commands.batch import do_batch_status, do_batch_stop
from eval.commands.compare import do_compare, do_gate
from eval.commands.notes import do_fit, do_leakage, do_retrieval
from eval.commands.run import do_report, do_run
from eval.runs import ASKED
from ragbot.errors import RagbotError


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
    fit.add_argument(
        "--others",
        type=Path,
        metavar="INDEX",
        help="that of eval/other_notes (default: RAGBOT_HOME/other-notes)",
    )

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
