import pytest

from zigbang_nlp.errors import InputError
from zigbang_nlp.text.labels import label_of, read_label


@pytest.mark.parametrize(
    ("score", "label"), [(0, 0), (2, 0), (2.5, None), (3, None), (4, 1), (5, 1), (None, None)]
)
def test_label_comes_from_the_score(score: float | None, label: int | None) -> None:
    assert label_of(score, 2, 4) == label


@pytest.mark.parametrize("spelled", ["1", 1, 1.0, "Positive", " 긍정 ", "pos", True])
def test_positive_spellings(spelled: object) -> None:
    assert read_label(spelled) == "positive"


@pytest.mark.parametrize("spelled", ["0", 0, 0.0, "negative", "부정", -1, False])
def test_negative_spellings(spelled: object) -> None:
    assert read_label(spelled) == "negative"


@pytest.mark.parametrize("blank", [None, "", " ", float("nan"), "중립", "Neutral"])
def test_blank_label_is_none(blank: object) -> None:
    assert read_label(blank) is None


def test_unknown_label_says_what_is_known() -> None:
    with pytest.raises(InputError, match=r"'글쎄'.*긍정"):
        read_label("글쎄")
