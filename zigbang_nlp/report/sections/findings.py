"""What a reader should know first: sentences of what is significant, each with n and interval."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import comb

import pandas as pd

from zigbang_nlp import insight
from zigbang_nlp.errors import InsightError
from zigbang_nlp.insight.rates import fisher_p, significant
from zigbang_nlp.language.i18n import N_
from zigbang_nlp.report.section import Material, Section, View, section
from zigbang_nlp.report.sections.times import period_of

#: Sentences of each kind at most.
_MOST = 3


def findings(material: Material) -> Section:
    """The section that opens the report."""
    return section(material, "findings", {"key_findings": _key_findings})


def _key_findings(material: Material) -> View:
    say = material.say
    kinds: list[Callable[[Material], Iterator[str]]] = [
        _places,
        _themes,
        _changed,
        _turned,
        _apart,
        _rising,
        _moving,
    ]
    sentences: list[str] = []
    for kind in kinds:
        try:
            sentences += list(kind(material))[:_MOST]
        except InsightError:
            continue  # the section that it belongs to says why
    if not sentences:
        sentences = [say("통계적으로 유의한 결과가 없습니다. 아래 수치는 참고용입니다.")]
    return View("key_findings", sentences)


def _places(material: Material) -> Iterator[str]:
    """How many complexes are unlike the mean of all, and those at either end."""
    say = material.say
    table = insight.where(material.corpus)
    if table["side"].eq(0).all():
        return
    yield say(
        "단지 {complexes:,}곳 가운데 전체 긍정 비율({overall:.1%})보다 유의하게 높은 곳이 {above:,}곳, 낮은 곳이 {below:,}곳입니다.",
        complexes=len(table),
        overall=float(table.attrs["overall"]),
        above=int(table["side"].eq(1).sum()),
        below=int(table["side"].eq(-1).sum()),
    )
    ends = [
        (table.iloc[0], N_("만족도가 가장 높은 단지는 {name}입니다")),
        (table.iloc[int(table["high"].argmin())], N_("만족도가 가장 낮은 단지는 {name}입니다")),
    ]
    for row, sentence in ends:
        if row["side"]:
            yield say(
                "{sentence}(보정한 만족도 {score:.1%}, 95% 신뢰구간 {low:.1%}–{high:.1%}, 글 {n:,}건).",
                sentence=say(sentence, name=row["name"]),
                score=row["score"],
                low=row["low"],
                high=row["high"],
                n=row["texts"],
            )


def _themes(material: Material) -> Iterator[str]:
    """The best and the worst category and topic, where their intervals are apart."""
    say, corpus = material.say, material.corpus
    categories = insight.where(corpus, "category").rename(
        columns={"category": "name", "wilson_low": "least", "wilson_high": "most"}
    )
    topics = insight.topics(corpus).rename(
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
            yield say(sentence, best=_figures(material, best), worst=_figures(material, worst))


def _figures(material: Material, row: pd.Series) -> str:
    say = material.say
    return say(
        "{name}({share:.1%}, 95% 신뢰구간 {low:.1%}–{high:.1%}, 글 {n:,}건)",
        name=say.category(row["name"]),
        share=row["share"],
        low=row["least"],
        high=row["most"],
        n=row["texts"],
    )


def _turned(material: Material) -> Iterator[str]:
    """Moments from which sentiment stayed on another level."""
    say, corpus = material.say, material.corpus
    table = insight.changes(corpus, period_of(corpus))
    of = corpus.judged["category"]
    for row in table.to_dict("records"):
        yield say(
            "{label}부터 {category} 긍정 비율이 {before:.1%}에서 {after:.1%}로 바뀌어 이어집니다(차이의 95% 신뢰구간 {low:+.1f}~{high:+.1f}%p, 글 {n:,}건의 흐름).",
            label=row["label"],
            category=say.category(row["category"]),
            before=row["before"],
            after=row["after"],
            low=100 * row["low"],
            high=100 * row["high"],
            n=len(of) if row["category"] == "all" else int(of.eq(row["category"]).sum()),
        )


def _changed(material: Material) -> Iterator[str]:
    """Changes of sentiment between what is recent and what was before."""
    say = material.say
    table = insight.before_after(material.corpus)
    fallen = table[table["significant"] & table["measure"].eq("positive")]
    for row in fallen.reindex(
        fallen["difference"].abs().sort_values(ascending=False).index
    ).to_dict("records"):
        yield say(
            "{since} 이후 {name} 긍정 비율이 {before:.1%}에서 {after:.1%}로 올랐습니다(차이의 95% 신뢰구간 {low:+.1f}~{high:+.1f}%p, 글 {n_before:,}건과 {n_after:,}건)."
            if row["difference"] > 0
            else N_(
                "{since} 이후 {name} 긍정 비율이 {before:.1%}에서 {after:.1%}로 떨어졌습니다(차이의 95% 신뢰구간 {low:+.1f}~{high:+.1f}%p, 글 {n_before:,}건과 {n_after:,}건)."
            ),
            since=table.attrs["since"],
            name=say.category(row["name"]),
            before=row["before"],
            after=row["after"],
            low=100 * row["low"],
            high=100 * row["high"],
            n_before=row["before_count"],
            n_after=row["after_count"],
        )


def _apart(material: Material) -> Iterator[str]:
    """Complexes that are unlike the others in a category."""
    say = material.say
    table = insight.standouts(material.corpus)
    for row in table[table["significant"]].to_dict("records"):
        yield say(
            "{name}: {category} 긍정 비율이 {share:.1%}로 다른 단지({other:.1%})보다 높습니다(차이의 95% 신뢰구간 {low:+.1f}~{high:+.1f}%p, 글 {n:,}건)."
            if row["difference"] > 0
            else N_(
                "{name}: {category} 긍정 비율이 {share:.1%}로 다른 단지({other:.1%})보다 낮습니다(차이의 95% 신뢰구간 {low:+.1f}~{high:+.1f}%p, 글 {n:,}건)."
            ),
            name=row["name"],
            category=say.category(row["category"]),
            share=row["share"],
            other=row["other_share"],
            low=100 * row["low"],
            high=100 * row["high"],
            n=row["texts"],
        )


def _rising(material: Material) -> Iterator[str]:
    """Words that are mentioned more often of late."""
    say = material.say
    table = insight.keywords(material.corpus)
    rising = table[table["significant"] & table["direction"].eq("rising")]
    for row in rising.to_dict("records"):
        yield say(
            "{since} 이후 ‘{word}’ 언급이 전체 기간 {base:.1%}에서 {rate:.1%}로 늘었습니다({ratio:.1f}배, 95% 신뢰구간 {low:.1f}–{high:.1f}, 리뷰 {k:,}/{n:,}건).",
            since=table.attrs["since"],
            word=row["word"],
            base=row["base_rate"],
            rate=row["rate"],
            ratio=row["ratio"],
            low=row["low"],
            high=row["high"],
            k=row["mentions"],
            n=row["reviews"],
        )


def _moving(material: Material) -> Iterator[str]:
    """The topic or category that goes most with the recommendation score."""
    say = material.say
    try:
        table = insight.drivers(material.corpus)
    except InsightError:
        table = insight.drivers(material.corpus, "category")
    for row in table[table["significant"]].head(1).to_dict("records"):
        yield say(
            "추천점수와 가장 크게 관련된 것은 {name}입니다. 칭찬할 때와 불만일 때 점수가 {effect:+.2f}점씩 다릅니다(95% 신뢰구간 {low:+.2f}~{high:+.2f}, 리뷰 {n:,}건). 인과관계는 아닙니다.",
            name=say.category(row["driver"]),
            effect=row["effect"],
            low=row["low"],
            high=row["high"],
            n=row["reviews"],
        )
