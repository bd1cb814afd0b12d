"""The report as one HTML file: Jinja2's template, the style, a few lines of script, charts as SVG.

No request leaves the page: its Content-Security-Policy allows its own scripts by their hashes and
nothing else. Texts of residents only ever pass through Jinja2's escaping or that of `charts.svg`.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from zigbang_nlp import __version__
from zigbang_nlp.charts import CHARTS_CSS
from zigbang_nlp.language.i18n import Translator
from zigbang_nlp.records import LABELS
from zigbang_nlp.report.headings import SECTION_TITLES, VIEW_TITLES
from zigbang_nlp.report.page.report_table import report_table_of
from zigbang_nlp.report.section import View

_HERE = Path(__file__).parent


def render(say: Translator, sections: Mapping[str, Sequence[View]], **around: Any) -> str:
    """The whole page as HTML.

    Args:
        say: its language.
        sections: their views by key, in order.
        around: what the template shows beside them: subject, the filters in words; period, from
            when the reviews are; figures, the headline; caveats, sentences; notice, a sentence that
            must be seen first, or ""; day, when it was made.
    """
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined
    )
    # Our own files go in as they are; "</script" can't occur in them.
    script = (_HERE / "report.js").read_text("utf-8")
    style = CHARTS_CSS.read_text("utf-8") + (_HERE / "report.css").read_text("utf-8")
    page = environment.get_template("report.html").render(
        say=say,
        sections=sections,
        section_titles=SECTION_TITLES,
        view_titles=VIEW_TITLES,
        labels=LABELS,
        sheet_of=partial(report_table_of, say=say),
        policy="; ".join(
            [
                "default-src 'none'",
                f"script-src {_hash(script)}",
                f"style-src {_hash(style)}",
                "base-uri 'none'",
                "form-action 'none'",
            ]
        ),
        style=Markup(style),
        script=Markup(script),
        version=__version__,
        **around,
    )
    # A lone surrogate, which no file can hold, is shown as unknown.
    return page.encode("utf-8", "replace").decode("utf-8")


def _hash(code: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()}'"
