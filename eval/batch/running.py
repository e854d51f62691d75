"""A run in two sittings: its requests go out as a job, and the same command brings the replies."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from eval.asking import Asking
from eval.banks import Question
from eval.batch.jobs import Job, jobs_of, keep_job
from eval.batch.outbox import Failed, NotAnsweredYetError, Outbox, Request
from eval.batch.service import BatchService, RefusedError
from eval.choices import Order
from eval.chooser import Chooser
from eval.ledger import BudgetError, worst_of
from eval.runner import Task
from eval.runs import Asked, RunError, RunFolder, Spent
from ragbot.chat_models import Price
from ragbot.chat_models.bedrock_models import target_of
from ragbot.settings import Settings
from ragbot.types import Passage, Usage

LEAST = 100  # requests of a job: a quota of Bedrock ("Minimum number of records per batch job")
_OF_THE_MODEL = ("closed_book", "open_book", "oracle")


@dataclass(frozen=True, slots=True)
class Conditions:
    """How a job is submitted; `role` and `place` are needed only where one is."""

    role: str | None
    place: str | None  # s3://BUCKET/PREFIX
    max_cost: float | None  # US dollars


def need_bedrock(model_id: str) -> None:
    """Raises RunError where the model takes no batch jobs."""
    if not model_id.startswith("bedrock:"):
        raise RunError(
            f"{model_id} takes no batch jobs: only Bedrock's models do",
            mend="leave out --batch, or take --model bedrock:ID",
        )


def need_choices(tasks: Sequence[Task]) -> None:
    """Raises RunError where a question is no multiple choice: the calls of a free answer lean on
    one another."""
    free = sorted({t.bank for t in tasks if t.mode in _OF_THE_MODEL and not t.question.is_choice})
    if free:
        raise RunError(
            f"a batch job asks multiple choice only, and {', '.join(free)} has free answers",
            mend="leave these banks out, or name --mode retrieval no_model, or leave out --batch",
        )


def under_way(
    run: RunFolder,
    tasks: Sequence[Task],
    asking: Asking,
    outbox: Outbox,
    settings: Settings,
    conditions: Conditions,
) -> Job | None:
    """Submit, or look after what was submitted: the job that is under way.

    None where all replies are in the outbox, or none is needed: then the run can be asked as any
    other. `close` is to be told when that is done.

    Args:
        tasks: what the run has not recorded yet.

    Raises:
        RunError: the job failed, or cannot be submitted.
        BudgetError: it could cost more than the limit.
    """
    candidate = asking.product.models[0]
    target = target_of(candidate.model_id.removeprefix("bedrock:"))
    service = BatchService(settings, target.region)
    jobs = jobs_of(run.folder)
    for job in (each for each in jobs if each.over):
        replies = service.replies(job)
        outbox.replies |= {k: v for k, v in replies.items() if not isinstance(v, Failed)}
    if jobs and not jobs[-1].over:
        return _brought(run, jobs[-1], service, outbox)
    requests = gather(tasks, asking, outbox)
    if not requests:
        return None
    _worth_a_job(requests, candidate.price, run.manifest().spent or Spent(), conditions.max_cost)
    if conditions.role is None or conditions.place is None:
        raise RunError(
            "a batch job needs a role that Bedrock takes on, and a place in S3",
            mend="--batch-role arn:aws:iam::ACCOUNT:role/NAME --batch-s3 s3://BUCKET/PREFIX",
        )
    job = service.upload(target, requests, conditions.role, conditions.place)
    keep_job(run.folder, job)  # before it is created: a kill in between creates no second one
    return _created(run, job, service)


def close(run: RunFolder) -> None:
    """The replies of the last job are in the records."""
    for job in jobs_of(run.folder)[-1:]:
        keep_job(run.folder, job.model_copy(update={"over": True}))


def _brought(run: RunFolder, job: Job, service: BatchService, outbox: Outbox) -> Job | None:
    job = service.looked_up(job if job.arn else _created(run, job, service))
    keep_job(run.folder, job)
    if job.under_way:
        return job
    replies = {} if job.state == "Failed" else service.replies(job)
    if not replies:
        close(run)
        raise RunError(str(job), mend="the same command submits it anew")
    lost = Failed(f"the batch job ended before it was answered ({job.state})")
    outbox.replies |= {record: replies.get(record, lost) for record in job.records}
    return None


def _created(run: RunFolder, job: Job, service: BatchService) -> Job:
    """Created once, however often it is tried; what is refused may be submitted otherwise."""
    try:
        job = service.create(job)
    except RefusedError:
        close(run)
        raise
    keep_job(run.folder, job)
    return job


class _Gathering(Chooser):
    """Goes on to the next order where a reply is still to come."""

    def choose(self, question: Question, order: Order, notes: Sequence[Passage]) -> Asked:
        try:
            return super().choose(question, order, notes)
        except NotAnsweredYetError:
            return Asked()


def gather(tasks: Sequence[Task], asking: Asking, outbox: Outbox) -> dict[str, Request]:
    """The requests that the tasks would make of the model, without what is kept already."""
    outbox.waiting.clear()
    gathering = replace(asking)
    gathering.chooser = _Gathering(asking.chooser.candidate, asking.tools)
    for task in tasks:
        if task.mode in _OF_THE_MODEL:
            gathering.ask(task.bank, task.question, task.mode)
    return dict(outbox.waiting)


def _worth_a_job(
    requests: Mapping[str, Request], price: Price | None, spent: Spent, limit: float | None
) -> None:
    if len(requests) < LEAST:
        raise RunError(
            f"a batch job takes at least {LEAST} requests, and {len(requests)} are to be asked",
            mend="--no-tools instead of --batch asks them at once, at the full price; or take more "
            "questions or orders (--sample, --orders, --mode)",
        )
    if limit is None or price is None:
        return
    worst = sum(price.of(_worst(request)) for request in requests.values())
    if (spent.usd or 0.0) + worst > limit:
        raise BudgetError(
            f"${spent.usd or 0.0:.6f} of --max-cost {limit:g} are spent, and the job could cost "
            f"${worst:.6f}: it was not submitted",
            mend="the same command with a higher --max-cost, or fewer questions (--sample)",
        )


def _worst(request: Request) -> Usage:
    said = len(json.dumps(request, ensure_ascii=False))
    return worst_of(said, request["inferenceConfig"]["maxTokens"])
