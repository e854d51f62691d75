"""How answers look in a terminal, and why nothing in them can steer it."""

from __future__ import annotations

import argparse
import json
import sys
import textwrap
import unicodedata
from collections.abc import Callable, Sequence

from ragbot.screening import FLAGS, MEANINGS
from ragbot.types import (
    BLOCKED_BY,
    Answer,
    Document,
    Filters,
    Passage,
    RetrievedPassage,
    Sentence,
)

WIDTH = 88


def inert(text: str) -> str:
    """The text without what steers a terminal: an escape sequence in a note stays a note."""
    return "".join(map(_inert, text))


def _inert(c: str) -> str:
    if c in "\n\t\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}":  # some scripts are written so
        return c
    match unicodedata.category(c):
        case "Cc" | "Cs":
            return "\N{REPLACEMENT CHARACTER}"
        case "Cf":  # unseen, or turns the direction in which the text is read
            return ""
        case "Zl" | "Zp":
            return " "
        case _:
            return c


def filters(options: argparse.Namespace) -> Filters:
    """What --topic, --service and --source ask for."""
    return Filters(tuple(options.topic), tuple(options.service), tuple(options.source))


def say(text: str = "", end: str = "\n") -> None:
    """A result, on standard output."""
    sys.stdout.write(inert(text) + end)
    sys.stdout.flush()


def say_json(value: object) -> None:
    """A result as JSON, on standard output: exact, with what steers a terminal escaped."""
    beyond_ascii = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    text = json.dumps(value, ensure_ascii=not beyond_ascii, indent=1)
    sys.stdout.write("".join(c if _inert(c) == c else json.dumps(c)[1:-1] for c in text) + "\n")
    sys.stdout.flush()


def notice(text: str) -> None:
    """Progress or an aside, on standard error."""
    print(inert(text), file=sys.stderr, flush=True)


def sentence_text(sentence: Sentence) -> str:
    """A sentence as it is streamed: layout, text, markers; unsupported ones are told."""
    markers = "".join(f"[{marker}]" for marker in sentence.markers)
    doubt = " (not supported by the notes)" if sentence.verdict == "unsupported" else ""
    return f"{sentence.prefix}{sentence.text}{' ' if markers else ''}{markers}{doubt}"


def sources(
    answer: Answer,
    documents: dict[str, Document],
    shown_part: Callable[[str, int, int], str] = lambda text, start, end: text[start:end],
) -> str:
    """The list under an answer: where each marker points, and what it says there.

    `shown_part` masks what the guardrails don't want quoted.
    """
    by_id = {item.passage.passage_id: item for item in answer.passages}
    lines = []
    quoted: set[tuple[int, int, int]] = set()
    for citation in answer.citations:
        passage, flags = by_id[citation.passage_id].passage, by_id[citation.passage_id].flags
        document = documents[passage.doc_id]
        if citation.marker not in {marker for marker, *_ in quoted}:
            place = _place(passage)
            as_of = f" (as of {document.as_of})" if document.as_of else ""
            lines.append(f"[{citation.marker}] {' > '.join(passage.heading_path)}{as_of}")
            lines.append(f"    {place}")
            lines += [f"    {line}" for line in _cautions(flags)]
        span = (citation.marker, citation.start, citation.end)
        if span not in quoted:
            quoted.add(span)
            quote = " ".join(shown_part(document.text, citation.start, citation.end).split())
            lines.append(textwrap.indent(textwrap.fill(f"“{quote}”", WIDTH - 4), "    "))
    return "\n".join(lines)


def _place(passage: Passage) -> str:
    first, last = passage.lines
    if not first:
        return f"{passage.source}, {passage.place}" if passage.place else passage.source
    return f"{passage.source}:{first}" + (f"-{last}" if last != first else "")


def _cautions(flags: Sequence[str]) -> list[str]:
    told = [MEANINGS[flag] for flag in FLAGS if flag in flags]
    return textwrap.wrap(f"caution: this passage {'; '.join(told)}", WIDTH - 4) if told else []


def about(answer: Answer) -> list[str]:
    """Asides on an answer: the model, what it fell back from, time and tokens."""
    lines = [
        f"{fell.model_id} broke off after {_sentences(fell.sentences)}: {fell.reason}"
        if fell.sentences
        else f"{fell.model_id} did not answer: {fell.reason}"
        for fell in answer.fell_back_from
    ]
    withheld = [sentence for sentence in answer.sentences if sentence.withheld]
    lines += [f"withheld: {sentence.text!r} ({sentence.reason})" for sentence in withheld]
    if answer.blocked is not None:
        by = BLOCKED_BY[answer.blocked.policy]
        lines.append(f"held back by the {by}: {answer.blocked.reason}")
    if answer.reason and not answer.abstained:
        lines.append(f"stopped early: {answer.reason}")
    if answer.model_id != "none":
        lines.append(
            f"answered by {answer.model_id} in {answer.timings.total:.1f} s{_spent(answer)}"
        )
    return lines


def _sentences(number: int) -> str:
    return "a sentence" if number == 1 else f"{number} sentences"


def _spent(answer: Answer) -> str:
    """Tokens and money; of a model that counts none, nothing."""
    usage = answer.usage
    if not usage.input_tokens and not usage.output_tokens:
        return f", {answer.cost}" if answer.cost.unknown else ""
    cached = f" ({usage.cache_read_tokens} from the cache)" if usage.cache_read_tokens else ""
    money = f", {answer.cost}" if answer.cost.usd != 0 else ""
    return f", {usage.input_tokens}{cached} + {usage.output_tokens} tokens{money}"


def found(passages: Sequence[RetrievedPassage]) -> str:
    """Search results for a person."""
    lines = []
    for item in passages:
        passage, why = item.passage, item.why
        ranks = [
            f"{name} #{rank}"
            for name, rank in (
                ("meaning", why.dense_rank),
                ("words", why.lexical_rank),
                ("sentence", why.sentence_rank),
                ("fusion", why.fused_rank),
            )
            if rank is not None
        ]
        found_by = f"   ({', '.join(ranks)})" if ranks else ""
        lines.append(f"{item.rank}. {' > '.join(passage.heading_path)}{found_by}")
        lines.append(f"   {_place(passage)}")
        lines += [f"   {line}" for line in _cautions(item.flags)]
        body = "; ".join(map(str, passage.facts)) or passage.body
        text = textwrap.shorten(" ".join(body.split()), 3 * WIDTH, placeholder=" ...")
        lines.append(textwrap.indent(textwrap.fill(text, WIDTH - 3), "   "))
    return "\n".join(lines) if lines else "nothing found"
