"""Exports open in spreadsheets, can't run there, and need little memory."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyreadstat
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from zigbang_nlp.errors import InputError
from zigbang_nlp.language.file_notes import note_sentence
from zigbang_nlp.records import Apartment, Review
from zigbang_nlp.store import Scope, Store, open_store
from zigbang_nlp.store.export import COLUMNS, export
from zigbang_nlp.tables.cells import defused, restored
from zigbang_nlp.tables.read import Notes, read_table

NASTY = [
    "=HYPERLINK(\"http://x\",\"y\")", "+82", "-1+1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1+1",
    "\x0b=1", "ㅠㅠ 좋아요", "평범한 글, \"따옴표\"\n둘째 줄", "😀 이모지",
]  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{tmp_path}/a.db") as opened:
        opened.add_apartments([Apartment("zigbang", "1", "=솔마을", "서울시", 37.5, 127.0, 500)])
        opened.add_reviews(
            Review("zigbang", "1", f"{i:02}", "total", text, 4, written_at=datetime(2024, 3, 1))
            for i, text in enumerate(NASTY)
        )
        yield opened


def test_csv_opens_in_excel_and_runs_nothing(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "out.csv"
    assert export(store, file) == len(NASTY)
    assert file.read_bytes().startswith(b"\xef\xbb\xbf")
    with file.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert list(rows[0]) == list(COLUMNS)
    for row, text in zip(rows, NASTY, strict=True):
        assert row["text"] in (text, "'" + text)
        assert row["apartment_name"] == "'=솔마을"
        assert row["written_at"] == "2024-03-01"
        marked = [cell for cell in row.values() if cell and cell[:1] in "=+-@\t\r\n＝"]
        assert marked in ([], ["+82"]), "a number runs nothing"


@given(st.text())
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_text_begins_like_a_formula(text: str) -> None:
    safe = defused(text)
    assert safe in (text, "'" + text)
    assert restored(safe) == text
    number = re.fullmatch(r"[+-]?\d+([.,]\d+)?([eE][+-]?\d+)?%?", safe)
    assert number or not safe or (safe[0] not in "=+-@＝＋－＠" and ord(safe[0]) >= 32)


def test_cp949_for_older_programs(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "out.csv"
    export(store, file, encoding="cp949")
    text = file.read_bytes().decode("cp949")
    assert "ㅠㅠ 좋아요" in text
    assert "? 이모지" in text


def test_excel_holds_the_text_unchanged_and_no_formula(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "out.xlsx"
    assert export(store, file) == len(NASTY)
    sheet = openpyxl.load_workbook(file).worksheets[0]
    header, *rows = sheet.iter_rows()
    assert [cell.value for cell in header] == list(COLUMNS)
    assert not [cell.value for row in rows for cell in row if cell.data_type == "f"]
    first = rows[0][list(COLUMNS).index("text")]
    assert (first.value, first.quotePrefix) == (NASTY[0], True)
    (read,) = read_table(file)
    assert read["text"].tolist() == NASTY
    assert read["written_at"].tolist() == [date(2024, 3, 1)] * len(NASTY)


@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl", "xlsx", "parquet", "sav", "dta"])
def test_the_columns_have_one_order_in_every_format(
    store: Store, tmp_path: Path, ending: str
) -> None:
    file = tmp_path / f"out.{ending}"
    assert export(store, file) == len(NASTY)
    if ending in ("sav", "dta"):
        rows, _ = (pyreadstat.read_sav if ending == "sav" else pyreadstat.read_dta)(file)
    else:
        (rows,) = read_table(file)
    assert list(rows.columns) == list(COLUMNS)


@pytest.mark.parametrize("ending", ["sav", "dta"])
def test_spss_and_stata_have_korean_labels(store: Store, tmp_path: Path, ending: str) -> None:
    file = tmp_path / f"out.{ending}"
    export(store, file)
    rows, meta = (pyreadstat.read_sav if ending == "sav" else pyreadstat.read_dta)(file)
    labels: dict[str, Any] = meta.column_names_to_labels
    assert labels["apartment_name"] == "단지 이름"
    assert not [name for name in COLUMNS if not re.search("[가-힣]", labels[name])]
    assert rows["score"].tolist() == [4.0] * len(NASTY)
    assert rows["written_at"].tolist() == [datetime(2024, 3, 1)] * len(NASTY)
    # Neither keeps the blanks at the end of a text.
    assert [text.rstrip() for text in rows["text"]] == [text.rstrip() for text in NASTY]
    if ending == "sav":
        values: dict[str, Any] = meta.variable_value_labels
        assert values["category"]["traffic"] == "교통여건"


def test_characters_that_an_encoding_lacks_are_counted(store: Store, tmp_path: Path) -> None:
    notes = Notes()
    export(store, tmp_path / "out.csv", encoding="cp949", notes=notes)
    sentences = [note_sentence(note) for note in notes]
    assert "1 character that cp949 lacks became ?." in sentences
    assert any("got an apostrophe in front" in line for line in sentences)


def test_parquet_keeps_every_letter(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "out.parquet"
    assert export(store, file) == len(NASTY)
    frame = pd.read_parquet(file)
    assert list(frame["text"]) == NASTY
    assert str(frame["first_seen"].dt.tz) == "UTC"


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet", "sav", "dta"])
def test_an_empty_store_has_a_header(tmp_path: Path, ending: str) -> None:
    with open_store(f"sqlite:///{tmp_path}/a.db") as empty:
        assert export(empty, tmp_path / f"out.{ending}") == 0
    assert (tmp_path / f"out.{ending}").stat().st_size > 0


def test_wrong_wishes_are_named(store: Store, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"\.csv, \.tsv, \.jsonl, \.parquet, \.xlsx"):
        export(store, tmp_path / "out.doc")
    with pytest.raises(InputError, match="no encoding 'klingon'"):
        export(store, tmp_path / "out.csv", encoding="klingon")


_MEASURE = """
import resource, sys
from pathlib import Path
from zigbang_nlp.store import open_store
from zigbang_nlp.store.export import export
for url in sys.argv[2:]:
    with open_store(url) as store:
        export(store, Path(sys.argv[1]))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)
"""


@pytest.fixture(scope="module")
def small_and_large(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Stores of 2,000 and of 100,000 reviews."""
    place, urls = tmp_path_factory.mktemp("sizes"), []
    for rows in (2_000, 100_000):
        urls.append(f"sqlite:///{place}/{rows}.db")
        with open_store(urls[-1]) as store:
            store.add_reviews(
                Review("import", str(i % 900), str(i), "total", f"역이 가까워요 {i} " * 10, 4)
                for i in range(rows)
            )
    return urls


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_memory_does_not_grow_with_the_rows(
    small_and_large: list[str], tmp_path: Path, ending: str
) -> None:
    # The most that one process has ever held: after the small store, and after the large one.
    command = [sys.executable, "-c", _MEASURE, str(tmp_path / f"out.{ending}"), *small_and_large]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    few, many = map(int, done.stdout.split())
    assert many < few + 60


def test_json_lines_of_what_is_new_since_a_run(tmp_path: Path) -> None:
    def row(identity: str, text: str, score: float = 5) -> Review:
        return Review(
            "zigbang", "1", identity, "total", text, score, written_at=datetime(2024, 3, 1)
        )

    with open_store(f"sqlite:///{tmp_path}/since.db") as fresh:
        fresh.add_reviews([row("a", "역이 가까워요"), row("b", "주차가 힘들어요")])
        run = fresh.runs.begin(Scope("zigbang", "geohash wydm"), "나")
        fresh.add_reviews(
            [
                row("a", "역이 가까워요"),
                row("b", "주차가 나아졌어요"),
                row("c", "010-1234-5678 연락"),
            ]
        )
        assert export(fresh, tmp_path / "new.jsonl", masked=True, since_run=run) == 2
        exported = [
            json.loads(line) for line in (tmp_path / "new.jsonl").read_text("utf-8").splitlines()
        ]
        assert [one["text"] for one in exported] == ["주차가 나아졌어요", "[전화번호] 연락"]
        assert exported[0]["written_at"] == "2024-03-01"
        assert exported[0]["score"] == 5.0
        assert export(fresh, tmp_path / "all.jsonl") == 3
        assert "010-1234-5678" in (tmp_path / "all.jsonl").read_text("utf-8")
        with pytest.raises(InputError, match="no run 99"):
            export(fresh, tmp_path / "none.csv", since_run=99)
        assert not (tmp_path / "none.csv").exists()
