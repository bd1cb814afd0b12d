"""What is called otherwise now, under its former name, for one version."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from typing import TypeVar

Named = TypeVar("Named", bound=type)


def former_names(module: str, names: Mapping[str, Named]) -> Callable[[str], Named]:
    """A module's `__getattr__` that gives, with a `DeprecationWarning`, what was renamed.

    Args:
        module: its name.
        names: former name -> what it is called now.
    """

    def __getattr__(name: str) -> Named:
        if name not in names:
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        now = names[name]
        warnings.warn(f"{name} is called {now.__name__} now.", DeprecationWarning, stacklevel=2)
        return now

    return __getattr__
