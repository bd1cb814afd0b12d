"""Reads the reviews of one answer: texts, scores, dates, and the ids that tell them apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from zigbang_nlp.config.site import Endpoint
from zigbang_nlp.crawl.reading import Entry, as_id, as_number, as_text, first, listed, raw
from zigbang_nlp.crawl.site import Site
from zigbang_nlp.crawl.written_at import moment, possible
from zigbang_nlp.records import CATEGORIES, Review, content_id
from zigbang_nlp.store import Contents
from zigbang_nlp.store.task import Bad

#: Scores in the store run from 0 to this, whatever the site's scale.
STORED_SCALE = 5.0

#: Reviews of an answer from which on ids of 1, 2, 3 are no chance.
_NUMBERED = 3

Texts = tuple[str, ...]
#: What tells two reviews of the same texts apart, in an order.
Variant = tuple[str, tuple[float, ...]]


@dataclass(frozen=True, slots=True)
class _Taken:
    """One review before its id is known.

    Attributes:
        identity: what the site gives as an id, or None.
        is_id: False where that is no id.
        texts: of all categories, blank ones too.
        rows: of the review, still without an id.
    """

    entry: Entry
    identity: str | None
    is_id: bool
    texts: Texts
    rows: list[Review]

    @property
    def variant(self) -> Variant:
        when = self.rows[0].written_at if self.rows else None
        scores = tuple(-1.0 if row.score is None else row.score for row in self.rows)
        return ("" if when is None else when.isoformat(), scores)


class ReviewReader:
    """Reads one answer's reviews into rows.

    Args:
        site: says the names, the source and the scale.
        apartment: its id, as it was asked for.
        endpoint: may name its own texts.
        contents: takes rows, fill rates and bad entries.
    """

    def __init__(self, site: Site, apartment: str, endpoint: Endpoint, contents: Contents) -> None:
        self.site, self.apartment, self.contents = site, apartment, contents
        names = site.data.review
        texts: Mapping[str, Sequence[str]] = endpoint.texts or names.texts
        self.texts = {key: texts[key] for key in CATEGORIES if key in texts}
        scores = endpoint.scores or names.scores
        self.scores = {key: scores[key] for key in self.texts if key in scores}
        self._known = {name for listed_names in texts.values() for name in listed_names}
        self._score = as_number(0, site.scale)

    def read(self, entries: Sequence[Any]) -> None:
        """Read all entries of the answer; one that can't be read costs no other."""
        taken = [one for entry in entries if (one := self._take(entry)) is not None]
        self._note_places([one.identity for one in taken])
        contents: dict[str, set[Texts]] = {}
        variants: dict[Texts, set[Variant]] = {}
        for one in taken:
            variants.setdefault(one.texts, set()).add(one.variant)
            if one.identity is not None:
                contents.setdefault(one.identity, set()).add(one.texts)
        for one in taken:
            identity = self._identity(one, contents, variants)
            self.contents.fills.note("review", filled=identity is not None, unread=identity is None)
            if identity is not None:
                self.contents.reviews.extend(replace(row, review_id=identity) for row in one.rows)
            self.contents.bad.extend(one.entry.bad())

    def _note_places(self, ids: Sequence[str | None]) -> None:
        """Count an answer whose ids only number its reviews."""
        if len(ids) >= _NUMBERED and None not in ids:
            numbered = {str(number) for number in range(len(ids) + 1)}
            places = set(ids) in (numbered - {"0"}, numbered - {str(len(ids))})
            self.contents.fills.note("review.place", filled=not places, unread=places)

    def _identity(
        self,
        one: _Taken,
        contents: Mapping[str, set[Texts]],
        variants: Mapping[Texts, set[Variant]],
    ) -> str | None:
        """The review's id: the site's where it is one, else one made from the texts.

        A made one leaves out dates, scores and authors, so that it stays when the site spells them
        differently or no longer gives them; reviews of the same texts are numbered.
        """
        if not one.is_id:
            return None
        if one.identity is None:
            order = sorted(variants[one.texts]).index(one.variant)
            return content_id(self.apartment, *one.texts, *([order] if order else []))
        if one.identity == self.apartment:
            one.entry.problems.append("review.id is the id of the apartment, so it is no id")
            return None
        if (count := len(contents[one.identity])) > 1:
            problem = f"review.id {one.identity} comes with {count} contents, so it is no id"
            one.entry.problems.append(problem)
            return None
        return one.identity

    def _take(self, fields: Any) -> _Taken | None:
        """One entry but for its id, which only all of them together can vouch for."""
        if not isinstance(fields, dict) or not self._known & fields.keys():
            what = f"{type(fields).__name__} where a review was due"
            if isinstance(fields, dict):
                what = f"a review with no known text field; keys found: {listed(fields)}"
            self.contents.bad.append(Bad(what, raw(fields)))
            self.contents.fills.note("review", unread=1)
            return None
        entry, names = Entry(fields, self.contents.fills), self.site.data.review
        identity = entry.get("review.id", names.id, as_id)
        is_id = not entry.problems
        texts = {key: entry.get(f"{key}.text", self.texts[key], as_text) for key in self.texts}
        scores = {key: self._read_score(entry, key) for key in self.scores}
        written_at = self._read_date(entry)
        author = entry.get("review.author", names.author, as_text, blame=False)
        rows = [
            Review(
                source=self.site.source,
                apartment_id=self.apartment,
                review_id="",
                category=key,
                text=text,
                score=scores.get(key),
                author=author or None,
                written_at=written_at,
                residence=_writer_value(fields, names.residence),
                age=_writer_value(fields, names.age),
                sex=_writer_value(fields, names.sex),
                married=_writer_value(fields, names.married),
            )
            for key, text in texts.items()
            if text and text.strip()
        ]
        entry.fills.note("review.rows", filled=len(rows), total=len(texts))
        return _Taken(entry, identity, is_id, tuple(text or "" for text in texts.values()), rows)

    def _read_date(self, entry: Entry) -> datetime | None:
        """When it was written; an unreadable or impossible date is counted, and costs nothing."""
        when = entry.get("review.date", self.site.data.review.date, moment, blame=False)
        if when is None:
            return None
        entry.fills.note("review.year", filled=possible(when), unread=not possible(when))
        return when if possible(when) else None

    def _read_score(self, entry: Entry, key: str) -> float | None:
        score = entry.get(f"{key}.score", self.scores[key], self._score)
        filled = first(entry.fields, self.scores[key])
        if filled is not None and not isinstance(filled[1], bool | dict | list):
            try:
                number = float(filled[1])
            except (ValueError, OverflowError):
                return score
            # A wrong scale is known by them: `filled` are beyond ours, `unread` beyond 10 too.
            far = 10 < number <= 100
            over = self.site.scale < number <= 100
            entry.fills.note("review.scale", filled=over, unread=far)
        return None if score is None else score * STORED_SCALE / self.site.scale


def _writer_value(entry: Mapping[str, Any], names: Sequence[str]) -> str | None:
    """What an entry says of its writer; nothing where that was not to be kept."""
    filled = first(entry, names)
    return str(filled[1]) if filled is not None and isinstance(filled[1], str | int) else None
