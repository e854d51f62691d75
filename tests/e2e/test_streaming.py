"""A slow model: its sentences appear one by one, checked, and it can be stopped."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from e2e.conftest import serving
from playwright.sync_api import Browser, Page, expect
from support.openai_server import OpenAIServer, openai_server

pytestmark = pytest.mark.e2e
__all__ = ["openai_server"]

SOON = 60_000


def paced(go_on: threading.Event) -> Iterator[str]:
    """A reply that pauses after its first sentence until it is let go on."""
    yield "A DynamoDB item can be at most 400 KB [1]. It weighs 7 kilograms. "
    go_on.wait(timeout=60)
    yield "DocumentDB takes documents of up to 16 MB [1]. "


@pytest.fixture
def page(index: Path, browser: Browser, openai_server: OpenAIServer) -> Iterator[Page]:
    settings = {
        "RAGBOT_UNSUPPORTED": "strike",
        "RAGBOT_MODEL": "openai:scripted",
        "RAGBOT_OPENAI_BASE_URL": openai_server.url,
    }
    with serving(index, **settings) as address:
        context = browser.new_context(viewport={"width": 1300, "height": 900})
        opened = context.new_page()
        opened.goto(address)
        yield opened
        context.close()


def test_sentences_appear_as_they_are_checked_and_the_stop_button_keeps_them(
    page: Page, openai_server: OpenAIServer
) -> None:
    go_on = threading.Event()
    openai_server.script += [paced(go_on), paced(go_on)]  # type: ignore[list-item]
    box = page.get_by_placeholder("Ask your notes")
    box.fill("What's the biggest item I can put in DynamoDB?")
    page.keyboard.press("Enter")
    first = page.get_by_text("A DynamoDB item can be at most 400 KB.")
    expect(first).to_be_visible(timeout=SOON)
    expect(page.get_by_text("DocumentDB takes documents")).to_have_count(0)
    go_on.set()
    expect(page.get_by_role("button", name="Show source 1")).to_have_count(2, timeout=SOON)
    # What the notes don't bear out is struck through here, with the reason.
    doubt = page.locator(".doubt")
    expect(doubt).to_have_text("It weighs 7 kilograms.")
    assert "not in the cited passage" in (doubt.get_attribute("title") or "")
    expect(page.get_by_text("answered by openai:scripted")).to_be_visible()
    expect(page.get_by_text("11 tokens read, 7 written")).to_be_visible()

    go_on.clear()
    box.fill("How large can a DynamoDB item be?")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Stop")).to_be_visible(timeout=SOON)
    expect(page.locator(".rb-said", has_text="A DynamoDB item")).to_be_visible(timeout=SOON)
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("Stopped.")).to_be_visible(timeout=SOON)
    expect(page.locator(".rb-said", has_text="A DynamoDB item")).to_be_visible()
    go_on.set()
