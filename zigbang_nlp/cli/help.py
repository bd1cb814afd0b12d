"""`zigbang-nlp help`."""

from __future__ import annotations

import locale
import os
import shutil

import click

from zigbang_nlp.cli.common import settings_command
from zigbang_nlp.config import LoadedSettings

_WIDEST = 100


@settings_command("help")
@click.argument("topic", required=False)
@click.option(
    "--lang",
    type=click.Choice(["ko", "en"]),
    help="Language of the guides.  [default: en in an English locale, else ko]",
)
@click.option("--markdown", is_flag=True, help="The Markdown of the guide as it is.")
@click.pass_context
def command(
    context: click.Context,
    loaded: LoadedSettings,  # noqa: ARG001 - every command gets the settings
    topic: str | None,
    lang: str | None,
    markdown: bool,
) -> None:
    """Show a guide: how to learn with, analyse with, and operate this.

    Without TOPIC it lists the guides; the name of a command shows the options of that command.

    \b
    Examples:
      zigbang-nlp help
      zigbang-nlp help files
      zigbang-nlp help 용어집
      zigbang-nlp help predictions --lang en | less
    """
    from zigbang_nlp.cli.group import COMMANDS, cli
    from zigbang_nlp.guides.markdown import to_plain
    from zigbang_nlp.guides.topics import guide

    language = lang or _language()
    columns = min(shutil.get_terminal_size((_WIDEST, 24)).columns, _WIDEST)
    if topic is None:
        click.echo(_listed(language))
    elif topic in COMMANDS:
        shown = cli.get_command(context, topic)
        assert shown is not None
        with click.Context(shown, info_name=topic, parent=context.parent) as of_topic:
            click.echo(shown.get_help(of_topic))
    else:
        text = guide(topic, language).markdown
        click.echo(text.rstrip() if markdown else to_plain(text, columns))


def _language() -> str:
    """English for those whose system says so, Korean for everybody else."""
    spoken = next((v for n in ("LC_ALL", "LC_MESSAGES", "LANG") if (v := os.environ.get(n))), "")
    if not spoken and os.name == "nt":
        spoken = locale.getlocale()[0] or ""
    return "en" if spoken.lower().startswith("en") else "ko"


def _listed(language: str) -> str:
    from zigbang_nlp.guides.topics import DOORS, guides
    from zigbang_nlp.language.i18n import translated

    lines = []
    for door in DOORS:
        lines.append(translated(door, language))
        lines += [f"  {one.topic:<13}{one.title}" for one in guides(door, language)]
        lines.append("")
    return "\n".join([*lines, translated("읽으려면: zigbang-nlp help files", language)])
