"""Fake reviews: with labels that can be learned, and with known effects in a store."""

from __future__ import annotations

import random
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path

from zigbang_nlp.records import Apartment, Review
from zigbang_nlp.store import Judged, open_store

PRAISE = [
    "역이 가까워서 출퇴근이 편해요",
    "공원이 넓고 조용해서 좋아요",
    "관리실이 친절하고 깨끗해요",
]
BLAME = [
    "주차 자리가 모자라서 힘들어요",
    "층간소음 때문에 시끄러워요",
    "엘리베이터가 낡아서 불편해요",
]
_SUBJECTS = [
    "역",
    "버스",
    "주차",
    "관리",
    "이웃",
    "학교",
    "마트",
    "공원",
    "전망",
    "난방",
    "수압",
    "경비",
    "승강기",
    "놀이터",
    "상가",
]
_GOOD = ["가까워요", "편해요", "좋아요", "깨끗해요", "조용해요", "넓어요", "친절해요", "만족해요"]
_BAD = [
    "멀어요",
    "불편해요",
    "나빠요",
    "더러워요",
    "시끄러워요",
    "좁아요",
    "불친절해요",
    "실망이에요",
]


def fake_reviews(count: int, seed: int = 0) -> list[Review]:
    """Reviews whose label a network can learn; every fifth has no clear score."""
    rng = random.Random(seed)
    reviews = []
    for i in range(count):
        good = rng.random() < 0.55
        words = _GOOD if good else _BAD
        text = f"{rng.choice(_SUBJECTS)} {rng.choice(words)} {rng.choice(_SUBJECTS)} {i % 97}동"
        score = 3.0 if i % 5 == 4 else (rng.choice((4, 5)) if good else rng.choice((1, 2)))
        reviews.append(
            Review("test", str(i % 31), str(i), ("total", "traffic")[i % 2], text, float(score))
        )
    return reviews


def fake_complex_reviews(
    complexes: int = 8, reviews: int = 40, seed: int = 0, bad: str = "3", undated: bool = False
) -> list[Review]:
    """Reviews of 2022 to 2024. Complex `bad` is worse in traffic; in 2024 발망치 is spoken of."""
    rng = random.Random(seed)
    rows = []
    for place in map(str, range(complexes)):
        for number in range(reviews):
            day = None if undated else datetime(2022, 1, 1) + timedelta(rng.randrange(1095))
            for category in ("total", "traffic", "care"):
                good = rng.random() < (0.15 if (place, category) == (bad, "traffic") else 0.65)
                text = f"{rng.choice(PRAISE if good else BLAME)} {rng.randrange(1000)}동"
                if day and day.year == 2024 and category == "care" and number % 2:
                    text += " 윗집 발망치도 있어요"
                score = float(rng.choice((4, 5) if good else (1, 2)))
                rows.append(
                    Review("test", place, f"{number}", category, text, score, written_at=day)
                )
    return rows


def apartments(count: int = 8, placed: bool = True, name: str = "솔마을") -> list[Apartment]:
    return [
        Apartment(
            "test",
            str(i),
            f"{name} {i}단지",
            f"서울특별시 {'노원구' if i % 2 else '강남구'} 어느동" if placed else None,
            37.5 + i / 100 if placed else None,
            127.0 + i / 200 if placed else None,
            500,
        )
        for i in range(count)
    ]


def fill(
    folder: Path,
    reviews: Iterable[Review],
    places: Iterable[Apartment] = (),
    judged: bool = True,
    model: str = "made",
) -> str:
    """The URL of a store with these rows, each judged by its own score, as if by `model`."""
    url = f"sqlite:///{folder.as_posix()}/zigbang.db"
    rows = list(reviews)
    with open_store(url) as store:
        store.add_apartments(places)
        store.add_reviews(rows)
        if judged:
            store.save_predictions(
                model,
                (
                    Judged(
                        r.key,
                        "positive" if (r.score or 0) > 3 else "negative",
                        (r.score or 0) / 5,
                        False,
                    )
                    for r in rows
                ),
            )
    return url
