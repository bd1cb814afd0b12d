"""The rival that the network has to beat is at its best, too."""

from collections.abc import Iterator, Sequence

import numpy as np
import pytest
from sklearn.metrics import f1_score
from sklearn.pipeline import Pipeline

from tests.conftest import ROOT
from zigbang_nlp.config import PreprocessSettings
from zigbang_nlp.model.evaluation import baseline
from zigbang_nlp.model.evaluation.baseline import baseline_scores, fit_baseline
from zigbang_nlp.model.pretraining.data import read_corpus
from zigbang_nlp.records import Review
from zigbang_nlp.text.dataset import DataSet
from zigbang_nlp.text.preprocess import preprocess


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> DataSet:
    """The sample, one complaint in ten texts, as `run` splits it."""
    rows = read_corpus(ROOT / "data" / "sample")

    def reviews() -> Iterator[Review]:
        for row in rows[rows["source"].eq("sample")].itertuples():
            yield Review(
                "sample",
                str(row.apartment_id),
                str(row.review_id),
                str(row.category),
                str(row.text),
                float(str(row.score)),
                split=str(row.split),
            )

    place = tmp_path_factory.mktemp("sample")
    preprocess(reviews(), PreprocessSettings(), place / "dataset")
    return DataSet.load(place / "dataset")


def macro_f1(labels: np.ndarray, p: np.ndarray, cut: float) -> float:
    return float(f1_score(labels, p >= cut, average="macro"))


def test_its_threshold_is_one_that_no_other_beats_on_validation(
    sample: DataSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    fitted: list[Pipeline] = []
    train = sample.split("train")

    def noted(texts: Sequence[str], labels: np.ndarray) -> Pipeline:
        assert list(texts) == train.rows["text"].tolist()
        assert np.array_equal(labels, train.labels)
        fitted.append(fit_baseline(texts, labels))
        return fitted[-1]

    monkeypatch.setattr(baseline, "fit_baseline", noted)
    tested, threshold = baseline_scores(sample)
    held, test = sample.split("validation"), sample.split("test")
    p = fitted[0].predict_proba(held.rows["text"])[:, 1]
    ends = np.sort(np.concatenate([[0.0], p, [1.0]]))
    most = max(macro_f1(held.labels, p, cut) for cut in (ends[1:] + ends[:-1]) / 2)
    assert macro_f1(held.labels, p, threshold) == pytest.approx(most)
    # At a half it finds hardly any complaint, and would be no rival.
    assert macro_f1(test.labels, tested, 0.5) < 0.6
    assert macro_f1(test.labels, tested, threshold) > 0.75
    odd, plain = fitted[0].predict_proba(["층간\u200b소음", "층간소음"])[:, 1]
    assert odd == plain, "it reads texts cleaned, as the network does"
