"""A file is recognised before it is read: its text column, Zigbang's five pairs, what is suggested."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from zigbang_nlp.cli.group import cli
from zigbang_nlp.errors import InputError
from zigbang_nlp.importing import ImportColumns, import_file, look, recognise
from zigbang_nlp.records import Review
from zigbang_nlp.store import open_store
from zigbang_nlp.store.export import export

FIVE = """danji_id,danji_name,age,totalScore,totalDesc,trafficScore,trafficDesc,careScore,careDesc
11,은하마을,30대,5,살기 좋은 곳이에요,4,역이 가까워요,2,"청소를 잘
안 해요"
12,별빛마을,40대,1,낡아서 불편해요,3,버스가 드물어요,3,
"""
PLAIN = """번호,리뷰내용,별점,작성일
1,조용해서 좋아요,8,2023. 5. 1
2,주차가 너무 힘들어요,2,2023. 6. 13
3,,5,2023. 6. 14
4,주차가 너무 힘들어요!!,10,2021. 1. 2
"""


@pytest.fixture
def five(tmp_path: Path) -> Path:
    file = tmp_path / "five.csv"
    file.write_text(FIVE, encoding="utf-8")
    return file


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    file = tmp_path / "plain.csv"
    file.write_text(PLAIN, encoding="utf-8")
    return file


def test_the_five_pairs_become_reviews_of_their_categories(five: Path, tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path / 'r.db'}") as store:
        summary = import_file(five, recognise(five), store)
        stored = sorted(
            (r.apartment_id, r.category, r.score, " ".join(r.text.split())) for r in store.reviews()
        )
        ids = {(r.apartment_id, r.review_id) for r in store.reviews()}
    assert stored == [
        ("11", "care", 2.0, "청소를 잘 안 해요"),
        ("11", "total", 5.0, "살기 좋은 곳이에요"),
        ("11", "traffic", 4.0, "역이 가까워요"),
        ("12", "total", 1.0, "낡아서 불편해요"),
        ("12", "traffic", 3.0, "버스가 드물어요"),
    ]
    assert len(ids) == 2, "the texts of a row are one resident's"
    assert any("2 rows were read so" in line for line in summary.lines())


def test_importing_five_pairs_again_adds_nothing(five: Path, tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path / 'r.db'}") as store:
        import_file(five, recognise(five), store)
        again = import_file(five, recognise(five), store).stored
        assert (again.new, again.changed, again.seen) == (0, 0, 5)


def test_the_text_is_found_and_nothing_else_is_taken_unasked(plain: Path) -> None:
    recognised = recognise(plain)
    assert recognised.columns == ImportColumns(text="리뷰내용")
    assert {(g.role, g.column) for g in recognised.unused} == {
        ("rating", "별점"),
        ("date", "작성일"),
    }
    named = recognise(plain, ImportColumns(text="번호"))
    assert named.columns.text == "번호", "what is named is taken"


def test_without_a_column_of_texts_the_columns_are_named(tmp_path: Path) -> None:
    file = tmp_path / "n.csv"
    file.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"no column that holds reviews.*'a', 'b'"):
        recognise(file)


def test_a_look_counts_and_suggests_and_stores_nothing(plain: Path, tmp_path: Path) -> None:
    seen = look(plain)
    assert (seen.rows, seen.blank, seen.repeated, seen.hangul) == (4, 1, 1, 1.0)
    assert seen.ratings == (2.0, 10.0)
    assert seen.dates == ("2021-01-02", "2023-06-13")
    command = seen.command()
    assert command.startswith(f"zigbang-nlp import {plain} --text-column 리뷰내용")
    assert "--rating-column 별점" in command
    assert "--rating-scale 10" in command
    url = f"sqlite:///{tmp_path / 'none.db'}"
    done = CliRunner().invoke(cli, ["import", str(plain), "--look", "--db", url])
    assert done.exit_code == 0, done.output
    assert "2021-01-02 to 2023-06-13" in done.output
    assert command in done.output
    assert not (tmp_path / "none.db").exists()


@pytest.mark.parametrize("ending", ["csv", "tsv", "csv.gz", "jsonl", "xlsx", "parquet"])
def test_what_goes_out_comes_back_unchanged(ending: str, tmp_path: Path) -> None:
    moment = datetime(2023, 5, 1, 3, 21, 5)
    reviews = [
        Review("zigbang", "11", "7", "total", "-층간소음만 빼면\n좋아요", 4.0, written_at=moment),
        Review("zigbang", "11", "7", "traffic", "'=역이 가까워요", 5.0, written_at=moment),
        Review(
            "import", "은하마을", "a", "total", "조용해요", None, label="positive", split="test"
        ),
    ]
    file = tmp_path / f"out.{ending}"
    with open_store(f"sqlite:///{tmp_path / 'r.db'}") as store:
        store.add_reviews(iter(reviews))
        before = sorted(repr(replace(r, last_seen=None)) for r in store.reviews())
        assert export(store, file.with_suffix("") if ending == "csv.gz" else file) == 3
        if ending == "csv.gz":
            file.write_bytes(gzip.compress(file.with_suffix("").read_bytes()))
        back = import_file(file, recognise(file), store).stored
        assert (back.new, back.changed, back.seen) == (0, 0, 3)
        after = sorted(repr(replace(r, last_seen=None)) for r in store.reviews())
        assert after == before


def test_a_row_of_five_pairs_is_counted_and_named_by_its_place_in_the_file(tmp_path: Path) -> None:
    file = tmp_path / "five.csv"
    head = "danji_id,totalScore,totalDesc,trafficScore,trafficDesc\n"
    file.write_text(head + "1,5,좋아요,4,가까워요\n2,3,,2,\n3,9,나빠요,1,멀어요\n", "utf-8")
    with open_store(f"sqlite:///{tmp_path / 'r.db'}") as store:
        with pytest.raises(InputError, match=r"^Row 3 of five\.csv: The rating 9 is outside"):
            import_file(file, recognise(file), store)
        summary = import_file(file, recognise(file), store, skip_bad_rows=True)
    lines = summary.lines()
    assert (summary.rows, summary.stored.new) == (5, 3)
    assert summary.skipped == {"blank text": 1, "bad value": 1}
    assert "1 row was left out for blank text (row 2)." in lines
    assert any("2 categories have a score without a text" in line for line in lines), lines


def test_a_look_counts_labels_and_asks_what_codes_mean(tmp_path: Path) -> None:
    file = tmp_path / "coded.csv"
    file.write_text("리뷰,라벨\n조용해요,2\n좁아요,1\n넓어요,2\n", encoding="utf-8")
    seen = look(file)
    assert seen.labels == {"2": 2, "1": 1}
    assert "What the labels of '라벨' mean can't be told" in seen.doubts[0]
    assert '--label-map "1=?,2=?"' in seen.command()


def test_json_lines_are_read_once_to_be_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "r.jsonl"
    lines = [f'{{"리뷰": "역이 가까워요 {n}"}}\n' for n in range(50_000)]
    file.write_text("".join(lines) + '{"리뷰": "끝", "별점": 5}\n', encoding="utf-8")
    read = 0
    loads = json.loads

    def counted(*arguments: Any, **named: Any) -> Any:
        nonlocal read
        read += 1
        return loads(*arguments, **named)

    monkeypatch.setattr(json, "loads", counted)
    with open_store(f"sqlite:///{tmp_path / 'r.db'}") as store:
        assert import_file(file, recognise(file), store).stored.new == 50_001
    assert read < 1.5 * 50_000, "once whole, and the first chunk"
