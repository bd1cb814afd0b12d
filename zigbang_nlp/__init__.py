"""From what residents write about Korean apartments to labels one can trust.

>>> from zigbang_nlp import Classifier
>>> Classifier.load().predict(["역이 가까워요"])[0].label
'positive'
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["Classifier", "__version__"]

if TYPE_CHECKING:
    from zigbang_nlp.predict.classifier import Classifier


def __getattr__(name: str) -> Any:
    # On demand, so that `import zigbang_nlp` stays instant.
    if name == "Classifier":
        from zigbang_nlp.predict.classifier import Classifier

        return Classifier
    raise AttributeError(f"module 'zigbang_nlp' has no attribute {name!r}")
