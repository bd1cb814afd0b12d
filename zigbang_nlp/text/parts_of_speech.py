"""Morphemes with their parts of speech, by any of the tokenizers that know them."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from zigbang_nlp.errors import TokenizerError
from zigbang_nlp.language.i18n import N_
from zigbang_nlp.text.taggers import (
    check_process,
    emoji_apart,
    guarded,
    java_tagger,
    kiwi_tagger,
    mecab_tagger,
)
from zigbang_nlp.text.tokenizer_settings import TokenizerSettings


class Tagged(NamedTuple):
    """A morpheme and its part of speech as the tagger calls it; "" where it knows none."""

    form: str
    tag: str


#: The beginnings of tags -> what they are. Mecab, Kiwi, Komoran and Kkma follow the Sejong corpus,
#: Hannanum shortens (P for predicates), Okt has words.
_SEJONG = {
    "NNG": N_("일반 명사"),
    "NNP": N_("고유 명사"),
    "NNB": N_("의존 명사"),
    "NNM": N_("의존 명사"),
    "NP": N_("대명사"),
    "NR": N_("수사"),
    "N": N_("명사"),
    "VV": N_("동사"),
    "VA": N_("형용사"),
    "VX": N_("보조 용언"),
    "VC": N_("지정사"),
    "P": N_("용언"),
    "MAJ": N_("접속 부사"),
    "MAC": N_("접속 부사"),
    "MA": N_("부사"),
    "M": N_("관형사"),
    "I": N_("감탄사"),
    "J": N_("조사"),
    "EP": N_("선어말 어미"),
    "EF": N_("종결 어미"),
    "EC": N_("연결 어미"),
    "ET": N_("전성 어미"),
    "E": N_("어미"),
    "XP": N_("접두사"),
    "XS": N_("접미사"),
    "XR": N_("어근"),
    "SL": N_("외국어"),
    "OL": N_("외국어"),
    "F": N_("외국어"),
    "SN": N_("숫자"),
    "ON": N_("숫자"),
    "SH": N_("한자"),
    "OH": N_("한자"),
    "S": N_("기호"),
    "W": N_("기호"),
}
_OKT = {
    "Noun": N_("명사"),
    "Verb": N_("동사"),
    "Adjective": N_("형용사"),
    "Determiner": N_("관형사"),
    "Modifier": N_("관형사"),
    "Adverb": N_("부사"),
    "Conjunction": N_("접속사"),
    "Exclamation": N_("감탄사"),
    "Josa": N_("조사"),
    "PreEomi": N_("선어말 어미"),
    "Eomi": N_("어미"),
    "Suffix": N_("접미사"),
    "VerbPrefix": N_("접두사"),
    "KoreanParticle": N_("낱자"),
    "Alpha": N_("외국어"),
    "Foreign": N_("외국어"),
    "Number": N_("숫자"),
    "Punctuation": N_("기호"),
}


def tag_names(tag: str) -> list[str]:
    """What a tag is, in Korean (a sentence of the catalogue); several for a joined one, "VA+EC".

    >>> tag_names("NNG"), tag_names("VA+EC"), tag_names("Josa"), tag_names("UNKNOWN")
    (['일반 명사'], ['형용사', '연결 어미'], ['조사'], [])
    """
    if tag in _OKT:
        return [_OKT[tag]]
    names = []
    for part in tag.split("+"):
        sizes = (3, 2, 1) if part.isupper() and part[:1] != "U" else ()
        names += [name for size in sizes if (name := _SEJONG.get(part[:size]))][:1]
    return names


def tagged(cleaned: str, settings: TokenizerSettings) -> list[Tagged]:
    """The morphemes of a cleaned text with their tags, in order.

    Args:
        cleaned: see `clean`.
        settings: of the tokenizer; SentencePiece knows no parts of speech, and has pieces without.

    Raises:
        TokenizerError: the tagger can't start, or can't read this text.
    """
    if not cleaned or cleaned.isspace():
        return []
    check_process(settings.name)
    try:
        return _reader(settings)(cleaned)
    except TokenizerError:
        raise
    except Exception as error:
        raise TokenizerError(
            f"{settings.name} can't read this text: {error}.", "Compare with another tokenizer."
        ) from error


@lru_cache(8)
def _reader(settings: TokenizerSettings) -> Callable[[str], list[Tagged]]:
    if settings.name == "mecab":
        return _mecab
    if settings.name == "kiwi":
        kiwi = kiwi_tagger()
        return lambda text: [Tagged(token.form, token.tag) for token in kiwi.tokenize(text)]
    if settings.name == "sentencepiece":
        from zigbang_nlp.text.taggers import TAGGERS

        pieces = TAGGERS[settings.name](settings)
        return lambda text: [Tagged(piece, "") for piece in pieces(text)]
    name = settings.name.capitalize()
    tagger = java_tagger(name)
    options = {"stem": settings.stem} if name == "Okt" else {}
    joined = guarded(name, lambda text: tagger.pos(text, join=True, **options))
    return lambda text: (
        [_parted(one) for word in text.split() for one in joined(word)]
        if (
            name == "Okt"  # which looks at each word alone
        )
        else [_parted(one) for one in joined(text)]
    )


def _mecab(cleaned: str) -> list[Tagged]:
    lines = mecab_tagger().tagger.parse(emoji_apart(cleaned)).splitlines()
    parts = (line.partition("\t") for line in lines)
    return [Tagged(form, rest.partition(",")[0]) for form, tab, rest in parts if tab and form]


def _parted(joined: str) -> Tagged:
    """form/Tag as KoNLPy joins them; an emoji has no tag."""
    form, slash, tag = joined.rpartition("/")
    return Tagged(form, tag) if slash and form else Tagged(joined, "")


def other_tokenizer(name: str) -> str:
    """The one to set beside a tokenizer: Okt, as in most courses, and Mecab beside Okt."""
    return "mecab" if name == "okt" else "okt"
