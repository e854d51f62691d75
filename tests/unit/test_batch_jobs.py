"""Lines of a batch job's output, and the requests' names: what is no reply is no answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from eval.batch.jobs import ENDED, STATES, Job, jobs_of, keep_job
from eval.batch.outbox import Failed, record_id, uncached
from eval.batch.service import RefusedError, _explained, _read
from eval.runs import RunError

JOB = Job(
    name="j", token="t", model="m", region="us-east-1", role="r", folder="s3://b/j",
    records=["a"], submitted="2026-11-24T12:00:00+00:00",
)  # fmt: skip


def told(**more: Any) -> str:
    return json.dumps({"recordId": "a", "modelInput": {}} | more)


def test_a_reply_of_converse_is_read() -> None:
    whole = {"output": {"message": {"content": [{"text": "A"}]}}, "usage": {}}
    assert _read(told(modelOutput=whole)) == ("a", whole)


@pytest.mark.parametrize(
    "line",
    [
        told(),
        told(modelOutput=None),
        told(modelOutput="A"),
        told(modelOutput={}),
        told(modelOutput={"output": {"message": {"content": "A"}}, "usage": {}}),
        told(modelOutput={"output": {"message": {"content": []}}}),
        told(modelOutput={"output": []}),
        told(error="broken"),
        told(error={"errorCode": "x"}),
        told(error={"errorCode": 599, "errorMessage": "account 123456789012"}),
        told(error={"errorCode": [400]}, modelOutput={}),
    ],
)
def test_anything_else_is_a_failure_of_its_record(line: str) -> None:
    record, reply = _read(line)
    assert record == "a" and isinstance(reply, Failed) and "123456789012" not in reply.reason


@pytest.mark.parametrize("line", ["", "no JSON", "[]", "{}", "3"])
def test_a_line_without_a_record_is_nobodys(line: str) -> None:
    assert _read(line)[0] == ""


@pytest.mark.parametrize(
    ("code", "says", "kind"),
    [
        ("AccessDenied", "allow s3:PutObject in IAM", RefusedError),
        ("NoSuchBucket", "create the bucket", RefusedError),
        ("PermanentRedirect", "in the model's region", RefusedError),
        ("InternalServerException", "tries again", RunError),
    ],
)
def test_what_s3_refuses_names_its_cure(code: str, says: str, kind: type[RunError]) -> None:
    from botocore.exceptions import ClientError

    answer = {"Error": {"Code": code, "Message": "account 123456789012"}}
    with pytest.raises(RunError) as caught, _explained("s3:PutObject", "s3://b/j/"):
        raise ClientError(answer, "PutObject")
    assert type(caught.value) is kind and says in str(caught.value.mend)
    assert "123456789012" not in caught.value.message


def test_a_request_is_named_by_its_content() -> None:
    first = {"messages": [{"role": "user"}], "system": []}
    assert record_id(first) == record_id({"system": [], "messages": [{"role": "user"}]})
    assert record_id(first) != record_id(first | {"system": [{"text": "x"}]})
    assert record_id(first).isalnum()


def test_nothing_is_written_to_a_cache_for_a_job() -> None:
    point, text = {"cachePoint": {"type": "default"}}, {"text": "x"}
    asked = {"system": [text, point], "messages": [{"role": "user", "content": [text, point]}]}
    plain = {"system": [text], "messages": [{"role": "user", "content": [text]}]}
    assert uncached(asked) == uncached(plain) == plain


def test_the_folder_keeps_its_jobs_in_their_order(tmp_path: Path) -> None:
    assert jobs_of(tmp_path) == []
    keep_job(tmp_path, JOB)
    keep_job(tmp_path, JOB.model_copy(update={"arn": "arn"}))
    keep_job(tmp_path, JOB.model_copy(update={"token": "u"}))
    assert [(job.token, job.arn) for job in jobs_of(tmp_path)] == [("t", "arn"), ("u", None)]
    (tmp_path / "batch.json").write_text("{")
    with pytest.raises(RunError, match=r"batch\.json cannot be read"):
        jobs_of(tmp_path)


def test_a_state_of_tomorrow_is_not_taken_for_an_end() -> None:
    assert JOB.model_copy(update={"state": "Resting"}).under_way
    for state in STATES:
        job = JOB.model_copy(update={"state": state})
        assert job.under_way == (state not in ENDED) and STATES[state] in str(job)


def test_the_states_are_those_that_boto3_knows() -> None:
    import botocore.session

    model = botocore.session.get_session().get_service_model("bedrock")
    assert set(model.shape_for("ModelInvocationJobStatus").enum) == STATES.keys()
    assert "Converse" in model.shape_for("ModelInvocationType").enum
