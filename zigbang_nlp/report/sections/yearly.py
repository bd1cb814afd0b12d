"""The 20 keywords of each year: words that were mentioned more often than in all years together."""

from __future__ import annotations

import pandas as pd

from zigbang_nlp import insight
from zigbang_nlp.errors import InsightError
from zigbang_nlp.language.bilingual import insight_error
from zigbang_nlp.report.section import Material, View

_TOP = 20


def yearly_keywords(material: Material) -> View:
    """A column a year, a row a rank.

    Raises:
        InsightError: no dates, or all of one year.
    """
    say = material.say
    table = _keywords_by_year(material)
    cells = [
        f"{row['word']} {row['ratio']:.1f}×" + ("" if row["significant"] else " –")
        for row in table.to_dict("records")
    ]
    wide = table.assign(cell=cells).pivot(index="rank", columns="year", values="cell")
    wide = wide.reindex(range(1, _TOP + 1)).fillna("").rename(columns=str).reset_index()
    sentence = say(
        "해마다 언급 비율이 전체 기간보다 높았던 말 {top}개를, 우연으로 보기 어려운 것부터 실었습니다. 숫자는 배율이고, 줄표(–)가 붙은 말은 통계적으로 유의하지 않습니다.",
        top=_TOP,
    )
    return View("yearly_keywords", [sentence], None, table, list(wide.columns), rows=wide)


def _keywords_by_year(material: Material) -> pd.DataFrame:
    """`insight.keywords` of each year with enough reviews, its first 20 rising words: year, rank."""
    corpus = material.corpus
    written = corpus.dated["written_at"]
    tables = []
    trouble = insight_error("작성일이 있는 리뷰가 모두 한 해의 것입니다.")
    for year in range(written.min().year, written.max().year + 1):
        try:
            table = insight.keywords(corpus, str(year), str(year))
        except InsightError as error:
            trouble = error
            continue
        rising = table[table["direction"].eq("rising")].head(_TOP)
        tables.append(rising.assign(year=year, rank=range(1, len(rising) + 1)))
    if not tables:
        raise trouble
    return pd.concat(tables, ignore_index=True)
