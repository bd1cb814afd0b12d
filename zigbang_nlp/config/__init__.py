"""Settings: one strict TOML file, environment variables and flags, checked and frozen."""

from zigbang_nlp.config.load import LoadedSettings, known_keys, load_settings
from zigbang_nlp.config.sections import (
    CrawlSettings,
    EvaluateSettings,
    PathSettings,
    PredictSettings,
    PreprocessSettings,
    Settings,
    StoreSettings,
    TokenizeSettings,
)
from zigbang_nlp.config.train import TrainSettings

__all__ = [
    "CrawlSettings",
    "EvaluateSettings",
    "LoadedSettings",
    "PathSettings",
    "PredictSettings",
    "PreprocessSettings",
    "Settings",
    "StoreSettings",
    "TokenizeSettings",
    "TrainSettings",
    "known_keys",
    "load_settings",
]
