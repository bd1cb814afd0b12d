"""Matplotlib set up so that Hangul shows, on any machine, without a screen."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from zigbang_nlp.files import atomic_file

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Okabe & Ito's palette, safe for colour-blind readers.
BLUE, ORANGE, GREEN, RED, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#6B7280"


@cache
def _font_family() -> str:
    """Register NanumGothic, which the dependency koreanize-matplotlib carries."""
    from matplotlib import font_manager

    # Found, not imported: importing that package changes matplotlib's settings for everybody.
    fonts = find_spec("koreanize_matplotlib")
    assert fonts is not None, "koreanize-matplotlib is a dependency"
    assert fonts.origin is not None, fonts
    for path in sorted((Path(fonts.origin).parent / "fonts").glob("*.ttf")):
        font_manager.fontManager.addfont(str(path))
    return "NanumGothic"


@contextlib.contextmanager
def figure(path: Path, columns: int = 1, size: tuple[float, float] = (6, 4)) -> Iterator[Any]:
    """A figure with `columns` axes side by side, saved to `path` as PNG when the block ends.

    Args:
        path: where the picture appears, atomically.
        columns: number of axes.
        size: inches of each of them.

    Yields:
        A list of axes.
    """
    import matplotlib as mpl
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    style: Any = {
        "font.family": _font_family(),
        "axes.unicode_minus": False,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.grid": True,
        "grid.alpha": 0.25,
    }
    with mpl.rc_context(style):
        drawn: Figure = Figure(figsize=(size[0] * columns, size[1]), layout="constrained")
        FigureCanvasAgg(drawn)
        yield [drawn.add_subplot(1, columns, i + 1) for i in range(columns)]
        with atomic_file(path) as fresh:
            drawn.savefig(fresh, dpi=130, format="png")
