"""Names as the notes write them: a chat is typed in small letters, and "kms" is slang for
something else to a model that reads capitals.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from ragbot.store.lexical import STOPWORDS

# No part of a path, an address, an identifier or a file name.
_WORD = re.compile(r"(?<![\w./:@'’-])(?:[A-Za-z]\w|\d)\w*(?![\w/:@]|\.\w)")
_SHOUTED = 3  # words in capitals that tell of a whole text in them
# No common word that begins a line looks like this.
_NAME = re.compile(r"[A-Za-z]\w*[A-Z\d]\w*|[A-Z]\w+(?: [A-Z\d]\w*)+")
_LONGEST = 3  # words of a name that are looked for together


def cased(text: str, names: Sequence[str], notes: Iterable[str]) -> str:
    """The text with what it names in the letters in which the notes have it.

    Args:
        text: a question.
        names: those in it that the notes know. Besides these, what they write with a capital
            inside ("DynamoDB", "KMS"), or with one for each of two words, is a name.
        notes: what may tell of it; what one of them has just so, or in small letters, stays.
    """
    words = _WORD.findall(text)
    if len(words) >= _SHOUTED and text == text.upper():
        text = text.lower()
    named = {name.lower() for name in names}
    wanted = {run.lower() for run, _, _ in _runs(text)}
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    for note in notes:
        for run, _, _ in _runs(note):
            if run.lower() in wanted:
                forms[run.lower()][run] += 1
    done = 0
    told = []
    for run, start, end in sorted(_runs(text), key=lambda each: (each[1], -each[2])):
        found = forms[run.lower()]
        names_it = [form for form in found if run.lower() in named or _NAME.fullmatch(form)]
        if start >= done and names_it and run not in found and run.lower() not in found:
            told += [text[done:start], max(names_it, key=lambda form: found[form])]
            done = end
    return "".join([*told, text[done:]])


def _runs(text: str) -> Iterator[tuple[str, int, int]]:
    """(words, start, end) of each word, and of each few that stand one behind the other."""
    before: list[re.Match[str]] = []
    for word in _WORD.finditer(text):
        if before and text[before[-1].end() : word.start()] != " ":
            before = []
        before = [*before[1 - _LONGEST :], word]
        for first in before:
            run = text[first.start() : word.end()]
            if first[0].lower() not in STOPWORDS and word[0].lower() not in STOPWORDS:
                yield run, first.start(), word.end()
