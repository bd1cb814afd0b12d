"""What training measures after each epoch, and which way is better."""

from __future__ import annotations

import difflib
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator

#: Measured where asked for, beside loss and accuracy.
Metric = Literal["auc", "pr_auc", "macro_f1", "precision", "recall", "mse", "mae"]

#: What can be watched; `val_` is of the validation texts.
_Monitor = Literal[
    "val_loss",
    "val_accuracy",
    "val_auc",
    "val_pr_auc",
    "val_macro_f1",
    "val_precision",
    "val_recall",
    "val_mse",
    "val_mae",
    "loss",
    "accuracy",
]
#: And whether less or more of it is better.
MONITORS: dict[str, Literal["min", "max"]] = {
    name: "min" if name.endswith(("loss", "mse", "mae")) else "max" for name in get_args(_Monitor)
}
#: What Keras 1 and 2 called them.
_FORMERLY = {"val_acc": "val_accuracy", "acc": "accuracy"}


def known_monitor(name: Any) -> Any:
    """The name as it was given.

    Raises:
        ValueError: nothing of that name is measured; the likely one is named.
    """
    if not isinstance(name, str) or name in MONITORS:
        return name
    close = difflib.get_close_matches(name, MONITORS, n=1)
    meant = _FORMERLY.get(name) or (close[0] if close else "")
    formerly = f" ({name} is what Keras 2 called it)" if name in _FORMERLY else ""
    hint = f"did you mean {meant}{formerly}? " if meant else ""
    raise ValueError(f"nothing called {name!r} is measured; {hint}known: {', '.join(MONITORS)}")


Monitor = Annotated[_Monitor, BeforeValidator(known_monitor)]
