"""Reviews from a file into a real store."""

import json
import unicodedata
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from zigbang_nlp.config import PreprocessSettings
from zigbang_nlp.errors import InputError
from zigbang_nlp.importing import ImportColumns, ImportSummary, import_file
from zigbang_nlp.records import Review
from zigbang_nlp.store import Store, open_store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with open_store(f"sqlite:///{(tmp_path / 'reviews.db').as_posix()}") as opened:
        yield opened


def csv(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "reviews.csv"
    path.write_text(text, encoding="utf-8")
    return path


def parquet(tmp_path: Path, **columns: list[object]) -> Path:
    path = tmp_path / "reviews.parquet"
    pd.DataFrame(columns).to_parquet(path)
    return path


def only(store: Store) -> Review:
    (review,) = store.reviews()
    return review


def by_text(store: Store) -> dict[str, Review]:
    return {review.text: review for review in store.reviews()}


STARS = ImportColumns(rating="stars")


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
    ("scale", "rating", "score"),
    [
        (5, "4", 4.0),
        (10, "10", 5.0),
        (10, "1", 0.5),
        (10, "0", 0.0),
        (1, "0.5", 2.5),
        (5, "", None),
        (5, "NaN", None),
        (5, "4.5점", 4.5),
        (10, "★★★★☆", 4.0),
        (5, "5/5", 5.0),
        (10, "4/5", 4.0),
        (5, '"4,5"', 4.5),
        (5, "10점 만점에 8점", 4.0),
    ],
)
def test_ratings_become_scores_of_0_to_5(
    scale: float, rating: str, score: float | None, store: Store, tmp_path: Path
) -> None:
    import_file(csv(tmp_path, f"text,stars\n좋아요,{rating}\n"), STARS, store, scale)
    assert only(store).score == score


@pytest.mark.parametrize(
    ("scale", "rating", "words"),
    [
        (5, "6", r"rating 6 is outside 0 to 5"),
        (10, "10.5", r"outside 0 to 10"),
        (5, "-1", r"-1 is outside"),
        (5, "별 다섯", r"'별 다섯' is not a number"),
        (5, "9" * 400, r"outside"),
        (5, "inf", r"outside"),
    ],
)
def test_a_bad_rating_names_row_and_value(
    scale: float, rating: str, words: str, store: Store, tmp_path: Path
) -> None:
    path = csv(tmp_path, f"text,stars\n좋아요,1\n나빠요,{rating}\n")
    with pytest.raises(InputError, match=rf"Row 2 of reviews.csv: .*{words}") as caught:
        import_file(path, STARS, store, scale)
    assert "--skip-bad-rows" in caught.value.next_step
    assert store.count_reviews() == 0


@pytest.mark.parametrize("scale", [0, -5, float("nan"), float("inf")])
def test_a_rating_scale_must_be_above_0(scale: float, store: Store, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="rating scale"):
        import_file(csv(tmp_path, "text,stars\na,1\n"), STARS, store, scale)


@pytest.mark.parametrize(
    ("written", "label"),
    [
        ("0", "negative"),
        ("1", "positive"),
        ("negative", "negative"),
        ("Positive", "positive"),
        ("부정", "negative"),
        (" 긍정 ", "positive"),
        ("", None),
    ],
)
def test_own_labels_in_every_spelling(
    written: str, label: str | None, store: Store, tmp_path: Path
) -> None:
    path = csv(tmp_path, f"text,감성\n역이 멀어요,{written}\n")
    import_file(path, ImportColumns(label="감성"), store)
    assert only(store).label == label


@pytest.mark.parametrize("values", [[0, 1], [0.0, 1.0], [False, True], ["부정", "긍정"]])
def test_own_labels_of_every_type(values: list[object], store: Store, tmp_path: Path) -> None:
    path = parquet(tmp_path, text=["나빠요", "좋아요"], y=values)
    import_file(path, ImportColumns(label="y"), store)
    assert {text: review.label for text, review in by_text(store).items()} == {
        "나빠요": "negative",
        "좋아요": "positive",
    }


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


def test_importing_twice_adds_nothing(store: Store, tmp_path: Path) -> None:
    path = csv(tmp_path, "text,stars\n좋아요,5\n나빠요,1\n")
    first = import_file(path, STARS, store)
    before = store.fingerprint()
    again = import_file(path, STARS, store)
    assert (first.stored.new, again.stored.new, again.stored.seen) == (2, 0, 2)
    assert store.fingerprint() == before


def test_duplicate_rows_without_an_id_are_one_row(store: Store, tmp_path: Path) -> None:
    path = csv(tmp_path, "text,stars\n좋아요,5\n좋아요,5\n좋아요,4\n")
    stored = import_file(path, STARS, store).stored
    assert (stored.new, stored.repeated, stored.conflicting) == (2, 1, 0)
    assert store.count_reviews() == 2


def test_texts_with_both_labels_are_counted_and_named(store: Store, tmp_path: Path) -> None:
    """Whether their labels are given or come from scores; none of them is lost."""
    rows = [
        "역이 멀어요,1",
        "역이 멀어요,5",
        "좋아요,5",
        "좋아요,4",
        "글,3",
        "글,1",
        " 역이 멀어요,2",
    ]
    path = csv(tmp_path, "text,stars\n" + "\n".join(rows) + "\n")
    summary = import_file(path, STARS, store)
    assert summary.stored.new == store.count_reviews() == len(rows)
    lines = "\n".join(summary.lines())
    assert "1 text carries both labels, in 3 rows (역이 멀어요)" in lines
    wide = PreprocessSettings(negative_max=1, positive_min=3)
    lines = "\n".join(import_file(path, STARS, store, settings=wide).lines())
    assert "2 texts carry both labels, in 4 rows (역이 멀어요; 글)" in lines
    labelled = parquet(tmp_path, text=["가", "나", "가", "나", "다"], y=[1, 1, 0, 0, 1])
    summary = import_file(labelled, ImportColumns(label="y"), store)
    assert (summary.stored.new, summary.stored.conflicting) == (5, 0)
    korean = summary.lines("ko")
    assert "글 2개가 4행에서 긍정과 부정 라벨을 둘 다 달고 있습니다(가; 나)." in "\n".join(korean)


def test_rows_that_share_an_id_are_counted_however_far_apart(store: Store, tmp_path: Path) -> None:
    far = "".join(f"{i},글 {i}\n" for i in range(2, 10_500))
    path = csv(tmp_path, f"no,text\n1,처음\n1,둘째\n{far}1,마지막\n2,글 2\n")
    summary = import_file(path, ImportColumns(id="no"), store)
    assert summary.rows == 10_502
    stored = summary.stored
    assert (stored.new, stored.changed, stored.seen) == (10_499, 0, 0)
    assert (stored.repeated, stored.conflicting) == (1, 2)
    assert "처음" not in by_text(store)
    assert "마지막" in by_text(store)
    assert "2 share an id" in "\n".join(summary.lines())


def test_rows_with_an_id_are_kept_apart_and_updated(store: Store, tmp_path: Path) -> None:
    columns = ImportColumns(rating="stars", id="no")
    import_file(csv(tmp_path, "no,text,stars\n1,좋아요,5\n2,좋아요,5\n"), columns, store)
    assert store.count_reviews() == 2
    again = import_file(
        csv(tmp_path, "no,text,stars\n1,나빠졌어요,1\n2,좋아요,5\n"), columns, store
    )
    assert (again.stored.changed, again.stored.seen) == (1, 1)
    assert store.count_reviews() == 2


def test_blank_ids_are_no_ids(store: Store, tmp_path: Path) -> None:
    import_file(csv(tmp_path, "no,text\n,가\n,나\n 7 ,다\n"), ImportColumns(id="no"), store)
    assert store.count_reviews() == 3
    assert by_text(store)["다"].review_id == "7"


def test_numbers_are_names_as_people_write_them(store: Store, tmp_path: Path) -> None:
    path = parquet(tmp_path, text=["가", "나", "다"], no=[7.0, None, 9.0], danji=[0, 1, 2])
    import_file(path, ImportColumns(id="no", apartment="danji"), store)
    stored = by_text(store)
    assert stored["가"].review_id == "7"
    assert stored["가"].apartment_id == "0"
    assert stored["나"].review_id.startswith("sha:")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2023-05-01", datetime(2023, 5, 1)),
        ("2023-05-01 13:30", datetime(2023, 5, 1, 13, 30)),
        ("2023.05.01", datetime(2023, 5, 1)),
        ("2023. 5. 1.", datetime(2023, 5, 1)),
        ("2023년 5월 1일", datetime(2023, 5, 1)),
        ("2023/05/01", datetime(2023, 5, 1)),
        ("20230501", datetime(2023, 5, 1)),
        ("2023-04-30T16:00:00+00:00", datetime(2023, 5, 1, 1)),
        ("", None),
        ("어제", None),
        ("45047", datetime(2023, 5, 1)),
        ("1682899200", datetime(2023, 5, 1, 9)),
        ("1682899200000", datetime(2023, 5, 1, 9)),
        ("15.08.25", datetime(2015, 8, 25)),
        ("15.8.5.", datetime(2015, 8, 5)),
        ("23.5.1.월요일", datetime(2023, 5, 1)),
        ("2023. 5. 1 오후 3:21:05", datetime(2023, 5, 1, 15, 21, 5)),
        ("2023년 5월 1일 월요일", datetime(2023, 5, 1)),
        ("2023-05-01 오전 12:10", datetime(2023, 5, 1, 0, 10)),
        ("May 1, 2023", datetime(2023, 5, 1)),
        ("May 2023", None),
        ("2023-13-45", None),
    ],
)
def test_dates(written: str, read: datetime | None, store: Store, tmp_path: Path) -> None:
    summary = import_file(
        csv(tmp_path, f'text,on\n좋아요,"{written}"\n'), ImportColumns(date="on"), store
    )
    assert only(store).written_at == read
    assert summary.undated == (1 if written and read is None else 0)


def test_dates_of_parquet_and_excel(store: Store, tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {"text": ["가", "나"], "on": [pd.Timestamp("2024-02-29 10:00"), pd.NaT], "r": [1, 2]}
    )
    frame.to_parquet(tmp_path / "r.parquet")
    frame.to_excel(tmp_path / "r.xlsx", index=False)
    columns = ImportColumns(date="on", rating="r")
    for name in ("r.parquet", "r.xlsx"):
        assert import_file(tmp_path / name, columns, store).undated == 0
        stored = by_text(store)
        assert stored["가"].written_at == datetime(2024, 2, 29, 10)
        assert stored["나"].written_at is None


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


def test_a_rating_that_is_a_list_is_a_bad_value(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    path.write_text('{"text": "가", "stars": [5]}\n')
    with pytest.raises(InputError, match=r"\[5\] is not a number"):
        import_file(path, STARS, store)


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


ON = ImportColumns(date="on")


def dated(store: Store, tmp_path: Path, *dates: str, **options: str) -> ImportSummary:
    rows = "".join(f'글 {number},"{date}"\n' for number, date in enumerate(dates))
    return import_file(csv(tmp_path, f"text,on\n{rows}"), ON, store, **options)  # type: ignore[arg-type]


def stored_days(store: Store) -> list[str]:
    """The days that were stored, in the order of the file."""
    reviews = sorted(store.reviews(), key=lambda review: int(review.text.split()[1]))
    return [f"{r.written_at:%Y-%m-%d}" if r.written_at else "" for r in reviews]


def test_dates_of_two_digits_are_year_month_day_and_the_range_is_said(
    store: Store, tmp_path: Path
) -> None:
    days = [
        f"{year}.{month:02}.{day:02}" for year in (12, 15) for month in (3, 8) for day in (5, 25)
    ]
    summary = dated(store, tmp_path, *days)
    assert stored_days(store) == [f"20{day.replace('.', '-')}" for day in days]
    lines = "\n".join(summary.lines())
    assert "Their dates run from 2012-03-05 to 2015-08-25." in lines
    assert "'on'" not in lines
    assert "Dates of on such as 12.03.05 are read in the order ymd (2012-03-05)" in lines
    assert "날짜는 2012-03-05부터 2015-08-25까지입니다." in summary.lines("ko")


def test_the_whole_column_decides_the_order(store: Store, tmp_path: Path) -> None:
    rest = ["05/04/2015"] * 300
    dated(store, tmp_path, *rest, "25/12/2015")
    days = stored_days(store)
    assert (days[0], days[-1]) == ("2015-04-05", "2015-12-25")
    assert store.count_reviews() == 301


def test_an_order_that_nothing_tells_must_be_said(store: Store, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="'05/04/2015' is 2015-05-04 or 2015-04-05") as caught:
        dated(store, tmp_path, "05/04/2015", "01/02/2016")
    assert caught.value.next_step == (
        "Say their order with --date-format mdy or --date-format dmy."
    )
    assert store.count_reviews() == 0
    dated(store, tmp_path, "05/04/2015", "01/02/2016", date_format="dmy")
    assert stored_days(store) == ["2015-04-05", "2016-02-01"]


@pytest.mark.parametrize(
    ("dates", "days"),
    [
        (["08/25/15", "05/04/15"], ["2015-08-25", "2015-05-04"]),  # no year has a 25th month
        (["31.12.99", "05.04.15"], ["1999-12-31", "2015-04-05"]),
        (["05/05/2015", "06/06/2015"], ["2015-05-05", "2015-06-06"]),
        (["230501", "201105"], ["2023-05-01", "2020-11-05"]),
    ],
)
def test_orders_that_one_date_proves(
    dates: list[str], days: list[str], store: Store, tmp_path: Path
) -> None:
    dated(store, tmp_path, *dates)
    assert stored_days(store) == days


def test_a_pattern_says_the_form(store: Store, tmp_path: Path) -> None:
    summary = dated(store, tmp_path, "25|08|15", "2015-08-25", date_format="%d|%m|%y")
    assert stored_days(store) == ["2015-08-25", ""]
    assert summary.undated == 1


@pytest.mark.parametrize("pattern", ["year", "%Q", "", "%Y%"])
def test_a_pattern_that_is_none_is_said(pattern: str, store: Store, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="can't be used"):
        dated(store, tmp_path, "15.08.25", date_format=pattern)


def test_strange_dates_are_counted_and_quoted(store: Store, tmp_path: Path) -> None:
    summary = dated(store, tmp_path, "2023-05-01", "2051.08.25", "1985-01-01", "어제", "45047")
    lines = "\n".join(summary.lines())
    assert "1 date lies in the future (row 2: '2051.08.25')" in lines
    assert "1 date lies before 1990 (row 3: '1985-01-01')" in lines
    assert "1 date can't be read and stays blank (row 4: '어제')" in lines
    assert "1 date was a serial number of Excel (45047 is 2023-05-01)" in lines


def test_conversions_and_what_was_left_out_are_counted_with_examples(
    store: Store, tmp_path: Path
) -> None:
    path = csv(tmp_path, "text,stars\n가,4.5점\n나,★★☆☆☆\n다,여섯\n,3\n라,4\n")
    summary = import_file(path, STARS, store, skip_bad_rows=True)
    english, korean = "\n".join(summary.lines()), "\n".join(summary.lines("ko"))
    assert "2 ratings were converted ('4.5점' to 4.5; '★★☆☆☆' to 2)." in english
    assert "1 row was left out for bad value (row 3: The rating '여섯' is not a number)." in english
    assert "1 row was left out for blank text (row 4)." in english
    assert "평점 2개를 숫자로 바꿨습니다" in korean
    assert "1행을 뺐습니다: 빈 글" in korean


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


def test_a_date_is_no_review(store: Store, tmp_path: Path) -> None:
    """Excel makes dates of what looks like one: 5/1."""
    path = tmp_path / "r.xlsx"
    pd.DataFrame({"text": ["좋아요", datetime(2024, 5, 1)]}).to_excel(path, index=False)
    with pytest.raises(InputError, match=r"Row 2 of r\.xlsx: The text is a date"):
        import_file(path, ImportColumns(), store)


def labels(store: Store, tmp_path: Path, *codes: object, **options: Any) -> list[str | None]:
    """Import a column of labels, and return what was stored."""
    path = csv(tmp_path, "text,y\n" + "".join(f"글 {n},{c}\n" for n, c in enumerate(codes)))
    import_file(path, ImportColumns(label="y"), store, **options)
    stored = by_text(store)
    return [stored[f"글 {number}"].label for number in range(len(codes))]


@pytest.mark.parametrize(
    "codes",
    [[-1, 0, 1], [-1, 0], [1, 2], [0, 1, 2], [1, 2, 3], ["1.0", "2.0"], [5], ["긍정", 0, 2]],
)
def test_codes_that_mean_different_things_in_different_files_are_asked_for(
    codes: list[Any], store: Store, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="What the labels of 'y' mean can't be told") as error:
        labels(store, tmp_path, *codes, skip_bad_rows=True)
    numbers = sorted({int(float(c)) for c in codes if c != "긍정"})
    blanks = ",".join(f"{number}=?" for number in numbers)
    assert f'--label-map "{blanks}"' in error.value.next_step, "it proposes no meaning"
    assert store.count_reviews() == 0


@pytest.mark.parametrize(
    ("codes", "label_map", "stored"),
    [
        ([-1, 0, 1], "-1=negative,0=neutral,1=positive", ["negative", None, "positive"]),
        ([1, 2, ""], "1=긍정, 2=부정", ["positive", "negative", None]),
        (["나쁨", "좋음", "2.0"], "나쁨=negative,좋음=positive,2=중립", ["negative", "positive", None]),
    ],
)  # fmt: skip
def test_a_map_says_what_labels_mean(
    codes: list[object], label_map: str, stored: list[str | None], store: Store, tmp_path: Path
) -> None:
    assert labels(store, tmp_path, *codes, label_map=label_map) == stored


def test_neutral_words_are_no_label_and_are_counted(store: Store, tmp_path: Path) -> None:
    path = csv(tmp_path, "text,y\n좋아요,긍정\n그저 그래요,중립\n나빠요,-1\n최고예요,1\n")
    summary = import_file(path, ImportColumns(label="y"), store)
    assert {t: r.label for t, r in by_text(store).items()} == {
        "좋아요": "positive",
        "그저 그래요": None,
        "나빠요": "negative",
        "최고예요": "positive",
    }
    assert any("1 neutral label of y is stored as no label" in line for line in summary.lines())


@pytest.mark.parametrize(
    ("label_map", "words"),
    [
        ("1=?,2=?", "'1=\\?', which is no label=meaning"),
        ("1", "'1', which is no label=meaning"),
        ("1=positive,1.0=negative", "two things of '1.0'"),
        ("1=positive", "'2' is not in the label map"),
    ],
)
def test_a_map_that_says_nothing_clear_is_an_error(
    label_map: str, words: str, store: Store, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=words):
        labels(store, tmp_path, 1, 2, label_map=label_map)
