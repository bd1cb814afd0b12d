"""What all groups of settings share: strictness, and values written as text."""

from __future__ import annotations

import json
from typing import Any

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A strict, frozen group of settings: unknown keys and values out of range are errors."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, validate_default=True, allow_inf_nan=False
    )

    def _changed(self, *names: str) -> list[str]:
        """Those of `names` that differ from their default: what somebody asked for."""
        fields = type(self).model_fields
        return [name for name in names if getattr(self, name) != fields[name].default]

    def _refuse_idle(self, works: bool, names: tuple[str, ...], needs: str) -> None:
        """Refuse settings that would have no effect.

        Args:
            works: whether they have an effect as the others are set.
            names: of the settings.
            needs: what they need, a sentence.

        Raises:
            ValueError: one of them is not at its default although it does nothing.
        """
        idle = [] if works else self._changed(*names)
        if idle:
            has = "has" if len(idle) == 1 else "have"
            raise ValueError(f"{' and '.join(idle)} {has} no effect here: {needs}")


def as_pair(value: Any) -> Any:
    """Split "0.8,1.5", as the command line and the environment give it; other values stay."""
    if isinstance(value, str) and "," in value:
        return [part.strip() for part in value.split(",")]
    return value


def as_number_or_word(value: Any) -> Any:
    """Read "20" as 20; other text and values stay."""
    return int(value) if isinstance(value, str) and value.strip().isdigit() else value


def as_mapping(value: Any) -> Any:
    """Text such as `{"momentum": 0.9}` or `momentum=0.9,nesterov=true` -> a dictionary.

    Raises:
        ValueError: it is neither.
    """
    if not isinstance(value, str):
        return value
    if value.lstrip().startswith("{"):
        try:
            return json.loads(value)
        except ValueError as error:
            raise ValueError(f"not JSON ({error})") from error
    pairs: dict[str, Any] = {}
    for part in filter(None, (p.strip() for p in value.split(","))):
        name, equals, text = part.partition("=")
        if not equals:
            raise ValueError(f"{part!r} has no '='; write it like momentum=0.9,nesterov=true")
        pairs[name.strip()] = text.strip()
    return pairs
