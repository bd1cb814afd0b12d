"""A trace as JSON, with all numbers that a notebook needs to go on with them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np

from zigbang_nlp.text.parts_of_speech import tag_names
from zigbang_nlp.trace.described import Step
from zigbang_nlp.trace.traced import Gates, Tokenized, Trace

#: Digits kept: enough to get the probability from the states to five of its own.
_DIGITS = 7


def trace_as_dict(trace: Trace, steps: list[Step]) -> dict[str, Any]:
    """The text and its steps, in order.

    Args:
        trace: of the text.
        steps: of the trace, see `steps_of`; their sentences come along.

    Returns:
        {"text", "steps": [{"step", "title", "sentence", "input_shape", "output_shape", "output",
        ...}]}; arrays are nested lists.
    """
    values = _values(trace)
    dense = iter(trace.windows[0].dense if trace.windows else ())
    rows = []
    for step in steps:
        row = {
            "step": step.key,
            "title": step.title,
            "sentence": step.sentence,
            "input_shape": list(step.input),
            "output_shape": list(step.output),
        }
        if step.key == "dense":
            row["output"] = _listed(next(dense))
        rows.append(row | values.get(step.key, {}))
    return {"text": trace.text, "steps": rows}


def _values(trace: Trace) -> dict[str, dict[str, Any]]:
    values: dict[str, dict[str, Any]] = {
        "raw": {"output": trace.text},
        "clean": {"output": trace.cleaned, "changes": [asdict(c) for c in trace.changes]},
        "tokenize": {
            "output": [token.form for token in trace.tokenized.tokens],
            "tokenizers": [_tokens(trace.tokenized), _tokens(trace.other)],
        },
        "encode": {
            "output": [i for token in trace.ids for i in token.ids],
            "tokens": [
                {
                    "token": token.token,
                    "ids": list(token.ids),
                    "ranks": [i - 1 if i > 1 else None for i in token.ids],
                    "names": list(token.names),
                    "state": token.state,
                }
                for token in trace.ids
            ],
        },
        "pad": {"output": trace.padded.tolist()},
        "label": {
            "output": trace.prediction.label,
            "probability": trace.prediction.probability,
            "threshold": trace.threshold,
            "unsure_between": list(trace.unsure),
            "unsure": trace.prediction.unsure,
            "reason": trace.prediction.reason,
        },
    }
    if trace.windows:
        first = trace.windows[0]
        near = {
            name: [{"token": token, "cosine": round(cosine, 4)} for token, cosine in neighbours]
            for name, neighbours in zip(
                dict.fromkeys(trace.names), trace.neighbours.values(), strict=False
            )
        }
        values |= {
            "embed": {"output": _listed(trace.embedding), "nearest": near},
            "lstm": {
                "output": _listed(first.states),
                "units_shown": list(trace.units),
                "gates": None if trace.gates is None else _gates(trace.gates),
            },
            "pool": {"output": _listed(first.pooled)},
            "ngrams": {"output": _listed(first.ngrams)},
            "logit": {"output": round(first.logit, _DIGITS)},
            "probability": {
                "output": round(first.probability, _DIGITS),
                "windows": [round(window.probability, _DIGITS) for window in trace.windows],
            },
        }
    return values


def _tokens(tokenized: Tokenized) -> dict[str, Any]:
    return {
        "name": tokenized.name,
        "tokens": [
            {"token": one.form, "tag": one.tag, "part_of_speech": tag_names(one.tag)}
            for one in tokenized.tokens
        ],
        "trouble": tokenized.trouble,
    }


def _gates(gates: Gates) -> dict[str, Any]:
    return {
        name: _listed(value) if isinstance(value, np.ndarray) else value
        for name, value in vars(gates).items()
    }


def _listed(values: np.ndarray) -> Any:
    return np.round(values.astype(np.float64), _DIGITS).tolist()
