"""What a reader should know first: sentences of what is significant, each with n and interval."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from math import comb
from typing import Any

import pandas as pd

from zigbang_nlp import insight
from zigbang_nlp.errors import InsightError
from zigbang_nlp.insight.rates import fisher_p, significant
from zigbang_nlp.language.i18n import N_, Translator
from zigbang_nlp.report.section import Material, View
from zigbang_nlp.report.sections.times import period_of

#: Sentences of each kind at most.
_MOST = 3


def key_findings(material: Material) -> View:
    """A few sentences of each kind; what can't be said is left to the section that says why."""
    say = material.say
    sentences: list[str] = []
    for kind in (_places, _themes, _changed, _turned, _apart, _rising, _moving):
        with suppress(InsightError):
            sentences += list(kind(say, material))[:_MOST]
    if not sentences:
        sentences = [say("통계적으로 유의한 결과가 없습니다. 아래 수치는 참고용입니다.")]
    return View("key_findings", sentences)


def _places(say: Translator, material: Material) -> Iterator[str]:
    """How many complexes are unlike the mean of all, and those at either end."""
    table = material.ask(insight.where)
    if table["side"].eq(0).all():
        return
    yield say(
        "단지 {complexes:,}곳 가운데 전체 긍정 비율({overall:.1%})보다 유의하게 높은 곳이 {above:,}곳, 낮은 곳이 {below:,}곳입니다.",
        complexes=len(table),
        overall=float(table.attrs["overall"]),
        above=int(table["side"].eq(1).sum()),
        below=int(table["side"].eq(-1).sum()),
    )
    ends = _records(table.iloc[[0, int(table["high"].argmin())]], n="texts")
    sentences = (
        N_("만족도가 가장 높은 단지는 {name}입니다"),
        N_("만족도가 가장 낮은 단지는 {name}입니다"),
    )
    for row, sentence in zip(ends, sentences, strict=True):
        if row["side"]:
            yield say(
                "{sentence}(보정한 만족도 {score:.1%}, 95% 신뢰구간 {low:.1%}–{high:.1%}, 글 {n:,}건).",
                **row | {"sentence": say(sentence, name=row["name"])},
            )


def _themes(say: Translator, material: Material) -> Iterator[str]:
    """The best and the worst category and topic, where their intervals are apart."""
    categories = material.ask(insight.where, "category").rename(
        columns={"category": "name", "wilson_low": "least", "wilson_high": "most"}
    )
    topics = material.ask(insight.topics).rename(
        columns={"topic": "name", "low": "least", "high": "most"}
    )
    for table, sentence in (
        (categories, N_("긍정 비율이 가장 높은 항목은 {best}, 가장 낮은 항목은 {worst}입니다.")),
        (topics, N_("긍정 비율이 가장 높은 주제는 {best}, 가장 낮은 주제는 {worst}입니다.")),
    ):
        table = table[table["texts"] > 0]
        if table.empty:
            continue
        # By the ends that are sure: a topic of three happy texts isn't the best one.
        best = table.sort_values("least").iloc[-1]
        worst = table.sort_values("most").iloc[0]
        # Any two could have been the ends, so the test is corrected for all pairs (Bonferroni).
        p = fisher_p(best["positive"], best["texts"], worst["positive"], worst["texts"])
        if best["share"] > worst["share"] and significant(p * comb(len(table), 2)):
            yield say(sentence, best=_figures(say, best), worst=_figures(say, worst))


def _figures(say: Translator, row: pd.Series) -> str:
    return say(
        "{name}({share:.1%}, 95% 신뢰구간 {low:.1%}–{high:.1%}, 글 {n:,}건)",
        name=say.category(row["name"]),
        share=row["share"],
        low=row["least"],
        high=row["most"],
        n=row["texts"],
    )


def _turned(say: Translator, material: Material) -> Iterator[str]:
    """Moments from which sentiment stayed on another level."""
    of = material.corpus.judged["category"]
    changes = material.ask(insight.changes, period_of(material.corpus))
    for row in _records(_in_points(changes)):
        name = row["category"]
        texts = len(of) if name == "all" else int(of.eq(name).sum())
        yield say(
            "{label}부터 {category} 긍정 비율이 {before:.1%}에서 {after:.1%}로 바뀌어 이어집니다(차이의 95% 신뢰구간 {low:+.1f}~{high:+.1f}%p, 글 {n:,}건의 흐름).",
            **row | {"category": say.category(name), "n": texts},
        )


def _changed(say: Translator, material: Material) -> Iterator[str]:
    """Changes of sentiment between what is recent and what was before."""
    table = material.ask(insight.before_after)
    changed = table[table["significant"] & table["measure"].eq("positive")]
    changed = changed.sort_values("difference", key=abs, ascending=False)
    for row in _records(_in_points(changed), n_before="before_count", n_after="after_count"):
        yield say(
            "{since} 이후 {name} 긍정 비율이 {before:.1%}에서 {after:.1%}로 올랐습니다(차이의 95% 신뢰구간 {low:+.1f}~{high:+.1f}%p, 글 {n_before:,}건과 {n_after:,}건)."
            if row["difference"] > 0
            else N_(
                "{since} 이후 {name} 긍정 비율이 {before:.1%}에서 {after:.1%}로 떨어졌습니다(차이의 95% 신뢰구간 {low:+.1f}~{high:+.1f}%p, 글 {n_before:,}건과 {n_after:,}건)."
            ),
            **row | {"since": table.attrs["since"], "name": say.category(row["name"])},
        )


def _apart(say: Translator, material: Material) -> Iterator[str]:
    """Complexes that are unlike the others in a category."""
    table = material.ask(insight.standouts)
    for row in _records(_in_points(table[table["significant"]]), other="other_share", n="texts"):
        yield say(
            "{name}: {category} 긍정 비율이 {share:.1%}로 다른 단지({other:.1%})보다 높습니다(차이의 95% 신뢰구간 {low:+.1f}~{high:+.1f}%p, 글 {n:,}건)."
            if row["difference"] > 0
            else N_(
                "{name}: {category} 긍정 비율이 {share:.1%}로 다른 단지({other:.1%})보다 낮습니다(차이의 95% 신뢰구간 {low:+.1f}~{high:+.1f}%p, 글 {n:,}건)."
            ),
            **row | {"category": say.category(row["category"])},
        )


def _rising(say: Translator, material: Material) -> Iterator[str]:
    """Words that are mentioned more often of late."""
    table = material.ask(insight.keywords)
    rising = table[table["significant"] & table["direction"].eq("rising")]
    for row in _records(rising, base="base_rate", k="mentions", n="reviews"):
        yield say(
            "{since} 이후 ‘{word}’ 언급이 전체 기간 {base:.1%}에서 {rate:.1%}로 늘었습니다({ratio:.1f}배, 95% 신뢰구간 {low:.1f}–{high:.1f}, 리뷰 {k:,}/{n:,}건).",
            **row | {"since": table.attrs["since"]},
        )


def _moving(say: Translator, material: Material) -> Iterator[str]:
    """The topic or category that goes most with the recommendation score."""
    try:
        table = material.ask(insight.drivers)
    except InsightError:
        table = material.ask(insight.drivers, "category")
    for row in _records(table[table["significant"]].head(1), n="reviews"):
        yield say(
            "추천점수와 가장 크게 관련된 것은 {name}입니다. 칭찬할 때와 불만일 때 점수가 {effect:+.2f}점씩 다릅니다(95% 신뢰구간 {low:+.2f}~{high:+.2f}, 리뷰 {n:,}건). 인과관계는 아닙니다.",
            **row | {"name": say.category(row["driver"])},
        )


def _records(table: pd.DataFrame, **sources: str) -> list[dict[str, Any]]:
    """Rows to fill sentences with: each column by its name, and some by another one too."""
    named = table.assign(**{name: table[source] for name, source in sources.items()})
    return [dict(zip(named.columns, row, strict=True)) for row in named.to_numpy(object)]


def _in_points(table: pd.DataFrame) -> pd.DataFrame:
    """A table with the interval of its difference in percentage points."""
    return table.assign(low=100 * table["low"], high=100 * table["high"])
