"""What is said of settings that don't do what somebody might expect of them, once a command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from zigbang_nlp.config import LoadedSettings
from zigbang_nlp.config.load import value_of
from zigbang_nlp.config.toml import toml_value
from zigbang_nlp.console import log

#: Commands whose work a preset changes.
_BY_PRESET = frozenset({"preprocess", "train", "tune", "run"})


def say_preset(command: str, loaded: LoadedSettings) -> None:
    """Say what a preset has set, without what was given otherwise."""
    origin = f"preset {loaded.settings.train.preset}"
    names = [name for name, where in loaded.origins.items() if where == origin]
    if names and command in _BY_PRESET:
        pairs = ", ".join(
            f"{name} = {toml_value(value_of(loaded.settings, name))}" for name in names
        )
        log.info("The %s sets %s.", origin, pairs)


def say_outdated(first: str | None, loaded: LoadedSettings) -> bool:
    """Say which settings aren't those that the inputs of a stage were made with.

    Only settings that somebody gave count: who ran `preprocess --tokenizer okt` needn't give the
    flag to `train` again.

    Args:
        first: the stage that runs first; None = the first of all.
        loaded: settings in force.

    Returns:
        Whether there are any.
    """
    from zigbang_nlp.pipeline import changed_settings
    from zigbang_nlp.stages import stages_before

    outdated = False
    for stage in stages_before(first):
        changed = changed_settings(stage, loaded.settings)
        differing = {
            name: both
            for name, both in changed.items()
            if loaded.origins[name] != "default" and name.startswith(f"{stage.name}.")
        }
        if differing:
            outdated = True
            log.warning(
                "The %s is used as it is: it was made with %s, not %s. Make it anew with:\n"
                "  zigbang-nlp run --from %s",
                stage.writes[0].name,
                ", ".join(f"{name} = {toml_value(then)}" for name, (then, _) in differing.items()),
                ", ".join(toml_value(now) for _, now in differing.values()),
                stage.name,
            )
    return outdated


def say_overridden(loaded: LoadedSettings, model: Path) -> None:
    """Say which settings of the tokenizer a model overrides with its own.

    Args:
        loaded: settings in force; only those that somebody gave count.
        model: directory of its bundle; one that can't be read says so when it is loaded.
    """
    from zigbang_nlp.text.encoder import ENCODER_FILE

    try:
        own = json.loads((model / ENCODER_FILE).read_text(encoding="utf-8"))
        models: dict[str, Any] = {
            "preprocess.tokenizer": own["tokenizer"]["name"],
            "preprocess.stem": own["tokenizer"]["stem"],
            "preprocess.max_characters": own["max_characters"],
            "preprocess.length": own["length"],
        }
    except (OSError, ValueError, KeyError, TypeError):
        return
    other = [
        f"{name} = {toml_value(value_of(loaded.settings, name))} (the model: {toml_value(value)})"
        for name, value in models.items()
        if loaded.origins[name] != "default"
        and value_of(loaded.settings, name) not in (value, 0)  # length 0 leaves it to the data
    ]
    if other:
        log.warning(
            "%s has no effect here: the model in %s reads texts as it was trained to.",
            ", ".join(other),
            model,
        )
