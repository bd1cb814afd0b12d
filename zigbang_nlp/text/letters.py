"""Letters of a text as search sees them: without spaces and signs, by syllable, by initial, by jamo."""

from __future__ import annotations

import unicodedata

#: What syllables are made of, in the order of Unicode: all with ㄱ come before the first with ㄲ.
_INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_MEDIALS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_FINALS = ["", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"]


def squeezed(text: str) -> tuple[str, list[int]]:
    """(letters and digits of a text in lower case, where each stands in the text).

    >>> squeezed("층간 소음!")
    ('층간소음', [0, 1, 3, 4])
    """
    letters, places = [], []
    for place, character in enumerate(text):
        # Compatibility forms (ＧＴＸ, ㎡) become plain; single jamo (ㅋ) must not become initials.
        plain = character if "ㄱ" <= character <= "ㆎ" else unicodedata.normalize("NFKC", character)
        for letter in plain.lower():
            if letter.isalnum():
                letters.append(letter)
                places.append(place)
    return "".join(letters), places


def bigrams(letters: str) -> list[str]:
    """Pairs of neighbouring letters in order, and the last letter alone.

    A run of n letters stands in a text where its n - 1 pairs follow one another, and one letter
    where a pair begins with it, so this finds every part of a word.

    >>> bigrams("층간소음")
    ['층간', '간소', '소음', '음']
    """
    return [letters[i : i + 2] for i in range(len(letters))]


def initials(word: str) -> str:
    """The initial of each syllable; other characters stay.

    >>> initials("층간소음")
    'ㅊㄱㅅㅇ'
    """
    return "".join(taken_apart(c)[0] for c in word)


def are_initials(word: str) -> bool:
    """Whether a word is written in initials alone, two or more: ㅊㄱㅅㅇ.

    >>> are_initials("ㅈㅊ"), are_initials("주차"), are_initials("ㅋ")
    (True, False, False)
    """
    return len(word) > 1 and all(c in _INITIALS for c in word)


def jamo(word: str) -> str:
    """A word in the letters that are typed, so that 층간소엄 is one letter away from 층간소음.

    >>> jamo("소음")
    'ㅅㅗㅇㅡㅁ'
    """
    return "".join(part for c in word for part in taken_apart(c))


def taken_apart(character: str) -> list[str]:
    """The initial, medial and final of a syllable, "" for no final; another character alone.

    >>> taken_apart("한"), taken_apart("가"), taken_apart("a")
    (['ㅎ', 'ㅏ', 'ㄴ'], ['ㄱ', 'ㅏ', ''], ['a'])
    """
    if not "가" <= character <= "힣":
        return [character]
    rest, final = divmod(ord(character) - ord("가"), len(_FINALS))
    initial, medial = divmod(rest, len(_MEDIALS))
    return [_INITIALS[initial], _MEDIALS[medial], _FINALS[final]]


def put_together(initial: str, medial: str, final: str = "") -> str:
    """The syllable that `taken_apart` made these of."""
    rest = _INITIALS.index(initial) * len(_MEDIALS) + _MEDIALS.index(medial)
    return chr(ord("가") + rest * len(_FINALS) + _FINALS.index(final))
