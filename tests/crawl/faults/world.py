"""The invented world that the fault server tells of, and its sound answers.

Shapes come from the project's notes on the API alone, never from the crawler: each builder below
says which line of the notes it follows. What the notes leave open (does a review carry an id, a
date, an author?) is a setting of `World`, off by default, under the key names at the top.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any

ID_KEY = "id"  # the notes: "whether a review carries an id is not known"
DATE_KEY = "createdAt"  # notes, Hogangnono: "others read ... `createdAt`"
AUTHOR_KEY = "nickname"  # neither: only `name` is in the notes, for Hogangnono

CATEGORIES = ("total", "traffic", "care", "resident", "around")
TEXT_KEYS = {"total": "desc"} | {name: f"{name}Desc" for name in CATEGORIES[1:]}
SCORE_KEYS = {"total": "score"} | {name: f"{name}Score" for name in CATEGORIES[1:]}
KST = timezone(timedelta(hours=9))
GEOHASH = "0123456789bcdefghjkmnpqrstuvwxyz"
PREFIX = "wydm"
POPULATED = tuple(PREFIX + letter for letter in GEOHASH[::4])  # 8 of 32 cells; the rest is empty
FIRST_ID = 61001
HOLD = 90.0  # seconds for which a slow answer goes on

ORDINALS = (
    "첫째",
    "둘째",
    "셋째",
    "넷째",
    "다섯째",
    "여섯째",
    "일곱째",
    "여덟째",
    "아홉째",
    "열째",
)
FORENAMES = (
    *("솔빛", "가람", "누리", "다온", "도담", "마루", "바람", "새봄"),
    *("아라", "여울", "온새", "이든", "초롱", "푸름", "하늘", "한별"),
)
SURNAMES = ("마을", "뜨락", "언덕", "숲길", "나루", "들녘", "호수", "정원", "햇살", "고을")
AGES = ("20대", "30대", "40대", "50대")
SEXES = ("여자", "남자")
HOMES = ("자가 거주", "전세 또는 월세")
MARRIED = ("기혼", "미혼")
COVARIATES = (*AGES, *SEXES, *HOMES, *MARRIED)
NICKNAMES = ("초록고래", "졸린펭귄", "달밤기러기", "느긋한수달", "구름사냥꾼")

# Invented for this file: for each category two sentences each of a bad, a middling, a good mark.
SENTENCES: dict[str, tuple[tuple[str, str], ...]] = {
    "total": (
        ("살아 보니 기대에 많이 못 미칩니다.", "다시 고르라면 이 단지는 피하겠어요."),
        ("좋은 점과 아쉬운 점이 반반입니다.", "그럭저럭 지낼 만하지만 특별하진 않네요."),
        ("이사 온 뒤로 가족 모두 만족합니다.", "오래오래 살고 싶은 단지예요."),
    ),
    "traffic": (
        ("역까지 걷기에는 너무 멀어요.", "버스가 드물어서 아침마다 뜁니다."),
        ("버스는 괜찮은데 지하철이 애매합니다.", "출근길은 막히고 밤에는 한산해요."),
        ("지하철역이 코앞이라 출퇴근이 편해요.", "큰길로 바로 나갈 수 있어서 좋습니다."),
    ),
    "care": (
        ("분리수거장이 늘 어수선합니다.", "승강기가 고장 나도 며칠씩 그대로예요."),
        ("관리는 보통 수준이라고 봅니다.", "청소는 잘되는데 안내가 늦어요."),
        ("경비원분들이 친절하고 화단이 예뻐요.", "관리비가 투명하게 공개됩니다."),
    ),
    "resident": (
        ("윗집 발소리가 밤늦게까지 들립니다.", "주차 자리를 찾느라 매일 헤매요."),
        ("소음은 가끔 있지만 참을 만해요.", "주차는 늦게 오면 이중으로 대야 합니다."),
        ("이웃들이 조용하고 인사를 잘해요.", "볕이 잘 들어 겨울에도 따뜻합니다."),
    ),
    "around": (
        ("마트가 멀어서 장보기가 힘들어요.", "주변에 걸을 만한 곳이 없습니다."),
        ("상가가 있긴 한데 가게가 자주 바뀌어요.", "학교는 가깝고 병원은 멉니다."),
        ("공원과 도서관이 가까워 산책하기 좋아요.", "시장과 병원이 다 걸어서 갈 거리예요."),
    ),
}


# --------------------------------------------------------------------------- the invented world


@dataclass(frozen=True)
class World:
    """How much there is, and which of the fields that the notes leave open are there."""

    apartments: int = 40
    reviews: int = 5
    rich: bool = False  # reviews with an id, a date and an author
    ids: bool = True  # in a rich world: the id
    resident_review: bool = False  # `/apt/danjis/{id}` carries reviews of its own


def apartment_name(index: int) -> str:
    """A name that no other apartment has: two pairs of syllables."""
    return FORENAMES[index % 16] + SURNAMES[(index // 16 + index % 16) % 10]


def apartment_id(index: int) -> int:
    """The id in the lists and in the paths."""
    return FIRST_ID + index


def cell_of(index: int) -> str:
    """The level-5 cell in which the apartment stands."""
    return POPULATED[index % len(POPULATED)]


def marker(apartment: int, review: int) -> str:
    """Words that stand in the five texts of one review and nowhere else."""
    return f"{apartment_name(apartment)} {ORDINALS[review]} 글"


def mark(number: int, category: str) -> int:
    """The score, 1 to 5 (notes: "whole numbers 1 to 5"), of a review by its number in the world."""
    return (number * 3 + number // 5 + CATEGORIES.index(category) * 2) % 5 + 1


def moment(number: int) -> datetime:
    """When a review was written: at noon in Korea, so that it is the same day in UTC."""
    n = number
    return datetime(2019 + n % 7, 1 + n % 12, 1 + (n * 5) % 28, 12, 34, 56, tzinfo=KST)


def day(number: int) -> str:
    """The day of `moment`, as any reader of the date should come to."""
    return moment(number).date().isoformat()


def centre(cell: str) -> tuple[float, float]:
    """Latitude and longitude of the middle of a geohash."""
    low, high, even = [-90.0, -180.0], [90.0, 180.0], True
    for letter in cell:
        bits = GEOHASH.index(letter)
        for shift in range(4, -1, -1):
            axis = 1 if even else 0
            middle = (low[axis] + high[axis]) / 2
            if bits >> shift & 1:
                low[axis] = middle
            else:
                high[axis] = middle
            even = not even
    return (low[0] + high[0]) / 2, (low[1] + high[1]) / 2


def review(world: World, apartment: int, index: int) -> dict[str, Any]:
    """One review as the crawler of March 2024 read it: five pairs, the overall one plain."""
    number = apartment * world.reviews + index
    answer: dict[str, Any] = {}
    if world.rich:
        if world.ids:
            answer[ID_KEY] = 700001 + number
        answer[AUTHOR_KEY] = NICKNAMES[number % 5]
        answer[DATE_KEY] = moment(number).strftime("%Y-%m-%dT%H:%M:%S")
    answer |= {
        "age": AGES[number % 4],
        "sex": SEXES[number % 2],
        "residenceType": HOMES[number // 2 % 2],
        "married": MARRIED[number // 3 % 2],
    }
    for category in CATEGORIES:
        score = mark(number, category)
        first, second = SENTENCES[category][0 if score < 3 else 1 if score == 3 else 2]
        answer[SCORE_KEYS[category]] = score
        answer[TEXT_KEYS[category]] = f"{marker(apartment, index)}입니다. {first}\r\n{second}"
    return answer


def reviews_answer(world: World, apartment: int) -> dict[str, Any]:
    """`/property/apartments/{id}/reviews/v1` (crawler of March 2024): `data[]` and `summary`."""
    data = [review(world, apartment, index) for index in range(world.reviews)]
    summary = {"reviewCount": len(data), "danjiName": apartment_name(apartment)}
    return {"data": data, "summary": summary}


def in_cell(world: World, cell: str) -> list[int]:
    """Apartments of a cell; each seventh stands in a neighbour's list too ("ids repeat")."""
    apartments = [index for index in range(world.apartments) if cell_of(index) == cell]
    if cell in POPULATED:
        other = POPULATED[POPULATED.index(cell) - 1]
        apartments += [i for i in range(0, world.apartments, 7) if cell_of(i) == other]
    return apartments


def place_of(index: int) -> tuple[float, float]:
    """Latitude and longitude of an apartment: inside its cell."""
    latitude, longitude = centre(cell_of(index))
    return round(latitude + index % 5 * 0.001, 6), round(longitude - index % 7 * 0.001, 6)


def location_answer(world: World, cell: str) -> dict[str, Any]:
    """`/property/apartments/location/v3` (2020-): `filtered[]` with id, name, lat, lng, ..."""
    entries = []
    for index in in_cell(world, cell):
        latitude, longitude = place_of(index)
        entries.append(
            {
                "id": apartment_id(index),
                "name": apartment_name(index),
                "lat": latitude,
                "lng": longitude,
                "real_type": "아파트",
                "사용승인일": f"{1998 + index % 22}0601",
                "price": {},
                "item_count": {},
            }
        )
    return {"filtered": entries}


def items_answer(world: World, cell: str) -> dict[str, Any]:
    """`/v2/aparts/items` (2024-03): three lists of entries with `areaDanjiId`."""
    entries = []
    for index in in_cell(world, cell):
        latitude, longitude = place_of(index)
        name = apartment_name(index)
        entries.append(
            {
                "areaDanjiId": apartment_id(index),
                "areaDanjiName": name,
                "lat": latitude,
                "lng": longitude,
            }
        )
    # An apartment may have both offers with and without a VR tour: the lists overlap.
    return {"vrItems": copy.deepcopy(entries[:1]), "recommendItems": [], "items": entries}


def danji_answer(world: World, index: int) -> dict[str, Any]:
    """`/apt/danjis/{id}`: "name, address, households ..." and the fields of 2024-26."""
    latitude, longitude = place_of(index)
    answer: dict[str, Any] = {
        "id": apartment_id(index),
        "name": apartment_name(index),
        "address": f"서울특별시 가람구 누리로 {index + 11}",
        "households": 300 + index * 7,
        "총세대수": 300 + index * 7,
        "총동수": 3 + index % 9,
        "총주차대수": 280 + index * 6,
        "가구당주차대수": 0.9,
        "난방방식": "지역난방",
        "시공사": "누리건설",
        "brand": "가람채",
        "lat": latitude,
        "lng": longitude,
        "review_score": 4.1,
        "review_cnt": world.reviews,
    }
    if world.resident_review:
        answer["resident_review"] = [
            {
                "residenceTime": "2년 이상",
                "score": mark(index, "total"),
                "content": f"{marker(index, 0)}입니다. 상세 화면에만 남은 짧은 이야기예요.",
            }
        ]
    return answer


def catalog_answer(world: World, query: Mapping[str, str]) -> dict[str, Any]:
    """`/apt/locals/{code}/item-catalogs`: `count` and `list[]` with `areaDanjiId`, paged."""
    start, limit = int(query.get("offset", "0") or 0), int(query.get("limit", "20") or 20)
    rows = [
        {
            "areaDanjiId": apartment_id(index),
            "areaDanjiName": apartment_name(index),
            "local2": "가람구",
            "local3": "누리동",
            "tranType": "trade",
            "depositMin": 50000,
            "rentMin": 0,
            "sizeM2": 84.9,
        }
        for index in range(world.apartments)
    ]
    return {"count": len(rows), "list": rows[start : start + limit]}


def search_answer(text: str) -> dict[str, Any]:
    """`/v2/search`: an address hit, whose `id` "is not an apartment id"."""
    latitude, longitude = centre(POPULATED[0])
    hit = {
        "id": 1,
        "type": "address",
        "name": text,
        "description": f"서울특별시 {text}",
        "lat": latitude,
        "lng": longitude,
        "zoom": 15,
        "polygon": None,
        "_source": {"법정동코드": "1199900000"},
    }
    return {"code": "200", "items": [hit]}


def years_away(years: int) -> date:
    """A day so many years from today, for dates that can't be."""
    today = datetime.now(KST).date()
    return date(today.year + years, 6, 15)
