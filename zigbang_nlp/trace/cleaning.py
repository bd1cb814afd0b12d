"""What cleaning changed in a text, where, and why."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from zigbang_nlp.language.i18n import N_
from zigbang_nlp.text.align import Cleaned, clean_with_spans
from zigbang_nlp.text.clean import AFTER_NFC, BEFORE_NFC, MARKUP, MOST_SHORTENED

#: Why something was changed, in Korean (sentences of the catalogue), in the order of cleaning.
REASONS: dict[str, str] = {
    "surrogate": N_("깨진 유니코드"),
    "control": N_("제어 문자"),
    "invisible": N_("보이지 않는 문자"),
    "composed": N_("자모를 모아 완성형으로(NFC)"),
    "entity": N_("HTML 엔티티를 문자로"),
    "tag": N_("HTML 태그"),
    "space": N_("공백 정리"),
    "repeat": N_("세 번 이상 되풀이된 문자를 두 번으로"),
    "cut": N_("최대 길이를 넘은 부분"),
}
_KINDS = [
    *zip(
        ("surrogate", "control", "invisible"), (pattern for pattern, _ in BEFORE_NFC), strict=True
    ),
    *zip(("entity", "tag"), (pattern for pattern, _ in MARKUP), strict=True),
]


#: White space that cleaning doesn't leave: anything but one space between words.
_SPACES = re.compile(r"[^\S ]|\s\s|^\s|\s$")


@dataclass(frozen=True)
class Change:
    """A stretch of the text that cleaning replaced.

    Attributes:
        start, end: its characters of the text as it was given, end excluded.
        before, after: what stood there and what stands there now.
        reasons: keys of `REASONS`, at least one.
    """

    start: int
    end: int
    before: str
    after: str
    reasons: tuple[str, ...]


def changes(text: str, max_characters: int) -> list[Change]:
    """What `clean(text, max_characters)` changes, from left to right.

    To replace each stretch by its `after` gives the cleaned text.
    """
    cleaned = clean_with_spans(text, max_characters)
    full = clean_with_spans(text, max_characters * MOST_SHORTENED)
    cut = cleaned.ends[-1] if cleaned.text and len(cleaned.text) < len(full.text) else len(text)
    return [
        Change(start, end, text[start:end], after, _reasons(text, start, end, cut))
        for start, end, after in _replaced(text, cleaned)
    ]


def _replaced(text: str, cleaned: Cleaned) -> Iterator[tuple[int, int, str]]:
    """Stretches of the text between characters that stayed as they were."""
    start = read = 0  # where the stretch that waits begins, and how far the text is read
    after = ""
    rows = zip(cleaned.text, cleaned.starts, cleaned.ends, strict=True)
    for character, first, last in (*rows, ("", len(text), len(text))):
        if first < read or text[first:last] != character:
            after += character
        else:
            if first > start or after:
                yield start, first, after
            start, after = last, ""
        read = max(read, last)


def _reasons(text: str, start: int, end: int, cut: int) -> tuple[str, ...]:
    before = text[start:end]
    if start >= cut:
        return ("cut",) if before.strip() else ("space",)
    read = html.unescape(before)
    reasons = {kind for kind, pattern in _KINDS if pattern.search(before) or pattern.search(read)}
    if unicodedata.normalize("NFC", before) != before:
        reasons.add("composed")
    # The first character of a repeat stays as it was, so it stands before the stretch.
    stretch = text[max(0, start - 1) : end]
    seen = "".join(c for c in stretch if not any(p.match(c) for p, _ in BEFORE_NFC))
    if AFTER_NFC[1][0].search(unicodedata.normalize("NFC", seen)):
        reasons.add("repeat")
    if not reasons or _SPACES.search(before):
        reasons.add("space")
    return tuple(name for name in REASONS if name in reasons)
