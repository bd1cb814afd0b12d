"""N-grams of tokens beside the LSTM: which there are, and what each adds.

A linear model of what stands next to each other errs elsewhere than a network that reads in order,
so both together are right more often (Wide & Deep: Cheng et al. 2016, "Wide & Deep Learning for
Recommender Systems"). Every n-gram of one to `LONGEST` tokens is hashed to a row of one table; the
rows of a text are added up and divided by the square root of their number.
"""

from __future__ import annotations

import numpy as np

from zigbang_nlp.text.vocabulary import OUT_OF_VOCABULARY, Vocabulary

#: Tokens of an n-gram at most.
LONGEST = 3
#: What a text gets: something for its label, and something for its score.
FEATURES = 2
#: A prime, by which the row of an n-gram is multiplied before the next token is added.
MULTIPLIER = 1_000_003


def ngram_rows(codes: np.ndarray, buckets: int) -> list[np.ndarray]:
    """The row of the table for each n-gram of a text, by its length.

    Args:
        codes: of its tokens, int (tokens,).
        buckets: rows of the table.

    Returns:
        For one to `LONGEST` tokens int64 (tokens - length + 1,), by where an n-gram begins.
    """
    codes = codes.astype(np.int64)
    rows = [codes % buckets]
    for length in range(2, LONGEST + 1):
        rows.append((rows[-1][:-1] * MULTIPLIER + codes[length - 1 :]) % buckets)
    return rows


def token_features(codes: np.ndarray, table: np.ndarray) -> np.ndarray:
    """What each token of a text adds to its features, (tokens, `FEATURES`).

    What an n-gram adds is shared equally by its tokens; the sum over the tokens is what the
    network gets.

    Args:
        codes: of the tokens, int (tokens,).
        table: (buckets, `FEATURES`).
    """
    shares = np.zeros((len(codes), table.shape[1]), table.dtype)
    by_length = ngram_rows(codes, len(table))
    for length, rows in enumerate(by_length, start=1):
        for place in range(length):
            shares[place : place + len(rows)] += table[rows] / length
    return np.asarray(shares / np.sqrt(max(1, sum(map(len, by_length)))))


def extend_codes(codes: np.ndarray, base: Vocabulary, vocabulary: Vocabulary) -> np.ndarray:
    """The codes of another vocabulary: a token keeps its own, a new one has that of the unknown.

    Args:
        codes: of the ids of `base`, (base ids,).
        base: the vocabulary that the table was learned with.
        vocabulary: the one that is wanted.

    Returns:
        int32 (ids,).
    """
    extended = np.full(len(vocabulary), codes[OUT_OF_VOCABULARY], np.int32)
    extended[0] = codes[0]
    for token, i in vocabulary.ids.items():
        if token in base.ids:
            extended[i] = codes[base.ids[token]]
    return extended
