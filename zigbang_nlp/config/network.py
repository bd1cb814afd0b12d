"""Settings of the network: what it is made of, and what keeps it from learning by heart."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from zigbang_nlp.config.base import Section

Units = Annotated[int, Field(ge=1, le=4_096)]

#: Keras's activations that give one number for each, and the two kinds of softmax. Not glu and
#: sparsemax, which serving can't do, nor threshold, which has no default.
Activation = Literal[
    "linear",
    "relu",
    "relu6",
    "leaky_relu",
    "elu",
    "celu",
    "selu",
    "silu",
    "gelu",
    "mish",
    "tanh",
    "sigmoid",
    "softplus",
    "softsign",
    "softmax",
    "log_softmax",
    "log_sigmoid",
    "exponential",
    "hard_sigmoid",
    "hard_silu",
    "hard_tanh",
    "hard_shrink",
    "soft_shrink",
    "tanh_shrink",
    "sparse_plus",
    "sparse_sigmoid",
    "squareplus",
]
Initializer = Literal[
    "glorot_uniform",
    "glorot_normal",
    "he_uniform",
    "he_normal",
    "lecun_uniform",
    "lecun_normal",
    "orthogonal",
]


class NetworkSettings(Section):
    """Embedding -> LSTM -> pooling -> hidden Dense layers -> Dense(1, sigmoid)."""

    init: str = Field(
        "pretrained",
        min_length=1,
        description="pretrained = go on with the model that ships; scratch; "
        "or the directory of a bundle to go on with",
    )
    embedding_dim: int = Field(128, ge=1, le=2_048, description="numbers a token")
    lstm_units: tuple[Units, ...] = Field(
        (128,), min_length=1, max_length=4, description="units of each LSTM layer"
    )
    bidirectional: bool = Field(True, description="read each review in both directions")
    lstm_blocks: int = Field(
        1,
        ge=1,
        le=16,
        description="LSTMs side by side, each on an embedding of its own (a block-diagonal LSTM)",
    )
    pooling: Literal["last", "max", "mean", "max_mean"] = Field(
        "max_mean", description="how the LSTM's states become one vector"
    )
    dense_units: tuple[Units, ...] = Field(
        (), max_length=4, description="units of each hidden Dense layer after the pooling"
    )
    dense_activation: Activation = Field("relu", description="of the hidden Dense layers")
    spatial_dropout: float = Field(0.2, ge=0, lt=1, description="of whole embedding channels")
    recurrent_dropout: float = Field(
        0.0, ge=0, lt=1, description="of the LSTM's state from token to token; slow"
    )
    dropout: float = Field(0.3, ge=0, lt=1, description="before each Dense layer")
    batch_normalization: bool = Field(
        False, description="after the pooling and after each hidden Dense layer"
    )
    normalize_before_activation: bool = Field(
        False, description="BatchNormalization of a hidden layer before its activation, not after"
    )
    stars: bool = Field(
        False, description="also learn the score that the writer gives, as a second output"
    )
    stars_weight: float = Field(
        0.5, gt=0, le=100, description="what the score counts in the loss, beside 1 for the label"
    )
    kernel_initializer: Initializer = Field(
        "glorot_uniform", description="first weights of LSTM and Dense kernels"
    )
    regularizer: Literal["none", "l1", "l2", "l1_l2"] = Field(
        "none", description="penalty on LSTM and Dense kernels, added to the loss"
    )
    l1: float = Field(1e-5, gt=0, le=1, description="strength of the l1 penalty")
    l2: float = Field(1e-4, gt=0, le=1, description="strength of the l2 penalty")

    @model_validator(mode="after")
    def _network_has_no_idle_settings(self) -> NetworkSettings:
        self._refuse_idle(
            bool(self.dense_units),
            ("dense_activation",),
            "it belongs to the hidden Dense layers; set dense_units too",
        )
        self._refuse_idle(
            bool(self.dense_units) and self.batch_normalization,
            ("normalize_before_activation",),
            "it is a place in the hidden Dense layers; set dense_units and "
            "batch_normalization = true",
        )
        for name in ("l1", "l2"):
            self._refuse_idle(
                name in self.regularizer.split("_"),
                (name,),
                f'it is the strength of a penalty; set regularizer = "{name}" or "l1_l2"',
            )
        return self
