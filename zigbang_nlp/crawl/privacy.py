"""Nicknames are hashed at the door: before an answer is parsed, kept or shown."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Callable

#: What stands in the place of a name.
Replace = Callable[[str], str | None]


def keyed_hash(key: str) -> Callable[[str], str]:
    """HMAC-SHA256 of a name, 24 hexadecimal digits: the same person is recognizable, not known."""

    def replace(name: str) -> str:
        return hmac.new(key.encode(), name.encode("utf-8", "replace"), hashlib.sha256).hexdigest()[
            :24
        ]

    return replace


def drop(name: str) -> None:
    """No trace of a name."""


def scrub(body: bytes, personal: re.Pattern[str], replace: Replace) -> bytes:
    """`body` with the value of every personal key replaced.

    It works on the text and not on the parsed JSON, so that an answer that was cut off, and is
    kept as evidence, is scrubbed as well.
    """
    # ([^"\\]|\\.)* is a JSON string; the closing quote may be missing where the answer ends.
    member = re.compile(
        rf'("(?:{personal.pattern})"\s*:\s*)(?:"((?:[^"\\]|\\.)*)\\?(?:"|$)|(-?\d[\d.eE+-]*))',
        personal.flags & re.IGNORECASE,
    )

    def hashed(match: re.Match[str]) -> str:
        said = match[2] if match[2] is not None else match[3]
        try:
            name = json.loads(f'"{said}"', strict=False)
        except ValueError:
            name = said
        return match[1] + json.dumps(replace(name) if name else None)

    text = body.decode("utf-8", "surrogateescape")
    return member.sub(hashed, text).encode("utf-8", "surrogateescape")
