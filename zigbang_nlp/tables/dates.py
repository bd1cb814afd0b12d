"""The dates of one column: its order is decided by the whole column, and said."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from zigbang_nlp.errors import InputError
from zigbang_nlp.tables.cells import as_text
from zigbang_nlp.tables.date_forms import OPEN_FORMS, Reading, read_form
from zigbang_nlp.tables.source import Notes

ORDERS = ("ymd", "mdy", "dmy")
#: Spellings kept in mind, since dates repeat, and the longest of them.
_KEPT, _LONGEST = 50_000, 60


def check_date_format(date_format: str | None) -> None:
    """Raise `InputError` unless this is an order (ymd, mdy, dmy) or a pattern of strptime."""
    if date_format is None or date_format in ORDERS:
        return
    try:
        if "%" not in date_format:
            raise ValueError("it has no %")
        now = datetime.now()
        datetime.strptime(now.strftime(date_format), date_format)
    except ValueError as error:
        raise InputError(
            f"The date format {date_format!r} can't be used: {error}.",
            "Give ymd, mdy, dmy, or a pattern such as '%y.%m.%d'.",
        ) from error


class DateColumn:
    """Reads the dates of one column, and learns their order while it does.

    Args:
        name: of the column, for messages.
        date_format: ymd, mdy, dmy, or a pattern of strptime; None leaves it to the column.
        orders: open form -> order, as an earlier reading of the column has decided it.
    """

    def __init__(
        self, name: str, date_format: str | None = None, orders: Mapping[str, str] | None = None
    ) -> None:
        check_date_format(date_format)
        self.name = name
        self._format = date_format
        self.orders = {form: known[0] for form, known in OPEN_FORMS.items()} | dict(orders or {})
        if date_format in ORDERS:
            self.orders |= {"two-digit": date_format, "year-last": date_format}
        self._fits: dict[str, Counter[str]] = {form: Counter() for form in OPEN_FORMS}
        # (form, the orders it can have) -> the first such date.
        self._quotes: dict[tuple[str, tuple[str, ...]], tuple[str, Reading]] = {}
        self._known: dict[str, tuple[datetime | None, str]] = {}

    def read(self, value: Any) -> tuple[datetime | None, str]:
        """A cell as (its moment or None, its form); a moment without a zone is Korea's."""
        if isinstance(value, datetime):
            to_python = getattr(value, "to_pydatetime", None)
            return (to_python(warn=False) if to_python else value), "certain"
        if isinstance(value, dt.date):
            return datetime(value.year, value.month, value.day), "certain"
        text = as_text(value).strip()
        known = self._known.get(text)
        if known is None:
            known = self._read_text(text)
            if len(self._known) >= _KEPT:
                self._known.clear()
            if len(text) <= _LONGEST:
                self._known[text] = known
        return known

    def _read_text(self, text: str) -> tuple[datetime | None, str]:
        if self._format is not None and self._format not in ORDERS:
            try:
                return datetime.strptime(text, self._format), "certain"
            except ValueError:
                return None, ""
        reading = read_form(text)
        if reading is None:
            return None, ""
        moments = reading.moments
        if reading.form not in OPEN_FORMS:
            return moments[""], reading.form
        if len(moments) == 1 or len(set(moments.values())) > 1:  # 05/05/2015 tells nothing
            self._fits[reading.form].update(moments.keys())
            self._quotes.setdefault((reading.form, tuple(moments)), (text, reading))
        return moments.get(self.orders[reading.form]), reading.form

    def decided(self) -> dict[str, str]:
        """Open form -> the order that fits the column best; its rule's where that is as good.

        Raises:
            InputError: two orders fit equally well and no rule tells; it quotes a date.
        """
        decided = {}
        for form, fits in self._fits.items():
            if not fits:
                continue
            if self._format is not None:
                decided[form] = self.orders[form]
                continue
            best = max(fits.values())
            orders = [order for order in OPEN_FORMS[form] if fits[order] == best]
            ruled = form == "two-digit" and orders[0] == OPEN_FORMS[form][0]
            if len(orders) > 1 and not ruled:
                raise self._ambiguous(form, orders)
            decided[form] = orders[0]
        return decided

    def note_orders(self, notes: Notes) -> None:
        """Note in which order the open forms of the column were read, with a date of each."""
        noted = set()
        for (form, _), (text, reading) in self._quotes.items():
            moment = reading.moments.get(self.orders[form])
            if moment is not None and form not in noted:
                noted.add(form)
                order, day = self.orders[form], f"{moment:%Y-%m-%d}"
                notes.add("date order", column=self.name, order=order, date=text, day=day)

    def _ambiguous(self, form: str, orders: list[str]) -> InputError:
        names = orders if form != "six-digit" else ["%y%m%d", "%Y%m"]
        for (of, possible), (text, reading) in self._quotes.items():
            if of == form and set(orders) <= set(possible):
                days = " or ".join(f"{reading.moments[order]:%Y-%m-%d}" for order in orders)
                fact = f"can be read in two ways: {text!r} is {days}"
                break
        else:
            quoted = [repr(text) for (of, _), (text, _) in self._quotes.items() if of == form]
            fact = f"have no one order: {' and '.join(quoted[:2])} contradict each other"
        return InputError(
            f"The dates of {self.name!r} {fact}.",
            f"Say their order with {' or '.join(f'--date-format {name}' for name in names)}.",
        )
