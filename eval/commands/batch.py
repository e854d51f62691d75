"""Look after the batch jobs of a run."""

from __future__ import annotations

import argparse
from pathlib import Path

from eval.batch.jobs import Job, jobs_of
from eval.batch.service import BatchService
from eval.runs import RunError
from ragbot.settings import load_settings


def do_batch_status(options: argparse.Namespace) -> int:
    """Tell how the batch jobs of a run do."""
    settings = load_settings()
    for job in _jobs(options.run):
        print(job if job.over or not job.arn else BatchService(settings, job.region).looked_up(job))
    return 0


def do_batch_stop(options: argparse.Namespace) -> int:
    """Stop the batch job of a run; what is answered by then can be collected."""
    job = _jobs(options.run)[-1]
    if job.over or not job.arn:
        raise RunError(f"no batch job is under way for {options.run}")
    service = BatchService(load_settings(), job.region)
    service.stop(job)
    print(service.looked_up(job))
    return 0


def _jobs(folder: Path) -> list[Job]:
    jobs = jobs_of(folder)
    if not jobs:
        raise RunError(
            f"no batch job was submitted for {folder}",
            mend="name a folder that `python -m eval run --batch` has told",
        )
    return jobs
