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
from zigbang_nlp.text.base_vocabulary import base_encoder, say_idle
from zigbang_nlp.text.clean import clean, duplicate_key
from zigbang_nlp.text.dataset import Split, save_dataset
from zigbang_nlp.text.encoder import Encoder, pad
from zigbang_nlp.text.labels import NEGATIVE, POSITIVE, class_balance, label_of
from zigbang_nlp.text.split import assign_splits
from zigbang_nlp.text.taggers import train_sentencepiece
from zigbang_nlp.text.tokenizer_settings import TokenizerSettings
from zigbang_nlp.text.tokenizing import tokenize_texts
from zigbang_nlp.text.vocabulary import OUT_OF_VOCABULARY, PADDING, Vocabulary

_COLUMNS = ("source", "apartment_id", "review_id", "category", "text", "score")
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
    rows, seen = _labelled_rows(progress(reviews, "reading", total), settings)
    _check_enough(rows, seen, settings)
    rows = rows.assign(key=rows["text"].map(duplicate_key))
    contradicted = contradictions(rows)
    split, way = assign_splits(rows, settings)
    rows = rows.assign(split=split)
    tokenizer = _tokenizer(rows, settings)
    tokens = list(
        progress(
            tokenized(
                rows["text"],
                tokenizer,
                settings.max_characters,
                how or TokenizeSettings(workers=1),
                None if how is None else directory.parent / TOKENS,
                len(rows),
            ),
            "tokenizing",
            len(rows),
        )
    )
    vocabulary, counts = _vocabulary(rows, tokens, settings)
    encoded = [vocabulary.encode(t) for t in tokens]
    lengths = np.array([len(row) for row in encoded])
    in_train = rows["split"].eq("train").to_numpy()
    length = settings.length or length_for_coverage(lengths[in_train], settings.coverage)
    encoder = Encoder(tokenizer, vocabulary, length, settings.max_characters)
    ids = pad(encoded, length)
    parts = {
        name: Split(ids[mask := rows["split"].eq(name).to_numpy()], _public(rows[mask]))
        for name in SPLITS
    }
    summary = {
        "rows_read": seen,
        "labelled": len(rows),
        "dropped_duplicates": int(rows["split"].eq("dropped").sum()),
        "both_labels": {
            "texts": int(contradicted["key"].nunique()),
            "rows": len(contradicted),
            "examples": contradicted.drop_duplicates("key")["text"].head(_NAMED).tolist(),
        },
        "split_by": way,
        "classes": class_balance(Counter(rows["label"])),
        "splits": {
            name: {"texts": len(part.rows), **class_balance(Counter(part.rows["label"]))}
            for name, part in parts.items()
        },
        "length": length,
        "length_covers": round(float((lengths[in_train] <= length).mean()), 4),
        "vocabulary": len(vocabulary),
        "distinct_tokens": len(counts),
        "out_of_vocabulary_share": {
            name: _oov_share(part.ids) for name, part in parts.items() if name != "train"
        },
    }
    with atomic_directory(directory) as fresh:
        save_dataset(fresh, encoder, parts, summary)
    report(summary)
    return summary


def contradictions(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows whose text, in whatever spelling, carries both labels; in their order.

    Args:
        rows: columns label (0 or 1) and key (`duplicate_key` of the text).
    """
    return rows[rows["label"].groupby(rows["key"]).transform("nunique") > 1]


def length_for_coverage(lengths: np.ndarray, coverage: float) -> int:
    """The shortest length that at least `coverage` of the texts fit into whole (at least 1)."""
    if not len(lengths):
        return 1
    return max(1, int(np.sort(lengths)[math.ceil(coverage * len(lengths)) - 1]))


def report(summary: dict[str, Any]) -> None:
    """Log what a data set holds."""
    classes = summary["classes"]
    log.info(
        "%s labelled texts of %s rows: %s negative, %s positive (larger class %.1f%%).",
        f"{summary['labelled']:,}",
        f"{summary['rows_read']:,}",
        f"{classes['negative']:,}",
        f"{classes['positive']:,}",
        100 * classes["larger_share"],
    )
    both = summary["both_labels"]
    if both["texts"]:
        log.warning(
            "%s texts carry both labels, in %s rows, all of which are kept as they are: %s",
            f"{both['texts']:,}",
            f"{both['rows']:,}",
            "; ".join(text if len(text) <= 40 else text[:39] + "…" for text in both["examples"]),
        )
    log.info(
        "Split by %s: %s; %s dropped so that no text is on two sides.",
        summary["split_by"],
        ", ".join(f"{name} {part['texts']:,}" for name, part in summary["splits"].items()),
        f"{summary['dropped_duplicates']:,}",
    )
    log.info(
        "Vocabulary %s; %s distinct training tokens; length %d holds %.1f%% of the training texts whole.",
        f"{summary['vocabulary']:,}",
        f"{summary['distinct_tokens']:,}",
        summary["length"],
        100 * summary["length_covers"],
    )


def _labelled_rows(
    reviews: Iterable[Review], settings: PreprocessSettings
) -> tuple[pd.DataFrame, int]:
    unknown = set(settings.categories) - set(CATEGORIES)
    if unknown:
        raise DataError(
            f"Unknown category {', '.join(sorted(unknown))} in preprocess.categories.",
            f"Choose from {', '.join(CATEGORIES)}.",
        )
    seen = 0

    def kept() -> Iterator[tuple[object, ...]]:
        nonlocal seen
        for review in reviews:
            seen += 1
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
            yield (*(getattr(review, name) for name in _COLUMNS), label, split)

    rows = pd.DataFrame(list(kept()), columns=[*_COLUMNS, "label", "split"])
    rows["label"] = rows["label"].astype("int8")
    rows["score"] = rows["score"].astype("float32")
    rows["split"] = rows["split"].astype(object).where(rows["split"].notna(), None)
    return rows, seen


def _check_enough(rows: pd.DataFrame, seen: int, settings: PreprocessSettings) -> None:
    if not seen:
        raise DataError(
            "The store holds no reviews.",
            "Run `zigbang-nlp crawl`, or `zigbang-nlp import FILE`, first.",
        )
    if len(rows) < settings.min_labelled:
        raise DataError(
            f"Only {len(rows)} of {seen} texts have a label; "
            f"at least {settings.min_labelled} are needed.",
            f"Add reviews, or widen the thresholds (negative_max = {settings.negative_max:g}, "
            f"positive_min = {settings.positive_min:g}).",
        )
    if rows["label"].nunique() < 2:
        only = "positive" if rows["label"].iloc[0] == POSITIVE else "negative"
        raise DataError(
            f"All {len(rows)} labelled texts are {only}; two classes are needed to learn from.",
            "Add reviews of the other class, or move preprocess.negative_max and positive_min.",
        )


def _tokenizer(rows: pd.DataFrame, settings: PreprocessSettings) -> TokenizerSettings:
    """The tokenizer; SentencePiece learns from the training texts, or comes with a vocabulary."""
    base = base_encoder(settings)
    if base is not None:
        return base.tokenizer_settings
    model = b""
    if settings.tokenizer == "sentencepiece":
        texts = rows["text"][rows["split"].eq("train")]
        cleaned = [clean(text, settings.max_characters) for text in texts]
        model = train_sentencepiece(cleaned, settings.sentencepiece_size)
    return TokenizerSettings(settings.tokenizer, settings.stem, model)


def _vocabulary(
    rows: pd.DataFrame, tokens: list[list[str]], settings: PreprocessSettings
) -> tuple[Vocabulary, Counter[str]]:
    counts: Counter[str] = Counter()
    for found, name in zip(tokens, rows["split"], strict=True):
        if name == "train":
            counts.update(found)
    encoder = base_encoder(settings)
    if encoder is None:
        vocabulary = Vocabulary.from_counts(
            counts, settings.min_count, settings.max_vocabulary, settings.piece_min_count
        )
    else:
        base = encoder.vocabulary
        say_idle(settings)
        vocabulary = base.extended(counts, settings.min_count, settings.max_vocabulary)
        log.info(
            "%s new tokens added to the %s of %s.",
            f"{len(vocabulary) - len(base):,}",
            f"{len(base):,}",
            settings.vocabulary,
        )
    return vocabulary, counts


def _public(rows: pd.DataFrame) -> pd.DataFrame:
    return rows[[*_COLUMNS, "label"]].reset_index(drop=True)


def _oov_share(ids: np.ndarray) -> float:
    real = int((ids != PADDING).sum())
    return round(float((ids == OUT_OF_VOCABULARY).sum()) / real, 4) if real else 0.0
