"""In which words: what rises and falls, what praise and complaints say, what no dictionary has."""

from __future__ import annotations

import numpy as np
import pandas as pd

from zigbang_nlp import insight
from zigbang_nlp.charts.rows import Row, bar_rows
from zigbang_nlp.insight.filters import recent
from zigbang_nlp.insight.opinions import mentioned
from zigbang_nlp.language.i18n import N_
from zigbang_nlp.report.chart_rows import points
from zigbang_nlp.report.quotes import representative
from zigbang_nlp.report.section import Material, Quote, View

_DRAWN = 12
_KINDS = {"coined": N_("신조어"), "compound": N_("복합어")}


def keywords(material: Material) -> View:
    """Words that are mentioned more or less often of late."""
    say, corpus = material.say, material.corpus
    since, until = recent(corpus.dated["written_at"])
    table = insight.keywords(corpus, since, until)
    sure = table[table["significant"]]
    shown = pd.concat(
        [sure[sure["direction"].eq(name)].head(_DRAWN) for name in ("rising", "falling")]
    )
    drawn = shown[np.isfinite(shown["ratio"]) & shown["ratio"].gt(0)]
    drawn = drawn.sort_values("ratio", ascending=False)
    sentences = [
        say(
            "{since}–{until}의 언급 비율이 전체 기간의 몇 배인지 나타냅니다.",
            since=f"{since:%Y-%m-%d}",
            until=f"{until:%Y-%m-%d}",
        ),
        say(
            "비교한 단어 {words:,}개 중 {found:,}개가 유의하게 달라졌습니다(거짓 발견율 5%)."
            if len(sure)
            else N_(
                "비교한 단어 {words:,}개 중 유의하게 달라진 단어가 없습니다. 표에는 변화가 큰 단어를 실었습니다."
            ),
            found=len(sure),
            words=len(table),
        ),
    ]
    columns = ["word", "ratio", "low", "high", "rate", "base_rate", "mentions", "q_value"]
    chart = None
    if len(drawn):
        bars = [
            Row(
                row["word"],
                float(np.log2(row["ratio"])),
                figure=f"{row['ratio']:.1f}×",
                note=say(
                    "이 기간 {rate:.1%}, 전체 {base:.1%}", rate=row["rate"], base=row["base_rate"]
                ),
            )
            for row in drawn.to_dict("records")
        ]
        chart = bar_rows(bars, say("언급이 늘거나 준 키워드"), lambda power: f"{2.0**power:g}×")
    inside = corpus.texts["written_at"].ge(pd.Timestamp(since)).to_numpy(bool)
    quotes = _quotes_of(material, shown["word"].head(3), inside)
    rows = shown if len(shown) else table.head(_DRAWN)
    return View("keywords", sentences, chart, table, columns, rows=rows, quotes=quotes)


def _quotes_of(
    material: Material, words: pd.Series, inside: np.ndarray | bool = True
) -> list[tuple[str, list[Quote]]]:
    """A quote for each word from the texts that are `inside`, as far as there is one."""
    pairs = [
        (word, representative(material, mentioned(material.corpus, word)[0] & inside, 1))
        for word in words
    ]
    return [(word, quotes) for word, quotes in pairs if quotes]


def polar(material: Material) -> View:
    """Words of praise and of complaints."""
    say = material.say
    table = insight.polar_words(material.corpus)
    sure = table[table["significant"]]
    ends = [sure[sure["z"] > 0].head(_DRAWN), sure[sure["z"] < 0].tail(_DRAWN)]
    drawn = pd.concat(ends)
    if drawn.empty:
        sentence = say(
            "비교한 단어 {words:,}개 중 한쪽으로 유의하게 치우친 단어가 없습니다.", words=len(table)
        )
        return View("polar", [sentence], table=table)
    bars = [
        Row(
            row["word"],
            row["log_odds"],
            figure=f"{row['log_odds']:+.2f}",
            note=f"{say('긍정')} {row['positive']:,} · {say('부정')} {row['negative']:,}",
            tone="positive" if row["log_odds"] > 0 else "negative",
        )
        for row in drawn.to_dict("records")
    ]
    chart = bar_rows(bars, say("칭찬에 쓰인 말과 불만에 쓰인 말"), points)
    sentence = say(
        "긍정 리뷰와 부정 리뷰에서 쓰이는 정도가 가장 크게 다른 단어입니다. 자주 쓰인 단어와 드문 단어를 함께 비교할 수 있도록 사전확률로 보정한 로그 오즈입니다."
    )
    texts = material.corpus.texts
    quotes = []
    for furthest, positive in ((ends[0].head(1), 1.0), (ends[1].tail(1), 0.0)):
        for word in furthest["word"]:
            of_side = (
                mentioned(material.corpus, word)[0] & texts["positive"].eq(positive).to_numpy()
            )
            quotes.append((word, representative(material, of_side, 1)))
    columns = ["word", "log_odds", "low", "high", "positive", "negative", "q_value"]
    return View("polar", [sentence], chart, table, columns, rows=drawn, quotes=quotes, sides=True)


def new_words(material: Material) -> View:
    """Words that no dictionary has."""
    say = material.say
    table = insight.new_words(material.corpus)
    if table.empty:
        return View("new_words", [say("사전에 없는 말을 찾지 못했습니다.")])
    table = table.assign(kind=[say(_KINDS[kind]) for kind in table["kind"]])
    sentence = say("단어 목록 없이 리뷰에서만 찾아낸 말 {found:,}개입니다.", found=len(table))
    columns = ["word", "kind", "reviews", "parts"]
    quotes = _quotes_of(material, table["word"].head(3))
    return View("new_words", [sentence], None, table, columns, quotes=quotes)
