"""The network that serves, written beside its training: float32, or 8 bits where they cost nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from zigbang_nlp.config import TrainSettings
from zigbang_nlp.model.architecture import Architecture
from zigbang_nlp.model.bundle import ONNX, WEIGHTS
from zigbang_nlp.model.evaluation.calibration import fit_temperature
from zigbang_nlp.model.network.backend import keras
from zigbang_nlp.model.network.build import build_network
from zigbang_nlp.model.serving.inference import Network
from zigbang_nlp.model.serving.int8 import quantize, quantize_checked
from zigbang_nlp.model.serving.onnx_export import write_onnx
from zigbang_nlp.model.training.warm_start import weights_of
from zigbang_nlp.text.dataset import Split
from zigbang_nlp.text.encoder import unpadded

#: Numbers in a network from which 8 bits are worth it: a smaller one is small and fast as it is.
_WORTH = 1_000_000
#: The ONNX form must give Keras's probabilities to this, on up to `_COMPARED` texts.
_TOLERANCE = 1e-5
_COMPARED = 128


def write_serving_form(
    network: keras.Model,
    architecture: Architecture,
    validation: Split,
    settings: TrainSettings,
    directory: Path,
    calibrated: bool,
) -> tuple[float, dict[str, Any]]:
    """Write `network.onnx`, calibrated as it serves, and `network.weights.h5` where it is needed.

    Where 8 bits are kept, the weights aren't written once more for Keras: training goes on from
    the 8 bits as well (`warm_start.bundle_weights`), and a bundle has a tenth of the size. With
    BatchNormalization the ONNX file can't be read back, so they are.

    Args:
        network: trained; its last layer is divided by the temperature.
        architecture: of the network.
        validation: checks the 8 bits and fits the temperature.
        settings: say whether 8 bits are tried.
        directory: of the bundle.
        calibrated: whether the temperature is fitted; it is 1 otherwise.

    Returns:
        The temperature that its last layer was divided by, see `calibration.fit_temperature`, and
        what `quantize_checked` found; empty where 8 bits were not tried.
    """
    path = directory / ONNX
    rows = unpadded(validation.ids)
    write_onnx(architecture, weights_of(network), path)
    check_onnx(network, path, validation.ids)
    int8: dict[str, Any] = {}
    large = settings.quantize == "auto" and network.count_params() >= _WORTH
    if large or settings.quantize == "int8":
        small = directory / "small.onnx"
        write_onnx(architecture, weights_of(network), small, small_embedding=True)
        int8 = quantize_checked(path, rows, validation.labels, small)
    in_8_bits = int8.get("kept") == "int8"
    temperature = 1.0
    if calibrated:
        temperature = fit_temperature(validation.labels, Network(path).probabilities(rows))
        last = network.get_layer("probability")
        last.set_weights([weight / temperature for weight in last.get_weights()])
        write_onnx(architecture, weights_of(network), path, small_embedding=in_8_bits)
        if in_8_bits:
            quantize(path)
    if not in_8_bits or architecture.batch_normalization:
        # A compiled network would add its optimizer's weights, twice its own size.
        on_one_device(network, architecture).save_weights(directory / WEIGHTS)
    return temperature, int8


def on_one_device(network: keras.Model, architecture: Architecture) -> keras.Model:
    """The same network, built anew: neither compiled nor distributed."""
    bare = build_network(architecture)
    bare.set_weights(network.get_weights())
    return bare


def check_onnx(network: keras.Model, path: Path, ids: np.ndarray) -> None:
    """Assert that the ONNX form gives Keras's probabilities.

    Args:
        network: the Keras model.
        path: its ONNX form.
        ids: int32 (texts, length); the first 128 are compared.
    """
    rows = unpadded(ids[:_COMPARED])
    longest = max(map(len, rows), default=0)
    # Called as it is: so few texts are judged sooner than `predict` has traced its function.
    outputs = network(np.asarray(ids[:_COMPARED, : max(longest, 1)]), training=False)
    by_keras = np.asarray(outputs[0] if isinstance(outputs, list) else outputs)[:, 0]
    by_onnx = Network(path).probabilities(rows)
    with_tokens = np.array([bool(row) for row in rows])
    worst = float(np.abs(by_keras - by_onnx)[with_tokens].max(initial=0.0))
    assert worst <= _TOLERANCE, f"ONNX differs from Keras by {worst}"
