"""One question in one mode -> one record."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from eval.banks import FALSE_PREMISE, Question
from eval.choices import orders, pasted
from eval.chooser import Chooser, counted, took
from eval.free_answers import Entails, score_answer, states, well_done
from eval.gold import Gold, Need, as_judged, found
from eval.judge import Judge
from eval.product import Product
from eval.ranking import measured
from eval.runs import Asked, Mode, Record, RunError, Shown
from eval.scorer import FittedWeights, SentenceIndex
from eval.shortcuts import shortcut_scores
from ragbot.chat_models import explain_failure, kind_of, usage_of
from ragbot.errors import ModelUnavailableError
from ragbot.types import LOOKED_UP, Answer, Citation, Passage, RetrievedPassage, Why

RETRIEVED = 10  # passages that retrieval is judged on
# Passages that a multiple-choice question is answered from. More of them mislead a small model:
# on dev questions the 1.5B was right on .881 with 3, .810 with 5 (n = 21, docs/decisions.md).
CHOICE_PASSAGES = 3
_NO_WHY = Why()


@dataclass
class Asking:
    """Everything that is the same for all questions of a run."""

    product: Product
    gold: Gold
    weights: FittedWeights
    rotations: int | None
    seed: int
    entails: Entails | None = None
    judge: Judge | None = None
    tools: bool = True  # letters are asked for through a tool, where the model takes one

    def __post_init__(self) -> None:
        self.chooser = Chooser(self.product.models[0], self.tools)

    def modes(self, question: Question, wanted: Sequence[Mode]) -> tuple[Mode, ...]:
        """The wanted modes in which this question can be asked at all."""
        has_model = self.product.has_model
        pointed = bool(question.evidence) and question.kind != FALSE_PREMISE
        # A free question is answered without a model too, by quotes; an option is then chosen by
        # the scorer, which is a mode of its own.
        answered = has_model or not question.is_choice
        able: dict[Mode, bool] = {
            "retrieval": pointed,
            "no_model": question.is_choice,
            "closed_book": has_model and question.answerable,
            "open_book": answered,
            "oracle": answered and pointed,
        }
        return tuple(mode for mode in wanted if able[mode])

    def ask(self, bank: str, question: Question, mode: Mode) -> Record:
        """The record; a question that crashes is recorded as such, with score 0.

        Raises:
            ModelUnavailableError: the model cannot be reached: no fault of the question.
            RunError: the run cannot go on: its limit is reached, or a reply is still to come.
        """
        record = Record(
            bank=bank,
            id=question.id,
            mode=mode,
            split=question.split,
            kind=question.kind,
            topic=question.topic,
            question=question.question,
            history=[turn.question for turn in question.history],
            options=list(question.options),
            answer=list(question.answer),
        )
        started = time.perf_counter()
        try:
            self._fill(record, question, mode)
        except (ModelUnavailableError, RunError):
            raise
        except Exception as error:
            told = explain_failure(error)
            if told is not None and kind_of(error) not in ("failed", "invalid"):
                raise ModelUnavailableError(
                    told, mend="the same command goes on from here"
                ) from error
            # Whatever else it is, it counts against the score.
            record.error = f"{type(error).__name__}: {error}"
            record.score = 0.0 if question.eligible or mode == "retrieval" else None
        record.ms = round(1000 * (time.perf_counter() - started), 1)
        return record

    def _fill(self, record: Record, question: Question, mode: Mode) -> None:
        needs = self.gold.needs(question)
        if mode == "retrieval":
            self._retrieve(record, question, needs)
        elif mode == "no_model":
            self._score_without_model(record, question)
        elif question.is_choice:
            self._choose(record, question, mode, needs)
        elif mode == "closed_book":
            self._recall(record, question)
        else:
            self._answer(record, question, mode, needs)

    def _retrieve(self, record: Record, question: Question, needs: Sequence[Need]) -> None:
        history = self.product.turns_before(question, by_quotes=True)
        record.query = self.product.retriever.query_for(question.question, history)
        passages = self.product.retriever.search(record.query, RETRIEVED)
        self._show(record, passages, needs)
        ranking = [item.passage.passage_id for item in passages]
        items, relevant = as_judged(needs, ranking)
        judged = measured({question.id: dict.fromkeys(relevant, 1)}, {question.id: items})
        record.verdicts = dict(judged[question.id])
        record.score = record.evidence_found = found(needs, ranking[:5])

    def _score_without_model(self, record: Record, question: Question) -> None:
        features = self.scorer.features(question.question, question.options)
        scores = self.weights.for_question(question).scores(features)
        likely = 1 / (1 + 2.718281828459045**-scores)
        by_score = sorted(range(len(scores)), key=lambda place: -scores[place])
        chosen = sorted(by_score[: len(question.answer)])
        right = tuple(chosen) == question.answer
        probabilities = [round(float(p), 4) for p in likely / likely.sum()]
        record.asked = [Asked(chosen=chosen, probabilities=probabilities, right=right, cost=0.0)]
        record.score = float(right)
        record.model_id = "no model"
        record.shortcuts = shortcut_scores(
            question, self.scorer.bm25_of(question.question, question.options)
        )

    def _choose(
        self, record: Record, question: Question, mode: Mode, needs: Sequence[Need]
    ) -> None:
        notes: Sequence[Passage] = ()
        if mode == "oracle":
            notes = self.gold.passages(needs)
            given = [RetrievedPassage(p, 0.0, rank, _NO_WHY) for rank, p in enumerate(notes, 1)]
            self._show(record, given, needs)
        elif mode == "open_book":
            # The printed order: what is retrieved does not depend on how options are shown.
            record.query = pasted(question, tuple(range(len(question.options))))
            shown = self.product.retriever.search(
                record.query, min(CHOICE_PASSAGES, self.product.settings.k)
            )
            notes = [item.passage for item in shown]
            self._show(record, shown, needs)
            record.evidence_found = found(needs, [item.passage.passage_id for item in shown])
        record.model_id = self.chooser.candidate.model_id
        for order in orders(question, self.rotations, self.seed):
            record.asked.append(self.chooser.choose(question, order, notes))
        record.score = sum(each.right for each in record.asked) / len(record.asked)

    def _recall(self, record: Record, question: Question) -> None:
        """A free question without any notes: which of the facts does the model know?"""
        from langchain_core.messages import HumanMessage, SystemMessage

        candidate = self.product.models[0]
        asked = question.standalone or question.question
        system = SystemMessage("Answer the question on cloud computing in at most three sentences.")
        reply = candidate.open().invoke([system, HumanMessage(asked)])
        record.model_id = candidate.model_id
        record.text = str(reply.text)
        has = [states(record.text, nugget) for nugget in question.nuggets]
        record.verdicts = {"nugget_recall": sum(has) / len(has) if has else None}
        record.score = float(all(has)) if has else None
        record.asked = [
            Asked(
                prompt=asked,
                raw=record.text,
                ms=reply.response_metadata.get("ms", 0.0),
                cached=reply.response_metadata.get("cached", False),
                **took(candidate, usage_of(reply.usage_metadata or {})),
            )
        ]

    def _answer(
        self, record: Record, question: Question, mode: Mode, needs: Sequence[Need]
    ) -> None:
        def hear(earlier: str, answer: Answer) -> None:
            record.also.append(
                Asked(prompt=earlier, raw=answer.text, **counted(answer.usage, answer.cost))
            )

        history = self.product.turns_before(question, by_quotes=False, heard=hear)
        gold = self.gold.passages(needs) if mode == "oracle" else None
        answer = self.product.answer(question.question, history, gold)
        retrieved = [item for item in answer.passages if item.rank > LOOKED_UP]
        self._show(record, retrieved, needs)
        shown = [item.passage.passage_id for item in retrieved]
        record.evidence_found = found(needs, shown)
        wanted = frozenset().union(*(need.passage_ids for need in needs))
        score = score_answer(question, answer, wanted, self.entails)
        record.verdicts = score.to_json()
        if self.judge is not None and question.nuggets and answer.abstained:
            record.verdicts["judged_correct"] = False  # nobody need be asked
        elif self.judge is not None and question.nuggets:
            verdict, usage = self.judge.verdict(question, answer.text)
            record.verdicts["judged_correct"] = verdict
            record.also.append(Asked(raw=str(verdict), **took(self.judge.candidate, usage)))
        record.score = well_done(question, score) if question.eligible else None
        record.text = answer.text
        record.model_id = answer.model_id
        record.citations = [_cited(citation, answer) for citation in answer.citations]
        record.asked = [
            Asked(
                prompt=question.question,
                raw=" ".join(sentence.text for sentence in answer.sentences),
                ms=round(1000 * answer.timings.total, 1),
                **counted(answer.usage, answer.cost),
            )
        ]

    def _show(
        self, record: Record, passages: Sequence[RetrievedPassage], needs: Sequence[Need]
    ) -> None:
        places = [place for need in needs for place in need.places]
        for item in passages:
            passage = item.passage
            marks = sorted(
                {
                    (
                        max(place.start, passage.start) - passage.start,
                        min(place.end, passage.end) - passage.start,
                    )
                    for place in places
                    if passage.passage_id in place.passage_ids
                }
            )
            record.retrieved.append(
                Shown(
                    passage_id=passage.passage_id,
                    doc_id=passage.doc_id,
                    heading_path=list(passage.heading_path),
                    text=passage.text,
                    rank=item.rank,
                    score=round(item.score, 5),
                    gold=bool(marks),
                    marks=marks,
                )
            )

    @cached_property
    def scorer(self) -> SentenceIndex:
        return SentenceIndex(self.product.sentences, self.product.embedder)


def _cited(citation: Citation, answer: Answer) -> dict[str, object]:
    """A citation with the span that it stands on, as the report highlights it."""
    passage = next(
        item.passage for item in answer.passages if item.passage.passage_id == citation.passage_id
    )
    return {
        "marker": citation.marker,
        "passage_id": citation.passage_id,
        "claim": citation.claim,
        "span": passage.text[citation.start - passage.start : citation.end - passage.start],
        "verdict": citation.verdict,
    }
