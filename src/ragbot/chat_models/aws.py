"""Are there AWS credentials and a region here? Asked cheaply, and never for long."""

from __future__ import annotations

import configparser
import os
from pathlib import Path

_PREFIX_OF = {"us": "us", "ca": "us", "sa": "us", "eu": "eu", "ap": "apac"}
_DEFAULT = "amazon.nova-lite-v1:0"
# Any of these names a way to credentials, without asking a metadata service for them.
_VARIABLES = (
    "AWS_ACCESS_KEY_ID",
    "AWS_BEARER_TOKEN_BEDROCK",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
    "AWS_CONTAINER_CREDENTIALS_FULL_URI",
)


def missing() -> str | None:
    """What is missing for a call to Bedrock, in a few words; None where nothing is.

    Reads the environment and the shared files only. The instance metadata service is left
    out: without it, asking costs seconds. On an instance set AWS_PROFILE or RAGBOT_MODEL.
    """
    profile = os.environ.get("AWS_PROFILE") or os.environ.get("AWS_DEFAULT_PROFILE") or "default"
    files = [
        _shared(v, f)
        for v, f in (("AWS_SHARED_CREDENTIALS_FILE", "credentials"), ("AWS_CONFIG_FILE", "config"))
    ]
    sections = [
        s for parsed in files for s in (profile, f"profile {profile}") if parsed.has_section(s)
    ]
    if not any(os.environ.get(name) for name in _VARIABLES) and not sections:
        return "no AWS credentials in the environment"
    if region() is None:
        return "AWS credentials, but no region: export AWS_REGION"
    return None


def region() -> str | None:
    """The region as boto3 would take it."""
    named = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
    if named:
        return named
    profile = os.environ.get("AWS_PROFILE") or os.environ.get("AWS_DEFAULT_PROFILE") or "default"
    config = _shared("AWS_CONFIG_FILE", "config")
    for section in (profile, f"profile {profile}"):
        if config.has_option(section, "region"):
            return config.get(section, "region")
    return None


def default_model() -> str:
    """A small, quick model by its inference profile, which on-demand calls need."""
    geography = _PREFIX_OF.get((region() or "us-east-1").split("-")[0])
    return f"{geography}.{_DEFAULT}" if geography else _DEFAULT


def _shared(variable: str, name: str) -> configparser.RawConfigParser:
    parsed = configparser.RawConfigParser(strict=False)
    file = Path(os.environ.get(variable) or Path.home() / ".aws" / name)
    try:
        parsed.read(file, encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError):
        return configparser.RawConfigParser()  # boto3 says it better, when it is asked
    return parsed
