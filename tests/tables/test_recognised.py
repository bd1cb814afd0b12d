"""What a file doesn't say of itself: delimiters, quotation marks, encodings, packing, shapes of JSON."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from zigbang_nlp.errors import InputError
from zigbang_nlp.tables.json_document import _BLOCK
from zigbang_nlp.tables.mojibake import mended
from zigbang_nlp.tables.read import CHUNK, Notes, ReadOptions, read_table
from zigbang_nlp.tables.stream import lines_of

from .test_read import read, read_and_said

LONE = 'text{d}label\n가{d}1\n"나{d}0\n다{d}1\n"라{d}0\n마{d}1\n바{d}0\n사{d}1\n'
LONE_ROWS = ["가", '"나', "다", '"라', "마", "바", "사"]


def put(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


# --- quotation marks


@pytest.mark.parametrize("quoting", ["auto", "none"])
@pytest.mark.parametrize(("ending", "delimiter"), [("tsv", "\t"), ("csv", ","), ("txt", "\t")])
def test_lone_quotes_merge_no_rows(
    ending: str, delimiter: str, quoting: str, tmp_path: Path
) -> None:
    path = put(tmp_path / f"r.{ending}", LONE.format(d=delimiter))
    rows, notes = read_and_said(path, "text", quoting=quoting)
    assert rows["text"].tolist() == LONE_ROWS
    assert rows["label"].tolist() == list("1010101")
    assert ("lines 3 to 5" in notes) == (quoting == "auto")


def test_lone_quotes_that_close_like_csv_are_told_by_the_other_columns(tmp_path: Path) -> None:
    rows = "".join(f"글 {i},{i % 2}\n" for i in range(50))
    path = put(tmp_path / "r.csv", f'text,label\n{rows}"나,0\n다,1\n라",0\n')
    table, notes = read_and_said(path)
    assert table["text"].tolist()[-3:] == ['"나', "다", '라"']
    assert "lines 52 to 54" in notes
    trusted, _ = read_and_said(path, quoting="csv")
    assert trusted["text"].tolist()[-1] == "나,0\n다,1\n라"


@pytest.mark.parametrize(
    "text", ["역이 가깝고, 좋아요\n그런데, 멀어요", "가\n나, 다, 라", "가,\r\n나"]
)
def test_a_text_of_several_lines_and_commas_stays_one(text: str, tmp_path: Path) -> None:
    path = put(tmp_path / "r.csv", f'text,label\n하나,1\n"{text}",0\n둘,1\n셋,0\n')
    rows, notes = read_and_said(path)
    assert rows["text"].tolist() == ["하나", text, "둘", "셋"]
    assert notes == ""


def test_quotes_that_fit_no_reading_name_their_lines(tmp_path: Path) -> None:
    path = put(tmp_path / "r.csv", 'text,label\n"가,1\n나,0,3\n"다,1\n')
    with pytest.raises(InputError, match=r"one field of lines 2 to 4 of r\.csv") as caught:
        read(path)
    assert "--quoting none" in caught.value.next_step


# --- rows and delimiters


@pytest.mark.parametrize(
    ("name", "body", "words"),
    [
        ("r.csv", "text;label\n가;1\n나,다;2\n", "semicolons"),
        ("r.csv", "text\tlabel\n가\t1\n나,다\t2\n", "tabs"),
        ("r.csv", "sep=;\ntext;label\n가;1\n나,다;2\n", "semicolons"),
        ("r.tsv", 'text,label\n가,1\n"나,다",2\n', "commas"),
        ("r.txt", "text\tlabel\n가\t1\n나,다\t2\n", "is a table separated by tabs"),
        ("r.txt", 'text,label\n가,1\n"나,다",2\n', "is a table separated by commas"),
    ],
)
def test_the_delimiter_is_told_by_the_content(
    name: str, body: str, words: str, tmp_path: Path
) -> None:
    rows, notes = read_and_said(put(tmp_path / name, body), "text")
    assert rows.to_dict("list") == {"text": ["가", "나,다"], "label": ["1", "2"]}
    assert words in notes


def test_a_text_file_with_commas_and_some_tabs_is_lines(tmp_path: Path) -> None:
    path = put(tmp_path / "r.txt", "역이 가깝고, 좋아요\n탭\t하나\n")
    assert read(path, "text")["text"].tolist() == ["역이 가깝고, 좋아요", "탭\t하나"]


def test_short_rows_and_blank_lines_are_counted(tmp_path: Path) -> None:
    path = put(tmp_path / "r.csv", "text,label\n가\r나,1\n\n다\n라,0,\n")
    rows, notes = read_and_said(path)
    assert rows["text"].tolist() == ["가", "나", "다", "라"]
    assert rows["label"].tolist() == ["", "1", "", "0"]
    assert "2 rows have fewer fields than the header, and the rest is blank (row 1; row 3)" in notes
    assert "1 blank line was passed over" in notes


def test_two_columns_of_one_name_are_kept_apart(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pa.Table.from_arrays([pa.array(["가"]), pa.array(["나"])], names=["text", "text"])
    pq.write_table(table, tmp_path / "r.parquet")
    put(tmp_path / "r.csv", "text,text\n가,나\n")
    for name in ("r.csv", "r.parquet"):
        rows, notes = read_and_said(tmp_path / name)
        assert rows.to_dict("list") == {"text": ["가"], "text.1": ["나"]}
        assert "text.1" in notes


# --- encodings


def test_cp949_is_said(tmp_path: Path) -> None:
    _, notes = read_and_said(put(tmp_path / "r.csv", "text\n주차가 편해요\n", "cp949"))
    assert notes == "It is read as CP949 (EUC-KR), not UTF-8."


def test_another_encoding_can_be_named_and_is_guessed_aloud(tmp_path: Path) -> None:
    path = put(tmp_path / "r.csv", "text\ncafé noir à côté\n", "cp1252")
    with pytest.raises(InputError, match="neither UTF-8 nor CP949") as caught:
        read(path)
    assert "--encoding" in caught.value.next_step
    rows, notes = read_and_said(path, encoding="cp1252")
    assert rows["text"].tolist() == ["café noir à côté"]
    assert "cp1252" in notes


@pytest.mark.parametrize("name", ["nope", "hex", "utf-8\0"])
def test_an_encoding_that_is_none_is_said(name: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="can't be read in the encoding"):
        read_and_said(put(tmp_path / "r.csv", "text\n가\n"), encoding=name)


def test_one_bad_byte_in_utf_8_is_not_taken_for_cp949(tmp_path: Path) -> None:
    path = tmp_path / "r.csv"
    path.write_bytes("text\n주차가 정말 편해요\n".encode() + b"abc\xb0\xa1\n")
    with pytest.raises(
        InputError, match="is UTF-8, but not all of it: line 3 holds the bytes b0 a1"
    ):
        read(path)


@pytest.mark.parametrize("wrong", ["latin-1", "cp1252"])
@pytest.mark.parametrize("right", ["utf-8", "cp949"])
def test_mojibake_is_warned_of_and_mended_on_demand(right: str, wrong: str, tmp_path: Path) -> None:
    broken = "주차가 편".encode(right).decode("sloppy-windows-1252" if wrong == "cp1252" else wrong)
    path = put(tmp_path / "r.csv", f"text,n\n{broken},1\n멀쩡한 글,2\ncafé,3\n")
    rows, notes = read_and_said(path)
    assert rows["text"].tolist() == [broken, "멀쩡한 글", "café"]
    assert "1 cell looks like text once decoded with the wrong encoding" in notes
    rows, notes = read_and_said(path, fix_encoding=True)
    assert rows["text"].tolist() == ["주차가 편", "멀쩡한 글", "café"]
    assert "1 cell that had been decoded with the wrong encoding was put right" in notes


@pytest.mark.parametrize(
    "text", ["café", "São Paulo", "大韓民國", "漢字와 한글", "±5℃", "·ㅋㅋ", "“좋아요”…", "Ñandú ½"]
)
def test_what_is_no_mojibake_is_left_alone(text: str) -> None:
    assert mended(text) is None


def test_utf_8_read_as_cp949_is_mended() -> None:
    assert mended("二쇱감") == "주차"


# --- a pipe


def piped(raw: bytes, **options: Any) -> tuple[list[str], list[str]]:
    notes = Notes()
    lines = list(lines_of(io.BufferedReader(io.BytesIO(raw)), ReadOptions(**options), notes))
    return lines, [note.kind for note in notes]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
def test_a_pipe_has_one_encoding(encoding: str) -> None:
    lines, kinds = piped("plain\r\n주차가 편해요\n역".encode(encoding))
    assert lines == ["plain", "주차가 편해요", "역"]
    assert kinds == ([] if encoding.startswith("utf-8") else ["encoding"])


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        ("역이 가까워요\n".encode() + "주차".encode("cp949"), "Line 2 of the input is not UTF-8"),
        ("역\n".encode("cp949") + "주차가".encode(), "Line 2 of the input is not CP949"),
        (b"\xff\xff\n", "neither UTF-8 nor CP949: it holds the bytes ff ff"),
        ("역이 가까워요".encode() + b"\xb0\xa1", "Line 1"),
    ],
)
def test_a_line_in_another_encoding_is_an_error(raw: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words):
        piped(raw)


def test_a_pipe_is_mended_on_demand() -> None:
    assert piped("ÁÖÂ÷°¡ Æí\n".encode()) == (["ÁÖÂ÷°¡ Æí"], ["mojibake"])
    assert piped("ÁÖÂ÷°¡ Æí\n".encode(), fix_encoding=True) == (["주차가 편"], ["mended"])
    assert piped("역\n".encode("euc-kr"), encoding="euc-kr")[0] == ["역"]


# --- JSON and packed files


@pytest.mark.parametrize("only", [False, True])
@pytest.mark.parametrize("ending", ["json", "jsonl"])
@pytest.mark.parametrize(
    "body",
    [
        '[{"text": "가", "n": 1}, {"text": "나", "n": 2}]',
        '[\n  {\n    "text": "가", "n": 1\n  },\n  {"text": "나", "n": 2}\n]\n',
        '{"text": "가", "n": 1}\n{"text": "나", "n": 2}\n',
        '{"count": 2, "data": [{"text": "가", "n": 1}, {"text": "나", "n": 2}]}',
        '{\n"data": [\n{"text": "가", "n": 1},\n{"text": "나", "n": 2}],\n"next": null\n}',
        '{"text": "가", "n": 1, "replies": [{"a": 1}]}\n{"text": "나", "n": 2}',
    ],
)
def test_json_in_every_shape(body: str, ending: str, only: bool, tmp_path: Path) -> None:
    rows, _ = read_and_said(put(tmp_path / f"r.{ending}", body), "text", "n", only=only)
    assert rows[["text", "n"]].to_dict("list") == {"text": ["가", "나"], "n": [1, 2]}


def test_a_long_json_array_comes_in_pieces(tmp_path: Path) -> None:
    rows = [
        {"text": f"글 {i}", "note": "가" * (_BLOCK if i == 3 else 50)} for i in range(CHUNK + 5)
    ]
    path = put(tmp_path / "r.json", json.dumps({"total": 1, "rows": rows}, ensure_ascii=False))
    chunks = list(read_table(path, ["text"], only=True))
    assert [len(chunk) for chunk in chunks] == [CHUNK, 5]
    assert chunks[1]["text"].iloc[-1] == f"글 {CHUNK + 4}"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ('{"a": [{"x": 1}], "b": [{"y": 1}]}', "several lists: 'a', 'b'"),
        ('[{"text": "가"}', "it ends in the middle"),
        ("[1, 2]", "item 1 of its list is not a JSON object"),
        ("[" * 100_000, "can't be read as json"),
        ('[{"text": ' + "9" * 5_000 + "}]", "can't be read as json"),
    ],
)
def test_bad_json_is_one_clear_sentence(body: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=words):
        read(put(tmp_path / "r.json", body))


def test_half_characters_become_the_replacement_character(tmp_path: Path) -> None:
    path = put(tmp_path / "r.jsonl", '{"text": "가\\ud83d"}\n{"text": "\\ud83d\\ude00"}\n')
    rows, notes = read_and_said(path)
    assert rows["text"].tolist() == ["가\ufffd", "😀"]
    assert "1 cell held half a character" in notes


def test_a_column_that_no_json_row_has_is_said_with_those_there_are(tmp_path: Path) -> None:
    path = put(tmp_path / "r.jsonl", '{"a": 1}\n{"b": 2}\n')
    with pytest.raises(InputError, match="no column 'text'") as caught:
        list(read_table(path, ["text"], only=True))
    assert caught.value.next_step == "Its columns are: 'a', 'b'."


def test_packed_files_are_read(tmp_path: Path) -> None:
    body = "text,label\n가,1\n".encode()
    (tmp_path / "r.csv.gz").write_bytes(gzip.compress(body))
    with zipfile.ZipFile(tmp_path / "r.zip", "w") as archive:
        archive.writestr("리뷰/목록.csv", body)
        archive.writestr("__MACOSX/리뷰/._목록.csv", b"x")
        archive.writestr("읽어 보세요.md", b"x")
    for name in ("r.csv.gz", "r.zip"):
        rows, notes = read_and_said(tmp_path / name)
        assert rows.to_dict("list") == {"text": ["가"], "label": ["1"]}
        assert ".csv inside it was read." in notes


@pytest.mark.parametrize(
    ("names", "words"),
    [(["a.csv", "b.csv"], "several files that can be read: a.csv, b.csv"), (["a.md"], "no file")],
)
def test_a_zip_must_hold_one_file(names: list[str], words: str, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "r.zip", "w") as archive:
        for name in names:
            archive.writestr(name, "text\n가\n")
    with pytest.raises(InputError, match=words):
        read(tmp_path / "r.zip")


@pytest.mark.parametrize("name", ["r.csv.gz", "r.zip"])
@pytest.mark.parametrize("keep", [10, -9])
def test_a_damaged_packed_file_is_one_clear_sentence(name: str, keep: int, tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("r.csv", "text\n" + "가나다\n" * 100)
    whole = gzip.compress(b"text\n" + b"abc\n" * 100) if name.endswith("gz") else packed.getvalue()
    (tmp_path / name).write_bytes(whole[:keep])
    with pytest.raises(InputError, match="can't be read as"):
        read(tmp_path / name)


def test_only_the_columns_that_are_asked_for(tmp_path: Path) -> None:
    frame = pd.DataFrame({"a": [1], "text": ["가"], "b": [2]})
    frame.to_csv(tmp_path / "r.csv", index=False)
    frame.to_parquet(tmp_path / "r.parquet")
    for name in ("r.csv", "r.parquet"):
        (chunk,) = read_table(tmp_path / name, ["text"], only=True)
        assert list(chunk.columns) == ["text"]
