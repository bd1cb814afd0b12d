"""The letters that charts are written with."""

from __future__ import annotations

from collections.abc import Iterable

from markupsafe import Markup, escape

#: An attribute's value.
Value = str | float | int | None


def el(name: str, *children: Markup | str, **attributes: Value) -> Markup:
    """An element. Text and values are escaped; `class_` is class, other `_` become `-`.

    >>> el("text", "<b>", x="5%", class_="axis")
    Markup('<text x="5%" class="axis">&lt;b&gt;</text>')
    """
    pairs = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(_shown(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    # The name is written in this package, the rest is escaped above.
    return Markup(f"<{name}{pairs}>") + Markup("").join(children) + Markup(f"</{name}>")


def percent(share: float) -> str:
    """A place between the left and the right edge of a drawing, as SVG writes it.

    Args:
        share: 0 to 1.
    """
    return f"{100 * share:.2f}%"


def line(class_: str, x1: float, y1: float, x2: float, y2: float, **attributes: Value) -> Markup:
    """A line between two places, each as a share of the width and in pixels from the top."""
    return el("line", class_=class_, x1=percent(x1), x2=percent(x2), y1=y1, y2=y2, **attributes)


def words(
    text: str, class_: str, x: float, y: Value, anchor: str = "start", **attributes: Value
) -> Markup:
    """Words whose `anchor` ("start", "middle" or "end") stands at a place; see `line`."""
    return el("text", text, class_=class_, x=percent(x), y=y, text_anchor=anchor, **attributes)


def drawing(parts: Iterable[Markup], height: int, label: str, class_: str) -> Markup:
    """A whole chart, as wide as what it stands in, with its text alternative.

    Args:
        parts: its elements, from back to front.
        height: in pixels.
        label: what it shows, for those who don't see it.
        class_: CSS class beside `chart`.
    """
    return el(
        "svg",
        *parts,
        class_=f"chart {class_}",
        width="100%",
        height=height,
        role="img",
        aria_label=label,
    )


def _shown(value: str | float | int) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
