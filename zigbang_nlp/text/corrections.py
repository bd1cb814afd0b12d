"""Labels that people corrected, put into the texts that are learned from."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from zigbang_nlp.console import log
from zigbang_nlp.records import LABELS
from zigbang_nlp.text.clean import duplicate_key
from zigbang_nlp.text.dataset import DataSet, Split
from zigbang_nlp.text.encoder import pad

#: The source of texts that only a correction knows.
SOURCE = "correction"
_VALUES = {label: value for value, label in enumerate(LABELS)}


def corrected(dataset: DataSet, training: Split, corrections: Mapping[str, str]) -> Split:
    """The training part with people's labels.

    A text of it that was corrected gets its new label, copies of it (`duplicate_key`) too; other
    texts are added behind. Texts of the validation and test parts are left out, so that those
    stay unseen.

    Args:
        dataset: whose encoder and held-out parts are used.
        training: its training part.
        corrections: {text: "negative" or "positive"}.
    """
    by_key = {duplicate_key(text): (text, _VALUES[label]) for text, label in corrections.items()}
    if not by_key:
        return training
    held_out: set[str] = set()
    for name in ("validation", "test"):
        held_out.update(dataset.split(name).rows["text"].map(duplicate_key))
    kept = {key: row for key, row in by_key.items() if key and key not in held_out}
    keys = training.rows["text"].map(duplicate_key)
    rows = training.rows.copy()
    known = keys.isin(kept.keys())
    labels = rows["label"].to_numpy(copy=True)
    labels[known.to_numpy()] = [kept[key][1] for key in keys[known]]
    rows["label"] = labels
    new = [row for key, row in kept.items() if key not in set(keys[known])]
    log.info(
        "Corrections: %d texts relabelled, %d added, %d left out as they are held out.",
        int(known.sum()),
        len(new),
        len(by_key) - len(kept),
    )
    if not new:
        return Split(training.ids, rows)
    texts = [text for text, _ in new]
    added = pd.DataFrame({"text": texts, "label": [label for _, label in new]})
    added["source"], added["category"] = SOURCE, "total"
    added["apartment_id"], added["review_id"] = "", [f"{i}" for i in range(len(new))]
    if "weight" in rows:
        added["weight"] = 1.0
    added = added.reindex(columns=rows.columns).astype({"label": rows["label"].dtype})
    ids = pad(dataset.encoder.ids(texts), training.ids.shape[1])
    return Split(np.concatenate([training.ids, ids]), pd.concat([rows, added], ignore_index=True))
