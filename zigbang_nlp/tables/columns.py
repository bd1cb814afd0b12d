"""Which column of somebody's table holds what: by its name, and else by what is in it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from zigbang_nlp.tables.cells import as_text

#: role -> names that people give such a column, folded as by `folded`; the likelier first.
NAMES: dict[str, tuple[str, ...]] = {
    "text": (
        *(
            "text",
            "리뷰",
            "리뷰내용",
            "리뷰본문",
            "후기",
            "후기내용",
            "이용후기",
            "거주후기",
            "내용",
        ),
        *("본문", "평", "한줄평", "평가내용", "의견", "댓글", "글", "review", "reviewtext"),
        *("reviewcontent", "reviewbody", "comment", "comments", "content", "contents", "body"),
        *("desc", "description", "document", "sentence", "문장"),
    ),
    "rating": (
        *("rating", "별점", "평점", "점수", "별", "추천점수", "만족도", "score", "stars", "star"),
        *("reviewscore", "reviewrating", "rate"),
    ),
    "label": ("label", "감성", "감정", "라벨", "긍부정", "정답", "sentiment", "polarity"),
    "date": (
        *("date", "writtenat", "작성일", "작성일자", "작성일시", "작성날짜", "날짜", "등록일"),
        *(
            "등록일자",
            "등록일시",
            "일자",
            "일시",
            "createdat",
            "created",
            "writtenon",
            "reviewdate",
        ),
        *("datetime", "timestamp", "regdate"),
    ),
    "apartment": (
        *("apartment", "apartmentid", "단지명", "단지", "아파트", "아파트명", "단지이름", "단지id"),
        *("danjiname", "danjiid", "danji", "areadanjiid", "areadanjiname", "apartmentname"),
        *("complex", "complexname", "aptname", "apt"),
    ),
    "category": ("category", "항목", "카테고리", "분류", "평가항목", "구분"),
    "id": ("id", "reviewid", "리뷰id", "리뷰번호", "글번호", "후기번호"),
    "split": ("split",),
}
#: Cells of a column that are looked at where its name says nothing.
_LOOKED_AT = 500
#: A review is text of at least so many characters on average, mostly words.
_LEAST_LENGTH = 8

_HANGUL = re.compile("[가-힣]")


@dataclass(frozen=True)
class Guess:
    """A column and the role it seems to have.

    Attributes:
        role: a key of `NAMES`.
        column: its name as the file has it.
        by: "name" or "content".
    """

    role: str
    column: str
    by: str


def folded(name: Hashable) -> str:
    """A column's name without what people vary: case, spaces, _ - ( ) and composed or not."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", str(name))).casefold()


def guess_roles(piece: pd.DataFrame) -> list[Guess]:
    """The role of each column that seems to have one, no role twice.

    Names come first; a text column that no name shows is the one with the longest Korean texts.

    Args:
        piece: the first rows of a table.

    >>> table = pd.DataFrame({"별점": ["5"], "리뷰 내용": ["역이 가까워요"]})
    >>> [(guess.role, guess.column) for guess in guess_roles(table)]
    [('text', '리뷰 내용'), ('rating', '별점')]
    """
    by_name = {folded(column): str(column) for column in reversed(list(piece.columns))}
    guesses: dict[str, Guess] = {}
    for role, names in NAMES.items():
        column = next((by_name[name] for name in names if name in by_name), None)
        if column is not None:
            guesses[role] = Guess(role, column, "name")
    if "text" not in guesses:
        taken = {guess.column for guess in guesses.values()}
        column = _wordiest(piece, [c for c in map(str, piece.columns) if c not in taken])
        if column is not None:
            guesses = {"text": Guess("text", column, "content"), **guesses}
    return list(guesses.values())


def _wordiest(piece: pd.DataFrame, columns: Sequence[str]) -> str | None:
    """The column with the longest Korean texts, None where none holds sentences."""
    best, longest = None, float(_LEAST_LENGTH)
    for column in columns:
        length = _mean_length(piece[column].head(_LOOKED_AT))
        if length > longest:
            best, longest = column, length
    return best


def _mean_length(cells: Iterable[object]) -> float:
    """Mean length of the texts that hold Hangul; 0 where fewer than half of the cells do."""
    texts = [cell for cell in cells if isinstance(cell, str) and as_text(cell).strip()]
    korean = [len(text) for text in texts if _HANGUL.search(text)]
    return sum(korean) / len(korean) if korean and 2 * len(korean) >= len(texts) else 0.0
