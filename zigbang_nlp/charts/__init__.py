"""Charts as SVG, drawn here: no script, no style attribute, every text escaped.

Horizontal places are per cent of the drawing's width and vertical ones are pixels, so that a chart
fills a phone and a wide screen alike while its letters keep their size. Colours are classes of the
style sheet, which knows dark and light.
"""

from pathlib import Path

#: Colours and looks of all charts, for pages and report.
CHARTS_CSS = Path(__file__).with_name("charts.css")
