"""Stands between a Bedrock model and the network: keeps back what is not answered yet.

The request is the one that the real client would send, validated by botocore against the
service's own model, and a reply takes the way of any other through LangChain.
"""

from __future__ import annotations

import functools
import hashlib
import json
import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from eval.runs import RunError
from ragbot.chat_models import Candidate

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

Request = dict[str, Any]  # the body of Converse


class NotAnsweredYetError(RunError):
    """A request that no job has answered."""


class FailedRequestError(Exception):
    """A request that the job could not answer; it counts as a failed call."""


@dataclass(frozen=True, slots=True)
class Failed:
    """Why a request has no reply, in words of our own."""

    reason: str


class Outbox:
    """The requests that wait for a job, and the replies that came; safe for several threads."""

    def __init__(self) -> None:
        self.waiting: dict[str, Request] = {}
        self.replies: dict[str, dict[str, Any] | Failed] = {}
        self._lock = threading.Lock()

    def takes(self, candidate: Candidate) -> Candidate:
        """The same model, asked through this outbox and at the price of batch jobs."""

        @functools.cache
        def opened() -> BaseChatModel:
            from ragbot.chat_models.converse import PatientConverse

            model = candidate.open()
            assert isinstance(model, PatientConverse), "only Bedrock's models take batch jobs"
            model.ask_whole()
            events = model.client.meta.events
            events.register("before-call.bedrock-runtime.Converse", self._instead)
            return model

        price = candidate.price
        return replace(candidate, open=opened, price=price and price.in_batch())

    def _instead(self, params: dict[str, Any], **_: Any) -> tuple[Any, dict[str, Any]]:
        """Called by boto3 before it would send: what it takes for the service's response."""
        from botocore.awsrequest import AWSResponse

        body = uncached(json.loads(params["body"]))
        name = record_id(body)
        reply = self.replies.get(name)
        if reply is None:
            with self._lock:
                self.waiting[name] = body
            raise NotAnsweredYetError(
                "a reply is neither kept nor in the job's output",
                mend="the same command submits what is missing",
            )
        if isinstance(reply, Failed):
            raise FailedRequestError(reply.reason)
        # A copy: the library takes the reply apart.
        parsed = json.loads(json.dumps(reply)) | {"ResponseMetadata": {"batch": True}}
        return AWSResponse(params["url"], 200, {}, None), parsed


def uncached(request: Request) -> Request:
    """Without cache points: a job's requests are answered in no order, so a prefix that was
    written for the next one would be paid for in vain."""

    def without(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [block for block in blocks if "cachePoint" not in block]

    bare = dict(request)
    if "system" in bare:
        bare["system"] = without(bare["system"])
    messages = bare.get("messages", [])
    bare["messages"] = [each | {"content": without(each["content"])} for each in messages]
    return bare


def record_id(request: Request) -> str:
    """The name of a request in a job: by its content, so that nothing is asked twice."""
    told = json.dumps(request, sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:32]
