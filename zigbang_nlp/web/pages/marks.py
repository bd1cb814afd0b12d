"""Reviews with the words that decided marked; what was found out is kept, since it costs the most."""

from __future__ import annotations

from collections import OrderedDict
from itertools import accumulate
from typing import Any

from zigbang_nlp.charts.marked import marked_parts
from zigbang_nlp.errors import BundleError
from zigbang_nlp.records import WordShare
from zigbang_nlp.web.prediction_service import PredictionService
from zigbang_nlp.web.problems import Problem

#: Texts whose words are kept, and characters of a text that is explained at all.
_KEPT, _LONGEST = 3_000, 1_000
#: Work that a page may do before it is shown, about 0.1 s. A word is judged by the text without it,
#: so a text's work grows with the square of its characters.
_AT_ONCE = 70_000
_known: OrderedDict[tuple[str, str], tuple[WordShare, ...]] = OrderedDict()


async def marked(
    prediction_service: PredictionService, rows: list[dict[Any, Any]], wait: bool = False
) -> tuple[list[dict[Any, Any]], bool]:
    """Rows with `parts` added; whole texts where there is no model.

    Args:
        prediction_service: what explains the texts.
        rows: with the key `text`.
        wait: for all texts, not for those alone that are quickly explained.

    Returns:
        (the rows, whether some could be marked by waiting).
    """
    model = prediction_service.model or ""
    missing = list(
        dict.fromkeys(
            row["text"]
            for row in rows
            if (model, row["text"]) not in _known and len(row["text"]) <= _LONGEST
        )
    )
    now = missing if wait else _quick(missing)
    left = len(now) < len(missing)
    if now and model:
        try:
            words_of, model = await prediction_service.words(now)
        except (BundleError, Problem):
            words_of, left = [], False
        _known.update({(model, text): words for text, words in zip(now, words_of, strict=False)})
        while len(_known) > _KEPT:
            _known.popitem(last=False)
    rows = [
        row | {"parts": marked_parts(row["text"], _known.get((model, row["text"]), ()))}
        for row in rows
    ]
    return rows, left and bool(model)


def _quick(texts: list[str]) -> list[str]:
    """The short texts, whose work together isn't too much for a page."""
    short = sorted(texts, key=len)
    work = accumulate(len(text) ** 2 for text in short)
    return [text for text, so_far in zip(short, work, strict=True) if so_far <= _AT_ONCE]
