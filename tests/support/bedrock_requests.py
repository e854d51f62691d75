"""Requests held to botocore's own model of the service, as they arrived."""

from __future__ import annotations

from botocore.session import get_session
from botocore.validate import ParamValidator
from support.bedrock_script import Request

_service = get_session().get_service_model("bedrock-runtime")
_OPERATIONS = {"converse": "Converse", "converse-stream": "ConverseStream"}


def must_be_valid(request: Request) -> None:
    shape = _service.operation_model(_OPERATIONS[request.operation]).input_shape
    report = ParamValidator().validate({"modelId": request.model_id, **request.body}, shape)
    assert not report.has_errors(), report.generate_report()
