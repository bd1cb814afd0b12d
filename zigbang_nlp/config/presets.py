"""Sets of settings by name; what is set in a file, by the environment or by a flag wins over them."""

from __future__ import annotations

from typing import Any, Literal

Preset = Literal["none", "textbook", "tutorial-nsmc", "fast", "best"]

_TEXTBOOK: dict[str, Any] = {
    "train.init": "scratch",
    "train.embedding_dim": 100,
    "train.lstm_units": (128,),
    "train.bidirectional": False,
    "train.pooling": "last",
    "train.spatial_dropout": 0.0,
    "train.dropout": 0.0,
    "train.optimizer": "rmsprop",
    "train.batch_size": 60,
    "train.epochs": 15,
    "train.monitor": "val_loss",
    "train.patience": 4,
    "train.class_weight": "none",
    "train.checkpoints": True,
    "train.save_best_only": True,
    "train.checkpoint_monitor": "val_accuracy",
    "train.load_best": True,
}

#: Preset -> {"section.key": value}.
PRESETS: dict[str, dict[str, Any]] = {
    "none": {},
    # Embedding(vocabulary, 100) -> LSTM(128) -> Dense(1, sigmoid), EarlyStopping by the loss,
    # ModelCheckpoint by the accuracy: the network most Korean tutorials build.
    "textbook": _TEXTBOOK,
    # The same, with the steps before it as tutorials on the movie reviews take them.
    "tutorial-nsmc": {
        **_TEXTBOOK,
        "preprocess.vocabulary": "own",
        "preprocess.tokenizer": "okt",
        "preprocess.stem": True,
        "preprocess.min_count": 3,
        "preprocess.length": 30,
    },
    # Half a minute for the sample: to see every step, not to get a good model.
    "fast": {
        "train.init": "scratch",
        "train.embedding_dim": 48,
        "train.lstm_units": (24,),
        "train.learning_rate": 0.005,
        "train.epochs": 4,
    },
    # How the model that ships was trained on reviews (data/LOG.md), from that model on.
    "best": {
        "train.init": "pretrained",
        "train.spatial_dropout": 0.25,
        "train.dropout": 0.4,
        "train.token_dropout": 0.05,
        "train.optimizer": "lazy_adam",
        "train.optimizer_parameters": {"embedding_factor": 5.0},
        "train.learning_rate_schedule": "cosine",
        "train.warmup_share": 0.1,
        "train.batch_size": 128,
        "train.epochs": 4,
    },
}


#: What has no meaning once another setting is given otherwise: it is left out then.
_OF: dict[str, tuple[str, ...]] = {
    "patience": ("early_stopping",),
    "save_best_only": ("checkpoints", "save_freq"),
    "checkpoint_monitor": ("checkpoints", "save_best_only", "save_freq"),
    "load_best": ("checkpoints", "save_best_only", "save_freq"),
    "optimizer_parameters": ("optimizer",),
    "warmup_share": ("learning_rate_schedule",),
    "stem": ("tokenizer",),
}


def with_preset(values: Any, section: str, preset: Any) -> Any:
    """The values of a section, with those of a preset where they lack one.

    Args:
        values: as they were given; anything but a dictionary stays as it is.
        section: their name.
        preset: its name; an unknown one sets nothing, and is refused where it is a setting.
    """
    if not isinstance(values, dict) or not isinstance(preset, str):
        return values
    own = {
        name.removeprefix(f"{section}."): value
        for name, value in PRESETS.get(preset, {}).items()
        if name.startswith(f"{section}.")
    }
    fitting = {
        name: value
        for name, value in own.items()
        if all(_same(values, own, other) for other in _OF.get(name, ()))
    }
    return {**fitting, **values}


def _same(values: dict[str, Any], own: dict[str, Any], name: str) -> bool:
    """Whether a setting isn't given otherwise; the environment gives all as text."""
    return name not in values or str(values[name]).lower() == str(own.get(name)).lower()
