"""The reviews that are looked at, and how to look at fewer of them."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pandas as pd

from zigbang_nlp.insight.filters import narrowed_complexes, narrowed_texts
from zigbang_nlp.insight.frames import completed
from zigbang_nlp.language.bilingual import insight_error

if TYPE_CHECKING:
    from zigbang_nlp.insight.mentions import Mentions

Found = TypeVar("Found")

#: Parts of a corpus are kept for the next question about them while their texts are at most so many
#: times its own.
_ROOM = 2


@dataclass(frozen=True)
class Corpus:
    """Reviews to look at.

    Attributes:
        texts: see `frames.TEXT_COLUMNS`; ordered by source, apartment, review, category.
        complexes: see `frames.COMPLEX_COLUMNS`.
        models: identities of the models that judged the texts; more than one means a mixture.
        sources: where the texts come from.
        left_out: {why: texts} of what the filters took away, for the caveats.
        wider: the same days and category at all places, where a filter on places took some away.
        part_of: (the corpus that this was narrowed from, its rows that are here, ascending); what is
            read out of every text is read there once, and picked here.
    """

    texts: pd.DataFrame
    complexes: pd.DataFrame
    models: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    left_out: tuple[tuple[str, int], ...] = ()
    wider: Corpus | None = field(default=None, repr=False, compare=False)
    part_of: tuple[Corpus, np.ndarray] | None = field(default=None, repr=False, compare=False)

    @classmethod
    def from_frames(cls, texts: pd.DataFrame, complexes: pd.DataFrame | None = None) -> Corpus:
        """A corpus of data frames of your own, in place of a store.

        Args:
            texts: any of `frames.TEXT_COLUMNS`, at least `text`; what is missing is unknown. Without
                `complex` all texts are of one, without `review` each is a review of its own,
                without `category` all are of "total".
            complexes: any of `frames.COMPLEX_COLUMNS`, at least `complex`.

        Raises:
            InputError: the column `text` or `complex` is missing.
        """
        return cls(*completed(texts, complexes))

    @property
    def everywhere(self) -> Corpus:
        """The same days and category at all places: what places are held against.

        How much places differ is estimated there, so that a complex keeps its score whichever
        others are looked at beside it.
        """
        return self if self.wider is None else self.wider

    @cached_property
    def memo(self) -> dict[Hashable, Any]:
        """What was found out about this corpus and is asked again: estimates, an index."""
        return {}

    def remembered(self, key: Hashable, find: Callable[[], Found]) -> Found:
        """What `memo` has under a key; where it has nothing, what `find` gives, from now on."""
        if key not in self.memo:
            self.memo[key] = find()
        found: Found = self.memo[key]
        return found

    @cached_property
    def judged(self) -> pd.DataFrame:
        """The texts that a model has judged.

        Raises:
            InsightError: there is none.
        """
        texts = self.texts[self.texts["positive"].notna()]
        if texts.empty:
            raise insight_error(
                "아직 판정된 리뷰가 없습니다.", "먼저 `zigbang-nlp run`을 실행하세요."
            )
        return texts

    @cached_property
    def counted(self) -> pd.DataFrame:
        """`judged` without what is written and the ids: what is counted, quick to pick from.

        Raises:
            InsightError: no text is judged.
        """
        return self.judged[["complex", "review", "category", "written_at", "positive", "about"]]

    @cached_property
    def dated(self) -> pd.DataFrame:
        """The texts that say when they were written.

        Raises:
            InsightError: there is none.
        """
        texts = self.texts[self.texts["written_at"].notna()]
        if texts.empty:
            raise insight_error("작성일이 있는 리뷰가 없습니다.")
        return texts

    @cached_property
    def places(self) -> np.ndarray:
        """The row of `complexes` of each text, int64 (texts,)."""
        known = pd.Index(self.complexes["complex"])
        return np.asarray(known.get_indexer(pd.Index(self.texts["complex"])))

    @cached_property
    def mentions(self) -> Mentions:
        """Which review speaks of which word; built on first use."""
        from zigbang_nlp.insight.mentions import build_mentions

        return build_mentions(self.texts)

    def narrowed(
        self,
        *,
        region: str | None = None,
        since: str | date | None = None,
        until: str | date | None = None,
        complexes: Iterable[str] = (),
        category: str | None = None,
    ) -> Corpus:
        """The part of the corpus that all the filters given let through.

        Args:
            region: a geohash prefix or the name of a city, district or neighbourhood.
            since: first day, as a date or "2024", "2024-03", "2024-03-01"; texts without a date are
                left out.
            until: last day, in the same way; a year or month counts to its end.
            complexes: ids, source:id keys, or names or parts of names; any of them.
            category: one of records.CATEGORIES.

        Raises:
            InputError: a filter can't be read, or names nothing that the corpus has.
            InsightError: nothing is left.
        """
        names = tuple(complexes)
        key = (region, str(since), str(until), names, category)
        kept: OrderedDict[Hashable, Corpus] = self.memo.setdefault("narrowed", OrderedDict())
        if (corpus := kept.get(key)) is not None:
            return corpus
        texts, left_out, wider = self.texts, [], self.wider
        if region is not None or names:
            meant = narrowed_complexes(self.complexes, region, names)["complex"]
            texts = texts[self.complexes["complex"].isin(meant).to_numpy()[self.places]]
            left_out = [("elsewhere", len(self.texts) - len(texts))]
            wider = self.everywhere
        texts, more = narrowed_texts(texts, since, until, category)
        if wider is not None and (since, until, category) != (None, None, None):
            wider = wider.narrowed(since=since, until=until, category=category)
        corpus = kept[key] = self._part(texts.index.to_numpy(), wider, left_out + more)
        # The newest stay as long as they don't take more room than the corpus itself.
        room = np.cumsum([len(one.texts) for one in reversed(kept.values())])
        for old in list(kept)[: int((room > _ROOM * len(self.texts)).sum())]:
            kept.pop(old, None)
        return corpus

    def of_complexes(self, keys: Iterable[str]) -> Corpus:
        """The texts of some complexes.

        Args:
            keys: as in `complexes`.

        Raises:
            InsightError: there is none.
        """
        kept = self.complexes["complex"].isin(list(keys)).to_numpy()[self.places]
        left_out = [("other complexes", int((~kept).sum()))]
        return self._part(np.flatnonzero(kept), self.everywhere, left_out)

    def of_texts(self, kept: np.ndarray) -> Corpus:
        """Some texts, at all their places.

        Args:
            kept: which: bool (texts,).

        Raises:
            InsightError: there is none.
        """
        return self._part(np.flatnonzero(kept), None, [("other topics", int((~kept).sum()))])

    def _part(
        self, rows: np.ndarray, wider: Corpus | None, left_out: Iterable[tuple[str, int]]
    ) -> Corpus:
        """Some rows of the texts with their complexes; `left_out` says why not the others."""
        if not len(rows):
            raise insight_error("이 조건에 맞는 리뷰가 없습니다.", "조건을 하나 빼 보세요.")
        complexes = self.complexes.iloc[np.unique(self.places[rows])]
        whole, here = (self, rows) if self.part_of is None else self.part_of
        return replace(
            self,
            texts=self.texts.iloc[rows].reset_index(drop=True),
            complexes=complexes.reset_index(drop=True),
            wider=wider,
            part_of=(whole, rows if whole is self else here[rows]),
            left_out=(*self.left_out, *((why, n) for why, n in left_out if n)),
        )
