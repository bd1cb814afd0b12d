"""Trainings on labels that say something, and on labels that say nothing."""

import itertools
import json
import os
import random
from pathlib import Path

import pytest

from tests.conftest import ONE_WAY
from tests.factories.reviews import fake_reviews
from zigbang_nlp import Classifier
from zigbang_nlp.config import PreprocessSettings, Settings
from zigbang_nlp.errors import DataError
from zigbang_nlp.model.bundle import load_bundle
from zigbang_nlp.model.training.train import train
from zigbang_nlp.predict.resolve_model import chosen_model
from zigbang_nlp.records import Review
from zigbang_nlp.resources import pretrained_dir
from zigbang_nlp.text.dataset import DataSet
from zigbang_nlp.text.preprocess import preprocess


def reviews(count: int, share: float, real: bool, seed: int) -> list[Review]:
    """Reviews of which `share` are positive; their labels are the text's, or drawn by lot."""
    rng = random.Random(seed)
    drawn = [r for r in fake_reviews(6 * count, seed) if r.score != 3]  # enough of either class
    good = [r for r in drawn if (r.score or 0) > 3][: round(count * share)]
    bad = [r for r in drawn if (r.score or 0) < 3][: count - len(good)]
    kept = [*good, *bad]
    labels = ["positive" if (r.score or 0) > 3 else "negative" for r in kept]
    if not real:
        rng.shuffle(labels)
    return [
        Review(r.source, r.apartment_id, r.review_id, r.category, r.text, None, label=label)
        for r, label in zip(kept, labels, strict=True)
    ]


def trained(place: Path, count: int, share: float, real: bool, seed: int) -> Path:
    settings = PreprocessSettings(min_count=1, validation_share=0.3, test_share=0.1)
    preprocess(reviews(count, share, real, seed), settings, place / "dataset")
    chosen = ONE_WAY.model_copy(update={"seed": seed})
    train(DataSet.load(place / "dataset"), chosen, place / "model", place / "checkpoints")
    return place / "model"


def trained_or_told(place: Path, count: int, share: float, real: bool, seed: int) -> Path | None:
    """A bundle; None where it is told before training that there are too few of a class."""
    try:
        return trained(place, count, share, real, seed)
    except DataError as error:
        if "class" not in error.fact:
            raise
        return None


def test_a_model_of_random_labels_says_so_and_is_not_taken(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "zigbang_nlp")
    model = trained(tmp_path, 300, 0.5, real=False, seed=1)
    assert "may be chance" in caplog.text
    bundle = load_bundle(model)
    assert not bundle.can_tell
    assert {kind for kind, _ in bundle.warnings} >= {"chance"}
    readme = (model / "README.md").read_text(encoding="utf-8")
    assert all(f"- {fact}" in readme for _, fact in bundle.warnings)
    assert "It can't be relied on" in readme
    predictions = Classifier(bundle).predict([r.text for r in reviews(50, 0.5, True, 2)])
    assert all(p.unsure for p in predictions)
    assert bundle.metrics["unsure"] == {"share": 1.0}
    assert "unsure between 0.000 and 1.000 (100.0% of texts)" in caplog.text
    settings = Settings()
    own = settings.model_copy(
        update={"paths": settings.paths.model_copy(update={"work": tmp_path})}
    )
    assert own.model_dir == model
    caplog.clear()
    assert chosen_model(own) == pretrained_dir()
    assert "is not used: ROC AUC" in caplog.text
    assert "--model" in caplog.text
    named = own.model_copy(update={"predict": own.predict.model_copy(update={"model": str(model)})})
    assert chosen_model(named) == model


def test_a_model_that_learned_is_taken_without_a_warning(bundle_dir: Path) -> None:
    bundle = load_bundle(bundle_dir)
    assert bundle.can_tell
    assert {kind for kind, _ in bundle.warnings} <= {"few"}
    readme = (bundle_dir / "README.md").read_text(encoding="utf-8")
    assert f"| {bundle.metrics['validation']['roc_auc']:.3f} |" in readme
    assert "It can't be relied on" not in readme
    assert json.loads((bundle_dir / "bundle.json").read_text("utf-8"))["metrics"]["warnings"] == [
        {"kind": kind, "fact": fact} for kind, fact in bundle.warnings
    ]


#: Seeds of each cell; 4 make 200 trainings, which take most of an hour, so that pytest wants
#: `-o timeout=7200 -o faulthandler_timeout=0`.
SEEDS = int(os.environ.get("TESTS_TRAININGS_A_CELL", "0"))


@pytest.mark.slow
def test_trainings_are_judged_right(tmp_path: Path) -> None:
    """Class shares of 50 to 99.5%, 20 to 5,000 rows, real and random labels."""
    shares = (0.5, 0.8, 0.9, 0.97, 0.995) if SEEDS else (0.5, 0.8, 0.995)
    counts = (20, 100, 600, 2_000, 5_000) if SEEDS else (20, 600)
    grid = itertools.product(shares, counts)
    wrong: list[str] = []
    trainings = 0
    texts = [r.text for r in reviews(100, 0.5, True, 7)]
    for cell, (share, count) in enumerate(grid):
        for real, seed in itertools.product((True, False), range(SEEDS or 1)):
            place = tmp_path / f"{cell}-{real}-{seed}"
            rarer = round(count * (1 - share))
            model = trained_or_told(place, count, share, real, 1_000 * cell + seed)
            if model is None:
                assert rarer <= 50  # so few can all lie in the complexes of one split
                continue
            trainings += 1
            bundle = load_bundle(model)
            sure = sum(not p.unsure for p in Classifier(bundle).predict(texts))
            case = f"{share:.3f} of {count}, {'real' if real else 'random'}, {seed}"
            if not real and sure:
                wrong.append(f"{case}: {sure} sure labels")
            if real and rarer >= 150 and bundle.warnings:
                wrong.append(f"{case}: {bundle.warnings}")
    assert not wrong, "\n".join(wrong)
    assert trainings >= 6
