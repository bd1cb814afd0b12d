"""Reviews come out of a store as they went in, and the filters let through what they say."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from tests.factories.corpus import World
from zigbang_nlp import insight
from zigbang_nlp.errors import InputError, InsightError
from zigbang_nlp.geo.addresses import address_parts, geohash_of, in_region
from zigbang_nlp.insight.filters import days
from zigbang_nlp.model.bundle import load_bundle, write_manifest
from zigbang_nlp.model.serving.topics import fit_topics
from zigbang_nlp.predict.classifier import Classifier
from zigbang_nlp.predict.reviews import predict_store
from zigbang_nlp.records import Apartment, Review
from zigbang_nlp.store import Judged, open_store

WORLD = World(reviews=200, complexes=4)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("store") / "a.db"
    with open_store(f"sqlite:///{file}") as store:
        WORLD.fill(store)
    return file


@pytest.fixture(scope="module")
def corpus(path: Path) -> insight.Corpus:
    return insight.load(path)


def test_everything_comes_out_of_the_store(corpus: insight.Corpus) -> None:
    rows = WORLD.texts().sort_values(["complex", "review_id", "category"], kind="stable")
    texts = corpus.texts
    assert list(texts) == list(insight.TEXT_COLUMNS)
    assert list(corpus.complexes) == list(insight.COMPLEX_COLUMNS)
    for name in ("complex", "review_id", "category", "text", "score", "positive", "probability"):
        assert texts[name].tolist() == rows[name].tolist(), name
    assert texts["words"].str.replace("\t", " ").tolist() == rows["text"].tolist()
    assert texts.groupby("review").size().eq(5).all()
    assert corpus.models == ("made-model",)
    assert corpus.sources == ("made",)
    first = corpus.complexes.iloc[0]
    assert (first["name"], first["district"]) == ("0번 마을", "서울특별시 강남구")
    assert first["geohash"] == geohash_of(37.5, 127.0)


def test_an_open_store_a_path_and_a_url_are_the_same(path: Path, corpus: insight.Corpus) -> None:
    url = f"sqlite:///{path}"
    with open_store(url) as store:
        for place in (store, url, str(path)):
            pd.testing.assert_frame_equal(insight.load(place).texts, corpus.texts)


@pytest.mark.parametrize(
    ("region", "complexes"),
    [
        ("노원구", {"made:1", "made:3"}),
        ("서울 노원", {"made:1", "made:3"}),
        ("서울특별시", {"made:0", "made:1", "made:2", "made:3"}),
        ("강남구 2동", {"made:2"}),
        (geohash_of(37.54, 127.0), {"made:2"}),
        ("WYD", {"made:0", "made:1", "made:2", "made:3"}),
    ],
)
def test_regions(path: Path, region: str, complexes: set[str]) -> None:
    part = insight.load(path, region=region)
    assert set(part.complexes["complex"]) == set(part.texts["complex"]) == complexes


def test_a_geohash_prefix_that_no_complex_has() -> None:
    complexes = pd.DataFrame({"geohash": ["wydm6abcd", None], "address": [None, "서울 중구"]})
    assert in_region(complexes, "wydm6").tolist() == [True, False]
    assert in_region(complexes, "중구").tolist() == [False, True]
    assert in_region(complexes, "구").tolist() == [False, False]


def test_days_and_complexes(corpus: insight.Corpus) -> None:
    year = corpus.narrowed(since="2024", until="2024")
    assert set(year.texts["written_at"].dt.year) == {2024}
    assert dict(year.left_out)["other days"] == len(corpus.texts) - len(year.texts)
    assert set(corpus.narrowed(complexes=["1번"]).texts["complex"]) == {"made:1"}
    assert set(corpus.narrowed(complexes=["made:2", "3"]).texts["complex"]) == {"made:2", "made:3"}
    assert set(corpus.narrowed(category="care").texts["category"]) == {"care"}
    assert days("2024-02", "2024-02") == (pd.Timestamp(2024, 2, 1), pd.Timestamp(2024, 3, 1))
    assert days("2024-02-29", None)[0] == pd.Timestamp(2024, 2, 29)


@pytest.mark.parametrize(
    ("filters", "words"),
    [
        ({"region": "부산"}, "No complex lies in '부산'.*서울특별시 강남구"),
        ({"region": " "}, "blank"),
        ({"complexes": ["2번 마울"]}, "no complex called.*2번 마을"),
        ({"since": "yesterday"}, "not a date.*2024-03"),
        ({"since": "2024-13"}, "not a date"),
        ({"since": "2024", "until": "2023"}, "after"),
        ({"category": "parking"}, "no category.*traffic"),
    ],
)
def test_filters_that_name_nothing(
    corpus: insight.Corpus, filters: dict[str, object], words: str
) -> None:
    with pytest.raises(InputError, match=words):
        corpus.narrowed(**filters)  # type: ignore[arg-type]


def test_filters_that_leave_nothing(corpus: insight.Corpus) -> None:
    with pytest.raises(InsightError, match="No reviews are left") as caught:
        corpus.narrowed(since="1999", until="2000")
    assert caught.value.sentence("ko") == "이 조건에 맞는 리뷰가 없습니다."
    assert caught.value.sentence("en") == "No reviews are left with these filters."


def test_no_store_and_an_empty_store(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no store"):
        insight.load(tmp_path / "none.db")
    open_store(f"sqlite:///{tmp_path}/empty.db").close()
    with pytest.raises(InsightError, match="holds no review"):
        insight.load(tmp_path / "empty.db")


def test_the_sample_gives_way_to_other_reviews(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path}/a.db") as store:
        store.add_reviews([Review("sample", "1", "1", "total", "견본")])
        assert insight.load(store).sources == ("sample",)
        store.add_reviews([Review("import", "1", "1", "total", "진짜")])
        loaded = insight.load(store)
        assert (loaded.sources, loaded.left_out) == (("import",), (("sample", 1),))
        assert insight.load(store, sources=["sample"]).texts["text"].tolist() == ["견본"]


def test_a_judged_review_keeps_words_and_topics_until_it_is_edited(tmp_path: Path) -> None:
    review = Review("import", "1", "1", "total", "주차가 힘들어요")
    key = review.key
    with open_store(f"sqlite:///{tmp_path}/a.db") as store:
        store.add_reviews([review])
        store.add_apartments([Apartment("import", "1")])
        judged = Judged(key, "negative", 0.1, False, ["주차", "힘들-"], ["주차"], "care")
        store.save_predictions("m", [judged])
        row = insight.load(store).texts.iloc[0]
        assert (row["words"], row["topics"], row["about"]) == ("주차\t힘들-", "주차", "care")
        store.save_predictions("m", [(key, "negative", 0.1, False)])
        row = insight.load(store).texts.iloc[0]
        assert row[["words", "topics", "about"]].isna().all()
        # Words that were not kept, in a store of an earlier version, are looked for now.
        assert insight.load(store).mentions.words["word"].tolist() == ["주차", "힘들다"]
        store.add_reviews([replace(review, review_id="2")])
        both = Judged((*key[:2], "2", "total"), "negative", 0.1, False, ["주차"])
        store.save_predictions("m", [both])
        assert insight.load(store).mentions.by_text.sum() == 3


@pytest.mark.parametrize(
    ("address", "parts"),
    [
        ("서울특별시 노원구 중계동 12-3", ("서울특별시", "서울특별시 노원구", "중계동")),
        ("경기도 성남시 분당구 정자동", ("경기도", "경기도 성남시 분당구", "정자동")),
        ("세종특별자치시 도담동", ("세종특별자치시", "세종특별자치시", "도담동")),
        ("경기도 양평군 양서면", ("경기도", "경기도 양평군", "양서면")),
        ("노원구 중계동", (None, "노원구", "중계동")),
        ("somewhere", (None, None, None)),
        ("", (None, None, None)),
        (None, (None, None, None)),
    ],
)
def test_addresses(address: str | None, parts: tuple[str | None, ...]) -> None:
    assert address_parts(address) == parts


def test_points_that_are_none() -> None:
    assert geohash_of(None, 127.0) is geohash_of(0.0, 0.0) is geohash_of(95.0, 127.0) is None


def test_a_prediction_keeps_words_and_topics_in_the_store(bundle_dir: Path, tmp_path: Path) -> None:
    plain = load_bundle(bundle_dir)
    copy = Path(shutil.copytree(bundle_dir, tmp_path / "model"))
    texts = ["주차 나빠요", "역 가까워요", "주차 좋아요", "역 멀어요"] * 10
    fit_topics(
        plain.encoder.ids(texts),
        ["care", "traffic"] * 20,
        [frozenset({"주차"}), frozenset({"역"})] * 20,
        len(plain.encoder.vocabulary),
    ).save(copy)
    write_manifest(replace(plain, directory=copy))
    rows = [Review("import", "1", str(i), "total", text) for i, text in enumerate(texts[:4])]
    with open_store(f"sqlite:///{tmp_path}/a.db") as store:
        store.add_reviews(rows)
        assert predict_store(Classifier.load(bundle_dir), store) == 4
        assert insight.load(store).texts["topics"].isna().all()
        assert predict_store(Classifier.load(copy), store) == 4
        loaded = insight.load(store)
    assert loaded.texts["topics"].tolist() == ["주차", "역", "주차", "역"]
    assert loaded.texts["words"].tolist() == ["주차\t나쁘-", "역\t가깝-", "주차\t좋-", "역\t멀-"]
    assert insight.where(loaded, "category")["category"].tolist() != ["total"]
    assert insight.topics(loaded)["mentions"].tolist() == [2, 2]
