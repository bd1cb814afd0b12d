"""The preprocess stage: store -> labelled, cleaned, tokenized, encoded, split data set.

Reads review rows, writes the directory described in `dataset.py`. From the command line:
`zigbang-nlp preprocess`.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from zigbang_nlp.config import PreprocessSettings, TokenizeSettings
from zigbang_nlp.console import log, progress
from zigbang_nlp.errors import DataError
from zigbang_nlp.files import atomic_directory
from zigbang_nlp.records import CATEGORIES, LABELS, SPLITS, Review
from zigbang_nlp.resources import SAMPLE, sample_splits
from zigbang_nlp.text.base_vocabulary import base_encoder, choose_tokenizer, choose_vocabulary
from zigbang_nlp.text.clean import clean
from zigbang_nlp.text.dataset import DataSetWriter, save_encoding
from zigbang_nlp.text.encoder import Encoder
from zigbang_nlp.text.labels import NEGATIVE, POSITIVE, class_balance, label_of
from zigbang_nlp.text.review_spool import COLUMNS, ReviewSpool
from zigbang_nlp.text.split import assign_splits
from zigbang_nlp.text.token_spool import TokenSpool
from zigbang_nlp.text.tokenizing import tokenize_texts

#: Directory of the token cache, beside the data set's.
TOKENS = "tokens"
#: Texts with both labels that are named.
_NAMED = 3
#: Called as `tokenize_texts`.
Tokenized = Callable[..., Iterator[list[str]]]
_LABEL_VALUES = dict(zip(LABELS, (NEGATIVE, POSITIVE), strict=True))


def preprocess(
    reviews: Iterable[Review],
    settings: PreprocessSettings,
    directory: Path,
    total: int | None = None,
    how: TokenizeSettings | None = None,
    tokenized: Tokenized = tokenize_texts,
) -> dict[str, Any]:
    """Make the data set from review rows and put it at `directory`, atomically.

    In bounded memory: rows and tokens wait on disk, beside the data set that is being made.

    Args:
        reviews: rows of the store, in a stable order.
        settings: thresholds, tokenizer, vocabulary, splits.
        directory: where the data set goes; an earlier one stays until the new one is whole.
        total: number of rows, for the progress bar.
        how: workers, and the cache in `tokens` beside the directory; None = neither.
        tokenized: who tokenizes, `tokenize_texts` or a cluster.

    Returns:
        The summary that is also saved as `summary.json`.

    Raises:
        DataError: too few labelled texts, or a single class.
    """
    with atomic_directory(directory) as fresh:
        spooled, spooled_tokens = fresh / ".rows.parquet", fresh / ".tokens"
        reading = _Reading(settings)
        spool = ReviewSpool(spooled, reading.labelled(progress(reviews, "reading", total)))
        rows = spool.index
        _check_enough(rows["label"], reading.seen, settings)
        split, way = assign_splits(rows, settings)
        in_train = split.eq("train").to_numpy()
        base = base_encoder(settings)
        tokenizer = choose_tokenizer(settings, base, spool.texts(in_train))
        how_many = len(spool)
        token_lists = tokenized(
            spool.texts(),
            tokenizer,
            settings.max_characters,
            how or TokenizeSettings(workers=1),
            None if how is None else directory.parent / TOKENS,
            how_many,
        )
        tokens = TokenSpool(spooled_tokens, progress(token_lists, "tokenizing", how_many), in_train)
        vocabulary = choose_vocabulary(settings, base, tokens.counts)
        lengths = tokens.lengths(vocabulary)
        length = settings.length or length_for_coverage(lengths[in_train], settings.coverage)
        covered = float((lengths[in_train] <= length).mean())
        del lengths  # with five million rows twenty megabytes, while the most is in memory
        encoder = Encoder(tokenizer, vocabulary, length, settings.max_characters)
        with DataSetWriter(
            fresh, length, {name: int(split.eq(name).sum()) for name in SPLITS}
        ) as writer:
            for chunk, ids in zip(spool.chunks(), tokens.padded(vocabulary, length), strict=True):
                sides = split.loc[chunk.index].to_numpy()
                for name in SPLITS:
                    mine = sides == name
                    writer.write(name, ids[mine], chunk[mine])
        summary = {
            "rows_read": reading.seen,
            "labelled": how_many,
            "dropped_duplicates": int(split.eq("dropped").sum()),
            "both_labels": _both_labels(spool),
            "split_by": way,
            "classes": class_balance(Counter(rows["label"])),
            "splits": {
                name: {
                    "texts": int(split.eq(name).sum()),
                    **class_balance(Counter(rows["label"][split.eq(name)])),
                }
                for name in SPLITS
            },
            "length": length,
            "length_covers": round(covered, 4),
            "vocabulary": len(vocabulary),
            "distinct_tokens": len(tokens.counts),
            "out_of_vocabulary_share": {
                name: share for name, share in writer.unknown_shares().items() if name != "train"
            },
        }
        for scratch in (spooled, spooled_tokens):
            scratch.unlink()
        save_encoding(fresh, encoder, summary)
    report(summary)
    return summary


def _both_labels(spool: ReviewSpool) -> dict[str, Any]:
    """How many texts, in whatever spelling, carry both labels, in how many rows, and some of them."""
    keys, labels = spool.index["key"].to_numpy(), spool.index["label"].to_numpy()
    positive, all_ = np.bincount(keys, weights=labels), np.bincount(keys)
    both = (positive > 0) & (positive < all_)
    rows = np.flatnonzero(both[keys])
    _, firsts = np.unique(keys[rows], return_index=True)
    named = np.zeros(len(keys), bool)
    named[np.sort(rows[firsts])[:_NAMED]] = True
    return {
        "texts": int(both.sum()),
        "rows": len(rows),
        "examples": list(spool.texts(named)) if len(rows) else [],
    }


def length_for_coverage(lengths: np.ndarray, coverage: float) -> int:
    """The shortest length that at least `coverage` of the texts fit into whole (at least 1)."""
    if not len(lengths):
        return 1
    return max(1, int(np.sort(lengths)[math.ceil(coverage * len(lengths)) - 1]))


def report(summary: dict[str, Any]) -> None:
    """Log what a data set holds."""
    classes = summary["classes"]
    log.info(
        f"{summary['labelled']:,} labelled texts of {summary['rows_read']:,} rows: "
        f"{classes['negative']:,} negative, {classes['positive']:,} positive "
        f"(larger class {100 * classes['larger_share']:.1f}%)."
    )
    both = summary["both_labels"]
    if both["texts"]:
        some = "; ".join(text if len(text) <= 40 else text[:39] + "…" for text in both["examples"])
        log.warning(
            f"{both['texts']:,} texts carry both labels, in {both['rows']:,} rows, "
            f"all of which are kept as they are: {some}"
        )
    parts = ", ".join(f"{name} {part['texts']:,}" for name, part in summary["splits"].items())
    log.info(
        f"Split by {summary['split_by']}: {parts}; {summary['dropped_duplicates']:,} dropped "
        "so that no text is on two sides."
    )
    log.info(
        f"Vocabulary {summary['vocabulary']:,}; {summary['distinct_tokens']:,} distinct training "
        f"tokens; length {summary['length']} holds {100 * summary['length_covers']:.1f}% of the "
        "training texts whole."
    )


class _Reading:
    """Review rows as they are read: which have a label, and how many there were."""

    def __init__(self, settings: PreprocessSettings) -> None:
        unknown = set(settings.categories) - set(CATEGORIES)
        if unknown:
            raise DataError(
                f"Unknown category {', '.join(sorted(unknown))} in preprocess.categories.",
                f"Choose from {', '.join(CATEGORIES)}.",
            )
        self.settings = settings
        self.seen = 0

    def labelled(self, reviews: Iterable[Review]) -> Iterator[tuple[object, ...]]:
        """Those with a label and a text, as `ReviewSpool` takes them."""
        settings = self.settings
        for review in reviews:
            self.seen += 1
            if settings.categories and review.category not in settings.categories:
                continue
            if review.label is not None:
                label: int | None = _LABEL_VALUES[review.label]
            else:
                label = label_of(review.score, settings.negative_max, settings.positive_min)
            if label is None or not clean(review.text, settings.max_characters):
                continue
            split = review.split
            if split is None and review.source == SAMPLE:
                split = sample_splits().get(review.apartment_id, "train")
            yield (*(getattr(review, name) for name in COLUMNS[:-1]), label, split)


def _check_enough(labels: pd.Series, seen: int, settings: PreprocessSettings) -> None:
    if not seen:
        raise DataError(
            "The store holds no reviews.",
            "Run `zigbang-nlp crawl`, or `zigbang-nlp import FILE`, first.",
        )
    if len(labels) < settings.min_labelled:
        raise DataError(
            f"Only {len(labels)} of {seen} texts have a label; "
            f"at least {settings.min_labelled} are needed.",
            f"Add reviews, or widen the thresholds (negative_max = {settings.negative_max:g}, "
            f"positive_min = {settings.positive_min:g}).",
        )
    if labels.nunique() < 2:
        only = "positive" if labels.iloc[0] == POSITIVE else "negative"
        raise DataError(
            f"All {len(labels)} labelled texts are {only}; two classes are needed to learn from.",
            "Add reviews of the other class, or move preprocess.negative_max and positive_min.",
        )
