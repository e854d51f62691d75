"""Batch jobs at AWS: a file of requests in S3, a job of Bedrock, a file of replies."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from eval.batch.jobs import Job
from eval.batch.outbox import Failed, Request
from eval.runs import RunError
from ragbot.aws.clients import client, home_region
from ragbot.chat_models.bedrock_models import Target
from ragbot.failures import explain_failure, kind_of
from ragbot.settings import Settings

INPUT = "requests.jsonl"
_PLACE = re.compile(r"s3://(?P<bucket>[a-z0-9][-.a-z0-9]{1,61}[a-z0-9])(?:/(?P<prefix>.*))?")
_ROLE = re.compile(r"arn:aws[a-z-]*:iam::\d{12}:role/.+")
# What the status of a failed record means; its message stays there: it may name the account.
_ERRORS = {
    400: "Bedrock refused it as not valid",
    403: "the role may not ask this model",
    408: "the model took too long",
    424: "the model failed on it",
    429: "it was throttled",
    500: "Bedrock had an internal error",
    503: "Bedrock was not available",
}


class RefusedError(RunError):
    """AWS will not do it before a person changes something."""


class BatchService:
    """The control plane and S3 in one region."""

    def __init__(self, settings: Settings, region: str | None) -> None:
        self.region = region or home_region()
        self._control = client("bedrock", settings, self.region)
        self._s3 = client("s3", settings, self.region)

    def upload(self, target: Target, requests: Mapping[str, Request], role: str, place: str) -> Job:
        """Put the requests where a job can read them; the job is not created yet.

        Raises:
            RunError: the role or the place is none, or S3 refuses.
        """
        if _ROLE.fullmatch(role) is None:
            raise RunError(
                f"--batch-role {role!r} is no role",
                mend="--batch-role arn:aws:iam::ACCOUNT:role/NAME (docs/bedrock.md has its policy)",
            )
        bucket, prefix = _bucket_and_prefix(place)
        token = uuid.uuid4().hex
        now = datetime.now(UTC)
        name = f"ragbot-eval-{now:%Y%m%d-%H%M%S}-{token[:6]}"
        folder = "/".join(part for part in (prefix, name) if part)
        lines = (
            json.dumps({"recordId": record, "modelInput": request})
            for record, request in requests.items()
        )
        with _explained("s3:PutObject", f"s3://{bucket}/{folder}/"):
            self._s3.put_object(
                Bucket=bucket, Key=f"{folder}/{INPUT}", Body="\n".join(lines).encode() + b"\n"
            )
        return Job(
            name=name,
            token=token,
            model=target.model,
            region=self.region,
            role=role,
            folder=f"s3://{bucket}/{folder}",
            records=list(requests),
            submitted=now.isoformat(timespec="seconds"),
        )

    def create(self, job: Job) -> Job:
        """Create the job of an upload. Done again, it is the same job: its token is.

        Raises:
            RefusedError: Bedrock does not create it.
            RunError: it is not known whether it did.
        """
        with _explained(
            "bedrock:CreateModelInvocationJob, and iam:PassRole on the role,", job.model
        ):
            created = self._control.create_model_invocation_job(
                jobName=job.name,
                clientRequestToken=job.token,
                roleArn=job.role,
                modelId=job.model,
                modelInvocationType="Converse",
                inputDataConfig={
                    "s3InputDataConfig": {
                        "s3Uri": f"{job.folder}/{INPUT}",
                        "s3InputFormat": "JSONL",
                    }
                },
                outputDataConfig={"s3OutputDataConfig": {"s3Uri": f"{job.folder}/output/"}},
            )
        return job.model_copy(update={"arn": created["jobArn"]})

    def looked_up(self, job: Job) -> Job:
        """The job with its state of now."""
        with _explained("bedrock:GetModelInvocationJob", job.name):
            found = self._control.get_model_invocation_job(jobIdentifier=job.arn)
        return job.model_copy(update={"state": found["status"]})

    def stop(self, job: Job) -> None:
        """Stop it; what is already answered is paid for, and can be collected."""
        with _explained("bedrock:StopModelInvocationJob", job.name):
            self._control.stop_model_invocation_job(jobIdentifier=job.arn)

    def replies(self, job: Job) -> dict[str, dict[str, Any] | Failed]:
        """What the job has answered, and what it could not; the rest is not in it.

        Raises:
            RunError: S3 refuses, or the output holds less than its manifest tells.
        """
        bucket, folder = _bucket_and_prefix(job.folder)
        found: dict[str, dict[str, Any] | Failed] = {}
        told: int | None = None
        own = set(job.records)
        with _explained("s3:ListBucket and s3:GetObject", f"{job.folder}/output/"):
            for key in self._keys(bucket, f"{folder}/output/"):
                lines = self._lines(bucket, key)
                if key.endswith("/manifest.json.out"):
                    told = json.loads(" ".join(lines)).get("successRecordCount")
                elif key.endswith(f"/{INPUT}.out"):
                    for line in lines:
                        record, reply = _read(line)
                        if record in own:
                            found.setdefault(record, reply)
        answered = sum(not isinstance(reply, Failed) for reply in found.values())
        if told is not None and answered < told:
            raise RunError(
                f"the output in {job.folder} holds {answered} of {told} replies",
                mend="the same command looks again; if that does not help, see the folder in S3",
            )
        return found

    def _keys(self, bucket: str, prefix: str) -> Iterator[str]:
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
        for page in pages:
            yield from (each["Key"] for each in page.get("Contents", ()))

    def _lines(self, bucket: str, key: str) -> list[str]:
        content: bytes = self._s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        return content.decode("utf-8", "replace").splitlines()


def _read(line: str) -> tuple[str, dict[str, Any] | Failed]:
    """A line of the output. What is no reply of Converse is a failure of its record."""
    try:
        told = json.loads(line)
        record = str(told["recordId"])
    except (ValueError, KeyError, TypeError):
        return "", Failed("its line in the output cannot be read")
    error, reply = told.get("error"), told.get("modelOutput")
    if error is not None or not isinstance(reply, dict):
        code = error.get("errorCode") if isinstance(error, dict) else None
        known = _ERRORS.get(code) if isinstance(code, int) else None
        return record, Failed(known or "it failed, and Bedrock does not say why")
    try:
        whole = isinstance(reply["output"]["message"]["content"], list) and "usage" in reply
    except (KeyError, TypeError):
        whole = False
    return record, reply if whole else Failed("its reply is none of Converse")


def _bucket_and_prefix(place: str) -> tuple[str, str]:
    found = _PLACE.fullmatch(place.strip())
    if found is None:
        raise RunError(
            f"--batch-s3 {place!r} is no place in S3", mend="--batch-s3 s3://BUCKET/PREFIX"
        )
    return found["bucket"], (found["prefix"] or "").strip("/")


@contextmanager
def _explained(action: str, what: str) -> Iterator[None]:
    """What AWS refuses, in words that mend it; its own may hold account ids."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code in ("AccessDenied", "AccessDeniedException", "403"):
            raise RefusedError(f"AWS refused {what}", mend=f"allow {action} in IAM") from error
        if code in ("NoSuchBucket", "NoSuchKey", "PermanentRedirect", "404"):
            raise RefusedError(
                f"S3 has no {what} in this region",
                mend="create the bucket in the model's region, and name it with --batch-s3",
            ) from error
        if code == "ValidationException":
            raise RefusedError(
                f"Bedrock refused the batch job for {what} as not valid",
                mend="check that the model takes batch jobs in this region, --batch-role and "
                "--batch-s3 (docs/bedrock.md)",
            ) from error
        kind = RefusedError if kind_of(error) == "refused" else RunError
        raise kind(str(explain_failure(error)), mend="the same command tries again") from error
    except BotoCoreError as error:
        raise RunError(str(explain_failure(error)), mend="the same command tries again") from error
