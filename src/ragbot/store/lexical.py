"""The lexical index: BM25 over stemmed words, memory-mapped."""

from __future__ import annotations

import json
import re
import threading
import unicodedata
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

from ragbot.store.acronyms import acronyms_of

K1, B = 1.2, 0.75
_WORDS, _ACRONYMS = "words.json", "acronyms.json"

# Question words and glue: rare in notes, so BM25 would take them for the rarest,
# most telling words of a question.
STOPWORDS = frozenset(
    """a about all also am an and any are as at be because been being both but by can could did do
    does doing done each for from get gets getting had has have having how i if in into is it its
    just let like may me might must my need needs no not of on one or our shall should so some such
    than that the their them then there these they this those to up us want wants was we were what
    when where which while who whom why will with without would you your whats hows im id ill
    please tell know thing things lot really much many arent cant couldnt didnt doesnt dont hasnt
    havent cannot isnt ive shouldnt thats theres theyre wasnt werent weve wheres whos wont wouldnt
    youre""".split()
)

_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_AMOUNT = re.compile(r"(?<=\d)[\s-](?=(?:kb|mb|gb|tb|pb|ms|iops)\b)", re.IGNORECASE)
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}\b)")


def words_of(text: str) -> list[str]:
    """Lower-case stemmed words without stop words.

    `InvokeModel` gives itself and its parts; `400 KB` is one word, as is `16,000`.
    """
    stem = _stemmer()
    words = _surface_words(text)
    return [stem(word) for word in words if word.replace("'", "") not in STOPWORDS]


def _surface_words(text: str) -> list[str]:
    text = text if text.isascii() else _in_plain_letters(text)
    text = _THOUSANDS.sub("", _AMOUNT.sub("", text))
    found: list[str] = []
    for chunk in text.split():
        pieces = _CAMEL.sub(" ", chunk)
        found += _WORD.findall(chunk.lower())
        if pieces != chunk:
            found += _WORD.findall(pieces.lower())
    return found


def _in_plain_letters(text: str) -> str:
    """Without accents and soft hyphens, which people type or leave out as they like."""
    apart = unicodedata.normalize(
        "NFD", text.replace("ß", "ss").replace("\u00ad", "").replace("’", "'")
    )
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


@cache
def _stemmer() -> Any:
    import Stemmer

    stemmer = Stemmer.Stemmer("english")
    lock = threading.Lock()  # Stemmer keeps a buffer of its own: not safe across threads

    @cache
    def stem(word: str) -> str:
        with lock:
            return str(stemmer.stemWord(word))

    return stem


def write_lexical(folder: Path, texts: Sequence[str]) -> None:
    """Index the texts in their order; the search gives positions in it."""
    import bm25s

    index = bm25s.BM25(k1=K1, b=B)
    # A vocabulary of nothing cannot be indexed; one word that no query has keeps it whole.
    tokens = [words_of(text) or ["\0"] for text in texts] or [["\0"]]
    index.index(tokens, show_progress=False)
    index.save(str(folder))
    words = Counter(word for text in texts for word in _surface_words(text))
    (folder / _WORDS).write_text(json.dumps(words), encoding="utf-8")
    (folder / _ACRONYMS).write_text(json.dumps(acronyms_of(texts, words)), encoding="utf-8")


class LexicalIndex:
    """A BM25 folder, open for searching."""

    def __init__(self, folder: Path) -> None:
        import bm25s
        import numpy as np

        self._index = bm25s.BM25.load(str(folder), mmap=True)
        # Plain arrays over the mapped files: indexing a memmap costs more than the reading.
        held = self._index.scores.items()
        self._index.scores = {
            name: np.asarray(x) if isinstance(x, np.ndarray) else x for name, x in held
        }
        self._known = self._index.vocab_dict
        self._words, self._acronyms = folder / _WORDS, folder / _ACRONYMS

    def search(self, query: str, k: int, allowed: Any = None) -> list[tuple[int, float]]:
        """(position, BM25 score) of the k best, best first; those without a word in common
        with the query are left out, and those that `allowed` (bool [passages]) denies."""
        tokens = [word for word in words_of(query) if word in self._known]
        if not tokens:
            return []
        import numpy as np

        scores = self._index.get_scores(tokens)
        if allowed is not None:
            scores = np.where(allowed, scores, 0.0)

        k = min(k, len(scores))
        best = np.argpartition(-scores, k - 1)[:k]
        best = best[np.lexsort((best, -scores[best]))]
        return [(int(i), float(scores[i])) for i in best if scores[i] > 0]

    def known(self, query: str) -> list[tuple[str, bool]]:
        """Each word of the query and whether the notes hold it anywhere."""
        return [(word, word in self._known) for word in words_of(query)]

    def words(self) -> dict[str, int]:
        """Each word of the notes in small letters, unstemmed, and how often it stands there."""
        return dict(json.loads(self._words.read_text(encoding="utf-8")))

    def acronyms(self) -> dict[str, str]:
        """{long form in small letters: short form}, as the notes explain them."""
        return dict(json.loads(self._acronyms.read_text(encoding="utf-8")))
