"""Files as strangers have them: a look says what they are, and the command it names imports them."""

from __future__ import annotations

import gzip
import json
import re
import shlex
import unicodedata
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl
import pytest
from click.testing import CliRunner, Result

from zigbang_nlp.cli.group import cli
from zigbang_nlp.cluster.partitions import partitions_of, spilt
from zigbang_nlp.errors import InputError
from zigbang_nlp.importing import ImportColumns, import_file, look
from zigbang_nlp.language.file_notes import note_sentence
from zigbang_nlp.predict.files import texts_of
from zigbang_nlp.store import open_store
from zigbang_nlp.store.rows import storable
from zigbang_nlp.tables.cells import review_texts
from zigbang_nlp.tables.read import Notes, ReadOptions, read_table
from zigbang_nlp.tables.unicode import composed
from zigbang_nlp.web import uploads
from zigbang_nlp.web.problems import Problem

ROWS = [("역이 가까워서 편해요", "5", "15.08.25"), ("주차가 너무 힘들어요", "1", "16.01.02")]
STORED = [("역이 가까워서 편해요", 5.0, "2015-08-25"), ("주차가 너무 힘들어요", 1.0, "2016-01-02")]


def table(delimiter: str = ",", header: tuple[str, ...] = ("후기", "별점", "작성일")) -> str:
    return "".join(f"{delimiter.join(row)}\n" for row in (header, *ROWS) if row)


def as_json(**outer: object) -> str:
    rows = [dict(zip(("후기", "별점", "작성일"), row, strict=True)) for row in ROWS]
    return json.dumps({**outer, "data": {"page": 1, "list": rows}}, ensure_ascii=False)


def workbook(rows: list[tuple[str, ...]], before: list[tuple[str, ...]]) -> bytes:
    from io import BytesIO

    book, body = openpyxl.Workbook(), BytesIO()
    assert book.active is not None
    for row in (*before, *rows):
        book.active.append(row)
    book.save(body)
    return body.getvalue()


def run(*words: object) -> Result:
    return CliRunner().invoke(cli, [str(word) for word in words])


def stored(url: str) -> list[tuple[str, float | None, str]]:
    with open_store(url) as store:
        kept = [(r.text, r.score, f"{r.written_at:%Y-%m-%d}") for r in store.reviews()]
    return sorted(kept, key=lambda row: row[2])


#: name -> (bytes, what a look says).
ODD: dict[str, tuple[bytes, str]] = {
    "titles.csv": (f"후기 모음\n2024년, 1월\n\n{table()}".encode(), "The header is row 4; 2 rows"),
    "titles_cp949.csv": (f"후기 모음\n\n{table(';')}".encode("cp949"), "separated by semicolons"),
    "sep.csv": (f"sep=;\r\n{table(';')}".encode(), "separated by semicolons"),
    "commas.txt": (table().encode(), "named .txt, but is a table separated by commas"),
    "tabs.csv": (table("\t").encode("utf-16"), "It is read as UTF-16"),
    "no_header.tsv": (table("\t", ()).encode(), "Its first row looks like data"),
    "inner.json": (as_json(ok=True).encode(), "The list 'data.list' was read"),
    "jq.json": (
        "\n".join(
            json.dumps(dict(zip(("후기", "별점", "작성일"), row, strict=True)), indent=2)
            for row in ROWS
        ).encode(),
        "format     json",
    ),
    "json.csv": (as_json().encode(), "named .csv, but is a .json file"),
    "csv.xlsx": (table().encode("cp949"), "named .xlsx, but is a .csv file"),
    "xlsx.xls": (
        workbook([("후기", "별점", "작성일"), *ROWS], [("후기 모음",), ()]),
        "named .xls, but is a .xlsx file",
    ),
    "xlsx.csv": (
        workbook([("후기", "별점", "작성일"), *ROWS], []),
        "named .csv, but is a .xlsx file",
    ),
    "by_content.csv": (
        table(header=("q1", "q2", "q3")).replace(",5,", ",★★★★★,").replace(",1,", ",1점,").encode(),
        "rating      q2 (by content)",
    ),
}


@pytest.mark.parametrize("name", ODD)
def test_the_command_of_a_look_imports_every_row(name: str, tmp_path: Path) -> None:
    body, line = ODD[name]
    file = tmp_path / name
    file.write_bytes(body)
    seen = run("import", file, "--look")
    assert seen.exit_code == 0, seen.output
    assert line in seen.output
    command = shlex.split(seen.output.split("To import it:")[1])
    assert command[0] == "zigbang-nlp"
    if name == "no_header.tsv":  # nothing tells a column of 5 and 1 from any other
        command += ["--rating-column", "column B"]
    url = f"sqlite:///{tmp_path / 'r.db'}"
    done = run(*command[1:], "--db", url)
    assert done.exit_code == 0, done.output
    assert stored(url) == STORED


@pytest.mark.parametrize(
    ("name", "body", "words"),
    [
        (
            "page.xls",
            "<html><table><tr><td>후기</td></tr></table>",
            r"is a web page.*save the table",
        ),
        ("broken.csv", table().encode("cp949").decode("latin-1"), r"'후기'\); add --fix-encoding"),
        ("many.json", '{"a": [{"b": 1}], "c": [{"d": 2}]}', r"several lists: 'a', 'c'"),
    ],
)
def test_an_error_names_the_likely_cause(name: str, body: str, words: str, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_text(body, encoding="utf-8")
    with pytest.raises(InputError, match=words):
        look(file)


#: What a stranger's file may hold beside the formats of `ODD`: name -> (bytes, its column of texts).
FURTHER: dict[str, tuple[bytes, str]] = {
    "packed.csv.gz": (gzip.compress(table().encode("cp949")), "후기"),
    "lines.txt": ("역이 가까워서 편해요\n주차가 너무 힘들어요\n".encode("utf-16"), "text"),
    "bars.csv": (table("|").encode(), "후기"),
    "apart.csv": (unicodedata.normalize("NFD", table()).encode(), "후기"),
    "returns.csv": (table().replace("\n", "\r").encode(), "후기"),
    "lone.tsv": (b'n\t' + "후기\n1\t\"역이 가까워서 편해요\n2\t\"주차가 너무 힘들어요\n".encode(), "후기"),
    "short.csv": ("후기,별점\n역이 가까워서 편해요\n주차가 너무 힘들어요,1\n".encode(), "후기"),
    "half.jsonl": (b'{"text": "\\ud83d"}\n{"text": "' + "조용해요".encode() + b'"}\n', "text"),
    "blank.csv": ("후기,별점\n조용해요,5\n\n,\n좁아요,1\n".encode(), "후기"),
    "twice.csv": ("후기,별점,별점\n조용해요,5,4\n좁아요,1,2\n".encode(), "후기"),
    "markup.csv": ("후기,별점\n조용&nbsp;해요<br>정말,5\n좁아요,1\n".encode(), "후기"),
    "mojibake.csv": ("후기,별점\nÁÖÂ÷°¡ Æí,5\n좁아요,1\n".encode(), "후기"),
    "empty.csv": (b"", "후기"),
    "header.csv": ("후기,별점\n".encode(), "후기"),
    "long.csv": ("후기,별점\n넓고, 조용해요,5\n".encode(), "후기"),
    "open.csv": ('후기,별점\n"넓고 좋아요,5\n"조용해요,4,1\n'.encode(), "후기"),
    "bytes.csv": (table().encode() + b"\xff\xfe,3,15.01.01\n", "후기"),
    "flag.jsonl": ('{"text": "조용해요"}\n{"text": true}\n'.encode(), "text"),
    "list.jsonl": (b'{"text": ["a", "b"]}\n', "text"),
    "object.json": (b'{"text": "a", "n": 1}', "text"),
    "several.json": (b'{"a": [{"text": "b"}], "c": [{"text": "d"}]}', "text"),
    "page.xls": (b"<html><table><tr><td>x</td></tr></table></html>", "text"),
    "cut.xlsx": (workbook([("후기",), ("조용해요",)], [])[:3_000], "후기"),
    "unknown.dat": (table().encode(), "후기"),
    "other.csv": (table(header=("a", "b", "c")).encode(), "후기"),
}  # fmt: skip
EVERY = {name: (body, "후기") for name, (body, _) in ODD.items()} | FURTHER
EVERY["no_header.tsv"] = (ODD["no_header.tsv"][0], "column A")
EVERY["by_content.csv"] = (ODD["by_content.csv"][0], "q1")


def _imported(file: Path, column: str, notes: Notes) -> list[str]:
    with open_store("sqlite://") as store:
        summary = import_file(file, ImportColumns(text=column), store)
        for note in summary.notes:
            notes.add(note.kind, count=note.count, **note.values)
        return [review.text for review in store.reviews()]


def _predicted(file: Path, column: str, notes: Notes) -> list[str]:
    return list(texts_of(file, column, notes=notes))


def _on_dask(file: Path, column: str, notes: Notes) -> list[str]:
    with TemporaryDirectory() as place:
        laid = spilt(file, Path(place), column, ReadOptions(), notes)
        (part,) = partitions_of(laid, Path(place), column)
        return review_texts(part.read(column)[column], column)


def _sent(file: Path, column: str, notes: Notes) -> list[str]:
    """As the upload page reads it; whose look tells of further columns too."""
    column, _ = uploads.look(file, column)
    chunks = uploads.small_chunks(file, column)
    texts = review_texts(chain.from_iterable(chunk[column] for chunk in chunks), column)
    seen = uploads.seen_in(file, column)
    notes.merge(seen.notes if seen else ())
    return texts


@pytest.mark.parametrize("name", EVERY)
def test_every_way_in_reads_the_same_and_says_the_same(name: str, tmp_path: Path) -> None:
    """import, predict --input, Dask's workers and the upload page: texts, notes and errors."""
    body, column = EVERY[name]
    file = tmp_path / name
    file.write_bytes(body)
    read: dict[str, object] = {}
    words = {}
    for way in (_imported, _predicted, _on_dask, _sent):
        notes = Notes()
        try:
            texts = way(file, column, notes)
        except InputError as error:
            # An import names its file with the row, and how to leave the row out.
            fact = re.sub(r"^Row (\d+)[^:]*:", r"Row \1:", error.fact)
            read[way.__name__] = fact if error.next_step else "no next step"
        except Problem as problem:
            # The page offers the columns instead of naming them.
            same = problem.kind == "which-column"
            read[way.__name__] = f"{name} has no column '{column}'." if same else problem.kind
        else:
            shown = {composed(storable(text)) for text in texts}
            read[way.__name__] = sorted(shown - {""})
        words[way.__name__] = {(note.kind, note.count) for note in notes}
    assert len({str(texts) for texts in read.values()}) == 1, read
    if isinstance(read["_imported"], list):
        assert read["_imported"], "no text was read"
        assert words["_predicted"] == words["_on_dask"]
        assert words["_predicted"] <= words["_sent"] & words["_imported"]


def test_a_cover_sheet_names_the_others(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active["A1"] = "후기 모음"
    book.create_sheet("자료").append(["후기"])
    book["자료"].append(["조용해요"])
    file = tmp_path / "r.xlsx"
    book.save(file)
    with pytest.raises(InputError, match=r"'Sheet' of r.xlsx has no rows.*--sheet: '자료'"):
        look(file)
    command = look(file, ReadOptions(sheet="자료")).command()
    assert command.endswith("--text-column 후기 --sheet 자료"), "what was said is said again"


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("역이 가까워서 좋아요\n주차가 힘들어 싫어요\n", ["column A"]),
        ("장점을 적어 주세요\n역이 가까워서 좋아요\n", ["장점을 적어 주세요"]),
        ("동,2019,2020\n노원,3,4\n", ["동", "2019", "2020"]),
        (
            "단지의 장점은 무엇인가요?,2024\n역이 가까워요 정말,5\n",
            ["단지의 장점은 무엇인가요?", "2024"],
        ),
    ],
)
def test_only_what_cannot_be_a_header_is_data(body: str, names: list[str], tmp_path: Path) -> None:
    file = tmp_path / "r.csv"
    file.write_text(body, encoding="utf-8")
    (chunk,) = read_table(file)
    assert list(chunk.columns) == names
    (same,) = read_table(file, options=ReadOptions(header_row=0))
    assert list(same.columns) == [f"column {letter}" for letter in "ABC"[: len(names)]]
    assert len(same) == 2, "no row is taken for names"


def test_a_look_tells_what_the_import_would_refuse(tmp_path: Path) -> None:
    file = tmp_path / "r.csv"
    huge = "9" * 400
    rows = [
        f"조용해요,5,아파트,{huge}",
        f"좁아요,{huge},아파트,2024-01-02",
        "넓어요,1,빌라,2031-01-01",
    ]
    file.write_text("\n".join(["리뷰,별점,구분,작성일", *rows]), encoding="utf-8")
    seen = look(file)
    assert (seen.rows, seen.bad, seen.ratings) == (3, 1, (1.0, 5.0))
    assert "--category-column" not in seen.command(), "its cells are no categories"
    kinds = {note.kind: note.examples for note in seen.notes}
    assert kinds["undated"] == [f"row 1: '{'9' * 58}…"]
    assert kinds["future dates"] == ["row 3: '2031-01-01'"]
    assert kinds["refused values"][0].startswith("row 2: The rating '999")
    (refused,) = (note for note in seen.notes if note.kind == "refused values")
    assert note_sentence(refused, "ko").startswith(
        "1행에 import가 받지 않는 값이 있습니다(2행: 평점 '999"
    )


@pytest.mark.parametrize(
    ("name", "category"),
    [("교통", "traffic"), ("교통여건", "traffic"), ("관리", "care"), ("거주환경", "resident"),
     ("주변 환경", "around"), ("추천점수", "total"), ("Around", "around"), ("", "total")],
)  # fmt: skip
def test_categories_are_known_in_korean_too(name: str, category: str, tmp_path: Path) -> None:
    file, url = tmp_path / "r.csv", f"sqlite:///{tmp_path / 'r.db'}"
    file.write_text(f"리뷰,항목\n조용해요,{name}\n", encoding="utf-8")
    done = run("import", file, "--category-column", "항목", "--db", url)
    assert done.exit_code == 0, done.output
    with open_store(url) as store:
        assert [review.category for review in store.reviews()] == [category]


def test_files_and_directories_go_in_at_once(tmp_path: Path) -> None:
    folder, url = tmp_path / "둘", f"sqlite:///{tmp_path / 'r.db'}"
    folder.mkdir()
    (folder / "b.tsv").write_text("후기\t별점\n조용해요\t5\n", encoding="utf-8")
    (folder / "a.csv").write_text("후기\n넓어요\n", encoding="utf-8")
    (folder / "c.pdf").write_text("x", encoding="utf-8")
    (folder / ".hidden.csv").write_text("x", encoding="utf-8")
    single = tmp_path / "하나.jsonl"
    single.write_text('{"후기": "좁아요"}\n', encoding="utf-8")
    done = run("import", folder, single, "--db", url)
    assert done.exit_code == 0, done.output
    counts = re.findall(r"^(\S+): 1 row; 1 new", done.output, re.MULTILINE)
    assert counts == ["a.csv", "b.tsv", "하나.jsonl"]
    assert "1 other in" in done.output
    assert "(c.pdf)" in done.output
    assert "The column 별점 is not used; --rating-column 별점 reads it." in done.output
    seen = run("import", folder, single, "--look")
    assert seen.output.count("To import it:") == 3
    empty = tmp_path / "빔"
    empty.mkdir()
    assert "holds no file that can be read" in str(run("import", empty, "--db", url).exception)


def test_notes_of_parts_add_up() -> None:
    whole, part = Notes(), Notes()
    for notes, examples in ((whole, ("a", "b")), (part, ("c", "d"))):
        for example in examples:
            notes.add("short rows", example)
    whole.merge(part)
    (note,) = whole
    assert (note.count, note.examples) == (4, ["a", "b", "c"])
