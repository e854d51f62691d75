"""Text -> HTML that can only be text. Streamlit's Markdown would read `$`, `:icon:` and links."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape as _escape

from ragbot.screening import without_hidden
from ragbot.types import Quotation, Sentence

STYLE = """
<style>
.rb-said { white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.6; }
.rb-quiet { opacity: .72; font-size: .85rem; overflow-wrap: anywhere; }
.rb-lead { font-size: 1.05rem; opacity: .85; max-width: 46rem; }
.rb-doubt { text-decoration: line-through; opacity: .7; }
.rb-marker { font-size: .8em; padding: 0 .3em; border-radius: .3em; opacity: .75;
  border: 1px solid currentColor; margin-left: .2em; }
.rb-trouble { border-left: 4px solid #d97706; padding: .6rem .9rem; border-radius: .4rem;
  background: rgba(217, 119, 6, .1); overflow-wrap: anywhere; }
.rb-trouble code { display: inline-block; margin-top: .3rem; user-select: all; }
</style>
"""


def escape(text: str) -> str:
    """No markup, and nothing that hides or turns what is read."""
    return _escape(without_hidden(text))


_MARKS = re.compile(r"[\\`*_{}\[\]()#+.!:$~<>|-]")
# Streamlit draws icons and arrows in the text that Markdown has left, escaped or not.
_DRAWN = re.compile(r":(?=\w)|[<>=-](?=[<>=-])")


def literal(label: str) -> str:
    """The label of a button, which is Markdown, as text."""
    apart = _DRAWN.sub("\\g<0>\u2060", without_hidden(label))
    return _MARKS.sub(r"\\\g<0>", apart)


def plain(text: str, kind: str = "rb-said") -> str:
    """A block that shows the text as it is."""
    return f'<div class="{kind}">{escape(text)}</div>'


def trouble(message: str, mend: str | None) -> str:
    """An error as a message: what happened and the command that mends it."""
    command = f"<br>To mend it: <code>{escape(mend)}</code>" if mend else ""
    return f'<div class="rb-trouble" role="alert">{escape(message)}{command}</div>'


def meanwhile(quotes: Sequence[Quotation]) -> str:
    """What the notes say, for as long as a model has not begun to write."""
    said = "".join(
        f'<li>{escape(quote.text)} <span class="rb-quiet">{escape(" › ".join(quote.heading_path))}'
        "</span></li>"
        for quote in quotes
    )
    head = '<div class="rb-quiet">While the model reads, the notes say:</div>'
    return f'<div class="rb-said" aria-live="polite">{head}<ul>{said}</ul></div>'


def being_written(sentences: Sequence[Sentence]) -> str:
    """The checked sentences so far, as they will look when the answer is whole."""
    parts = []
    for sentence in sentences:
        if sentence.withheld:
            continue
        text = escape(sentence.text)
        if sentence.verdict == "unsupported":
            text = f'<span class="rb-doubt">{text}</span>'
        markers = "".join(f'<span class="rb-marker">{n}</span>' for n in sentence.markers)
        parts.append(escape(sentence.prefix).replace("- ", "• ") + text + markers)
    return f'<div class="rb-said" aria-live="polite">{"".join(parts)}</div>'
