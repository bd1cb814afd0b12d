"""Where the files that ship with the package are: in the wheel, or in the repository."""

from __future__ import annotations

from pathlib import Path

from zigbang_nlp.errors import ZigbangError

_PACKAGE = Path(__file__).resolve().parent


def resource_dir(name: str) -> Path:
    """The directory `data/<name>` of the repository, or its copy inside an installed wheel.

    Raises:
        ZigbangError: it is in neither place.
    """
    for candidate in (_PACKAGE / "_data" / name, _PACKAGE.parent / "data" / name):
        if candidate.is_dir():
            return candidate
    raise ZigbangError(
        f"The bundled {name} data is missing from this installation.",
        "Install the package again from its wheel or repository.",
    )
