"""The report as one HTML file: Jinja2's template, the style, a few lines of script, charts as SVG.

No request leaves the page: its Content-Security-Policy allows its own scripts by their hashes and
nothing else. Texts of residents only ever pass through Jinja2's escaping or that of `charts.svg`.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from zigbang_nlp import __version__
from zigbang_nlp.charts import CHARTS_CSS
from zigbang_nlp.language.i18n import Translator
from zigbang_nlp.records import LABELS
from zigbang_nlp.report.headings import SECTION_TITLES, VIEW_TITLES
from zigbang_nlp.report.page.report_table import ReportTable, report_table_of
from zigbang_nlp.report.section import Section, View
from zigbang_nlp.report.sections.overview import Figure

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Report:
    """Everything that a page shows.

    Attributes:
        say: its language.
        subject: what it is about: the filters, in words.
        period: from when the reviews are.
        figures: the headline.
        sections: in order.
        caveats: sentences.
        notice: a sentence that must be seen first, or "".
        day: when it was made.
    """

    say: Translator
    subject: str
    period: str
    figures: list[Figure]
    sections: list[Section]
    caveats: list[str]
    notice: str
    day: date


def render(report: Report) -> str:
    """The whole page as HTML."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined
    )
    # Our own files go in as they are; "</script" can't occur in them.
    style, script = _style(), (_HERE / "report.js").read_text("utf-8")
    page = environment.get_template("report.html").render(
        say=report.say,
        section_titles=SECTION_TITLES,
        view_titles=VIEW_TITLES,
        labels=LABELS,
        policy=_policy(script, style),
        style=Markup(style),
        day=report.day,
        version=__version__,
        subject=report.subject,
        period=report.period,
        figures=report.figures,
        notice=report.notice,
        sections=[_shown(section, report.say) for section in report.sections],
        caveats=report.caveats,
        script=Markup(script),
    )
    # A lone surrogate, which no file can hold, is shown as unknown.
    return page.encode("utf-8", "replace").decode("utf-8")


@dataclass(frozen=True)
class _ShownView:
    view: View
    sheet: ReportTable | None

    def __getattr__(self, name: str) -> Any:
        return getattr(self.view, name)


def _shown(section: Section, say: Translator) -> dict[str, Any]:
    views = [
        _ShownView(view, None if view.table is None else report_table_of(view, say))
        for view in section.views
    ]
    return {"key": section.key, "views": views}


def _style() -> str:
    return CHARTS_CSS.read_text("utf-8") + (_HERE / "report.css").read_text("utf-8")


def _policy(script: str, style: str) -> str:
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src {' '.join(_hashes([script]))}",
            f"style-src {' '.join(_hashes([style]))}",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )


def _hashes(scripts: Iterable[str]) -> list[str]:
    digests = (hashlib.sha256(script.encode()).digest() for script in scripts)
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]
