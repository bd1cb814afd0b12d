"""`zigbang-nlp tokenizers`."""

import json
from dataclasses import asdict

import click

from zigbang_nlp.cli.common import settings_command
from zigbang_nlp.config import LoadedSettings
from zigbang_nlp.console import progress, table

#: Sample texts to measure with.
_TEXTS = 3_000


@settings_command("tokenizers")
@click.option("--no-measure", is_flag=True, help="Only see what is installed; starts nothing.")
@click.option(
    "--seconds",
    type=click.FloatRange(0.1, 600),
    default=2.0,
    show_default=True,
    help="How long each is measured, after as long to get warm.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def command(
    loaded: LoadedSettings,  # noqa: ARG001 - every command gets the settings
    no_measure: bool,
    seconds: float,
    as_json: bool,
) -> None:
    """List the tokenizers: ready or not, licence, speed on this machine.

    Each is started in a process of its own and given texts of the bundled sample.

    \b
    Examples:
      zigbang-nlp tokenizers
      zigbang-nlp tokenizers --seconds 10
      zigbang-nlp tokenizers --no-measure --json
    """
    from zigbang_nlp.resources import sample_texts
    from zigbang_nlp.text.survey import survey
    from zigbang_nlp.text.taggers import TAGGERS

    texts = [] if no_measure else sample_texts()[:_TEXTS]
    listed = list(progress(survey(texts, seconds), "measuring", len(TAGGERS), unit="tokenizers"))
    if as_json:
        for one in listed:
            click.echo(json.dumps(asdict(one), ensure_ascii=False))
        return
    rows = [
        [
            one.name,
            "ready" if one.ready else "not ready",
            "" if one.texts_a_second is None else f"{one.texts_a_second:,.0f}",
            "" if one.start_seconds is None else f"{one.start_seconds:.1f}",
            one.licence,
        ]
        for one in listed
    ]
    click.echo(table(rows, ["tokenizer", "state", "texts/s", "start s", "licence"]))
    for one in listed:
        if one.why_not:
            click.echo(f"{one.name}: {one.why_not}")
