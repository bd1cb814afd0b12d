"""A bundle at work on new texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from zigbang_nlp.errors import BundleError
from zigbang_nlp.model.bundle import Bundle, doubting, load_bundle
from zigbang_nlp.model.serving.inference import Network
from zigbang_nlp.model.serving.topics import TOPICS_FILE, TopicModel
from zigbang_nlp.predict.as_texts import as_texts
from zigbang_nlp.predict.aspects import aspects_of
from zigbang_nlp.predict.long_texts import looked_through
from zigbang_nlp.predict.out_of_scope import out_of_scope
from zigbang_nlp.records import LABEL_ONLY, Explanation, Prediction, PredictionOptions, Stars
from zigbang_nlp.resources import pretrained_dir
from zigbang_nlp.text.clauses import split_sentences

if TYPE_CHECKING:
    from zigbang_nlp.predict.explain import Explainer

#: One text, or several in any order of containers: see `as_texts`.
Texts = str | Iterable[str]


class Classifier:
    """Classifies texts with a bundle.

    >>> classifier = Classifier.load()
    >>> classifier.predict(["역이 가까워요"])[0].label
    'positive'
    """

    def __init__(
        self,
        bundle: Bundle,
        batch_size: int = 256,
        threads: int = 0,
        reliability: float | None = None,
        complaints: float | None = None,
    ) -> None:
        if not isinstance(bundle, Bundle):
            raise TypeError(
                f"Classifier takes a bundle, not {type(bundle).__name__}. "
                "Open a directory with Classifier.load(path)."
            )
        self.bundle = bundle if reliability is None else doubting(bundle, reliability)
        self.reliability, self.complaints = reliability, complaints
        self._shift = 0.0
        if complaints is not None:  # few ask for it, and scipy's optimizers take long to load
            from zigbang_nlp.model.evaluation.label_shift import shift_to

            self._shift = shift_to(bundle, complaints)
        self.batch_size = batch_size
        self.threads = threads

    @classmethod
    def load(
        cls,
        path: str | Path | None = None,
        batch_size: int = 256,
        threads: int = 0,
        reliability: float | None = None,
        complaints: float | None = None,
    ) -> Classifier:
        """Open the bundle in a directory.

        Args:
            path: what `zigbang-nlp train` wrote; None for the model that ships.
            batch_size: texts the network takes at once.
            threads: that the network uses; 0 = one a core.
            reliability: share of the labels given without doubt that must be right; None = what
                the bundle promises.
            complaints: share of complaints where the texts are from, see `where`.

        Raises:
            BundleError: it is missing, damaged, tampered with or too new, or can't promise that.
        """
        directory = pretrained_dir() if path is None else Path(path)
        return cls(load_bundle(directory), batch_size, threads, reliability, complaints)

    def where(self, complaints: float) -> Classifier:
        """This classifier for texts of which another share complains than it was adjusted to.

        Probabilities are moved by Bayes' theorem, and all that goes by them; stars are not.
        `prior_shift.estimate_complaints` estimates the share, in [0, 1].

        Raises:
            BundleError: the bundle doesn't say what share it was adjusted to.
        """
        return type(self)(self.bundle, self.batch_size, self.threads, self.reliability, complaints)

    def __reduce__(self) -> tuple[Any, ...]:
        """A classifier travels as its directory: what is pickled or copied is opened again there.

        The model that ships is found wherever the package is.
        """
        directory = self.bundle.directory.resolve()
        ships = directory == pretrained_dir().resolve()
        place = None if ships else directory
        how = (self.batch_size, self.threads, self.reliability, self.complaints)
        return _reopened, (type(self), place, *how)

    @cached_property
    def network(self) -> Network:
        """The network that serves, on ONNX Runtime; loaded on first use."""
        return Network(self.bundle.onnx_path, self.threads, self._shift)

    def start(self) -> None:
        """Load the network and start the tokenizer now rather than with the first text.

        Raises:
            TokenizerError: the tokenizer can't start.
        """
        self.predict(["준비"])

    def probabilities(self, texts: Texts) -> np.ndarray:
        """Probability of positive for each text, float32 (texts,); 0.5 for a blank one.

        Raises:
            InputError: one of them is no text; it is named with its index.
        """
        return self._judge(self.bundle.encoder.whole_ids(as_texts(texts)))

    @cached_property
    def topic_model(self) -> TopicModel:
        """What tells categories and topics.

        Raises:
            BundleError: this bundle has none.
        """
        model = TopicModel.load(self.bundle.directory)
        if model is None:
            raise BundleError(
                f"The model in {self.bundle.directory} doesn't predict topics.",
                "Use the model that comes with the package, or one trained from it.",
            )
        return model

    @property
    def tells_topics(self) -> bool:
        """Whether this bundle can tell categories and topics."""
        return (self.bundle.directory / TOPICS_FILE).is_file()

    @cached_property
    def explainer(self) -> Explainer:
        """What tells how much each token adds.

        Raises:
            BundleError: this bundle's network can't be explained.
        """
        from zigbang_nlp.predict.explain import Explainer

        return Explainer(self.bundle, self.network)

    def explain(self, texts: Texts) -> list[Explanation]:
        """What each token of each text adds to its probability; see `Explanation`.

        >>> [why] = Classifier.load().explain(["주차가 힘들어요"])
        >>> min(why.tokens, key=lambda t: t.occlusion).token
        '힘들'
        """
        return self.explainer.explain(as_texts(texts), self.batch_size)

    def predict(
        self,
        texts: Texts,
        topics: bool = False,
        sentences: bool = False,
        explain: bool = False,
        aspects: bool = False,
        stars: bool = False,
    ) -> list[Prediction]:
        """Label, probability and doubt for each text, in order.

        A blank text, or one that is no Korean sentence, is never an error: it has no label, is
        `unsure`, and has a reason.

        Args:
            texts: one text, or several: a list, a generator, a column of a table.
            topics: also tell the category and the topics of each.
            sentences: also predict each text's sentences on their own.
            explain: also tell what each token of each text adds.
            aspects: also tell each text's opinions, topic by topic.
            stars: also tell the score that its writer would give.

        Raises:
            InputError: one of them is no text; it is named with its index.
            BundleError: stars, topics or aspects are asked of a bundle that can't tell them.
        """
        read = as_texts(texts)
        return self.predict_ids(
            read,
            self.bundle.encoder.whole_ids(read),
            PredictionOptions(topics, sentences, explain, aspects, stars),
        )

    def predict_ids(
        self, texts: Sequence[str], ids: Sequence[list[int]], asked: PredictionOptions = LABEL_ONLY
    ) -> list[Prediction]:
        """`predict` for texts that are encoded already.

        Args:
            texts: as they were given.
            ids: of each, by this bundle's encoder (`whole_ids`).
            asked: what to tell beside the label.
        """
        shares = None
        if asked.stars:
            if not self.tells_stars:
                raise BundleError(
                    f"The model in {self.bundle.directory} can't tell stars.",
                    "Use the model that comes with the package, or one trained from it.",
                )
            probabilities, shares = self.network.with_stars(
                ids, self.batch_size, self.bundle.encoder.length
            )
        else:
            probabilities = self._judge(ids)
        predictions = [
            self._prediction(text, row, float(p))
            for text, row, p in zip(texts, ids, probabilities, strict=True)
        ]
        if shares is not None:
            predictions = [
                replace(p, stars=None if p.label is None else Stars.of(own))
                for p, own in zip(predictions, shares.tolist(), strict=True)
            ]
        predictions = looked_through(predictions, ids, self.bundle, self._judge)
        if asked.topics or asked.aspects:
            about = self.topic_model.predict(ids, texts)
        if asked.topics:
            predictions = [
                replace(p, category=category, topics=names)
                for p, (category, names) in zip(predictions, about, strict=True)
            ]
        if asked.aspects:
            opinions = aspects_of(
                texts,
                [names for _, names in about],
                self.bundle.encoder.whole_ids,
                self._judge,
                self.topic_model,
                self.bundle.threshold,
            )
            predictions = [
                replace(p, aspects=opinion if p.label else ())
                for p, opinion in zip(predictions, opinions, strict=True)
            ]
        if asked.sentences:
            parts = [split_sentences(text) for text in texts]
            judged = iter(self.predict([part for text in parts for part in text], asked.topics))
            predictions = [
                replace(p, sentences=tuple(islice(judged, len(text))))
                for p, text in zip(predictions, parts, strict=True)
            ]
        if asked.explain:
            predictions = [
                replace(p, explanation=why)
                for p, why in zip(predictions, self.explain(texts), strict=True)
            ]
        return predictions

    @property
    def tells_stars(self) -> bool:
        """Whether this bundle can tell the score that a writer would give."""
        return self.bundle.architecture.stars

    def _judge(self, ids: Sequence[Sequence[int]]) -> np.ndarray:
        return self.network.probabilities(ids, self.batch_size, self.bundle.encoder.length)

    def _prediction(self, text: str, ids: list[int], probability: float) -> Prediction:
        outside = out_of_scope(text, ids)
        reason = outside
        if not outside and self.bundle.unsure_low < probability < self.bundle.unsure_high:
            reason = "close to the threshold"
        label = "positive" if probability >= self.bundle.threshold else "negative"
        return Prediction(
            text=text,
            label=None if outside else label,
            probability=round(probability, 6),
            unsure=reason is not None,
            reason=reason,
            truncated=self.bundle.encoder.is_too_long(text),
        )


def _reopened(kind: type[Classifier], place: Path | None, *how: Any) -> Classifier:
    return kind.load(place, *how)
