"""What callers give to `Classifier.predict`, and where a classifier travels."""

import copy
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from zigbang_nlp import Classifier
from zigbang_nlp.errors import InputError

TEXTS = ["역 가까워요 버스 좋아요", "역 멀어요 버스 나빠요", ""]


@pytest.fixture(scope="module")
def classifier(bundle_dir: Path) -> Classifier:
    return Classifier.load(bundle_dir)


def test_one_text_is_one_text(classifier: Classifier) -> None:
    (prediction,) = classifier.predict(TEXTS[0])
    assert prediction == classifier.predict([TEXTS[0]])[0]
    assert classifier.probabilities(TEXTS[0]).shape == (1,)
    assert [why.text for why in classifier.explain(TEXTS[0])] == [TEXTS[0]]


@pytest.mark.parametrize(
    "held",
    [
        tuple,
        iter,
        lambda texts: (text for text in texts),
        np.array,
        lambda texts: np.array(texts, object),
        lambda texts: pd.Series(texts, index=[7, 7, 9]),
        lambda texts: pd.Series(texts, dtype="string[pyarrow]"),
        pd.Index,
        pa.array,
        lambda texts: dict.fromkeys(texts).keys(),
    ],
    ids=lambda held: getattr(held, "__name__", "made"),
)
def test_whatever_holds_texts_is_read_once(
    classifier: Classifier, held: Callable[[list[str]], Any]
) -> None:
    assert classifier.predict(held(TEXTS), sentences=True, explain=True) == classifier.predict(
        TEXTS, sentences=True, explain=True
    )


@pytest.mark.parametrize("none", [[], (), np.array([]), pd.Series([], dtype=object)])
def test_no_texts_have_no_predictions(classifier: Classifier, none: Any) -> None:
    assert classifier.predict(none, sentences=True, explain=True) == []
    assert classifier.probabilities(none).shape == (0,)


@pytest.mark.parametrize(
    ("bad", "shown"),
    [
        (None, "None"),
        (float("nan"), "nan"),
        (pd.NA, "<NA>"),
        (pd.NaT, "NaT"),
        (3.5, "3.5 (float)"),
        ("역".encode(), "b'\\xec"),
        (["역"], "['역'] (list)"),
    ],
    ids=str,
)
def test_what_is_no_text_is_named_with_its_index(
    classifier: Classifier, bad: Any, shown: str
) -> None:
    for ask in (classifier.predict, classifier.probabilities, classifier.explain):
        with pytest.raises(InputError) as caught:
            ask(["역", "", bad])
        assert f"at index 2 is {shown}" in caught.value.fact


@pytest.mark.parametrize(
    ("whole", "step"),
    [
        (pd.DataFrame({"text": TEXTS}), 'table["text"]'),
        ({"text": TEXTS}, 'table["text"]'),
        (b"\xec", "utf-8"),
        (None, "list of texts"),
        (3, "list of texts"),
        (np.array("역"), "list of texts"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_holds_no_texts_is_refused_with_a_next_step(
    classifier: Classifier, whole: Any, step: str
) -> None:
    with pytest.raises(InputError) as caught:
        classifier.predict(whole)
    assert step in caught.value.next_step


@pytest.mark.parametrize(
    "moved", [lambda c: pickle.loads(pickle.dumps(c)), copy.deepcopy, copy.copy]
)
def test_a_classifier_travels_before_and_after_use(
    bundle_dir: Path, moved: Callable[[Classifier], Classifier]
) -> None:
    fresh = Classifier.load(bundle_dir, batch_size=3, threads=1)
    other = moved(fresh)
    assert (other.batch_size, other.threads) == (3, 1)
    expected = fresh.predict(TEXTS, explain=True)
    assert other.predict(TEXTS, explain=True) == expected
    assert moved(fresh).predict(TEXTS, explain=True) == expected


def test_a_pickled_classifier_is_small_and_knows_its_place(
    bundle_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(bundle_dir.parent)
    pickled = pickle.dumps(Classifier.load(bundle_dir.name))
    monkeypatch.chdir("/")
    assert len(pickled) < 1_000
    assert pickle.loads(pickled).predict(TEXTS) == Classifier.load(bundle_dir).predict(TEXTS)


@pytest.mark.parametrize("kind", [str, Path])
def test_a_directory_is_opened_by_load(bundle_dir: Path, kind: type) -> None:
    with pytest.raises(TypeError, match=r"not (str|PosixPath)\. .*Classifier\.load\(path\)"):
        Classifier(kind(bundle_dir))
