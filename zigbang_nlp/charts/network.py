"""Words that go together, as a network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from markupsafe import Markup

from zigbang_nlp.charts.rows import Tone
from zigbang_nlp.charts.svg import drawing, el, line, percent, words

#: Pixels; room at the edges for words, as a share of the width; moves of each word.
_HEIGHT, _EDGE, _MOVES = 520, 0.1, 300


@dataclass(frozen=True)
class Node:
    """A word: how large its dot is, which side it leans to, and what is told of it."""

    word: str
    size: int
    tone: Tone
    note: str


@dataclass(frozen=True)
class Edge:
    """Two words that are related; `strength` is 0 to 1, `dotted` for words of like contexts."""

    one: str
    other: str
    strength: float
    dotted: bool = False


def word_network(nodes: Sequence[Node], edges: Sequence[Edge], label: str) -> Markup:
    """Words as dots, related ones joined.

    Args:
        nodes: each word once.
        edges: between words of `nodes`.
        label: what it shows.
    """
    number = {node.word: i for i, node in enumerate(nodes)}
    pairs = np.array([[number[e.one], number[e.other]] for e in edges]).reshape(-1, 2)
    places = spread(len(nodes), pairs, np.array([e.strength for e in edges], float))
    x = _EDGE + (1 - 2 * _EDGE) * (places[:, 0] + 1) / 2
    y = 30 + (_HEIGHT - 50) * (places[:, 1] + 1) / 2
    parts = [
        line(
            "link dotted" if edge.dotted else "link",
            *(x[one], float(y[one]), x[other], float(y[other])),
            stroke_width=1 + 3 * edge.strength,
        )
        for edge, (one, other) in zip(edges, pairs, strict=True)
    ]
    most = max((node.size for node in nodes), default=1) or 1
    for node, at, height in zip(nodes, x, y.tolist(), strict=True):
        radius = 4 + 10 * float(np.sqrt(node.size / most))
        parts.append(
            el(
                "g",
                el("title", f"{node.word}: {node.note}"),
                el("circle", class_=f"dot {node.tone}", cx=percent(at), cy=height, r=radius),
                words(node.word, "word", at, height - radius - 4, "middle"),
            )
        )
    return drawing(parts, _HEIGHT, label, "network")


def spread(count: int, pairs: np.ndarray, strength: np.ndarray) -> np.ndarray:
    """Places in [-1, 1] x [-1, 1] where joined nodes are near and others apart: (count, 2).

    The forces are those of Fruchterman & Reingold 1991, from a circle on, so that the same network
    is always drawn the same way.

    Args:
        count: nodes.
        pairs: (edges, 2) numbers of nodes.
        strength: (edges,) 0 to 1.
    """
    turn = 2 * np.pi * np.arange(count) / max(count, 1)
    places = np.column_stack([np.cos(turn), np.sin(turn)])
    if count < 3:
        return places * 0.5
    ideal = 1.6 / np.sqrt(count)
    for heat in np.linspace(0.15, 0.002, _MOVES):
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
