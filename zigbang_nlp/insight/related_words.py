"""Related words: by the company they keep (word vectors), and by standing in one text (PMI)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import numpy as np
import pandas as pd

from zigbang_nlp.errors import InputError, InsightError
from zigbang_nlp.insight.corpus import Corpus
from zigbang_nlp.insight.mentions import Mentions
from zigbang_nlp.insight.rates import benjamini_hochberg, fisher_p, significant
from zigbang_nlp.language.bilingual import input_error, refuse_few
from zigbang_nlp.language.i18n import N_

#: Columns of `related`.
RELATED_COLUMNS: dict[str, str] = {
    "method": "vectors (in like contexts) or together (in the same texts)",
    "word": "the related word",
    "kind": "noun, predicate, foreign or new",
    "texts": "texts that mention it",
    "together": "texts that mention both words",
    "similarity": "cosine of the two words' vectors, -1 to 1; NaN where there are no vectors",
    "pmi": "pointwise mutual information in bits: 0 is chance; NaN for words never together",
    "npmi": "pmi normalised to -1 to 1 (Bouma 2009)",
    "q_value": "of standing together by chance (Fisher's exact test, corrected for all words)",
}

#: Columns of `word_pairs`.
PAIR_COLUMNS: dict[str, str] = {
    "word": "one of the words",
    "other": "another",
    "together": "texts that mention both",
    "pmi": "pointwise mutual information in bits: 0 is chance",
    "npmi": "pmi normalised to -1 to 1 (Bouma 2009)",
    "q_value": "of standing together by chance (Fisher's exact test, corrected for all pairs)",
}

#: What word vectors need: words in all, and mentions of the word; below, their neighbours change
#: from seed to seed (measured, see data/LOG.md).
FEWEST_WORDS, FEWEST_MENTIONS = 50_000, 50
#: Texts that must mention a word, and both words, for PMI to mean something.
FEWEST_TEXTS, FEWEST_TOGETHER = 10, 3
#: Rows for the parts of words in FastText, several for each part that the vocabulary of a corpus has;
#: its own two million take 800 MB, and longer to fill than all the rest.
_BUCKETS = 500_000
_TOO_FEW = N_("‘{word}’을(를) 언급한 글이 {count}개뿐입니다. 적어도 {least}개가 필요합니다.")
_TOO_FEW_WORDS = N_(
    "낱말 {count:,}개로는 낱말 벡터를 만들 수 없습니다. 적어도 {least:,}개가 필요합니다."
)
_TOO_FEW_FOR_VECTORS = N_(
    "‘{word}’을(를) 언급한 글이 {count}개뿐이라 낱말 벡터를 믿을 수 없습니다. 적어도 {least}개가 필요합니다."
)


def related(
    corpus: Corpus,
    word: str,
    *,
    top: int = 10,
    model: Literal["word2vec", "fasttext"] = "word2vec",
) -> pd.DataFrame:
    """Words related to a word, by both methods.

    Vectors are trained on this corpus alone, on first use. They are left out where the corpus is
    too small for them; `attrs["refused"]` then holds the `InsightError` that says so.

    Args:
        corpus: the texts that the words are from.
        word: as people write it.
        top: rows of each method.
        model: what trains the vectors.

    Returns:
        At most `top` rows for "vectors" by falling similarity, then `top` for "together" by
        falling npmi among the words that are together more often than chance (q below 0.05).
        See `RELATED_COLUMNS`.

    Raises:
        InputError: no text mentions the word.
        InsightError: so few texts mention it that both methods would show noise.
    """
    mentions = corpus.mentions
    column = mentions.column(word)
    if column is None:
        raise input_error(
            "‘{word}’을(를) 언급한 리뷰가 없습니다.", "기본형으로 검색해 보세요.", word=word
        )
    word = str(mentions.words["word"].iloc[column])
    table = co_occurrence(mentions, column)
    own = int(mentions.by_text[:, [column]].sum())
    refuse_few(own, FEWEST_TEXTS, _TOO_FEW, word=word)
    refused = None
    table["similarity"] = np.nan
    try:
        table["similarity"] = table["word"].map(vectors(corpus, model, own, word).similarity(word))
    except InsightError as error:
        refused = error
    near = table[table["similarity"].notna()].nlargest(top, "similarity").assign(method="vectors")
    sure = (
        table["together"].ge(FEWEST_TOGETHER) & significant(table["q_value"]) & table["pmi"].gt(0)
    )
    beside = table[sure].nlargest(top, "npmi").assign(method="together")
    related_table = pd.concat([near, beside])[list(RELATED_COLUMNS)].reset_index(drop=True)
    related_table.attrs = {"refused": refused}
    return related_table


def word_pairs(corpus: Corpus, words: Sequence[str]) -> pd.DataFrame:
    """Which of some words stand together more often than chance: the edges of a network.

    Args:
        corpus: the texts that the words are from.
        words: as people write them; those that no text mentions are passed over.

    Returns:
        One row a pair with at least 3 texts in common and a q below 0.05, by falling npmi; see
        `PAIR_COLUMNS`.
    """
    mentions = corpus.mentions
    columns = [c for c in map(mentions.column, dict.fromkeys(words)) if c is not None]
    names = mentions.words["word"].to_numpy()[columns]
    holding = mentions.by_text[:, columns].astype(np.int64)
    total, texts = holding.shape[0], np.asarray(holding.sum(axis=0)).ravel()
    both = (holding.T @ holding).toarray()
    one, other = np.triu_indices(len(columns), 1)
    together, a, b = both[one, other], texts[one], texts[other]
    table = pd.DataFrame({"word": names[one], "other": names[other], "together": together})
    kept = together >= FEWEST_TOGETHER
    pmi, npmi = _information(together[kept], a[kept], b[kept], total)
    p = fisher_p(together[kept], a[kept], (b - together)[kept], total - a[kept])
    table = table[kept].assign(pmi=pmi, npmi=npmi, q_value=benjamini_hochberg(p))
    table = table[significant(table["q_value"]) & table["pmi"].gt(0)]
    ordered: pd.DataFrame = table.sort_values("npmi", ascending=False, kind="stable")
    return ordered.reset_index(drop=True)


def _information(
    together: np.ndarray, one: np.ndarray | int, other: np.ndarray, total: int
) -> tuple[np.ndarray, np.ndarray]:
    """Pointwise mutual information in bits, and normalised; infinite or NaN for no text at all."""
    with np.errstate(divide="ignore", invalid="ignore"):
        pmi = np.log2(together * (total / (np.asarray(one, float) * other)))
        return pmi, pmi / -np.log2(together / total)


def co_occurrence(mentions: Mentions, column: int) -> pd.DataFrame:
    """How often each other word stands in one text with the word of a column."""
    by_text = mentions.by_text.astype(np.int64)
    has = by_text[:, [column]].toarray().ravel()
    total, own = len(has), int(has.sum())
    texts = np.asarray(by_text.sum(axis=0)).ravel()
    together = np.asarray(has @ by_text).ravel()
    pmi, npmi = _information(together, own, texts, total)
    table = mentions.words[["word", "kind"]].assign(
        texts=texts,
        together=together,
        pmi=np.where(together > 0, pmi, np.nan),
        npmi=np.where(together > 0, npmi, np.nan),
    )
    table = table.drop(index=column)
    kept = table["together"].ge(FEWEST_TOGETHER)
    p = fisher_p(
        table["together"][kept], own, (table["texts"] - table["together"])[kept], total - own
    )
    table["q_value"] = 1.0
    table.loc[kept, "q_value"] = benjamini_hochberg(p)
    return table


def vectors(corpus: Corpus, model: str, mentioned: int, word: str) -> Vectors:
    """The corpus's word vectors, trained once for each model.

    Raises:
        InputError: the model is unknown.
        InsightError: the corpus has too few words, or the word too few mentions.
    """
    if model not in ("word2vec", "fasttext"):
        raise InputError(f"There is no model {model!r}.", "Use word2vec or fasttext.")
    refuse_few(len(corpus.mentions.occurrences), FEWEST_WORDS, _TOO_FEW_WORDS)
    refuse_few(mentioned, FEWEST_MENTIONS, _TOO_FEW_FOR_VECTORS, word=word)
    return corpus.remembered(
        ("vectors", model), lambda: train_vectors(corpus.mentions.sentences(), model)
    )


@dataclass(frozen=True)
class Vectors:
    """Word vectors of a corpus, float32 (words, dimensions), each of length 1."""

    words: tuple[str, ...]
    matrix: np.ndarray

    def similarity(self, word: str) -> pd.Series:
        """Cosine of every other word with `word`; empty where it has no vector."""
        if word not in self.words:
            return pd.Series(dtype=float)
        cosine = self.matrix @ self.matrix[self.words.index(word)]
        return pd.Series(cosine, list(self.words)).drop(word)


def train_vectors(sentences: list[list[str]], model: str = "word2vec", seed: int = 1) -> Vectors:
    """Vectors by skip-gram with negative sampling; one thread, so that a seed gives one result."""
    from gensim.models import FastText, Word2Vec

    # Small corpora are read more often, so that large ones take no minutes.
    epochs = min(20, max(3, 2_000_000 // max(sum(map(len, sentences)), 1)))
    kind: Any = {"word2vec": Word2Vec, "fasttext": partial(FastText, bucket=_BUCKETS)}[model]
    shape = {"vector_size": 100, "window": 5, "min_count": 10, "sg": 1, "negative": 5}
    trained = kind(sentences, epochs=epochs, seed=seed, workers=1, **shape)
    matrix = trained.wv.get_normed_vectors().astype(np.float32)
    return Vectors(tuple(trained.wv.index_to_key), matrix)
