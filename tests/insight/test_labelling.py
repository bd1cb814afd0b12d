"""The queue holds what it says, and agreement is that of the textbooks."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats import inter_rater

from zigbang_nlp import insight
from zigbang_nlp.errors import InputError, InsightError
from zigbang_nlp.insight.agreement import agreements, cohens_kappa, fleiss_kappa
from zigbang_nlp.insight.labelling import (
    labelling_queue,
    random_order,
    sample_labels,
)
from zigbang_nlp.records import Review
from zigbang_nlp.store import open_store
from zigbang_nlp.store.annotations import Annotation

RNG = np.random.default_rng(0)


def corpus(count: int = 300) -> insight.Corpus:
    rng = np.random.default_rng(7)
    good = rng.random(count) < 0.5
    probability = np.where(good, rng.uniform(0.7, 0.99, count), rng.uniform(0.01, 0.3, count))
    return insight.Corpus.from_frames(
        pd.DataFrame(
            {
                "text": [f"{n}동 앞 놀이터 이야기 {n * 7919 % 1000}번째" for n in range(count)],
                "complex": "a:1",
                "review_id": [f"r{n}" for n in range(count)],
                "score": np.where(good, 5.0, 1.0),
                "positive": good.astype(float),
                "probability": probability,
            }
        )
    )


def test_the_random_sample_is_random_and_stays_as_reviews_are_added() -> None:
    small, large = corpus(300), corpus(600)
    ids = [c.texts["review_id"].to_numpy()[random_order(c)] for c in (small, large)]
    assert [i for i in ids[1] if int(i[1:]) < 300] == ids[0].tolist()
    other = small.texts["review_id"].to_numpy()[random_order(small, seed=1)]
    assert other.tolist() != ids[0].tolist()
    drawn = labelling_queue(large, size=200)
    assert list(drawn)[-3:] == ["why", "urgency", "other"]
    # Of either label as often as in all, within what chance allows.
    assert abs(drawn["positive"].mean() - large.texts["positive"].mean()) < 0.12
    done = np.zeros(600, bool)
    done[drawn.index[:150]] = True
    again = labelling_queue(large, size=50, done=done)
    assert again.index.tolist() == drawn.index[150:].tolist()


def test_labels_that_were_turned_are_found_by_confident_learning() -> None:
    frame = corpus().texts.copy()
    turned = [3, 50, 111, 200]
    frame.loc[turned, "probability"] = frame.loc[turned, "positive"].map({1.0: 0.97, 0.0: 0.03})
    frame.loc[turned, "score"] = 6 - frame.loc[turned, "score"]
    queue = labelling_queue(insight.Corpus.from_frames(frame), "mislabelled")
    assert set(queue.index[:4]) == set(turned)
    assert len(queue) < 8
    frame["score"] = 5.0
    assert labelling_queue(insight.Corpus.from_frames(frame), "mislabelled").empty


def test_the_doubtful_are_nearest_to_the_threshold() -> None:
    frame = corpus().texts.copy()
    frame.loc[[9, 77], "probability"] = [0.49, 0.52]
    frame.loc[[9, 77], "positive"] = [0.0, 1.0]
    queue = labelling_queue(insight.Corpus.from_frames(frame), "doubtful", size=5)
    assert set(queue.index[:2]) == {9, 77}
    assert queue["urgency"].is_monotonic_decreasing


def test_adverts_are_found_by_numbers_and_words() -> None:
    frame = pd.DataFrame(
        {
            "text": [
                "매물 문의 010-1234-5678 으로 연락 주세요",
                "분양 상담 환영, 오픈 채팅으로 오세요",
                "관리사무소 전화 연결이 잘 안 돼요",
                "101동 1503호 앞이 시끄러워요",
            ]
        }
    )
    queue = labelling_queue(insight.Corpus.from_frames(frame), "advertising")
    assert set(queue.index) == {0, 1}
    with pytest.raises(InputError, match="no queue 'best'"):
        labelling_queue(insight.Corpus.from_frames(frame), "best")  # type: ignore[arg-type]
    with pytest.raises(InsightError, match="classified yet"):
        labelling_queue(insight.Corpus.from_frames(frame), "doubtful")


def test_cohens_kappa_is_that_of_the_libraries() -> None:
    one = RNG.integers(0, 3, 200)
    other = np.where(RNG.random(200) < 0.7, one, RNG.integers(0, 3, 200))
    kappa = cohens_kappa(one, other)
    assert kappa.value == pytest.approx(cohen_kappa_score(one, other))
    table = pd.crosstab(one, other).to_numpy()
    theirs = inter_rater.cohens_kappa(table)
    assert kappa.value - kappa.low == pytest.approx(theirs.kappa - theirs.kappa_low)
    assert np.isnan(cohens_kappa([1, 1], [1, 1]).value)


def test_fleiss_kappa_is_that_of_statsmodels() -> None:
    counts = RNG.multinomial(4, [0.6, 0.4], 50)
    assert fleiss_kappa(counts) == pytest.approx(inter_rater.fleiss_kappa(counts))


def test_agreement_of_several_people() -> None:
    rows = [
        (text, person, label)
        for text, labels in enumerate(["ppp", "nnn", "ppn", "pnn", "pp ", "n  "])
        for person, label in zip("가나다", labels, strict=True)
        if label != " "
    ]
    labels = pd.DataFrame(rows, columns=["text", "person", "label"])
    table = agreements(labels)
    assert table[["one", "other", "texts"]].to_numpy().tolist()[0] == ["가", "나", 5]
    assert table["same"].tolist()[0] == pytest.approx(0.8)
    assert table.attrs["texts"] == 4
    assert table.attrs["fleiss"] == pytest.approx(
        inter_rater.fleiss_kappa(np.array([[3, 0], [0, 3], [2, 1], [1, 2]]))
    )
    with pytest.raises(InsightError, match="No two people"):
        agreements(labels[labels["person"].eq("가")])


def test_labels_of_several_people_are_kept_and_counted(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path / 'a.db'}") as store:
        store.add_reviews(Review("made", "1", f"r{n}", "total", f"글 {n}") for n in range(4))
        keys = [("made", "1", f"r{n}", "total") for n in range(5)]
        annotations = [
            Annotation(keys[0], "가", "positive"),
            Annotation(keys[0], "나", "negative"),
            Annotation(keys[1], "가", "negative"),
            Annotation(keys[2], "가", "negative", "doubtful"),
            Annotation(keys[3], "가", "positive", "doubtful"),
            Annotation(keys[4], "가", "positive"),
        ]
        assert store.annotations.add(annotations) == 5, (
            "of a review that isn't there no label is kept"
        )
        again = [
            Annotation(keys[1], "가", "positive", "doubtful"),
            Annotation(keys[3], "나", "positive"),
        ]
        assert store.annotations.add(again) == 2
        assert store.annotations.count() == {"가": 4, "나": 2}
        whole = insight.load(store)
        labels = sample_labels(whole, store.annotations.all())
        # r0 is a tie, r2 was doubtful, r3 was drawn into the sample when another person met it.
        assert dict(zip(whole.texts["review_id"].loc[labels.index], labels, strict=True)) == {
            "r1": 1.0,
            "r3": 1.0,
        }
        for wrong, words in (
            (Annotation(keys[0], " ", "positive"), "no name"),
            (Annotation(keys[0], "가", "good"), "no label"),
        ):
            with pytest.raises(InputError, match=words):
                store.annotations.add([wrong])


def test_pairs_agree_where_no_text_was_seen_by_all() -> None:
    rows = [(f"t{n}", person, "positive") for n in range(5) for person in ("가온", "나래")]
    rows += [("t9", "다솜", "negative"), ("t8", "다솜", "positive"), ("t8", "가온", "negative")]
    table = agreements(pd.DataFrame(rows, columns=["text", "person", "label"]))
    assert table["texts"].tolist() == [5, 1]
    assert table["same"].tolist() == [1.0, 0.0]
    assert np.isnan(table.attrs["fleiss"])
    assert table.attrs["texts"] == 0
