"""Which texts people should look at first: a random sample to measure with, and doubtful ones to mend."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from typing import Literal, get_args

import numpy as np
import pandas as pd

from zigbang_nlp.errors import InputError
from zigbang_nlp.insight.corpus import Corpus
from zigbang_nlp.insight.duplicates import duplicates
from zigbang_nlp.insight.embeddings import Embeddings
from zigbang_nlp.store.annotations import Annotation

Kind = Literal["random", "doubtful", "mislabelled", "duplicate", "advertising"]
KINDS: tuple[Kind, ...] = get_args(Kind)

#: Columns of `labelling_queue`, after those of the texts (frames.TEXT_COLUMNS).
QUEUE_COLUMNS: dict[str, str] = {
    "why": "one of KINDS",
    "urgency": "0 to 1, the highest first; NaN in the random sample, whose order means nothing",
    "other": "row of `Corpus.texts` that a duplicate resembles, or -1",
}

_ADVERTISING = (
    (re.compile(r"01[016789][-. ]?\d{3,4}[-. ]?\d{4}|0\d{1,2}[-. ]\d{3,4}[-. ]\d{4}"), 0.5),
    (re.compile(r"https?://|www\.|[a-z0-9]+\.(?:com|kr|net)\b", re.IGNORECASE), 0.5),
    (
        re.compile(
            r"오픈\s*채팅|카\s*톡|텔레그램|문의\s*(?:주세요|바랍니다|환영)|상담\s*(?:환영|문의)"
        ),
        0.4,
    ),
    (
        re.compile(
            r"급매|매물|분양\s*(?:문의|상담|중)|중개|공인중개|대출|투자\s*(?:문의|상담)|수익률"
        ),
        0.25,
    ),
    (re.compile(r"할인|이벤트|선착순|무료\s*(?:체험|상담)|특가|최저가"), 0.25),
)


def labelling_queue(
    corpus: Corpus,
    kind: Kind = "random",
    *,
    size: int = 100,
    seed: int = 0,
    done: np.ndarray | None = None,
    embeddings: Embeddings | None = None,
) -> pd.DataFrame:
    """The next texts to look at.

    - random: for measuring (`corrected.corrected_shares`, agreement); the same texts for everybody.
    - doubtful: where the model is least sure; for mending.
    - mislabelled: where the resident's score says one thing and the model surely another:
      confident learning (Northcutt, Jiang & Chuang 2021, JAIR 70, 1373-1411).
    - duplicate: nearly the same text as an earlier one; with vectors also one written anew from it.
    - advertising: phone numbers, addresses of the web, and the words of adverts.

    Args:
        corpus: the texts.
        kind: one of `KINDS`.
        size: rows at most.
        seed: of the random sample; another seed is another sample.
        done: rows of `Corpus.texts` to leave out, bool (texts,).
        embeddings: of the texts, where `zigbang-nlp embed` has made them; for duplicates.

    Returns:
        The texts with `QUEUE_COLUMNS`, indexed by their row of `Corpus.texts`; may be empty.

    Raises:
        InputError: there is no such kind.
        InsightError: nothing is judged, as doubtful and mislabelled need.
    """
    queues = {
        "random": lambda: _random(corpus, seed),
        "doubtful": lambda: _doubtful(corpus),
        "mislabelled": lambda: _mislabelled(corpus),
        "duplicate": lambda: duplicates(corpus, embeddings),
        "advertising": lambda: _advertising(corpus),
    }
    if kind not in queues:
        raise InputError(f"There is no queue {kind!r}.", f"Use {', '.join(KINDS)}.")
    chosen = queues[kind]()
    if done is not None:
        chosen = chosen[~done[chosen.index]]
    chosen = chosen.head(size)
    other = chosen.get("other", -1)
    return corpus.texts.loc[chosen.index].assign(why=kind, urgency=chosen["urgency"], other=other)


def random_order(corpus: Corpus, seed: int = 0) -> np.ndarray:
    """All rows of `Corpus.texts` in a random order that stays when reviews are added: int (texts,).

    The first n of it are a simple random sample. Each text has its own place in line, drawn from
    its id, so a sample that was begun goes on as the corpus grows.
    """
    columns = corpus.texts[["complex", "review_id", "category"]].astype(str)
    names = map("\x1f".join, columns.itertuples(index=False))
    salt = str(seed).encode()
    place = [hashlib.blake2b(n.encode(), digest_size=8, key=salt).digest() for n in names]
    return np.argsort(np.frombuffer(b"".join(place), ">u8"), kind="stable")


def _random(corpus: Corpus, seed: int) -> pd.DataFrame:
    order = random_order(corpus, seed)
    known = corpus.texts["positive"].notna().to_numpy()[order]
    return pd.DataFrame({"urgency": np.nan}, index=order[known])


def _doubtful(corpus: Corpus) -> pd.DataFrame:
    judged = corpus.judged
    # The threshold isn't in the store; it lies between the two labels' probabilities.
    lowest = judged.loc[judged["positive"].eq(1), "probability"].min()
    highest = judged.loc[judged["positive"].eq(0), "probability"].max()
    edge = np.nanmean([lowest, highest])
    apart = (judged["probability"] - edge).abs() / max(edge, 1 - edge)
    return _ranked(pd.DataFrame({"urgency": 1 - apart}, index=judged.index).dropna())


def _mislabelled(corpus: Corpus) -> pd.DataFrame:
    judged = corpus.judged
    scored = judged[(judged["score"].le(2) & judged["score"].gt(0)) | judged["score"].ge(4)]
    scored = scored[scored["probability"].notna()]
    liked = scored["score"].ge(4).to_numpy()
    positive = scored["probability"].to_numpy(float)
    if liked.all() or not liked.any():
        return pd.DataFrame({"urgency": []}, index=pd.Index([], dtype=int))
    # A class's threshold is how sure the model is, on average, of those that are said to be of it.
    thresholds = np.array([(1 - positive[~liked]).mean(), positive[liked].mean()])
    sure = np.column_stack([1 - positive, positive])
    over = sure >= thresholds
    guess = np.where(over.all(axis=1) | ~over.any(axis=1), liked, over[:, 1])
    wrong = guess != liked
    own = sure[np.arange(len(liked)), liked.astype(int)]
    table = pd.DataFrame({"urgency": 1 - own[wrong]}, index=scored.index[wrong])
    return _ranked(table)


def _advertising(corpus: Corpus) -> pd.DataFrame:
    marks = [
        sum(weight for pattern, weight in _ADVERTISING if pattern.search(text))
        for text in corpus.texts["text"]
    ]
    urgency = pd.Series(np.minimum(marks, 1.0), corpus.texts.index)
    return _ranked(urgency[urgency >= 0.5].to_frame("urgency"))


def _ranked(table: pd.DataFrame) -> pd.DataFrame:
    return table.sort_values("urgency", ascending=False, kind="stable")


def sample_labels(corpus: Corpus, annotations: Iterable[Annotation]) -> pd.Series:
    """People's labels of the random sample, as `corrected.corrected_shares` takes them.

    Args:
        corpus: that was labelled.
        annotations: of `Store.annotations`; only those of the random queue count, and where people
            disagree, what most of them say; a text with a tie is left out.

    Returns:
        1.0 or 0.0, indexed by the row of `Corpus.texts`.
    """
    annotations = [one for one in annotations if one.queue == "random"]
    named = corpus.texts["review_id"].astype(str).isin({one.key[2] for one in annotations})
    columns = corpus.texts.loc[named, ["complex", "review_id", "category"]].astype(str)
    keys = columns.itertuples(index=False, name=None)
    row_of = dict(zip(keys, columns.index.tolist(), strict=True))
    votes: dict[int, list[float]] = {}
    for one in annotations:
        source, apartment, review, category = one.key
        row = row_of.get((f"{source}:{apartment}", review, category))
        if row is not None:
            votes.setdefault(row, []).append(float(one.label == "positive"))
    means = pd.Series({row: float(np.mean(own)) for row, own in votes.items()}, dtype=float)
    return means[means.ne(0.5)].round()
