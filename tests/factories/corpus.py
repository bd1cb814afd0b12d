"""Reviews from nowhere: a seeded world of complexes in which what is true is known.

Every resident writes five texts; texts of one resident resemble each other in sentiment, words
fall independently of each other, of sentiment and of time, unless something is planted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd

from zigbang_nlp.insight import Corpus
from zigbang_nlp.records import CATEGORIES, Apartment, Review
from zigbang_nlp.store import Judged, Store

_SYLLABLES = "가나다라마바사아자차카타파하거너더러머버서어저처커터퍼허고노도로모보소오조초코토포호"
_RATES = {"total": 0.6, "traffic": 0.55, "care": 0.6, "resident": 0.5, "around": 0.65}


@dataclass(frozen=True)
class World:
    """What is true.

    Attributes:
        reviews: residents who write five texts each.
        complexes, months, words: how many there are.
        resemblance: spread of the residents' moods on the logit scale.
        risen: {word number: factor} of its rate in 2024.
        worse: {(complex number, category): points} taken from the share of positive texts.
        fallen: (category, first month, points): taken from then on.
        seed: of everything.
    """

    reviews: int = 1_500
    complexes: int = 10
    months: int = 48
    words: int = 300
    resemblance: float = 0.7
    risen: dict[int, float] = field(default_factory=dict)
    worse: dict[tuple[int, str], float] = field(default_factory=dict)
    fallen: tuple[str, int, float] | None = None
    seed: int = 0

    def vocabulary(self) -> list[str]:
        """Made-up nouns of three syllables."""
        rng = np.random.default_rng(9)
        letters = np.array(list(_SYLLABLES))
        words = dict.fromkeys("".join(row) for row in rng.choice(letters, (self.words * 2, 3)))
        return list(words)[: self.words]

    def texts(self) -> pd.DataFrame:
        """The texts, with the columns that `Corpus.from_frames` takes."""
        rng = np.random.default_rng(self.seed)
        count = self.reviews * len(CATEGORIES)
        review = np.repeat(np.arange(self.reviews), len(CATEGORIES))
        place = rng.integers(0, self.complexes, self.reviews)[review]
        month = rng.integers(0, self.months, self.reviews)[review]
        category = np.tile(np.array(list(CATEGORIES)), self.reviews)
        rate = np.array([_RATES[name] for name in category])
        for (number, name), points in self.worse.items():
            rate = rate - points * ((place == number) & (category == name))
        if self.fallen is not None:
            name, first, points = self.fallen
            rate = rate - points * ((category == name) & (month >= first))
        mood = rng.normal(0, self.resemblance, self.reviews)[review]
        positive = rng.random(count) < 1 / (1 + np.exp(-(np.log(rate / (1 - rate)) + mood)))
        written = [datetime(2021 + m // 12, m % 12 + 1, 15) for m in month]
        return pd.DataFrame(
            {
                "complex": [f"made:{number}" for number in place],
                "review": review,
                "review_id": review.astype(str),
                "category": category,
                "text": self._written(rng, month),
                "score": np.where(positive, 5.0, 1.0),
                "written_at": written,
                "positive": positive.astype(float),
                "probability": np.where(positive, 0.9, 0.1),
            }
        )

    def _written(self, rng: np.random.Generator, month: np.ndarray) -> list[str]:
        rates = 0.08 / (1 + np.arange(self.words)) ** 0.6
        risen = np.ones(self.words)
        for number, factor in self.risen.items():
            risen[number] = factor
        in_2024 = (month >= 36)[:, None]
        chance = np.where(in_2024, rates * risen, rates)
        spoken = rng.random((len(month), self.words)) < chance
        names = np.array(self.vocabulary())
        return [" ".join(rng.permutation(names[row])) or names[0] for row in spoken]

    def corpus(self) -> Corpus:
        texts = self.texts()
        return Corpus.from_frames(texts.assign(words=texts["text"].str.replace(" ", "\t")))

    def fill(self, store: Store) -> None:
        """Write everything into a store, as a crawl and a prediction would."""
        texts = self.texts()
        store.add_apartments(
            Apartment(
                "made",
                str(number),
                f"{number}번 마을",
                f"서울특별시 {'노원구' if number % 2 else '강남구'} {number}동",
                37.5 + number / 50,
                127.0,
                500,
            )
            for number in range(self.complexes)
        )
        rows: list[Any] = list(texts.itertuples())
        store.add_reviews(
            Review(
                "made",
                row.complex.partition(":")[2],
                row.review_id,
                row.category,
                row.text,
                row.score,
                None,
                row.written_at + timedelta(hours=9),
            )
            for row in rows
        )
        store.save_predictions(
            "made-model",
            (
                Judged(
                    ("made", row.complex.partition(":")[2], row.review_id, row.category),
                    "positive" if row.positive else "negative",
                    row.probability,
                    False,
                    row.text.split(),
                    (),
                )
                for row in rows
            ),
        )
