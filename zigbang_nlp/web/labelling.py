"""Labels of several people: what is next for whom, how they agree, and shares corrected by them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from zigbang_nlp.insight.agreement import agreements
from zigbang_nlp.insight.corpus import Corpus
from zigbang_nlp.insight.corrected import corrected_difference, corrected_shares
from zigbang_nlp.insight.corrected_trends import corrected_drivers, corrected_trend
from zigbang_nlp.insight.embeddings import Embeddings
from zigbang_nlp.insight.labelling import Kind, labelling_queue, sample_labels
from zigbang_nlp.insight.queries import Filters
from zigbang_nlp.insight.sentiment import By
from zigbang_nlp.store.annotations import Annotation
from zigbang_nlp.web.corpus_cache import Snapshot

#: Texts of a queue that are kept; longer ones are worked off first.
_LONGEST = 5_000


def next_texts(
    snapshot: Snapshot,
    annotations: list[Annotation],
    person: str,
    kind: Kind,
    size: int,
    embeddings: Embeddings,
) -> tuple[pd.DataFrame | None, int, int]:
    """The next texts of a queue for a person.

    Args:
        snapshot: the reviews.
        annotations: all labels.
        person: who is to label.
        kind: of `insight.labelling.KINDS`.
        size: texts at most.
        embeddings: of the texts, as many as there are.

    Returns:
        (the first texts that they haven't labelled, with `insight.QUEUE_COLUMNS`, or None while
        the queue is being made; how many there are; how many of the queue they have labelled).

    Raises:
        InsightError: there are no judged reviews.
    """
    state = embeddings.state if kind == "duplicate" else ()
    queue = snapshot.later(
        ("queue", kind, state),
        lambda corpus: labelling_queue(corpus, kind, size=_LONGEST, embeddings=embeddings),
    )
    if queue is None:
        return None, 0, 0
    mine = {one.key for one in annotations if one.person == person}
    done = np.array([key in mine for key in keys_of(queue)], bool)
    rest = queue[~done]
    return rest.head(size), len(rest), int(done.sum())


def keys_of(texts: pd.DataFrame) -> list[tuple[str, str, str, str]]:
    """The store's keys of rows of `Corpus.texts`."""
    return [
        (*split_key(complex_key), str(review), category)
        for complex_key, review, category in zip(
            texts["complex"], texts["review_id"], texts["category"], strict=True
        )
    ]


def split_key(complex_key: str) -> tuple[str, str]:
    """Source and apartment of a complex's key."""
    source, _, apartment = complex_key.partition(":")
    return source, apartment


def agreement(snapshot: Snapshot, annotations: list[Annotation]) -> pd.DataFrame:
    """How people agree on the texts that several of them labelled; see `insight.agreements`.

    Raises:
        InsightError: nobody labelled what somebody else did, or there are no reviews.
    """
    rows = [("\x1f".join(one.key), one.person, one.label) for one in annotations]
    table = pd.DataFrame(rows, columns=["text", "person", "label"])
    return snapshot.ask(("agreement", *_state(annotations)), lambda _: agreements(table))


def sample(snapshot: Snapshot, annotations: list[Annotation]) -> pd.Series:
    """What people say of the random sample; see `insight.labelling.sample_labels`."""
    return snapshot.ask(
        ("sample", *_state(annotations)), lambda corpus: sample_labels(corpus, annotations)
    )


def _state(annotations: list[Annotation]) -> tuple[int, str]:
    """What changes whenever a label does."""
    return len(annotations), max((str(one.made_at) for one in annotations), default="")


def drivers(snapshot: Snapshot, annotations: list[Annotation]) -> pd.DataFrame | None:
    """See `insight.corrected_trends.corrected_drivers`; None while it is being found out.

    Raises:
        InsightError: there are too few labels.
    """
    return snapshot.later(
        ("corrected drivers", *_state(annotations)),
        lambda corpus: corrected_drivers(corpus, sample(snapshot, annotations)),
    )


def trend(snapshot: Snapshot, annotations: list[Annotation]) -> pd.DataFrame:
    """See `insight.corrected_trends.corrected_trend`.

    Raises:
        InsightError: there are too few labels.
    """
    labels = sample(snapshot, annotations)
    return snapshot.ask(
        ("corrected trend", *_state(annotations)), lambda corpus: corrected_trend(corpus, labels)
    )


def change(
    snapshot: Snapshot, annotations: list[Annotation], place: Filters, periods: dict[Any, Any]
) -> dict[str, float | bool]:
    """The difference of the positive shares of two periods, naive and corrected.

    Args:
        snapshot: the reviews.
        annotations: all labels.
        place: which complexes are meant.
        periods: first and last days, as `before_after` says them: since, until, base_since and
            base_until.

    Raises:
        InsightError: a period has too few labels.
    """
    labels = sample(snapshot, annotations)
    ends = [periods[name] for name in ("since", "until", "base_since", "base_until")]

    def find(corpus: Corpus) -> dict[str, float | bool]:
        written = corpus.texts["written_at"]
        meant = corpus.complexes["complex"].isin(place.of(corpus).complexes["complex"])
        here = meant.to_numpy()[corpus.places]

        def within(first: str, last: str) -> np.ndarray:
            end = pd.Timestamp(last) + pd.Timedelta(days=1)
            period = (written.ge(pd.Timestamp(first)) & written.lt(end)).to_numpy()
            return np.asarray(period & here)

        return corrected_difference(corpus, labels, within(*ends[:2]), within(*ends[2:]))

    return snapshot.ask(("corrected change", place, *ends, *_state(annotations)), find)


def corrected(snapshot: Snapshot, annotations: list[Annotation], by: By | None) -> pd.DataFrame:
    """Shares as the model judged beside those corrected by the labels of the random sample.

    Raises:
        InsightError: nobody has labelled a text of the random sample.
    """
    labels = sample(snapshot, annotations)
    return snapshot.ask(
        ("corrected", by, *_state(annotations)), lambda corpus: corrected_shares(corpus, labels, by)
    )
