"""What a network is made of; saved in the bundle, enough to build the same network again."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from zigbang_nlp.config import TrainSettings


@dataclass(frozen=True)
class Architecture:
    """Sizes and choices of Embedding -> LSTM -> Dense(sigmoid). See `TrainSettings`."""

    vocabulary_size: int
    embedding_dim: int
    lstm_units: tuple[int, ...]
    bidirectional: bool
    pooling: str
    spatial_dropout: float = 0.0
    dropout: float = 0.0

    @classmethod
    def from_settings(cls, settings: TrainSettings, vocabulary_size: int) -> Architecture:
        return cls(
            vocabulary_size=vocabulary_size,
            embedding_dim=settings.embedding_dim,
            lstm_units=settings.lstm_units,
            bidirectional=settings.bidirectional,
            pooling=settings.pooling,
            spatial_dropout=settings.spatial_dropout,
            dropout=settings.dropout,
        )

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> Architecture:
        return cls(**{**values, "lstm_units": tuple(values["lstm_units"])})

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)
