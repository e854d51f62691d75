"""The chat page: ask, read the checked answer as it is written, click what it stands on."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from ragbot.abstaining import ABSTAINS
from ragbot.chat_models import availability
from ragbot.errors import RagbotError
from ragbot.rewriting import differs
from ragbot.screening import without_hidden
from ragbot.settings import Settings, load_settings
from ragbot.small_talk import told_titles
from ragbot.types import (
    BLOCKED_BY,
    NO_FILTERS,
    Answer,
    Cost,
    Event,
    Filters,
    HeadingPath,
    Retrieved,
    Sentence,
    Turn,
    Usage,
    Waiting,
)
from ui import markup
from ui.bots import bot_for, warm_up_of
from ui.sources import drawn

if TYPE_CHECKING:
    from ragbot.assembly import Ragbot
    from ragbot.retrieval import Searcher

_ASSETS = Path(__file__).parent / "assets"
_answer_component = st.components.v2.component(
    "ragbot.answer",
    html='<div class="answer"></div>',
    css=(_ASSETS / "answer.css").read_text(encoding="utf-8"),
    js=(_ASSETS / "answer.js").read_text(encoding="utf-8"),
)
# By the title of the sheet that answers; of notes that are somebody else's nothing is offered.
EXAMPLES = {
    "AWS DynamoDB vs DocumentDB vs Neptune": "How large can a DynamoDB item be, and what if mine "
    "is larger?",
    "AWS KMS vs CloudHSM vs Secrets Manager vs Parameter Store": "Does Parameter Store rotate "
    "secrets automatically?",
    "AWS Route 53 Routing Policies": "Which Route 53 policy should I use for disaster recovery?",
    "AWS CloudWatch vs CloudTrail vs Config": "What is the difference between CloudTrail and "
    "Config?",
}


@dataclass(slots=True)
class Exchange:
    """A question and what became of it; without answer and trouble it was stopped."""

    question: str
    query: str = ""  # what was searched for
    sentences: list[Sentence] = field(default_factory=list)
    answer: Answer | None = None
    data: dict[str, Any] | None = None  # what the component draws
    trouble: tuple[str, str | None] | None = None

    @property
    def as_turn(self) -> Turn:
        if self.answer is not None:
            return Turn.of(self.answer)
        said = [sentence.text for sentence in self.sentences if not sentence.withheld]
        return Turn(self.question, " ".join(said), self.query)


def page() -> None:
    """Draw the page; run anew by Streamlit at every click."""
    st.html(markup.STYLE)
    exchanges: list[Exchange] = st.session_state.setdefault("exchanges", [])
    try:
        settings = load_settings()
    except RagbotError as error:
        st.html(markup.trouble(error.message, error.mend))
        return
    opened = _open(_sidebar(settings))
    question = st.chat_input("Ask your notes", disabled=opened is None)
    question = st.session_state.pop("asked", None) or question
    if opened is None:
        return
    bot, notes = opened
    filters = _filters(notes)
    # A place of its own, emptied at once: Streamlit would show the old buttons, greyed, for as
    # long as the first answer is being written.
    welcome = st.empty()
    if not exchanges and not question:
        with welcome.container():
            _welcome(notes)
    _spent_so_far(exchanges)
    for position, exchange in enumerate(exchanges):
        _draw(exchange, position, last=position == len(exchanges) - 1 and not question)
    if question and question.strip():
        _ask(bot, notes, question.strip(), filters, exchanges)
    warm_up_of(bot)


def _open(model: str) -> tuple[Ragbot, Searcher] | None:
    """The bot, and the notes that this run of the page is about to its end: an ingest may swap in
    others while an answer is written, whose citations are places in these."""
    try:
        bot = bot_for(model)
        return bot, bot.searcher()
    except RagbotError as error:
        st.html(markup.trouble(error.message, error.mend))
        st.button("Try again")
        return None


def _sidebar(settings: Settings) -> str:
    with st.sidebar:
        st.markdown("### 📗 ragbot")
        st.caption("Answers about your notes. Every sentence is checked against its source.")
        choices = availability(settings)
        usable = {choice.spec: choice.label for choice in choices if choice.available}
        specs = list(usable)
        model = st.selectbox(
            "Model",
            specs,
            index=specs.index(settings.model) if settings.model in specs else 0,
            format_func=lambda spec: f"{spec} - {usable[spec]}",
        )
        missing = [choice for choice in choices if not choice.available]
        if missing:
            with st.expander(f"{len(missing)} more not available"):
                for choice in missing:
                    st.html(markup.trouble(f"{choice.label}: {choice.reason}", choice.mend))
        if st.button("New conversation", width="stretch"):
            st.session_state["exchanges"] = []
            st.rerun()
    return str(model)


def _spent_so_far(exchanges: list[Exchange]) -> None:
    """Tokens and money of the conversation; of a single answer it tells them itself."""
    answers = [exchange.answer for exchange in exchanges if exchange.answer is not None]
    usage = sum((answer.usage for answer in answers), Usage())
    cost = sum((answer.cost for answer in answers), Cost())
    if len(answers) > 1 and (usage != Usage() or cost != Cost()):
        money = f" · {cost}" if cost.usd != 0 else ""
        with st.sidebar:
            st.html(markup.plain(f"This conversation: {_tokens(usage)}{money}", "rb-quiet"))


def _filters(notes: Searcher) -> Filters:
    """What the person narrows the search to; nothing chosen is all of the notes."""
    if not notes.sources():  # a knowledge base: nobody knows what it could be narrowed to
        return NO_FILTERS
    with st.sidebar.expander("Search only in"):
        topics = _chosen("Topics", notes.topics())
        services = _chosen("Services", notes.services())
        sources = _chosen("Files", notes.sources())
    return Filters(tuple(topics), tuple(services), tuple(sources))


def _chosen(of: str, options: Sequence[str]) -> list[str]:
    every = f"all {of.lower()}"
    return st.multiselect(of, options, placeholder=every, format_func=without_hidden)


def _welcome(notes: Searcher) -> None:
    st.title("Ask your notes")
    st.html(markup.plain(_covered(notes), "rb-lead"))
    columns = st.columns(2)
    titles = notes.titles() or ()
    for position, example in enumerate(EXAMPLES[each] for each in EXAMPLES if each in titles):
        columns[position % 2].button(
            example, key=f"example-{position}", on_click=_will_ask, args=(example,), width="stretch"
        )


def _covered(notes: Searcher) -> str:
    counts = notes.counts()
    if not counts:
        return "Notes of a Bedrock knowledge base. What they are on, it does not tell."
    held = f"{counts['documents']} sheets, {counts['passages']} passages"
    return f"{held}: {'; '.join(told_titles(notes.titles() or ()))}."


def _will_ask(question: str) -> None:
    st.session_state["asked"] = question


def _ask(
    bot: Ragbot, notes: Searcher, question: str, filters: Filters, exchanges: list[Exchange]
) -> None:
    """Answer a new question, drawing each sentence once it is checked."""
    history = tuple(exchange.as_turn for exchange in exchanges if not exchange.trouble)
    exchange = Exchange(question)
    exchanges.append(exchange)
    with st.chat_message("user"):
        st.html(markup.plain(question))
    with st.chat_message("assistant"):
        stop, searched, place, pause = st.empty(), st.empty(), st.empty(), st.empty()
        stop.button("Stop", key=f"stop-{len(exchanges)}")
        try:
            warm_up = warm_up_of(bot)
            if not warm_up.is_over and not bot.is_small_talk(question):
                with st.spinner("Loading the search models, once ..."):
                    warm_up.wait()
            with (
                st.spinner("Reading the notes ..."),
                closing(_events(bot, question, history, filters, notes)) as events,
            ):
                for event in events:
                    if isinstance(event, Retrieved):
                        pause.empty()
                        exchange.query = event.query
                        if told := _searched_for(exchange):
                            searched.html(told)
                        if event.quotes:
                            place.html(markup.meanwhile(event.quotes))
                    elif isinstance(event, Sentence):
                        exchange.sentences.append(event)
                        if not event.withheld:
                            place.html(markup.being_written(exchange.sentences))
                        pause.empty()
                    elif isinstance(event, Waiting):
                        pause.html(markup.plain(_capital(str(event)), "rb-quiet"))
                    elif isinstance(event, Answer):
                        exchange.data = drawn(event, notes, bot.guardrails)
                        exchange.answer = event
        except RagbotError as error:
            exchange.trouble = (error.message, error.mend)
        stop.empty()
        searched.empty()
        place.empty()
        pause.empty()
    st.rerun()


def _events(
    bot: Ragbot, question: str, history: tuple[Turn, ...], filters: Filters, notes: Searcher
) -> Generator[Event, None, None]:
    yield from bot.stream(question, history, filters, over=notes)


def _draw(exchange: Exchange, position: int, *, last: bool) -> None:
    with st.chat_message("user"):
        st.html(markup.plain(exchange.question))
    with st.chat_message("assistant"):
        if told := _searched_for(exchange):
            st.html(told)
        if exchange.trouble is not None:
            st.html(markup.trouble(*exchange.trouble))
        elif exchange.answer is None:
            st.html(markup.being_written(exchange.sentences))
            st.html(markup.plain("Stopped.", "rb-quiet"))
        else:
            _draw_answer(exchange.answer, exchange.data, position)
        if last:
            st.button(
                "Ask again",
                key=f"again-{position}",
                on_click=_will_ask_again,
                args=(exchange.question,),
            )


def _searched_for(exchange: Exchange) -> str:
    """Told where it is not what was typed: a follow-up put on its own, a typing error mended."""
    if not differs(exchange.question, exchange.query):
        return ""
    return markup.plain(f"Searched for: {exchange.query}", "rb-quiet")


def _will_ask_again(question: str) -> None:
    st.session_state["exchanges"].pop()
    _will_ask(question)


def _draw_answer(answer: Answer, data: dict[str, Any] | None, position: int) -> None:
    if answer.kind == "small_talk":
        st.html(markup.plain(answer.text))
        return
    if answer.abstained and all(sentence.withheld for sentence in answer.sentences):
        unasked = answer.model_id == "none" and not answer.blocked
        st.html(markup.plain(ABSTAINS if unasked else answer.text))
    else:
        _answer_component(key=f"answer-{position}", data=data)
    if answer.abstained and answer.nearest_topics:
        _topics(answer.nearest_topics, position)
    for line in _asides(answer):
        st.html(markup.plain(line, "rb-quiet"))


def _topics(topics: tuple[HeadingPath, ...], position: int) -> None:
    st.html(markup.plain("Nearest topics in the notes:", "rb-quiet"))
    for number, path in enumerate(topics):
        st.button(
            markup.literal(path[-1]),
            key=f"topic-{position}-{number}",
            on_click=_will_ask,
            args=(f"What do the notes say about {path[-1]}?",),
        )


def _asides(answer: Answer) -> Iterator[str]:
    for fell in answer.fell_back_from:
        what = "broke off" if fell.sentences else "not used"
        yield f"{what}: {fell.model_id} ({fell.reason})"
    if answer.blocked is not None:
        yield f"Held back by the {BLOCKED_BY[answer.blocked.policy]}: {answer.blocked.reason}."
    if answer.reason and not answer.abstained:
        yield f"Stopped early: {answer.reason}"
    if answer.model_id == "none":
        yield "No model was asked." if answer.blocked else f"No model was asked: {answer.reason}."
        return
    first = answer.timings.first_sentence
    spent = answer.usage
    parts = [
        f"answered by {answer.model_id}",
        f"first sentence {first:.1f} s" if first is not None else "",
        f"total {answer.timings.total:.1f} s",
        _tokens(spent),
        str(answer.cost) if answer.cost.usd != 0 else "",
    ]
    yield " · ".join(part for part in parts if part)


def _tokens(spent: Usage) -> str:
    if not spent.input_tokens and not spent.output_tokens:
        return ""
    cached = f" ({spent.cache_read_tokens:,} from the cache)" if spent.cache_read_tokens else ""
    return f"{spent.input_tokens:,} tokens read{cached}, {spent.output_tokens:,} written"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
