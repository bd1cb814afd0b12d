"""What a text is about: one of the site's five categories, and any of the finer topics.

A logistic regression a name over which ids occur in the text, and beside it the words that name a
topic outright (`topic_words.py`): topics are a matter of words, and this needs no second network.
The regression travels in a bundle as `topics.npz`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from zigbang_nlp.errors import BundleError
from zigbang_nlp.model.serving.topic_words import NOISES, TOPIC_WORDS, named_topics

TOPICS_FILE = "topics.npz"
#: Log-odds above its threshold from which a topic is given that no word names. On 500 residents'
#: texts of validation complexes words alone have F1 0.909, with it 0.908 (at 0: 0.898); on texts in
#: unusual words it finds what they don't.
_UNNAMED = 1.0
#: The corpus's name for what belongs to no topic.
OTHER = "기타"


@dataclass(frozen=True)
class TopicModel:
    """Linear scores over the ids of a text.

    Attributes:
        categories: names of the categories; exactly one is given.
        topics: names of the topics; any number is given.
        weights: float32 (ids, categories + topics).
        bias: float32 (categories + topics,).
        thresholds: float32 (topics,): log-odds from which a topic is given.
    """

    categories: tuple[str, ...]
    topics: tuple[str, ...]
    weights: np.ndarray
    bias: np.ndarray
    thresholds: np.ndarray

    def scores(self, ids: Sequence[Sequence[int]]) -> np.ndarray:
        """Log-odds of each name, float32 (texts, categories + topics)."""
        result = np.tile(self.bias, (len(ids), 1))
        known = len(self.weights)
        for row, own in enumerate(ids):
            # A vocabulary that was extended after this model was fitted has ids it never saw.
            present = sorted({i for i in own if 1 < i < known})
            if present:
                scale = 1 / np.sqrt(len(present))
                result[row] += scale * self.weights[present].sum(axis=0, dtype=np.float32)
        return result

    def predict(
        self, ids: Sequence[Sequence[int]], texts: Sequence[str]
    ) -> list[tuple[str, tuple[str, ...]]]:
        """The category and the topics of each text, topics by falling score.

        Args:
            ids: of each text.
            texts: the same texts, for the words that name a topic.
        """
        scores = self.scores(ids)
        split = len(self.categories)
        best = scores[:, :split].argmax(axis=1)
        # A topic without words of its own, of somebody's own labels, goes by its score alone.
        limits = [_UNNAMED if topic in TOPIC_WORDS else 0.0 for topic in self.topics]
        predicted = []
        for row, category, text in zip(
            scores[:, split:] - self.thresholds, best, texts, strict=True
        ):
            named = named_topics(text)
            topics = [
                self.topics[i]
                for i in np.argsort(-row, kind="stable")
                if row[i] >= limits[i] or self.topics[i] in named
            ]
            if len(topics) > 1 and OTHER in topics:
                topics.remove(OTHER)
            if len(NOISES & named) == 1:  # both kinds have words in common; the named one counts
                topics = [name for name in topics if name not in NOISES - named]
            predicted.append((self.categories[category], tuple(topics)))
        return predicted

    def save(self, directory: Path) -> None:
        """Write `topics.npz`; weights as float16, which moves a score by less than 0.01."""
        np.savez_compressed(
            directory / TOPICS_FILE,
            categories=np.array(self.categories),
            topics=np.array(self.topics),
            weights=self.weights.astype(np.float16),
            bias=self.bias,
            thresholds=self.thresholds,
        )

    @classmethod
    def load(cls, directory: Path) -> TopicModel | None:
        """Read what `save` wrote; None where the bundle has no topics.

        Raises:
            BundleError: the file is not what `save` writes.
        """
        path = directory / TOPICS_FILE
        if not path.is_file():
            return None
        try:
            with np.load(path, allow_pickle=False) as values:
                return cls(
                    tuple(map(str, values["categories"])),
                    tuple(map(str, values["topics"])),
                    values["weights"].astype(np.float32),
                    values["bias"].astype(np.float32),
                    values["thresholds"].astype(np.float32),
                )
        except (OSError, ValueError, KeyError) as error:
            raise BundleError(
                f"{path} holds no usable topics: {error}.", "Restore the bundle's directory."
            ) from error


def fit_topics(
    ids: Sequence[Sequence[int]],
    categories: Sequence[str],
    topics: Sequence[frozenset[str]],
    vocabulary_size: int,
    strength: float = 8.0,
) -> TopicModel:
    """Fit a topic model.

    Args:
        ids: of each training text.
        categories: of each text.
        topics: of each text.
        vocabulary_size: ids the model may see.
        strength: inverse of the regularization (scikit-learn's C).
    """
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    present = [sorted({i for i in own if i > 1}) for own in ids]
    values = [len(own) ** -0.5 for own in present for _ in own]
    begins = np.cumsum([0, *map(len, present)])
    columns = list(chain.from_iterable(present))
    occurs = csr_matrix((values, columns, begins), (len(ids), vocabulary_size), np.float64)
    category_names = tuple(dict.fromkeys(sorted(categories)))
    topic_names = tuple(sorted(set().union(*topics)))
    targets = [np.array([c == name for c in categories]) for name in category_names]
    targets += [np.array([name in own for own in topics]) for name in topic_names]
    weights = np.zeros((vocabulary_size, len(targets)), np.float32)
    bias = np.zeros(len(targets), np.float32)
    thresholds = np.zeros(len(topic_names), np.float32)
    for column, yes in enumerate(targets):
        model = LogisticRegression(C=strength, solver="liblinear").fit(occurs, yes)
        weights[:, column] = model.coef_[0]
        bias[column] = model.intercept_[0]
        if column >= len(category_names):
            thresholds[column - len(category_names)] = _best_threshold(model, occurs, yes)
    return TopicModel(category_names, topic_names, weights, bias, thresholds)


def _best_threshold(model: Any, occurs: Any, yes: np.ndarray) -> float:
    """Log-odds with the best F1 on texts that the scored fold's fit didn't see."""
    from sklearn.metrics import precision_recall_curve
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    folds = min(5, int(yes.sum()))
    if folds < 2:
        return 0.0
    parts = StratifiedKFold(folds, shuffle=True, random_state=0)
    scores = cross_val_predict(model, occurs, yes, cv=parts, method="decision_function")
    precision, recall, cuts = precision_recall_curve(yes, scores)
    f1 = 2 * precision * recall / np.maximum(precision + recall, 1e-12)
    return float(cuts[int(f1[:-1].argmax())])
