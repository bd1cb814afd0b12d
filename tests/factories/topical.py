"""A store of judged reviews with topics and known effects; every text is written here by rule."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from zigbang_nlp.records import CATEGORIES, Apartment, Review
from zigbang_nlp.store import Judged, Store
from zigbang_nlp.text.words import content_words

DISTRICTS = ("노원구", "강서구", "송파구")
COMPLEXES = 36
#: topic -> (praise, complaint)
SENTENCES = {
    "주차": ("지하주차장이 넓어서 주차가 편해요", "주차할 데가 모자라 밤마다 돌아요"),
    "층간소음": ("층간 소음이 거의 없어요", "층간소음 때문에 잠을 설쳐요"),
    "교통": ("역까지 걸어서 오 분이라 교통이 편리해요", "버스가 뜸해서 교통이 불편해요"),
    "조경": ("단지 안 나무가 많아 조경이 예뻐요", "조경 관리가 안 돼서 지저분해요"),
}


def table(residents: int = 1_200, seed: int = 3) -> pd.DataFrame:
    """One row a text: complex, review_id, category, text, topic, positive, written_at, score.

    Complex 0 is praised least for 층간소음; from 2024 on 주차 is praised far less than before.
    """
    rng = np.random.default_rng(seed)
    rows = []
    topics, categories = list(SENTENCES), list(CATEGORIES)
    for number in range(residents):
        place = int(rng.integers(0, COMPLEXES))
        written = datetime(2021, 1, 1) + timedelta(days=int(rng.integers(0, 1_800)))
        for category in rng.choice(len(categories), 2, replace=False):
            topic = topics[int(rng.integers(0, len(topics)))]
            chance = 0.35 + 0.4 * place / COMPLEXES
            if topic == "주차":
                chance = 0.8 if written.year < 2024 else 0.25
            if topic == "층간소음" and place == 0:
                chance = 0.02
            good = bool(rng.random() < chance)
            text = f"{SENTENCES[topic][0 if good else 1]}. {number}번째 글"
            rows.append(
                (f"made:{place}", f"{number:05}", categories[category], text, topic, float(good),
                 written, float(rng.integers(4, 6) if good else rng.integers(1, 3)))
            )  # fmt: skip
    names = ["complex", "review_id", "category", "text", "topic", "positive", "written_at", "score"]
    return pd.DataFrame(rows, columns=names)


def fill(store: Store, rows: pd.DataFrame) -> None:
    """Write them as a crawl and a prediction would."""
    store.add_apartments(
        Apartment(
            "made",
            str(n),
            f"은솔마루 {n}단지",
            f"서울특별시 {DISTRICTS[n % 3]} 가나동",
            37.48 + 0.02 * (n // 3),
            126.85 + 0.1 * (n % 3),
            100 + 10 * n,
        )
        for n in range(COMPLEXES)
    )
    records: list[Any] = list(rows.itertuples())
    keys = [("made", row.complex.partition(":")[2], row.review_id, row.category) for row in records]
    store.add_reviews(
        Review(*key, row.text, row.score, written_at=row.written_at)
        for key, row in zip(keys, records, strict=True)
    )
    words = {text: content_words(text) for text in rows["text"].unique()}
    store.save_predictions(
        "made-model",
        [
            Judged(
                key,
                "positive" if row.positive else "negative",
                0.9 if row.positive else 0.1,
                False,
                words[row.text],
                [row.topic],
            )
            for key, row in zip(keys, records, strict=True)
        ],
    )
