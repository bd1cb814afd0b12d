"""`zigbang-nlp trace`."""

from __future__ import annotations

import json
import sys

import click

from zigbang_nlp.cli.common import settings_command
from zigbang_nlp.cli.explained import shows_colour
from zigbang_nlp.config import LoadedSettings
from zigbang_nlp.console import log
from zigbang_nlp.errors import InputError


@settings_command(
    "trace",
    sections=["predict"],
    skip=["predict.texts", "predict.batch_size", "predict.prior_shift"],
)
@click.argument("text", required=False)
@click.option(
    "--compare",
    metavar="TOKENIZER",
    help="A second tokenizer to set beside the model's, see `zigbang-nlp tokenizers`.  "
    "[default: okt, or mecab beside okt]",
)
@click.option(
    "--unit",
    type=int,
    metavar="N",
    help="Also show the gates of one LSTM unit, a column of the states counted from 0.",
)
@click.option(
    "--lang",
    type=click.Choice(["ko", "en"]),
    default="ko",
    show_default=True,
    help="Language of the explanations.",
)
@click.option("--json", "as_json", is_flag=True, help="Everything as one JSON object.")
def command(
    loaded: LoadedSettings,
    text: str | None,
    compare: str | None,
    unit: int | None,
    lang: str,
    as_json: bool,
) -> None:
    """Show one text on its way through every step, from characters to the label.

    Cleaning, morphemes by two tokenizers, ids, padding, embedding, LSTM states, pooling, logit,
    probability and label, each with its shape. Without TEXT, standard input is the text.

    \b
    Examples:
      zigbang-nlp trace "주차할 데가 없어요"
      zigbang-nlp trace "주차할 데가 없어요" --compare kiwi --unit 32
      zigbang-nlp trace "주차할 데가 없어요" --model data/model --lang en
      zigbang-nlp trace "주차할 데가 없어요" --json > trace.json
    """
    from zigbang_nlp.cli.traced import lines_of
    from zigbang_nlp.language.i18n import Translator
    from zigbang_nlp.predict.classifier import Classifier
    from zigbang_nlp.predict.resolve_model import asked_reliability, chosen_model
    from zigbang_nlp.text.taggers import TAGGERS
    from zigbang_nlp.trace.as_json import trace_as_dict
    from zigbang_nlp.trace.described import steps_of
    from zigbang_nlp.trace.tracer import Tracer

    if compare is not None and compare not in TAGGERS:
        raise click.UsageError(
            f"There is no tokenizer {compare!r}; choose one of {', '.join(TAGGERS)}."
        )
    if text is None:
        text = _standard_input()
    settings = loaded.settings
    classifier = Classifier.load(
        chosen_model(settings), threads=1, reliability=asked_reliability(settings)
    )
    for _, fact in classifier.bundle.warnings:
        log.warning("%s", fact)
    traced = Tracer(classifier).trace(text, compare, unit)
    steps = steps_of(traced, classifier.bundle.architecture.pooling, Translator(lang))
    if as_json:
        click.echo(json.dumps(trace_as_dict(traced, steps), ensure_ascii=False))
        return
    colours = shows_colour()
    for line in lines_of(traced, steps, Translator(lang), colours):
        click.echo(line, color=True if colours else None)


def _standard_input() -> str:
    if sys.stdin.isatty():
        raise click.UsageError('Give a text: zigbang-nlp trace "주차할 데가 없어요"')
    raw = sys.stdin.buffer.read()
    try:
        return raw.decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise InputError(
            f"Standard input is not UTF-8: {error}.", "Save it as UTF-8, or give TEXT."
        ) from error
