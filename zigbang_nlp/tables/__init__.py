"""Tables of other people: read piece by piece, written in parts."""

from zigbang_nlp.tables.cells import as_text, defused, is_missing
from zigbang_nlp.tables.encoding import text_encoding
from zigbang_nlp.tables.read import CHUNK, ENDINGS, Notes, ReadOptions, read_table

__all__ = [
    "CHUNK",
    "ENDINGS",
    "Notes",
    "ReadOptions",
    "as_text",
    "defused",
    "is_missing",
    "read_table",
    "text_encoding",
]
