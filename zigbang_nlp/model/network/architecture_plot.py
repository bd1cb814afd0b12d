"""A picture of a network: its layers from input to probability."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from zigbang_nlp.model.network.backend import keras
from zigbang_nlp.plotting import BLUE, GREEN, GREY, ORANGE, figure

#: Inches a layer.
_ROW = 0.62
_COLORS = {
    "InputLayer": GREY,
    "Embedding": GREEN,
    "Bidirectional": BLUE,
    "LSTM": BLUE,
    "Dense": ORANGE,
}


def layer_rows(network: keras.Model) -> list[tuple[str, str, str, int]]:
    """Name, kind, output shape and number of parameters of each layer, in order."""
    return [
        (layer.name, _kind(layer), _shape(layer.output.shape), layer.count_params())
        for layer in network.layers
    ]


def plot_architecture(network: keras.Model, path: Path) -> None:
    """Draw each layer as a box with its name, kind, output shape and parameters.

    Args:
        network: a built Keras model whose layers follow each other.
        path: of the PNG.
    """
    from matplotlib.patches import FancyBboxPatch

    rows = layer_rows(network)
    with figure(path, size=(6.4, _ROW * len(rows) + 0.6)) as (ax,):
        ax.set(xlim=(0, 10), ylim=(-len(rows) - 0.1, 0.1))
        ax.axis("off")
        total = sum(parameters for *_, parameters in rows)
        ax.set_title(f"신경망 구조 (architecture): {total:,} parameters")
        for i, (name, kind, shape, parameters) in enumerate(rows):
            box = FancyBboxPatch(
                (0.15, -i - 0.86),
                width=9.7,
                height=0.72,
                boxstyle="round,pad=0,rounding_size=0.12",
                facecolor=(_COLORS.get(kind.split("(")[0], "white"), 0.18),
                edgecolor=GREY,
            )
            ax.add_patch(box)
            ax.text(0.4, -i - 0.5, name, va="center", weight="bold")
            ax.text(3.4, -i - 0.5, kind, va="center")
            ax.text(7.9, -i - 0.5, shape, va="center", ha="right", fontsize=9)
            if parameters:
                ax.text(9.7, -i - 0.5, f"{parameters:,}", va="center", ha="right")
            if i:
                ax.annotate(
                    "", (5, -i - 0.14), (5, -i + 0.14), arrowprops={"arrowstyle": "->", "lw": 1.2}
                )


def _kind(layer: Any) -> str:
    kind = type(layer).__name__
    config = layer.get_config()
    if kind == "Bidirectional":
        return f"Bidirectional({type(layer.forward_layer).__name__})"
    detail = config.get("activation") if kind == "Dense" else config.get("kind", config.get("rate"))
    return kind if detail is None else f"{kind}({detail})"


def _shape(shape: tuple[int | None, ...]) -> str:
    names = ["batch", "time"] if len(shape) != 2 or shape[1] is None else ["batch"]
    words = [str(n) if n else names[min(i, len(names) - 1)] for i, n in enumerate(shape)]
    return f"({', '.join(words)})"
