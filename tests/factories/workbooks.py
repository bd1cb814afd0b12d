"""Workbooks that no library we have writes, byte by byte from Microsoft's open specifications.

[MS-CFB] compound files, [MS-XLS] BIFF8 records, [MS-XLSB] binary parts.
"""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Sequence

Cell = str | float | None
_SECTOR, _SMALLEST = 512, 4096
_END, _FREE, _FAT, _NONE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD, 0xFFFFFFFF


def compound_file(**streams: bytes) -> bytes:
    """A compound file ([MS-CFB] 2) with streams of these names, at most three."""
    padded = {
        name: body.ljust(_SMALLEST, b"\0") + b"\0" * (-max(len(body), _SMALLEST) % _SECTOR)
        for name, body in streams.items()
    }
    fat, at = [_FAT, _END], 2  # a sector of the allocation table, one of the directory
    entries = [_entry("Root Entry", 5, _END, 0, child=1)]
    for number, (name, body) in enumerate(padded.items(), start=1):
        sectors = len(body) // _SECTOR
        # A chain to the right is a search tree too.
        right = number + 1 if number < len(padded) else _NONE
        entries.append(_entry(name, 2, at, len(body), right=right))
        fat += [*range(at + 1, at + sectors), _END]
        at += sectors
    assert len(fat) <= _SECTOR // 4
    assert len(entries) <= _SECTOR // 128
    header = struct.pack(
        "<8s16xHHHHH6xIIIIIIIII",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        *(0x3E, 3, 0xFFFE, 9, 6),
        *(0, 1, 1, 0, _SMALLEST, _END, 0, _END, 0),
    ) + struct.pack("<109I", 0, *[_FREE] * 108)
    table = struct.pack("<128I", *fat, *[_FREE] * (128 - len(fat)))
    directory = b"".join(entries).ljust(_SECTOR, b"\0")
    return header + table + directory + b"".join(padded.values())


def xls(rows: Sequence[Sequence[Cell]], sheet: str = "리뷰", locked: bool = False) -> bytes:
    """A workbook of Excel 97 to 2003 ([MS-XLS]) with one sheet; `locked` says it has a password."""
    name = struct.pack("<BB", len(sheet), 1) + sheet.encode("utf-16-le")
    begin = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0))
    begin += _record(0x002F, struct.pack("<HHH", 1, 1, 1)) if locked else b""
    end = _record(0x000A, b"")
    first = len(begin) + 4 + 6 + len(name) + len(end)
    bound = _record(0x0085, struct.pack("<IH", first, 0) + name)
    body = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    width = max(map(len, rows))
    body += _record(0x0200, struct.pack("<IIHHH", 0, len(rows), 0, width, 0))
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            place = struct.pack("<HHH", at, column, 0)
            if isinstance(cell, str):
                raw = cell.encode("utf-16-le")
                text = struct.pack("<HB", len(raw) // 2, 1) + raw
                body += _record(0x0204, place + text)
            elif cell is not None:
                body += _record(0x0203, place + struct.pack("<d", cell))
    return compound_file(Workbook=begin + bound + end + body + end)


def xlsb(rows: Sequence[Sequence[Cell]], sheet: str = "리뷰") -> bytes:
    """A binary workbook ([MS-XLSB]) with one sheet."""
    book = _part(131) + _part(143)
    book += _part(156, struct.pack("<II", 0, 1) + _wide("rId1") + _wide(sheet))
    book += _part(144) + _part(132)
    size = struct.pack("<IIII", 0, len(rows) - 1, 0, max(map(len, rows)) - 1)
    cells = _part(129) + _part(148, size) + _part(145)
    for at, row in enumerate(rows):
        cells += _part(0, struct.pack("<IIHBBI", at, 0, 0, 0, 0, 0))
        for column, cell in enumerate(row):
            place = struct.pack("<II", column, 0)
            if isinstance(cell, str):
                cells += _part(6, place + _wide(cell))
            elif cell is not None:
                cells += _part(5, place + struct.pack("<d", cell))
    cells += _part(146) + _part(130)
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        'relationships/worksheet" Target="worksheets/sheet1.bin"/></Relationships>'
    )
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("xl/workbook.bin", book)
        archive.writestr("xl/_rels/workbook.bin.rels", relations)
        archive.writestr("xl/worksheets/sheet1.bin", cells)
    return packed.getvalue()


def _entry(
    name: str, kind: int, start: int, size: int, right: int = _NONE, child: int = _NONE
) -> bytes:
    encoded = name.encode("utf-16-le") + b"\0\0"
    fixed = struct.pack("<HBBIII", len(encoded), kind, 1, _NONE, right, child)
    return encoded.ljust(64, b"\0") + fixed + bytes(36) + struct.pack("<IQ", start, size)


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _part(kind: int, body: bytes = b"") -> bytes:
    number = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size, length = b"", len(body)
    while True:
        size += bytes([length & 0x7F | (0x80 if length > 127 else 0)])
        length >>= 7
        if not length:
            return number + size + body


def _wide(text: str) -> bytes:
    raw = text.encode("utf-16-le")
    return struct.pack("<I", len(raw) // 2) + raw
