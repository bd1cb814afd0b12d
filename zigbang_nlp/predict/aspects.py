"""Opinions rather than texts: "뷰는 최고, 주차는 전쟁" praises one thing and complains of another.

A text is split into clauses; each clause has its topics and what the network says of it alone, with
a part of what it says of the clause's sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from zigbang_nlp.model.evaluation.calibration import logit
from zigbang_nlp.model.serving.topics import OTHER, TopicModel
from zigbang_nlp.records import Aspect
from zigbang_nlp.text.clauses import Clause, split_clauses

#: How much of an opinion's log-odds is the clause's own; the rest is its sentence's. Chosen on 500
#: residents' texts of validation complexes (1.0: F1 of topic with polarity 0.823, 0.8: 0.824,
#: 0.5: 0.814).
_OWN = 0.8
#: Log-odds that a heading (장점, 단점) adds to what stands under it.
_HEADING = {"+": 2.0, "-": -2.0, "": 0.0}

#: Ids of texts, and probabilities of ids.
Encode = Callable[[Sequence[str]], list[list[int]]]
Judge = Callable[[Sequence[Sequence[int]]], np.ndarray]


def aspects_of(
    texts: Sequence[str],
    about: Sequence[tuple[str, ...]],
    encode: Encode,
    judge: Judge,
    topics: TopicModel,
    threshold: float,
) -> list[tuple[Aspect, ...]]:
    """The opinions of each text, in the text's order.

    A topic that is praised in one clause and criticised in another gives two; one that two clauses
    praise gives one, from the clause that is surer of it.

    Args:
        texts: any texts.
        about: the topics of each; a clause has none but these, since few words mislead.
        encode: of the classifier: texts to ids.
        judge: of the classifier: ids to probabilities of positive.
        topics: what tells a clause's topics.
        threshold: of the classifier, in (0, 1): opinions are positive from there on.
    """
    clauses = [split_clauses(text) for text in texts]
    flat = [clause for own in clauses for clause in own]
    sentences = [sentence for own in clauses for sentence in _sentences(own)]
    ids = encode([clause.statement for clause in flat] + sentences)
    odds = logit(judge(ids).astype(np.float64))
    own, around = odds[: len(flat)], odds[len(flat) :]
    spoken = topics.predict(ids[: len(flat)], [clause.statement for clause in flat])
    # A bundle's threshold says where positive begins; here that is log-odds 0.
    own, around = own - logit(np.array(threshold)), around - logit(np.array(threshold))
    found_in: list[tuple[Aspect, ...]] = []
    clause_at = sentence_at = 0
    for of_text, known in zip(clauses, about, strict=True):
        best: dict[tuple[str, bool], tuple[float, Clause]] = {}
        first = of_text[0].sentence if of_text else 0
        for clause in of_text:
            context = around[sentence_at + clause.sentence - first]
            score = _OWN * own[clause_at] + (1 - _OWN) * context + _HEADING[clause.head]
            for topic in spoken[clause_at][1]:
                side = (topic, bool(score >= 0))
                surer = side not in best or abs(score) > abs(best[side][0])
                if topic in known and topic != OTHER and surer:
                    best[side] = (float(score), clause)
            clause_at += 1
        sentence_at += len(_sentences(of_text))
        found_in.append(_in_order(best, threshold))
    return found_in


def _sentences(clauses: Sequence[Clause]) -> list[str]:
    """The text of each sentence that has clauses, by its number."""
    if not clauses:
        return []
    joined = [""] * (clauses[-1].sentence - clauses[0].sentence + 1)
    for clause in clauses:
        at = clause.sentence - clauses[0].sentence
        joined[at] = f"{joined[at]} {clause.text}".strip()
    return joined


def _in_order(
    best: dict[tuple[str, bool], tuple[float, Clause]], threshold: float
) -> tuple[Aspect, ...]:
    offset = float(logit(np.array(threshold)))
    aspects = [
        Aspect(
            topic=topic,
            label="positive" if positive else "negative",
            probability=round(float(1 / (1 + np.exp(-score - offset))), 6),
            start=clause.start,
            end=clause.end,
            text=clause.text,
        )
        for (topic, positive), (score, clause) in best.items()
    ]
    return tuple(sorted(aspects, key=lambda aspect: (aspect.start, aspect.topic)))
