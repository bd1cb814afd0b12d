"""Small files to import, and what a store holds of them."""

from pathlib import Path

import pandas as pd

from zigbang_nlp.importing import ImportColumns
from zigbang_nlp.records import Review
from zigbang_nlp.store import Store

STARS = ImportColumns(rating="stars")


def csv(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "reviews.csv"
    path.write_text(text, encoding="utf-8")
    return path


def parquet(tmp_path: Path, **columns: list[object]) -> Path:
    path = tmp_path / "reviews.parquet"
    pd.DataFrame(columns).to_parquet(path)
    return path


def only(store: Store) -> Review:
    (review,) = store.reviews()
    return review


def by_text(store: Store) -> dict[str, Review]:
    return {review.text: review for review in store.reviews()}
