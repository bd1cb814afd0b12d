"""Which model classifies: the one named, the user's own, or the one that ships."""

from __future__ import annotations

from pathlib import Path

from zigbang_nlp.config import PredictSettings, Settings
from zigbang_nlp.console import log
from zigbang_nlp.files import recover_swap
from zigbang_nlp.model.bundle import serves_by_default
from zigbang_nlp.resources import pretrained_dir


def chosen_model(settings: Settings) -> Path:
    """The directory of the bundle to classify with.

    `predict.model` where it is set; else what was trained in the work directory, unless training
    found that it can't tell praise from complaint; else the model that ships with the package. The
    log says why it isn't yours.

    Raises:
        ZigbangError: there is none of them.
    """
    if settings.predict.model:
        return Path(settings.predict.model)
    own = settings.model_dir
    recover_swap(own)
    if not own.exists():
        log.info("There is no model of your own in %s; the one that ships classifies.", own)
        return pretrained_dir()
    serves, fact = serves_by_default(own)
    if serves:
        return own
    log.warning(
        "Your model in %s is not used: %s The one that ships classifies; --model %s takes yours.",
        own,
        fact,
        own,
    )
    return pretrained_dir()


def asked_reliability(settings: Settings) -> float | None:
    """`predict.reliability` where it is set; None for what the bundle promises."""
    reliability = settings.predict.reliability
    return None if reliability == PredictSettings().reliability else reliability
