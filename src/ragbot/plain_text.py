"""The text of a note -> plain words, as they are read and quoted."""

from __future__ import annotations

import re

# What opens without an end is looked into no further than to the next of its kind, or so far as
# addresses reach: a line may open thousands.
_SIZE = r"(?:\\?\|\d{1,4}(?:x\d{1,4})?)?"  # of a picture
_PICTURE = re.compile(r"!\[([^\[\]\n]*?)" + _SIZE + r"\]\((?:data:[^)\s\[]*|[^)\n]{0,2000})\)")
_LINK = re.compile(r"\[([^\[\]\n]*)\]\([^)\s]{0,2000}(?: +\"[^\"\n]{0,300}\")?\)")
_PAGE = re.compile(  # of a wiki
    rf"(?<![\w\])])!?\[\[(?:[^\[\]|\n]*\|)?([^\W\d_][^\[\]\n]*?){_SIZE}\]\]"
)
_ANCHOR = re.compile(
    r"[ \t]\^(?=[\w-]*[a-z])[\w-]{3,40}$", re.MULTILINE
)  # what a line is linked by
# The mark of a footnote; [^a-z] is none.
_FOOTNOTE = re.compile(
    r"^\[\^(?:\d{1,3}|[A-Za-z]\w{2,})\]:\s*"
    r"|(?<=[^\s`])\[\^(?:\d{1,3}|[A-Za-z]\w{2,})\](?![*+?{`])"
)
_DEFINED = re.compile(r"(?<![ \t])[ \t]*\n[ \t]*:[ \t]+")  # what stands below its term
_ENTRY = re.compile(r"^([^\W\d][^\t\n]{0,60}(?<![:.;,]))\t+(?=\S)")  # a name, a tab, what it is
_STRUCK = re.compile(r"~~(?=\S)[^~\n]+(?<=\S)~~\s?")
_STRESSED = re.compile(  # *so*, ==so== and so, not in `*code*`
    r"(?<![\w*=`\\])(\*|==)(?=[^\s*=])([^*=\n]+?)(?<=[^\s*=])\1(?![\w*=`])"
)
_ESCAPED = re.compile(r"(?<=\w)\\(?=_\w)|^\\(?=#)")
_QUOTED = re.compile(r"\n[ \t]*(?:>(?!>>)[ \t]?)+")
_BREAK = re.compile(r"(?<!\s)\s*<br\s*/?>\s*", re.IGNORECASE)
_CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
# Names with underscores, and what is set as code, have none: `__init__`.
_EMPHASIZED = re.compile(
    r"\*\*(?=\S)((?:(?!\s\*\*).)+?)(?<=\S)\*\*"
    r"|(?<![\w`])__(?=\S)((?:(?!(?<![\w`])__).)+?)(?<=\S)__(?![\w`])",
    re.DOTALL,
)
# "the roof; and"; behind a comma alone a sentence may have been cut.
_LISTED = re.compile(r"(?<=[\w)\]\"'”])(?:;(?: (?:and|or))?|, (?:and|or))$")


def without_struck(text: str) -> str:
    """Without what its author took back."""
    return _STRUCK.sub("", text).strip() if "~~" in text else text


def without_markup(text: str) -> str:
    """Words that were bold, a link or a name set as code, as plain words."""
    text = _FOOTNOTE.sub("", text) if "[^" in text else text
    if "](" in text:
        text = _LINK.sub(r"\1", _PICTURE.sub(r"\1", text))
    text = _PAGE.sub(r"\1", text) if "[[" in text else text
    text = _ANCHOR.sub("", text) if " ^" in text else text
    text = _STRUCK.sub("", text) if "~~" in text else text
    text = _DEFINED.sub(": ", _QUOTED.sub("\n", text)) if "\n" in text else text
    text = _ESCAPED.sub("", text).replace("\u00ad", "")
    text = _ENTRY.sub(r"\1: ", text) if "\t" in text else text
    text = _BREAK.sub("; ", text) if "<" in text else text
    if "**" in text or "__" in text:
        text = _EMPHASIZED.sub(lambda m: m[1] or m[2], text)
    text = _STRESSED.sub(r"\2", text) if "*" in text or "==" in text else text
    return _CODE.sub(r"\1", text) if "`" in text else text


def as_sentence(text: str) -> str:
    """On one line, without markup, and ended."""
    text = _LISTED.sub("", " ".join(without_markup(text).split()))
    return text if re.search(r"[.!?:]$", text) else f"{text}."
