"""Bytes of each format, changed at random: whatever they are, rows come out or one clear sentence."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories.workbooks import Cell, xls, xlsb
from zigbang_nlp.errors import InputError
from zigbang_nlp.language.file_notes import note_sentence
from zigbang_nlp.tables.read import ENDINGS, Notes, ReadOptions, read_table
from zigbang_nlp.tables.write import write_part

ROWS = pd.DataFrame(
    {
        "text": ['역이 "가깝고", 좋아요', "주차가\n힘들어요", ""],
        "stars": [5, 1, 3],
        "on": ["15.08.25"] * 3,
    }
)
CELLS: list[list[Cell]] = [["text", "stars"], ["역이 가까워요", 5], ["주차가 힘들어요", 1]]
WRITABLE = (".csv", ".jsonl", ".parquet")
#: Read in a process of their own first, so fewer of them.
SLOW = (".xls", ".xlsb", ".xlsx", ".ods")


def _workbook() -> bytes:
    workbook = io.BytesIO()
    ROWS.to_excel(workbook, index=False)
    return workbook.getvalue()


def _parquet() -> bytes:
    file = io.BytesIO()
    ROWS.to_parquet(file)
    return file.getvalue()


def _zip() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("r.csv", ROWS.to_csv(index=False))
    return packed.getvalue()


_LINES = ROWS.to_json(orient="records", lines=True, force_ascii=False).encode()
#: ending -> files that are right, to be spoilt.
SEEDS: dict[str, list[bytes]] = {
    ".csv": [ROWS.to_csv(index=False).encode(e) for e in ("utf-8", "cp949", "utf-16")],
    ".tsv": [ROWS.to_csv(index=False, sep="\t").encode(), b'text\tn\n"a\t1\n"b\t2\n'],
    ".txt": ["하나\n둘, 셋\n".encode(), b"text\tn\na\t1\n"],
    ".jsonl": [_LINES, b'{"text": "\\ud83d", "n": [1, {"a": null}]}\n'],
    ".json": [json.dumps({"n": 1, "rows": ROWS.to_dict("records")}).encode(), b"[" + _LINES + b"]"],
    ".parquet": [_parquet()],
    ".xlsx": [_workbook()],
    ".xls": [xls(CELLS), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), _workbook()],
    ".xlsb": [xlsb(CELLS)],
    ".ods": [_workbook()],
    ".gz": [gzip.compress(ROWS.to_csv(index=False).encode())],
    ".zip": [_zip()],
}

changes = st.lists(
    st.tuples(
        st.floats(0, 1),
        st.sampled_from(["set", "insert", "cut", "double"]),
        st.binary(min_size=1, max_size=6)
        | st.sampled_from(
            [b'"', b"\r", b"\n", b"\x00", b"\xff\xfe", b"{", b"]", b'"\n', b"9" * 400]
        ),
    ),
    max_size=4,
)
options = st.builds(
    ReadOptions,
    encoding=st.sampled_from([None, None, None, "utf-16", "cp949", "utf-7", "nope"]),
    fix_encoding=st.booleans(),
    quoting=st.sampled_from(["auto", "csv", "none"]),
    sheet=st.sampled_from([None, "all", "Sheet1", "없음"]),
    header_row=st.sampled_from([None, 1, 3, 99]),
)


def _spoilt(seed: bytes, spoil: list[tuple[float, str, bytes]]) -> bytes:
    body = seed
    for place, how, new in spoil:
        at = int(place * len(body))
        if how == "set":
            body = body[:at] + new + body[at + len(new) :]
        elif how == "insert":
            body = body[:at] + new + body[at:]
        elif how == "cut":
            body = body[:at] + body[at + 50 :]
        else:
            body = body[:at] + body[max(at - 60, 0) :]
    return body


def _read(path: Path, chosen: ReadOptions, only: bool) -> None:
    """Read, write what was read in each format, and put every note into words."""
    notes = Notes()
    wrong: InputError | None = None
    try:
        for chunk in read_table(path, ["text"] if only else [], chosen, notes, only):
            for ending in WRITABLE:
                write_part(chunk, path.with_name(f"out{ending}"), None)
    except InputError as error:
        wrong = error
    if wrong is not None:
        assert wrong.fact.endswith(".")
        assert wrong.next_step
    for note in notes:
        assert note_sentence(note)
        assert note_sentence(note, "ko")


def test_every_format_has_a_seed() -> None:
    assert set(SEEDS) >= set(ENDINGS) - {".ndjson", ".xlsm"}


def _fuzz(ending: str, folder: Path, examples: int) -> None:
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(
        body=st.builds(_spoilt, st.sampled_from(SEEDS[ending]), changes) | st.binary(max_size=200),
        chosen=options,
        only=st.booleans(),
    )
    def read(body: bytes, chosen: ReadOptions, only: bool) -> None:
        path = folder / f"r{ending}"
        path.write_bytes(body)
        try:
            _read(path, chosen, only)
        finally:
            for file in folder.iterdir():
                file.unlink()  # a file that is written over waits for the disk

    read()


@pytest.mark.parametrize("ending", sorted(SEEDS))
def test_no_bytes_are_unexpected(ending: str, tmp_path: Path) -> None:
    _fuzz(ending, tmp_path, 40)


@pytest.mark.slow
@pytest.mark.parametrize("ending", sorted(SEEDS))
def test_no_bytes_are_unexpected_at_length(ending: str, tmp_path: Path) -> None:
    """20,000 inputs over all formats."""
    few = 300
    rest = (20_000 - few * len(SLOW)) // (len(SEEDS) - len(SLOW))
    _fuzz(ending, tmp_path, few if ending in SLOW else rest)
