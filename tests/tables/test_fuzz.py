"""Bytes of each format, changed at random: whatever they are, rows come out or one clear sentence."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from itertools import islice
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, note, settings
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

#: What is put into a file beside bytes at random.
NASTY = [b'"', b"\r", b"\n", b"\x00", b"\xff\xfe", b"{", b"]", b'"\n', b"9" * 400]
ENCODINGS = [None, None, None, None, None, "utf-16", "cp949", "utf-7", "nope"]


class Plan:
    """One input, made of bytes; the smaller they are, the less is unusual about it.

    Hypothesis draws them at once: to draw each choice by itself takes longer than what is tested.
    """

    #: Bytes that the longest plan reads: one of a file that is no file.
    SIZE = 8 + 200

    def __init__(self, raw: bytes) -> None:
        self._raw = iter(raw)

    def below(self, end: int) -> int:
        return next(self._raw) % end

    def change(self) -> tuple[float, str, bytes]:
        anywhere = (self.below(256) * 256 + self.below(256)) / 65_535
        place = [0.0, anywhere, anywhere, 1.0][self.below(4)]
        how = ["set", "insert", "cut", "double"][self.below(4)]
        if self.below(2):
            return place, how, NASTY[self.below(len(NASTY))]
        return place, how, bytes(islice(self._raw, 1 + self.below(6)))

    def body(self, ending: str) -> bytes:
        """A right file with up to four changes, or something else altogether."""
        if self.below(4) == 3:
            return bytes(islice(self._raw, self.below(1 + self.below(200))))  # rather a short one
        seed = SEEDS[ending][self.below(len(SEEDS[ending]))]
        return _spoilt(seed, [self.change() for _ in range(self.below(5))])

    def options(self) -> ReadOptions:
        return ReadOptions(
            encoding=ENCODINGS[self.below(len(ENCODINGS))],
            fix_encoding=bool(self.below(2)),
            quoting=["auto", "csv", "none"][self.below(3)],
            sheet=[None, "all", "Sheet1", "없음"][self.below(4)],
            header_row=[None, 1, 3, 99][self.below(4)],
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
    for one in notes:
        assert note_sentence(one)
        assert note_sentence(one, "ko")


def test_every_format_has_a_seed() -> None:
    assert set(SEEDS) >= set(ENDINGS) - {".ndjson", ".xlsm"}


def _fuzz(ending: str, folder: Path, examples: int) -> None:
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(st.binary(min_size=Plan.SIZE, max_size=Plan.SIZE))
    def read(raw: bytes) -> None:
        plan = Plan(raw)
        chosen, only, body = plan.options(), bool(plan.below(2)), plan.body(ending)
        note(f"{body!r} read with {chosen}, only the column text: {only}")
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
