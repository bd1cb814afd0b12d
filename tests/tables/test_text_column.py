"""The column of the reviews is found in every file alike."""

from pathlib import Path

import pytest

from zigbang_nlp.errors import InputError
from zigbang_nlp.tables.read import Notes, ReadOptions
from zigbang_nlp.tables.text_column import text_column


@pytest.mark.parametrize(
    ("name", "body", "column"),
    [
        ("a.csv", "내용,text\n가,나\n", "text"),
        ("a.csv", "번호,리뷰내용\n1,좋아요\n", "리뷰내용"),
        ("a.csv", "하나\n좋아요\n", "하나"),
        ("a.csv", "a,b\n1,역이 가깝고 조용해서 좋아요\n", "b"),
        ("a.txt", "역이 가까워요\n주차가 힘들어요\n", "text"),
        ("a.jsonl", '{"n": 1, "후기": "좋아요"}\n', "후기"),
    ],
)
def test_it_is_found_by_name_or_content(name: str, body: str, column: str, tmp_path: Path) -> None:
    file, notes = tmp_path / name, Notes()
    file.write_text(body, encoding="utf-8")
    assert text_column(file, notes=notes) == column
    assert [note.values for note in notes] == ([] if column == "text" else [{"column": column}])


def test_options_count_and_what_is_not_there_is_said(tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("2023년 조사,\n번호,후기\n1,좋아요\n", encoding="utf-8")
    assert text_column(file, ReadOptions(header_row=2)) == "후기"
    file.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"no column that holds reviews.*'a', 'b'"):
        text_column(file)
