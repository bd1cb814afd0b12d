"""What a network is made of; saved in the bundle, enough to build the same network again."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from zigbang_nlp.config import TrainSettings

#: A writer's score is one of these many.
STARS = 5


@dataclass(frozen=True)
class Architecture:
    """Sizes and choices of Embedding -> LSTM -> Dense(sigmoid). See `NetworkSettings`.

    Those with a default came later than the first bundles; where a bundle lacks one, the default
    is what its network has.

    Attributes:
        vocabulary_size: ids, padding (0) and the unknown token (1) among them.
        embedding_dim: width of a token's vector, in one block.
        lstm_units: of each LSTM layer of a block, first to last; of one direction.
        bidirectional: whether each layer reads backwards too, with as many units again.
        pooling: what becomes of the states over time, "last", "max", "mean" or "max_mean".
        spatial_dropout: share of the embedding's dimensions that are dropped, in [0, 1).
        dropout: share of the pooled states that is dropped, in [0, 1).
        dense_units: of each hidden Dense layer.
        dense_activation: of these, by Keras's name.
        recurrent_dropout: share of the LSTM's own states that is dropped, in [0, 1).
        batch_normalization: whether the pooled states, and what each hidden Dense layer gives, are
            normalized.
        kernel_initializer: of LSTM and Dense, by Keras's name.
        l1, l2: penalties on the kernels, at least 0.
        lstm_blocks: stacks of LSTM layers beside each other, each with a part of the embedding.
        stars: whether there is a second output, the score that the writer would give.
        normalize_before_activation: whether a Dense layer is normalized before its activation.
        ngram_buckets: rows of the table of `model.ngrams`, which the last layers read beside the
            LSTM; 0 = there is none. It comes with what training starts from and isn't trained.
    """

    vocabulary_size: int
    embedding_dim: int
    lstm_units: tuple[int, ...]
    bidirectional: bool
    pooling: str
    spatial_dropout: float = 0.0
    dropout: float = 0.0
    dense_units: tuple[int, ...] = ()
    dense_activation: str = "relu"
    recurrent_dropout: float = 0.0
    batch_normalization: bool = False
    kernel_initializer: str = "glorot_uniform"
    l1: float = 0.0
    l2: float = 0.0
    lstm_blocks: int = 1
    stars: bool = False
    normalize_before_activation: bool = False
    ngram_buckets: int = 0

    @classmethod
    def from_settings(cls, settings: TrainSettings, vocabulary_size: int) -> Architecture:
        """The architecture that settings and a vocabulary ask for.

        Args:
            settings: of the training; only those that shape the network count.
            vocabulary_size: ids, padding and the unknown token among them.
        """
        penalties = settings.regularizer.split("_")
        return cls(
            vocabulary_size=vocabulary_size,
            embedding_dim=settings.embedding_dim,
            lstm_units=settings.lstm_units,
            bidirectional=settings.bidirectional,
            pooling=settings.pooling,
            spatial_dropout=settings.spatial_dropout,
            dropout=settings.dropout,
            dense_units=settings.dense_units,
            dense_activation=settings.dense_activation,
            recurrent_dropout=settings.recurrent_dropout,
            batch_normalization=settings.batch_normalization,
            kernel_initializer=settings.kernel_initializer,
            l1=settings.l1 if "l1" in penalties else 0.0,
            l2=settings.l2 if "l2" in penalties else 0.0,
            lstm_blocks=settings.lstm_blocks,
            stars=settings.stars,
            normalize_before_activation=settings.normalize_before_activation,
        )

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Architecture:
        """Read what `as_dict` gave, also when it was written by an earlier version.

        Raises:
            TypeError: an attribute is missing or unknown.
            KeyError: `lstm_units` is missing.
        """
        tuples = {
            "lstm_units": tuple(values["lstm_units"]),
            "dense_units": tuple(values.get("dense_units", ())),
        }
        return cls(**{**values, **tuples})

    def as_dict(self) -> dict[str, Any]:
        """The fields by name, as the bundle keeps them in JSON."""
        return asdict(self)

    def lstm_names(self, block: int) -> list[str]:
        """The names of a block's LSTM layers, first to last; blocks count from 0."""
        kind = "bilstm" if self.bidirectional else "lstm"
        ending = f"_of_block_{block + 1}" if self.lstm_blocks > 1 else ""
        return [f"{kind}_{i}{ending}" for i in range(1, len(self.lstm_units) + 1)]
