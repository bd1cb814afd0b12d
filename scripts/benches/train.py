"""Training to the accuracy that the tutorials' recipe reaches, and what each change gives."""

from __future__ import annotations

import argparse
import time
from typing import Any

import numpy as np
from benches.common import LENGTH, Row, alone, tutorial_network

from zigbang_nlp.console import table

HELP = "time to the accuracy that the tutorials' recipe reaches at its best"

#: Changes on the way from the recipe to ours, each on top of those before it.
STEPS = ("recipe", "buckets", "batches", "ours")
#: What the recipe has: EarlyStopping(patience=4) within 15 epochs, rmsprop, batches of 64.
EPOCHS, PATIENCE, BATCH = 15, 4, 64
_DIRECTORY = "data/dataset"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--dataset", default=_DIRECTORY, help="of `preprocess` [%(default)s]")
    parser.add_argument("--rows", type=int, default=30_000, help="training rows [%(default)s]")


def way(step: str, dataset: str, rows: int, enough: float) -> dict[str, Any]:
    """Train as the recipe, or with the changes up to `step`, until validation accuracy is `enough`.

    recipe: ids cut and padded on the left to a fixed length, rmsprop, batches of 64.
    buckets: padded on the right to the longest of a batch of similar lengths, prepared ahead.
    batches: 256 texts each, with a learning rate to match, and freed memory kept.
    ours: LSTM(64) in both directions (three quarters of the recipe's sums), max and mean pooling,
        dropout, lazy Adam with one cycle of three epochs.
    """
    from pathlib import Path

    from zigbang_nlp.config import TrainSettings
    from zigbang_nlp.model.architecture import Architecture
    from zigbang_nlp.model.network.backend import keep_freed_memory, keras
    from zigbang_nlp.model.network.build import build_network
    from zigbang_nlp.model.training.batches import Batches
    from zigbang_nlp.model.training.optimizers import make_optimizer
    from zigbang_nlp.text.dataset import DataSet

    data = DataSet.load(Path(dataset))
    part, held = data.split("train"), data.split("validation")
    ids, labels = np.array(part.ids[:rows]), part.labels[:rows]
    # The data set is in the order of its source; the recipe's validation is of the same mix.
    held_ids, held_labels = np.array(held.ids[:5_000]), held.labels[:5_000]
    keras.utils.set_random_seed(7)
    stop = _Enough(enough)
    size = BATCH if step in ("recipe", "buckets") else 256
    lost = 0.0
    if size != BATCH:
        keep_freed_memory()
    if step == "ours":
        settings = TrainSettings(
            lstm_units=(64,),
            batch_size=size,
            epochs=3,
            learning_rate=0.004,
            learning_rate_schedule="one_cycle",
            optimizer="lazy_adam",
            optimizer_parameters={"embedding_factor": 8.0},
            spatial_dropout=0.4,
            token_dropout=0.05,
        )
        lost = settings.token_dropout
        network = build_network(Architecture.from_settings(settings, len(data.encoder.vocabulary)))
        optimizer = make_optimizer(settings, settings.epochs * -(-len(ids) // size))
        epochs = settings.epochs
    else:
        network = tutorial_network(len(data.encoder.vocabulary), masked=step != "recipe")
        optimizer = keras.optimizers.RMSprop(0.001 if size == BATCH else 0.002)
        epochs = EPOCHS
    network.compile(optimizer=optimizer, loss="binary_crossentropy", metrics=["accuracy"])
    callbacks = [stop, keras.callbacks.EarlyStopping("val_loss", patience=PATIENCE)]
    stop.began = time.perf_counter()
    if step == "recipe":
        network.fit(
            _left(ids),
            labels,
            epochs=epochs,
            batch_size=size,
            callbacks=callbacks,
            verbose=0,
            validation_data=(_left(held_ids), held_labels),
        )
    else:
        network.fit(
            Batches(ids, labels, None, size, 7, lost).as_tf(),
            epochs=epochs,
            callbacks=callbacks,
            validation_data=Batches(held_ids, held_labels, None, 1_024, None).as_tf(),
            shuffle=False,
            verbose=0,
        )
    best = max(stop.seen, key=lambda pair: pair[1])
    reached = next((at for at, accuracy in stop.seen if accuracy >= enough), float("inf"))
    return {
        "best": best[1],
        "to_best": best[0],
        "reached": reached,
        "epochs": len(stop.seen),
        "seconds": stop.seen[-1][0],
        "an_epoch": stop.seen[-1][0] / len(stop.seen),
    }


def _left(ids: np.ndarray) -> np.ndarray:
    """Rows padded on the right -> cut to the recipe's length and padded on the left."""
    made = np.zeros((len(ids), LENGTH), np.int32)
    for row, target in zip(ids, made, strict=True):
        real = row[row != 0][-LENGTH:]
        target[LENGTH - len(real) :] = real
    return made


class _Enough:
    """A Keras callback, made when Keras is there: notes accuracy and time, and may end training."""

    def __new__(cls, enough: float) -> Any:
        from zigbang_nlp.model.network.backend import keras

        class Callback(keras.callbacks.Callback):
            began = 0.0

            def __init__(self) -> None:
                super().__init__()
                self.seen: list[tuple[float, float]] = []

            def on_epoch_end(self, _epoch: int, logs: dict[str, Any] | None = None) -> None:
                accuracy = float((logs or {})["val_accuracy"])
                self.seen.append((time.perf_counter() - self.began, accuracy))
                if accuracy >= enough:
                    self.model.stop_training = True

        return Callback()


def run(options: argparse.Namespace) -> list[Row]:
    of = {"dataset": options.dataset, "rows": options.rows}
    recipe = alone("train", "way", step="recipe", enough=2.0, **of)
    enough = recipe["best"]
    said = {"recipe": recipe | {"reached": recipe["to_best"]}}
    for step in STEPS[1:]:
        said[step] = alone("train", "way", step=step, enough=enough, **of)
    lines = [
        (name, f"{s['best']:.4f}", s["epochs"], f"{s['an_epoch']:.1f}", f"{s['reached']:.1f}")
        for name, s in said.items()
    ]
    header = ("way", "best accuracy", "epochs", "s an epoch", f"s to {enough:.4f}")
    print(table(lines, header))
    ours = said["ours"]["reached"]
    note = f"to {enough:.4f}; the recipe goes on to {recipe['seconds']:.0f} s"
    return [Row("train", ours, recipe["to_best"], "s", recipe["to_best"] / ours, 4, note)]
