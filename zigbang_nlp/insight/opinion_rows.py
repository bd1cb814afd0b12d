"""Every opinion that the model found: read out of the whole store once, picked for each part of it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
    opinions = _opinion_rows(corpus)
    if opinions.empty:
        raise insight_error("주제가 드러난 글이 없습니다.")
    spoken = corpus.texts[list(of_text)].iloc[opinions["row"]]
    return spoken.assign(positive=opinions["positive"].array, topic=opinions["topic"].array)


def _opinion_rows(corpus: Corpus) -> pd.DataFrame:
    """The opinions of a corpus, in the order of its texts: row, topic, and positive or NaN.

    They are read once of the whole, then picked for every part of it.
    """
    return corpus.remembered(
        "opinions", lambda: _read(corpus) if corpus.part_of is None else _picked(*corpus.part_of)
    )


def _picked(whole: Corpus, rows: np.ndarray) -> pd.DataFrame:
    opinions = _opinion_rows(whole)
    here = np.full(len(whole.texts), -1, np.int64)
    here[rows] = np.arange(len(rows))
    opinions = opinions.assign(row=here[opinions["row"]])
    return opinions[opinions["row"] >= 0]


def _read(corpus: Corpus) -> pd.DataFrame:
    texts = corpus.texts
    columns: list[list[Any]] = [texts[name].tolist() for name in ("topics", "aspects", "positive")]
    packed = iter(unpack_all_aspects([cell for cell in columns[1] if isinstance(cell, str)]))
    rows: list[int] = []
    names: list[str] = []
    positive: list[float] = []
    for row, (about, aspects, label) in enumerate(zip(*columns, strict=True)):
        own = next(packed) if isinstance(aspects, str) else ()
        if isinstance(about, str):
            for topic, side in _opinions_of_text(about, own, label):
                rows.append(row)
                names.append(topic)
                positive.append(side)
    return pd.DataFrame(
        {
            "row": np.array(rows, np.int64),
            "topic": pd.array(names, dtype="str"),
            "positive": np.array(positive, float),
        }
    )


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
