"""What is coloured and what stays grey: the one rule of all charts."""

from __future__ import annotations

from typing import Literal

#: Names of colours in `charts.css`.
Tone = Literal["positive", "negative", "base"]


def tone(low: float, high: float, middle: float) -> Tone:
    """The colour of a value with its interval.

    Args:
        low: lower end of the interval, in the unit of `middle`; NaN where it isn't known.
        high: upper end.
        middle: what it is compared with.

    Returns:
        "positive" or "negative" where the whole interval lies on that side of `middle`; "base",
        which is grey, where the two can't be told apart.
    """
    if low > middle:
        return "positive"
    return "negative" if high < middle else "base"
