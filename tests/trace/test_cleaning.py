"""What cleaning changed: every change is named, and together they give the cleaned text."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zigbang_nlp.text.clean import clean
from zigbang_nlp.trace.cleaning import REASONS, changes

_PARTS = [
    "<br>",
    "&nbsp;",
    "&lt;",
    "ㅋ",
    "ㅠㅠㅠ",
    "\u200b",
    "\x07",
    "\ud800",
    " ",
    "\n",
    "역",
    "!!!",
]


def applied(text: str, most: int) -> str:
    applied, at = "", 0
    for change in changes(text, most):
        assert change.before == text[change.start : change.end]
        assert change.before != change.after
        assert change.start >= at
        applied += text[at : change.start] + change.after
        at = change.end
    return applied + text[at:]


@given(
    st.lists(st.sampled_from(_PARTS) | st.text(st.characters(exclude_categories=[]), max_size=4)),
    st.sampled_from([7, 2_000]),
)
def test_the_changes_together_are_the_cleaning(parts: list[str], most: int) -> None:
    text = "".join(parts)
    assert applied(text, most) == clean(text, most)
    for change in changes(text, most):
        assert change.reasons
        assert set(change.reasons) <= REASONS.keys()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("역이 가까워요", []),
        (" 역이  가까워요\n", [(" ", "", "space"), ("  ", " ", "space"), ("\n", "", "space")]),
        ("좋아요ㅋㅋㅋㅋ", [("ㅋㅋㅋ", "ㅋ", "repeat")]),
        ("좋아요<br/>역", [("<br/>", " ", "tag")]),
        ("관리&amp;경비", [("&amp;", "&", "entity")]),
        ("층간\u200b소음", [("\u200b", "", "invisible")]),
        ("층간\x07소음", [("\x07", " ", "control")]),
        ("층간\ud800소음", [("\ud800", "", "surrogate")]),
        (
            unicodedata.normalize("NFD", "뷰"),
            [(unicodedata.normalize("NFD", "뷰"), "뷰", "composed")],
        ),
        ("가나" * 6, [("가나" * 1, "", "cut")]),
    ],
)
def test_each_change_has_its_reason(text: str, expected: list[tuple[str, str, str]]) -> None:
    found_changes = changes(text, 10)
    assert [(one.before, one.after, ",".join(one.reasons)) for one in found_changes] == expected
