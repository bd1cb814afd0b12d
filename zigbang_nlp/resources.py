"""Where the files that ship with the package are: in the wheel, or in the repository."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from zigbang_nlp.errors import ZigbangError

#: The source of the rows that come from the bundled sample.
SAMPLE = "sample"

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


def pretrained_dir() -> Path:
    """The bundle that ships with the package.

    Raises:
        ZigbangError: this installation lacks it.
    """
    return resource_dir("pretrained")


def start_dir(init: str) -> Path | None:
    """The bundle that `train.init` names; None for "scratch"."""
    if init == "scratch":
        return None
    return pretrained_dir() if init == "pretrained" else Path(init)


def without_sample(sources: Iterable[str]) -> list[str]:
    """All sources of reviews; without the sample, which is for practice, once there are others."""
    return [name for name in sources if name != SAMPLE] or list(sources)


@cache
def sample_splits() -> dict[str, str]:
    """The corpus's own split: apartment id -> "validation" or "test"; all others are train.

    Those two were written by hands of their own, and no model of this project is trained on them.
    """
    listed = json.loads((resource_dir("sample") / "splits.json").read_text(encoding="utf-8"))
    return {str(apartment): name for name, ids in listed.items() for apartment in ids}


def sample_texts() -> list[str]:
    """The 6,000 texts of the corpus that belong to no complex."""
    path = resource_dir("sample") / "loose.tsv"
    header, *lines = path.read_text(encoding="utf-8").splitlines()
    column = header.split("\t").index("text")
    return [line.split("\t")[column] for line in lines]
