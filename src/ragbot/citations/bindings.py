"""Does the claim join what the evidence joins? The right words in the wrong pairs are a lie.

"gp3 gives 3,000 IOPS and up to 16,000": each figure belongs to words of its own.
"awslogs on ECS, Fluent Bit on EKS": so does each name.
"A is cheaper than B": and a comparison has a direction.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations, pairwise

from ragbot.citations.named import names_in
from ragbot.figures import NUMBER_WORDS, Figure, figures_of
from ragbot.store.lexical import words_of

_CLAUSE = re.compile(
    r"[,;()]\s|\s[-–—/]\s|\s(?:and|or|but|while|whereas|with|then|against|versus|instead)\s"
)
_THAN = re.compile(r"\b(?:\w+er|more|less|fewer|better|worse)\b(?:\s+\w+){0,2}?\s+than\b", re.I)
# Of two things the one that has more, or goes first; "more than 15" and "rather than" set no two.
_OF_TWO = re.compile(
    r"\b(?!(?:other|rather)\b)(?:\w+er|more|less|worse)\b"
    r"(?:\s+(?!(?:other|rather)\b)[\w-]+){0,5}?\s+than\b"
    rf"(?!\s+(?:\d|(?:{'|'.join(NUMBER_WORDS)})\b))"
    r"|\b(?:prefers?|outranks?|outlasts?|outweighs?)\b"
    r"|\b(?:takes?|ha(?:s|ve))\s+(?:precedence|priority)\b",
    re.IGNORECASE,
)
_BOUND = re.compile(r"\b(?:at (?:the )?(?:most|least)|maximum|minimum|no more than)\b", re.I)
_LESS = re.compile(
    r"\b(?:less|fewer|lower|smaller|shorter|cheaper|lighter|colder|cooler|younger|nearer|narrower"
    r"|thinner|earlier|sooner)\b",
    re.IGNORECASE,
)
# Of seconds it is the less, of megabytes a second the more.
_QUICK = re.compile(r"\b(?:fast|quick|slow)er\b", re.IGNORECASE)
_CAPITALIZED = re.compile(r"\b([A-Z][\w-]*) $")
_SIZES = frozenset({"byte", "kb", "mb", "gb", "tb", "pb"})
LABEL = re.compile(r"^(?P<label>[^:.]{2,40}): (?P<rest>.+)$", re.DOTALL)
_PARTED = re.compile(r";\s")
_ENOUGH = 2  # words that tell which of the things beside each other is meant
_SIDE = 8  # words on either side of a comparison that name what is compared


def misbound_figure(claim: str, text: str, names: Sequence[str] = ()) -> Figure | None:
    """The figure of the claim that the text gives for something else; None where all fit.

    Of a figure and its rivals (other values of the same kind in the text) that one is right whose
    clause shares most with the claim, words that both clauses have left out; where the clauses
    name different things, with the `names` of the claim.
    """
    stems = {stem for name in names for stem in words_of(name)}
    any_name = stems | {stem for name in names_in(text) for stem in words_of(name)}
    held = figures_of(text)
    for figure in figures_of(claim):
        same = [other for other in held if figure.agrees_with(other)]
        ranges = {other.range_at for other in same} - {None}
        rivals = [
            other for other in held if _is_rival(figure, other) and other.range_at not in ranges
        ]
        named = _in_name(claim, figure)
        if named is not None and named in (_in_name(text, other) for other in same):
            continue
        places = {_clause(text, other) for other in same}
        rivals = [rival for rival in rivals if _clause(text, rival) not in places]
        if not same or not rivals:
            continue
        said = _about(claim, figure)
        # "Open from 9 to 6 on weekdays and from 10 to 2 on Saturdays": both are of what is open.
        shared = not all(_leads(text, each) for each in (*same, *rivals))
        own, other = (
            [_about(text, each, behind=shared) for each in group] for group in (same, rivals)
        )
        here = said & stems
        # In "EKS takes 5 tasks, ECS 10" the tasks are of both: only their names tell them apart;
        # "Aspirin 10 mg is white, 25 mg yellow" does not name it again.
        names_again = len(names) > 1 or any_name & _joined(own)
        if names_again and not shared and here & _joined(own) != here & _joined(other):
            said = here
        if max(len(said & about - _joined(other)) for about in own) < max(
            len(said & about - _joined(own)) for about in other
        ):
            return figure
    return None


def parted_figures(claim: str, text: str) -> Figure | None:
    """Of two figures that stand in one clause of the claim, and in the text only apart, each beside
    another of the other's kind: 200 degrees for 15 minutes, of 250 for 15 and 200 for 40."""
    held = figures_of(text)
    for one, other in combinations(figures_of(claim), 2):
        if one.unit is None or other.unit is None or one.unit == other.unit:
            continue
        if _clause(claim, one) != _clause(claim, other):
            continue
        own, others = (
            {_clause(text, each) for each in held if figure.agrees_with(each)}
            for figure in (one, other)
        )
        beside = {_clause(text, each) for each in held if _is_rival(other, each)}
        if own and others and own.isdisjoint(others) and own <= beside:
            return one
    return None


def _in_name(text: str, figure: Figure) -> str | None:
    """The name that the figure is a part of, if any: Route 53, TLS 1.3."""
    before = _CAPITALIZED.search(text[: figure.start])
    return f"{before[1]} {figure.value}" if before and figure.unit is None else None


def swapped_name(claim: str, text: str, names: Sequence[str]) -> str | None:
    """A name of the claim that has changed places with another: each stands with the words which
    the text gives to the other.

    Args:
        names: of the claim.
    """
    stems = {stem: name for name in names for stem in words_of(name)}
    said = [frozenset(words_of(clause)) for clause in _CLAUSE.split(claim)]
    held = [frozenset(words_of(clause)) for clause in _CLAUSE.split(text)]
    for one, other in combinations(said, 2):
        for a in one & stems.keys() - other:
            for b in other & stems.keys() - one:
                home_a = _joined([place for place in held if a in place and b not in place])
                home_b = _joined([place for place in held if b in place and a not in place])
                if (
                    home_a
                    and home_b
                    and _lives_elsewhere(one, a, home_a, home_b)
                    and _lives_elsewhere(other, b, home_b, home_a)
                ):
                    return stems[a]
    return None


def told_of_another(claim: str, text: str) -> str | None:
    """The label of a claim ("Gremlin: for RDF") where the text, which has it, says the rest of
    another thing that stands beside it: "Gremlin for graphs, SPARQL for RDF"."""
    labelled = LABEL.match(claim)
    if labelled is None:
        return None
    label = frozenset(words_of(labelled["label"]))
    said = frozenset(words_of(labelled["rest"])) - label
    known = set(words_of(claim))
    held: list[tuple[frozenset[str], bool]] = []  # what is said of each thing, and is it another?
    for piece in (_PARTED if ";" in text else _CLAUSE).split(text):
        place = frozenset(words_of(piece))
        inner = f"and {piece}" if held else piece  # where a capital tells a name
        names = {word for name in names_in(inner) for word in words_of(name)}
        if held and not (place & label or names - known):  # it goes on with the same thing
            held[-1] = (held[-1][0] | place, held[-1][1])
        else:
            held.append((place, not label <= place))
    own = _joined([place for place, is_other in held if not is_other])
    others = [place for place, is_other in held if is_other]
    if not label or not own or said & (own - _joined(others)):
        return None
    told_elsewhere = any(len(said & (place - own)) >= _ENOUGH for place in others)
    return labelled["label"] if told_elsewhere else None


def _lives_elsewhere(
    clause: frozenset[str], name: str, own: frozenset[str], other: frozenset[str]
) -> bool:
    """More of the words said of the name stand at the other's place than at its own."""
    words = clause - {name}
    return len(words & (other - own)) > len(words & (own - other))


def turned_comparison(claim: str, text: str) -> bool:
    """Both compare the same two things, the other way round."""
    sides = _compared(claim)
    if sides is None:
        return False
    if _is_measured_otherwise(claim, text):
        return True
    for match in _THAN.finditer(text):
        before = frozenset(words_of(" ".join(text[: match.start()].split()[-_SIDE:])))
        behind = frozenset(words_of(" ".join(text[match.end() :].split()[:_SIDE])))
        own_first, own_second = before - behind, behind - before
        straight = len(sides[0] & own_first) + len(sides[1] & own_second)
        crossed = len(sides[0] & own_second) + len(sides[1] & own_first)
        if crossed > straight:
            return True
    return False


def _is_measured_otherwise(claim: str, text: str) -> bool:
    """Whether the figures of the two are the other way round: gold at 1,064, silver at 962."""
    word = _THAN.search(claim)
    if word is None or _QUICK.search(word[0]):
        return False
    measured = [(figure, _about(text, figure)) for figure in figures_of(text)]
    one, other = (
        next((found for each in words_of(side) if (found := _only(each, measured))), None)
        for side in (claim[: word.start()], claim[word.end() :])
    )
    if one is None or other is None or one.unit is None or one.unit != other.unit:
        return False
    is_less = _LESS.search(word[0]) is not None
    return one.value != other.value and (one.value < other.value) != is_less


def _only(word: str, measured: Sequence[tuple[Figure, frozenset[str]]]) -> Figure | None:
    """The figure in whose clause a word stands, if that is in one clause."""
    found = [figure for figure, about in measured if word in about]
    return found[0] if len(found) == 1 else None


def compares(claim: str) -> bool:
    """Whether it says which of two things has more, or goes first."""
    return _OF_TWO.search(claim) is not None


def _compared(claim: str) -> tuple[frozenset[str], frozenset[str]] | None:
    match = _THAN.search(claim)
    if match is None:
        return None
    before = frozenset(words_of(" ".join(claim[: match.start()].split()[-_SIDE:])))
    behind = frozenset(words_of(" ".join(claim[match.end() :].split()[:_SIDE])))
    return before - behind, behind - before


def _is_rival(figure: Figure, other: Figure) -> bool:
    same_kind = figure.unit == other.unit or {figure.unit, other.unit} <= _SIZES
    return same_kind and not figure.agrees_with(other)


def _about(text: str, figure: Figure, *, behind: bool = False) -> frozenset[str]:
    """The content words of the clause that the figure stands in; of those `behind` it alone."""
    start, end = _clause(text, figure)
    told = words_of(text[figure.start if behind else start : end])
    return frozenset(word for word in told if not word[0].isdigit())


def _leads(text: str, figure: Figure) -> bool:
    """Whether words before the figure in its clause say what it is of."""
    before = text[_clause(text, figure)[0] : figure.start]
    return bool(words_of(_BOUND.sub("", before)))


def _clause(text: str, figure: Figure) -> tuple[int, int]:
    """Where the clause that the figure stands in begins and ends."""
    cuts = [0, *(match.end() for match in _CLAUSE.finditer(text)), len(text)]
    return next(((a, b) for a, b in pairwise(cuts) if a <= figure.start < b), (0, 0))


def _joined(groups: Sequence[frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*groups)
