"""New words: what residents write as one word and no dictionary has (발망치, 슬세권).

Nothing here is a list of words. A stretch of syllables is a word when it holds together
(cohesion), when what follows it varies (branching entropy), and when particles follow it; it is
new when the dictionary must take it apart. The scores are those of Jin & Tanaka-Ishii 2006 and of
Kim's soynlp, over the beginnings of space-separated words.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import chain

import pandas as pd

from zigbang_nlp.text.words import Morpheme, morphemes

#: Columns of `new_words`.
NEW_WORD_COLUMNS: dict[str, str] = {
    "word": "as people write it",
    "kind": "coined (no plain compound: 발망치, 슬세권) or compound (of two longer nouns: 벽간소음)",
    "reviews": "residents' reviews that have it at the beginning of a word",
    "score": "cohesion x branching entropy; the table is sorted by it",
    "cohesion": "mean chance of each syllable given those before it, 0 to 1",
    "entropy": "of what follows it, in bits",
    "bound": "share of its uses that end with it or go on with a particle",
    "parts": "what the dictionary makes of it",
}

_RUN = re.compile(r"[가-힣]{2,}")
#: Syllables of a word at most.
_LONGEST = 6
#: What may follow a noun: particles and forms of 이다. A closed class of grammar.
_PARTICLE = re.compile(
    r"(?:들)?(?:이|가|은|는|을|를|에|의|도|만|과|와|랑|로|나|야|이나|이라|이랑|으로|까지|부터|마다|에서|에게|한테|처럼|보다|조차|밖에|이며"
    r"|이고|이에요|예요|입니다|이네요|네요|이요|요|인|임|인데|이라서|라서|라|이다|때문|같은)?(?:는|은|도|만)?"
)
#: Bits of what follows, and share of uses with a particle, below which it is a piece of a word.
_LEAST_ENTROPY, _LEAST_BOUND, _LEAST_COHESION = 1.0, 0.6, 0.05


def find_new_words(
    texts: Iterable[str], reviews: Iterable[int], min_count: int = 5
) -> pd.DataFrame:
    """Words of texts that the dictionary doesn't have; each run of Hangul counts once a review.

    Args:
        texts: as written.
        reviews: the review that each text belongs to.
        min_count: words of fewer reviews are left out.

    Returns:
        One row a word, by falling score, with the columns of `NEW_WORD_COLUMNS`; may be empty.
    """
    of_review: defaultdict[int, set[str]] = defaultdict(set)
    for text, review in zip(texts, reviews, strict=True):
        of_review[review].update(_RUN.findall(unicodedata.normalize("NFC", text)))
    runs = Counter(chain.from_iterable(of_review.values()))
    counts: Counter[str] = Counter()  # of beginnings
    for run, n in runs.items():
        for length in range(1, min(len(run), _LONGEST) + 1):
            counts[run[:length]] += n
    rows = []
    for word, uses in _uses(runs, counts, min_count).items():
        bound = sum(n for rest, n in uses.items() if _PARTICLE.fullmatch(rest)) / counts[word]
        cohesion = (counts[word] / counts[word[0]]) ** (1 / (len(word) - 1))
        entropy = _entropy(uses)
        if bound < _LEAST_BOUND or cohesion < _LEAST_COHESION or entropy < _LEAST_ENTROPY:
            continue
        parts_of_word = morphemes(word)
        kind = _newness(parts_of_word)
        if kind is not None:
            parts = "+".join(m.surface for m in parts_of_word)
            score = cohesion * entropy
            rows.append((word, kind, counts[word], score, cohesion, entropy, bound, parts))
    table = pd.DataFrame(rows, columns=list(NEW_WORD_COLUMNS))
    table = table[~_with_particle(table["word"])]
    order = table.sort_values(["score", "word"], ascending=[False, True], kind="stable")
    return order.reset_index(drop=True)


def _uses(runs: Counter[str], counts: Counter[str], min_count: int) -> dict[str, dict[str, int]]:
    """Beginnings that are frequent enough, with what follows each: {rest: times}."""
    uses: dict[str, dict[str, int]] = {}
    for run, n in runs.items():
        for length in range(2, min(len(run), _LONGEST) + 1):
            word = run[:length]
            if counts[word] < min_count:
                break  # a longer beginning is no more frequent
            rests = uses.setdefault(word, {})
            rests[run[length:]] = rests.get(run[length:], 0) + n
    return uses


def _with_particle(words: pd.Series) -> pd.Series:
    """Which are another of the words with a particle behind it (관리실에 beside 관리실)."""
    known = set(words)
    return words.map(
        lambda word: any(
            word[:cut] in known and _PARTICLE.fullmatch(word[cut:]) for cut in range(2, len(word))
        )
    ).astype(bool)


def _entropy(uses: dict[str, int]) -> float:
    """Bits of the next syllable, the end of the word being one of them."""
    following: Counter[str] = Counter()
    for rest, n in uses.items():
        following[rest[:1]] += n
    total = following.total()
    # The exact sum, whatever the order in which a set gave the runs.
    return -math.fsum(n / total * math.log2(n / total) for n in following.values())


#: What begins a count (만원, 세달), and what ends a word without becoming a part of it (공사중).
_NUMERAL = frozenset({"NR", "MM", "SN"})
_NO_PART = frozenset({"들", "님", "적", "중", "때", "쯤", "째"})


def _newness(morphemes: list[Morpheme]) -> str | None:
    """Whether the dictionary takes it apart into what may make a noun; None where it is known.

    Particles, endings and predicates within it mean a phrase, not a word.
    """
    if len(morphemes) < 2:
        return None
    tags = [m.tag.split("+")[0] for m in morphemes]
    if any(tag[0] in "JEV" or tag in ("XSV", "XSA") for tag in tags):
        return None
    if tags[0] in _NUMERAL or morphemes[-1].surface in _NO_PART:
        return None
    plain = all(m.tag in ("NNG", "NNP") and len(m.surface) > 1 for m in morphemes)
    return "compound" if plain else "coined"
