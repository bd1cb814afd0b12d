"""Why: what each token of a text adds to its probability, found in two ways.

Occlusion takes each token out and looks how the probability changes. Integrated gradients
(Sundararajan, Taly & Yan 2017, "Axiomatic Attribution for Deep Networks", equation 1) add up the
gradient on the way from embedding rows of zeros to the text's own; their sum is the probability
less that of the zeros. Where the two disagree, trust neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.stats import spearmanr

from zigbang_nlp.errors import BundleError
from zigbang_nlp.model.bundle import Bundle
from zigbang_nlp.model.serving.gradient import GradientNetwork
from zigbang_nlp.model.serving.inference import Network
from zigbang_nlp.predict.attribution_spans import Unit, units_of
from zigbang_nlp.predict.explained_words import word_shares, words_of
from zigbang_nlp.records import Explanation, TokenShare

#: Points on the way of the integral at first; doubled while the sum is off by more than the
#: tolerance, since max pooling bends the way where the winning token changes.
_POINTS, _MOST_POINTS = 16, 512
_TOLERANCE = 0.005
#: Numbers of embedding rows held at once.
_AT_ONCE = 64
#: The numpy network and the one that serves may differ by rounding: to 8 bits, if it has them.
_SAME = 0.05


class Explainer:
    """Explains texts with a bundle, without TensorFlow.

    Args:
        bundle: of the classifier.
        network: its network, as it serves.

    Raises:
        BundleError: the bundle's network has layers that can't be explained.
    """

    def __init__(self, bundle: Bundle, network: Network) -> None:
        self.bundle = bundle
        self.network = network
        self.gradient = GradientNetwork.load(bundle.architecture, bundle.onnx_path)

    def explain(self, texts: Sequence[str], batch_size: int = 512) -> list[Explanation]:
        """What each token of each text adds to the probability of positive.

        Args:
            texts: any texts; a blank one has no tokens to explain.
            batch_size: shortened texts the network takes at once.
        """
        encoder = self.bundle.encoder
        units = [units_of(encoder, text) for text in texts]
        words = [words_of(text, found) for text, found in zip(texts, units, strict=True)]
        probabilities, drops = occlusion(self.network, units, batch_size)
        _, by_word = occlusion(self.network, words, batch_size)
        return [
            replace(
                self._explanation(text, found, float(probability), drop),
                words=word_shares(text, joined, float(probability), word_drop),
            )
            for text, found, joined, probability, drop, word_drop in zip(
                texts, units, words, probabilities, drops, by_word, strict=True
            )
        ]

    def _explanation(
        self, text: str, units: list[Unit], probability: float, drops: np.ndarray
    ) -> Explanation:
        if not units:
            return Explanation(text, probability, probability, 0.0, None, ())
        shares, base = self._integrated_gradients(units, probability)
        return Explanation(
            text=text,
            probability=probability,
            base=base,
            gap=float(probability - base - shares.sum()),
            agreement=rank_correlation(drops, shares),
            tokens=tuple(
                TokenShare(unit.token, unit.start, unit.end, float(drop), float(share))
                for unit, drop, share in zip(units, drops, shares, strict=True)
            ),
        )

    def _integrated_gradients(
        self, units: list[Unit], probability: float
    ) -> tuple[np.ndarray, float]:
        """Each unit's share, and the probability that the network gives to rows of zeros."""
        rows = self.gradient.rows([i for unit in units for i in unit.ids])
        ends = self.gradient.probabilities(np.stack([np.zeros_like(rows), rows]))
        if abs(ends[1] - probability) > _SAME:
            raise BundleError(
                f"The network serves {probability:.4f} where its weights give {ends[1]:.4f}.",
                "Train the model again with this version.",
            )
        points = _POINTS
        while True:
            shares = self._integral(rows, points)
            if abs(shares.sum() - (ends[1] - ends[0])) <= _TOLERANCE or points >= _MOST_POINTS:
                break
            points *= 2
        firsts = np.cumsum([0, *(len(unit.ids) for unit in units[:-1])])
        return np.add.reduceat(shares, firsts), float(ends[0])

    def _integral(self, rows: np.ndarray, points: int) -> np.ndarray:
        """Integrated gradients by the midpoint rule: (ids,)."""
        total = np.zeros(rows.shape, np.float64)
        way = ((np.arange(points) + 0.5) / points).astype(rows.dtype)
        for part in np.split(way, range(_AT_ONCE, points, _AT_ONCE)):
            _, slopes = self.gradient.gradients(part[:, None, None] * rows)
            total += slopes.sum(axis=0)
        shares: np.ndarray = (total / points * rows).sum(axis=1)
        return shares


def occlusion(
    network: Network, units: Sequence[list[Unit]], batch_size: int = 512
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Each text's probability, and how much it falls when each unit is taken out, in one go.

    Args:
        network: that serves.
        units: of each text.
        batch_size: texts that the network is given at once.

    Returns:
        (texts,), and for each text (units,): positive where the unit speaks for positive.
    """
    whole = [[i for unit in text for i in unit.ids] for text in units]
    without = [
        [i for other in text for i in (() if other is unit else other.ids)]
        for text in units
        for unit in text
    ]
    found = network.probabilities([*whole, *without], batch_size).astype(np.float64)
    probabilities, rest = found[: len(units)], found[len(units) :]
    edges = np.cumsum([len(text) for text in units])[:-1]
    parts = np.split(rest, edges) if len(units) else []
    return probabilities, [p - part for p, part in zip(probabilities, parts, strict=True)]


def rank_correlation(first: np.ndarray, second: np.ndarray) -> float | None:
    """Spearman's rank correlation; None where it says nothing (fewer than 3, or all equal)."""
    if len(first) < 3 or np.ptp(first) == 0 or np.ptp(second) == 0:
        return None
    return float(spearmanr(first, second).statistic)
