"""The report as one HTML file: Jinja2's template, the style, the script, and plotly inside.

No request leaves the page: its Content-Security-Policy allows its own scripts by their hashes and
nothing else. Texts of residents only ever pass through Jinja2's escaping or JSON.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from zigbang_nlp import __version__
from zigbang_nlp.language.i18n import Translator
from zigbang_nlp.records import LABELS
from zigbang_nlp.report.chart import FONT, THEMES
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
    from plotly.offline import get_plotlyjs

    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined
    )
    # Our own files go in as they are; "</script" can't occur in them.
    plotly, script = get_plotlyjs(), (_HERE / "report.js").read_text("utf-8")
    views = [view for section in report.sections for view in section.views]
    charts = {view.key: view.chart.as_dict() for view in views if view.chart is not None}
    page = environment.get_template("report.html").render(
        say=report.say,
        section_titles=SECTION_TITLES,
        view_titles=VIEW_TITLES,
        labels=LABELS,
        policy=_policy(plotly, script),
        style=Markup(_style()),
        day=report.day,
        version=__version__,
        subject=report.subject,
        period=report.period,
        figures=report.figures,
        notice=report.notice,
        sections=[_shown(section, report.say) for section in report.sections],
        caveats=report.caveats,
        charts=Markup(_script_json(charts)),
        plotly=Markup(plotly),
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
    style = (_HERE / "report.css").read_text("utf-8")
    for theme, colours in THEMES.items():
        variables = " ".join(f"--{name}: {value};" for name, value in colours.items())
        style = style.replace(f"{{{{ {theme} }}}}", variables)
    return style.replace("{{ font }}", FONT)


def _script_json(value: Any) -> str:
    """JSON that may stand inside <script>: it can't end it."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.replace("<", "\\u003c")


def _policy(*scripts: str) -> str:
    return "; ".join(
        [
            "default-src 'none'",
            f"script-src {' '.join(_hashes(scripts))}",
            # plotly writes its own style sheet, and styles on elements.
            "style-src 'unsafe-inline'",
            "img-src data: blob:",
            "base-uri 'none'",
            "form-action 'none'",
        ]
    )


def _hashes(scripts: Iterable[str]) -> list[str]:
    digests = (hashlib.sha256(script.encode()).digest() for script in scripts)
    return [f"'sha256-{base64.b64encode(digest).decode()}'" for digest in digests]
