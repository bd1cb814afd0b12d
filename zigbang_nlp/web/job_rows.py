"""The rows of a judged file: kept beside its answer, filtered, sorted, and mended one by one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from zigbang_nlp.records import Prediction

#: How rows may be sorted -> (column, ascending).
SORTS: dict[str, tuple[str, bool]] = {
    "row": ("row", True),
    "doubtful": ("doubt", True),
    "negative": ("probability", True),
    "positive": ("probability", False),
}


def rows_of(predictions: Sequence[Prediction], first: int) -> pd.DataFrame:
    """Predictions as rows; the first has the number `first`."""
    return pd.DataFrame(
        {
            "row": range(first, first + len(predictions)),
            "text": [one.text for one in predictions],
            "label": pd.array([one.label for one in predictions], dtype="str"),
            "probability": [one.probability for one in predictions],
            "unsure": [one.unsure for one in predictions],
        }
    )


def save_rows(parts: Sequence[pd.DataFrame], place: Path) -> None:
    """Write the rows of a file that is done."""
    table = pd.concat(parts, ignore_index=True) if parts else rows_of((), 1)
    table.to_parquet(place)


def load_rows(place: Path, corrected: dict[int, str]) -> pd.DataFrame:
    """The rows of a file with what people said of them.

    Returns:
        row (its number in the file, from 1 on), text (as it was read), label ("positive",
        "negative", or None where the model can't tell), probability (of positive), unsure (whether
        the model doubts itself), and corrected (what a person said, or None).
    """
    table = pd.read_parquet(place)
    return table.assign(corrected=table["row"].map(corrected).astype("str"))


def chosen_rows(table: pd.DataFrame, label: str, q: str, sort: str) -> pd.DataFrame:
    """Some rows in an order.

    Args:
        table: of `load_rows`.
        label: "positive", "negative", "none" (not judged), "unsure", or "" for all.
        q: only rows whose text holds this, whatever its case.
        sort: a key of `SORTS`; anything else is the order of the file.
    """
    if label == "unsure":
        table = table[table["unsure"].astype(bool) & table["label"].notna()]
    elif label == "none":
        table = table[table["label"].isna()]
    elif label:
        table = table[table["label"].eq(label)]
    if q.strip():
        table = table[table["text"].str.contains(q.strip(), regex=False, case=False)]
    column, ascending = SORTS.get(sort, SORTS["row"])
    # A text is doubtful as far as its probability is near the middle.
    keyed = table.assign(doubt=(table["probability"] - 0.5).abs())
    return keyed.sort_values(column, ascending=ascending, kind="stable").drop(columns="doubt")
