"""Noise as people type it: pure functions of a text, a strength and a random generator."""

from __future__ import annotations

import numpy as np

from zigbang_nlp.text.letters import put_together, taken_apart

#: The Korean standard keyboard (KS X 5002), consonants left and vowels right.
_CONSONANT_ROWS = ("ㅂㅈㄷㄱㅅ", "ㅁㄴㅇㄹㅎ", "ㅋㅌㅊㅍ")
_VOWEL_ROWS = ("ㅛㅕㅑㅐㅔ", "ㅗㅓㅏㅣ", "ㅠㅜㅡ")
#: What comes out when Shift isn't held.
_UNSHIFTED = dict(zip("ㅃㅉㄸㄲㅆㅒㅖ", "ㅂㅈㄷㄱㅅㅐㅔ", strict=True))

#: A space comes in this much more rarely than one is lost.
_COMES_IN = 0.1


def _neighbours() -> dict[str, str]:
    near: dict[str, str] = dict(_UNSHIFTED)
    for rows in (_CONSONANT_ROWS, _VOWEL_ROWS):
        for r, row in enumerate(rows):
            for c, jamo in enumerate(row):
                beside = row[max(c - 1, 0) : c] + row[c + 1 : c + 2]
                above = "".join(rows[q][c : c + 1] for q in (r - 1, r + 1) if 0 <= q < len(rows))
                near[jamo] = beside + above
    return near


#: jamo -> those that a finger hits by mistake.
NEIGHBOURS = _neighbours()


def add_spacing_noise(text: str, strength: float, random: np.random.Generator) -> str:
    """Lose spaces and put in wrong ones; all else stays, in its order.

    Args:
        text: any text.
        strength: chance (0 to 1) that a space is lost; between two other characters one comes in
            with a tenth of it.
        random: where chance comes from.

    >>> add_spacing_noise("역이 가까워요", 1.0, np.random.default_rng(3)).replace(" ", "")
    '역이가까워요'
    """
    if strength <= 0 or not text:
        return text
    chances = random.random(len(text))
    kept: list[str] = []
    for i, (character, chance) in enumerate(zip(text, chances, strict=True)):
        if character == " ":
            if chance >= strength:
                kept.append(character)
            continue
        kept.append(character)
        before_word = i + 1 < len(text) and text[i + 1] != " "
        if before_word and chance < strength * _COMES_IN:
            kept.append(" ")
    return "".join(kept)


def add_typos(text: str, strength: float, random: np.random.Generator) -> str:
    """Hit a neighbouring key, forget Shift, or swap two characters; the length stays.

    Args:
        text: NFC text.
        strength: chance (0 to 1) of a typo, for each character that isn't a space.
        random: where chance comes from.
    """
    if strength <= 0 or not text:
        return text
    characters = list(text)
    for i in np.flatnonzero(random.random(len(text)) < strength):
        character = characters[i]
        if character == " ":
            continue
        swapped = random.random() < 0.25
        if not swapped and "가" <= character <= "힣":
            characters[i] = _mistyped(character, random)
        elif i + 1 < len(text) and characters[i + 1] != " ":
            characters[i], characters[i + 1] = characters[i + 1], character
    return "".join(characters)


def _mistyped(syllable: str, random: np.random.Generator) -> str:
    """One of the syllable's jamo becomes a neighbour on the keyboard."""
    parts = taken_apart(syllable)
    # A final of two keys (ㄳ) and a vowel of two (ㅘ) have no neighbour as a whole.
    choices = [i for i, jamo in enumerate(parts) if jamo in NEIGHBOURS]
    if not choices:
        return syllable
    place = choices[int(random.integers(len(choices)))]
    near = NEIGHBOURS[parts[place]]
    parts[place] = near[int(random.integers(len(near)))]
    return put_together(*parts)


def noisy(text: str, spacing: float, typos: float, random: np.random.Generator) -> str:
    """Both kinds of noise.

    Args:
        text: any text.
        spacing: see `add_spacing_noise`.
        typos: see `add_typos`.
        random: where chance comes from.
    """
    return add_spacing_noise(add_typos(text, typos, random), spacing, random)
