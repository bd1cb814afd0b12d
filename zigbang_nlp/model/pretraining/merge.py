"""Several networks as one: LSTMs side by side, whose log-odds are averaged by the last layer.

And one network between two: what it was before its last trainings, and what these made of it.

The merged network is again Embedding -> LSTM -> Dense(sigmoid): its LSTM's kernels are
block-diagonal, one block a network. So it says what the networks would say together, at the cost
of all of them, and can be trained on as a whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from zigbang_nlp.model.architecture import Architecture
from zigbang_nlp.model.serving.onnx_layers import Weights


def merge_networks(
    architecture: Architecture, members: Sequence[Weights]
) -> tuple[Architecture, dict[str, list[np.ndarray]]]:
    """Architecture and weights of the network that averages the members' log-odds.

    Args:
        architecture: of each member: one block, no hidden Dense layer, no normalization.
        members: the weights of each, by layer.
    """
    assert architecture.lstm_blocks == 1, architecture
    assert not architecture.dense_units, architecture
    assert not architecture.batch_normalization, architecture
    assert not architecture.ngram_buckets, architecture
    merged = replace(architecture, lstm_blocks=len(members))
    weights = {"embedding": [np.concatenate([m["embedding"][0] for m in members], axis=1)]}
    own = architecture.lstm_names(0)
    for block, member in enumerate(members):
        for name, mine in zip(merged.lstm_names(block), own, strict=True):
            weights[name] = member[mine]
    # Pooling twice, a member's states are (all maxima, all means); merged, the maxima of all
    # members come first.
    pools = 2 if architecture.pooling == "max_mean" else 1
    for last in ("probability", "stars") if architecture.stars else ("probability",):
        kernels, biases = zip(*(m[last] for m in members), strict=True)
        parts = [np.split(kernel, pools) for kernel in kernels]
        kernel = np.concatenate([part[pool] for pool in range(pools) for part in parts])
        weights[last] = [kernel / len(members), np.mean(biases, axis=0)]
    return merged, weights


def moved_back(weights: Weights, start: Weights, share: float) -> dict[str, list[np.ndarray]]:
    """Weights on the line from those of a network to those that it once started from.

    A small step back brings back much of what was forgotten and costs little of what was learned
    (WiSE-FT: Wortsman et al. 2022, "Robust fine-tuning of zero-shot models").

    Args:
        weights: of the network, by layer.
        start: of the same architecture, with or without the last layers, and with embeddings
            for the first of its ids only. What it lacks stays as it is.
        share: of the way, from 0 (stay) to 1.
    """
    moved = {layer: [part.copy() for part in parts] for layer, parts in weights.items()}
    for layer in moved.keys() & start.keys():
        for now, before in zip(moved[layer], start[layer], strict=True):
            known = now[: len(before)]
            known += share * (before - known)
    return moved
