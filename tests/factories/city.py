"""A made city: complexes in real districts, and residents' reviews that a biased model has judged.

What is true is known: how good each complex is at each topic, that newer complexes are quieter,
that parking got worse in 2024, and which of its labels the model got wrong. Every text is put
together here from clauses of our own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd

from zigbang_nlp.records import CATEGORIES, Apartment, Aspect, Review
from zigbang_nlp.store import Judged, Store
from zigbang_nlp.store.annotations import Annotation
from zigbang_nlp.text.words import content_words

#: District -> about its middle (degrees north, east), and two of its neighbourhoods.
DISTRICTS: dict[str, tuple[float, float, str, str]] = {
    "서울특별시 노원구": (37.654, 127.057, "상계동", "중계동"),
    "서울특별시 강서구": (37.551, 126.850, "화곡동", "등촌동"),
    "서울특별시 송파구": (37.510, 127.112, "잠실동", "문정동"),
    "서울특별시 강남구": (37.506, 127.055, "대치동", "역삼동"),
    "서울특별시 마포구": (37.556, 126.910, "공덕동", "성산동"),
    "서울특별시 양천구": (37.522, 126.858, "목동", "신정동"),
    "서울특별시 구로구": (37.494, 126.862, "개봉동", "고척동"),
    "서울특별시 은평구": (37.615, 126.922, "불광동", "응암동"),
    "서울특별시 성북구": (37.602, 127.022, "길음동", "정릉동"),
    "서울특별시 중랑구": (37.603, 127.092, "면목동", "신내동"),
    "서울특별시 관악구": (37.475, 126.945, "봉천동", "신림동"),
    "서울특별시 동작구": (37.505, 126.945, "상도동", "사당동"),
    "서울특별시 강동구": (37.545, 127.145, "천호동", "고덕동"),
    "서울특별시 도봉구": (37.665, 127.035, "창동", "방학동"),
    "부산광역시 해운대구": (35.170, 129.160, "우동", "좌동"),
    "대구광역시 수성구": (35.845, 128.640, "범어동", "지산동"),
}

#: Topic -> (clauses of praise, clauses of complaint).
CLAUSES: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "주차": (
        ("지하주차장이 넓어서 주차가 편해요", "늦게 들어와도 주차할 자리가 있어요", "주차장이 세대마다 두 칸이에요"),
        ("주차할 데가 모자라 밤마다 돌아요", "이중주차 때문에 아침마다 차를 밀어요", "주차장이 좁아서 문을 열기 힘들어요"),
    ),
    "층간소음": (
        ("층간소음이 거의 없어요", "윗집 소리가 안 들려서 조용해요", "벽이 두꺼운지 소음이 적어요"),
        ("층간소음 때문에 잠을 설쳐요", "윗집 발소리가 그대로 들려요", "방음이 안 돼서 시끄러워요"),
    ),
    "교통": (
        ("역까지 걸어서 오 분이라 교통이 편리해요", "지하철역이 가까워서 출퇴근이 쉬워요", "버스 노선이 많아 어디든 가기 좋아요"),
        ("버스가 뜸해서 교통이 불편해요", "지하철역이 멀어서 마을버스를 타야 해요", "출근길 도로가 늘 막혀요"),
    ),
    "관리": (
        ("관리사무소가 친절하고 빨라요", "분리수거장이 늘 깨끗해요", "경비 아저씨가 꼼꼼하게 봐 주세요"),
        ("관리비가 비싼데 하는 일이 없어요", "분리수거장에서 냄새가 나요", "관리사무소에 말해도 답이 없어요"),
    ),
    "조경": (
        ("단지 안 나무가 많아 조경이 예뻐요", "산책로가 잘 꾸며져 걷기 좋아요", "봄이면 벚꽃이 가득해요"),
        ("조경 관리가 안 돼서 지저분해요", "나무가 거의 없어 여름에 더워요", "잡초가 무성해서 보기 싫어요"),
    ),
    "교육": (
        ("초등학교가 바로 앞이라 안심돼요", "학원가가 가까워 아이 키우기 좋아요", "어린이집이 단지 안에 있어요"),
        ("초등학교까지 큰길을 건너야 해서 불안해요", "학원이 없어 멀리 보내요", "어린이집 대기가 너무 길어요"),
    ),
    "상권": (
        ("마트와 시장이 가까워 장 보기 편해요", "상가에 병원이 다 있어요", "편의점이 많아서 편리해요"),
        ("마트가 멀어서 장 보기 힘들어요", "상가가 비어 있어 썰렁해요", "병원 하나 없어서 불편해요"),
    ),
    "시설": (
        ("엘리베이터가 새것이라 빨라요", "헬스장과 도서관이 있어 좋아요", "난방이 잘 돼서 겨울에 따뜻해요"),
        ("엘리베이터가 자주 고장 나요", "배관이 낡아서 녹물이 나와요", "결로 때문에 벽에 곰팡이가 생겨요"),
    ),
}  # fmt: skip
_FIRST = (
    "은솔",
    "가온",
    "다솜",
    "한별",
    "푸른",
    "새론",
    "해나",
    "누리",
    "도담",
    "미르",
    "보람",
    "아라",
)
_SECOND = ("마루", "마을", "뜨락", "타운", "하임", "숲", "채", "가람")  # fmt: skip
#: How often the model calls a complaint praise, and praise a complaint.
CALLED_PRAISE, CALLED_COMPLAINT = 0.12, 0.04
#: Taken from the log-odds of praise for parking from 2024 on.
PARKING_FELL = 1.6
_START, _DAYS = datetime(2020, 1, 1), 2_190


@dataclass(frozen=True)
class City:
    """A made city.

    Attributes:
        complexes: how many there are.
        count: texts in all; a resident writes up to three, of different categories.
        seed: of everything.
    """

    complexes: int = 60
    count: int = 3_000
    seed: int = 0

    @cached_property
    def apartments(self) -> pd.DataFrame:
        """One row a complex: key, name, district, address, latitude, longitude, households, built."""
        rng = np.random.default_rng([self.seed, 1])
        rows = []
        for number in range(self.complexes):
            district = list(DISTRICTS)[number % len(DISTRICTS)]
            north, east, *towns = DISTRICTS[district]
            name = _FIRST[number // 8 % len(_FIRST)] + _SECOND[number % len(_SECOND)]
            north, east = (float(at + rng.normal(0, 0.008)) for at in (north, east))
            address = f"{district} {towns[number % 2]} {1 + number % 900}"
            households, built = int(rng.integers(100, 3_000)), int(rng.integers(1985, 2024))
            rows.append(
                (str(number), f"{name} {number + 1}단지", district, address, north, east,
                 households, built)
            )  # fmt: skip
        names = [
            "key",
            "name",
            "district",
            "address",
            "latitude",
            "longitude",
            "households",
            "built",
        ]
        return pd.DataFrame(rows, columns=names)

    @cached_property
    def texts(self) -> pd.DataFrame:
        """One row a text: key, review_id, category, text, topics, opinions, true, positive, ...

        `true` is what the resident meant, `positive` what the model says, both bool.
        """
        rng = np.random.default_rng([self.seed, 2])
        topics = list(CLAUSES)
        quality = rng.normal(0.4, 0.4, (self.complexes, 1)) + rng.normal(
            0, 0.7, (self.complexes, len(topics))
        )
        built = self.apartments["built"].to_numpy()
        quality[:, topics.index("층간소음")] += (built - 2004) / 12
        rows: list[tuple[object, ...]] = []
        number = 0
        while len(rows) < self.count:
            # Some complexes are spoken of far more than others.
            place = int(self.complexes * rng.random() ** 1.5)
            written = _START + timedelta(minutes=int(rng.integers(0, _DAYS * 1_440)))
            for category in rng.choice(len(CATEGORIES), int(rng.integers(1, 4)), replace=False):
                named = rng.choice(len(topics), int(rng.integers(1, 4)), replace=False)
                logits = quality[place, named].copy()
                if written.year >= 2024:
                    logits[named == topics.index("주차")] -= PARKING_FELL
                good = rng.random(len(named)) < 1 / (1 + np.exp(-logits))
                text, opinions = _written(rng, [topics[t] for t in named], good)
                true = bool(good.mean() > 0.5 or (good.mean() == 0.5 and good[0]))
                wrong = rng.random() < (CALLED_COMPLAINT if true else CALLED_PRAISE)
                positive = true != wrong
                sure = 0.5 + 0.5 * rng.beta(2, 6 if wrong else 1)
                score = float(rng.integers(4, 6) if true else rng.integers(1, 4))
                rows.append(
                    (str(place), f"{number:06}", list(CATEGORIES)[category], text, opinions, true,
                     positive, sure if positive else 1 - sure, sure < 0.6, score, written)
                )  # fmt: skip
            number += 1
        names = ["key", "review_id", "category", "text", "opinions", "true", "positive"]
        names += ["probability", "unsure", "score", "written_at"]
        return pd.DataFrame(rows[: self.count], columns=names)

    def fill(self, store: Store) -> None:
        """Write them as a crawl and a prediction would."""
        apartments: list[Any] = list(self.apartments.itertuples(index=False))
        store.add_apartments(
            Apartment("made", row.key, row.name, row.address, row.latitude, row.longitude, row.households)
            for row in apartments
        )  # fmt: skip
        store.add_reviews(
            Review(*_key(row), row.text, row.score, written_at=row.written_at)
            for row in self._rows()
        )
        store.save_predictions("made-model", self._judged())

    def label(self, store: Store, count: int, people: tuple[str, ...] = ("가온", "나래")) -> None:
        """Let people label a random sample: the first tells the truth, the others err at times."""
        rng = np.random.default_rng([self.seed, 3])
        sample = self.texts.iloc[rng.permutation(len(self.texts))[:count]]
        store.annotations.add(
            Annotation(
                _key(row),
                person,
                "positive" if row.true != (place > 0 and rng.random() < 0.1) else "negative",
            )
            for row in sample.itertuples(index=False)
            for place, person in enumerate(people)
        )

    def _rows(self) -> Iterator[Any]:
        yield from self.texts.itertuples(index=False)

    def _judged(self) -> Iterator[Judged]:
        for row in self._rows():
            yield Judged(
                _key(row),
                "positive" if row.positive else "negative",
                row.probability,
                row.unsure,
                list(chain.from_iterable(_words(aspect.text) for aspect in row.opinions)),
                list(dict.fromkeys(aspect.topic for aspect in row.opinions)),
                row.category,
                row.opinions,
            )


def _written(
    rng: np.random.Generator, topics: list[str], good: np.ndarray
) -> tuple[str, list[Aspect]]:
    """A text with one clause a topic, and the opinions in it."""
    text, opinions = "", []
    for topic, praise in zip(topics, good, strict=True):
        clause = str(rng.choice(CLAUSES[topic][0 if praise else 1]))
        start = len(text)
        text += clause
        label, probability = ("positive", 0.95) if praise else ("negative", 0.05)
        opinions.append(Aspect(topic, label, probability, start, len(text), clause))
        text += ". "
    return f"{text}{rng.integers(101, 130)}동 {rng.integers(1, 30)}층에 살아요.", opinions


def _key(row: Any) -> tuple[str, str, str, str]:
    return ("made", row.key, row.review_id, row.category)


@lru_cache
def _words(clause: str) -> list[str]:
    return content_words(clause)
