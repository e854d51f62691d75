"""The batch jobs of a run, as its folder keeps them (`batch.json`), and what their states mean."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from eval.runs import RunError, write_whole

STATES = {
    "Submitted": "it waits to be checked",
    "Validating": "its file and its role are being checked",
    "Scheduled": "it is checked, and waits for its turn",
    "InProgress": "it is being answered",
    "Stopping": "it is being stopped",
    "Completed": "every request was tried",
    "PartiallyCompleted": "its time was over, or requests failed: those without a reply count as "
    "failed calls",
    "Failed": "nothing was answered: mostly the role may not read or write the S3 folder or ask "
    "the model, the bucket is in another region, or the model takes no batch jobs there",
    "Stopped": "it was stopped: requests without a reply count as failed calls",
    "Expired": "its time was over before its turn came: requests without a reply count as failed "
    "calls",
}
ENDED = ("Completed", "PartiallyCompleted", "Failed", "Stopped", "Expired")


class Job(BaseModel):
    """A job that was, or is about to be, created."""

    model_config = ConfigDict(extra="forbid")

    name: str
    token: str  # of its creation: asked for twice, the service creates it once
    model: str
    region: str
    role: str
    folder: str  # s3://BUCKET/..., where its input and output are
    records: list[str]  # the requests in it
    submitted: str  # ISO 8601, UTC
    arn: str | None = None  # None until the service has confirmed it
    state: str = "Submitted"
    over: bool = False  # its replies are in the records, or there will be none

    @property
    def under_way(self) -> bool:
        return self.state not in ENDED  # nor is one that this version does not know

    def __str__(self) -> str:
        since = datetime.now(UTC) - datetime.fromisoformat(self.submitted)
        minutes = int(since.total_seconds() // 60)
        ago = f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"
        means = STATES.get(self.state, "a state that this version does not know")
        return (
            f"batch job {self.name} ({len(self.records)} requests, submitted {ago} ago): "
            f"{self.state}: {means}"
        )


class _Jobs(BaseModel):
    model_config = ConfigDict(extra="forbid")
    jobs: list[Job]


def jobs_of(folder: Path) -> list[Job]:
    """The jobs of a run, the first first.

    Raises:
        RunError: `batch.json` cannot be read.
    """
    file = _file(folder)
    try:
        return _Jobs.model_validate_json(file.read_text(encoding="utf-8")).jobs
    except FileNotFoundError:
        return []
    except (OSError, ValidationError) as error:
        raise RunError(f"{file} cannot be read", mend="name another folder with --out") from error


def keep_job(folder: Path, job: Job) -> None:
    """Write a job down, in place of what was known of it."""
    jobs = [each for each in jobs_of(folder) if each.token != job.token]
    write_whole(_file(folder), _Jobs(jobs=[*jobs, job]).model_dump_json(indent=1) + "\n")


def _file(folder: Path) -> Path:
    return folder / "batch.json"
