"""Rows that survive anything: SQLite by default, PostgreSQL by URL."""

from zigbang_nlp.store.export import export
from zigbang_nlp.store.rows import Counts, ReviewKey
from zigbang_nlp.store.store import Store, open_store, store_exists

__all__ = ["Counts", "ReviewKey", "Store", "export", "open_store", "store_exists"]
