"""Workbooks as people make them: titles, merged cells, hidden sheets, other formats."""

from __future__ import annotations

import re
import struct
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from tests.factories.workbooks import compound_file, xls, xlsb
from zigbang_nlp.errors import InputError
from zigbang_nlp.tables import opening
from zigbang_nlp.tables.read import Notes, ReadOptions, read_table

Make = Callable[[openpyxl.Workbook], object]


def read(
    path: Path, **options: object
) -> tuple[pd.DataFrame, dict[str, tuple[int, dict[str, str]]]]:
    """The rows of a file, and {kind: (count, values)} of what was noted."""
    notes = Notes()
    chunks = list(read_table(path, options=ReadOptions(**options), notes=notes))  # type: ignore[arg-type]
    return pd.concat(chunks), {note.kind: (note.count, note.values) for note in notes}


def workbook(path: Path, fill: Make) -> Path:
    book = openpyxl.Workbook()
    book.active.title = "리뷰"
    fill(book)
    book.save(path)
    return path


def rows(book: openpyxl.Workbook, *listed: list[object], sheet: str = "리뷰") -> None:
    page = book[sheet] if sheet in book.sheetnames else book.create_sheet(sheet)
    for row in listed:
        page.append(row)


def test_the_first_visible_sheet_is_read_and_the_others_are_named(tmp_path: Path) -> None:
    def fill(book: openpyxl.Workbook) -> None:
        rows(book, ["숨김"], ["x"])
        book["리뷰"].sheet_state = "hidden"
        rows(book, ["글"], ["조용해요"], sheet="1월")
        rows(book, ["글"], ["시끄러워요"], sheet="2월")

    file = workbook(tmp_path / "r.xlsx", fill)
    table, notes = read(file)
    assert table["글"].tolist() == ["조용해요"]
    assert notes["sheets left out"] == (2, {"read": "1월", "left": "리뷰 (hidden), 2월"})
    assert read(file, sheet="2월")[0]["글"].tolist() == ["시끄러워요"]
    assert read(file, sheet="리뷰")[0]["숨김"].tolist() == ["x"]
    assert read(file, sheet="all")[0]["글"].tolist() == ["조용해요", "시끄러워요"]
    with pytest.raises(InputError, match=r"no sheet '3월'.*'1월'"):
        read(file, sheet="3월")


def test_a_merged_cell_counts_for_each_of_its_rows(tmp_path: Path) -> None:
    def fill(book: openpyxl.Workbook) -> None:
        rows(book, ["단지", "글"], ["은하", "가"], [None, "나"], [None, "다"], ["별빛", "라"])
        book["리뷰"].merge_cells("A2:A4")

    table, notes = read(workbook(tmp_path / "r.xlsx", fill))
    assert table["단지"].tolist() == ["은하", "은하", "은하", "별빛"]
    assert notes["merged cells filled"][0] == 2


def test_titles_above_the_header_are_passed_over_and_said(tmp_path: Path) -> None:
    def fill(book: openpyxl.Workbook) -> None:
        rows(book, ["2023년 입주민 설문"], [], ["단지", "글", "별점"], ["은하", "좋아요", 5])
        rows(book, [None, None, None], ["별빛", "좁아요", 2.5])

    file = workbook(tmp_path / "r.xlsx", fill)
    table, notes = read(file)
    assert table.to_dict("records") == [
        {"단지": "은하", "글": "좋아요", "별점": 5.0},
        {"단지": "", "글": "", "별점": ""},
        {"단지": "별빛", "글": "좁아요", "별점": 2.5},
    ]
    assert notes["rows above the header"] == (1, {"row": "3"})
    assert list(read(file, header_row=4)[0].columns) == ["은하", "좋아요", "5"]
    with pytest.raises(InputError, match="nothing in row 9"):
        read(file, header_row=9)


def test_a_needed_column_shows_where_the_header_is(tmp_path: Path) -> None:
    file = workbook(
        tmp_path / "r.xlsx", lambda b: rows(b, ["메모", "비고"], ["a", "글"], ["b", "가"])
    )
    (chunk,) = read_table(file, ["글"])
    assert chunk["글"].tolist() == ["가"]


def test_cells_keep_their_kind(tmp_path: Path) -> None:
    day = date(2023, 5, 1)
    file = workbook(
        tmp_path / "r.xlsx", lambda b: rows(b, ["글", "날", "참"], ["첫줄_x000D_\n둘째", day, True])
    )
    (row,) = read(file)[0].to_dict("records")
    assert row["글"].split() == ["첫줄", "둘째"]
    assert row["날"] == day
    assert row["참"] is True


def test_a_header_of_two_equal_names_is_an_error(tmp_path: Path) -> None:
    file = workbook(tmp_path / "r.xlsx", lambda b: rows(b, ["글", "글"], ["a", "b"]))
    with pytest.raises(InputError, match=r"names '글' more than once"):
        read(file, header_row=1)


def test_an_open_document_is_read(tmp_path: Path) -> None:
    cells = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
            for cell in row
        )
        + "</table:table-row>"
        for row in (["글", "단지"], ["조용해요", "은하"])
    )
    spaces = "urn:oasis:names:tc:opendocument:xmlns:"
    content = (
        f'<office:document-content xmlns:office="{spaces}office:1.0" xmlns:table="{spaces}table:1.0"'
        f' xmlns:text="{spaces}text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="리뷰">{cells}</table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    file = tmp_path / "r.ods"
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml",
            f'<manifest:manifest xmlns:manifest="{spaces}manifest:1.0"></manifest:manifest>',
        )
        archive.writestr("content.xml", content)
    assert read(file)[0].to_dict("records") == [{"글": "조용해요", "단지": "은하"}]


@pytest.mark.parametrize(("ending", "make"), [("xls", xls), ("xlsb", xlsb)])
def test_older_and_binary_workbooks_are_read(
    ending: str, make: Callable[..., bytes], tmp_path: Path
) -> None:
    file = tmp_path / f"r.{ending}"
    file.write_bytes(
        make([["설문", None], ["리뷰", "별점"], ["역이 가까워요 😀", 5], ["좁아요", 1.5]])
    )
    chunk, noted = read(file)
    assert chunk.to_dict("list") == {"리뷰": ["역이 가까워요 😀", "좁아요"], "별점": [5, 1.5]}
    assert noted == {"rows above the header": (1, {"row": "2"})}


def test_a_strict_workbook_is_read(tmp_path: Path) -> None:
    """Excel saves one as “Strict Open XML”: other namespaces (ISO/IEC 29500-1), the same cells."""
    usual = zipfile.ZipFile(workbook(tmp_path / "u.xlsx", lambda b: rows(b, ["글"], ["조용해요"])))
    file = tmp_path / "strict.xlsx"
    with usual, zipfile.ZipFile(file, "w") as strict:
        for name in usual.namelist():
            part = usual.read(name)
            for kind in ("spreadsheetml", "officeDocument"):
                old = f"http://schemas.openxmlformats.org/{kind}/2006/".encode()
                part = part.replace(old, f"http://purl.oclc.org/ooxml/{kind}/".encode())
            strict.writestr(name, part)
    assert read(file)[0].to_dict("list") == {"글": ["조용해요"]}


@pytest.mark.parametrize(
    ("name", "body"),
    [
        # An encrypted Open XML workbook is a compound file with these streams ([MS-OFFCRYPTO]).
        ("r.xlsx", compound_file(EncryptedPackage=b"\1" * 9_000, EncryptionInfo=b"\4\0\4\0")),
        ("r.xlsb", compound_file(EncryptedPackage=b"\1" * 9_000, EncryptionInfo=b"\4\0\4\0")),
        ("r.xls", xls([["글"], ["가"]], locked=True)),
    ],
)
def test_a_password_is_said(name: str, body: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(body)
    with pytest.raises(InputError, match=f"{re.escape(name)} is protected by a password") as error:
        read(tmp_path / name)
    assert "remove the password" in error.value.next_step


def test_what_cannot_be_read_says_why(tmp_path: Path) -> None:
    broken = workbook(tmp_path / "r.xlsx", lambda b: rows(b, ["글"], ["가"]))
    broken.write_bytes(broken.read_bytes()[:-200])
    with pytest.raises(InputError, match="can't be read as a workbook"):
        read(broken)
    empty = workbook(tmp_path / "empty.xlsx", lambda book: book)
    with pytest.raises(InputError, match="no rows"):
        read(empty)


@pytest.mark.parametrize("ending", [".xlsb", ".xls", ".xlsx", ".ods"])
def test_a_workbook_that_ends_the_library_is_an_error(tmp_path: Path, ending: str) -> None:
    """One wrong byte makes the library ask for more memory than there is, and abort."""
    spoilt = bytearray(xlsb([["글", "점"], ["역이 가까워요", 5], ["좋아요", 4]]))
    spoilt[601] = 255
    file = tmp_path / f"spoilt{ending}"  # whatever its name says
    file.write_bytes(spoilt)
    with pytest.raises(
        InputError, match=rf"spoilt\{ending} can't be read as a workbook: it is damaged"
    ):
        list(read_table(file))


def far(book: openpyxl.Workbook, cell: str) -> None:
    rows(book, ["글", "점"], ["역이 가까워요", 5])
    book["리뷰"][cell] = "x"


def test_a_cell_far_from_the_others_does_not_end_the_process(tmp_path: Path) -> None:
    """The library keeps a sheet as a whole rectangle: 15 billion cells for a file this small."""
    file = workbook(tmp_path / "far.xlsx", lambda book: far(book, "XFD900000"))
    with pytest.raises(InputError, match="a cell far from the others is filled") as caught:
        list(read_table(file))
    assert "the rows and columns beyond the table" in caught.value.next_step


def test_a_far_cell_of_a_sheet_that_is_not_read_does_no_harm(tmp_path: Path) -> None:
    def fill(book: openpyxl.Workbook) -> None:
        rows(book, ["글", "점"], ["역이 가까워요", 5])
        book.create_sheet("메모")["XFD900000"] = "x"

    file = workbook(tmp_path / "memo.xlsx", fill)
    table, notes = read(file)
    assert table["글"].tolist() == ["역이 가까워요"]
    assert "메모" in str(notes)
    for sheet in ("메모", "all"):
        with pytest.raises(InputError, match=r"'메모' .* too large to read"):
            read(file, sheet=sheet)


def test_a_folder_with_a_module_of_pythons_name_is_no_trap(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = workbook(tmp_path / "r.xlsx", lambda book: rows(book, ["글"], ["역이 가까워요"]))
    (tmp_path / "json.py").write_text("import os; os._exit(7)")
    monkeypatch.chdir(tmp_path)
    assert read(file)[0]["글"].tolist() == ["역이 가까워요"]


def test_a_sheet_that_would_fill_the_memory_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = workbook(tmp_path / "far.xlsx", lambda book: far(book, "B60000"))
    assert read(file)[0]["점"].tolist()[-1] == "x"
    monkeypatch.setattr(opening, "MOST_CELLS", 60_000 * 16 - 1)
    with pytest.raises(InputError, match=r"'리뷰' .* as far as column B, row 60000, .* too large"):
        list(read_table(file))


@pytest.mark.parametrize("column", [16_384, 10_000_000])
def test_a_column_beyond_every_sheet_is_an_error_soon(tmp_path: Path, column: int) -> None:
    """A spoilt number of a column makes millions of blank ones, which took hours to name."""
    file = tmp_path / "far.xlsb"
    whole = xlsb([["글", "점"], ["역이 가까워요", 5]])
    at = struct.pack("<IId", 1, 0, 5.0)  # the place of the 5
    assert whole.count(at) == 1
    file.write_bytes(whole.replace(at, struct.pack("<IId", column, 0, 5.0)))
    with pytest.raises(InputError, match=r"far from the others|too large to read"):
        list(read_table(file))
