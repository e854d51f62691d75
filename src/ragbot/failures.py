"""What a provider's or network's failure means, what cures it, and whether to ask again.

Told apart by error code, and by library and class name, so that no library is imported to
explain its errors. What a provider says is never passed on: it can hold account ids and keys.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from ragbot.errors import ModelUnavailableError

Kind = Literal["throttled", "unreachable", "silent", "failed", "invalid", "refused"]
"""Of a failure, by what is to be done about it:

throttled    wait, and ask again
unreachable  the endpoint, for whatever is asked of it
silent       it takes too long: asking again would take as long again
failed       a second try may do
invalid      this question cannot be put to this model; another one can
refused      nothing will change before a person changes it
"""

_THROTTLED = "Bedrock is throttling this account: wait a little, or ask for a higher quota"
_USED_UP = "the account's Bedrock quota is used up: ask for more under Service Quotas"
_UNREACHABLE = "the endpoint of Bedrock cannot be reached: check the network and AWS_REGION"
_EXPIRED = "the AWS credentials have expired: renew them (aws sso login) and ask again; where they are exported, start ragbot again"
_SIGN_IN = "the AWS sign-in has expired: aws sso login"
_SILENT = "the model stopped answering: try again, or raise RAGBOT_TIMEOUT"
_BROKE_OFF = "the model's stream broke off: try again"

# Error codes of AWS.
_CODES: Mapping[str, str] = {
    "ThrottlingException": _THROTTLED,
    "TooManyRequestsException": _THROTTLED,
    "ServiceQuotaExceededException": _USED_UP,
    "ResourceNotFoundException": "Bedrock has no such model in this region: check RAGBOT_MODEL and AWS_REGION",
    "ModelNotReadyException": "the model is not ready yet: try again in a minute",
    "ModelTimeoutException": "the model took too long: try again, or choose a smaller model",
    "ModelErrorException": "the model failed on this request: try again, or choose another model",
    "ModelStreamErrorException": "the model failed while it was answering: try again",
    "InternalServerException": "Bedrock had an internal error: try again",
    "ServiceUnavailableException": "Bedrock is not available at the moment: try again",
    "ExpiredTokenException": _EXPIRED,
    "ExpiredToken": _EXPIRED,
    "RequestExpired": "AWS found the request too old: check the clock of this machine",
    "UnrecognizedClientException": "the AWS credentials are not valid: check AWS_ACCESS_KEY_ID and its secret",
    "InvalidClientTokenId": "the AWS credentials are not valid: check AWS_ACCESS_KEY_ID and its secret",
    "InvalidSignatureException": "the AWS credentials are not valid: check the secret key and the clock",
}

# What a ValidationException says -> what it means.
_INVALID: tuple[tuple[str, str], ...] = (
    (
        r"on-demand throughput",
        "this model is only to be had through an inference profile: put us., eu., apac. or global. in front of its id (ragbot doctor --bedrock names it)",
    ),
    (
        r"model identifier is invalid",
        "Bedrock knows no model of this id: check RAGBOT_MODEL and AWS_REGION",
    ),
    (
        r"too long|too many (?:input )?tokens|context (?:window|length)",
        "the question and its passages are too long for this model: lower RAGBOT_K, or choose another model",
    ),
    (
        r"n.t support|not support|not available",
        "this model cannot hold a streamed conversation on Bedrock: choose another model",
    ),
)

# What a refusal says more exactly than its code.
_SAID: tuple[tuple[str, str], ...] = (
    (
        r"use case details have not been submitted",
        "the provider wants to know what for first: fill in its use case form in the Bedrock console, under Model access",
    ),
    (
        r"payment instrument|aws-marketplace|subscription",
        "the account has no subscription to this model: allow aws-marketplace:Subscribe and check the account's payment method, then ask for access in the Bedrock console",
    ),
    (
        r"service control policy",
        "a policy of the AWS organization forbids this model or region: ask who administers it",
    ),
    (
        r"end of its life|legacy",
        "this model has been retired: choose its successor (ragbot doctor --bedrock lists what there is)",
    ),
)

# Of Retrieve, what means something else there than of a model.
_OF_KNOWLEDGE_BASES: Mapping[str, str] = {
    "AccessDeniedException": "the account may not search it: allow bedrock:Retrieve on this knowledge base in IAM",
    "ResourceNotFoundException": "there is none of this id in this region: check RAGBOT_RETRIEVER and AWS_REGION",
    "ValidationException": "Bedrock refused the search: check RAGBOT_RETRIEVER, and unset RAGBOT_KB_SEARCH where its vector store has no hybrid search",
    "ConflictException": "it is being changed: try again in a minute",
    "DependencyFailedException": "its vector store or its embedding model failed: look at it in the Bedrock console",
    "BadGatewayException": "its vector store or its embedding model failed: try again in a minute",
}
_WAKES_UP = re.compile(r"auto-paused|resuming", re.IGNORECASE)  # an Aurora database behind it

# Library and class -> what it means; of a class and its bases, the nearest counts.
_CLASSES: Mapping[str, str] = {
    "botocore.NoCredentialsError": "no AWS credentials were found: aws configure, or export AWS_PROFILE",
    "botocore.PartialCredentialsError": "the AWS credentials are incomplete: aws configure",
    "botocore.NoRegionError": "no AWS region is set: export AWS_REGION",
    "botocore.ProfileNotFound": "there is no such AWS profile: check AWS_PROFILE",
    "botocore.ConfigParseError": "an AWS configuration file cannot be read: check ~/.aws/config and ~/.aws/credentials",
    "botocore.CredentialRetrievalError": "the AWS credentials could not be fetched: check credential_process and the profile",
    "botocore.MetadataRetrievalError": "the AWS credentials could not be fetched: check the role of this container",
    "botocore.TokenRetrievalError": _SIGN_IN,
    "botocore.UnauthorizedSSOTokenError": _SIGN_IN,
    "botocore.SSOError": _SIGN_IN,
    "botocore.LoginError": "the AWS sign-in has expired: aws login",
    "botocore.EndpointConnectionError": _UNREACHABLE,
    "botocore.ConnectTimeoutError": _UNREACHABLE,
    "botocore.ProxyConnectionError": "the proxy cannot be reached: check HTTPS_PROXY",
    "botocore.SSLError": "the certificate of Bedrock's endpoint is not trusted: check AWS_CA_BUNDLE and the proxy",
    "botocore.ReadTimeoutError": _SILENT,
    "botocore.HTTPClientError": _BROKE_OFF,
    "botocore.ParserError": _BROKE_OFF,  # of an event that was damaged on its way
    "botocore.ResponseParserError": _BROKE_OFF,
    "ragbot.UnreadableReply": "the model's service sent what ragbot cannot read: try again, or choose another model",
    "botocore.ConnectionError": _UNREACHABLE,
    "botocore.InvalidRegionError": "AWS has no such region: check AWS_REGION",
    "botocore.ParamValidationError": "Bedrock cannot be asked like this: check the model id in RAGBOT_MODEL",
    "botocore.InvalidConfigError": "the AWS configuration cannot be used: check the profile in ~/.aws/config",
    "botocore.BotoCoreError": "the AWS library failed: check the AWS configuration (aws sts get-caller-identity)",
    "urllib3.ReadTimeoutError": _SILENT,
    "urllib3.HTTPError": _BROKE_OFF,
    "openai.APITimeoutError": "the model server does not answer: try again, or raise RAGBOT_TIMEOUT",
    "openai.APIConnectionError": "the model server cannot be reached: start it, or check RAGBOT_OPENAI_BASE_URL",
    "openai.AuthenticationError": "the model server refused the key: check RAGBOT_OPENAI_API_KEY",
    "openai.PermissionDeniedError": "the model server does not allow this model to this key: choose another model or key",
    "openai.NotFoundError": "the model server has no such model: check RAGBOT_MODEL and RAGBOT_OPENAI_BASE_URL",
    "openai.RateLimitError": "the model server is throttling, or the account's quota is used up: wait a little, or check the account",
    "openai.APIStatusError": "the model server refused the request: check that the model is a chat model, or choose another",
    "openai.InternalServerError": "the model server had an internal error: try again",
    "openai.OpenAIError": "the model server failed: try again",
    "httpx.TimeoutException": _SILENT,
    "httpx.TransportError": _BROKE_OFF,
    "builtins.TimeoutError": _SILENT,
    "builtins.ConnectionError": _BROKE_OFF,
}
_UNKNOWN_NAME = (
    "the name of Bedrock's endpoint is not known to this network: check AWS_REGION and the DNS"
)

# What is not here is "refused".
_KINDS: Mapping[str, Kind] = {
    "ThrottlingException": "throttled",
    "TooManyRequestsException": "throttled",
    "ModelNotReadyException": "throttled",
    "ServiceUnavailableException": "throttled",
    "InternalServerException": "failed",
    "ModelErrorException": "failed",
    "ModelStreamErrorException": "failed",
    "ModelTimeoutException": "silent",
    "ConflictException": "failed",
    "DependencyFailedException": "failed",
    "BadGatewayException": "failed",
    "ValidationException": "invalid",
    "botocore.EndpointConnectionError": "unreachable",
    "botocore.ConnectTimeoutError": "unreachable",
    "botocore.ProxyConnectionError": "unreachable",
    "botocore.SSLError": "unreachable",
    "botocore.ReadTimeoutError": "silent",
    "botocore.HTTPClientError": "failed",
    "botocore.ParserError": "failed",
    "botocore.ResponseParserError": "failed",
    "botocore.ConnectionError": "failed",
    "ragbot.UnreadableReply": "failed",
    "urllib3.ReadTimeoutError": "silent",
    "urllib3.HTTPError": "failed",
    "openai.APITimeoutError": "silent",
    "openai.APIConnectionError": "unreachable",
    "openai.RateLimitError": "throttled",
    "openai.InternalServerError": "failed",
    "openai.BadRequestError": "invalid",
    "httpx.TimeoutException": "silent",
    "httpx.TransportError": "failed",
    "builtins.TimeoutError": "silent",
    "builtins.ConnectionError": "failed",
}

# Why a reply ended, other than because it was whole: Bedrock's words, then OpenAI's.
_STOPS: Mapping[str, str] = {
    "max_tokens": "the reply reached the longest length: raise RAGBOT_MAX_TOKENS",
    "model_context_window_exceeded": "the model's context was full: lower RAGBOT_K, or choose another model",
    "content_filtered": "the model's provider filtered the reply: ask in other words, or choose another model",
    "malformed_model_output": "the model's reply was not well formed: try again, or choose another model",
    "length": "the reply reached the longest length: raise RAGBOT_MAX_TOKENS",
    "content_filter": "the model's provider filtered the reply: ask in other words, or choose another model",
}
BLOCKED = "a guardrail of this AWS account blocked the question or the answer"
_PER_DAY = re.compile(r"per day", re.IGNORECASE)
_DAY_USED_UP = (
    "the account's Bedrock tokens of today are used up: ask for a higher quota under Service Quotas"
)

# Our operation -> the IAM action that allows it.
_ACTIONS = {
    "Converse": "InvokeModel",
    "ConverseStream": "InvokeModelWithResponseStream",
    "InvokeModel": "InvokeModel",
}


class UnreadableReply(ValueError):
    """The provider's library stumbled over what the provider sent."""


def explain_failure(error: BaseException) -> str | None:
    """One plain sentence with the cure; None for an error that is no model's fault."""
    if isinstance(error, ModelUnavailableError):
        return error.message
    code = _aws_code(error)
    if code is not None:
        return _explain_code(code, error)
    for name in _names(error):
        if name in _CLASSES:
            return _UNKNOWN_NAME if _is_unknown_name(error) else _CLASSES[name]
    return None


def cause_and_cure(error: BaseException, setting: str) -> tuple[str, str | None] | None:
    """`explain_failure` in its two parts, of something that another setting names than a model."""
    told = explain_failure(error)
    if told is None:
        return None
    cause, _, cure = told.replace("RAGBOT_MODEL", setting).partition(": ")
    return cause, getattr(error, "mend", None) or cure or None


def kind_of(error: BaseException) -> Kind:
    """What is to be done about an error that `explain_failure` knows."""
    code = _aws_code(error)
    if code is not None:
        if code == "ThrottlingException" and _PER_DAY.search(str(error)):
            return "refused"  # nobody waits that long
        if code == "ValidationException" and _WAKES_UP.search(str(error)):
            return "throttled"
        return _KINDS.get(code, "refused")
    return next((_KINDS[name] for name in _names(error) if name in _KINDS), "refused")


def explain_stop(metadata: Mapping[str, Any]) -> str | None:
    """Why a reply is not whole, out of its last chunk's `response_metadata`; None where it is."""
    stop = metadata.get("stopReason") or metadata.get("finish_reason")
    return BLOCKED if stop == "guardrail_intervened" else _STOPS.get(str(stop))


def cannot_stream(error: BaseException) -> bool:
    """A model that converses, but not in pieces."""
    if _aws_code(error) != "ValidationException":
        return False
    # Not of the whole error: the operation that it names is a ConverseStream.
    says = str(getattr(error, "response", {})["Error"].get("Message")).lower()
    return "stream" in says and "support" in says


def outdated(error: BaseException) -> bool:
    """Credentials that AWS does not take any more; there may be new ones by now."""
    return _aws_code(error) in (
        "ExpiredTokenException",
        "ExpiredToken",
        "UnrecognizedClientException",
        "InvalidClientTokenId",
    )


def refuses(error: BaseException, words: str) -> bool:
    """A model that does not know something of the request, which the service names by `words`.

    An account that may not use prompt caching with a model is told so as a denied access.
    """
    if _aws_code(error) not in ("ValidationException", "AccessDeniedException"):
        return False
    says = str(getattr(error, "response", {})["Error"].get("Message"))
    return re.search(words, says, re.IGNORECASE) is not None


def _names(error: BaseException) -> Iterator[str]:
    for kind in type(error).__mro__:
        yield f"{kind.__module__.partition('.')[0]}.{kind.__name__}"


def _is_unknown_name(error: BaseException) -> bool:
    """boto3 reports an unknown host name and a closed port alike, but keeps the cause."""
    cause = getattr(error, "kwargs", {}).get("error")
    return type(cause).__name__ == "NameResolutionError"


def _aws_code(error: BaseException) -> str | None:
    if not any(kind.__module__ == "botocore.exceptions" for kind in type(error).__mro__):
        return None
    response: Any = getattr(error, "response", None)
    code = response.get("Error", {}).get("Code") if isinstance(response, dict) else None
    # Errors in the middle of a stream carry their code with a small first letter.
    return code[0].upper() + code[1:] if isinstance(code, str) and code else None


def _explain_code(code: str, error: BaseException) -> str:
    if getattr(error, "operation_name", None) == "Retrieve" and code in _OF_KNOWLEDGE_BASES:
        if _WAKES_UP.search(str(error)):
            return "the database behind it is waking up: try again in a minute"
        return _OF_KNOWLEDGE_BASES[code]
    if code in ("AccessDeniedException", "ResourceNotFoundException"):
        for pattern, meaning in _SAID:
            if re.search(pattern, str(error), re.IGNORECASE):
                return meaning
    if code == "AccessDeniedException":
        operation = getattr(error, "operation_name", "Converse")
        if operation not in _ACTIONS:
            return f"AWS refused {operation}: allow it in IAM"
        return (
            f"the account may not use this model: allow bedrock:{_ACTIONS[operation]} in IAM, and "
            "enable the model in the Bedrock console"
        )
    if code == "ThrottlingException" and _PER_DAY.search(str(error)):
        return _DAY_USED_UP
    if code == "ValidationException":
        for pattern, meaning in _INVALID:
            if re.search(pattern, str(error), re.IGNORECASE):
                return meaning
        return "Bedrock refused the request as not valid for this model: choose another model"
    return _CODES.get(code, f"Bedrock refused the request ({code}): try again, or another model")
