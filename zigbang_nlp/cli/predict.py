"""`zigbang-nlp predict`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from zigbang_nlp.cli.common import reading_options, say_notes, settings_command
from zigbang_nlp.cli.explained import LEGEND, coloured, one_line, shares, shows_colour
from zigbang_nlp.cli.notices import say_overridden
from zigbang_nlp.config import LoadedSettings
from zigbang_nlp.console import log
from zigbang_nlp.records import (
    CATEGORIES,
    LABELS,
    Aspect,
    Prediction,
    PredictionOptions,
    chance_text,
    label_word,
)

if TYPE_CHECKING:
    from zigbang_nlp.tables.source import Notes, ReadOptions

#: Lines of standard input classified at once; small, so that answers come while one types.
_AT_ONCE = 256


@settings_command(
    "predict",
    sections=["predict", "tokenize"],
    skip=["predict.texts", "tokenize.cache", "tokenize.cache_megabytes"],
)
@click.argument("texts", nargs=-1, metavar="[TEXT]...")
@click.option("--input", "source", type=click.Path(path_type=Path), help="A file of texts.")
@click.option("--text-column", help="Its column of texts  [default: told by name or content]")
@reading_options
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    help="Where the file's rows with their predictions go: .csv, .tsv, .xlsx, .jsonl, .parquet, "
    ".sav (SPSS) or .dta (Stata).",
)
@click.option(
    "--resume", is_flag=True, help="Go on with an --output that was not finished, after a kill."
)
@click.option("--topics", is_flag=True, help="Also tell the category and the topics of each text.")
@click.option(
    "--aspects",
    is_flag=True,
    help="Also tell each text's opinions: what it says of 주차, of 조망 and so on.",
)
@click.option(
    "--stars", is_flag=True, help="Also tell the score, 1 to 5, that its writer would give."
)
@click.option("--sentences", is_flag=True, help="Also score each text sentence by sentence.")
@click.option(
    "--explain",
    is_flag=True,
    help="Also tell which tokens made the probability: in colour on a terminal, as spans in --json.",
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def command(
    loaded: LoadedSettings,
    texts: tuple[str, ...],
    source: Path | None,
    text_column: str | None,
    reading: dict[str, Any],
    output: Path | None,
    resume: bool,
    topics: bool,
    aspects: bool,
    stars: bool,
    sentences: bool,
    explain: bool,
    as_json: bool,
) -> None:
    """Classify texts, lines or files.

    Without TEXT and --input, each line of standard input is a review. A "?" behind the label
    means unsure; "판정 안 함" is no label at all, for a text that is no Korean sentence.

    \b
    Examples:
      zigbang-nlp predict "역이 가까워요" "주차가 너무 힘들어요"
      zigbang-nlp predict --topics --sentences "뷰는 최고예요. 주차는 전쟁이에요."
      zigbang-nlp predict --aspects "뷰는 최고인데 주차는 전쟁이에요"
      zigbang-nlp predict --stars "살기는 좋은데 주차가 아쉬워요"
      zigbang-nlp predict --explain "뷰는 최고인데 주차는 전쟁이에요"
      cat reviews.txt | zigbang-nlp predict --json
      zigbang-nlp predict --input reviews.csv --text-column 리뷰 --output scored.csv
      zigbang-nlp predict --input reviews.xlsx --output scored.xlsx
      zigbang-nlp predict --input millions.parquet --output scored.parquet --resume
      zigbang-nlp predict --prior-shift em --input reviews.csv --output scored.csv
      zigbang-nlp predict --dask local --input parquet_dir --output scored_dir
    """
    if texts and source:
        raise click.UsageError("Give either TEXT or --input, not both.")
    if output and not source:
        raise click.UsageError("--output needs --input; pipe the answers to a file instead.")
    if output and (explain or sentences):
        name = "--explain" if explain else "--sentences"
        raise click.UsageError(f"{name} has no column in --output; use --json instead.")
    if resume and not output:
        raise click.UsageError("--resume needs --output.")
    from zigbang_nlp.predict.classifier import Classifier
    from zigbang_nlp.predict.resolve_model import asked_reliability, chosen_model
    from zigbang_nlp.tables.source import Notes, ReadOptions
    from zigbang_nlp.text.reader import Reader

    settings = loaded.settings
    model = chosen_model(settings)
    say_overridden(loaded, model)
    reliability = asked_reliability(settings)
    classifier = Classifier.load(model, settings.predict.batch_size, reliability=reliability)
    options = ReadOptions(**reading)
    notes = Notes()
    prior_shift = settings.predict.prior_shift
    if prior_shift != "none" and source is None:
        raise click.UsageError(
            "--prior-shift needs --input: a share of complaints is one of many texts."
        )
    for _, fact in classifier.bundle.warnings:
        log.warning("About the model in %s: %s", classifier.bundle.directory, fact)
    column = text_column or ""
    if source is not None and text_column is None:
        from zigbang_nlp.tables.text_column import text_column as found_column

        column = found_column(_files(source)[0], options, notes)
    asked = PredictionOptions(topics, sentences, explain, aspects, stars)
    # What is typed or piped is seldom read twice.
    tokens = settings.tokens_dir if source else None
    reader = Reader.open(classifier.bundle.encoder, tokens, settings.tokenize)
    if source is not None and prior_shift != "none":
        from zigbang_nlp.predict.files import texts_of
        from zigbang_nlp.predict.prior_shift import corrected

        # What there is to note of the file is noted when its rows are read for good.
        each = (texts_of(file, column, options, Notes()) for file in _files(source))
        classifier = corrected(classifier, chain.from_iterable(each), prior_shift, reader)
    if settings.tokenize.dask:
        if source is None or output is None:
            raise click.UsageError("--dask needs --input and --output.")
        from zigbang_nlp.cluster.client import connected
        from zigbang_nlp.cluster.work import predict_on_cluster

        with connected(settings.tokenize.dask) as client:
            count = predict_on_cluster(
                client, classifier, source, output, column, asked, options, notes
            )
        say_notes(notes)
        log.info("%s rows written to the directory %s.", f"{count:,}", output)
        return
    if source is not None and output is not None:
        from zigbang_nlp.predict.files import predict_file

        tokenize = settings.tokenize
        count = predict_file(
            classifier, source, output, column, tokenize, resume, asked, options, notes, tokens
        )
        say_notes(notes)
        log.info("%s rows written to %s.", f"{count:,}", output)
        return
    lines: Iterable[str] = texts
    if source is not None:
        from zigbang_nlp.predict.files import texts_of

        lines = texts_of(source, column, options, notes)
    elif not texts:
        lines = _standard_input(options, notes)
    rest, size = iter(lines), 1 if sys.stdin.isatty() else _AT_ONCE
    colours = explain and not as_json and shows_colour()
    if colours:
        log.info(LEGEND)
    while chunk := list(islice(rest, size)):
        for prediction in classifier.predict_ids(chunk, reader(chunk), asked):
            if as_json:
                line = json.dumps(prediction.as_dict(), ensure_ascii=False)
            else:
                line = _plain(prediction, colours=colours)
            click.echo(line, color=True if colours else None)
    say_notes(notes)


def _files(source: Path) -> list[Path]:
    """The file itself, or the Parquet files of a directory."""
    return (sorted(source.glob("*.parquet")) if source.is_dir() else []) or [source]


def _standard_input(options: ReadOptions, notes: Notes) -> Iterator[str]:
    from zigbang_nlp.tables.stream import lines_of

    if sys.stdin.isatty():
        log.info("One review a line; end with Ctrl-D.")
    return lines_of(sys.stdin.buffer, options, notes)  # type: ignore[arg-type]


def _plain(prediction: Prediction, indent: str = "", colours: bool = False) -> str:
    unsure = prediction.unsure and prediction.label
    label = label_word(prediction.label) + ("?" if unsure else " ")
    why = prediction.explanation
    text = coloured(why) if why and colours else one_line(prediction.text).strip()
    line = f"{indent}{label} {chance_text(prediction.probability)}  "
    if prediction.stars is not None:
        likely = " ".join(f"{share:.0%}" for share in prediction.stars.shares)
        line += f"★{prediction.stars.expected:.1f} ({likely})  "
    line += text
    if prediction.category is not None:
        line += f"  [{', '.join((CATEGORIES[prediction.category], *(prediction.topics or ())))}]"
    lines = [f"{indent}  {_opinion(aspect)}" for aspect in prediction.aspects or ()]
    lines += [_plain(part, indent + "  ") for part in prediction.sentences or ()]
    lines += shares(why) if why else []
    return "\n".join([line, *lines])


def _opinion(aspect: Aspect) -> str:
    label = LABELS[aspect.label]
    return f"{label}  {chance_text(aspect.probability)}  {aspect.topic}: {one_line(aspect.text).strip()}"
