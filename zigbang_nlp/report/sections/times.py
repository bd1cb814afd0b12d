"""When: sentiment over time, and the moments at which it changed for good."""

from __future__ import annotations

from zigbang_nlp import insight
from zigbang_nlp.charts.lines import Point, over_time
from zigbang_nlp.errors import InsightError
from zigbang_nlp.language.i18n import N_
from zigbang_nlp.report.section import Material, View

#: Days from which on quarters are shown rather than months.
_LONG = 550


def period_of(corpus: insight.Corpus) -> insight.Period:
    """Quarters for long corpora, else months.

    Raises:
        InsightError: nothing has a date.
    """
    when = corpus.dated["written_at"]
    return "quarter" if (when.max() - when.min()).days > _LONG else "month"


def trend(material: Material) -> View:
    """The share of praise by month or quarter, and where it changed."""
    say, corpus = material.say, material.corpus
    period = period_of(corpus)
    table = insight.trend(corpus, period)
    changes, sentences = [], []
    try:
        changes = material.ask(insight.changes, period).to_dict("records")
    except InsightError as error:
        sentences = [error.sentence(say.language)]
    else:
        sentences = [
            say(
                "{label}부터 {category} 긍정 비율이 {before:.0%}에서 {after:.0%}로 높아졌습니다."
                if row["difference"] > 0
                else N_(
                    "{label}부터 {category} 긍정 비율이 {before:.0%}에서 {after:.0%}로 낮아졌습니다."
                ),
                label=row["label"],
                category=say.category(row["category"]),
                before=row["before"],
                after=row["after"],
            )
            for row in changes
        ] or [say("지속된 변화는 없습니다. 오르내림은 우연의 범위 안에 있습니다.")]
    # The line is that of all texts; a change of one category isn't seen in it.
    marks = [(row["label"], row["label"]) for row in changes if row["category"] == "all"]
    line = [
        Point(row["label"], row["share"], row["low"], row["high"], int(row["texts"]))
        for row in table.to_dict("records")
    ]
    chart = over_time(line, say("긍정 비율 추이"), marks=marks)
    columns = ["label", "share", "low", "high", "texts", "reviews"]
    return View("trend", sentences, chart, table, columns, rows=table.iloc[::-1])
