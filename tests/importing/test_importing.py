"""Reviews from a file into a real store: texts, and cells of every kind."""

import json
import unicodedata
from pathlib import Path

import pandas as pd
import pytest

from tests.importing.files import STARS, by_text, csv, only, parquet
from zigbang_nlp.errors import InputError
from zigbang_nlp.importing import ImportColumns, ImportSummary, import_file
from zigbang_nlp.store import Store


def test_a_text_alone_is_enough(store: Store, tmp_path: Path) -> None:
    summary = import_file(csv(tmp_path, "text\n역이 가까워요\n"), ImportColumns(), store)
    assert (summary.rows, summary.stored.new) == (1, 1)
    review = only(store)
    assert (review.source, review.category, review.score, review.label) == (
        "import",
        "total",
        None,
        None,
    )


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        ("label", "글쎄", "neither negative nor positive"),
        ("category", "parking", "Unknown category 'parking'"),
        ("split", "dev", "Unknown split 'dev'"),
    ],
)
def test_bad_values_name_the_valid_ones(
    column: str, value: str, words: str, store: Store, tmp_path: Path
) -> None:
    path = csv(tmp_path, f"text,c\n좋아요,\n나빠요,{value}\n")
    with pytest.raises(InputError, match=f"Row 2 .*{words}") as caught:
        import_file(path, ImportColumns(**{column: "c"}), store)
    assert {"label": "부정", "category": "traffic", "split": "validation"}[
        column
    ] in caught.value.next_step
    assert store.count_reviews() == 0


def test_bad_rows_can_be_skipped_and_are_counted(store: Store, tmp_path: Path) -> None:
    path = csv(tmp_path, "text,stars\n좋아요,5\n나빠요,99\n글쎄요,별\n  ,3\n괜찮아요,3\n")
    summary = import_file(path, STARS, store, skip_bad_rows=True)
    assert summary.rows == 5
    assert summary.skipped == {"bad value": 2, "blank text": 1}
    assert set(by_text(store)) == {"좋아요", "괜찮아요"}


def test_blank_texts_are_counted_never_stored(store: Store, tmp_path: Path) -> None:
    path = parquet(tmp_path, text=["좋아요", None, "", " \u200b\t", float("nan")])
    summary = import_file(path, ImportColumns(), store)
    assert summary.skipped == {"blank text": 4}
    assert store.count_reviews() == 1


def test_nothing_is_stored_when_a_late_row_is_bad(store: Store, tmp_path: Path) -> None:
    rows = "".join(f"글 {i},3\n" for i in range(10_500))
    with pytest.raises(InputError, match="Row 10501"):
        import_file(csv(tmp_path, f"text,stars\n{rows}끝,7\n"), STARS, store)
    assert store.count_reviews() == 0


def test_missing_values_of_every_kind_are_no_value(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "r.parquet"
    pd.DataFrame(
        {
            "text": ["가", "나"],
            "rating": pd.array([None, 3], "Int64"),
            "label": [None, "긍정"],
            "date": [pd.NaT, pd.Timestamp("2024-01-01")],
            "apartment": pd.array([None, "101"], "string"),
            "category": pd.Series([None, "care"], dtype=object),
            "split": [float("nan"), "test"],
        }
    ).to_parquet(path)
    names = ("rating", "label", "date", "apartment", "category", "split")
    import_file(path, ImportColumns(**{name: name for name in names}), store)
    stored = by_text(store)
    blank, full = stored["가"], stored["나"]
    assert (blank.score, blank.label, blank.written_at) == (None, None, None)
    assert (blank.apartment_id, blank.category, blank.split) == ("-", "total", None)
    assert (full.score, full.label, full.apartment_id) == (3.0, "positive", "101")
    assert (full.category, full.split) == ("care", "test")


def test_numbers_as_texts_are_texts(store: Store, tmp_path: Path) -> None:
    frame = pd.DataFrame({"text": [2024, None, "좋아요", 5.0], "n": [1, 2, 3, 4]}, dtype=object)
    frame.to_excel(tmp_path / "r.xlsx", index=False)
    summary = import_file(tmp_path / "r.xlsx", ImportColumns(), store)
    assert set(by_text(store)) == {"2024", "좋아요", "5"}
    assert summary.skipped == {"blank text": 1}


def test_cp949_is_read_whole(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_bytes("리뷰,별점\n뷰가 똠방각하네요,5\n".encode("cp949"))
    import_file(path, ImportColumns(text="리뷰", rating="별점"), store)
    assert only(store).text == "뷰가 똠방각하네요"


def test_a_missing_column_lists_those_there_are(store: Store, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no column 'text'") as caught:
        import_file(csv(tmp_path, "리뷰,별점\n좋아요,5\n"), ImportColumns(), store)
    assert "'리뷰', '별점'" in caught.value.next_step


@pytest.mark.parametrize("text", ["가" * 100_000, "\x00널 문자", "😀" * 50, "=1+1"])
def test_odd_texts_are_stored(text: str, store: Store, tmp_path: Path) -> None:
    path = parquet(tmp_path, text=[text])
    summary = import_file(path, ImportColumns(), store)
    assert summary.stored.new == 1
    assert only(store).text == text.replace("\x00", "")
    assert isinstance(summary, ImportSummary)


@pytest.mark.parametrize(
    ("value", "words"),
    [([1, 2], "a list"), ({"a": 1}, "an object"), (True, "true or false"), (b"\xff\xff", "bytes")],
)
def test_a_text_that_is_no_text_names_its_row(
    value: object, words: str, store: Store, tmp_path: Path
) -> None:
    path = parquet(tmp_path, text=[value, value])
    with pytest.raises(InputError, match=f"Row 1 of reviews.parquet: .*{words}"):
        import_file(path, ImportColumns(), store)
    assert import_file(path, ImportColumns(), store, skip_bad_rows=True).skipped["bad value"] == 2


@pytest.mark.parametrize("encoding", ["utf-8", "cp949"])
def test_bytes_are_decoded(encoding: str, store: Store, tmp_path: Path) -> None:
    path = parquet(tmp_path, text=["주차가 편해요".encode(encoding)], no=["가1".encode(encoding)])
    import_file(path, ImportColumns(id="no"), store)
    assert (only(store).text, only(store).review_id) == ("주차가 편해요", "가1")


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet", "xlsx"])
def test_what_macos_took_apart_is_the_same(ending: str, store: Store, tmp_path: Path) -> None:
    """Hangul as its letters (NFD), in names of columns and in every value."""
    table = pd.DataFrame(
        {
            "리뷰": ["뷰가 좋아요", "주차가 힘들어요"],
            "단지명": ["은하마을", "은하마을"],
            "감성": ["긍정", "부정"],
            "번호": ["가1", "나2"],
        }
    )
    apart = table.map(lambda text: unicodedata.normalize("NFD", text))
    apart.columns = [unicodedata.normalize("NFD", name) for name in table.columns]
    columns = ImportColumns(text="리뷰", apartment="단지명", label="감성", id="번호")
    path = tmp_path / f"apart.{ending}"
    if ending == "csv":
        apart.to_csv(path, index=False)
    elif ending == "jsonl":
        path.write_text(apart.to_json(orient="records", lines=True, force_ascii=False), "utf-8")
    elif ending == "parquet":
        apart.to_parquet(path)
    else:
        apart.to_excel(path, index=False)
    import_file(path, columns, store)
    table.to_csv(tmp_path / "whole.csv", index=False)
    again = import_file(tmp_path / "whole.csv", columns, store).stored
    assert (again.new, again.changed, again.seen) == (0, 0, 2)
    assert {(r.apartment_id, r.text, r.label, r.review_id) for r in store.reviews()} == {
        ("은하마을", "뷰가 좋아요", "positive", "가1"),
        ("은하마을", "주차가 힘들어요", "negative", "나2"),
    }


@pytest.mark.parametrize("column", ["text", "apartment", "category", "id", "split", "label"])
@pytest.mark.parametrize("value", [["가", "나"], {"가": 1}])
def test_a_cell_that_is_no_text_names_its_row_whatever_it_should_hold(
    column: str, value: object, store: Store, tmp_path: Path
) -> None:
    rows = [{"t": "좋아요", "c": "가" if column == "text" else ""}, {"t": "나빠요", "c": value}]
    path = tmp_path / "r.jsonl"
    columns = ImportColumns(**{"text": "t", column: "c"})
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), "utf-8")
    with pytest.raises(InputError, match=r"^Row 2 of r\.jsonl: The "):
        import_file(path, columns, store)
    assert store.count_reviews() == 0
