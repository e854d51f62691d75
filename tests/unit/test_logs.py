"""What the product logs is free of personal data."""

from __future__ import annotations

import ast
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from ragbot.logs import product_logger, redact_by
from ragbot.policies import PiiPolicy

SOURCE = Path(__file__).parents[2]
FOLDERS = ("src/ragbot", "ingest", "eval", "ui")


@pytest.fixture(autouse=True)
def default_policy() -> Iterator[None]:
    yield
    redact_by(PiiPolicy())


def test_messages_and_their_arguments_are_masked(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        product_logger("ragbot.somewhere").info("asked by %s", "jane@example.com")
    assert caplog.messages == ["asked by [email]"]


def test_a_traceback_is_masked(caplog: pytest.LogCaptureFixture) -> None:
    log = product_logger("ragbot.somewhere")
    try:
        raise ValueError("no user jane@example.com")
    except ValueError:
        log.exception("failed")
    assert "[email]" in caplog.text
    assert "jane" not in caplog.text


def test_where_it_was_logged_is_masked(caplog: pytest.LogCaptureFixture) -> None:
    product_logger("ragbot.somewhere").warning("here", stack_info=True)  # of jane@example.com
    assert "of [email]" in caplog.text and "jane" not in caplog.text


def test_a_record_that_does_not_fit_its_arguments_is_no_fault_of_the_caller(
    caplog: pytest.LogCaptureFixture,
) -> None:
    product_logger("ragbot.somewhere").warning("asked %s %s", "jane@example.com")
    assert caplog.messages == ["asked %s %s (its arguments do not fit)"]


def test_a_kind_that_is_blocked_drops_the_record(caplog: pytest.LogCaptureFixture) -> None:
    redact_by(PiiPolicy(logs={"email": "block", "card": "mask"}))
    with caplog.at_level(logging.INFO):
        log = product_logger("ragbot.somewhere")
        log.info("asked by jane@example.com")
        log.info("paid with 4111111111111111 to +49 30 1234567")
    assert caplog.messages == ["paid with [card] to +49 30 1234567"]


def test_no_module_takes_a_logger_without_the_redaction() -> None:
    files = (each for folder in FOLDERS for each in (SOURCE / folder).rglob("*.py"))
    assert [
        f"{file.name}:{node.lineno}"
        for file in files
        if file.name != "logs.py"
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) == "logging.getLogger"
        and node.args  # the root logger is everybody's
    ] == []
