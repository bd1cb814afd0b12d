"""What a report is made of before it is a page: sections of views, each a chart, a table, quotes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from markupsafe import Markup

from zigbang_nlp.errors import InsightError
from zigbang_nlp.insight import Corpus
from zigbang_nlp.language.i18n import Translator
from zigbang_nlp.predict.classifier import Classifier


@dataclass(frozen=True)
class Material:
    """What sections are written from.

    Attributes:
        corpus: the reviews.
        say: the report's language.
        classifier: the model, where it is there; for what only it can say.
        answers: what was asked, and the answer.
    """

    corpus: Corpus
    say: Translator
    classifier: Classifier | None = None
    answers: dict[tuple[Any, ...], pd.DataFrame] = field(default_factory=dict)

    def ask(self, question: Callable[..., pd.DataFrame], *how: str) -> pd.DataFrame:
        """What a function of `insight` says of the corpus; what two sections ask is answered once."""
        if (question, *how) not in self.answers:
            self.answers[question, *how] = question(self.corpus, *how)
        return self.answers[question, *how]


@dataclass(frozen=True)
class Quote:
    """A review that stands for something.

    Attributes:
        text: as written.
        place, category, day: where, about what and when; "" for what isn't known.
        label: "positive" or "negative", as the model judged.
    """

    text: str
    place: str
    category: str
    day: str
    label: str


@dataclass(frozen=True)
class View:
    """One statement of a section.

    Attributes:
        key: names its title in `headings`, its anchor and its CSV file.
        sentences: in order.
        chart: of `charts`, or None.
        table: what the chart shows, all rows and columns, for the CSV; or None.
        columns: of the table that the page shows; `headings.KINDS` says how.
        rows: of the table that the page shows; the first of `table`, unless given.
        quotes: (what they stand for, the quotes), in order.
        absent: why there is nothing to show; everything else is empty then.
        sides: whether the chart's right speaks for positive and its left for negative.
    """

    key: str
    sentences: Sequence[str] = ()
    chart: Markup | None = None
    table: pd.DataFrame | None = None
    columns: Sequence[str] = ()
    rows: pd.DataFrame | None = None
    quotes: Sequence[tuple[str, Sequence[Quote]]] = ()
    absent: str | None = None
    sides: bool = False


def views_of(material: Material, builds: Mapping[str, Callable[[Material], View]]) -> list[View]:
    """The views of a section; in place of one that can't be said is the library's sentence."""
    built = []
    for key, build in builds.items():
        try:
            built.append(build(material))
        except InsightError as error:
            built.append(View(key, absent=error.sentence(material.say.language)))
    return built
