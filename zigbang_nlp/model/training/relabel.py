"""Going on with a model that reads better than scores do.

A score is not what a text says: people praise with 2 stars and complain with 4. A network that goes
on with labels of scores alone becomes a better guesser of scores and a worse reader of texts. So
where the score says the one and the start is sure that the text says the other, what the start
reads is learned (confident learning: Northcutt, Jiang and Chuang 2021; nothing is forgotten that
isn't unlearned). The score itself still teaches stars.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from zigbang_nlp.console import log
from zigbang_nlp.model.bundle import Bundle
from zigbang_nlp.model.serving.inference import Network
from zigbang_nlp.text.clean import duplicate_key
from zigbang_nlp.text.dataset import Split

#: Texts encoded together.
_CHUNK = 4_096


def labelled_by_scores(part: Split) -> bool:
    """Whether most of a part's texts have a score, so that their labels come from it."""
    return "score" in part.rows and bool(part.rows["score"].notna().mean() > 0.5)


def relabelled(training: Split, base: Bundle, corrected: Collection[str] = ()) -> Split:
    """The training part, with what the start reads where it is sure that a score says otherwise.

    Args:
        training: its labels are 0 or 1; texts without a score keep theirs.
        base: the start; reads the texts with its own encoder.
        corrected: texts whose labels people corrected; they keep their labels too.
    """
    if "score" not in training.rows:
        return training
    network, texts = Network(base.onnx_path), training.rows["text"]
    probabilities = np.concatenate(
        [
            network.probabilities(base.encoder.ids(texts.iloc[at : at + _CHUNK]))
            for at in range(0, len(texts), _CHUNK)
        ]
    )
    reads = (probabilities >= base.threshold).astype(int)
    sure = (probabilities <= base.unsure_low) | (probabilities >= base.unsure_high)
    keys = {duplicate_key(text) for text in corrected}
    people = texts.map(duplicate_key).isin(keys) | training.rows["score"].isna()
    labels = training.rows["label"].to_numpy(copy=True)
    changed = sure & (reads != labels) & ~people.to_numpy()
    labels[changed] = reads[changed]
    if not changed.any():
        return training
    log.info(
        "%s of %s training texts are learned as the start reads them, which is sure that their "
        "scores say otherwise.",
        f"{changed.sum():,}",
        f"{len(labels):,}",
    )
    return Split(training.ids, training.rows.assign(label=labels))
