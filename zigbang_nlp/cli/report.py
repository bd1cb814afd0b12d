"""`zigbang-nlp report`."""

from __future__ import annotations

from pathlib import Path

import click

from zigbang_nlp.cli.common import settings_command
from zigbang_nlp.config import LoadedSettings
from zigbang_nlp.console import log


@settings_command("report")
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The HTML file.  [default: report.html in --work]",
)
@click.option(
    "--lang",
    type=click.Choice(["ko", "en"]),
    default="ko",
    show_default=True,
    help="Language of the report; the reviews stay as they are.",
)
@click.option("--pdf", is_flag=True, help="Also a PDF beside it, printed by the installed browser.")
@click.option(
    "--region", help="Only a region: a geohash prefix, or a name such as 노원구 or '서울 노원'."
)
@click.option("--since", metavar="DAY", help="Only from a day on: 2024-03-01, 2024-03 or 2024.")
@click.option("--until", metavar="DAY", help="Only up to a day, month or year, itself included.")
@click.option(
    "--complex",
    "complexes",
    multiple=True,
    metavar="NAME",
    help="Only a complex: its id, name or a part of it. May be given several times.",
)
@click.option("--open", "open_it", is_flag=True, help="Open it in the browser when it is done.")
def command(
    loaded: LoadedSettings,
    output: Path | None,
    lang: str,
    pdf: bool,
    region: str | None,
    since: str | None,
    until: str | None,
    complexes: tuple[str, ...],
    open_it: bool,
) -> None:
    """Write what residents say as one page: where, what, when, why.

    One HTML file with everything inside, which opens offline on a laptop or a phone. What the
    reviews can't say is left out with a sentence that says why.

    \b
    Examples:
      zigbang-nlp report
      zigbang-nlp report --output report.html --lang en --open
      zigbang-nlp report --region 노원구 --since 2024 --output nowon.html --pdf
      zigbang-nlp report --complex "은솔마루 3단지" --output one.html
    """
    from zigbang_nlp.insight.queries import Filters
    from zigbang_nlp.predict.resolve_model import chosen_model
    from zigbang_nlp.report.make import write_report
    from zigbang_nlp.report.pdf import print_pdf

    settings = loaded.settings
    file = output or settings.report_file
    if file.suffix.lower() not in (".html", ".htm"):
        raise click.UsageError(f"{file.name} doesn't end in .html; --pdf makes the PDF beside it.")
    write_report(
        settings.store_url,
        file,
        model=chosen_model(settings),
        evaluation=settings.evaluation_dir / "metrics.json",
        language=lang,
        filters=Filters(region=region, since=since, until=until, complexes=complexes),
    )
    log.info("The report is in %s.", file)
    if pdf:
        printed = file.with_suffix(".pdf")
        print_pdf(file, printed)
        log.info("The PDF is in %s.", printed)
    if open_it:
        click.launch(file.resolve().as_uri())
