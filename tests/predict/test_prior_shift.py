"""Texts of a place where another share complains than among those that the model was adjusted to."""

import json
import pickle
from functools import cache, partial
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from tests.conftest import ROOT
from zigbang_nlp import Classifier
from zigbang_nlp.cli.group import cli
from zigbang_nlp.errors import InputError
from zigbang_nlp.predict.bulk import BundleJob, scored
from zigbang_nlp.predict.prior_shift import corrected, estimate_complaints
from zigbang_nlp.records import LABEL_ONLY
from zigbang_nlp.text.tokenizers import WHOLE

CASES = pd.read_csv(
    ROOT / "tests/model/behaviour.tsv", sep="\t", names=["test", "kind", "label", "text"],
    usecols=range(4), dtype=str,
)  # fmt: skip


@cache
def shipped() -> Classifier:
    return Classifier.load(threads=1)


def place(complaints: float, count: int, seed: int = 0) -> list[str]:
    """Sentences with a label, drawn so that this share of them complains; 3 in 100 have none."""
    random = np.random.default_rng(seed)
    sides = {name: CASES["text"][CASES["label"].eq(name)] for name in ("negative", "positive")}
    complain = random.random(count) < complaints
    texts = [
        str(random.choice(sides["negative" if one else "positive"].to_numpy())) for one in complain
    ]
    return texts + ["ㅋㅋㅋㅋ"] * (3 * count // 100)


@pytest.mark.parametrize("way", ["em", "bbse"])
@pytest.mark.parametrize("complaints", [0.05, 0.7])
def test_the_model_that_ships_finds_the_share_of_a_place(way: str, complaints: float) -> None:
    estimate = estimate_complaints(shipped(), place(complaints, 600), way)  # type: ignore[arg-type]
    assert estimate.texts == 600, "what gets no label counts neither way"
    confusion = shipped().bundle.metrics["validation"]["confusion"]
    complain = confusion["true_negative"] + confusion["false_positive"]
    assert estimate.learned == pytest.approx(complain / sum(confusion.values()), abs=0.001)
    assert 0.25 < estimate.learned < 0.5, "unlike either place"
    assert estimate.low - 0.01 <= complaints <= estimate.high + 0.01
    assert estimate.share == pytest.approx(complaints, abs=0.04)


def test_label_doubt_and_reasons_go_by_what_is_corrected() -> None:
    """By hand: the log-odds of each probability, moved by those of the shares."""
    plain, moved = shipped(), shipped().where(0.1)
    texts = list(CASES["text"].dropna().unique()[:150])
    before = [p.probability for p in plain.predict(texts)]
    after = moved.predict(texts, sentences=True, aspects=True)
    confusion = plain.bundle.metrics["validation"]["confusion"]
    negative = confusion["true_negative"] + confusion["false_positive"]
    share = negative / sum(confusion.values())
    for_praise = np.array(before) * 0.9 / (1 - share)
    against = (1 - np.array(before)) * 0.1 / share
    expected = for_praise / (for_praise + against)
    assert [p.probability for p in after] == pytest.approx(expected, abs=2e-5)
    bundle = plain.bundle
    for prediction in after:
        assert prediction.label == (
            "positive" if prediction.probability >= bundle.threshold else "negative"
        )
        if bundle.unsure_low < prediction.probability < bundle.unsure_high:
            assert prediction.unsure
            assert prediction.reason is not None
        for part in prediction.sentences or ():
            assert part.text != prediction.text or part.probability == pytest.approx(
                prediction.probability, abs=0.02
            )
    assert moved.probabilities(["", " "]).tolist() == [0.5, 0.5], "no text, nothing to correct"
    stars = [c.predict(texts[:20], stars=True) for c in (plain, moved)]
    assert [p.stars for p in stars[0]] == [p.stars for p in stars[1]]


def test_an_explanation_is_of_the_probability_that_is_shown() -> None:
    moved = shipped().where(0.8)
    text = "역이 가까워서 좋은데 주차가 힘들어요"
    (why,) = moved.explain([text])
    (plain,) = shipped().explain([text])
    assert why.probability == pytest.approx(moved.probabilities([text])[0], abs=0.01)
    assert abs(why.gap) < 0.05
    # A shift moves whole and rest alike, so words add to the log-odds what they added before.
    assert [w.log_odds for w in why.words] == pytest.approx(
        [w.log_odds for w in plain.words], abs=0.02
    )


def test_a_corrected_classifier_stays_so_in_workers_and_pickles() -> None:
    moved = shipped().where(0.1)
    again = pickle.loads(pickle.dumps(moved))
    texts = place(0.2, 60)
    assert again.complaints == 0.1
    assert again.probabilities(texts) == pytest.approx(moved.probabilities(texts))
    job = BundleJob(
        moved.bundle.directory, 256, partial(scored, LABEL_ONLY), None, moved.complaints
    )
    columns, _ = job.start()(texts, [WHOLE] * len(texts), lambda _: None)
    assert columns["probability"] == [p.probability for p in moved.predict(texts)]
    twice = estimate_complaints(moved, place(0.2, 200))
    assert twice == estimate_complaints(shipped(), place(0.2, 200))
    assert moved.where(0.3).probabilities(texts) == pytest.approx(
        shipped().where(0.3).probabilities(texts)
    ), "a correction takes the place of another"


def test_a_file_is_corrected_on_request_and_said_to_be(tmp_path: Path) -> None:
    texts = place(0.1, 300)
    source, output = tmp_path / "in.csv", tmp_path / "out.csv"
    pd.DataFrame({"리뷰": texts}).to_csv(source, index=False)
    arguments = ["predict", "--work", str(tmp_path), "--input", str(source)]
    done = CliRunner().invoke(cli, [*arguments, "--prior-shift", "em", "--output", str(output)])
    assert done.exit_code == 0, done.output
    estimate = estimate_complaints(Classifier.load(), texts)
    assert f"Estimated by em from 300 texts, {100 * estimate.share:.1f}% complain" in done.stderr
    expected = Classifier.load().where(round(estimate.share, 4)).predict(texts)
    rows = pd.read_csv(output)
    assert rows["probability"].tolist() == pytest.approx(
        [p.probability for p in expected], abs=2e-6
    )
    assert rows["label"].fillna("").tolist() == [p.label or "" for p in expected]
    printed = CliRunner().invoke(cli, [*arguments, "--prior-shift", "em", "--json"])
    labels = [json.loads(line)["label"] for line in printed.stdout.splitlines()]
    assert labels == [p.label for p in expected]
    unasked = CliRunner().invoke(cli, [*arguments, "--json"])
    assert "Estimated" not in unasked.stderr
    plain = [json.loads(line)["probability"] for line in unasked.stdout.splitlines()]
    # The company a text is in moves its probability a little, see the model's card.
    assert plain == pytest.approx([p.probability for p in shipped().predict(texts)], abs=0.02)


def test_no_share_of_a_handful_of_texts() -> None:
    with pytest.raises(InputError, match="99 texts that get a label are too few") as refused:
        estimate_complaints(shipped(), ["역이 가까워요"] * 99 + ["hello"] * 50)
    assert "at least 100" in refused.value.next_step
    done = CliRunner().invoke(cli, ["predict", "--prior-shift", "em", "역이 가까워요"])
    assert done.exit_code == 2
    assert "--prior-shift needs --input" in done.stderr


def test_texts_that_differ_by_more_than_their_share_are_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Doubt and praise alone: bbse counts the doubtful as complaints, em as nothing of either."""
    texts = CASES["text"].dropna().unique()
    probabilities = shipped().probabilities(texts)
    low, high = 0.45, shipped().bundle.threshold
    doubtful = [text for text, p in zip(texts, probabilities, strict=True) if low < p < high]
    praise = [text for text, p in zip(texts, probabilities, strict=True) if p > 0.99]
    assert len(doubtful) >= 2
    strange = (doubtful * 100)[:150] + (praise * 10)[:350]
    with caplog.at_level("INFO", "zigbang_nlp"):
        corrected(shipped(), strange, "em")
    assert "too far apart for chance" in caplog.text
    caplog.clear()
    with caplog.at_level("INFO", "zigbang_nlp"):
        assert corrected(shipped(), iter(()), "none") is shipped()
        corrected(shipped(), place(0.1, 300), "bbse")
    assert "Estimated by bbse" in caplog.text
    assert "too far apart" not in caplog.text
