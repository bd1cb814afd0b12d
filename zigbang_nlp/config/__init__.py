"""Settings: one strict TOML file, environment variables and flags, checked and frozen."""

from zigbang_nlp.config.crawl import CrawlSettings
from zigbang_nlp.config.load import LoadedSettings, known_keys, load_settings
from zigbang_nlp.config.sections import (
    EvaluateSettings,
    PathSettings,
    PredictSettings,
    PreprocessSettings,
    Settings,
    StoreSettings,
    TokenizeSettings,
)
from zigbang_nlp.config.serve import ServeSettings, is_loopback
from zigbang_nlp.config.train import TrainSettings

__all__ = [
    "CrawlSettings",
    "EvaluateSettings",
    "LoadedSettings",
    "PathSettings",
    "PredictSettings",
    "PreprocessSettings",
    "ServeSettings",
    "Settings",
    "StoreSettings",
    "TokenizeSettings",
    "TrainSettings",
    "is_loopback",
    "known_keys",
    "load_settings",
]
