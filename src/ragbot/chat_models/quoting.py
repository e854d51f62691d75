"""Which sentences of the evidence answer a question, and how they read as an answer.

    evidence -> pool of quotes, scored -> chosen -> grouped by passage -> lines with markers

Nothing is worded anew but table cells, which `ragbot.rows` puts as a sentence.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from ragbot.dated_notes import UPDATE
from ragbot.evidence import Evidence, EvidenceSentence, Prompt
from ragbot.question_parts import question_parts
from ragbot.rows import row_as_sentence
from ragbot.store.lexical import words_of
from ragbot.types import Fact

MOST = 5  # quotes in an answer, siblings in a list apart
MOST_SIBLINGS = 10
WITHIN = 4.0  # logits below the best quote that a further one may lie
FAR_BEHIND = 10.0  # logits below the best sentence from which none is worth telling
ON_THE_MATTER = 2.0  # reranker logit
GOOD = 1.0  # a further quote must rather be an answer than not (reranker logit)
# From where a line is near to a question that the notes don't answer: logits of the cross-encoder,
# and of those that judge what answers. Of the dev questions that lie far from the notes one in 25
# has such a line; of those refused wrongly, over notes that no model knows, two in three meet the
# line that answers.
NEAR, HALF_ANSWERS = -2.0, -0.5
LENT = 2.0  # logits that a sentence must answer better than the one that it leans on
NAMED, OTHER_NAMED = 2.0, -3.0  # logits for speaking of the question's subject, or of another

# "Which file systems are there?", "Name the modes of ...": a list, whole.
_WANTS_ALL = re.compile(
    r"\b(?:which|what) (?:(?!(?:do|does|can|are|is)\b)[\w-]+ ){0,3}?[\w-]{2,}(?<![su])s"
    r" (?:are there|exist|can|do|are|have)\b"
    r"|^what are (?:all )?the (?:[\w-]+ ){0,4}?[\w-]+(?<![su])s\b"
    r"|^(?:please )?(?:list|name|enumerate) (?:me )?(?:all )?(?:of )?(?:the )?(?:[\w-]+ ){0,3}?"
    r"[\w-]{2,}(?<![su])s\b",
    re.IGNORECASE,
)
_WHAT_IS = re.compile(r"what(?: is|['\u2019]s| are) (?P<name>[\w .&+/-]+?)\s*\??", re.IGNORECASE)
_VERSUS = re.compile(r"\s+vs\.?\s+")
_FIGURE = re.compile(r"\d[\d.,]*")
_TELLS = re.compile(r"\d|[:=]\s*\S")  # "Roof: slate"
_VERSION = re.compile(r"\b([A-Z][\w-]*)[ -]v?(\d+(?:\.\d+)*)\b")
_BRAND = re.compile(r"^(?:AWS|Amazon)\s+|\s*\([^)]*\)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Quote:
    """An evidence sentence, the number of its passage, and how well it answers.

    `relevance` is the word of the models that read it; `score` adds whether it speaks of the
    subject; `near` is the reranker's word alone, `answering` that of those that judge what answers.
    """

    sentence: EvidenceSentence
    number: int
    relevance: float
    score: float
    near: float = 0.0
    answering: float = -math.inf


def composed(prompt: Prompt) -> list[str]:
    """The lines of the answer, each with its marker, the best passage first."""
    return _lines(chosen_quotes(prompt))


def chosen_quotes(prompt: Prompt) -> list[Quote]:
    """The quotes that answer: best first, lists whole, updates beside what they update."""
    subjects = _subjects(prompt)
    every = sorted(_pool(prompt, subjects), key=lambda quote: -quote.score)
    pool = _standing_alone(_worth_telling(every, prompt), prompt)
    picked: list[Quote] = []
    # Each thing that a comparison names, and each part of a question, has its best quote.
    if len(subjects) > 1:
        for subject in subjects:
            _add(picked, next((q for q in pool if _speaks_of(q.sentence, subject, subjects)), None))
    parts = question_parts(prompt.question)
    if not picked:
        _add(picked, _introducing(prompt.question, pool))
        picked += [quote for quote in pool[:1] if quote not in picked]
    answered = _meant(parts, picked[0]) if picked else None
    for part in parts:
        if part != answered:
            left = [q for q in every if q not in picked and _meant((part, *parts), q) == part]
            _add(picked, _best_for(part, left, subjects))
    best = max((quote.score for quote in picked), default=0.0)
    if prompt.whole:  # of an answer that is there only the best can be wanting
        return _with_updates(_with_antecedents(picked, prompt), prompt)
    # What answers nothing and is on the very matter may tell what is wrong with the question.
    nearest = max(pool, key=lambda quote: quote.near, default=None)
    if nearest is not None and nearest.near >= ON_THE_MATTER:
        _add(picked, nearest)
    for quote in pool:
        if len(picked) >= MOST or quote.score < max(best - WITHIN, GOOD):
            break
        # That its heading names the subject makes no line an answer.
        named = any(_mentions(quote.sentence, subject) for subject in subjects)
        if named or quote.relevance >= GOOD:
            _add(picked, quote)
    if picked and _WANTS_ALL.search(prompt.question):
        for quote in _listed_with(picked[0], pool):
            _add(picked, quote)
    return _with_updates(_with_antecedents(_with_siblings(picked, pool, best), prompt), prompt)


def _worth_telling(every: Sequence[Quote], prompt: Prompt) -> list[Quote]:
    """Without what lies so far behind the sentence that answers best, be that one quotable or not,
    that it answers nothing beside it."""
    scores = [score for item in prompt.evidence for score in item.scores]
    least = max(scores, default=-math.inf) - FAR_BEHIND
    return [quote for quote in every if quote.score >= least]


def _standing_alone(pool: Sequence[Quote], prompt: Prompt) -> list[Quote]:
    """Without sentences that are near to the question for the one alone that they lean on: "It is
    made of oak" after "A box holds 4 KB" tells no size."""
    items = {item.number: item for item in prompt.evidence}
    scores = {quote.sentence: quote.score for quote in pool}

    def owes(quote: Quote) -> bool:
        meant = items[quote.number].antecedent_of(quote.sentence)
        return meant is not None and scores.get(meant, -math.inf) >= quote.score - LENT

    return [quote for quote in pool if not owes(quote)]


def _listed_with(first: Quote, pool: Sequence[Quote]) -> list[Quote]:
    """What stands under the same heading and answers, too, though less well than the first.

    Where the passages have no headings but the title, nobody knows what belongs together.
    """
    if len(first.sentence.passage.heading_path) < 2:
        return []

    def place(quote: Quote) -> tuple[object, ...]:
        sentence, passage = quote.sentence, quote.sentence.passage
        feature = sentence.fact and sentence.fact.feature
        return passage.doc_id, passage.heading_path, sentence.parent, feature

    return [
        quote
        for quote in pool
        if place(quote) == place(first) and quote.score >= GOOD and quote.near >= ON_THE_MATTER
    ][:MOST_SIBLINGS]


def nearest_quote(prompt: Prompt) -> Quote | None:
    """What comes nearest to an answer where there is none; None where no quote is near at all."""
    near = [q for q in _pool(prompt, ()) if q.near >= NEAR or q.answering >= HALF_ANSWERS]
    return max(near, key=lambda quote: quote.relevance, default=None)


def _introducing(question: str, pool: Sequence[Quote]) -> Quote | None:
    """To "What is Lambda?" the first line under that heading, if it opens with the name."""
    asked = _WHAT_IS.fullmatch(question.strip())
    name = _plain(asked["name"]) if asked else ""
    told = (
        quote
        for quote in pool
        if name
        and name == _plain(quote.sentence.passage.heading_path[-1])
        and f"{_plain(quote.sentence.text)} ".startswith(f"{name} ")
        and quote.score >= GOOD
    )
    return min(told, key=lambda quote: quote.sentence.start, default=None)


def _meant(parts: Sequence[str], quote: Quote) -> str:
    """Which part a quote has the most words of, the first of those that have as many."""
    return max(parts, key=lambda part: _overlap(part, quote.sentence))


def _best_for(part: str, pool: Sequence[Quote], subjects: Sequence[str]) -> Quote | None:
    """A part that names no subject ("and what if mine is larger?") may ask for another one."""
    named = any(subject in part.lower() for subject in subjects)

    def fit(quote: Quote) -> float:
        return (quote.score if named else quote.relevance) + 4 * _overlap(part, quote.sentence)

    best = max(pool, key=fit, default=None)
    return best if best is not None and fit(best) >= GOOD else None


def _pool(prompt: Prompt, subjects: Sequence[str]) -> list[Quote]:
    pool = []
    for item in prompt.evidence:
        scores = item.scores or tuple(
            # Without the reranker: words in common, and the passage's rank.
            4 * _overlap(prompt.question, sentence) - item.retrieved.rank / 2
            for sentence in item.sentences
        )
        relevance = item.relevance or scores
        answering = item.answering or (-math.inf,) * len(scores)
        told = zip(item.sentences, scores, relevance, answering, strict=True)
        for sentence, score, near, answers in told:
            if _may_answer(sentence):
                bonus = _subject_bonus(sentence, subjects)
                if _is_on_another_version(sentence.text, prompt.question):
                    bonus += OTHER_NAMED
                pool.append(Quote(sentence, item.number, score, score + bonus, near, answers))
    return pool


def _may_answer(sentence: EvidenceSentence) -> bool:
    """Not "It has these classes:", but "It costs $3,000 a month and adds:", and a word or two that
    say something of what stands above or before them; of what ends in "?" only a cell."""
    text = sentence.text.strip("*_ ")
    leads_in = text.endswith(":") and not any(map(str.isdigit, text))
    if leads_in or (text.endswith("?") and sentence.fact is None):
        return False
    told = sentence.parent is not None or sentence.is_code or _TELLS.search(text) is not None
    return told or len(text.split()) > 2


def _subjects(prompt: Prompt) -> list[str]:
    """Names of the evidence (headings, table heads, else titles) that the question uses."""
    question = f" {' '.join(re.findall(r'[a-z0-9]+', prompt.question.lower()))} "

    def used(names: Iterable[str]) -> list[str]:
        plain = dict.fromkeys(map(_plain, names))
        return [name for name in plain if len(name.split()) <= 3 and f" {name} " in question]

    passages = [item.passage for item in prompt.evidence]
    heads = [name for passage in passages for name in passage.heading_path[1:]]
    heads += [fact.subject for passage in passages for fact in passage.facts]
    titles = [name for passage in passages for name in _VERSUS.split(passage.heading_path[0])]
    # A title is what a sheet is on, and compared with none of the things in it.
    return used(heads) or used(titles)


def _plain(name: str) -> str:
    """The words of a name without its brand: `Amazon SQS` -> `sqs`."""
    return " ".join(re.findall(r"[a-z0-9]+", _BRAND.sub("", name).lower()))


def _is_on_another_version(text: str, question: str) -> bool:
    """TLS 1.2 is not TLS 1.3, though hardly a word tells them apart."""
    told = set(_VERSION.findall(text))
    asked = set(_VERSION.findall(question))
    names = {name for name, _ in asked}
    return any(name in names for name, _ in told) and told.isdisjoint(asked)


def _subject_bonus(sentence: EvidenceSentence, subjects: Sequence[str]) -> float:
    if not subjects:
        return 0.0
    if any(_mentions(sentence, subject) for subject in subjects) or _stands_under(
        sentence, subjects
    ):
        return NAMED
    return OTHER_NAMED if sentence.fact is not None else 0.0


def _stands_under(sentence: EvidenceSentence, subjects: Sequence[str]) -> bool:
    """A line speaks of what its heading names, and seldom says so again; a cell says of what."""
    headings = [] if sentence.fact else [f" {_plain(h)} " for h in sentence.passage.heading_path]
    named = [heading for heading in headings if " vs " not in heading]
    return any(f" {subject} " in heading for subject in subjects for heading in named)


def _speaks_of(sentence: EvidenceSentence, subject: str, subjects: Iterable[str]) -> bool:
    """It speaks of this subject of a comparison, and of none of the others."""
    return _mentions(sentence, subject) and not any(
        _mentions(sentence, other) for other in subjects if other != subject
    )


def _mentions(sentence: EvidenceSentence, subject: str) -> bool:
    text = sentence.fact.subject if sentence.fact else sentence.text
    return f" {subject} " in f" {' '.join(re.findall(r'[a-z0-9]+', text.lower()))} "


def _overlap(question: str, sentence: EvidenceSentence) -> float:
    return _share(question, sentence.in_context)


def _share(question: str, text: str) -> float:
    """Of the question's words, how many the text has."""
    wanted = set(words_of(question))
    return len(wanted & set(words_of(text))) / len(wanted) if wanted else 0.0


def _add(picked: list[Quote], quote: Quote | None) -> None:
    """Take it, unless it says again what was taken."""
    if quote is None:
        return
    if not any(_says_again(quote.sentence, other.sentence) for other in picked):
        picked.append(quote)


def _says_again(sentence: EvidenceSentence, other: EvidenceSentence) -> bool:
    if sentence.fact and other.fact and not _same_cell(sentence.fact, other.fact):
        return False
    if not set(_FIGURE.findall(sentence.text)) <= set(_FIGURE.findall(other.text)):
        return False
    words, held = set(words_of(sentence.text)), set(words_of(other.text))
    told = sentence.fact
    if told and not other.fact and len(words_of(told.value)) > 1 and not _FIGURE.search(told.value):
        words = set(words_of(f"{told.subject} {told.value}"))  # of "No lid at all" that says enough
    return bool(words) and len(words & held) / min(len(words), len(held) or 1) > 0.8


def _same_cell(fact: Fact, other: Fact) -> bool:
    return (fact.subject, fact.feature) == (other.subject, other.feature)


def _with_siblings(picked: list[Quote], pool: Sequence[Quote], best: float) -> list[Quote]:
    """Where two or more items of one list were picked, the list is quoted whole."""
    whole = list(picked)
    for quote in picked:
        parent = quote.sentence.parent
        if parent is None or UPDATE.match(quote.sentence.text):
            continue
        kin = [
            other
            for other in pool
            if other.number == quote.number
            and other.sentence.parent == parent
            and other.score >= best - 2 * WITHIN
        ]
        if sum(other in picked for other in kin) >= 2:
            # Its items may owe their score to the line above them, so that line is quoted too.
            kin = [q for q in pool if q.number == quote.number and q.sentence.text == parent] + kin
            whole += [other for other in kin if other not in whole][:MOST_SIBLINGS]
    return whole


def _with_antecedents(picked: list[Quote], prompt: Prompt) -> list[Quote]:
    """A sentence that begins with "its" is quoted with the one that tells whose, an item of a list
    with what introduces the list, and what stands below another line with that of the line's
    sentences which has more of the question's words."""
    by_number = {item.number: item for item in prompt.evidence}
    whole = list(picked)
    for quote in picked:
        item, sentence = by_number[quote.number], quote.sentence
        above = [e for e in item.sentences if e != sentence and e.text in (sentence.parent or "")]
        nearest = max(above, key=lambda each: _share(prompt.question, each.text), default=None)
        meant = item.antecedent_of(sentence)
        if meant is None and nearest is not None and nearest.text.endswith(":"):
            meant = nearest if _opens_its_line(item, nearest) else None
        elif meant is None and nearest is not None:
            own = _share(prompt.question, sentence.text)
            meant = nearest if _share(prompt.question, nearest.text) > own else None
        if meant is not None and all(meant != other.sentence for other in whole):
            whole.append(replace(quote, sentence=meant))
    return whole


def _opens_its_line(item: Evidence, sentence: EvidenceSentence) -> bool:
    """Whether it is the first of a line, and that line is no item itself."""
    before = item.passage.text[: sentence.start - item.passage.start]
    return not before.rpartition("\n")[2].strip()


def _with_updates(picked: list[Quote], prompt: Prompt) -> list[Quote]:
    """A fact that a dated note changes is never quoted without the note, nor the note alone."""
    out: list[Quote] = []
    items = {item.number: item for item in prompt.evidence}
    numbers = {item.passage.passage_id: item.number for item in prompt.evidence}
    for quote in picked:
        item, fact = items[quote.number], quote.sentence
        if UPDATE.match(fact.text) and fact.parent:
            stem = fact.parent
            fact = next((s for s in item.sentences if stem.startswith(s.text)), fact)
        for each in (fact, *item.updates_of(fact)):
            number = numbers.get(each.passage.passage_id)
            if number is not None and all(each != held.sentence for held in out):
                out.append(replace(quote, sentence=each, number=number))
    return out


def _lines(quotes: Sequence[Quote]) -> list[str]:
    """Passages in the order of their best quote; inside one, the order of the notes."""
    order = list(dict.fromkeys(quote.number for quote in quotes))
    lines = []
    for number in order:
        own = sorted((q for q in quotes if q.number == number), key=lambda q: q.sentence.start)
        facts = [q.sentence for q in own if q.sentence.fact is not None]
        if facts:
            lines.append(f"{row_as_sentence(facts)} [{number}]")
        lines += [f"{q.sentence.quoted} [{number}]" for q in own if q.sentence.fact is None]
    return lines
