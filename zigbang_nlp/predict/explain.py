"""Why: what each token of a text adds to its probability, found in two ways.

Occlusion takes each token out and looks how the probability changes. Integrated gradients
(Sundararajan, Taly & Yan 2017, "Axiomatic Attribution for Deep Networks", equation 1) add up the
gradient on the way from embedding rows of zeros, and no n-grams, to the text's own; their sum is
the probability less that of the zeros. Where the two disagree, trust neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.stats import spearmanr

from zigbang_nlp.errors import BundleError
from zigbang_nlp.model.bundle import Bundle
from zigbang_nlp.model.serving.gradient import GradientNetwork
from zigbang_nlp.model.serving.inference import Network, windows
from zigbang_nlp.predict.attribution_spans import Unit, units_of
from zigbang_nlp.predict.explained_words import (
    log_odds_shares,
    word_shares,
    words_of,
    words_to_mark,
)
from zigbang_nlp.records import Explanation, TokenShare, WordShare

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
        self.gradient = GradientNetwork.load(
            bundle.architecture, bundle.onnx_path, shift=network.shift
        )

    def explain(self, texts: Sequence[str], batch_size: int = 512) -> list[Explanation]:
        """What each token of each text adds to the probability of positive.

        Args:
            texts: any texts; a blank one has no tokens to explain.
            batch_size: shortened texts the network takes at once.
        """
        encoder = self.bundle.encoder
        units = [units_of(encoder, text) for text in texts]
        words = [words_of(text, own_units) for text, own_units in zip(texts, units, strict=True)]
        probabilities, drops = occlusion(self.network, units, encoder.length, batch_size)
        shares = self._word_shares(texts, words, batch_size)
        return [
            replace(self._explanation(text, own_units, float(probability), drop), words=own)
            for text, own_units, probability, drop, own in zip(
                texts, units, probabilities, drops, shares, strict=True
            )
        ]

    def words(self, texts: Sequence[str], batch_size: int = 512) -> list[tuple[WordShare, ...]]:
        """`Explanation.words` of each text alone, by occlusion: about a hundredth of the work.

        Args:
            texts: any texts; a blank one has none.
            batch_size: shortened texts the network takes at once.
        """
        words = [words_of(text, units_of(self.bundle.encoder, text)) for text in texts]
        return self._word_shares(texts, words, batch_size)

    def _word_shares(
        self, texts: Sequence[str], words: Sequence[list[Unit]], batch_size: int
    ) -> list[tuple[WordShare, ...]]:
        window = self.bundle.encoder.length
        probabilities, drops = occlusion(self.network, words, window, batch_size)
        shares = [
            log_odds_shares(float(probability), own)
            for probability, own in zip(probabilities, drops, strict=True)
        ]
        marked = words_to_mark(
            words,
            shares,
            probabilities,
            self.bundle.threshold,
            lambda rows: self.network.precise(rows, batch_size, window),
        )
        return list(map(word_shares, texts, words, shares, marked))

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
        ids = [i for unit in units for i in unit.ids]
        cuts = windows(len(ids), self.bundle.encoder.length)
        parts = [self._window_gradients(ids[cut]) for cut in cuts]
        if abs(float(np.mean([end for _, _, end in parts])) - probability) > _SAME:
            raise BundleError(
                f"The network serves {probability:.4f} where its weights give "
                f"{np.mean([end for _, _, end in parts]):.4f}.",
                "Train the model again with this version.",
            )
        shares = np.concatenate([own for own, _, _ in parts]) / len(parts)
        firsts = np.cumsum([0, *(len(unit.ids) for unit in units[:-1])])
        return np.add.reduceat(shares, firsts), float(np.mean([start for _, start, _ in parts]))

    def _window_gradients(self, ids: list[int]) -> tuple[np.ndarray, float, float]:
        """Shares of the ids (ids,) of one window, and the probabilities of zeros and of its own rows."""
        rows, ngrams = self.gradient.rows(ids), self.gradient.ngrams(ids)
        ends = np.array([0, 1], rows.dtype)[:, None]
        start, end = self.gradient.probabilities(
            ends[:, :, None] * rows, ends * ngrams.sum(axis=0)
        ).tolist()
        points = _POINTS
        while True:
            shares = self._integral(rows, ngrams, points)
            if abs(shares.sum() - (end - start)) <= _TOLERANCE or points >= _MOST_POINTS:
                return shares, start, end
            points *= 2

    def _integral(self, rows: np.ndarray, ngrams: np.ndarray, points: int) -> np.ndarray:
        """Integrated gradients by the midpoint rule: (ids,)."""
        by_rows = np.zeros(rows.shape, np.float64)
        by_ngrams = np.zeros(ngrams.shape[1], np.float64)
        features = ngrams.sum(axis=0)
        way = ((np.arange(points) + 0.5) / points).astype(rows.dtype)[:, None]
        for part in np.split(way, range(_AT_ONCE, points, _AT_ONCE)):
            _, slopes, beside = self.gradient.gradients(part[:, :, None] * rows, part * features)
            by_rows += slopes.sum(axis=0)
            by_ngrams += beside.sum(axis=0)
        shares: np.ndarray = ((by_rows * rows).sum(axis=1) + ngrams @ by_ngrams) / points
        return shares


def occlusion(
    network: Network, units: Sequence[list[Unit]], window: int, batch_size: int = 512
) -> tuple[np.ndarray, list[np.ndarray]]:
    """Each text's probability, and how much it falls when each unit is taken out, in one go.

    Args:
        network: that serves.
        units: of each text.
        window: ids that the network reads at once. A longer text is read in windows, and a unit is
            taken out of the window it stands in: the others stay as they are.
        batch_size: texts that the network is given at once.

    Returns:
        (texts,), and for each text (units,): positive where the unit speaks for positive.
    """
    rows: list[list[int]] = []
    places: list[tuple[int, int, int]] = []  # of each row: text, windows, unit that it lacks or -1
    for text, own in enumerate(units):
        ids = [i for unit in own for i in unit.ids]
        owners = [at for at, unit in enumerate(own) for _ in unit.ids]
        cuts = windows(len(ids), window)
        for cut in cuts:
            here = list(zip(ids[cut], owners[cut], strict=True))
            for gone in (-1, *dict.fromkeys(owners[cut])):
                rows.append([i for i, owner in here if owner != gone])
                places.append((text, len(cuts), gone))
    row_probabilities = network.precise(rows, batch_size)
    probabilities = np.zeros(len(units))
    drops = [np.zeros(len(own)) for own in units]
    whole = 0.0
    for (text, count, gone), probability in zip(places, row_probabilities.tolist(), strict=True):
        if gone < 0:  # the first row of its window
            whole = probability
            probabilities[text] += probability / count
        else:
            drops[text][gone] += (whole - probability) / count
    return probabilities, drops


def rank_correlation(first: np.ndarray, second: np.ndarray) -> float | None:
    """Spearman's rank correlation; None where it says nothing (fewer than 3, or all equal)."""
    if len(first) < 3 or np.ptp(first) == 0 or np.ptp(second) == 0:
        return None
    return float(spearmanr(first, second).statistic)
