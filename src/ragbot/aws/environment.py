"""Are there AWS credentials and a region here? Asked cheaply, and never for long."""

from __future__ import annotations

import configparser
import functools
import os
from pathlib import Path

# A profile that holds one of these leads to credentials; one that only has a region does not.
_CREDENTIAL_KEYS = (
    "aws_access_key_id",
    "role_arn",
    "sso_session",
    "sso_start_url",
    "login_session",
    "credential_process",
    "web_identity_token_file",
)
_ENDPOINT = "AWS_EC2_METADATA_SERVICE_ENDPOINT"
_METADATA_SECONDS = 0.3  # a request; at most three are made


def missing() -> str | None:
    """What is missing for a call to Bedrock, in a few words; None where nothing is.

    Reads the environment and the shared files as boto3 does, without importing it (a test
    holds the two together). Nothing is asked of a network, except that an EC2 instance asks
    its metadata service once, for at most a second.
    """
    profile = _profile()
    named = os.environ.get("AWS_PROFILE") or os.environ.get("AWS_DEFAULT_PROFILE")
    if named and not profile:
        return f"there is no AWS profile {named}"
    if os.environ.get("AWS_ACCESS_KEY_ID") and not os.environ.get("AWS_SECRET_ACCESS_KEY"):
        return "AWS_ACCESS_KEY_ID is set without AWS_SECRET_ACCESS_KEY"
    if (
        not _in_environment()
        and not any(profile.get(key) for key in _CREDENTIAL_KEYS)
        and not _instance_role()
    ):
        return "no AWS credentials in the environment"
    if region() is None:
        return "AWS credentials, but no region: export AWS_REGION"
    return None


def region() -> str | None:
    """The region of the environment, else of the profile."""
    # boto3 reads only AWS_DEFAULT_REGION; the other SDKs and the CLI know AWS_REGION too.
    return (
        os.environ.get("AWS_REGION")
        or os.environ.get("AWS_DEFAULT_REGION")
        or _profile().get("region")
        or None
    )


def _in_environment() -> bool:
    have = os.environ.get
    return bool(
        (have("AWS_ACCESS_KEY_ID") and have("AWS_SECRET_ACCESS_KEY"))
        or have("AWS_BEARER_TOKEN_BEDROCK")
        or (have("AWS_WEB_IDENTITY_TOKEN_FILE") and have("AWS_ROLE_ARN"))
        or have("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
        or have("AWS_CONTAINER_CREDENTIALS_FULL_URI")
    )


def _profile() -> dict[str, str]:
    """The chosen profile, out of both shared files; empty where there is none."""
    name = os.environ.get("AWS_PROFILE") or os.environ.get("AWS_DEFAULT_PROFILE") or "default"
    found: dict[str, str] = {}
    config = _shared("AWS_CONFIG_FILE", "config")
    for section in (f"profile {name}", *(["default"] if name == "default" else [])):
        if config.has_section(section):
            found.update(config.items(section))
    credentials = _shared("AWS_SHARED_CREDENTIALS_FILE", "credentials")
    if credentials.has_section(name):
        found.update(credentials.items(name))
    return found


def _shared(variable: str, name: str) -> configparser.RawConfigParser:
    parsed = configparser.RawConfigParser(strict=False)
    try:
        file = Path(os.environ.get(variable) or f"~/.aws/{name}").expanduser()
        parsed.read(file, encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError, RuntimeError):
        # Unreadable, or no home folder: boto3 says it better, when it is asked.
        return configparser.RawConfigParser()
    return parsed


def _instance_role() -> bool:
    """Whether this is an EC2 instance that has credentials from its role."""
    if os.environ.get("AWS_EC2_METADATA_DISABLED", "").lower() == "true" or not _on_ec2():
        return False
    return _ask_metadata(os.environ.get(_ENDPOINT))


def _on_ec2() -> bool:
    """Told by the firmware, because asking the network where there is no EC2 costs seconds."""
    if os.environ.get(_ENDPOINT):
        return True
    for file in ("sys_vendor", "bios_version"):
        try:
            if "amazon" in Path("/sys/class/dmi/id", file).read_text(encoding="utf-8").lower():
                return True
        except (OSError, UnicodeDecodeError):
            continue
    return False


@functools.cache
def _ask_metadata(endpoint: str | None) -> bool:
    from botocore.utils import InstanceMetadataFetcher

    fetcher = InstanceMetadataFetcher(
        timeout=_METADATA_SECONDS,
        num_attempts=1,
        config={"ec2_metadata_service_endpoint": endpoint} if endpoint else None,
    )
    return bool(fetcher.retrieve_iam_role_credentials())
