"""A process that doesn't outlive the one that started it."""

from __future__ import annotations

import multiprocessing
import os
import threading


def end_with_parent() -> None:
    """From now on end this process when the one that started it is gone, killed for example.

    For processes of `multiprocessing` that compute for long between two messages: those of a
    `ProcessPoolExecutor` notice only when they have finished what they do.
    """
    threading.Thread(target=_wait_and_end, daemon=True).start()


def _wait_and_end() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
