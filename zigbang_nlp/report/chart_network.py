"""Words that go together, as a network."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from zigbang_nlp.report.chart import Chart, shown


def word_network(nodes: pd.DataFrame, edges: pd.DataFrame, label: str) -> Chart:
    """Words as dots, related ones joined: solid where they stand together, dotted by context.

    Args:
        nodes: columns word, texts (size), tone ("positive", "negative" or "middle": the colour)
            and told (what hovering adds).
        edges: columns one, other (words), strength (0 to 1: the width), method ("together" or
            "vectors").
        label: for `Chart.label`.
    """
    where = {word: i for i, word in enumerate(nodes["word"])}
    pairs = np.array(
        [
            [where[one], where[other]]
            for one, other in zip(edges["one"], edges["other"], strict=True)
        ]
    ).reshape(-1, 2)
    places = spread(len(nodes), pairs, edges["strength"].to_numpy(float))
    lines: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "lines",
            "x": places[[one, other], 0],
            "y": places[[one, other], 1],
            "line": {
                "color": "@middle",
                "width": 1 + 3 * strength,
                "dash": "solid" if method == "together" else "dot",
            },
            "hoverinfo": "skip",
        }
        for (one, other), strength, method in zip(
            pairs, edges["strength"], edges["method"], strict=True
        )
    ]
    size = nodes["texts"].to_numpy(float)
    dots = {
        "type": "scatter",
        "mode": "markers+text",
        "x": places[:, 0],
        "y": places[:, 1],
        "text": [shown(word) for word in nodes["word"]],
        "customdata": [shown(told) for told in nodes["told"]],
        "hovertemplate": "<b>%{text}</b><br>%{customdata}<extra></extra>",
        "textposition": "top center",
        "textfont": {"size": 13},
        "marker": {
            "size": 8 + 20 * np.sqrt(size / max(size.max(initial=1.0), 1.0)),
            "color": [f"@{tone}" for tone in nodes["tone"]],
            "line": {"width": 1, "color": "@surface"},
        },
    }
    axis = {"visible": False, "range": [-1.15, 1.15]}
    margin = {"l": 0, "r": 0, "t": 0, "b": 0}
    layout = {"xaxis": axis, "yaxis": axis, "margin": margin, "hovermode": "closest"}
    return Chart([*lines, dots], layout, 560, label)


def spread(count: int, pairs: np.ndarray, strength: np.ndarray, rounds: int = 300) -> np.ndarray:
    """Places in [-1, 1] x [-1, 1] where joined nodes are near and others apart: (count, 2).

    The forces are those of Fruchterman & Reingold 1991, from a circle on, so that the same network
    is always drawn the same way.

    Args:
        count: nodes.
        pairs: (edges, 2) numbers of nodes.
        strength: (edges,) 0 to 1.
        rounds: steps of the simulation.
    """
    turn = 2 * np.pi * np.arange(count) / max(count, 1)
    places = np.column_stack([np.cos(turn), np.sin(turn)])
    if count < 3:
        return places * 0.5
    ideal = 1.6 / np.sqrt(count)
    for heat in np.linspace(0.15, 0.002, rounds):
        apart = places[:, None] - places[None]
        distance = np.maximum(np.linalg.norm(apart, axis=-1), 1e-6)
        force = (apart * (ideal**2 / distance**2)[..., None]).sum(axis=1)
        if len(pairs):
            pull = places[pairs[:, 0]] - places[pairs[:, 1]]
            pull *= (np.linalg.norm(pull, axis=1) / ideal * (0.4 + 0.6 * strength))[:, None]
            np.subtract.at(force, pairs[:, 0], pull)
            np.add.at(force, pairs[:, 1], pull)
        force -= places * 0.6  # keeps pieces that nothing joins in the picture
        length = np.maximum(np.linalg.norm(force, axis=1, keepdims=True), 1e-9)
        places = places + force / length * np.minimum(length, heat)
    places = places - (places.max(axis=0) + places.min(axis=0)) / 2
    fitted: np.ndarray = places / np.maximum(np.abs(places).max(axis=0), 1e-9)
    return fitted
