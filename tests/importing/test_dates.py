"""Dates of every form, in the order that the whole column tells."""

from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest

from tests.importing.files import by_text, csv, only
from zigbang_nlp.errors import InputError
from zigbang_nlp.importing import ImportColumns, ImportSummary, import_file
from zigbang_nlp.store import Store


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


def test_a_date_is_no_review(store: Store, tmp_path: Path) -> None:
    """Excel makes dates of what looks like one: 5/1."""
    path = tmp_path / "r.xlsx"
    pd.DataFrame({"text": ["좋아요", datetime(2024, 5, 1)]}).to_excel(path, index=False)
    with pytest.raises(InputError, match=r"Row 2 of r\.xlsx: The text is a date"):
        import_file(path, ImportColumns(), store)
