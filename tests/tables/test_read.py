"""Other people's files: every format, both encodings, and everything that can be wrong with one."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from zigbang_nlp.errors import InputError
from zigbang_nlp.language.file_notes import note_sentence
from zigbang_nlp.tables.cells import as_text, is_missing
from zigbang_nlp.tables.encoding import text_encoding
from zigbang_nlp.tables.read import CHUNK, Notes, ReadOptions, read_table

ROWS = pd.DataFrame({"text": ["역이 가까워요", "주차가 힘들어요"], "stars": ["5", "1"]})


def write(frame: pd.DataFrame, path: Path, encoding: str = "utf-8") -> Path:
    match path.suffix:
        case ".csv":
            frame.to_csv(path, index=False, encoding=encoding)
        case ".tsv":
            frame.to_csv(path, index=False, sep="\t", encoding=encoding)
        case ".jsonl" | ".ndjson":
            lines = (json.dumps(row, ensure_ascii=False) for row in frame.to_dict("records"))
            path.write_text("\n".join(lines), encoding=encoding)
        case ".parquet":
            frame.to_parquet(path, index=False)
        case ".xlsx":
            frame.to_excel(path, index=False)
    return path


def read_and_said(
    path: Path, *needed: str, only: bool = False, **options: Any
) -> tuple[pd.DataFrame, str]:
    """The rows of a file, and what was said about it in English; Korean must have words too."""
    notes = Notes()
    chunks = list(read_table(path, needed, ReadOptions(**options), notes, only))
    assert all(note_sentence(note, "ko") for note in notes)
    return pd.concat(chunks, ignore_index=True), "\n".join(map(note_sentence, notes))


def read(path: Path, *needed: str) -> pd.DataFrame:
    return pd.concat(list(read_table(path, needed)), ignore_index=True)


@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl", "ndjson", "parquet", "xlsx", "CSV"])
def test_every_format_gives_the_same_rows(ending: str, tmp_path: Path) -> None:
    path = write(ROWS, tmp_path / f"r.{ending.lower()}")
    path = path.rename(tmp_path / f"r.{ending}")
    rows = read(path, "text", "stars")
    assert rows.astype(str).to_dict("list") == ROWS.to_dict("list")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl"])
def test_text_formats_in_every_known_encoding(encoding: str, ending: str, tmp_path: Path) -> None:
    path = write(ROWS, tmp_path / f"r.{ending}", encoding)
    assert read(path, "text")["text"].tolist() == ROWS["text"].tolist()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
def test_a_plain_text_file_is_one_text_a_line(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "r.txt"
    path.write_bytes("하나, 둘\r\n\n셋".encode(encoding))
    assert read(path, "text")["text"].tolist() == ["하나, 둘", "", "셋"]


@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl", "txt"])
def test_undecodable_bytes_are_named_with_their_line(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"r.{ending}"
    path.write_bytes("text\n좋아요\n".encode() + b"abc \xff\xfe\x81 def\n")
    with pytest.raises(InputError, match=r"line 3 holds the bytes ff fe 81 20"):
        list(read_table(path))


def test_the_line_is_right_far_into_a_large_file(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    lines = ["text", *("가나다" * 20 for _ in range(40_000))]
    path.write_bytes("\n".join(lines).encode() + b"\n\xff\xff\n")
    assert path.stat().st_size > 3 << 20
    with pytest.raises(InputError, match="line 40002 holds the bytes ff ff"):
        text_encoding(path)


def test_a_character_across_two_blocks_is_no_trouble(tmp_path: Path) -> None:
    for shift in range(4):
        path = tmp_path / "r.txt"
        path.write_bytes(b"a" * shift + "가".encode() * (1 << 19))
        assert text_encoding(path) == "utf-8-sig"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl", "txt"])
def test_utf_16_is_read_and_said(encoding: str, ending: str, tmp_path: Path) -> None:
    path = write(ROWS, tmp_path / "r.csv", encoding)
    if ending == "txt":
        path.write_bytes("text\n역이 가까워요\n주차가 힘들어요\n".encode(encoding))
    elif ending != "csv":
        path = write(ROWS, tmp_path / f"r.{ending}", encoding)
    rows, notes = read_and_said(path.rename(tmp_path / f"r.{ending}"))
    assert rows["text"].tolist()[-2:] == ROWS["text"].tolist()
    assert f"It is read as {encoding.upper()}" in notes.upper() or "READ AS UTF-" in notes.upper()


@pytest.mark.parametrize("ending", ["csv", "tsv", "txt", "jsonl", "parquet", "xlsx"])
def test_an_empty_file_is_said_to_be_empty(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"r.{ending}"
    path.touch()
    with pytest.raises(InputError, match="is empty"):
        list(read_table(path))


@pytest.mark.parametrize("ending", ["csv", "tsv", "parquet", "xlsx"])
def test_a_header_alone_has_no_rows(ending: str, tmp_path: Path) -> None:
    path = write(ROWS.head(0), tmp_path / f"r.{ending}")
    with pytest.raises(InputError, match="has no rows"):
        list(read_table(path, ["text"]))


@pytest.mark.parametrize("ending", ["csv", "jsonl", "xlsx"])
def test_only_white_space_is_an_error_too(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"r.{ending}"
    path.write_text("\n \n\n")
    with pytest.raises(InputError):
        list(read_table(path, ["text"]))


@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl", "parquet", "xlsx"])
def test_a_missing_column_lists_those_there_are(ending: str, tmp_path: Path) -> None:
    path = write(ROWS, tmp_path / f"r.{ending}")
    with pytest.raises(InputError, match="'리뷰'") as caught:
        list(read_table(path, ["text", "리뷰"]))
    assert caught.value.next_step == "Its columns are: 'text', 'stars'."


@pytest.mark.parametrize("name", ["r.doc", "r", "r.hwp"])
def test_an_unknown_ending_lists_the_known(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text("text\n좋아요\n")
    with pytest.raises(InputError, match=r"can't be read") as caught:
        list(read_table(path))
    assert ".parquet" in caught.value.next_step


@pytest.mark.parametrize(
    ("name", "words"), [("none.csv", "There is no file"), (".", "is a directory")]
)
def test_a_file_that_is_not_there_is_named(name: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=words):
        list(read_table(tmp_path / name))


@pytest.mark.parametrize("ending", ["parquet", "xlsx"])
@pytest.mark.parametrize("keep", [5, 100, -30])
def test_a_cut_off_binary_file_is_one_clear_sentence(
    ending: str, keep: int, tmp_path: Path
) -> None:
    path = write(ROWS, tmp_path / f"r.{ending}")
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(InputError, match="can't be read as"):
        list(read_table(path))


def test_an_excel_file_that_is_another_zip_is_one_clear_sentence(tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(tmp_path / "r.xlsx", "w") as archive:
        archive.writestr("hello.txt", "hello")
    with pytest.raises(InputError, match="can't be read as"):
        list(read_table(tmp_path / "r.xlsx"))


def test_an_excel_file_with_broken_xml_is_one_clear_sentence(tmp_path: Path) -> None:
    import zipfile

    good = write(ROWS, tmp_path / "good.xlsx")
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(tmp_path / "r.xlsx", "w") as archive:
        for name in old.namelist():
            body = old.read(name)
            archive.writestr(name, body[:50] if name.endswith("sheet1.xml") else body)
    with pytest.raises(InputError, match="can't be read as"):
        list(read_table(tmp_path / "r.xlsx"))


@pytest.mark.parametrize(
    ("line", "words"), [("{oops", "line 3 is not JSON"), ("[1]", "line 3 is not a JSON object")]
)
def test_a_bad_json_line_is_named(line: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    path.write_text('{"text": "a"}\n\n' + line + "\n")
    with pytest.raises(InputError, match=words):
        list(read_table(path))


def test_json_lines_may_lack_keys(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    plain = '{"text": "a"}\n' * CHUNK
    path.write_text(plain + '{"text": "b", "stars": 12345678901234567}\n')
    rows = read(path, "stars")
    assert rows["stars"].isna().sum() == CHUNK
    assert rows["stars"].iloc[-1] == 12345678901234567


@pytest.mark.parametrize("rows", [["a,1,x"], ["a,1", "b,2,x"]])
def test_more_fields_than_the_header_is_an_error_not_a_shift(
    rows: list[str], tmp_path: Path
) -> None:
    path = tmp_path / "r.csv"
    path.write_text("\n".join(["text,stars", *rows]))
    with pytest.raises(InputError, match="fields"):
        list(read_table(path))


def test_csv_values_are_left_as_they_were_written(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text('text,id\nNA,007\nnull,1e3\n"한 줄\n두 줄, ""따옴표""",\n')
    rows = read(path)
    assert rows["text"].tolist() == ["NA", "null", '한 줄\n두 줄, "따옴표"']
    assert rows["id"].tolist() == ["007", "1e3", ""]


def test_a_quote_that_never_closes_is_a_character(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_text('text\n"never closed\nmore\n')
    rows, notes = read_and_said(path)
    assert rows["text"].tolist() == ['"never closed', "more"]
    assert "lines 2 to 3" in notes


def test_large_files_come_in_chunks(tmp_path: Path) -> None:
    frame = pd.DataFrame({"text": [f"글 {i}" for i in range(CHUNK + 5)]})
    for ending in ("csv", "jsonl", "parquet", "txt"):
        path = tmp_path / f"r.{ending}"
        if ending == "txt":
            path.write_text("\n".join(frame["text"]))
        else:
            write(frame, path)
        chunks = list(read_table(path, ["text"]))
        assert [len(chunk) for chunk in chunks] == [CHUNK, 5]
        assert chunks[1]["text"].iloc[-1] == frame["text"].iloc[-1]


def test_integers_beside_missing_ones_stay_integers(tmp_path: Path) -> None:
    frame = pd.DataFrame({"text": ["a", "b"], "id": pd.array([7, None], "Int64")})
    frame.to_parquet(tmp_path / "r.parquet")
    ids = read(tmp_path / "r.parquet")["id"].tolist()
    assert ids[0] == 7
    assert as_text(ids[0]) == "7"
    assert is_missing(ids[1])


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (float("nan"), ""),
        (pd.NaT, ""),
        (pd.NA, ""),
        ("", ""),
        (0, "0"),
        (12.0, "12"),
        (1.5, "1.5"),
        ("NaN", "NaN"),
        ([1, 2], "[1, 2]"),
        (float("inf"), "inf"),
    ],
)
def test_cells_become_text(value: object, text: str) -> None:
    assert as_text(value) == text
