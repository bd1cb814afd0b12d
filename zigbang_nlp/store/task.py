"""What a crawl has to ask for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Task:
    """One question to a site.

    Attributes:
        kind: what is asked for, a word of the site's own ("cell", "danji", "reviews").
        key: of which one: a geohash, an apartment id.
    """

    kind: str
    key: str

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
