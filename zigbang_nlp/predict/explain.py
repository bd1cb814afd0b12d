"""Why: what each token of a text adds to its probability, found in two ways.

Occlusion takes each token out and looks how the probability changes. Integrated gradients
(Sundararajan, Taly & Yan 2017, "Axiomatic Attribution for Deep Networks", equation 1) add up the
gradient on the way from embedding rows of zeros, and no n-grams, to the text's own; their sum is
the probability less that of the zeros. Where the two disagree, trust neither.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.stats import spearmanr

from zigbang_nlp.errors import BundleError
from zigbang_nlp.model.bundle import Bundle
from zigbang_nlp.model.serving.gradient import GradientNetwork
from zigbang_nlp.model.serving.inference import Network, windows
from zigbang_nlp.predict.explained_words import (
    Unit,
    log_odds_shares,
    units_of,
    word_shares,
    words_of,
    words_to_mark,
)
from zigbang_nlp.records import Explanation, TokenShare, WordShare

#: Steps of the integral at first, and at most. While the sum is off by more than the tolerance,
#: those in which the way bends are cut in four; max pooling bends it where the winning token changes.
_STEPS, _MOST_STEPS, _BETWEEN = 16, 512, np.array([0.25, 0.5, 0.75])
_TOLERANCE = 0.005
#: Versions of a text held at once.
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
        words = list(map(words_of, texts, units))
        probabilities, drops = occlusion(self.network, units, encoder.length, batch_size)
        shares = self._word_shares(texts, words, batch_size)
        return list(map(self._explanation, texts, units, probabilities.tolist(), drops, shares))

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
        shares = list(map(log_odds_shares, probabilities.tolist(), drops))
        marked = words_to_mark(
            words,
            shares,
            probabilities,
            self.bundle.threshold,
            lambda rows: self.network.precise(rows, batch_size, window),
        )
        return list(map(word_shares, texts, words, shares, marked))

    def _explanation(
        self,
        text: str,
        units: list[Unit],
        probability: float,
        drops: np.ndarray,
        words: tuple[WordShare, ...],
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
            words=words,
        )

    def _integrated_gradients(
        self, units: list[Unit], probability: float
    ) -> tuple[np.ndarray, float]:
        """Each unit's share, and the probability that the network gives to rows of zeros."""
        ids = [i for unit in units for i in unit.ids]
        cuts = windows(len(ids), self.bundle.encoder.length)
        parts, starts, ends = zip(*(self._window_gradients(ids[cut]) for cut in cuts), strict=True)
        if abs(float(np.mean(ends)) - probability) > _SAME:
            raise BundleError(
                f"The network serves {probability:.4f} where its weights give {np.mean(ends):.4f}.",
                "Train the model again with this version.",
            )
        shares = np.concatenate(parts) / len(parts)
        firsts = np.cumsum([0, *(len(unit.ids) for unit in units[:-1])])
        return np.add.reduceat(shares, firsts), float(np.mean(starts))

    def _window_gradients(self, ids: list[int]) -> tuple[np.ndarray, float, float]:
        """Shares of the ids (ids,) of one window, and the probabilities of zeros and of its own rows.

        By the trapezoidal rule. How much the probability rises from one point of the way to the
        next is known, so that points are added only where the gradient says otherwise.
        """
        rows, ngrams = self.gradient.rows(ids), self.gradient.ngrams(ids)
        way = np.linspace(0, 1, _STEPS + 1)
        heights, slopes = self._along(way, rows, ngrams)
        while True:
            shares = np.trapezoid(slopes, way, axis=0)
            if abs(shares.sum() - (heights[-1] - heights[0])) <= _TOLERANCE:
                break
            total, steps = slopes.sum(axis=1), np.diff(way)
            off = np.abs((total[1:] + total[:-1]) / 2 * steps - np.diff(heights))
            bent = np.flatnonzero(off > _TOLERANCE / len(off))
            more = (way[bent, None] + steps[bent, None] * _BETWEEN).ravel()
            if not len(bent) or len(steps) + len(more) > _MOST_STEPS:
                break
            at = np.repeat(bent + 1, len(_BETWEEN))
            heights_between, slopes_between = self._along(more, rows, ngrams)
            way, heights = np.insert(way, at, more), np.insert(heights, at, heights_between)
            slopes = np.insert(slopes, at, slopes_between, axis=0)
        return shares, float(heights[0]), float(heights[-1])

    def _along(
        self, way: np.ndarray, rows: np.ndarray, ngrams: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """On points of the way: the probability (points,), and by each id its slope (points, ids)."""
        features = ngrams.sum(axis=0)
        heights, slopes = [], []
        for at in range(0, len(way), _AT_ONCE):
            part = way[at : at + _AT_ONCE, None].astype(rows.dtype)
            height, by_rows, by_ngrams = self.gradient.gradients(
                part[:, :, None] * rows, part * features
            )
            heights.append(height)
            slopes.append((by_rows * rows).sum(axis=2, dtype=np.float64) + by_ngrams @ ngrams.T)
        return np.concatenate(heights), np.concatenate(slopes)


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
