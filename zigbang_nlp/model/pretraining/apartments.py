"""What the shipped model learns of apartments: readings, residents' scores, and the corpus."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd

from zigbang_nlp.files import sha256_of, sha256_of_json
from zigbang_nlp.model.pretraining.data import (
    labels_of,
    made_from,
    read_corpus,
    save_rows,
    tokens_of,
    without_leaks,
)
from zigbang_nlp.model.pretraining.recipe import Material, Recipe
from zigbang_nlp.model.pretraining.residents import fold_of, read_residents
from zigbang_nlp.text.augment import noisy
from zigbang_nlp.text.dataset import DataSet
from zigbang_nlp.text.vocabulary import Vocabulary

#: Tokens a text; 99.9% of the residents' texts fit.
LENGTH = 256
#: What a reading counts beside a text of the corpus; and one of an evenly mixed text.
READING_WEIGHT, MIXED_WEIGHT = 3.0, 1.2
#: What a text counts that no one has read, and whose soft label is a teacher's.
TAUGHT_WEIGHT = 1.0
#: What a text of the corpus counts in the last training, lest it is forgotten beside so many others.
CORPUS_WEIGHT = 2.0
#: How many of the corpus's texts are learned with noise, and how much of it.
NOISY_SHARE, SPACING_NOISE, TYPO_NOISE = 0.5, 0.15, 0.02


@dataclass(frozen=True)
class Sources:
    """All texts of the apartment stage, and the vocabulary that they share.

    Attributes:
        residents: see `read_residents`.
        corpus: see `read_corpus`.
        again: movie reviews that are trained on again, so that what they taught isn't lost.
        movies: the data set whose vocabulary is built on.
        made: what all of it was made from.
    """

    residents: pd.DataFrame
    corpus: pd.DataFrame
    again: pd.DataFrame
    movies: DataSet
    made: str

    @cached_property
    def tokens(self) -> tuple[list[list[str]], list[list[str]], list[list[str]]]:
        """The tokens of residents, corpus and movie reviews."""
        frames = (self.residents, self.corpus, self.again)
        residents, corpus, again = (tokens_of(frame["text"]) for frame in frames)
        return residents, corpus, again

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """That of the movie reviews, and the tokens that occur three times in training texts."""
        counts: Counter[str] = Counter()
        for frame, tokens in zip((self.residents, self.corpus), self.tokens, strict=False):
            for split, names in zip(frame["split"], tokens, strict=True):
                if split == "train":
                    counts.update(names)
        return self.movies.encoder.vocabulary.extended(counts, 3, 20_000)


def read_sources(material: Material, movies: DataSet, recipe: Recipe) -> Sources:
    """Read all that the apartment stage learns from.

    Args:
        material: residents' texts, their readings, and the corpus.
        movies: the data set of the movie reviews.
        recipe: says which of them are trained on again.
    """
    corpus = read_corpus(material.sample)
    corpus = without_leaks(corpus[corpus["label"].notna()])
    again = movies.split("train").rows.sample(recipe.replayed, random_state=1)
    again = again.reset_index(drop=True)
    praise = np.where(again["label"] > 0.5, recipe.replayed_praise, 1.0)
    weight = again["weight"] * recipe.replay_weight * praise
    files = [sha256_of(path) for path in (material.residents, *sorted(material.readings))]
    replay = [recipe.replayed, recipe.replay_weight, recipe.replayed_praise]
    listed = corpus.drop(columns="topics").to_csv(index=False)
    return Sources(
        read_residents(material.residents, material.readings),
        corpus,
        again.assign(weight=weight, score=np.nan, split="train"),
        movies,
        sha256_of_json([files, listed, movies.fingerprint(), replay, LENGTH]),
    )


def reading_dataset(sources: Sources, fold: int, folds: int, directory: Path) -> DataSet:
    """What the readers read, the corpus, and movie reviews.

    Args:
        sources: of the apartment stage.
        fold: the complexes whose readings are left out, so that a network trained on this says
            of them what it would say of any other text,
        folds: of so many.
        directory: of the data set.
    """
    people = sources.residents
    learned = people["reading"].notna() & (fold_of(people["apartment_id"], folds) != fold)
    mixed = people["reading"].sub(0.5).abs() < 0.25
    weight = np.where(mixed, MIXED_WEIGHT, READING_WEIGHT)
    labels = people["reading"].where(learned)
    return _dataset(sources, labels, weight, 0.0, [fold, folds], directory)


def resident_dataset(sources: Sources, taught: np.ndarray, directory: Path) -> DataSet:
    """All of the residents' training texts, with their scores; the corpus; and movie reviews.

    Args:
        sources: of the apartment stage.
        taught: soft labels of `sources.residents` (texts,); a reading goes before them.
        directory: of the data set.
    """
    people = sources.residents
    read = people["reading"].notna()
    mixed = people["reading"].sub(0.5).abs() < 0.25
    weight = np.where(mixed, MIXED_WEIGHT, np.where(read, READING_WEIGHT, TAUGHT_WEIGHT))
    labels = people["reading"].where(read, pd.Series(taught, people.index))
    learned = people["split"].eq("train").to_numpy()
    weight = weight * evened(labels.to_numpy(), np.where(learned, weight, 0.0))
    digest = sha256_of_json(np.round(taught, 4).tolist())
    details = [digest, CORPUS_WEIGHT, "praise and complaint even"]
    return _dataset(sources, labels, weight, NOISY_SHARE, details, directory, CORPUS_WEIGHT)


def evened(labels: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Factors that make praise and complaint count the same, float64 (texts,).

    Args:
        labels: from 0, a complaint, to 1, praise (texts,).
        weights: of the texts, 0 for one that isn't learned from (texts,).

    >>> evened(np.array([1.0, 1.0, 1.0, 0.0]), np.ones(4)).round(2).tolist()
    [0.67, 0.67, 0.67, 2.0]
    """
    praise = np.average(labels, weights=weights)
    return np.asarray(0.5 * labels / praise + 0.5 * (1 - labels) / (1 - praise))


def _dataset(
    sources: Sources,
    labels: pd.Series,
    weight: np.ndarray,
    noisy_share: float,
    details: list[object],
    directory: Path,
    corpus_weight: float = 1.0,
) -> DataSet:
    """A data set of the apartment stage.

    Its validation part are the texts whose readers agree on a side, with that as the label; its
    test part are the residents' texts of test complexes with the labels of their scores.
    """
    numbers = [READING_WEIGHT, MIXED_WEIGHT, TAUGHT_WEIGHT, SPACING_NOISE, TYPO_NOISE]
    key = sha256_of_json([sources.made, *details, noisy_share, *numbers])
    if made_from(directory) == key:
        return DataSet.load(directory)
    people, corpus = sources.residents, sources.corpus
    split = people["split"].to_numpy(object)
    by_score = labels_of(people["score"])
    label = np.select(
        [split == "train", split == "validation"],
        [labels, people["majority"]],
        pd.to_numeric(pd.Series(by_score, people.index)),
    )
    people = people.assign(label=label, weight=weight)
    people_split = np.where(np.isnan(label), "left out", split)
    tokens, corpus_tokens, again_tokens = sources.tokens
    corpus, corpus_tokens = _with_noise(corpus, corpus_tokens, noisy_share)
    corpus_split = np.where(corpus["split"].eq("train"), "train", "left out")
    corpus = corpus.assign(weight=corpus_weight, score=np.nan)
    rows = pd.concat([people, corpus, sources.again], ignore_index=True)
    return save_rows(
        directory,
        sources.vocabulary,
        rows,
        [*tokens, *corpus_tokens, *again_tokens],
        np.concatenate([people_split, corpus_split, np.full(len(sources.again), "train", object)]),
        key,
        LENGTH,
    )


def _with_noise(
    corpus: pd.DataFrame, tokens: list[list[str]], share: float
) -> tuple[pd.DataFrame, list[list[str]]]:
    """The corpus with typing noise in a share of its texts."""
    if not share:
        return corpus, tokens
    random = np.random.default_rng(5)
    chosen = random.random(len(corpus)) < share
    texts = corpus["text"].to_numpy(object).copy()
    for i in np.flatnonzero(chosen):
        texts[i] = noisy(texts[i], SPACING_NOISE, TYPO_NOISE, random)
    fresh = iter(tokens_of(pd.Series(texts[chosen])))
    return corpus.assign(text=texts), [
        next(fresh) if changed else old for changed, old in zip(chosen, tokens, strict=True)
    ]
