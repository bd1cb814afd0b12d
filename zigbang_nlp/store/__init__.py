"""Rows that survive anything: SQLite by default, PostgreSQL by URL."""

from zigbang_nlp.store.corrections import Correction
from zigbang_nlp.store.judged import Judged
from zigbang_nlp.store.rows import Counts, ReviewKey
from zigbang_nlp.store.store import Store, open_or_undo, open_store, store_exists
from zigbang_nlp.store.task import Contents, Failure, Outcome, Scope, Tally, Task

__all__ = [
    "Contents",
    "Correction",
    "Counts",
    "Failure",
    "Judged",
    "Outcome",
    "ReviewKey",
    "Scope",
    "Store",
    "Tally",
    "Task",
    "open_or_undo",
    "open_store",
    "store_exists",
]
