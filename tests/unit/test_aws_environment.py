"""Credentials and region as boto3 would find them, read without it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from support.bedrock_server import no_aws

from ragbot.aws import environment

KEYS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret"}


@pytest.fixture(autouse=True)
def _nothing_of_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    no_aws(monkeypatch)


def set_all(monkeypatch: pytest.MonkeyPatch, **variables: str) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


CONFIG = """
[default]
region = eu-central-1
[profile keys]
aws_access_key_id = AKIDEXAMPLE
aws_secret_access_key = secret
[profile process]
credential_process = /bin/true
[profile sso]
sso_session = work
sso_account_id = 123456789012
sso_role_name = reader
[sso-session work]
sso_start_url = https://example.awsapps.com/start
sso_region = eu-central-1
[profile bare]
output = json
[profile role]
role_arn = arn:aws:iam::123456789012:role/reader
source_profile = keys
"""
CREDENTIALS = "[default]\naws_access_key_id = AKIDEXAMPLE\naws_secret_access_key = secret\n"


@pytest.mark.parametrize(
    ("variables", "config", "credentials"),
    [
        ({}, "", ""),
        (KEYS, "", ""),
        ({"AWS_BEARER_TOKEN_BEDROCK": "key"}, "", ""),
        ({}, CONFIG, ""),
        ({}, CONFIG, CREDENTIALS),
        ({}, "", CREDENTIALS),
        ({"AWS_PROFILE": "keys"}, CONFIG, ""),
        ({"AWS_PROFILE": "sso"}, CONFIG, ""),
        ({"AWS_PROFILE": "role"}, CONFIG, ""),
        ({"AWS_PROFILE": "bare"}, CONFIG, ""),
        ({"AWS_PROFILE": "nobody"}, CONFIG, CREDENTIALS),
        ({"AWS_PROFILE": "nobody", **KEYS}, CONFIG, ""),
        ({"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE"}, "", ""),
    ],
    ids=[
        "nothing",
        "keys in the environment",
        "API key of Bedrock",
        "default profile with a region only",
        "both files",
        "credentials file only",
        "profile with keys",
        "profile with a sign-in",
        "profile with a role",
        "profile without credentials",
        "profile that is not there",
        "profile that is not there, and keys",
        "half a key",
    ],
)
def test_credentials_are_seen_where_botocore_sees_them(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    variables: dict[str, str],
    config: str,
    credentials: str,
) -> None:
    for name, text in (("CONFIG_FILE", config), ("SHARED_CREDENTIALS_FILE", credentials)):
        (tmp_path / name).write_text(text)
        monkeypatch.setenv(f"AWS_{name}", str(tmp_path / name))
    set_all(monkeypatch, **variables, AWS_REGION="eu-west-1")
    assert (environment.missing() is None) == _botocore_finds_credentials()


def _botocore_finds_credentials() -> bool:
    from botocore.exceptions import BotoCoreError
    from botocore.session import Session

    try:
        session = Session()
        session.create_client("bedrock-runtime", region_name="eu-west-1")
        token = session.get_auth_token(signing_name="bedrock")
        return session.get_credentials() is not None or token is not None
    except BotoCoreError:
        return False


def test_the_region_of_a_profile_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config").write_text(CONFIG)
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    assert environment.region() == "eu-central-1"
    monkeypatch.setenv("AWS_DEFAULT_REGION", "ap-south-1")
    assert environment.region() == "ap-south-1"
    monkeypatch.setenv("AWS_REGION", "us-west-2")
    assert environment.region() == "us-west-2"


def test_a_broken_configuration_file_counts_as_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "config").write_bytes(b"region = eu-west-1\n\xff\xfe")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    assert environment.missing() == "no AWS credentials in the environment"


@pytest.fixture
def metadata_service() -> Iterator[tuple[str, dict[str, str]]]:
    """A metadata service as an EC2 instance has one, and the role that it tells of."""
    role: dict[str, str] = {}

    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            self._send("token")

        def do_GET(self) -> None:
            if not role:
                self.send_error(404)
                return
            credentials = {
                "AccessKeyId": "AKIDEXAMPLE",
                "SecretAccessKey": "secret",
                "Token": "t",
                "Expiration": "2099-01-01T00:00:00Z",
            }
            listing = self.path.endswith("/security-credentials/")
            self._send(role["name"] if listing else json.dumps(credentials))

        def _send(self, text: str) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, format: str, *args: object) -> None:
            """Silent."""

    listener = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=listener.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{listener.server_port}/", role
    listener.shutdown()
    listener.server_close()
    thread.join()


@pytest.mark.parametrize("has_role", [True, False])
def test_an_instance_is_asked_for_its_role(
    monkeypatch: pytest.MonkeyPatch,
    metadata_service: tuple[str, dict[str, str]],
    has_role: bool,
) -> None:
    url, role = metadata_service
    if has_role:
        role["name"] = "reader"
    set_all(
        monkeypatch,
        AWS_EC2_METADATA_SERVICE_ENDPOINT=url,
        AWS_EC2_METADATA_DISABLED="false",
        AWS_REGION="us-east-1",
    )
    assert (environment.missing() is None) == has_role
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    assert environment.missing() == "no AWS credentials in the environment"
