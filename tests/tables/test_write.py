"""Whatever is in a cell: it is written as it is, or one sentence names its row and column."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from zigbang_nlp.errors import InputError
from zigbang_nlp.language.file_notes import note_sentence
from zigbang_nlp.tables.read import Notes, read_table
from zigbang_nlp.tables.write import ENDINGS, WriteOptions, open_table, write_part


def wrote(path: Path, *chunks: pd.DataFrame, **options: Any) -> list[str]:
    """Write a file, and return what was noted."""
    notes = Notes()
    with open_table(path, WriteOptions(**options), notes) as write:
        for chunk in chunks:
            write(chunk)
    return [note_sentence(note) for note in notes]


def one(value: Any, rows: int = 3) -> pd.DataFrame:
    """A table whose second row holds the value in its second column."""
    column: list[Any] = ["가"] * rows
    column[1] = value
    return pd.DataFrame({"a": range(rows), "글": pd.Series(column, dtype=object)})


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize(
    ("value", "unwritable"),
    [
        pytest.param("반쪽 \ud83d 문자", {".csv", ".tsv", ".jsonl", ".parquet", ".xlsx", ".sav", ".dta"}, id="half a character"),
        pytest.param(b"\xff\xfe\xfa", set(ENDINGS), id="bytes that are no text"),
        pytest.param({"x": object()}, set(ENDINGS), id="an object that JSON lacks"),
        pytest.param(int("9" * 400), set(), id="400 digits"),
        pytest.param("\x00\x08제어", set(), id="control characters"),
        pytest.param({"주차": ["좁다"]}, set(), id="an object"),
        pytest.param(dt.datetime(1, 1, 1), set(), id="an early date"),
        pytest.param(float("inf"), set(), id="infinity"),
        pytest.param(Decimal("4.5"), set(), id="a decimal"),
        pytest.param("가" * 40_000, set(), id="a long text"),
    ],
)  # fmt: skip
def test_a_cell_is_written_or_named(
    ending: str, value: Any, unwritable: set[str], tmp_path: Path
) -> None:
    path = tmp_path / f"out{ending}"
    if ending not in unwritable:
        wrote(path, one("가"), one(value))
        assert path.stat().st_size
        return
    with pytest.raises(InputError, match=r"^Row 5, column '글': ") as error:
        wrote(path, one("가"), one(value))
    assert error.value.next_step


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".parquet"])
def test_the_rows_of_a_part_are_counted_in_the_whole(ending: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"^Row 42, column '글': "):
        write_part(one(b"\xff\xfe\xfa"), tmp_path / f"1{ending}", None, before=40)


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    texts=st.lists(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
        | st.sampled_from(["_x000D_", "=1", "'=1", "-3", "둘\r\n째", "_x005F_x0041_", "  끝 "]),
        min_size=1,
        max_size=6,
    )
)
def test_texts_come_back_from_a_workbook_as_they_were(texts: list[str], tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    wrote(path, pd.DataFrame({"글": [*texts, "끝"]}, dtype=object))
    (read,) = read_table(path)
    assert read["글"].tolist() == [*texts, "끝"]


def test_a_workbook_keeps_numbers_and_dates_and_long_ids(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    moment = dt.datetime(2024, 3, 1, 12, 30)
    notes = wrote(
        path,
        pd.DataFrame(
            {
                "수": [1, 2.5, None],
                "날": [moment, dt.date(2024, 3, 1), dt.datetime(1800, 1, 1)],
                "id": [12345678901234567890, 7, "가" * 32_768],
            },
            dtype=object,
        ),
    )
    (read,) = read_table(path)
    assert read["수"].tolist() == [1, 2.5, ""]
    assert read["날"].tolist() == [moment, dt.date(2024, 3, 1), "1800-01-01"]
    assert read["id"].tolist() == ["12345678901234567890", 7, "가" * 32_767]
    assert notes == [
        "1 cell is longer than the format allows and was cut at 32,767 characters "
        "(row 3, column id)."
    ]


def test_statistics_tell_numbers_moments_and_texts_apart(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {
            "참": [True, None, False],
            "수": [1, 2.5, None],
            "때": [pd.Timestamp("2024-03-01 12:30", tz="UTC"), None, pd.Timestamp("2024-03-02")],
            "섞인 것": [1, "둘", None],
            "긴 수": [2**60, 1, 2],
        },
        dtype=object,
    )
    for ending, read in ((".sav", pyreadstat.read_sav), (".dta", pyreadstat.read_dta)):
        path = tmp_path / f"out{ending}"
        notes = wrote(path, table.iloc[:2], table.iloc[2:])
        rows, meta = read(path)
        assert rows["참"].fillna(-1).tolist() == [1, -1, 0]
        assert rows["수"].fillna(-1).tolist() == [1, 2.5, -1]
        assert rows["때"].isna().tolist() == [False, True, False]
        assert rows["때"][0] == dt.datetime(2024, 3, 1, 12, 30)  # fmt: skip
        assert rows["섞인_것"].tolist() == ["1", "둘", ""]
        assert rows["긴_수"].tolist() == [str(2**60), "1", "2"], "a double would round it"
        assert meta.column_names_to_labels["섞인_것"] == "섞인 것"
        assert "'섞인 것' is 섞인_것" in notes[0]


@pytest.mark.parametrize("ending", [".sav", ".dta"])
def test_any_names_become_variables_each_once(ending: str, tmp_path: Path) -> None:
    names = ["with", "using", "str9", "A", "a", "1번", "", "가" * 70, "가" * 71, "😀", "a b", "a_b"]
    path = tmp_path / f"out{ending}"
    wrote(path, pd.DataFrame([range(len(names))], columns=names))
    rows, meta = (pyreadstat.read_sav if ending == ".sav" else pyreadstat.read_dta)(path)
    assert rows.iloc[0].tolist() == list(range(len(names)))
    assert meta.column_labels[0] == "with"
    assert meta.column_labels[5] == "1번"
    assert len({name.lower() for name in rows.columns}) == len(names)


def test_long_texts_of_names_alike_stay_apart_in_spss(tmp_path: Path) -> None:
    """Long texts take further variables, whose names come of the first letters of theirs."""
    table = pd.DataFrame({name: [f"{name} " * 100] for name in ("text", "text1", "text2")})
    wrote(tmp_path / "out.sav", table)
    rows, _ = pyreadstat.read_sav(tmp_path / "out.sav")
    assert rows.iloc[0].str.strip().tolist() == table.iloc[0].str.strip().tolist()


def test_a_text_longer_than_spss_has_room_for_is_cut_and_said(tmp_path: Path) -> None:
    path = tmp_path / "out.sav"
    notes = wrote(path, pd.DataFrame({"글": ["가" * 12_000, "나"]}))
    rows, _ = pyreadstat.read_sav(path)
    assert rows["글"][0] == "가" * (32_767 // 3)
    assert notes == [
        "1 cell is longer than the format allows and was cut at 10,922 characters (row 1, column 글)."
    ]


def test_a_column_of_mixed_types_is_text_in_parquet(tmp_path: Path) -> None:
    path = tmp_path / "out.parquet"
    wrote(path, pd.DataFrame({"호": [12.0, "12-1", None, 7]}, dtype=object))
    assert pd.read_parquet(path)["호"].fillna("").tolist() == ["12", "12-1", "", "7"]
