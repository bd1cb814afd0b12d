"""A bundle at work on new texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np

from zigbang_nlp.model.bundle import Bundle, load_bundle
from zigbang_nlp.model.inference import Network
from zigbang_nlp.records import Prediction

BLANK = "blank text"
NO_KNOWN_TOKEN = "no known token"


class Classifier:
    """Classifies texts with a bundle.

    >>> classifier = Classifier.load("data/model")          # doctest: +SKIP
    >>> classifier.predict(["역이 가까워요"])[0].label        # doctest: +SKIP
    'positive'
    """

    def __init__(self, bundle: Bundle, batch_size: int = 512) -> None:
        self.bundle = bundle
        self.batch_size = batch_size

    @classmethod
    def load(cls, path: str | Path, batch_size: int = 512) -> Classifier:
        """Open the bundle in a directory.

        Args:
            path: what `zigbang-nlp train` wrote.
            batch_size: texts the network takes at once.

        Raises:
            BundleError: it is missing, damaged, tampered with or too new.
        """
        return cls(load_bundle(Path(path)), batch_size)

    @cached_property
    def network(self) -> Network:
        return Network(self.bundle.onnx_path)

    def probabilities(self, texts: Iterable[str]) -> np.ndarray:
        """Probability of positive for each text, float32 (texts,); 0.5 for a blank one."""
        return self.network.probabilities(self.bundle.encoder.ids(texts), self.batch_size)

    def predict(self, texts: Sequence[str]) -> list[Prediction]:
        """Label, probability and doubt for each text, in order.

        A blank text, or one without a single known token, is never an error: it is `unsure`
        with a reason.
        """
        ids = self.bundle.encoder.ids(texts)
        probabilities = self.network.probabilities(ids, self.batch_size)
        return [
            self._prediction(text, row, float(p))
            for text, row, p in zip(texts, ids, probabilities, strict=True)
        ]

    def _prediction(self, text: str, ids: list[int], probability: float) -> Prediction:
        reason = None
        if not ids:
            reason = BLANK
        elif max(ids) == 1:
            reason = NO_KNOWN_TOKEN
        elif self.bundle.unsure_low < probability < self.bundle.unsure_high:
            reason = "close to the threshold"
        return Prediction(
            text=text,
            label="positive" if probability >= self.bundle.threshold else "negative",
            probability=round(probability, 6),
            unsure=reason is not None,
            reason=reason,
        )
