"""What does a person see of each fault of Bedrock, after how long, and who answers instead?

    python -m bench bedrock_faults [--doc docs/bedrock.md]

One question for each row of tests/support/bedrock_faults.py, through the real boto3 client, to two
loopback servers: us-east-1 with the fault, eu-west-1 behind it; then one for each row of
tests/support/bedrock_search_faults.py. The table is written between the document's two marks.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from bench.output import save, show

ROOT = Path(__file__).resolve().parents[1]
BEGIN, END = "<!-- faults: python -m bench bedrock_faults -->", "<!-- end of faults -->"
_ABOUT = (__doc__ or "").split("\n")[0]
_BY = {
    "home": "the model itself",
    "other": "the second region",
    "quotes": "quotes",
    "nobody": "nobody",
}


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench bedrock_faults", description=_ABOUT)
    parser.add_argument("--doc", type=Path, default=ROOT / "docs/bedrock.md")
    options = parser.parse_args(arguments)
    sys.path.insert(0, str(ROOT / "tests"))
    import pytest
    from support.bedrock_faults import PATIENCE, ROWS, TIMEOUT, ask_with
    from support.bedrock_search_faults import SEARCH_ROWS, search_with

    rows = []
    with tempfile.TemporaryDirectory() as folder:
        # The first question loads the libraries; its time is nobody's.
        for row in (ROWS[-1], *ROWS):
            with pytest.MonkeyPatch.context() as environment:
                seen = ask_with(row, Path(folder), environment)
            then = ", goes on from there" if row.kept else ""
            rows.append(
                {
                    "fault": row.name,
                    "what is said": "; ".join(seen.reasons) or "nothing",
                    "requests": seen.requests,
                    "seconds": round(seen.seconds, 2),
                    "answers": _BY[seen.by] + then,
                }
            )
        for refused in SEARCH_ROWS:
            with pytest.MonkeyPatch.context() as environment:
                told = search_with(refused, Path(folder), environment)
            rows.append(
                {
                    "fault": refused.name,
                    "what is said": "; ".join(
                        [
                            *dict.fromkeys(f"waits: {each.reason}" for each in told.waited),
                            f"{told.error.message}: {told.error.mend}",
                        ]
                    ),
                    "requests": told.requests,
                    "seconds": round(told.seconds, 2),
                    "answers": _BY["nobody"],
                }
            )
    rows = rows[1:]
    show([{**row, "what is said": row["what is said"][:40]} for row in rows])
    save("bedrock_faults", rows)
    names = list(rows[0])  # of the columns
    lines = [
        f"RAGBOT_TIMEOUT={TIMEOUT:g} and RAGBOT_BEDROCK_PATIENCE={PATIENCE:g} (60 and 20 without "
        "being set); one question each to a bot that is",
        "new, so that the seconds hold the making of boto3's clients, about 0.3 for each model; "
        "pauses are random.",
        "",
        "| " + " | ".join(names) + " |",
        "|" + "---|" * len(names),
        *("| " + " | ".join(str(row[name]) for name in names) + " |" for row in rows),
    ]
    _write(options.doc, "\n".join(lines))
    return 0


def _write(document: Path, table: str) -> None:
    before, rest = document.read_text(encoding="utf-8").split(BEGIN)
    _, after = rest.split(END)
    document.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}", encoding="utf-8")
