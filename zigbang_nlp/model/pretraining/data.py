"""The texts of the shipped model: movie reviews with soft labels, and the corpus."""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from zigbang_nlp.config import PreprocessSettings
from zigbang_nlp.console import log, progress
from zigbang_nlp.files import atomic_directory, sha256_of, sha256_of_json
from zigbang_nlp.model.serving.topic_words import noise_apart
from zigbang_nlp.records import CATEGORIES, SPLITS
from zigbang_nlp.text.clean import clean, duplicate_key
from zigbang_nlp.text.dataset import SUMMARY_FILE, DataSet, Split, save_dataset
from zigbang_nlp.text.encoder import Encoder, pad
from zigbang_nlp.text.labels import label_of
from zigbang_nlp.text.tokenizer_settings import TokenizerSettings
from zigbang_nlp.text.tokenizers import Tokenizer
from zigbang_nlp.text.vocabulary import Vocabulary

#: Tokens a text; 99.6% of the movie reviews and all but a few long reviews of the corpus fit.
LENGTH = 100
MAX_CHARACTERS = 2_000
#: Ids that the movie reviews get; with 60,000 the accuracy is the same and the bundle too large.
MOVIE_VOCABULARY = 40_000
#: What a rating from 1 to 10 says of the label; the benchmark's classes are 1-4 and 9-10.
SOFT_LABELS = (0, 0, 0, 0.05, 0.15, 0.3, 0.5, 0.8, 1, 1)
#: How much a rating counts: the extra rows hold 20 positive for each negative one, and ratings
#: from 5 to 8 are no part of the task. Without this, validation accuracy is 0.006 lower.
RATING_WEIGHTS = (1.6, 1.6, 1.6, 1.6, 0.4, 0.4, 0.4, 0.4, 0.9, 0.9)

_OF_A_TEXT = ("source", "apartment_id", "review_id", "category", "text", "score")


def movie_dataset(file: Path, held: int, directory: Path) -> DataSet:
    """The movie reviews as a data set with soft labels and weights.

    No text of the test or validation rows is trained on, in whatever spelling.

    Args:
        file: Parquet with the columns movie_id, review_id, rating (1 to 10), text and nsmc200k
            ("train", "test" or neither).
        held: how many rows of the benchmark's training part become the validation part.
        directory: for the data set; one that was made from the same is opened.
    """
    key = sha256_of_json([sha256_of(file), held, LENGTH, MOVIE_VOCABULARY])
    if made_from(directory) == key:
        return DataSet.load(directory)
    rows = pd.read_parquet(file, columns=["movie_id", "review_id", "rating", "text", "nsmc200k"])
    rows = rows[rows["text"].map(clean).astype(bool)].reset_index(drop=True)
    split = np.where(rows["nsmc200k"].eq("test"), "test", "train").astype(object)
    candidates = np.flatnonzero(rows["nsmc200k"].eq("train"))
    chosen = np.random.default_rng(7).choice(candidates, held, replace=False)
    split[chosen] = "validation"
    keys = rows["text"].map(duplicate_key)
    seen = set(keys[split != "train"])
    split[(split == "train") & keys.isin(seen).to_numpy()] = "dropped"
    hard = (rows["rating"] >= 9).astype(np.float32)
    soft = np.array((0, *SOFT_LABELS), np.float32)[rows["rating"]]
    rows = pd.DataFrame(
        {
            "source": "nsmc",
            "apartment_id": rows["movie_id"].astype(str),
            "review_id": rows["review_id"].astype(str),
            "category": "total",
            "text": rows["text"],
            "score": rows["rating"] / 2,
            "label": np.where(split == "train", soft, hard),
            "weight": np.array((0, *RATING_WEIGHTS), np.float32)[rows["rating"]],
        }
    )
    tokens = tokens_of(rows["text"])
    counts = Counter(
        t for names, s in zip(tokens, split, strict=True) if s == "train" for t in names
    )
    vocabulary = Vocabulary.from_counts(counts, 4, MOVIE_VOCABULARY, 5)
    return save_rows(directory, vocabulary, rows, tokens, split, key)


def without_leaks(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows without training texts that another split has too, in whatever spelling."""
    training, keys = rows["split"] == "train", rows["text"].map(duplicate_key)
    return rows[~training | ~keys.isin(keys[~training])].reset_index(drop=True)


def made_from(directory: Path) -> str | None:
    """What the data set in a directory was made from; None where there is none."""
    summary = directory / SUMMARY_FILE
    if not summary.exists():
        return None
    return str(json.loads(summary.read_text("utf-8")).get("made_from"))


def read_corpus(sample: Path) -> pd.DataFrame:
    """Every text of the corpus: where it belongs, its score and label, split and topics.

    Args:
        sample: directory of the sample, as data/sample.

    Returns:
        Columns source, apartment_id, review_id, category, text, score, label (0, 1 or missing),
        split, topics (a frozen set).
    """
    splits = json.loads((sample / "splits.json").read_text("utf-8"))
    of = {str(i): name for name, ids in splits.items() for i in ids}
    with (sample / "topics.csv").open(encoding="utf-8", newline="") as stream:
        topics = {(r["review_id"], r["category"]): r["topics"] for r in csv.DictReader(stream)}
    rows: list[tuple[Any, ...]] = []
    for file in sorted((sample / "reviews").glob("*.json")):
        for review in json.loads(file.read_text("utf-8"))["data"]:
            key, split = str(review["id"]), of.get(file.stem, "train")
            for name in CATEGORIES:
                text, score = review[f"{name}Desc"], float(review[f"{name}Score"])
                if text.strip():
                    named = topics[key, name]
                    rows.append(("sample", file.stem, key, name, text, score, split, named))
    for file in [sample / f"{name}.tsv" for name in ("loose", "plain", "short")]:
        if file.exists():  # its texts belong to no complex; without a column split all are train
            table = pd.read_csv(file, sep="\t", dtype=str, quoting=csv.QUOTE_NONE)
            for i, row in enumerate(table.to_dict("records")):
                rated = row["category"], row["text"], float(row["score"])
                split, named = row.get("split", "train"), row["topics"]
                rows.append((file.stem, "-", str(i), *rated, split, named))
    frame = pd.DataFrame(rows, columns=[*_OF_A_TEXT, "split", "topics"])
    listed = zip(frame["text"], frame["topics"], strict=True)
    topics_apart = [noise_apart(text, frozenset(named.split())) for text, named in listed]
    frame["topics"] = pd.Series(topics_apart, dtype=object)
    frame["label"] = labels_of(frame["score"])
    return frame


def labels_of(scores: Iterable[float]) -> list[int | None]:
    """What preprocessing makes of scores from 0 to 5 by default: 0, 1, or None between."""
    limits = PreprocessSettings()
    return [label_of(score, limits.negative_max, limits.positive_min) for score in scores]


def tokens_of(texts: pd.Series) -> list[list[str]]:
    """The tokens of each text, by Mecab."""
    tokenizer = Tokenizer(TokenizerSettings())
    cleaned = (clean(text, MAX_CHARACTERS) for text in texts)
    return list(progress(map(tokenizer.tokenize, cleaned), "tokenizing", len(texts)))


def save_rows(
    directory: Path,
    vocabulary: Vocabulary,
    rows: pd.DataFrame,
    tokens: list[list[str]],
    split: np.ndarray,
    made_from: str,
    length: int = LENGTH,
) -> DataSet:
    """Encode the rows and write them as a data set.

    Args:
        directory: of the data set.
        vocabulary: of the encoder.
        rows: of all splits.
        tokens: of each row.
        split: of each row; those of no split of a data set are left out.
        made_from: see `made_from`.
        length: ids a text at most.
    """
    encoder = Encoder(TokenizerSettings(), vocabulary, length, MAX_CHARACTERS)
    names = [*_OF_A_TEXT, "label", "weight"]
    parts = {}
    for name in SPLITS:
        inside = np.flatnonzero(split == name)
        ids = pad([vocabulary.encode(tokens[i]) for i in inside], length)
        parts[name] = Split(ids, rows.iloc[inside][names].reset_index(drop=True))
        log.info("%s: %s texts", name, f"{len(inside):,}")
    summary = {
        "splits": {name: {"texts": len(part.rows)} for name, part in parts.items()},
        "dropped_duplicates": int((split == "dropped").sum()),
        "vocabulary": len(vocabulary),
        "made_from": made_from,
    }
    with atomic_directory(directory) as fresh:
        save_dataset(fresh, encoder, parts, summary)
    return DataSet.load(directory)
