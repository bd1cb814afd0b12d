"""Reads a site's answers by its file: which fields mean what is data, how they are read is here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from zigbang_nlp.config.site import Endpoint, SiteFile, file_to_mend
from zigbang_nlp.crawl.endpoints import OpenEndpoints, Pages, note_count, place_of
from zigbang_nlp.crawl.paging import says_more
from zigbang_nlp.crawl.reading import Entry, as_id, as_number, as_text, at, listed, raw
from zigbang_nlp.crawl.reviews import ReviewReader
from zigbang_nlp.errors import SchemaError
from zigbang_nlp.records import Apartment
from zigbang_nlp.store import Contents, Task
from zigbang_nlp.store.task import Bad

#: The largest complex of Korea has fewer than 13,000 households.
MOST_HOUSEHOLDS = 100_000

_latitude, _longitude = as_number(-90, 90), as_number(-180, 180)
_households = as_number(0, MOST_HOUSEHOLDS)


class SiteReader:
    """The three questions of a site: apartments in a cell, one apartment, its reviews.

    Args:
        data: what is known of the site.
        source: what to write into the rows; None means the site's own name.
        details: ask for each apartment's page too (address, households), one request each.

    Attributes:
        endpoints: which of the site's endpoints are asked.
        scale: the highest score that is expected; a crawl may learn another.
    """

    #: Kinds of tasks whose answer may be that there is nothing (404, 410).
    may_be_absent = frozenset({"danji", "reviews"})

    def __init__(self, data: SiteFile, source: str | None = None, details: bool = True) -> None:
        self.data, self.details = data, details
        self.source = source or data.source
        self.endpoints = OpenEndpoints(data.endpoints)
        self._pages = Pages()
        self.scale = data.scale

    def first_tasks(self, cells: Iterable[str]) -> Iterable[Task]:
        """One task a cell."""
        return (Task("cell", cell) for cell in cells)

    def path(self, task: Task) -> tuple[str, dict[str, str]]:
        """Path and query of a task's request."""
        return self.endpoints.path(task)

    def endpoint(self, task: Task) -> str:
        """The endpoint that is asked for such a task, as the fill rates name it."""
        return f"{task.kind} {self.endpoints.endpoint(task.kind).path}"

    def read(self, task: Task, answer: Any) -> Contents:
        """What a parsed answer says, entry by entry.

        Raises:
            SchemaError: the answer as a whole has an unknown shape.
        """
        if not isinstance(answer, dict):
            raise self._unknown(task, f"{type(answer).__name__} where an object was due", answer)
        if task.kind == "danji":
            return self._read_danji(task, answer)
        endpoint = self._endpoint_of(task, answer)
        contents = Contents(endpoint=f"{task.kind} {endpoint.path}")
        entries = self._entries(task, endpoint, answer)
        counts = (_as_count(at(answer, path)) for path in endpoint.count)
        count = next((count for count in counts if count is not None), None)
        key, start = place_of(task)
        if not start:  # a last page may be empty
            contents.fills.note("list", filled=bool(entries))
            if endpoint.count:
                contents.fills.note("counted", filled=count is not None)
        if task.kind == "reviews":
            ReviewReader(self, key, endpoint, contents).read(entries)
        else:
            self._read_list(entries, contents)
        if endpoint.page:
            contents.tasks.extend(self._pages.after(task, endpoint, entries, count, contents.fills))
        elif says_more(answer):
            contents.fills.note("more", filled=1)
        if not endpoint.page and count is not None:
            note_count(contents.fills, count, len(entries))
        return replace(
            contents, readable=bool(contents.reviews or contents.apartments or not contents.bad)
        )

    # ------------------------------------------------------------------------- lists of entries

    def _endpoint_of(self, task: Task, answer: Mapping[str, Any]) -> Endpoint:
        """The endpoint whose lists the answer has: raw answers don't say by which they came."""
        for endpoint in self.endpoints.all(task.kind):
            if any(at(answer, path) is not None for path in endpoint.lists):
                return endpoint
        return self.endpoints.endpoint(task.kind)

    def _entries(self, task: Task, endpoint: Endpoint, answer: Mapping[str, Any]) -> list[Any]:
        """What stands in the answer's lists; an endpoint that has several is read in full."""
        lists = {path: at(answer, path) for path in endpoint.lists}
        there = {path: value for path, value in lists.items() if value is not None}
        if not there and endpoint.optional:
            return []
        wrong = [path for path in there or lists if not isinstance(lists[path], list)]
        if wrong:
            kind = type(lists[wrong[0]]).__name__
            raise self._unknown(task, f"{wrong[0]!r} is {kind}, not a list", answer)
        return [entry for value in there.values() for entry in value]

    def _unknown(self, task: Task, what: str, answer: Any) -> SchemaError:
        return SchemaError(
            f"The answer for {task} has an unknown shape: {what}; keys found: {listed(answer)}.",
            f"The raw answer is kept in the store. Put the new names into {file_to_mend(self.source)}, "
            "then run `zigbang-nlp crawl --site FILE --reparse`.",
        )

    # --------------------------------------------------------------------------------- apartments

    def _read_list(self, entries: list[Any], contents: Contents) -> None:
        pages = self.details and self.data.endpoints.danji
        kinds = ("danji", "reviews") if pages else ("reviews",)
        apartments = [self._apartment(entry, contents) for entry in entries]
        contents.apartments.extend(apartment for apartment in apartments if apartment is not None)
        ids = dict.fromkeys(apartment.apartment_id for apartment in contents.apartments)
        contents.tasks.extend(Task(kind, key) for key in ids for kind in kinds)

    def _apartment(self, fields: Any, contents: Contents) -> Apartment | None:
        """One entry of a list; None, and a bad entry, where it has no id."""
        if not isinstance(fields, dict):
            contents.bad.append(
                Bad(f"{type(fields).__name__} where an apartment was due", raw(fields))
            )
            contents.fills.note("apartment.id", unread=1)
            return None
        entry = Entry(fields, contents.fills)
        identity = entry.get("apartment.id", self.data.apartment.id, as_id)
        if identity is None and not entry.problems:
            entry.problems.append(f"an apartment without an id; keys found: {listed(fields)}")
        apartment = self._described(entry, identity or "")
        contents.bad.extend(entry.bad())
        return apartment if identity else None

    def _described(self, entry: Entry, identity: str) -> Apartment:
        names = self.data.apartment
        households = entry.get("apartment.households", names.households, _households)
        latitude = entry.get("apartment.latitude", names.latitude, _latitude)
        longitude = entry.get("apartment.longitude", names.longitude, _longitude)
        if latitude == longitude == 0:  # what stands for "unknown" is no place in the Atlantic
            latitude = longitude = None
            for field in ("apartment.latitude", "apartment.longitude"):
                entry.fills.note(field, filled=-1, unread=1, total=0)
        return Apartment(
            source=self.source,
            apartment_id=identity,
            name=entry.get("apartment.name", names.name, as_text),
            address=entry.get("apartment.address", names.address, as_text),
            latitude=latitude,
            longitude=longitude,
            households=None if households is None else int(households),
        )

    def _read_danji(self, task: Task, answer: dict[str, Any]) -> Contents:
        contents = Contents(endpoint=self.endpoint(task))
        entry = Entry(answer, contents.fills)
        identity = entry.get("apartment.id", self.data.apartment.id, as_id)
        if identity is not None and identity != task.key:
            raise self._unknown(task, f"the answer is about apartment {identity}", answer)
        apartment = self._described(entry, task.key)
        if apartment.name is None and not entry.problems:
            raise self._unknown(task, "an apartment without a name", answer)
        contents.apartments.append(apartment)
        contents.bad.extend(entry.bad())
        return replace(contents, readable=True)


def _as_count(value: Any) -> int | None:
    """A number of entries, as a number or as text."""
    if isinstance(value, str) and len(value) < 10 and value.strip().isdecimal():
        value = int(value)
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**9
    return value if is_count else None
