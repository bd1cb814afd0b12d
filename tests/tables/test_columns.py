"""Columns under the names that people give them, and Zigbang's five pairs."""

from __future__ import annotations

import unicodedata

import pandas as pd
import pytest

from zigbang_nlp.tables.columns import guess_roles
from zigbang_nlp.tables.zigbang_layout import apartment_column, find_layout, lengthened


def roles(*columns: str, rows: int = 0) -> dict[str, tuple[str, str]]:
    table = pd.DataFrame([["가"] * len(columns)] * rows, columns=list(columns))
    return {guess.role: (guess.column, guess.by) for guess in guess_roles(table)}


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        (("리뷰내용", "별점", "작성일", "단지명"), ("리뷰내용", "별점", "작성일", "단지명")),
        (
            ("Review Text", "STARS", "created_at", "apt"),
            ("Review Text", "STARS", "created_at", "apt"),
        ),
        (("후기", "평점", "등록 일자", "아파트명"), ("후기", "평점", "등록 일자", "아파트명")),
        (("comment", "만족도", "날짜", "단지(id)"), ("comment", "만족도", "날짜", "단지(id)")),
    ],
)
def test_columns_are_known_by_their_names(
    columns: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    guesses = roles(*columns)
    assert tuple(guesses[r][0] for r in ("text", "rating", "date", "apartment")) == expected


def test_a_name_that_macos_took_apart_is_known() -> None:
    apart = unicodedata.normalize("NFD", "리뷰")
    assert roles(apart)["text"] == (apart, "name")


def test_without_a_name_the_longest_korean_texts_are_the_reviews() -> None:
    table = pd.DataFrame(
        {
            "q1": ["은하마을", "별빛마을"],
            "q2": ["버스가 자주 와서 다니기 편해요", "주차할 자리를 찾기가 어려워요"],
            "q3": ["https://example.com/a/very/long/address/of/a/page"] * 2,
        }
    )
    assert [(g.role, g.column, g.by) for g in guess_roles(table)] == [("text", "q2", "content")]
    assert guess_roles(pd.DataFrame({"q1": ["1", "2"]})) == []


PAIRS = {
    "totalScore": [5, 2],
    "totalDesc": ["살기 좋아요", "낡았어요"],
    "trafficScore": [4, 1],
    "trafficDesc": ["역이 가까워요", ""],
    "careScore": [3, 2],
    "careDesc": ["관리가 무난해요", "청소를 안 해요"],
    "residentScore": [4, 4],
    "residentDesc": ["조용해요", "이웃이 친절해요"],
    "aroundScore": [5, 3],
    "aroundDesc": ["공원이 있어요", "마트가 멀어요"],
}


def snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name)


@pytest.mark.parametrize("spelt", [str, snake, str.lower, lambda name: name.replace("total", "")])
def test_a_row_of_five_pairs_becomes_up_to_five(spelt: object) -> None:
    assert callable(spelt)
    table = pd.DataFrame({"danji_id": [11, 12], **{spelt(k): v for k, v in PAIRS.items()}})
    table.columns = [c[:1].lower() + c[1:] for c in table.columns]
    layout = find_layout(table)
    assert layout is not None
    assert list(layout.pairs) == ["total", "traffic", "care", "resident", "around"]
    rows = lengthened(table, layout)
    assert rows.columns.tolist() == ["danji_id", "category", "rating", "text"]
    assert rows[["danji_id", "category", "rating", "text"]].values.tolist()[:2] == [
        [11, "total", 5, "살기 좋아요"],
        [11, "traffic", 4, "역이 가까워요"],
    ]
    assert len(rows) == 9, "the blank text is no review"
    assert apartment_column(table) == "danji_id"


def test_korean_headers_of_pairs() -> None:
    table = pd.DataFrame(
        columns=[
            "단지명",
            "추천점수",
            "총평",
            "교통여건 점수",
            "교통여건 내용",
            "단지관리 점수",
            "단지관리 내용",
        ]
    )
    layout = find_layout(table)
    assert layout is not None
    assert layout.pairs["total"] == ("추천점수", "총평")
    assert layout.pairs["traffic"] == ("교통여건 점수", "교통여건 내용")
    assert layout.pairs["care"] == ("단지관리 점수", "단지관리 내용")


def test_one_score_and_one_text_are_no_pairs() -> None:
    assert find_layout(pd.DataFrame(columns=["score", "desc", "date"])) is None
    assert find_layout(pd.DataFrame(columns=["score", "desc", "trafficDesc"])) is None
