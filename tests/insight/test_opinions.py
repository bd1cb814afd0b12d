"""Opinions on topics are counted clause by clause, wherever they come from."""

import pandas as pd
import pytest

from zigbang_nlp import Classifier, insight
from zigbang_nlp.packing import pack_aspects
from zigbang_nlp.predict.reviews import predict_store
from zigbang_nlp.records import Aspect, Review
from zigbang_nlp.store import open_store


def kept(**sides: str) -> str | None:
    return pack_aspects(
        Aspect(topic, "positive" if sign == "+" else "negative", 0.9, 0, 1, "")
        for topic, signs in sides.items()
        for sign in signs
    )


def test_a_text_of_two_minds_is_praise_and_complaint() -> None:
    corpus = insight.Corpus.from_frames(
        pd.DataFrame(
            {
                "text": ["가", "나", "다", "라"],
                "positive": [1.0, 1.0, 0.0, float("nan")],
                "topics": ["조망\t주차", "주차", "교통\t주차", "주차"],
                "aspects": [kept(조망="+", 주차="-"), kept(주차="+-"), None, kept(주차="+")],
            }
        )
    )
    table = insight.topics(corpus).set_index("topic")
    assert list(table.loc["주차", ["mentions", "texts", "positive"]]) == [4, 4, 1]
    assert list(table.loc["조망", ["mentions", "texts", "positive"]]) == [1, 1, 1]
    assert list(table.loc["교통", ["mentions", "texts", "positive"]]) == [1, 1, 0]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"sqlite:///{tmp_path_factory.mktemp('store')}/zigbang.db"
    texts = ["뷰는 최고예요. 주차는 전쟁이에요.", "주차가 너무 힘들지만 역이 정말 가까워요", "그냥"]
    with open_store(url) as opened:
        opened.add_reviews(
            Review("test", "1", str(i), "total", text) for i, text in enumerate(texts)
        )
        predict_store(Classifier.load(), opened)
    return url


def test_stored_opinions_are_counted_by_topic_and_place(store: str) -> None:
    corpus = insight.load(store)
    table = insight.topics(corpus).set_index("topic")
    assert list(table.loc["주차", ["texts", "positive"]]) == [2, 0]
    assert list(table.loc["조망", ["texts", "positive"]]) == [1, 1]
    assert list(table.loc["교통", ["texts", "positive"]]) == [1, 1]
    where = insight.where(corpus, by="complex", topic="주차", measure="complaints")
    assert len(where) == 1


def test_an_export_tells_opinions_with_their_clauses(store: str) -> None:
    with open_store(store) as opened:
        rows = list(opened.export_rows())
    assert rows[2]["topics"] == "기타"
    assert rows[2]["aspects"] == "[]"
    assert '"topic": "주차", "label": "negative"' in rows[0]["aspects"]
    assert '"text": "주차는 전쟁이에요."' in rows[0]["aspects"]
