"""What the shipped model is trained on: movie reviews with soft labels, and the corpus."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from zigbang_nlp.console import log, progress
from zigbang_nlp.files import atomic_directory, sha256_of, sha256_of_json
from zigbang_nlp.model.serving.topic_words import noise_apart
from zigbang_nlp.records import CATEGORIES
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


def movie_dataset(file: Path, held: int, directory: Path) -> DataSet:
    """The movie reviews as a data set with soft labels and weights.

    No text of the test or validation rows is trained on, in whatever spelling.
    """
    key = sha256_of_json([sha256_of(file), held, LENGTH, MOVIE_VOCABULARY])
    if _made_from(directory) == key:
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
    tokens = _tokens(rows["text"])
    counts = Counter(
        t for found, s in zip(tokens, split, strict=True) if s == "train" for t in found
    )
    vocabulary = Vocabulary.from_counts(counts, 4, MOVIE_VOCABULARY, 5)
    return _save(directory, vocabulary, rows, tokens, split, key)


def corpus_dataset(
    sample: Path, movies: DataSet, replayed: int, replay_weight: float, directory: Path
) -> DataSet:
    """The corpus as a data set that builds on the vocabulary of the movie reviews.

    Its training part also has the loose texts, and movie reviews at a low weight, so that what
    they taught isn't lost.
    """
    rows = read_corpus(sample)
    rows = rows[rows["label"].notna()].reset_index(drop=True)
    # Topics aren't learned here, and a set has another order in each process.
    listed = rows.drop(columns="topics").to_csv(index=False)
    key = sha256_of_json([listed, movies.fingerprint(), replayed, replay_weight])
    if _made_from(directory) == key:
        return DataSet.load(directory)
    split = rows["split"].to_numpy(object)
    keys = rows["text"].map(duplicate_key)
    # The test is on texts that neither training nor choosing has seen.
    for later, earlier in (("validation", ("test",)), ("train", ("test", "validation"))):
        seen = set(keys[np.isin(split, earlier)])
        split[(split == later) & keys.isin(seen).to_numpy()] = "dropped"
    tokens = _tokens(rows["text"])
    counts = Counter(
        t for found, s in zip(tokens, split, strict=True) if s == "train" for t in found
    )
    vocabulary = movies.encoder.vocabulary.extended(counts, 2, 20_000)
    again = movies.split("train").rows.sample(replayed, random_state=1)
    again = again.assign(weight=again["weight"] * replay_weight)
    rows = pd.concat([rows.assign(weight=1.0), again], ignore_index=True)
    split = np.concatenate([split, np.full(len(again), "train", object)])
    tokens += _tokens(again["text"])
    return _save(directory, vocabulary, rows, tokens, split, key)


def _made_from(directory: Path) -> str | None:
    """What the data set in a directory was made from; None where there is none."""
    summary = directory / SUMMARY_FILE
    if not summary.exists():
        return None
    return str(json.loads(summary.read_text("utf-8")).get("made_from"))


def read_corpus(sample: Path) -> pd.DataFrame:
    """Every text of the corpus: where it belongs, its score and label, split and topics.

    Returns:
        Columns source, apartment_id, review_id, category, text, score, label (0, 1 or missing),
        split, topics (a frozen set).
    """
    splits = json.loads((sample / "splits.json").read_text("utf-8"))
    of = {str(i): name for name, ids in splits.items() for i in ids}
    with (sample / "topics.csv").open(encoding="utf-8", newline="") as stream:
        topics = {(r["review_id"], r["category"]): r["topics"] for r in csv.DictReader(stream)}
    rows: list[dict[str, Any]] = []
    for file in sorted((sample / "reviews").glob("*.json")):
        for review in json.loads(file.read_text("utf-8"))["data"]:
            for category in CATEGORIES:
                text, score = review[f"{category}Desc"], float(review[f"{category}Score"])
                if text.strip():
                    rows.append(
                        {
                            "source": "sample",
                            "apartment_id": file.stem,
                            "review_id": str(review["id"]),
                            "category": category,
                            "text": text,
                            "score": score,
                            "split": of.get(file.stem, "train"),
                            "topics": frozenset(topics[str(review["id"]), category].split()),
                        }
                    )
    for name in ("loose", "plain"):
        file = sample / f"{name}.tsv"
        if file.exists():
            rows += _listed(file)
    for row in rows:
        row["topics"] = noise_apart(row["text"], row["topics"])
    frame = pd.DataFrame(rows)
    frame["label"] = [label_of(score, 2, 4) for score in frame["score"]]
    return frame


def _listed(file: Path) -> list[dict[str, Any]]:
    """The texts of a TSV file that belong to no complex; without a column split all are train."""
    table = pd.read_csv(file, sep="\t", dtype=str, quoting=csv.QUOTE_NONE)
    return [
        {
            "source": file.stem,
            "apartment_id": "-",
            "review_id": str(i),
            "category": row["category"],
            "text": row["text"],
            "score": float(row["score"]),
            "split": row.get("split", "train"),
            "topics": frozenset(row["topics"].split()),
        }
        for i, row in enumerate(table.to_dict("records"))
    ]


def _tokens(texts: pd.Series) -> list[list[str]]:
    tokenizer = Tokenizer(TokenizerSettings())
    cleaned = (clean(text, MAX_CHARACTERS) for text in texts)
    return list(progress(tokenizer.tokenize_all(cleaned), "tokenizing", len(texts)))


def _save(
    directory: Path,
    vocabulary: Vocabulary,
    rows: pd.DataFrame,
    tokens: list[list[str]],
    split: np.ndarray,
    made_from: str,
) -> DataSet:
    encoder = Encoder(TokenizerSettings(), vocabulary, LENGTH, MAX_CHARACTERS)
    names = ("source", "apartment_id", "review_id", "category", "text", "score", "label", "weight")
    parts = {}
    for name in ("train", "validation", "test"):
        inside = np.flatnonzero(split == name)
        ids = pad([vocabulary.encode(tokens[i]) for i in inside], LENGTH)
        parts[name] = Split(ids, rows.iloc[inside][list(names)].reset_index(drop=True))
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
