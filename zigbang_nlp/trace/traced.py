"""What a trace holds: one field a step, arrays as the network has them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from zigbang_nlp.records import Prediction
from zigbang_nlp.text.parts_of_speech import Tagged
from zigbang_nlp.text.vocabulary import OUT_OF_VOCABULARY
from zigbang_nlp.trace.cleaning import Change


@dataclass(frozen=True)
class Tokenized:
    """A text by one tokenizer.

    Attributes:
        name: of the tokenizer.
        tokens: in order, with their parts of speech.
        trouble: why there are none, or "".
    """

    name: str
    tokens: tuple[Tagged, ...]
    trouble: str = ""


@dataclass(frozen=True)
class TokenIds:
    """A token and what the vocabulary makes of it.

    Attributes:
        token: as the tokenizer gave it.
        ids: one, or those of the pieces that spell it.
        names: what the vocabulary calls each: the token, "##piece" or "<oov>".
    """

    token: str
    ids: tuple[int, ...]
    names: tuple[str, ...]

    @property
    def state(self) -> str:
        """Whether the vocabulary has it: "known", "spelled" with pieces, or "unknown"."""
        if all(i == OUT_OF_VOCABULARY for i in self.ids):
            return "unknown"
        return "known" if self.names == (self.token,) else "spelled"


@dataclass(frozen=True)
class Window:
    """What the network reads at once, and everything it makes of it.

    Attributes:
        ids: at most as many as it was trained on.
        states: of the last LSTM layer, blocks and directions side by side: (ids, units).
        earlier: of the LSTM layers before, of each block: (ids, units of one block).
        pooled: (units,), or twice as many.
        dense: what each hidden Dense layer hands on.
        ngrams: what n-grams add beside the LSTM, (features,); empty where the network has none.
        logit, probability: of positive.
    """

    ids: tuple[int, ...]
    states: np.ndarray
    earlier: tuple[tuple[np.ndarray, ...], ...]
    pooled: np.ndarray
    dense: tuple[np.ndarray, ...]
    ngrams: np.ndarray
    logit: float
    probability: float


@dataclass(frozen=True)
class Gates:
    """How one LSTM unit got its states, token by token; each array is (ids,).

    Attributes:
        unit: its column in `Window.states`.
        block, backward: where in the network it is; blocks count from 0.
        input, forget, output: gates, from 0 (shut) to 1 (open).
        offered: what is offered to the cell, -1 to 1.
        cell: its memory behind each token: forget x cell before + input x offered.
        state: output x tanh(cell), as these gates have it.
        off: how far that is at most from the states of the network, which may be in 8 bits.
    """

    unit: int
    block: int
    backward: bool
    input: np.ndarray
    forget: np.ndarray
    output: np.ndarray
    offered: np.ndarray
    cell: np.ndarray
    state: np.ndarray
    off: float


@dataclass(frozen=True)
class Trace:
    """One text at every step.

    Attributes:
        text: as it was given.
        changes: what cleaning replaced.
        cleaned: what it left.
        tokenized: by the model's tokenizer.
        other: by another one, to be compared.
        ids: of each token.
        padded: the row of a training batch, int32 (length,).
        embedding: the row of each id of the first window, (ids, dim).
        neighbours: of each id of the first window, the tokens whose rows point the same way, with
            the cosine.
        windows: what the network reads; one, unless the text is long; none for a blank text.
        units: columns of the states worth a look, the weightiest first.
        gates: of the unit that was asked for, in the first window.
        prediction: what `predict` says of the text.
        threshold: probabilities from this on are positive.
        unsure: probabilities strictly between these two are unsure.
    """

    text: str
    changes: tuple[Change, ...]
    cleaned: str
    tokenized: Tokenized
    other: Tokenized
    ids: tuple[TokenIds, ...]
    padded: np.ndarray
    embedding: np.ndarray
    neighbours: dict[int, tuple[tuple[str, float], ...]]
    windows: tuple[Window, ...]
    units: tuple[int, ...]
    gates: Gates | None
    prediction: Prediction
    threshold: float
    unsure: tuple[float, float]

    @property
    def names(self) -> list[str]:
        """What the vocabulary calls each id of the first window."""
        every = [name for token in self.ids for name in token.names]
        return every[: len(self.windows[0].ids)] if self.windows else []
