"""Keras on TensorFlow, quiet and repeatable. Import `keras` and `tf` from here only."""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from collections.abc import Iterator

# Both must be set before the first import of either library.
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


@contextlib.contextmanager
def _quiet_stderr() -> Iterator[None]:
    """Hold back what TensorFlow's C++ side writes while it loads; no setting silences it."""
    sys.stderr.flush()
    try:
        kept = os.dup(2)
    except OSError:  # no standard error to hold back (a service, pythonw)
        yield
        return
    with open(os.devnull, "wb") as nowhere:  # noqa: PTH123
        os.dup2(nowhere.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)


with _quiet_stderr():
    import keras
    import tensorflow as tf

__all__ = ["keep_freed_memory", "keras", "make_repeatable", "tf"]

#: Of glibc's malloc.h: M_TRIM_THRESHOLD, M_TOP_PAD and M_MMAP_MAX, with what they are set to.
_MALLOC = ((-1, 2**31 - 1), (-2, 64 << 20), (-4, 0))


def keep_freed_memory() -> None:
    """Have this process keep the memory it frees, to use it again; for training.

    Every step of an LSTM takes and frees arrays of tens of megabytes. Given back to the system
    and taken again, each page costs a fault, which is as much time as the arithmetic itself.
    Does nothing where the C library isn't glibc.
    """
    if sys.platform == "linux" and hasattr(library := ctypes.CDLL(None), "mallopt"):
        for parameter, value in _MALLOC:
            library.mallopt(parameter, value)


def make_repeatable(seed: int) -> None:
    """Seed Python, NumPy and TensorFlow, and forbid operations whose result may vary."""
    keras.backend.clear_session()
    keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_op_determinism()
