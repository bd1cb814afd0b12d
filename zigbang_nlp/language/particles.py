"""Korean particles that fit the word before them: 학교를, 경비실을, SK로."""

from __future__ import annotations

import re

#: Pairs as a sentence has them before it is known what they follow, with what is written after a
#: final consonant and without one. 으로 is also without one after ㄹ.
_PAIRS = {
    "이(가)": ("이", "가"),
    "을(를)": ("을", "를"),
    "은(는)": ("은", "는"),
    "과(와)": ("과", "와"),
    "으로(로)": ("으로", "로"),
    "이라(라)": ("이라", "라"),
}
#: What stands between a word and its particle without being read: quotes, closing brackets.
_PAIR = re.compile(
    r"(?=(?P<last>[가-힣0-9A-Za-z]))(?:(?P<word>[A-Za-z]+)|.)(?P<closing>[’”'\"\])」』》〉]*)"
    r"(?P<pair>" + "|".join(map(re.escape, _PAIRS)) + ")"
)
#: Digits and capitals read with a final consonant: 영 일 삼 육 칠 팔, 엘 엠 엔 알; those with ㄹ.
_CLOSED, _RIEUL = "013678LMNR", "178LR"
_JONG_RIEUL = 8  # ㄹ among the 28 endings of a syllable


def with_particles(sentence: str) -> str:
    """The sentence with one particle in place of each pair such as 이(가).

    Where it can't be told how what stands before is read (a Latin word that isn't an abbreviation
    in capitals), the pair stays.
    """
    return _PAIR.sub(_fitting, sentence)


def _fitting(match: re.Match[str]) -> str:
    word, closing, pair = match["word"], match["closing"], match["pair"]
    last = (word or match["last"])[-1]
    before = word or match["last"]
    if word and not word.isupper():
        return match.group()
    if last.isascii():
        closed, rieul = last in _CLOSED, last in _RIEUL
    else:
        # Unicode has the syllables in order, 28 endings for each beginning, the first open.
        ending = (ord(last) - ord("가")) % 28
        closed, rieul = ending != 0, ending == _JONG_RIEUL
    with_final, without = _PAIRS[pair]
    use_first = closed and not (pair == "으로(로)" and rieul)
    return before + closing + (with_final if use_first else without)
