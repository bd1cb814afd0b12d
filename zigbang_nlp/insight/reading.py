"""From a store to a corpus. Reads reviews that are classified (`zigbang-nlp run`), once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pandas as pd

from zigbang_nlp.errors import InputError
from zigbang_nlp.insight.corpus import Corpus
from zigbang_nlp.insight.frames import COMPLEX_COLUMNS, complexes_of_rows, texts_of_rows
from zigbang_nlp.language.bilingual import insight_error
from zigbang_nlp.resources import SAMPLE, without_sample
from zigbang_nlp.store import Store, open_store, store_exists
from zigbang_nlp.store.judged import JUDGED_COLUMNS


def load(
    store: Store | str | Path,
    *,
    region: str | None = None,
    since: str | date | None = None,
    until: str | date | None = None,
    complexes: Iterable[str] = (),
    sources: Iterable[str] | None = None,
) -> Corpus:
    """Read the reviews of a store, with their predictions, words and topics.

    Args:
        store: an open store, its URL, or the path of an SQLite file.
        region: see `Corpus.narrowed`.
        since: see `Corpus.narrowed`.
        until: see `Corpus.narrowed`.
        complexes: see `Corpus.narrowed`.
        sources: None means all, without the bundled sample where there are others.

    Raises:
        InputError: there is no such store; or see `Corpus.narrowed`.
        InsightError: the store holds no review, or the filters leave none.
    """
    if isinstance(store, Store):
        corpus = _read(store, sources)
    else:
        url = str(store)
        url = url if "://" in url else f"sqlite:///{Path(url).as_posix()}"
        if not store_exists(url):
            raise InputError(f"There is no store at {store}.", "Run `zigbang-nlp run` first.")
        with open_store(url) as opened:
            corpus = _read(opened, sources)
    names = tuple(complexes)
    if region or since or until or names:
        return corpus.narrowed(region=region, since=since, until=until, complexes=names)
    return corpus


def _read(store: Store, sources: Iterable[str] | None) -> Corpus:
    counts = store.sources()
    chosen = tuple(sources if sources is not None else without_sample(counts))
    left_out = (("sample", counts[SAMPLE]),) if SAMPLE in counts and SAMPLE not in chosen else ()
    rows = list(store.judged_reviews(chosen)) if chosen else []
    if not rows:
        raise insight_error(
            "저장된 리뷰가 없습니다.",
            "먼저 `zigbang-nlp crawl`이나 `zigbang-nlp import FILE`을 실행하세요.",
        )
    raw = pd.DataFrame(rows, columns=list(JUDGED_COLUMNS))
    apartments = pd.DataFrame(
        [
            (a.source, a.apartment_id, a.name, a.address, a.latitude, a.longitude, a.households)
            for a in store.apartments()
        ],
        columns=["source", "apartment_id", *list(COMPLEX_COLUMNS)[1:6]],
    )
    models = tuple(sorted(raw["model_id"].dropna().unique()))
    texts, complexes = texts_of_rows(raw), complexes_of_rows(raw, apartments)
    return Corpus(texts, complexes, models, chosen, left_out)
