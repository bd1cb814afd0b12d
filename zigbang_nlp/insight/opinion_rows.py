"""Every opinion that the model found: read out of the whole store once, picked for each part of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from zigbang_nlp.insight.corpus import Corpus
from zigbang_nlp.language.bilingual import insight_error
from zigbang_nlp.packing import unpack_all_aspects, unpack_names

#: What `opinions` tells of the text of each.
OF_TEXT = ("complex", "review", "category", "score", "written_at")


def opinions(corpus: Corpus, of_text: Sequence[str] = OF_TEXT) -> pd.DataFrame:
    """One row an opinion: some columns of its text, `topic`, and `positive` for that topic.

    "뷰는 최고, 주차는 전쟁" is praise of 조망 and a complaint about 주차, whatever the text is.

    Args:
        corpus: of the texts.
        of_text: columns of their texts that are wanted beside; few are quicker.

    Returns:
        The columns `of_text`, positive and topic; the index is that of
        `Corpus.texts`, each row as often as it has opinions.

    Raises:
        InsightError: the model knows no topics, or no text is about one.
    """
    if not corpus.texts["topics"].notna().any():
        raise insight_error(
            "이 리뷰를 판정한 모델은 주제를 알지 못합니다.",
            "패키지에 포함된 모델이나 이를 이어서 학습한 모델로 판정하세요.",
        )
    pairs = _opinion_rows(corpus)
    if not len(pairs.rows):
        raise insight_error("주제가 드러난 글이 없습니다.")
    spoken = corpus.texts[list(of_text)].iloc[pairs.rows]
    return spoken.assign(positive=pairs.positive, topic=pairs.topics)


@dataclass(frozen=True)
class _OpinionRows:
    """Every opinion of a corpus, in the order of its texts.

    Attributes:
        rows: of `Corpus.texts`, int64 (opinions,), ascending.
        topics: their names, of the dtype of a column, (opinions,).
        positive: 1.0, 0.0 or NaN (opinions,).
    """

    rows: np.ndarray
    topics: pd.api.extensions.ExtensionArray
    positive: np.ndarray


def _opinion_rows(corpus: Corpus) -> _OpinionRows:
    """The opinions of a corpus: read once of the whole, then picked for every part of it."""
    if "opinions" not in corpus.memo:
        corpus.memo["opinions"] = _read(corpus) if corpus.part_of is None else _picked(corpus)
    kept: _OpinionRows = corpus.memo["opinions"]
    return kept


def _picked(corpus: Corpus) -> _OpinionRows:
    assert corpus.part_of is not None
    whole, rows = corpus.part_of
    of_whole = _opinion_rows(whole)
    here = np.full(len(whole.texts), -1, np.int64)
    here[rows] = np.arange(len(rows))
    mine = here[of_whole.rows]
    kept = mine >= 0
    return _OpinionRows(mine[kept], of_whole.topics[kept], of_whole.positive[kept])


def _read(corpus: Corpus) -> _OpinionRows:
    texts = corpus.texts
    columns: list[list[Any]] = [texts[name].tolist() for name in ("topics", "aspects", "positive")]
    packed = iter(unpack_all_aspects([cell for cell in columns[1] if isinstance(cell, str)]))
    rows: list[int] = []
    names: list[str] = []
    positive: list[float] = []
    for row, (about, aspects, label) in enumerate(zip(*columns, strict=True)):
        own = next(packed) if isinstance(aspects, str) else ()
        if not isinstance(about, str):
            continue
        for topic, side in _opinions_of_text(about, own, label):
            rows.append(row)
            names.append(topic)
            positive.append(side)
    topics = pd.array(names, dtype="str")
    return _OpinionRows(np.array(rows, np.int64), topics, np.array(positive, float))


def _opinions_of_text(
    topics: str, aspects: Iterable[Any], positive: float
) -> list[tuple[str, float]]:
    """Each topic of a text with what is said of it.

    A topic that is praised in one clause and criticised in another comes twice; one without a
    clause of its own (or a text judged before there were opinions) has what the text says as a
    whole.
    """
    pairs = [(a[0], float(a[1] == "positive")) for a in aspects]
    if positive != positive:  # the text has no label, so nothing of it counts
        pairs = [(topic, positive) for topic, _ in pairs]
    known = {topic for topic, _ in pairs}
    return pairs + [(topic, positive) for topic in unpack_names(topics) if topic not in known]
