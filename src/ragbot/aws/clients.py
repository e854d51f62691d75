"""boto3 clients as ragbot wants them: region, role, endpoint, and no retries of their own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ragbot.aws import environment
from ragbot.errors import ModelUnavailableError, SettingsError
from ragbot.settings import Settings

if TYPE_CHECKING:
    import boto3

CONNECT_SECONDS = 5
SESSION_NAME = "ragbot"  # how an assumed role shows in CloudTrail

_ENDPOINT = re.compile(r"(?:(?P<region>[a-z]{2}(?:-[a-z]+)+-\d)=)?(?P<url>https?://\S+)")


def home_region() -> str:
    """The region of the environment.

    Raises:
        ModelUnavailableError: none is set anywhere.
    """
    region = environment.region()
    if region is None:
        raise ModelUnavailableError(
            "no AWS region is set: export AWS_REGION", mend="export AWS_REGION=us-east-1"
        )
    return region


def client(
    service: str, settings: Settings, region: str | None = None, *, read_seconds: float = 60.0
) -> Any:
    """A client of `bedrock-runtime`, `bedrock` or another service; opening it asks nothing.

    Raises:
        ModelUnavailableError: no region is set anywhere.
        SettingsError: RAGBOT_BEDROCK_ENDPOINTS cannot be read.
        BotoCoreError: the AWS configuration cannot be used.
    """
    from botocore.config import Config

    where = region or home_region()
    own = endpoints(settings).get(where) if service == "bedrock-runtime" else None
    config = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=read_seconds,
        # How often to ask again is decided in one place: `line`.
        retries={"mode": "standard", "total_max_attempts": 1},
        max_pool_connections=max(10, settings.bedrock_concurrency),
        # AWS_ENDPOINT_URL_... stands for the endpoint of the environment's own region.
        ignore_configured_endpoint_urls=where != environment.region(),
    )
    return session(settings, where).client(service, config=config, endpoint_url=own)


def signs_like(one: Any, other: Any) -> bool:
    """Whether two clients have the same credentials as of now."""
    held = (client._request_signer._credentials for client in (one, other))
    frozen = [None if each is None else each.get_frozen_credentials() for each in held]
    return bool(frozen[0] == frozen[1])


def session(settings: Settings, region: str) -> boto3.Session:
    """The environment's session, or that of RAGBOT_BEDROCK_ROLE_ARN, renewed as it expires."""
    import boto3

    own = boto3.Session(region_name=region)
    if not settings.bedrock_role_arn:
        return own
    import botocore.session
    from botocore.credentials import (
        AssumeRoleCredentialFetcher,
        CredentialProvider,
        CredentialResolver,
        DeferredRefreshableCredentials,
    )

    source, role = own.get_credentials(), settings.bedrock_role_arn
    if source is None:
        return own  # the first call tells that there are no credentials

    class AssumedRole(CredentialProvider):  # type: ignore[misc]
        METHOD = "assume-role"

        def load(self) -> DeferredRefreshableCredentials:
            fetcher = AssumeRoleCredentialFetcher(
                client_creator=own._session.create_client,
                source_credentials=source,
                role_arn=role,
                extra_args={"RoleSessionName": SESSION_NAME},
            )
            return DeferredRefreshableCredentials(fetcher.fetch_credentials, self.METHOD)

    assumed = botocore.session.Session()
    assumed.register_component("credential_provider", CredentialResolver([AssumedRole()]))
    return boto3.Session(botocore_session=assumed, region_name=region)


def endpoints(settings: Settings) -> dict[str, str]:
    """RAGBOT_BEDROCK_ENDPOINTS by region; a URL on its own is the environment's region's.

    Raises:
        SettingsError: it is no list of `[REGION=]URL`.
    """
    found: dict[str, str] = {}
    for part in filter(None, map(str.strip, settings.bedrock_endpoints.split(","))):
        given = _ENDPOINT.fullmatch(part)
        if given is None:
            raise SettingsError(
                f"RAGBOT_BEDROCK_ENDPOINTS holds {part!r}, which is no [REGION=]URL",
                mend="set it to https://HOST, or eu-west-1=https://HOST,us-east-1=https://HOST",
            )
        found[given["region"] or home_region()] = given["url"]
    return found
