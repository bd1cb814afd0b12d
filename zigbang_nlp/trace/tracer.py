"""Traces texts with a classifier, step by step."""

from __future__ import annotations

from functools import cached_property
from threading import Lock

import numpy as np

from zigbang_nlp.errors import BundleError, InputError, TokenizerError
from zigbang_nlp.model.serving.inference import InnerNetwork, windows
from zigbang_nlp.model.serving.lstm import lstm_gates
from zigbang_nlp.model.serving.onnx_export import InnerTensors, with_inner_tensors
from zigbang_nlp.model.serving.onnx_layers import layer_suffix
from zigbang_nlp.predict.classifier import Classifier
from zigbang_nlp.text.clean import clean
from zigbang_nlp.text.encoder import pad
from zigbang_nlp.text.parts_of_speech import Tagged, other_tokenizer, tagged
from zigbang_nlp.text.tokenizer_settings import TokenizerSettings
from zigbang_nlp.text.vocabulary import SPECIALS
from zigbang_nlp.trace.cleaning import changes
from zigbang_nlp.trace.traced import Gates, TokenIds, Tokenized, Trace, Window

#: Neighbours of each token, and columns of states that are named as worth a look.
_NEIGHBOURS, _UNITS = 5, 16
#: What is traced and what serves are the same network; they differ by the order of additions.
_SAME = 1e-4


class Tracer:
    """Follows one text through a classifier's own functions.

    Args:
        classifier: whose encoder and network are looked into.
    """

    def __init__(self, classifier: Classifier) -> None:
        self.classifier = classifier
        # The second tokenizer may be Java's, which is not made for many callers at once.
        self._lock = Lock()

    @cached_property
    def _inner(self) -> tuple[InnerNetwork, InnerTensors]:
        bundle = self.classifier.bundle
        try:
            model, names = with_inner_tensors(bundle.architecture, bundle.onnx_path)
            network = InnerNetwork(model)
        except Exception as error:
            raise BundleError(
                f"The layers of {bundle.onnx_path} can't be looked into: {error}.",
                "Train the model again with this version.",
            ) from error
        return network, names

    @property
    def _constants(self) -> dict[str, np.ndarray]:
        constants: dict[str, np.ndarray] = self.classifier.explainer.gradient.constants
        return constants

    @cached_property
    def _norms(self) -> np.ndarray:
        return np.asarray(np.maximum(np.linalg.norm(self._constants["embedding"], axis=1), 1e-12))

    def trace(self, text: str, other: str | None = None, unit: int | None = None) -> Trace:
        """Follow one text.

        Args:
            text: any text.
            other: a second tokenizer to compare with; None for the usual one.
            unit: an LSTM unit whose gates are wanted too, a column of the states from 0.

        Raises:
            InputError: there is no such unit.
            TokenizerError: there is no such tokenizer, or the model's can't start.
            BundleError: this bundle's network can't be looked into.
        """
        with self._lock:
            return self._trace(text, other, unit)

    def _trace(self, text: str, other: str | None, unit: int | None) -> Trace:
        bundle = self.classifier.bundle
        encoder = bundle.encoder
        if unit is not None and not 0 <= unit < self.unit_count:
            raise InputError(
                f"There is no LSTM unit {unit}: this network has {self.unit_count}.",
                f"Choose one from 0 to {self.unit_count - 1}.",
            )
        (prediction,) = self.classifier.predict([text])
        cleaned = clean(text, encoder.max_characters)
        (tokens,) = encoder.tokenize([text])
        (whole,) = encoder.whole_ids([text])
        cuts = windows(len(whole), encoder.length) if whole else []
        of_windows = tuple(self._window(tuple(whole[cut])) for cut in cuts)
        self._check_same([window.probability for window in of_windows], text)
        first = of_windows[0] if of_windows else None
        return Trace(
            text=text,
            changes=tuple(changes(text, encoder.max_characters)),
            cleaned=cleaned,
            tokenized=self._tagged(cleaned, tokens),
            other=_by_another(cleaned, other or other_tokenizer(encoder.tokenizer_settings.name)),
            ids=tuple(self._ids(token) for token in tokens),
            padded=pad([whole], encoder.length)[0],
            embedding=self._constants["embedding"][list(first.ids) if first else []],
            neighbours=self._neighbours(first.ids) if first else {},
            windows=of_windows,
            units=self._units(first) if first else (),
            gates=self._gates(first, unit) if first and unit is not None else None,
            prediction=prediction,
            threshold=bundle.threshold,
            unsure=(bundle.unsure_low, bundle.unsure_high),
        )

    @property
    def unit_count(self) -> int:
        """Columns of the states: units of the last layer, in all directions and blocks."""
        shape = self.classifier.bundle.architecture
        return shape.lstm_units[-1] * (1 + shape.bidirectional) * shape.lstm_blocks

    def _tagged(self, cleaned: str, tokens: list[str]) -> Tokenized:
        """The tokens that are encoded, with their tags where the tagger gives the same tokens."""
        settings = self.classifier.bundle.encoder.tokenizer_settings
        try:
            tagged_tokens = tagged(cleaned, settings)
        except TokenizerError:  # it fell back to something simpler, see `Tokenizer.tokenize`
            tagged_tokens = []
        if [one.form for one in tagged_tokens] != tokens:
            tagged_tokens = [Tagged(token, "") for token in tokens]
        return Tokenized(settings.name, tuple(tagged_tokens))

    def _ids(self, token: str) -> TokenIds:
        vocabulary = self.classifier.bundle.encoder.vocabulary
        ids = vocabulary.encode([token])
        return TokenIds(token, tuple(ids), tuple(vocabulary.decode(ids)))

    def _window(self, ids: tuple[int, ...]) -> Window:
        network, names = self._inner
        tensors = network.tensors(ids)
        of_blocks = [[tensors[name][:, 0] for name in block] for block in names.states]
        return Window(
            ids=ids,
            states=np.concatenate([block[-1] for block in of_blocks], axis=-1),
            earlier=tuple(tuple(block[:-1]) for block in of_blocks),
            pooled=tensors[names.pooled][0],
            dense=tuple(tensors[name][0] for name in names.dense),
            ngrams=tensors[names.ngrams][0] if names.ngrams else np.zeros(0, np.float32),
            logit=float(tensors["logit"][0]),
            probability=float(tensors["probability"][0]),
        )

    def _check_same(self, probabilities: list[float], text: str) -> None:
        """The bundle's file may have been replaced since the network that serves was loaded."""
        (served,) = self.classifier.probabilities([text])
        if probabilities and abs(np.mean(probabilities) - served) > _SAME:
            raise BundleError(
                f"The network serves {served:.4f}, and the one in "
                f"{self.classifier.bundle.directory} gives {np.mean(probabilities):.4f}.",
                "Load the model again: its directory was changed meanwhile.",
            )

    def _neighbours(self, ids: tuple[int, ...]) -> dict[int, tuple[tuple[str, float], ...]]:
        table = self._constants["embedding"]
        names = SPECIALS + self.classifier.bundle.encoder.vocabulary.tokens
        distinct = list(dict.fromkeys(ids))
        cosines = (table[distinct] @ table.T) / self._norms / self._norms[distinct, None]
        cosines[np.arange(len(distinct)), distinct] = -2  # not the token itself
        cosines[:, : len(SPECIALS)] = -2
        near = np.argsort(-cosines, axis=1)[:, :_NEIGHBOURS]
        return {
            i: tuple((names[j], float(row[j])) for j in best)
            for i, row, best in zip(distinct, cosines, near.tolist(), strict=True)
        }

    def contributions(self, window: Window) -> np.ndarray | None:
        """What each pooled number adds to the logit, (pooled,); None behind hidden layers."""
        shape = self.classifier.bundle.architecture
        if shape.dense_units or shape.batch_normalization:
            return None
        kernel = self._constants["logit_2d_kernel"][: len(window.pooled), 0]
        return np.asarray(window.pooled * kernel)

    def _units(self, window: Window) -> tuple[int, ...]:
        """Columns by what they add to the logit; where that isn't known, by how far they move."""
        added = self.contributions(window)
        weight = np.ptp(window.states, axis=0) if added is None else added
        # "max_mean" pools each column twice.
        weight = weight.reshape(-1, window.states.shape[1]).sum(axis=0)
        return tuple(np.argsort(-np.abs(weight), kind="stable")[:_UNITS].tolist())

    def _gates(self, window: Window, unit: int) -> Gates:
        shape, constants = self.classifier.bundle.architecture, self._constants
        units, directions = shape.lstm_units[-1], 1 + shape.bidirectional
        block, rest = divmod(unit, units * directions)
        direction, column = divmod(rest, units)
        states = window.states[:, unit - column : unit - column + units]
        if window.earlier[block]:
            inputs = window.earlier[block][-1]
        else:
            inputs = np.split(constants["embedding"][list(window.ids)], shape.lstm_blocks, 1)[block]
        step = -1 if direction else 1  # the second direction reads from the end
        suffix = layer_suffix(len(shape.lstm_units), block)
        weights = [constants[f"lstm_{suffix}_{part}"][direction] for part in "wrb"]
        gates = lstm_gates(inputs[::step], states[::step], *weights)[:, :, column]
        i, o, f, offered = gates.T
        cell, at = np.zeros(len(gates), np.float32), 0.0
        for t in range(len(gates)):
            cell[t] = at = float(f[t] * at + i[t] * offered[t])
        state = o * np.tanh(cell)
        i, f, o, offered, cell, state = (v[::step] for v in (i, f, o, offered, cell, state))
        off = float(np.abs(state - window.states[:, unit]).max())
        return Gates(unit, block, bool(direction), i, f, o, offered, cell, state, off)


def _by_another(cleaned: str, name: str) -> Tokenized:
    try:
        return Tokenized(name, tuple(tagged(cleaned, TokenizerSettings(name))))
    except TokenizerError as error:
        return Tokenized(name, (), str(error))
