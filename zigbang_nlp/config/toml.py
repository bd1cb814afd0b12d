"""Values as TOML, for settings files that the program writes."""

from __future__ import annotations

import json


def toml_value(value: object) -> str:
    """A plain value in TOML's spelling.

    >>> toml_value({"momentum": 0.9, "nesterov": True})
    '{momentum = 0.9, nesterov = true}'
    """
    if isinstance(value, dict):
        pairs = (f"{_key(str(k))} = {toml_value(v)}" for k, v in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(toml_value, value)) + "]"
    # JSON's numbers, booleans and strings are TOML's too.
    return json.dumps(value, ensure_ascii=False)


def _key(name: str) -> str:
    bare = name.isascii() and name.replace("_", "").replace("-", "").isalnum()
    return name if bare else json.dumps(name, ensure_ascii=False)
