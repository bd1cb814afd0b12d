"""The vocabulary that a data set builds upon: a model's, so that training can go on with it."""

from __future__ import annotations

from pathlib import Path

from zigbang_nlp.config import PreprocessSettings
from zigbang_nlp.console import log
from zigbang_nlp.errors import ConfigError
from zigbang_nlp.text.encoder import Encoder
from zigbang_nlp.text.tokenizer_settings import TokenizerSettings


def say_idle(settings: PreprocessSettings) -> None:
    """Say which settings have no effect since a model brings its tokens."""
    fields = PreprocessSettings.model_fields
    idle = [
        f"preprocess.{name} = {getattr(settings, name)}"
        for name in ("piece_min_count", "sentencepiece_size")
        if getattr(settings, name) != fields[name].default
    ]
    if idle:
        log.warning(
            "%s has no effect here: the pieces are those of %s.",
            ", ".join(idle),
            settings.vocabulary,
        )


def base_encoder(settings: PreprocessSettings) -> Encoder | None:
    """The encoder whose vocabulary is built upon, or None to start from the data alone."""
    if settings.vocabulary in ("own", "auto"):
        return None
    encoder = Encoder.load(Path(settings.vocabulary))
    own = encoder.tokenizer_settings
    if (own.name, own.stem) != (settings.tokenizer, settings.stem):
        raise ConfigError(
            f"The vocabulary in {settings.vocabulary} is of the tokenizer "
            f"{_spelled(own)}, not of {_spelled(settings)}.",
            'Choose the same tokenizer, or set train.init = "scratch".',
        )
    return encoder


def _spelled(chosen: TokenizerSettings | PreprocessSettings) -> str:
    name = chosen.name if isinstance(chosen, TokenizerSettings) else chosen.tokenizer
    return f"{name} with stem" if chosen.stem else name
