"""What can't be said is left out with a sentence that says why; nothing crashes or is invented."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from tests.factories.corpus import World
from zigbang_nlp import insight
from zigbang_nlp.errors import InputError, InsightError

Question = Callable[[insight.Corpus], pd.DataFrame]

ALL: dict[str, Question] = {
    "where": insight.where,
    "by district": lambda c: insight.where(c, "district"),
    "by geohash": lambda c: insight.where(c, "geohash"),
    "by category": lambda c: insight.where(c, "category"),
    "compare": lambda c: insight.compare(c, "made:0", "made:1"),
    "standouts": insight.standouts,
    "topics": insight.topics,
    "drivers": insight.drivers,
    "drivers by category": lambda c: insight.drivers(c, "category"),
    "trend": insight.trend,
    "mention_trend": lambda c: insight.mention_trend(c, "가나다"),
    "changes": insight.changes,
    "keywords": lambda c: insight.keywords(c, "2024"),
    "polar_words": insight.polar_words,
    "typical_words": lambda c: insight.typical_words(c, "made:0"),
    "new_words": insight.new_words,
    "related": lambda c: insight.related(c, World().vocabulary()[0]),
}

FRAME = World(reviews=400, complexes=4).texts()
FRAME["words"] = FRAME["text"].str.replace(" ", "\t")


def unsaid(corpus: insight.Corpus) -> dict[str, str]:
    """What can't be said of a corpus, and why; everything else has to be a proper table."""
    refusals = {}
    for name, ask in ALL.items():
        try:
            table = ask(corpus)
        except (InsightError, InputError) as error:
            refusals[name] = error.fact
            korean = error.sentence("ko") if isinstance(error, InsightError) else ""
            kept_promise = error.fact.endswith(".") and (
                any("가" <= letter <= "힣" for letter in korean)
                # These name a place or a word, which may not be there.
                or name in ("compare", "typical_words", "related")
            )
        else:
            numbers = table.filter(regex="^(share|score|rate|low|high)$").to_numpy(float)
            kept_promise = not np.isinf(numbers).any()
        assert kept_promise, name
    return refusals


def corpus_of(frame: pd.DataFrame) -> insight.Corpus:
    return insight.Corpus.from_frames(frame)


def test_a_whole_corpus_leaves_out_what_needs_addresses_and_topics_only() -> None:
    refusals = unsaid(corpus_of(FRAME))
    assert set(refusals) == {"by district", "by geohash", "topics", "drivers"}
    assert "predict topics" in refusals["topics"] + refusals["drivers"]
    assert "address" in refusals["by district"]
    assert "coordinates" in refusals["by geohash"]


def test_no_dates() -> None:
    refusals = unsaid(corpus_of(FRAME.drop(columns="written_at")))
    assert {"trend", "mention_trend", "changes", "keywords"} <= set(refusals)
    assert "when it was written" in refusals["trend"]


def test_one_month() -> None:
    refusals = unsaid(corpus_of(FRAME.assign(written_at=pd.Timestamp(2024, 5, 1))))
    assert "are from one month, 2024-05" in refusals["trend"]
    assert "Outside the period there are 0 reviews" in refusals["keywords"]


def test_one_complex() -> None:
    refusals = unsaid(corpus_of(FRAME.assign(complex="made:0")))
    assert "only one place" in refusals["standouts"]
    assert "no complex called 'made:1'" in refusals["compare"]
    assert "where" not in refusals


def test_five_reviews() -> None:
    refusals = unsaid(corpus_of(FRAME.head(25)))
    assert {"changes", "keywords", "new_words", "drivers by category", "related"} <= set(refusals)
    assert "5 reviews are too few" in refusals["new_words"]


def test_one_text() -> None:
    refusals = unsaid(corpus_of(FRAME.head(1)))
    assert set(ALL) - set(refusals) == {"where", "by category"}


def test_nothing_judged() -> None:
    refusals = unsaid(corpus_of(FRAME.drop(columns=["positive", "probability"])))
    assert "classified yet" in refusals["where"]
    assert {"where", "trend", "changes", "standouts", "polar_words"} <= set(refusals)
    assert "keywords" not in refusals


def test_all_positive() -> None:
    refusals = unsaid(corpus_of(FRAME.assign(positive=1.0)))
    assert "0 negative texts" in refusals["polar_words"]
    assert "where" not in refusals


def test_english() -> None:
    texts = ["The subway is near and parking is terrible"] * len(FRAME)
    refusals = unsaid(corpus_of(FRAME.assign(text=texts, words=None)))
    assert "0% of their letters are Hangul" in refusals["keywords"]
    assert {"mention_trend", "polar_words", "typical_words", "related"} <= set(refusals)
    assert "where" not in refusals


def test_texts_without_letters() -> None:
    refusals = unsaid(corpus_of(FRAME.assign(text="!!! 😀 12", words=None)))
    assert {"keywords", "polar_words", "mention_trend", "related"} <= set(refusals)


def test_equal_scores() -> None:
    refusals = unsaid(corpus_of(FRAME.assign(score=4.0)))
    assert refusals["drivers by category"] == "All recommendation scores are 4."


def test_topics_and_drivers_where_the_model_knows_topics() -> None:
    frame = FRAME.assign(topics=np.where(FRAME["category"].eq("care"), "주차\t경비", ""))
    corpus = corpus_of(frame)
    table = insight.topics(corpus)
    assert table["topic"].tolist() == ["경비", "주차"]
    assert table["mentions"].tolist() == [400, 400]
    drivers = insight.drivers(corpus)
    assert list(drivers) == list(insight.DRIVER_COLUMNS)
    assert drivers.attrs["reviews"] == 400


def test_what_moves_the_score_is_found() -> None:
    rng = np.random.default_rng(8)
    frame = FRAME.copy()
    care = frame[frame["category"].eq("care")].set_index("review")["positive"]
    total = frame["category"].eq("total")
    praised = frame.loc[total, "review"].map(care)
    frame.loc[total, "score"] = 3 + (2 * praised - 1) * 0.8 + rng.normal(0, 0.5, total.sum())
    table = insight.drivers(corpus_of(frame), "category").set_index("driver")
    assert table.index[0] == "care"
    assert table["low"]["care"] < 0.8 < table["high"]["care"]
    assert table["q_value"]["care"] < 0.05
    assert (table["q_value"][1:] > 0.05).all()


@pytest.mark.parametrize(
    ("question", "words"),
    [
        (lambda c: insight.where(c, "planet"), "group by 'planet'"),  # type: ignore[arg-type]
        (lambda c: insight.where(c, category="parking"), "category 'parking'"),
        (lambda c: insight.trend(c, "week"), "no period 'week'"),  # type: ignore[arg-type]
        (lambda c: insight.keywords(c, "soon"), "not a date"),
        (lambda c: insight.keywords(c, "2024", base_since="2024-06"), "only a part"),
        (lambda c: insight.compare(c, "made:0", "made:0"), "in common"),
        (lambda c: insight.compare(c, "made", "made:0"), "names 4 complexes"),
        (lambda c: insight.drivers(c, "luck"), "by 'luck'"),  # type: ignore[arg-type]
        (lambda c: insight.standouts(c, "category"), "by category"),
        (lambda c: insight.mention_trend(c, []), "No word"),
        (lambda c: insight.related(c, World().vocabulary()[0], model="glove"), "no model"),  # type: ignore[arg-type]
        (lambda _: insight.Corpus.from_frames(pd.DataFrame({"x": [1]})), "missing"),
    ],
)
def test_wrong_arguments(question: Question, words: str) -> None:
    with pytest.raises((InputError, InsightError), match=words):
        question(corpus_of(FRAME))


def test_every_documented_name_is_there() -> None:
    for name in insight.__all__:
        assert getattr(insight, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nowhere'"):
        insight.nowhere  # noqa: B018


def test_texts_of_no_known_review_are_counted_too() -> None:
    """A review that is missing is one of its own kind, not a fault."""
    review = [None, None, *range(78)]
    frame = pd.DataFrame({"text": ["조용해요"] * 80, "review": review, "positive": [1.0, 0.0] * 40})
    frame["complex"] = ["a:1", "a:2"] * 40
    table = insight.where(insight.Corpus.from_frames(frame), by="complex")
    assert table["texts"].sum() == 80
