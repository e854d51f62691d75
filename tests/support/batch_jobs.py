"""Batch jobs on the loopback Bedrock: they read and write a bucket of moto's S3.

    with buckets("notes"):
        jobs = BatchJobs(bedrock, lambda request: reply("A"))
        ...                      # submit
        jobs.run("Completed")    # every record is answered, and the output written

A record that the policy answers with a `Fault` fails, one that it answers with None is never
reached.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from support.bedrock_script import Fault, Reply, Request, fault
from support.bedrock_server import BedrockServer, whole

ACCOUNT = "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/batch"
Policy = Callable[[Request], Reply | Fault | None]


@contextmanager
def buckets(*names: str) -> Iterator[Any]:
    """An S3 client of moto; what is not S3 goes where the environment leads."""
    import boto3
    from moto import mock_aws

    core = {"mock_credentials": False, "passthrough": {"urls": [r"http://127\.0\.0\.1.*"]}}
    with mock_aws(config={"core": core}):
        s3 = boto3.client("s3", region_name="us-east-1")
        for name in names:
            s3.create_bucket(Bucket=name)
        yield s3


class BatchJobs:
    """The control plane, with jobs that run when a test says so."""

    def __init__(self, server: BedrockServer, policy: Policy) -> None:
        self.policy = policy
        self.created: list[dict[str, Any]] = []  # the requests that made a job
        self.answered: list[str] = []  # record ids, over all jobs
        self.states: list[str] = []
        self.refuse: Fault | None = None
        server.jobs = self._serve

    def run(self, state: str = "Completed") -> None:
        """End the last job in this state, with the output of what the policy answers."""
        import boto3

        s3 = boto3.client("s3", region_name="us-east-1")
        job = self.created[-1]
        self.states[-1] = state
        where = job["inputDataConfig"]["s3InputDataConfig"]["s3Uri"]
        bucket, _, key = where.removeprefix("s3://").partition("/")
        lines = s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode().splitlines()
        output = [done for line in lines if (done := self._answer(job["modelId"], line))]
        out = job["outputDataConfig"]["s3OutputDataConfig"]["s3Uri"]
        folder = f"{out.removeprefix(f's3://{bucket}/')}job{len(self.created)}"
        name = key.rsplit("/", 1)[-1]
        # The order of the output is nobody's promise.
        told = "".join(json.dumps(each) + "\n" for each in reversed(output))
        s3.put_object(Bucket=bucket, Key=f"{folder}/{name}.out", Body=told.encode())
        failed = sum("error" in each for each in output)
        counts = {
            "totalRecordCount": len(lines),
            "processedRecordCount": len(output),
            "successRecordCount": len(output) - failed,
            "errorRecordCount": failed,
        }
        s3.put_object(
            Bucket=bucket, Key=f"{folder}/manifest.json.out", Body=json.dumps(counts).encode()
        )

    def _answer(self, model: str, line: str) -> dict[str, Any] | None:
        record = json.loads(line)
        asked = record["modelInput"]
        if "toolConfig" in asked:  # as the service does
            scripted: Reply | Fault | None = fault("ValidationException", 400, "no tools")
        else:
            scripted = self.policy(Request(model, "converse", asked, {}))
        if scripted is None:
            return None
        self.answered.append(record["recordId"])
        if isinstance(scripted, Fault):
            error = {"errorCode": scripted.status, "errorMessage": scripted.message}
            return {**record, "error": error}
        return {**record, "modelOutput": whole(scripted)}

    def _serve(self, method: str, path: str, body: dict[str, Any]) -> dict[str, Any] | Fault:
        if self.refuse is not None:
            return self.refuse
        if path == "/model-invocation-job":
            for number, job in enumerate(self.created):
                if job["clientRequestToken"] == body["clientRequestToken"]:
                    return {"jobArn": _arn(number)}
            self.created.append(body)
            self.states.append("Submitted")
            return {"jobArn": _arn(len(self.created) - 1)}
        number = int(path.removesuffix("/stop").rsplit("job-", 1)[-1])
        if path.endswith("/stop"):
            self.states[number] = "Stopping"
            return {}
        job = self.created[number]
        return {
            "jobArn": _arn(number),
            "modelId": job["modelId"],
            "roleArn": job["roleArn"],
            "submitTime": "2026-11-24T12:00:00Z",
            "status": self.states[number],
            "message": f"told to account {ACCOUNT}",
            "inputDataConfig": job["inputDataConfig"],
            "outputDataConfig": job["outputDataConfig"],
        }


def _arn(number: int) -> str:
    return f"arn:aws:bedrock:us-east-1:{ACCOUNT}:model-invocation-job/job-{number}"
