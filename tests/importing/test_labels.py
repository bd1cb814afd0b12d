"""Labels of one's own: their spellings and types, what numbers mean, texts that carry both."""

from pathlib import Path
from typing import Any

import pytest

from tests.importing.files import STARS, by_text, csv, only, parquet
from zigbang_nlp.config import PreprocessSettings
from zigbang_nlp.errors import InputError
from zigbang_nlp.importing import ImportColumns, import_file
from zigbang_nlp.store import Store


@pytest.mark.parametrize(
    ("written", "label"),
    [
        ("0", "negative"),
        ("1", "positive"),
        ("negative", "negative"),
        ("Positive", "positive"),
        ("부정", "negative"),
        (" 긍정 ", "positive"),
        ("", None),
    ],
)
def test_own_labels_in_every_spelling(
    written: str, label: str | None, store: Store, tmp_path: Path
) -> None:
    path = csv(tmp_path, f"text,감성\n역이 멀어요,{written}\n")
    import_file(path, ImportColumns(label="감성"), store)
    assert only(store).label == label


@pytest.mark.parametrize("values", [[0, 1], [0.0, 1.0], [False, True], ["부정", "긍정"]])
def test_own_labels_of_every_type(values: list[object], store: Store, tmp_path: Path) -> None:
    path = parquet(tmp_path, text=["나빠요", "좋아요"], y=values)
    import_file(path, ImportColumns(label="y"), store)
    assert {text: review.label for text, review in by_text(store).items()} == {
        "나빠요": "negative",
        "좋아요": "positive",
    }


def test_texts_with_both_labels_are_counted_and_named(store: Store, tmp_path: Path) -> None:
    """Whether their labels are given or come from scores; none of them is lost."""
    rows = [
        "역이 멀어요,1",
        "역이 멀어요,5",
        "좋아요,5",
        "좋아요,4",
        "글,3",
        "글,1",
        " 역이 멀어요,2",
    ]
    path = csv(tmp_path, "text,stars\n" + "\n".join(rows) + "\n")
    summary = import_file(path, STARS, store)
    assert summary.stored.new == store.count_reviews() == len(rows)
    lines = "\n".join(summary.lines())
    assert "1 text carries both labels, in 3 rows (역이 멀어요)" in lines
    wide = PreprocessSettings(negative_max=1, positive_min=3)
    lines = "\n".join(import_file(path, STARS, store, settings=wide).lines())
    assert "2 texts carry both labels, in 4 rows (역이 멀어요; 글)" in lines
    labelled = parquet(tmp_path, text=["가", "나", "가", "나", "다"], y=[1, 1, 0, 0, 1])
    summary = import_file(labelled, ImportColumns(label="y"), store)
    assert (summary.stored.new, summary.stored.conflicting) == (5, 0)
    korean = summary.lines("ko")
    assert "글 2개가 4행에서 긍정과 부정 라벨을 둘 다 달고 있습니다(가; 나)." in "\n".join(korean)


def labels(store: Store, tmp_path: Path, *codes: object, **options: Any) -> list[str | None]:
    """Import a column of labels, and return what was stored."""
    path = csv(tmp_path, "text,y\n" + "".join(f"글 {n},{c}\n" for n, c in enumerate(codes)))
    import_file(path, ImportColumns(label="y"), store, **options)
    stored = by_text(store)
    return [stored[f"글 {number}"].label for number in range(len(codes))]


@pytest.mark.parametrize(
    "codes",
    [[-1, 0, 1], [-1, 0], [1, 2], [0, 1, 2], [1, 2, 3], ["1.0", "2.0"], [5], ["긍정", 0, 2]],
)
def test_codes_that_mean_different_things_in_different_files_are_asked_for(
    codes: list[Any], store: Store, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="What the labels of 'y' mean can't be told") as error:
        labels(store, tmp_path, *codes, skip_bad_rows=True)
    numbers = sorted({int(float(c)) for c in codes if c != "긍정"})
    blanks = ",".join(f"{number}=?" for number in numbers)
    assert f'--label-map "{blanks}"' in error.value.next_step, "it proposes no meaning"
    assert store.count_reviews() == 0


@pytest.mark.parametrize(
    ("codes", "label_map", "stored"),
    [
        ([-1, 0, 1], "-1=negative,0=neutral,1=positive", ["negative", None, "positive"]),
        ([1, 2, ""], "1=긍정, 2=부정", ["positive", "negative", None]),
        (["나쁨", "좋음", "2.0"], "나쁨=negative,좋음=positive,2=중립", ["negative", "positive", None]),
    ],
)  # fmt: skip
def test_a_map_says_what_labels_mean(
    codes: list[object], label_map: str, stored: list[str | None], store: Store, tmp_path: Path
) -> None:
    assert labels(store, tmp_path, *codes, label_map=label_map) == stored


def test_neutral_words_are_no_label_and_are_counted(store: Store, tmp_path: Path) -> None:
    path = csv(tmp_path, "text,y\n좋아요,긍정\n그저 그래요,중립\n나빠요,-1\n최고예요,1\n")
    summary = import_file(path, ImportColumns(label="y"), store)
    assert {t: r.label for t, r in by_text(store).items()} == {
        "좋아요": "positive",
        "그저 그래요": None,
        "나빠요": "negative",
        "최고예요": "positive",
    }
    assert any("1 neutral label of y is stored as no label" in line for line in summary.lines())


@pytest.mark.parametrize(
    ("label_map", "words"),
    [
        ("1=?,2=?", "'1=\\?', which is no label=meaning"),
        ("1", "'1', which is no label=meaning"),
        ("1=positive,1.0=negative", "two things of '1.0'"),
        ("1=positive", "'2' is not in the label map"),
    ],
)
def test_a_map_that_says_nothing_clear_is_an_error(
    label_map: str, words: str, store: Store, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match=words):
        labels(store, tmp_path, 1, 2, label_map=label_map)
