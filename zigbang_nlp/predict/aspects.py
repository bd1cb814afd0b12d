"""Opinions rather than texts: "뷰는 최고, 주차는 전쟁" praises one thing and complains of another.

A text is split into clauses; each clause has its topics and what the network says of it alone, with
a part of what it says of the clause's sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain, islice

import numpy as np

from zigbang_nlp.model.evaluation.calibration import logit, probability_of
from zigbang_nlp.model.serving.topics import OTHER, TopicModel
from zigbang_nlp.records import Aspect
from zigbang_nlp.text.clauses import Clause, split_clauses

#: How much of an opinion's log-odds is the clause's own; the rest is its sentence's. Chosen on 500
#: residents' texts of validation complexes (1.0: F1 of topic with polarity 0.823, 0.8: 0.824,
#: 0.5: 0.814).
_OWN = 0.8
#: Log-odds that a heading (장점, 단점) adds to what stands under it.
_HEADING = {"+": 2.0, "-": -2.0, "": 0.0}


def aspects_of(
    texts: Sequence[str],
    about: Sequence[tuple[str, ...]],
    encode: Callable[[Sequence[str]], list[list[int]]],
    judge: Callable[[Sequence[list[int]]], np.ndarray],
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
    sentences = [_sentences(own) for own in clauses]
    flat = [clause.statement for own in clauses for clause in own]
    ids = encode([*flat, *chain.from_iterable(sentences)])
    # A bundle's threshold says where positive begins; here that is log-odds 0.
    zero = float(logit(np.array(threshold)))
    odds = (logit(judge(ids).astype(np.float64)) - zero).tolist()
    spoken = topics.predict(ids[: len(flat)], flat)
    of_clauses = zip(odds[: len(flat)], spoken, strict=True)
    of_sentences = iter(odds[len(flat) :])
    found_in: list[tuple[Aspect, ...]] = []
    for own, around, known in zip(clauses, sentences, about, strict=True):
        best: dict[tuple[str, bool], tuple[float, Clause]] = {}
        contexts = list(islice(of_sentences, len(around)))
        said_of = islice(of_clauses, len(own))
        for clause, (alone, (_, told)) in zip(own, said_of, strict=True):
            context = contexts[clause.sentence - own[0].sentence]
            score = _OWN * alone + (1 - _OWN) * context + _HEADING[clause.head]
            for topic in told:
                side = (topic, score >= 0)
                surer = side not in best or abs(score) > abs(best[side][0])
                if topic in known and topic != OTHER and surer:
                    best[side] = (score, clause)
        aspects = [
            Aspect(
                topic=topic,
                label="positive" if positive else "negative",
                probability=round(probability_of(score + zero), 6),
                start=clause.start,
                end=clause.end,
                text=clause.text,
            )
            for (topic, positive), (score, clause) in best.items()
        ]
        found_in.append(tuple(sorted(aspects, key=lambda aspect: (aspect.start, aspect.topic))))
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
