"""In which words: what rises and falls, what praise and complaints say, what no dictionary has."""

from __future__ import annotations

import numpy as np
import pandas as pd

from zigbang_nlp import insight
from zigbang_nlp.charts.rows import Row, bar_rows
from zigbang_nlp.insight.filters import recent
from zigbang_nlp.language.i18n import N_
from zigbang_nlp.report.chart_rows import points
from zigbang_nlp.report.quotes import mentioning, representative
from zigbang_nlp.report.section import Material, Quote, Section, View, section
from zigbang_nlp.report.sections.yearly import yearly_keywords

_DRAWN = 12
_KINDS = {"coined": N_("신조어"), "compound": N_("복합어")}


def wording(material: Material) -> Section:
    """The section about words."""
    views = {
        "keywords": _keywords,
        "yearly_keywords": yearly_keywords,
        "polar": _polar,
        "new_words": _new_words,
    }
    return section(material, "wording", views)


def _keywords(material: Material) -> View:
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
        )
    ]
    sentences.append(
        say(
            "비교한 단어 {words:,}개 중 {found:,}개가 유의하게 달라졌습니다(거짓 발견율 5%)."
            if len(sure)
            else N_(
                "비교한 단어 {words:,}개 중 유의하게 달라진 단어가 없습니다. 표에는 변화가 큰 단어를 실었습니다."
            ),
            found=len(sure),
            words=len(table),
        )
    )
    columns = {
        "word": "text",
        "ratio": "ratio",
        "low": "ratio",
        "high": "ratio",
        "rate": "percent",
        "base_rate": "percent",
        "mentions": "count",
        "q_value": "p",
    }
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
    quotes = _quotes_of(material, shown.head(3)["word"].tolist(), pd.Timestamp(since))
    rows = shown if len(shown) else table.head(_DRAWN)
    return View("keywords", sentences, chart, table, columns, rows=rows, quotes=quotes)


def _quotes_of(
    material: Material, words: list[str], since: pd.Timestamp | None = None
) -> list[tuple[str, list[Quote]]]:
    corpus = material.corpus
    inside = np.ones(len(corpus.texts), bool)
    if since is not None:
        inside = corpus.texts["written_at"].ge(since).to_numpy(bool)
    pairs = [
        (word, representative(material, mentioning(corpus, word) & inside, 1)) for word in words
    ]
    return [(word, quotes) for word, quotes in pairs if quotes]


def _polar(material: Material) -> View:
    say = material.say
    table = insight.polar_words(material.corpus)
    sure = table[table["significant"]]
    ends = [sure[sure["z"] > 0].head(_DRAWN), sure[sure["z"] < 0].tail(_DRAWN)]
    drawn = pd.concat(ends)
    columns = {
        "word": "text",
        "log_odds": "signed",
        "low": "signed",
        "high": "signed",
        "positive": "count",
        "negative": "count",
        "q_value": "p",
    }
    if drawn.empty:
        return View(
            "polar",
            [
                say(
                    "비교한 단어 {words:,}개 중 한쪽으로 유의하게 치우친 단어가 없습니다.",
                    words=len(table),
                )
            ],
            table=table,
        )
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
    sentences = [
        say(
            "긍정 리뷰와 부정 리뷰에서 쓰이는 정도가 가장 크게 다른 단어입니다. 자주 쓰인 단어와 드문 단어를 함께 비교할 수 있도록 사전확률로 보정한 로그 오즈입니다."
        )
    ]
    texts = material.corpus.texts
    quotes = []
    for end, positive in zip(ends, (1.0, 0.0), strict=True):
        word = (end["word"].head(1) if positive else end["word"].tail(1)).tolist()
        for name in word:
            chosen = mentioning(material.corpus, name) & texts["positive"].eq(positive).to_numpy()
            quotes.append((name, representative(material, chosen, 1)))
    return View("polar", sentences, chart, table, columns, rows=drawn, quotes=quotes, sides=True)


def _new_words(material: Material) -> View:
    say = material.say
    table = insight.new_words(material.corpus)
    if table.empty:
        return View("new_words", [say("사전에 없는 말을 찾지 못했습니다.")])
    table = table.assign(kind=[say(_KINDS[kind]) for kind in table["kind"]])
    columns = {"word": "text", "kind": "text", "reviews": "count", "parts": "text"}
    quotes = _quotes_of(material, table["word"].head(3).tolist())
    return View(
        "new_words",
        [say("단어 목록 없이 리뷰에서만 찾아낸 말 {found:,}개입니다.", found=len(table))],
        None,
        table,
        columns,
        quotes=quotes,
    )
