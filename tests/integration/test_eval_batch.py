"""A run as a batch job: moto's S3, the loopback control plane, the real command."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.batch_jobs import ACCOUNT, ROLE, BatchJobs, buckets
from support.bedrock_script import Fault, Reply, Request, fault, reply
from support.bedrock_server import BedrockServer, bedrock

from eval.banks import load_bank
from eval.batch.jobs import ENDED, STATES, jobs_of
from eval.commands import main
from eval.runs import Record, RunFolder
from ingest.__main__ import ingest

pytestmark = pytest.mark.integration
__all__ = ["bedrock"]  # the fixture

ROOT = Path(__file__).resolve().parents[2]
MODEL = "bedrock:us.amazon.nova-lite-v1:0"
QUESTIONS = len(load_bank("practice").questions)
BATCH = ("--batch", "--batch-role", ROLE, "--batch-s3", "s3://evals/some/where")


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("home") / "index"
    ingest([ROOT / "corpus"], folder)
    return folder


@pytest.fixture
def home(index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("RAGBOT_HOME", str(tmp_path))
    monkeypatch.setenv("RAGBOT_INDEX", str(index))
    return tmp_path


@pytest.fixture
def s3() -> Iterator[Any]:
    with buckets("evals") as client:
        yield client


def run(*more: str) -> int:
    return main(["run", "--model", MODEL, "--mode", "closed_book", "--no-open", *more])


def by_content(request: Request) -> Reply:
    """A reply that the request alone decides: right, wrong and unreadable ones."""
    told = str(request.body["messages"])
    says = ("A", "The answer is B.", "Who knows?", "C")[len(told) % 4]
    return reply(says, input_tokens=len(told), output_tokens=3)


def bare(records: list[Record]) -> list[dict[str, Any]]:
    """Without what a batch job may change: money and time."""
    told = [json.loads(record.model_dump_json()) for record in records]
    for record in told:
        record.pop("ms")
        for asked in record["asked"]:
            for name in ("ms", "cost"):
                asked.pop(name)
    return sorted(told, key=lambda record: (record["id"], record["mode"]))


def test_the_report_of_a_batch_run_is_that_of_an_ordinary_one(
    bedrock: BedrockServer, s3: Any, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    modes = ("--mode", "retrieval", "no_model", "closed_book", "open_book", "--orders", "2")
    bedrock.policy = by_content
    assert run("--no-tools", "--no-cache", "--out", str(home / "ordinary"), *modes) == 0
    asked = len(bedrock.requests)
    jobs = BatchJobs(bedrock, by_content)
    batch = ("--no-cache", "--out", str(home / "batch"), *modes)
    assert run(*batch, *BATCH) == 0
    told = capsys.readouterr().out
    assert f"{asked} requests" in told and "the same command brings the replies" in told
    jobs.run()
    assert run(*batch, *BATCH) == 0
    assert len(bedrock.requests) == asked, "the batch run asked something on demand"
    assert len(jobs.answered) == len(set(jobs.answered)) == asked == 4 * QUESTIONS
    first, second = RunFolder(home / "ordinary"), RunFolder(home / "batch")
    assert bare(first.records()) == bare(second.records())
    a, b = first.summary(), second.summary()
    for name in a.keys() - {"run", "spent"}:
        assert a[name] == b[name], name
    paid, half = first.manifest().spent, second.manifest().spent
    assert paid is not None and half is not None and paid.usd and half.usd
    assert half.usd == pytest.approx(paid.usd / 2)
    assert half.input_tokens == paid.input_tokens
    costs = [
        [c.cost for r in sorted(each.records(), key=lambda r: r.key) for c in r.asked]
        for each in (first, second)
    ]
    assert [x for x in costs[0] if x] and [x and x / 2 for x in costs[0]] == pytest.approx(costs[1])
    assert "batch jobs at half of them" in (second.folder / "report.html").read_text()
    assert "batch jobs" not in (first.folder / "report.html").read_text()


def test_what_is_submitted_is_what_an_ordinary_run_would_ask(
    bedrock: BedrockServer, s3: Any, home: Path
) -> None:
    jobs = BatchJobs(bedrock, by_content)
    assert run(*BATCH) == 0
    (job,) = jobs.created
    assert job["modelInvocationType"] == "Converse"
    assert (job["roleArn"], job["modelId"]) == (ROLE, "us.amazon.nova-lite-v1:0")
    (kept_run,) = [folder.name for folder in (home / "eval/runs").iterdir()]
    (kept,) = jobs_of(home / "eval/runs" / kept_run)
    assert kept.folder == f"s3://evals/some/where/{kept.name}"
    key = f"some/where/{kept.name}/requests.jsonl"
    lines = s3.get_object(Bucket="evals", Key=key)["Body"].read().splitlines()
    records = [json.loads(line) for line in lines]
    assert all(re.fullmatch(r"[0-9a-f]{32}", each["recordId"]) for each in records)
    assert all(set(e["modelInput"]) == {"messages", "system", "inferenceConfig"} for e in records)
    jobs.run()
    # Another run may begin in between: the job's is found by its conditions.
    assert run(*BATCH, "--sample", "30") == 0
    assert run(*BATCH) == 0
    assert len(jobs.created) == 2
    asked = [each for r in RunFolder(home / "eval/runs" / kept_run).records() for each in r.asked]
    assert {each.ms for each in asked} == {1.0}, "the time of a call is the service's"
    # Kept by content: an ordinary run in words has nothing left to ask.
    assert run("--no-tools", "--new") == 0
    assert not bedrock.requests


def test_a_job_is_looked_after_until_it_is_done(
    bedrock: BedrockServer, s3: Any, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    jobs = BatchJobs(bedrock, by_content)
    out = home / "run"
    assert run("--out", str(out), *BATCH) == 0
    for state in STATES.keys() - set(ENDED):
        jobs.states[-1] = state
        capsys.readouterr()
        assert run("--out", str(out), "--batch") == 0  # role and place are known
        assert f"{state}: {STATES[state]}" in capsys.readouterr().out
        assert main(["batch", "status", str(out)]) == 0
        assert f"{state}: {STATES[state]}" in capsys.readouterr().out
    assert len(jobs.created) == 1 and not RunFolder(out).records()
    # Nobody pays twice by leaving out an option.
    assert run("--out", str(out), "--no-tools") == 1
    assert "replies are still to come" in capsys.readouterr().err
    assert main(["batch", "stop", str(out)]) == 0
    assert jobs.states == ["Stopping"]
    jobs.run("Stopped")
    assert run("--out", str(out), "--batch") == 0
    assert len(RunFolder(out).records()) == QUESTIONS
    assert main(["batch", "stop", str(out)]) == 1


@pytest.mark.parametrize("state", ["PartiallyCompleted", "Expired", "Stopped"])
def test_what_a_job_did_not_answer_counts_as_failed_and_is_asked_again(
    bedrock: BedrockServer, s3: Any, home: Path, state: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def third(request: Request) -> Reply | Fault | None:
        told = len(str(request.body["messages"])) % 3
        broken = fault("AccessDeniedException", 403, f"account {ACCOUNT} may not")
        return (reply("A"), broken, None)[told]

    jobs = BatchJobs(bedrock, third)
    out = home / "run"
    assert run("--out", str(out), *BATCH) == 0
    jobs.run(state)
    assert run("--out", str(out), "--batch") == 0
    summary = RunFolder(out).summary()
    choices = summary["choices"]["closed_book"]["all"]
    assert choices["accuracy"]["n"] == QUESTIONS
    failed = [record for record in RunFolder(out).records() if record.error]
    assert choices["errors"] == len(failed) > QUESTIONS / 2
    assert all(record.score == 0 for record in failed)
    reasons = {str(record.error) for record in failed}
    assert reasons == {
        "FailedRequestError: the role may not ask this model",
        f"FailedRequestError: the batch job ended before it was answered ({state})",
    }
    shown = [file for file in out.iterdir() if file.name != "batch.json"]
    assert all(ACCOUNT not in file.read_text() for file in shown)
    # Again: only what failed, and it replaces the failure.
    jobs.policy = lambda _: reply("B")
    jobs.answered = []
    assert run("--out", str(out), "--failed-again", *BATCH) == 0
    assert len(jobs.created) == 2
    jobs.run()
    assert run("--out", str(out), "--failed-again", *BATCH) == 0
    assert not any(record.error for record in RunFolder(out).records())
    assert len(RunFolder(out).records()) == QUESTIONS
    assert 100 <= len(jobs.answered) <= len(jobs_of(out)[0].records) * 0.8
    assert not bedrock.requests


def test_a_job_that_failed_is_told_and_submitted_anew(
    bedrock: BedrockServer, s3: Any, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    jobs = BatchJobs(bedrock, by_content)
    out = home / "run"
    assert run("--out", str(out), *BATCH) == 0
    jobs.states[-1] = "Failed"
    assert run("--out", str(out), *BATCH) == 1
    told = capsys.readouterr().err
    assert "the role may not read or write" in told and "submits it anew" in told
    assert ACCOUNT not in told and not RunFolder(out).records()
    assert run("--out", str(out), *BATCH) == 0
    assert len(jobs.created) == 2


def test_a_kill_before_the_job_is_confirmed_creates_no_second_one(
    bedrock: BedrockServer, s3: Any, home: Path
) -> None:
    jobs = BatchJobs(bedrock, by_content)
    out = home / "run"
    assert run("--out", str(out), *BATCH) == 0
    file = out / "batch.json"
    told = json.loads(file.read_text())
    told["jobs"][0]["arn"] = None
    file.write_text(json.dumps(told))
    jobs.run()
    assert run("--out", str(out), "--batch") == 0
    assert len(jobs.created) == 1 and len(RunFolder(out).records()) == QUESTIONS


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--sample", "10"), "at least 100 requests, and"),
        (("--max-cost", "0.0001"), "it was not submitted"),
        (("--new",), "would submit another job"),
        (("--bank", "natural"), "natural has free answers"),
        (("--model", "quotes"), "quotes takes no batch jobs"),
        (("--batch-role", "me"), "is no role"),
        (("--batch-s3", "evals/here"), "is no place in S3"),
        (("--batch-s3", "s3://nowhere"), "create the bucket in the model's region"),
    ],
)
def test_what_cannot_be_a_job_is_told_before_anything_is_paid(
    bedrock: BedrockServer,
    s3: Any,
    home: Path,
    arguments: tuple[str, ...],
    says: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    jobs = BatchJobs(bedrock, by_content)
    assert run(*BATCH, *arguments) == 1
    assert says in capsys.readouterr().err
    assert not jobs.created and not bedrock.requests


@pytest.mark.parametrize(
    ("refused", "says", "uploads"),
    [
        (fault("AccessDeniedException", 403, ACCOUNT), "iam:PassRole", 2),
        (fault("ValidationException", 400, ACCOUNT), "takes batch jobs in this region", 2),
        (fault("ServiceQuotaExceededException", 400, ACCOUNT), "Service Quotas", 2),
        # It goes on with what is uploaded, and under the same token.
        (fault("ThrottlingException", 429, ACCOUNT), "throttling this account", 1),
        (fault("InternalServerException", 500, ACCOUNT), "internal error", 1),
    ],
)
def test_a_refusal_of_the_service_names_its_cure(
    bedrock: BedrockServer,
    s3: Any,
    home: Path,
    refused: Fault,
    says: str,
    uploads: int,
    capsys: pytest.CaptureFixture[str],
) -> None:
    jobs = BatchJobs(bedrock, by_content)
    jobs.refuse = refused
    assert run(*BATCH) == 1
    told = capsys.readouterr().err
    assert says in told and ACCOUNT not in told
    jobs.refuse = None
    other = ROLE.replace("batch", "other")
    assert run(*BATCH, "--batch-role", other) == 0
    (created,) = jobs.created
    assert created["roleArn"] == (other if uploads == 2 else ROLE)
    listed = s3.list_objects_v2(Bucket="evals")["Contents"]
    assert len([each for each in listed if each["Key"].endswith("requests.jsonl")]) == uploads


def test_output_that_is_not_whole_is_no_result(
    bedrock: BedrockServer, s3: Any, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    jobs = BatchJobs(bedrock, by_content)
    out = home / "run"
    assert run("--out", str(out), *BATCH) == 0
    jobs.run()
    (key,) = (
        each["Key"]
        for each in s3.list_objects_v2(Bucket="evals")["Contents"]
        if each["Key"].endswith("jsonl.out")
    )
    whole = s3.get_object(Bucket="evals", Key=key)["Body"].read()
    s3.put_object(Bucket="evals", Key=key, Body=whole[: len(whole) // 2])
    assert run("--out", str(out), "--batch") == 1
    assert re.search(r"holds \d+ of \d+ replies", capsys.readouterr().err)
    assert not RunFolder(out).records()
    s3.put_object(Bucket="evals", Key=key, Body=whole)
    assert run("--out", str(out), "--batch") == 0
    assert (out / "report.html").exists()
