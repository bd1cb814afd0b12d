"""Words of positive texts against those of negative ones.

The log-odds ratio with an informative Dirichlet prior of Monroe, Colaresi & Quinn 2008 ("Fightin'
Words", Political Analysis 16, 372-403): frequent and rare words become comparable, since a word
is surprising only as far as its counts go beyond what its frequency in all texts lets expect.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from zigbang_nlp.insight.corpus import Corpus
from zigbang_nlp.insight.rates import findings, normal_interval
from zigbang_nlp.language.bilingual import insight_error, refuse_few
from zigbang_nlp.language.i18n import N_

#: Columns of `polar_words`.
POLAR_COLUMNS: dict[str, str] = {
    "word": "as people write it; 안 before a predicate that was denied",
    "kind": "noun, predicate or foreign",
    "positive": "positive texts that mention it",
    "negative": "negative texts that mention it",
    "log_odds": "log of the ratio of the odds of the word, drawn toward 0 by the prior",
    "low": "lower end of its interval",
    "high": "upper end",
    "z": "log_odds / its standard error",
    "q_value": "of no difference, corrected for so many words (Benjamini & Hochberg 1995)",
    "significant": "whether q_value makes it a finding",
}

#: Mentions that the prior is worth, spread over the words as in all texts.
PRIOR = 500.0
#: Texts that each group needs at least.
FEWEST_TEXTS = 10
#: Of a group with fewer.
_TOO_FEW = {
    "positive": N_("긍정 글이 {count}개뿐입니다. 적어도 {least}개가 필요합니다."),
    "negative": N_("부정 글이 {count}개뿐입니다. 적어도 {least}개가 필요합니다."),
}


def polar_words(
    corpus: Corpus, *, min_count: int = 5, level: float = 0.95, prior: float = PRIOR
) -> pd.DataFrame:
    """Words of positive against words of negative texts.

    Args:
        corpus: the texts to count, with their predictions.
        min_count: words of fewer texts are left out.
        level: of the intervals.
        prior: mentions that the prior is worth.

    Returns:
        One row a word, from the most positive to the most negative by z; see `POLAR_COLUMNS`.

    Raises:
        InsightError: nothing is judged, or one of the two groups has too few texts.
    """
    corpus.judged  # noqa: B018 - raises where nothing is judged
    positive = corpus.texts["positive"].to_numpy()
    groups = {"positive": positive == 1, "negative": positive == 0}
    for name, chosen in groups.items():
        refuse_few(int(chosen.sum()), FEWEST_TEXTS, _TOO_FEW[name])
    mentions = corpus.mentions
    one, other = (chosen.astype(np.int64) @ mentions.by_text for chosen in groups.values())
    # A word that neither group mentions has no odds; it adds nothing to those of the others.
    mentioned = np.flatnonzero(one + other)
    if len(mentioned) < 2:
        raise insight_error("글에 나오는 낱말이 둘보다 적어 비교할 수 없습니다.")
    words, one, other = mentions.words.iloc[mentioned], one[mentioned], other[mentioned]
    log_odds, error = log_odds_ratio(one, other, one + other, prior)
    kept = np.flatnonzero(one + other >= min_count)
    log_odds, error = log_odds[kept], error[kept]
    z = log_odds / error
    low, high = normal_interval(log_odds, error, level)
    table = words.iloc[kept].assign(
        positive=one[kept],
        negative=other[kept],
        log_odds=log_odds,
        low=low,
        high=high,
        z=z,
        **findings(2 * stats.norm.sf(np.abs(z))),
    )
    table = table.sort_values("z", ascending=False, kind="stable", ignore_index=True)
    return table[list(POLAR_COLUMNS)]


def log_odds_ratio(
    one: np.ndarray, other: np.ndarray, background: np.ndarray, prior: float
) -> tuple[np.ndarray, np.ndarray]:
    """(log-odds ratio, its standard error) of each word; equations 16 and 20 of Monroe et al.

    Args:
        one: counts of each word in the first group, int (words,).
        other: counts of each word in the second group, int (words,).
        background: counts that give the prior its shape, each above 0, for two words or more.
        prior: counts that it is worth in all.
    """
    alpha = prior * background / background.sum()
    logits = [np.log(y + alpha) - np.log(y.sum() + prior - y - alpha) for y in (one, other)]
    return logits[0] - logits[1], np.sqrt(1 / (one + alpha) + 1 / (other + alpha))
