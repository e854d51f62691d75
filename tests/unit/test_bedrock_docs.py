"""docs/bedrock.md tells what the code does."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from support.bedrock_faults import ROWS
from support.bedrock_search_faults import SEARCH_ROWS

from eval.batch.jobs import STATES
from eval.batch.running import LEAST
from ragbot.chat_models.bedrock_models import bare, default_model
from ragbot.embedding.bedrock import FAMILIES

PAGE = (Path(__file__).resolve().parents[2] / "docs/bedrock.md").read_text(encoding="utf-8")


def test_the_table_of_faults_holds_those_that_are_tested() -> None:
    table = PAGE.split("<!-- faults")[1].split("<!-- end of faults")[0]
    names = re.findall(r"^\| ([^|]+?) \|", table, re.MULTILINE)[1:]
    tested = [row.name for row in (*ROWS, *SEARCH_ROWS)]
    assert names == tested, "python -m bench bedrock_faults writes it anew"


def test_the_defaults_are_those_of_the_code() -> None:
    for role in ("answer", "rewrite", "judge"):
        row = next(line for line in PAGE.splitlines() if line.startswith(f"| `{role}`"))
        assert f"`{default_model(role, 'us-east-1')}`" in row


def test_the_policy_allows_asking_only_of_named_models() -> None:
    ask, look = _policies()[0]["Statement"]
    assert ask["Action"] == ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]
    for role in ("answer", "rewrite"):
        profile = default_model(role, "us-east-1")
        own = [arn for arn in ask["Resource"] if bare(profile) in arn]
        assert [arn.rpartition("/")[2] for arn in own] == [profile, bare(profile)]
    assert len(ask["Resource"]) == 4
    assert all(re.match(r"bedrock:(?:List|Get)", action) for action in look["Action"])


def test_the_table_of_embedders_is_that_of_the_code() -> None:
    part = PAGE.split("## Embeddings")[1].split("\n## ")[0]
    for family in FAMILIES:
        row = next(
            line for line in part.splitlines() if line.startswith("|") and family.model in line
        )
        cells = [cell.strip() for cell in row.split("|")]
        assert cells[2] == str(family.dimensions[0])
        assert cells[3].split()[0] == str(family.texts)
        sizes = ", ".join(map(str, family.dimensions)) if len(family.dimensions) > 1 else ""
        assert cells[4] == sizes


def test_the_statements_that_are_added_allow_one_action_on_one_thing() -> None:
    added = [
        json.loads(text) for text in re.findall(r"```\n(\{\n  \"Sid\".*?)```", PAGE, re.DOTALL)
    ]
    assert [each["Action"] for each in added] == ["bedrock:InvokeModel", "bedrock:Retrieve"]
    assert FAMILIES[0].model in added[0]["Resource"]
    assert "knowledge-base/" in added[1]["Resource"]


def test_the_policies_for_batch_jobs_allow_what_the_code_asks_and_no_more() -> None:
    _, person, trust, role = _policies()
    allowed = {action for each in person["Statement"] for action in _listed(each["Action"])}
    assert allowed == {
        "bedrock:CreateModelInvocationJob",
        "bedrock:GetModelInvocationJob",
        "bedrock:StopModelInvocationJob",
        "iam:PassRole",
        "s3:PutObject",
        "s3:GetObject",
        "s3:ListBucket",
    }
    assert trust["Statement"][0]["Principal"] == {"Service": "bedrock.amazonaws.com"}
    assert "bedrock:InvokeModel" in {each["Action"] for each in role["Statement"][1:]}
    resources = [r for p in (person, role) for s in p["Statement"] for r in _listed(s["Resource"])]
    assert "*" not in resources


def test_every_state_of_a_batch_job_is_told() -> None:
    table = PAGE.split("| state | what it means |")[1].split("\n\n")[0]
    assert set(re.findall(r"\b[A-Z]\w+", table)) == STATES.keys()
    assert f"At least {LEAST} requests" in PAGE


def _policies() -> list[dict[str, Any]]:
    return [json.loads(part.split("```")[0]) for part in PAGE.split("```json")[1:]]


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
