"""Store and model -> report: what `zigbang-nlp report` does."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from zigbang_nlp import insight
from zigbang_nlp.console import log
from zigbang_nlp.errors import BundleError
from zigbang_nlp.files import write_text
from zigbang_nlp.insight.queries import Filters
from zigbang_nlp.language.i18n import N_, Translator
from zigbang_nlp.predict.classifier import Classifier
from zigbang_nlp.report.page import render
from zigbang_nlp.report.section import Material, View, views_of
from zigbang_nlp.report.sections import places, themes, topics_of_places, wording
from zigbang_nlp.report.sections.caveats import OF_SAMPLE, caveats
from zigbang_nlp.report.sections.findings import key_findings
from zigbang_nlp.report.sections.methods import methods
from zigbang_nlp.report.sections.overview import headline, period
from zigbang_nlp.report.sections.reasons import deciding
from zigbang_nlp.report.sections.relations import network
from zigbang_nlp.report.sections.times import trend
from zigbang_nlp.report.sections.yearly import yearly_keywords
from zigbang_nlp.resources import SAMPLE
from zigbang_nlp.store import Store

#: The sections in order, each with its views.
SECTIONS: dict[str, dict[str, Callable[[Material], View]]] = {
    "findings": {"key_findings": key_findings},
    "places": {
        "map": places.complexes_map,
        "ranking": places.ranking,
        "regions": places.regions,
        "standouts": places.standouts,
        "pros_and_cons": topics_of_places.pros_and_cons,
    },
    "themes": {
        "categories": themes.categories,
        "topics": themes.topics,
        "topics_by_region": topics_of_places.topics_by_region,
        "drivers": themes.drivers,
    },
    "times": {"trend": trend},
    "wording": {
        "keywords": wording.keywords,
        "yearly_keywords": yearly_keywords,
        "polar": wording.polar,
        "new_words": wording.new_words,
    },
    "relations": {"network": network},
    "reasons": {"deciding": deciding},
    "methods": {"methods": methods},
}

#: What a report is about, by the filter.
_NAMED = {
    "region": N_("지역: {value}"),
    "since": N_("{value}부터"),
    "until": N_("{value}까지"),
    "complex": N_("단지: {value}"),
    "topic": N_("주제: {value}"),
    "named": N_("이름: {value}"),
    "min_texts": N_("리뷰 {value}건 이상인 단지"),
}


def subject(filters: Filters, say: Translator) -> str:
    """The filters in words."""
    parts = [
        say.category(value) if name == "category" else say(_NAMED[name], value=value)
        for name, value in filters.pairs()
    ]
    return " · ".join(parts) or say("저장된 전체 리뷰")


def write_report(
    store: Store | str | Path,
    output: Path,
    *,
    model: Path | None = None,
    evaluation: Path | None = None,
    language: str = "ko",
    filters: Filters | None = None,
    day: date | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> None:
    """Write the report on a store's reviews as one HTML file, atomically.

    Args:
        store: see `insight.load`.
        output: the file.
        model: the bundle that judged; without it, its reasons are left out.
        evaluation: `metrics.json` of `zigbang-nlp evaluate`, where there is one.
        language: "ko" or "en".
        filters: which reviews; None means all.
        day: printed as the day it was made; None means today.
        progress: is told (sections written, sections in all) before each and at the end; what it
            raises ends the writing.

    Raises:
        InputError: a filter names nothing, or there is no store.
        InsightError: there is no review, or the filters leave none.
    """
    chosen = filters or Filters()
    corpus = chosen.of(insight.load(store))
    say = Translator(language)
    material = Material(corpus, say, _classifier(model))
    tick = progress or (lambda _done, _total: None)
    sections = {}
    for number, (key, views) in enumerate(SECTIONS.items()):
        tick(number, len(SECTIONS))
        sections[key] = views_of(material, views)
    tick(len(SECTIONS), len(SECTIONS))
    page = render(
        say,
        sections,
        subject=subject(chosen, say),
        period=period(material),
        figures=headline(material),
        caveats=list(caveats(material, _metrics(evaluation))),
        notice=say(OF_SAMPLE) if SAMPLE in corpus.sources else "",
        day=day or date.today(),
    )
    write_text(output, page)


def _classifier(model: Path | None) -> Classifier | None:
    if model is None:
        return None
    try:
        return Classifier.load(model)
    except BundleError as error:
        log.info("%s The report leaves out the model's reasons.", error.fact)
        return None


def _metrics(file: Path | None) -> dict[str, Any] | None:
    if file is None or not file.is_file():
        return None
    try:
        metrics = json.loads(file.read_text("utf-8"))
    except ValueError:
        return None
    return metrics if isinstance(metrics, dict) else None
