"""The LSTMs in 8 bits: ONNX Runtime's DynamicQuantizeLSTM in the place of LSTM.

Weights are int8 with a scale a gate and unit; states and inputs are quantized while it runs, by
the range of their batch. So a probability depends in its third digit on which texts stand beside
a text in its batch.
"""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np

from zigbang_nlp.console import log
from zigbang_nlp.model.serving.inference import Network

#: How much ROC AUC the 8 bits may cost on the validation texts.
TOLERANCE = 0.0005


def quantize(path: Path) -> None:
    """Turn each LSTM of an ONNX file into a DynamicQuantizeLSTM, in place."""
    # The quantizer pulls in most of the onnx package, and serving never needs it.
    from onnxruntime.quantization import QuantType, quantize_dynamic

    small = path.with_suffix(".int8.onnx")
    root = logging.getLogger()
    level = root.level
    # It recommends a preprocessing, to everybody, that is for other kinds of graphs.
    root.setLevel(logging.ERROR)
    try:
        quantize_dynamic(
            path,
            small,
            op_types_to_quantize=["LSTM"],
            per_channel=True,
            weight_type=QuantType.QInt8,
        )
        small.replace(path)
    finally:
        root.setLevel(level)
        small.unlink(missing_ok=True)


def quantize_checked(
    path: Path, rows: list[list[int]], labels: np.ndarray, smaller: Path | None = None
) -> dict[str, object]:
    """`quantize`, if it costs nothing that shows.

    Args:
        path: the ONNX file; it stays float32 where the check fails.
        rows: ids of the validation texts.
        labels: theirs (texts,), 0 or 1.
        smaller: the same network with an 8-bit embedding, to be quantized and to take the place of
            `path`; it is used up. None = `path` itself is.

    Returns:
        kept ("int8" or "float32"), and ROC AUC of both where there are two classes and the
        processor can run them.
    """
    from sklearn.metrics import roc_auc_score

    exact = path.read_bytes()
    before = Network(path).probabilities(rows)
    try:
        if smaller is not None:
            smaller.replace(path)
        quantize(path)
        after = Network(path).probabilities(rows)
    except Exception as error:  # noqa: BLE001 - whatever the runtime raises without the operator
        path.write_bytes(exact)
        log.warning("The network stays in 32 bits: %s.", str(error).splitlines()[0])
        return {"kept": "float32"}
    if len(np.unique(labels)) < 2:
        return {"kept": "int8"}
    full, small = (float(roc_auc_score(labels, p)) for p in (before, after))
    kept = small >= full - TOLERANCE
    if not kept:
        path.write_bytes(exact)
        log.warning(
            "The network stays in 32 bits: 8 bits cost %.4f of ROC AUC on the validation texts.",
            full - small,
        )
    return {
        "kept": "int8" if kept else "float32",
        "roc_auc_float32": full,
        "roc_auc_int8": small,
        "flips": float(((before >= 0.5) != (after >= 0.5)).mean()),
    }


def dequantized(constants: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The constants of an ONNX file with its 8-bit LSTM weights as float32, in LSTM's shapes."""
    result = dict(constants)
    for name in [n for n in constants if n.endswith("_quantized")]:
        base = name.removesuffix("_quantized")
        scale, zero = result.pop(f"{base}_scale"), result.pop(f"{base}_zero_point")
        values = result.pop(name).astype(np.float32)  # (directions, inputs, 4 * units)
        shape = (len(values), 1, -1)
        values = (values - zero.reshape(shape)) * scale.reshape(shape)
        result[base] = np.ascontiguousarray(values.transpose(0, 2, 1).astype(np.float32))
    return result
