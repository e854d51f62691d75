"""A person asks, watches the answer come, checks a citation, and asks what nobody noted."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

pytestmark = pytest.mark.e2e

SOON = 60_000  # milliseconds; the first question waits for the search models


@pytest.fixture
def page(app: str, browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1300, "height": 900})
    opened = context.new_page()
    asked: list[str] = []
    opened.on("request", lambda request: asked.append(request.url))
    opened.goto(app)
    expect(opened.get_by_role("heading", name="Ask your notes")).to_be_visible(timeout=SOON)
    yield opened
    hosts = {urlsplit(url).hostname for url in asked if not url.startswith(("data:", "blob:"))}
    assert hosts == {"127.0.0.1"}, "the page asked something of the outside network"
    context.close()


def ask(page: Page, question: str) -> None:
    page.get_by_placeholder("Ask your notes").fill(question)
    page.keyboard.press("Enter")


def test_ask_check_the_citation_and_ask_the_unanswerable(page: Page) -> None:
    ask(page, "What's the biggest item I can put in DynamoDB?")
    marker = page.get_by_role("button", name="Show source 1").first
    expect(marker).to_be_visible(timeout=SOON)
    expect(page.locator(".answer .text")).to_contain_text("400 KB")

    marker.click()
    panel = page.get_by_role("complementary", name="Source 1")
    expect(panel).to_contain_text("nosql-databases.md")
    expect(panel).to_contain_text("as of 2026-11-01")
    highlighted = panel.locator("mark").first
    expect(highlighted).to_contain_text("400 KB")
    expect(highlighted).to_be_in_viewport()
    page.get_by_role("button", name="Close the source").click()
    expect(panel).to_have_count(0)

    ask(page, "Who won the football world cup in 1990?")
    expect(page.get_by_text("The notes don't answer this.")).to_be_visible(timeout=SOON)
    expect(page.get_by_text("Nearest topics in the notes:")).to_be_visible()
    # The first answer is still there, and its citations still open.
    marker.click()
    expect(panel.locator("mark").first).to_contain_text("400 KB")


def test_an_example_answers_and_a_new_conversation_clears_the_page(page: Page) -> None:
    page.get_by_role("button", name="Does Parameter Store rotate secrets automatically?").click()
    expect(page.locator(".answer .text")).to_contain_text("No built-in rotation", timeout=SOON)
    expect(page.get_by_text("answered by quotes")).to_be_visible()
    page.get_by_role("button", name="Show source 1").first.click()
    cell = page.get_by_role("complementary", name="Source 1").locator("mark").first
    expect(cell).to_contain_text("No built-in rotation")
    expect(cell).to_be_in_viewport()  # in the last column of a wide table
    page.get_by_role("button", name="New conversation").click()
    expect(page.get_by_role("heading", name="Ask your notes")).to_be_visible()
    expect(page.locator(".answer")).to_have_count(0)


def test_what_a_person_types_is_text_and_nothing_else(page: Page) -> None:
    hostile = (
        "<img src=http://192.0.2.1/x.png onerror=document.title='owned'> $x^2$ :material/home: "
        "![a](http://192.0.2.1/y.png) how large can a DynamoDB item be?"
    )
    ask(page, hostile)
    expect(page.locator(".rb-said").first).to_have_text(hostile, timeout=SOON)
    expect(page.get_by_role("button", name="Ask again")).to_be_visible(timeout=SOON)
    assert page.title() == "ragbot"
    assert page.locator("img[src*='192.0.2.1']").count() == 0


def test_a_follow_up_is_understood(page: Page) -> None:
    ask(page, "How long do Step Functions Express Workflows run?")
    expect(page.locator(".answer .text")).to_contain_text("5 minutes", timeout=SOON)
    ask(page, "and the standard ones?")
    expect(page.locator(".answer .text").nth(1)).to_contain_text("1 year", timeout=SOON)
    searched = "Searched for: How long do Step Functions standard Workflows run?"
    expect(page.get_by_text(searched)).to_be_visible()


def test_a_greeting_is_answered_as_one(page: Page) -> None:
    ask(page, "hello!")
    expect(page.get_by_text("Hello! Ask me a question about your notes.")).to_be_visible(
        timeout=SOON
    )
    expect(page.get_by_text("The notes don't answer this.")).to_have_count(0)
