"""The labels of one column: words say what they mean, codes only as far as the whole column tells."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from typing import Any

from zigbang_nlp.errors import InputError
from zigbang_nlp.language.file_errors import file_error
from zigbang_nlp.tables.cells import as_text, is_missing, shortened
from zigbang_nlp.tables.source import Notes
from zigbang_nlp.text.labels import NEUTRAL, read_label

#: What `--label-map` may put in the place of a label; None is no label.
MEANINGS: dict[str, str | None] = {
    **dict.fromkeys(("negative", "부정"), "negative"),
    **dict.fromkeys(("positive", "긍정"), "positive"),
    **dict.fromkeys(NEUTRAL, None),
}
_CODE = re.compile(r"[+-]?\d+(\.0+)?")
#: Sets of codes that mean one thing to everybody: their subsets may be read.
_KNOWN_CODES = ({"0", "1"}, {"-1", "1"})
#: Codes that an error lists.
_LISTED = 8


def read_label_map(label_map: str) -> dict[str, str | None]:
    """The meanings in "1=negative,2=positive,3=neutral", by label.

    Raises:
        InputError: it isn't written so, or says two things of one label.

    >>> read_label_map("1=부정, 2=긍정, 3=중립")
    {'1': 'negative', '2': 'positive', '3': None}
    """
    meanings: dict[str, str | None] = {}
    for part in label_map.split(","):
        label, equals, word = (side.strip() for side in part.rpartition("="))
        meant = unicodedata.normalize("NFC", word).lower()
        if not equals or not label or meant not in MEANINGS:
            raise InputError(
                f"The label map has {part.strip()!r}, which is no label=meaning.",
                "Write it like 1=negative,2=positive,3=neutral; a meaning is negative, positive "
                "or neutral.",
            )
        if meanings.setdefault(_spelled(label), MEANINGS[meant]) != MEANINGS[meant]:
            raise InputError(f"The label map says two things of {label!r}.", "Keep one of them.")
    return meanings


class LabelColumn:
    """Reads the labels of one column, and keeps in mind which codes it has.

    Args:
        name: of the column, for messages.
        meanings: label -> "negative", "positive" or None, see `read_label_map`; without it words
            are read by `text.labels.read_label`, and the codes 0 and 1 or -1 and 1.
        notes: where neutral labels are counted.
    """

    def __init__(
        self, name: str, meanings: Mapping[str, str | None] | None, notes: Notes | None = None
    ) -> None:
        self.name = name
        self._meanings = None if meanings is None else dict(meanings)
        self._notes = Notes() if notes is None else notes
        self.seen: Counter[str] = Counter()

    def read(self, cell: Any) -> str | None:
        """A cell's label: "negative", "positive", or None where it is blank or neutral.

        Raises:
            InputError: it is no label.
        """
        if is_missing(cell):
            return None
        if isinstance(cell, list | dict | tuple | set) or hasattr(cell, "tolist"):
            raise file_error("several labels", label=shortened(cell))
        spelled = _spelled(as_text(cell))
        if self._meanings is not None:
            return self._mapped(spelled, cell)
        if _CODE.fullmatch(spelled):
            self.seen[spelled] += 1
            # What a strange code means is asked when all are known.
            return {"0": "negative", "-1": "negative", "1": "positive"}.get(spelled)
        label = read_label(as_text(cell))
        if spelled in NEUTRAL and label is None:
            self._notes.add("neutral labels", column=self.name)
        if label is not None or spelled in NEUTRAL:
            self.seen[spelled] += 1
        return label

    def check(self) -> None:
        """Raise `InputError` where the codes of the column, now that all are known, can't be told.

        Neutral (0) beside negative (-1) codes, or 1 and 2, mean different things in different
        files. The error offers the mapping without filling it in.
        """
        codes = self.unclear()
        if not codes:
            return
        more = f" and {len(codes) - _LISTED:,} more" if len(codes) > _LISTED else ""
        counts = ", ".join(f"{code} ({_rows(self.seen[code])})" for code in codes[:_LISTED])
        blanks = ",".join(f"{code}=?" for code in codes[:_LISTED])
        raise InputError(
            f"What the labels of {self.name!r} mean can't be told: {counts}{more}.",
            f'Say it with --label-map "{blanks}", with negative, positive or neutral for each ?.',
        )

    def unclear(self) -> list[str]:
        """The codes of the column in order, where they can't be told; else none."""
        codes = {label for label in self.seen if _CODE.fullmatch(label)}
        if self._meanings is not None or any(codes <= known for known in _KNOWN_CODES):
            return []
        return sorted(codes, key=float)

    def _mapped(self, spelled: str, cell: Any) -> str | None:
        assert self._meanings is not None
        if not spelled:
            return None
        if spelled not in self._meanings:
            raise InputError(
                f"The label {shortened(as_text(cell))} is not in the label map.",
                f"Add {spelled}=negative, {spelled}=positive or {spelled}=neutral to it.",
            )
        self.seen[spelled] += 1
        label = self._meanings[spelled]
        if label is None:
            self._notes.add("neutral labels", column=self.name)
        return label


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"


def _spelled(text: str) -> str:
    """A label as it is looked up: composed, in lower case, 1.0 as 1."""
    spelled = unicodedata.normalize("NFC", text).strip().lower()
    return str(int(float(spelled))) if _CODE.fullmatch(spelled) and len(spelled) < 16 else spelled
