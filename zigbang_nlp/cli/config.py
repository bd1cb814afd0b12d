"""`zigbang-nlp config`."""

import json

import click

from zigbang_nlp.cli.common import settings_command
from zigbang_nlp.config import LoadedSettings, known_keys
from zigbang_nlp.config.toml import toml_value
from zigbang_nlp.console import table


@settings_command("config")
@click.option("--json", "as_json", is_flag=True, help="One JSON object instead of a table.")
@click.option("--toml", "as_toml", is_flag=True, help="A zigbang.toml with every setting.")
def command(loaded: LoadedSettings, as_json: bool, as_toml: bool) -> None:
    """Show the settings in force and where each came from.

    Later wins: defaults, zigbang.toml, environment (ZIGBANG_NLP__TRAIN__EPOCHS=5), flags.

    \b
    Examples:
      zigbang-nlp config
      zigbang-nlp config --set train.epochs=5 --json
      zigbang-nlp config --toml > zigbang.toml
    """
    values = loaded.settings.model_dump(mode="json")
    if as_toml:
        click.echo(_toml(values))
    elif as_json:
        click.echo(json.dumps(values, ensure_ascii=False, indent=2))
    else:
        rows = []
        for name, origin in loaded.origins.items():
            section, key = name.split(".")
            rows.append([name, _short(values[section][key]), origin])
        click.echo(table(rows, ["setting", "value", "from"]))


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 48 else text[:47] + "…"


def _toml(values: dict[str, dict[str, object]]) -> str:
    lines = []
    for section, settings in values.items():
        lines.append(f"[{section}]")
        for key, value in settings.items():
            description = known_keys()[f"{section}.{key}"].description
            lines += [f"# {description}", f"{key} = {toml_value(value)}"]
        lines.append("")
    return "\n".join(lines).rstrip()
