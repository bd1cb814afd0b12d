"""One spelling of what looks alike."""

from __future__ import annotations

import unicodedata


def composed(text: str) -> str:
    """Text in Unicode's composed form (NFC): macOS takes Hangul apart, and both look alike."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)
