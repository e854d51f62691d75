"""What a provider's or network's failure means, and what cures it, in one sentence.

Matched by class name and error code, so that no library is imported to explain its errors.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_BEDROCK: Mapping[str, str] = {
    "ThrottlingException": "Bedrock is throttling this account: wait a little, or ask for a higher quota",
    "TooManyRequestsException": "Bedrock is throttling this account: wait a little, or ask for a higher quota",
    "ServiceQuotaExceededException": "the account's Bedrock quota is used up: ask for more under Service Quotas",
    "AccessDeniedException": "the account may not use this model: allow bedrock:InvokeModel in IAM and "
    "enable the model in the Bedrock console",
    "ResourceNotFoundException": "Bedrock knows no such model in this region: check the id and AWS_REGION",
    "ModelNotReadyException": "the model is not ready yet: try again in a minute",
    "ModelTimeoutException": "the model took too long: try again, or a smaller model",
    "ModelErrorException": "the model failed on this request: try again, or another model",
    "ModelStreamErrorException": "the model failed while it was answering: try again",
    "InternalServerException": "Bedrock had an internal error: try again",
    "ServiceUnavailableException": "Bedrock is not available at the moment: try again",
    "ExpiredTokenException": "the AWS credentials have expired: renew them (aws sso login)",
    "ExpiredToken": "the AWS credentials have expired: renew them (aws sso login)",
    "UnrecognizedClientException": "the AWS credentials are not valid: check AWS_ACCESS_KEY_ID and its secret",
    "InvalidSignatureException": "the AWS credentials are not valid: check the secret key and the clock",
}
_CLASSES: Mapping[str, str] = {
    "NoCredentialsError": "no AWS credentials were found: aws configure, or export AWS_PROFILE",
    "PartialCredentialsError": "the AWS credentials are incomplete: aws configure",
    "NoRegionError": "no AWS region is set: export AWS_REGION",
    "ProfileNotFound": "there is no such AWS profile: check AWS_PROFILE",
    "TokenRetrievalError": "the AWS sign-in has expired: aws sso login",
    "UnauthorizedSSOTokenError": "the AWS sign-in has expired: aws sso login",
    "SSOTokenLoadError": "there is no AWS sign-in: aws sso login",
    "EndpointConnectionError": "the endpoint of Bedrock cannot be reached: check the network and AWS_REGION",
    "ConnectTimeoutError": "the model's endpoint cannot be reached: check the network",
    "ReadTimeoutError": "the model stopped answering: try again, or raise RAGBOT_TIMEOUT",
    "ConnectionClosedError": "the connection to the model was closed: try again",
    "ResponseStreamingError": "the model's stream broke off: try again",
    "ProxyConnectionError": "the proxy cannot be reached: check HTTPS_PROXY",
    "SSLError": "the model's certificate is not trusted: check AWS_CA_BUNDLE or the proxy",
    "ChecksumMismatch": "the model's stream was damaged on the way: try again",
    "APIConnectionError": "the model server cannot be reached: start it, or check RAGBOT_OPENAI_BASE_URL",
    "APITimeoutError": "the model server does not answer: try again, or raise RAGBOT_TIMEOUT",
    "AuthenticationError": "the model server refused the key: check RAGBOT_OPENAI_API_KEY",
    "PermissionDeniedError": "the model server does not allow this model to this key",
    "NotFoundError": "the model server knows no such model: check RAGBOT_MODEL",
    "RateLimitError": "the model server is throttling: wait a little",
    "BadRequestError": "the model server refused the request",
    "UnprocessableEntityError": "the model server refused the request",
    "InternalServerError": "the model server had an internal error: try again",
    "RemoteProtocolError": "the model server broke off: try again",
    "ReadTimeout": "the model stopped answering: try again, or raise RAGBOT_TIMEOUT",
    "ConnectError": "the model server cannot be reached",
}
_ON_DEMAND = re.compile(r"on-demand throughput isn.t supported|inference profile", re.IGNORECASE)


def explain_failure(error: BaseException) -> str | None:
    """One plain sentence with the cure; None for an error that is no model's fault.

    Messages of the provider are not passed on whole: they can hold account ids and keys.
    """
    code = _code_of(error)
    if code == "ValidationException":
        return _invalid(str(error))
    if code is not None:
        return _BEDROCK.get(code, f"Bedrock refused with {code}")
    for kind in type(error).__mro__:
        if kind.__name__ in _CLASSES:
            return _CLASSES[kind.__name__]
    return None


def _code_of(error: BaseException) -> str | None:
    response: Any = getattr(error, "response", None)
    if isinstance(response, dict):
        # Errors in the middle of a stream carry their code in camel case.
        code = str(response.get("Error", {}).get("Code") or "") or None
        return code[0].upper() + code[1:] if code else None
    return None


def _invalid(message: str) -> str:
    if _ON_DEMAND.search(message):
        return (
            "this model is only to be had through an inference profile: put us., eu., apac. or "
            "global. in front of its id"
        )
    if re.search(r"model identifier is invalid", message, re.IGNORECASE):
        return "Bedrock knows no model of this id: check RAGBOT_MODEL"
    return "Bedrock refused the request as not valid for this model"
