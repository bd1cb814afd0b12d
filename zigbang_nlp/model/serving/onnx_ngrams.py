"""The n-grams beside the LSTM as nodes of an ONNX graph; see `model.ngrams`."""

from __future__ import annotations

import numpy as np
from onnx import TensorProto

from zigbang_nlp.model.ngrams import LONGEST, MULTIPLIER
from zigbang_nlp.model.serving.onnx_layers import Graph


def ngrams(graph: Graph, weights: list[np.ndarray]) -> str:
    """Add what the n-grams of a text add, as `layers.NgramFeatures` does.

    Args:
        graph: that grows; it has "ids", int64 (batch, time), and "is_real", bool (batch, time).
        weights: the code of each id, int (ids,), and the table, float32 (buckets, features).

    Returns:
        The name of the result, (batch, features).
    """
    codes, table = weights
    graph.constant("ngram_codes", codes.astype(np.int64))
    graph.constant("ngram_table", table.astype(np.float32))
    buckets = graph.constant("ngram_buckets", np.array(len(table), np.int64))
    multiplier = graph.constant("ngram_multiplier", np.array(MULTIPLIER, np.int64))
    one = graph.constant("ngram_one", np.array(1, np.float32))
    end = 2**31
    places = {
        place: graph.constant(f"ngram_place_{place}", np.array([place], np.int64))
        for place in (*range(LONGEST), -1, end)
    }

    def cut(tensor: str, start: int, stop: int, name: str) -> str:
        """A part of the time axis."""
        return graph.node("Slice", [tensor, places[start], places[stop], places[1]], name)

    tokens = graph.node("Gather", ["ngram_codes", "ids"], "codes")
    real = graph.node("Cast", ["is_real"], "real_tokens", to=TensorProto.FLOAT)
    rows = graph.node("Mod", [tokens, buckets], "ngram_rows_1")
    sums, counts = [], []
    for n in range(1, LONGEST + 1):
        here = real
        if n > 1:
            here = cut(real, n - 1, end, f"real_{n}")  # real where the last token is
            before = graph.node("Mul", [cut(rows, 0, -1, f"before_{n}"), multiplier], f"times_{n}")
            sum_of = graph.node("Add", [before, cut(tokens, n - 1, end, f"last_{n}")], f"plus_{n}")
            rows = graph.node("Mod", [sum_of, buckets], f"ngram_rows_{n}")
        own = graph.node("Gather", ["ngram_table", rows], f"ngram_weights_{n}")
        column = graph.node("Unsqueeze", [here, places[2]], f"real_column_{n}")
        kept = graph.node("Mul", [own, column], f"ngram_kept_{n}")
        sums.append(graph.node("ReduceSum", [kept, places[1]], f"ngram_sum_{n}", keepdims=0))
        counts.append(graph.node("ReduceSum", [here, places[1]], f"ngram_count_{n}", keepdims=1))
    count = graph.node("Max", [graph.node("Sum", counts, "ngram_count"), one], "ngram_some")
    root = graph.node("Sqrt", [count], "ngram_root")
    return graph.node("Div", [graph.node("Sum", sums, "ngram_sum"), root], "ngrams")
