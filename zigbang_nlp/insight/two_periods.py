"""What changed between two periods: sentiment over all, by category and topic, and what is spoken of."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from zigbang_nlp.errors import InsightError
from zigbang_nlp.insight.corpus import Corpus
from zigbang_nlp.insight.filters import as_read, days, recent
from zigbang_nlp.insight.opinion_rows import opinions
from zigbang_nlp.insight.rates import (
    benjamini_hochberg,
    cohens_h,
    newcombe,
    significant,
    two_rates_p,
)
from zigbang_nlp.insight.sentiment import text_design_effect
from zigbang_nlp.language.bilingual import input_error, refuse_few
from zigbang_nlp.language.i18n import N_
from zigbang_nlp.records import CATEGORIES

#: Columns of `before_after`.
BEFORE_AFTER_COLUMNS: dict[str, str] = {
    "measure": "positive (share of texts that are) or spoken (share of reviews with an opinion on it)",
    "kind": "all, category or topic",
    "name": "a key of records.CATEGORIES, a topic, or all",
    "before": "the share in the earlier period",
    "after": "the share in the later period",
    "before_count": "texts (positive) or reviews (spoken) of the earlier period",
    "after_count": "of the later period",
    "difference": "after less before",
    "low": "lower end of its interval (Newcombe 1998, method 10)",
    "high": "upper end",
    "effect": "Cohen's h: 0.2 is small, 0.5 medium, 0.8 large",
    "p_value": "of equal shares: the N - 1 chi-squared test (Campbell 2007)",
    "q_value": "p_value corrected for all rows of its measure (Benjamini & Hochberg 1995)",
    "significant": "whether q_value makes it a finding",
}

#: Texts or reviews that each period needs at least, for a row, and in all.
FEWEST_IN_ROW, FEWEST = 10, 20
#: Of the earlier and the later period with fewer.
_TOO_FEW = (
    N_("앞 기간의 판정된 글이 {count}개뿐입니다. 적어도 {least}개가 필요합니다."),
    N_("뒤 기간의 판정된 글이 {count}개뿐입니다. 적어도 {least}개가 필요합니다."),
)


def before_after(
    corpus: Corpus,
    since: str | date | None = None,
    until: str | date | None = None,
    *,
    base_since: str | date | None = None,
    base_until: str | date | None = None,
    level: float = 0.95,
) -> pd.DataFrame:
    """Every change between two periods, with its test.

    It compares who wrote then with who wrote later. A difference may also come from reviews of
    other complexes coming in; narrow the corpus to a place to see that.

    Args:
        corpus: the judged texts.
        since: first day of the later period; with neither end, it is what is recent (see
            `filters.recent`).
        until: its last day.
        base_since: first day of the earlier one; by default it is all before the later one.
        base_until: its last day.
        level: of the intervals.

    Returns:
        One row a measure and name: over all, then categories and topics in which both periods
        have enough. See `BEFORE_AFTER_COLUMNS`. `attrs` say the periods as they were read: since,
        until, base_since, base_until, as ISO days.

    Raises:
        InputError: a day can't be read, or the periods overlap.
        InsightError: no dates, or a period has too few judged texts.
    """
    written = corpus.dated["written_at"]
    if since is None and until is None:
        since, until = recent(written)
    first, last = days(since, until)
    if base_since is None and base_until is None:
        base_first, base_last = pd.Timestamp(1900, 1, 1), first
    else:
        base_first, base_last = days(base_since, base_until)
    if base_first < last and first < base_last:
        raise input_error(
            "두 기간이 겹칩니다.", "앞 기간이 끝난 뒤에 뒤 기간이 시작하도록 날짜를 고쳐 주세요."
        )
    texts = corpus.counted
    when = texts["written_at"]
    spans = ((base_first, base_last), (first, last))
    side = np.select([when.between(*span, inclusive="left") for span in spans], [0, 1], -1)
    for number, too_few in enumerate(_TOO_FEW):
        refuse_few(int((side == number).sum()), FEWEST, too_few)
    texts = texts.assign(group=side)[side >= 0]
    table = pd.DataFrame(_positive_rows(texts) + _topic_rows(corpus, texts))
    counts = table[["before_count", "after_count"]].min(axis=1)
    table = table[counts.ge(FEWEST_IN_ROW) | table["kind"].eq("all")].reset_index(drop=True)
    table = _tested(table, level)
    base = as_read(written, base_first, base_last)
    table.attrs = as_read(written, first, last) | {f"base_{end}": base[end] for end in base}
    return table


def _positive_rows(texts: pd.DataFrame) -> list[dict[str, object]]:
    rows = [_positive("all", "all", texts, text_design_effect(texts))]
    if texts["category"].nunique() > 1:
        rows += [
            _positive("category", name, texts[texts["category"].eq(name)], 1.0)
            for name in CATEGORIES
        ]
    return rows


def _topic_rows(corpus: Corpus, texts: pd.DataFrame) -> list[dict[str, object]]:
    try:
        spoken = opinions(corpus, ("review",))
    except InsightError:
        return []
    spoken = spoken.join(texts["group"], how="inner")
    reviews = texts.groupby("review")["group"].first()
    in_all = np.bincount(reviews, minlength=2)
    rows = []
    for name, part in spoken.groupby("topic", sort=True):
        judged = part[part["positive"].notna()]
        rows.append(_positive("topic", name, judged, text_design_effect(judged)))
        held = np.bincount(reviews.reindex(part["review"].unique()), minlength=2)
        rows.append(_row("spoken", "topic", name, held, in_all))
    return rows


def _positive(kind: str, name: object, texts: pd.DataFrame, effect: float) -> dict[str, object]:
    held = np.bincount(texts["group"], texts["positive"], minlength=2)
    return _row("positive", kind, name, held, np.bincount(texts["group"], minlength=2), 1 / effect)


def _row(
    measure: str, kind: str, name: object, held: np.ndarray, of: np.ndarray, worth: float = 1.0
) -> dict[str, object]:
    """A row of the earlier and the later period, in each of which so many of so many were found."""
    before, after = (k / n if n else np.nan for k, n in zip(held, of, strict=True))
    return {
        "measure": measure,
        "kind": kind,
        "name": name,
        "before": before,
        "after": after,
        "before_count": int(of[0]),
        "after_count": int(of[1]),
        "_worth": worth,
    }


def _tested(table: pd.DataFrame, level: float) -> pd.DataFrame:
    n1 = (table["after_count"] * table["_worth"]).to_numpy(float)
    n2 = (table["before_count"] * table["_worth"]).to_numpy(float)
    k1, k2 = n1 * table["after"].to_numpy(float), n2 * table["before"].to_numpy(float)
    low, high = newcombe(k1, n1, k2, n2, level)
    table = table.assign(
        difference=table["after"] - table["before"],
        low=low,
        high=high,
        effect=cohens_h(table["after"], table["before"]),
        p_value=two_rates_p(k1, n1, k2, n2),
    )
    table["q_value"] = table.groupby("measure")["p_value"].transform(benjamini_hochberg)
    table["significant"] = significant(table["q_value"])
    return table[list(BEFORE_AFTER_COLUMNS)]
