"""Morphemes with their parts of speech, by any of the tokenizers that know them."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from zigbang_nlp.errors import TokenizerError
from zigbang_nlp.language.i18n import N_
from zigbang_nlp.text.taggers import (
    TAGGERS,
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


#: What a morpheme is -> its tags. Mecab, Kiwi, Komoran and Kkma follow the Sejong corpus, of whose
#: tags these are the beginnings, Hannanum shortens (P for predicates), Okt has words.
_TAGS = {
    N_("일반 명사"): "NNG",
    N_("고유 명사"): "NNP",
    N_("의존 명사"): "NNB NNM",
    N_("대명사"): "NP",
    N_("수사"): "NR",
    N_("명사"): "N Noun",
    N_("동사"): "VV Verb",
    N_("형용사"): "VA Adjective",
    N_("보조 용언"): "VX",
    N_("지정사"): "VC",
    N_("용언"): "P",
    N_("접속 부사"): "MAJ MAC",
    N_("부사"): "MA Adverb",
    N_("관형사"): "M Determiner Modifier",
    N_("감탄사"): "I Exclamation",
    N_("조사"): "J Josa",
    N_("선어말 어미"): "EP PreEomi",
    N_("종결 어미"): "EF",
    N_("연결 어미"): "EC",
    N_("전성 어미"): "ET",
    N_("어미"): "E Eomi",
    N_("접두사"): "XP VerbPrefix",
    N_("접미사"): "XS Suffix",
    N_("어근"): "XR",
    N_("외국어"): "SL OL F Alpha Foreign",
    N_("숫자"): "SN ON Number",
    N_("한자"): "SH OH",
    N_("기호"): "S W Punctuation",
    N_("접속사"): "Conjunction",
    N_("낱자"): "KoreanParticle",
}
_NAMES = {tag: name for name, tags in _TAGS.items() for tag in tags.split()}


def tag_names(tag: str) -> list[str]:
    """What a tag is, in Korean (a sentence of the catalogue); several for a joined one, "VA+EC".

    >>> tag_names("NNG"), tag_names("VA+EC"), tag_names("Josa"), tag_names("UNKNOWN")
    (['일반 명사'], ['형용사', '연결 어미'], ['조사'], [])
    """
    if tag in _NAMES:
        return [_NAMES[tag]]
    names = []
    for part in tag.split("+"):
        sizes = (3, 2, 1) if part.isupper() and part[:1] != "U" else ()
        names += [name for size in sizes if (name := _NAMES.get(part[:size]))][:1]
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
        pieces = TAGGERS[settings.name](settings)
        return lambda text: [Tagged(piece, "") for piece in pieces(text)]
    name = settings.name.capitalize()
    tagger = java_tagger(name)
    if name == "Okt":  # which looks at each word alone
        by_word = guarded(name, lambda word: tagger.pos(word, join=True, stem=settings.stem))
        return lambda text: [_parted(one) for word in text.split() for one in by_word(word)]
    joined = guarded(name, lambda text: tagger.pos(text, join=True))
    return lambda text: [_parted(one) for one in joined(text)]


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
