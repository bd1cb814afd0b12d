"""Which review and which text speaks of which word, as sparse tables."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from zigbang_nlp.console import log
from zigbang_nlp.language.bilingual import insight_error
from zigbang_nlp.packing import pack_names, unpack_names
from zigbang_nlp.text.neologisms import find_new_words
from zigbang_nlp.text.words import content_words, kind, shown

#: A compound of fewer reviews than this is counted as its parts.
COMPOUND_REVIEWS = 3
#: Below this share of Hangul among the letters, the texts are not Korean.
LEAST_HANGUL = 0.5


@dataclass(frozen=True)
class Mentions:
    """Words by text and by review; a word counts once in each, however often it stands there.

    Attributes:
        words: one row a word: `word` as people write it, `kind` ("noun", "predicate", "foreign",
            "new" for what the dictionary tears apart), `parts` (the stored form, see text.words).
        reviews: the residents' reviews (`Corpus.texts.review`), ascending; rows of `by_review`.
        by_text: uint8 0/1 (texts, words), rows as in `Corpus.texts`.
        by_review: uint8 0/1 (reviews, words).
        occurrences: int (occurrences, 2): row of `by_text` and column of each word, in the order
            in which they were written.
    """

    words: pd.DataFrame
    reviews: np.ndarray
    by_text: sparse.csr_matrix
    by_review: sparse.csr_matrix
    occurrences: np.ndarray

    def sentences(self) -> list[list[str]]:
        """The words of each text, in order, as people write them."""
        words = self.words["word"].to_numpy()[self.occurrences[:, 1]]
        ends = np.cumsum(np.bincount(self.occurrences[:, 0], minlength=self.by_text.shape[0]))
        return [list(part) for part in np.split(words, ends[:-1])]

    def column(self, word: str) -> int | None:
        """The column of a word as people write it, whatever its spaces; None where no text has it."""
        names = self.words["word"].to_numpy()
        at = np.flatnonzero(names == word.strip())
        if not at.size:
            at = np.flatnonzero(names == "".join(word.split()))
        return int(at[0]) if at.size else None


def build_mentions(texts: pd.DataFrame) -> Mentions:
    """Count the words of texts; words that the store hasn't kept are looked for now.

    Args:
        texts: see frames.TEXT_COLUMNS.

    Raises:
        InsightError: the texts are not Korean, or have no words.
    """
    _refuse_other_languages(texts["text"])
    packed = texts["words"].tolist()
    missing = np.flatnonzero(texts["words"].isna())
    if missing.size:
        log.info(
            "Extracting the words of %s texts; predictions keep them for next time.",
            f"{len(missing):,}",
        )
        content = map(content_words, texts["text"].iloc[missing])
        for i, spoken in zip(missing, content, strict=True):
            packed[i] = pack_names(spoken)
    listed = [unpack_names(words) for words in packed]
    row = np.repeat(np.arange(len(listed)), [len(words) for words in listed])
    codes, forms = pd.factorize(np.array([w for words in listed for w in words], dtype=object))
    if not len(forms):
        raise insight_error("셀 만한 낱말이 없습니다.")
    reviews, review_row = np.unique(texts["review"].to_numpy(), return_inverse=True)
    row, codes, forms = _split_rare_compounds(row, codes, np.asarray(forms), review_row)
    words = pd.DataFrame(
        {"word": map(shown, forms), "kind": map(kind, forms), "parts": forms}, dtype=object
    )
    row, codes, words = _with_new_words(row, codes, words, texts)
    by_text = _once(row, codes, (len(texts), len(words)))
    by_review = _once(review_row[row], codes, (len(reviews), len(words)))
    return Mentions(words, reviews, by_text, by_review, np.column_stack([row, codes]))


def _with_new_words(
    row: np.ndarray, codes: np.ndarray, words: pd.DataFrame, texts: pd.DataFrame
) -> tuple[np.ndarray, np.ndarray, pd.DataFrame]:
    """The occurrences and words with those that the dictionary tears apart (슬세권) added."""
    written = texts["text"].tolist()
    new_words = find_new_words(written, texts["review"].tolist())
    coined = new_words["word"][
        new_words["kind"].eq("coined") & ~new_words["word"].isin(words["word"])
    ]
    rows = [np.flatnonzero([word in text for text in written]) for word in coined]
    if not rows:
        return row, codes, words
    new_codes = np.repeat(np.arange(len(rows)) + len(words), [len(r) for r in rows])
    row = np.concatenate([row, *rows])
    order = np.argsort(row, kind="stable")
    added = pd.DataFrame({"word": coined, "kind": "new", "parts": coined}, dtype=object)
    words = pd.concat([words, added], ignore_index=True)
    return row[order], np.concatenate([codes, new_codes])[order], words


def _split_rare_compounds(
    row: np.ndarray, codes: np.ndarray, forms: np.ndarray, review_row: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The same occurrences with rare compounds replaced by their parts."""
    pairs = pd.DataFrame({"review": review_row[row], "code": codes}).drop_duplicates()
    count = np.bincount(pairs["code"], minlength=len(forms))
    parts = [
        _parts(form) if "+" in form and count[i] < COMPOUND_REVIEWS else [form]
        for i, form in enumerate(forms)
    ]
    repeats = np.array([len(p) for p in parts])
    new_codes, new_forms = pd.factorize(np.array([p for form in parts for p in form], dtype=object))
    starts = np.concatenate([[0], np.cumsum(repeats)[:-1]])
    times = repeats[codes]
    # Position of each new occurrence within its old one: 0, 1, ... for a compound of several parts.
    within = np.arange(times.sum()) - np.repeat(np.cumsum(times) - times, times)
    return (
        np.repeat(row, times),
        new_codes[np.repeat(starts[codes], times) + within],
        np.asarray(new_forms),
    )


def _parts(compound: str) -> list[str]:
    """Its parts without affixes (준, 권, 선), which are no words by themselves."""
    return [part for part in compound.split("+") if len(part) > 1] or [compound]


def _once(rows: np.ndarray, columns: np.ndarray, shape: tuple[int, int]) -> sparse.csr_matrix:
    # Of truth values, so that what stands twice counts once.
    table = sparse.csr_matrix((np.ones(len(rows), bool), (rows, columns)), shape=shape)
    return table.astype(np.uint8)


def _refuse_other_languages(texts: pd.Series) -> None:
    letters = "".join(texts.head(20_000).tolist()).encode("utf-32-le", "surrogatepass")
    count = np.bincount(np.frombuffer(letters, np.uint32))
    used = [(chr(code), int(count[code])) for code in np.flatnonzero(count)]
    hangul = sum(n for c, n in used if "가" <= c <= "힣" or "ㄱ" <= c <= "ㅣ")
    others = sum(n for c, n in used if c.isalpha()) - hangul
    share = hangul / max(hangul + others, 1)
    if share < LEAST_HANGUL:
        raise insight_error("한국어 리뷰가 아닙니다. 글자의 {share:.0%}만 한글입니다.", share=share)
