"""The tokenizer and the vocabulary of a data set: its own, or a model's, so that training goes on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from zigbang_nlp.config import PreprocessSettings
from zigbang_nlp.console import log
from zigbang_nlp.errors import ConfigError
from zigbang_nlp.text.clean import clean
from zigbang_nlp.text.encoder import Encoder
from zigbang_nlp.text.taggers import train_sentencepiece
from zigbang_nlp.text.tokenizer_settings import TokenizerSettings
from zigbang_nlp.text.vocabulary import Vocabulary


def base_encoder(settings: PreprocessSettings) -> Encoder | None:
    """The encoder whose vocabulary is built upon, or None to start from the data alone."""
    if settings.vocabulary in ("own", "auto"):
        return None
    encoder = Encoder.load(Path(settings.vocabulary))
    own = encoder.tokenizer_settings
    if (own.name, own.stem) != (settings.tokenizer, settings.stem):
        raise ConfigError(
            f"The vocabulary in {settings.vocabulary} is of the tokenizer "
            f"{_spelled(own.name, own.stem)}, not of {_spelled(settings.tokenizer, settings.stem)}.",
            'Choose the same tokenizer, or set train.init = "scratch".',
        )
    return encoder


def _spelled(name: str, stem: bool) -> str:
    return f"{name} with stem" if stem else name


def choose_tokenizer(
    settings: PreprocessSettings, base: Encoder | None, training: Iterable[str]
) -> TokenizerSettings:
    """The tokenizer; SentencePiece learns from the training texts, or comes with a vocabulary."""
    if base is not None:
        return base.tokenizer_settings
    model = b""
    if settings.tokenizer == "sentencepiece":
        cleaned = (clean(text, settings.max_characters) for text in training)
        model = train_sentencepiece(cleaned, settings.sentencepiece_size)
    return TokenizerSettings(settings.tokenizer, settings.stem, model)


def choose_vocabulary(
    settings: PreprocessSettings, base: Encoder | None, counts: Counter[str]
) -> Vocabulary:
    """The vocabulary of the training texts' tokens, or these behind a model's."""
    if base is None:
        return Vocabulary.from_counts(
            counts, settings.min_count, settings.max_vocabulary, settings.piece_min_count
        )
    idle = [
        f"preprocess.{name} = {getattr(settings, name)}"
        for name in ("piece_min_count", "sentencepiece_size")
        if getattr(settings, name) != PreprocessSettings.model_fields[name].default
    ]
    if idle:
        log.warning(
            "%s has no effect here: the pieces are those of %s.",
            ", ".join(idle),
            settings.vocabulary,
        )
    known = base.vocabulary
    vocabulary = known.extended(counts, settings.min_count, settings.max_vocabulary)
    log.info(
        "%s new tokens added to the %s of %s.",
        f"{len(vocabulary) - len(known):,}",
        f"{len(known):,}",
        settings.vocabulary,
    )
    return vocabulary
