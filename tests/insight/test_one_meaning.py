"""Numbers that look alike mean the same: periods, scores, mentions and opinions."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.factories.corpus import World
from zigbang_nlp import insight
from zigbang_nlp.errors import InputError
from zigbang_nlp.insight import queries
from zigbang_nlp.insight.filters import recent
from zigbang_nlp.insight.opinions import mentioned
from zigbang_nlp.insight.queries import Filters
from zigbang_nlp.insight.rates import significant
from zigbang_nlp.text.words import grammar_surfaces, noun_parts

WORLD = World(reviews=900, complexes=12, worse={(3, "care"): 0.4, (5, "total"): 0.4}, seed=3)


@pytest.fixture(scope="module")
def corpus() -> insight.Corpus:
    texts = WORLD.texts()
    places = pd.DataFrame(
        {
            "complex": [f"made:{n}" for n in range(12)],
            "address": [f"서울특별시 {'노원구' if n % 2 else '강남구'} 가나동" for n in range(12)],
            "district": [f"서울특별시 {'노원구' if n % 2 else '강남구'}" for n in range(12)],
        }
    )
    texts["words"] = texts["text"].str.replace(" ", "\t")
    return insight.Corpus.from_frames(texts, places)


@pytest.mark.parametrize(
    ("since", "until", "years"),
    [
        ("2023", None, {2023, 2024}),
        (None, "2022", {2021, 2022}),
        ("2022-01", "2022-12", {2022}),
        ("2022-01-01", "2023-12-31", {2022, 2023}),
        (None, None, {2021, 2022, 2023, 2024}),
    ],
)
def test_a_period_is_read_in_one_way(
    corpus: insight.Corpus, since: str | None, until: str | None, years: set[int]
) -> None:
    narrowed = Filters(since=since, until=until).of(corpus)
    assert set(narrowed.texts["written_at"].dt.year) == years
    if 0 < len(years) < 4:
        table = queries.keywords(corpus, Filters(since=since, until=until))
        assert table["reviews"].iloc[0] == narrowed.texts["review"].nunique()
        assert table.attrs["since"][:4] == str(min(years))
        assert table.attrs["until"][:4] == str(max(years))


def test_without_a_period_keywords_are_of_what_is_recent(corpus: insight.Corpus) -> None:
    first, last = recent(corpus.dated["written_at"])
    table = insight.keywords(corpus)
    written = corpus.texts.groupby("review")["written_at"].min()
    inside = written.ge(pd.Timestamp(first)) & written.lt(pd.Timestamp(last) + pd.Timedelta(days=1))
    assert table["reviews"].iloc[0] == inside.sum()
    assert (last - first).days in (364, 365)


def test_a_region_leaves_the_score_of_a_complex_alone(corpus: insight.Corpus) -> None:
    columns = ["texts", "share", "score", "low", "high", "effective"]
    whole = insight.where(corpus).set_index("complex")
    for narrowed in (
        corpus.narrowed(region="노원구"),
        corpus.narrowed(complexes=["made:3"]),
        corpus.narrowed(region="노원구").narrowed(complexes=["made:3"]),
    ):
        part = insight.where(narrowed).set_index("complex")
        pd.testing.assert_frame_equal(part[columns], whole.loc[part.index, columns])
    care = insight.where(corpus, category="care").set_index("complex")
    part = insight.where(corpus.narrowed(region="노원구", category="care")).set_index("complex")
    pd.testing.assert_frame_equal(part[columns], care.loc[part.index, columns])


def test_sides_are_taken_only_where_places_are_told_apart(corpus: insight.Corpus) -> None:
    care = insight.where(corpus, category="care").set_index("complex")
    assert care.loc["made:3", "side"] == -1
    assert care["side"].abs().sum() < 4
    same = insight.where(World(seed=2).corpus())
    assert same["rank"].max() == 1
    assert not same["side"].any()


def test_complaints_are_counted_against_all_residents() -> None:
    topics = np.array(["층간소음"] * 30 + ["주차"] * 70)
    frame = pd.DataFrame(
        {
            "text": [f"글 {n}" for n in range(300)],
            "complex": np.repeat(["a:1", "a:2", "a:3"], 100),
            "topics": [*topics, *["주차"] * 100, *["층간소음"] * 2, *["주차"] * 98],
            "positive": [0.0] * 30 + [1.0] * 70 + [1.0] * 100 + [0.0] * 2 + [1.0] * 98,
        }
    )
    corpus = insight.Corpus.from_frames(frame)
    table = insight.where(corpus, topic="층간소음", measure="complaints").set_index("complex")
    assert table.index[0] == "a:1"
    assert table["positive"].to_dict() == {"a:1": 30, "a:2": 0, "a:3": 2}
    assert table["texts"].tolist() == [100] * 3
    assert table.loc["a:1", "rank"] == 1
    assert table.loc["a:1", "side"] == 1
    # By share of opinions a:3, with two complaints of two, would be as bad as a:1.
    share = insight.where(corpus, topic="층간소음").set_index("complex")["share"]
    assert share.to_dict() == {"a:1": 0, "a:3": 0}
    with pytest.raises(insight.InsightError, match="about the topic '수압'"):
        insight.where(corpus, topic="수압")
    with pytest.raises(InputError, match="no measure 'worst'"):
        insight.where(corpus, measure="worst")  # type: ignore[arg-type]


TEXTS = [
    "주차가 편해요",
    "지하주차장이 넓어요",
    "주차장 바닥이 미끄러워요",
    "층간 소음이 심해요",
    "층간소음 때문에 이사 가요",
    "강남역까지 십 분이에요",
    "역이 코앞이에요",
    "이 지역은 조용해요",
    "위층이 쿵쿵거려요",
    "정말 시끄러워요",
    "너무 시끄럽네요",
]


@pytest.mark.parametrize(
    ("word", "rows"),
    [
        ("주차", {0, 1, 2}),
        ("주차장", {1, 2}),
        ("소음", {3, 4}),
        ("층간소음", {3, 4}),
        ("층간 소음", {3, 4}),
        ("역", {5, 6}),
        ("지역", {7}),
        ("시끄럽다", {9, 10}),
        ("시끄러워요", {9, 10}),
        ("수영장", set()),
    ],
)
def test_mentions_hold_compounds_and_spacings(word: str, rows: set[int]) -> None:
    corpus = insight.Corpus.from_frames(pd.DataFrame({"text": TEXTS}))
    texts, forms = mentioned(corpus, word)
    assert set(np.flatnonzero(texts)) == rows
    assert list(forms) == list(insight.FORM_COLUMNS)
    assert forms["reviews"].sum() == len(rows)


def test_mentions_and_opinions_are_two_figures() -> None:
    topics = [None] * 0 + ["주차"] * 3 + ["층간소음"] * 2 + ["교통"] * 2 + [""] + ["층간소음"] * 3
    frame = pd.DataFrame({"text": TEXTS, "topics": topics, "positive": [1.0] * 3 + [0.0] * 8})
    corpus = insight.Corpus.from_frames(frame)
    noise = insight.word_figures(corpus, "소음")
    assert (noise.mentions, noise.reviews) == (2, 11)
    assert (noise.topic, noise.opinions, noise.positive, noise.opinion_reviews) == (
        "층간소음",
        5,
        0,
        5,
    )
    assert noise.low < noise.rate < noise.high
    assert insight.word_figures(corpus, "역").topic is None
    with pytest.raises(InputError, match="blank"):
        insight.word_figures(corpus, " ")


def test_a_text_that_no_model_could_judge_is_in_no_share(corpus: insight.Corpus) -> None:
    texts = corpus.texts.copy()
    texts.loc[texts.index[:1_000], "positive"] = np.nan
    part = insight.Corpus.from_frames(texts)
    assert insight.where(part)["texts"].sum() == len(texts) - 1_000
    assert insight.trend(part)["texts"].sum() == len(texts) - 1_000


def test_parts_of_nouns_are_those_of_the_dictionary() -> None:
    assert noun_parts("지하+주차장") == ("지하", "주차", "장")
    assert noun_parts("층간 소음") == ("층간", "소음")
    assert noun_parts("지역") == ("지역",)


def test_endings_are_known_where_they_stand() -> None:
    texts = ["시끄럽지만 좋아요", "먼데 조용하네요", "역이 가깝지만 언덕이에요"]
    grammar = grammar_surfaces(texts)
    assert {"지만", "네요"} <= grammar
    assert not {"언덕", "조용", "역"} & grammar


def test_what_is_significant() -> None:
    assert significant([0.01, 0.049, 0.05, 1.0, np.nan]).tolist() == [
        True,
        True,
        False,
        False,
        False,
    ]
    flat = insight.keywords(World(seed=4).corpus(), "2024")
    assert (flat["significant"] == flat["q_value"].lt(0.05)).all()
