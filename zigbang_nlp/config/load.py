"""Which settings are in force, and where each came from.

Order, later wins: defaults, a preset, the TOML file, environment variables, flags of the command
line.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_origin

from pydantic import ValidationError
from pydantic.fields import FieldInfo

from zigbang_nlp.config.base import Section
from zigbang_nlp.config.keras_names import instead_of
from zigbang_nlp.config.presets import PRESETS
from zigbang_nlp.config.secrets import without_password
from zigbang_nlp.config.sections import Settings
from zigbang_nlp.errors import ConfigError

ENV_PREFIX = "ZIGBANG_NLP__"
_SECRET = frozenset({"serve.token", "crawl.cookies"})
DEFAULT_FILE = Path("zigbang.toml")


@dataclass(frozen=True)
class LoadedSettings:
    """Settings, and for each "section.key" where its value came from."""

    settings: Settings
    origins: Mapping[str, str]


def load_settings(
    file: Path | None = None,
    flags: Mapping[str, Any] | None = None,
    environ: Mapping[str, str] | None = None,
) -> LoadedSettings:
    """Merge defaults, file, environment and flags into checked settings.

    Args:
        file: TOML file; None means `zigbang.toml` in the current directory, if there is one.
        flags: {"section.key": value} from the command line; None values are left out.
        environ: environment; None means the process's own.

    Raises:
        ConfigError: unknown section or key (the valid ones are named), value out of range,
            file missing or not TOML.
    """
    values: dict[str, dict[str, Any]] = {}
    origins = dict.fromkeys(known_keys(), "default")

    def put(name: str, value: Any, origin: str) -> None:
        _check_known(name, origin)
        section, key = name.split(".")
        values.setdefault(section, {})[key] = value
        origins[name] = origin

    for name, value in _read_file(file):
        put(name, value, f"file {file or DEFAULT_FILE}")
    for variable, raw in sorted((os.environ if environ is None else environ).items()):
        if variable.upper().startswith(ENV_PREFIX):
            name = variable[len(ENV_PREFIX) :].lower().replace("__", ".")
            origin = f"environment {variable}"
            _check_known(name, origin)
            # Environment values are text: lists are comma-separated, the rest is pydantic's to read.
            is_list = get_origin(known_keys()[name].annotation) is tuple
            parts = [part.strip() for part in raw.split(",") if part.strip()]
            put(name, parts if is_list else raw, origin)
    for name, value in (flags or {}).items():
        if value is not None:
            put(name, value, "flag")
    preset: Any = values.get("train", {}).get("preset")
    for name in PRESETS.get(preset, {}) if isinstance(preset, str) else ():
        if origins[name] == "default":
            origins[name] = f"preset {preset}"
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        raise _config_error(error, origins) from error
    for name, origin in origins.items():
        # What a preset would have set, had not another setting been in its way.
        if origin == f"preset {preset}" and value_of(settings, name) != PRESETS[preset][name]:
            origins[name] = "default"
    return LoadedSettings(settings, origins)


def value_of(settings: Settings, name: str) -> Any:
    """The value of "section.key"."""
    section, key = name.split(".")
    return getattr(getattr(settings, section), key)


def known_keys() -> dict[str, Any]:
    """{"section.key": pydantic field} of every setting, in order."""
    return {
        f"{section}.{key}": field
        for section, outer in Settings.model_fields.items()
        for key, field in _fields(outer).items()
    }


def _fields(outer: FieldInfo) -> dict[str, FieldInfo]:
    """The settings of a section."""
    section: type[Section] = outer.annotation  # type: ignore[assignment]
    return section.model_fields


def _read_file(file: Path | None) -> list[tuple[str, Any]]:
    path = file or DEFAULT_FILE
    if not path.is_file():
        if file is None:
            return []
        raise ConfigError(
            f"There is no configuration file {path}.",
            "Name an existing one, or leave out --config.",
        )
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise ConfigError(
            f"{path} can't be read: {error.strerror}.", "Check its permissions."
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"{path} is not valid TOML: {error}.", "Correct that line; the README shows an example."
        ) from error
    pairs: list[tuple[str, Any]] = []
    for section, content in document.items():
        if not isinstance(content, dict):
            raise ConfigError(
                f"{path}: {section!r} is outside a section.",
                f"Put it under one of [{'], ['.join(Settings.model_fields)}].",
            )
        if section not in Settings.model_fields:
            _check_known(f"{section}.", f"file {path}")
        pairs += [(f"{section}.{key}", value) for key, value in content.items()]
    return pairs


def _check_known(name: str, origin: str) -> None:
    if name in known_keys():
        return
    section, _, key = name.partition(".")
    sections = Settings.model_fields
    if section not in sections:
        unknown, what, valid = section, f"section {section!r}", list(sections)
    else:
        unknown, what, valid = key, f"setting {name!r}", list(_fields(sections[section]))
    close = difflib.get_close_matches(unknown, valid, n=1)
    hint = f"Did you mean {close[0]!r}? " if close else ""
    if section in ("train", "preprocess", "predict") and (instead := instead_of(unknown)):
        hint = f"{instead} "
    raise ConfigError(f"Unknown {what} ({origin}).", f"{hint}Valid: {', '.join(valid)}.")


def _config_error(error: ValidationError, origins: Mapping[str, str]) -> ConfigError:
    first = error.errors()[0]
    name = ".".join(str(part) for part in first["loc"][:2])
    message = first["msg"].removeprefix("Value error, ")
    origin = origins.get(name, "")
    field = known_keys().get(name)
    value = without_password(repr(first["input"]))
    if name in _SECRET:
        value = "***"
    if field is None:
        return ConfigError(f"{name}: {message}.", "")
    described = f"{name}: {field.description}." if field.description else ""
    return ConfigError(f"{name} = {value} ({origin}): {message}.", described)
