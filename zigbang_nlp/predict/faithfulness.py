"""Are explanations to be believed? Taking out what they name must move the probability.

The deletion test (Petsiuk, Das & Saenko 2018, "RISE", section 4.3; for text DeYoung et al. 2020,
"ERASER", comprehensiveness): the tokens an explanation calls most important are taken out of each
text, and as many random ones for comparison.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import wilcoxon

from zigbang_nlp.predict.classifier import Classifier
from zigbang_nlp.predict.explain import rank_correlation
from zigbang_nlp.predict.explained_words import Unit, log_odds_of, units_of
from zigbang_nlp.records import Explanation


@dataclass(frozen=True)
class Deletion:
    """What the deletion test found.

    Attributes:
        texts: that were long enough to lose tokens.
        occlusion, gradient, random: mean fall of the probability of the label given, when the
            tokens are taken out that each way calls most important, or random ones.
        occlusion_p, gradient_p: one-sided p of Wilcoxon's signed-rank test against random.
        agreement: mean rank correlation of the two ways.
    """

    texts: int
    occlusion: float
    gradient: float
    random: float
    occlusion_p: float
    gradient_p: float
    agreement: float


@dataclass(frozen=True)
class WordDeletion:
    """What taking out marked words does, and taking out tokens.

    Attributes:
        texts: that have a word marked for their label.
        words: mean fall of the log-odds of the label when those words are taken out.
        as_many: when as many of the strongest tokens are, by their own shares.
        as_long: when as many tokens are as those words hold.
        random: when as many random tokens are.
    """

    texts: int
    words: float
    as_many: float
    as_long: float
    random: float


def word_deletion_test(classifier: Classifier, texts: Sequence[str], seed: int = 0) -> WordDeletion:
    """Take the words marked for the label out of texts, and tokens, and compare.

    Args:
        classifier: the model whose explanations are tested.
        texts: those without a word marked for their label are left out.
        seed: of the random tokens.

    Raises:
        ValueError: no text has a marked word.
    """
    random = np.random.default_rng(seed)
    signs: list[float] = []
    rows: list[list[int]] = []  # five a text: whole, without words, as many, as long, random ones
    for units, sign, why in _explained(classifier, texts):
        words = [word for word in why.words if word.marked and sign * word.log_odds > 0]
        if not words:
            continue
        held = [
            at
            for at, unit in enumerate(units)
            if any(word.start <= unit.start < word.end for word in words)
        ]
        order = np.argsort([-sign * token.occlusion for token in why.tokens], kind="stable")
        drawn = random.permutation(len(units))[: len(held)]
        ways: tuple[Iterable[int], ...] = ([], held, order[: len(words)], order[: len(held)], drawn)
        rows += [_without(units, gone) for gone in ways]
        signs.append(sign)
    if not signs:
        raise ValueError("no text has a word marked for its label")
    window = classifier.bundle.encoder.length
    probabilities = classifier.network.precise(rows, classifier.batch_size, window)
    odds = log_odds_of(probabilities).reshape(-1, 5) * np.array(signs)[:, None]
    return WordDeletion(len(signs), *(odds[:, :1] - odds[:, 1:]).mean(axis=0).tolist())


def deletion_test(
    classifier: Classifier, texts: Sequence[str], share: float = 0.25, seed: int = 0
) -> Deletion:
    """Take the most important tokens out of texts, and random ones, and compare.

    Args:
        classifier: the model whose explanations are tested.
        texts: those of fewer than 4 tokens are left out.
        share: of a text's tokens to take out; two at least.
        seed: of the random tokens.

    Raises:
        ValueError: no text is long enough.
    """
    random = np.random.default_rng(seed)
    whole: list[float] = []
    signs: list[float] = []
    agreements: list[float] = []
    rows: list[list[int]] = []  # three a text: without occlusion's tokens, gradient's, random ones
    for units, sign, why in _explained(classifier, texts):
        if len(units) < 4:
            continue
        whole.append(why.probability)
        signs.append(sign)
        ways = [
            np.array([getattr(t, way) for t in why.tokens]) for way in ("occlusion", "gradient")
        ]
        agreements.append(rank_correlation(*ways) or 0.0)
        size = max(2, round(share * len(units)))
        orders = [np.argsort(-sign * way, kind="stable") for way in ways]
        orders.append(random.permutation(len(units)))
        rows += [_without(units, order[:size]) for order in orders]
    if not whole:
        raise ValueError("no text has four tokens")
    window = classifier.bundle.encoder.length
    left = classifier.network.probabilities(rows, classifier.batch_size, window).reshape(-1, 3)
    falls = np.array(signs)[:, None] * (np.array(whole)[:, None] - left)  # (texts, 3)
    occlusion, gradient, chance = falls.mean(axis=0).tolist()
    occlusion_p, gradient_p = (
        float(wilcoxon(falls[:, way], falls[:, 2], alternative="greater").pvalue) for way in (0, 1)
    )
    return Deletion(
        texts=len(whole),
        occlusion=occlusion,
        gradient=gradient,
        random=chance,
        occlusion_p=occlusion_p,
        gradient_p=gradient_p,
        agreement=float(np.mean(agreements)),
    )


def _explained(
    classifier: Classifier, texts: Sequence[str]
) -> Iterator[tuple[list[Unit], float, Explanation]]:
    """The units of each text, 1 or -1 for its label, and why it has it."""
    for text, why in zip(texts, classifier.explain(texts), strict=True):
        sign = 1.0 if why.probability >= classifier.bundle.threshold else -1.0
        yield units_of(classifier.bundle.encoder, text), sign, why


def _without(units: Sequence[Unit], gone: Iterable[int]) -> list[int]:
    """The ids of a text without some of its units."""
    out = {int(at) for at in gone}
    return [i for at, unit in enumerate(units) if at not in out for i in unit.ids]
