"""Ratings on any scale, as people write them, become scores of 0 to 5."""

from pathlib import Path

import pytest

from tests.importing.files import STARS, csv, only
from zigbang_nlp.errors import InputError
from zigbang_nlp.importing import import_file
from zigbang_nlp.store import Store


@pytest.mark.parametrize(
    ("scale", "rating", "score"),
    [
        (5, "4", 4.0),
        (10, "10", 5.0),
        (10, "1", 0.5),
        (10, "0", 0.0),
        (1, "0.5", 2.5),
        (5, "", None),
        (5, "NaN", None),
        (5, "4.5점", 4.5),
        (10, "★★★★☆", 4.0),
        (5, "5/5", 5.0),
        (10, "4/5", 4.0),
        (5, '"4,5"', 4.5),
        (5, "10점 만점에 8점", 4.0),
    ],
)
def test_ratings_become_scores_of_0_to_5(
    scale: float, rating: str, score: float | None, store: Store, tmp_path: Path
) -> None:
    import_file(csv(tmp_path, f"text,stars\n좋아요,{rating}\n"), STARS, store, scale)
    assert only(store).score == score


@pytest.mark.parametrize(
    ("scale", "rating", "words"),
    [
        (5, "6", r"rating 6 is outside 0 to 5"),
        (10, "10.5", r"outside 0 to 10"),
        (5, "-1", r"-1 is outside"),
        (5, "별 다섯", r"'별 다섯' is not a number"),
        (5, "9" * 400, r"outside"),
        (5, "inf", r"outside"),
    ],
)
def test_a_bad_rating_names_row_and_value(
    scale: float, rating: str, words: str, store: Store, tmp_path: Path
) -> None:
    path = csv(tmp_path, f"text,stars\n좋아요,1\n나빠요,{rating}\n")
    with pytest.raises(InputError, match=rf"Row 2 of reviews.csv: .*{words}") as caught:
        import_file(path, STARS, store, scale)
    assert "--skip-bad-rows" in caught.value.next_step
    assert store.count_reviews() == 0


@pytest.mark.parametrize("scale", [0, -5, float("nan"), float("inf")])
def test_a_rating_scale_must_be_above_0(scale: float, store: Store, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="rating scale"):
        import_file(csv(tmp_path, "text,stars\na,1\n"), STARS, store, scale)


def test_a_rating_that_is_a_list_is_a_bad_value(store: Store, tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    path.write_text('{"text": "가", "stars": [5]}\n')
    with pytest.raises(InputError, match=r"\[5\] is not a number"):
        import_file(path, STARS, store)


def test_conversions_and_what_was_left_out_are_counted_with_examples(
    store: Store, tmp_path: Path
) -> None:
    path = csv(tmp_path, "text,stars\n가,4.5점\n나,★★☆☆☆\n다,여섯\n,3\n라,4\n")
    summary = import_file(path, STARS, store, skip_bad_rows=True)
    english, korean = "\n".join(summary.lines()), "\n".join(summary.lines("ko"))
    assert "2 ratings were converted ('4.5점' to 4.5; '★★☆☆☆' to 2)." in english
    assert "1 row was left out for bad value (row 3: The rating '여섯' is not a number)." in english
    assert "1 row was left out for blank text (row 4)." in english
    assert "평점 2개를 숫자로 바꿨습니다" in korean
    assert "1행을 뺐습니다: 빈 글" in korean
