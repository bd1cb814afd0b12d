"""Reviews with the words that decided marked; explanations are kept, since they cost the most."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from zigbang_nlp.charts.marked import pieces
from zigbang_nlp.errors import BundleError
from zigbang_nlp.records import Asked, Explanation
from zigbang_nlp.web.prediction_service import PredictionService
from zigbang_nlp.web.problems import Problem

#: Explanations that are kept, and characters of a text that are explained.
_KEPT, _LONGEST = 3_000, 1_000
_explained: OrderedDict[tuple[str, str], Explanation | None] = OrderedDict()


async def marked(engine: PredictionService, rows: list[dict[Any, Any]]) -> list[dict[Any, Any]]:
    """Rows with `pieces` added; whole texts where there is no model, or no time to explain.

    Args:
        engine: what explains the texts.
        rows: with the key `text`.
    """
    model = engine.model or ""
    missing = list(
        dict.fromkeys(
            row["text"]
            for row in rows
            if (model, row["text"]) not in _explained and len(row["text"]) <= _LONGEST
        )
    )
    if missing and model:
        try:
            found, model = await engine.predict(missing, Asked(explain=True))
        except (BundleError, Problem):
            found = []
        for prediction in found:
            _explained[model, prediction.text] = prediction.explanation
        while len(_explained) > _KEPT:
            _explained.popitem(last=False)
    return [
        row | {"pieces": pieces(row["text"], _explained.get((model, row["text"])))} for row in rows
    ]
