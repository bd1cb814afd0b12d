"""`zigbang-nlp run`."""

import click

from zigbang_nlp.cli.common import settings_command
from zigbang_nlp.config import LoadedSettings
from zigbang_nlp.console import log


@settings_command("run")
@click.option("--force", is_flag=True, help="Run every stage, changed or not.")
@click.option(
    "--from",
    "first",
    metavar="STAGE",
    help="Run this stage and those after it (crawl, preprocess, train, evaluate, predict, report).",
)
@click.option("--dry-run", is_flag=True, help="Say what would run and why; do nothing.")
def command(loaded: LoadedSettings, force: bool, first: str | None, dry_run: bool) -> None:
    """Run all stages, skipping those with nothing new.

    crawl -> preprocess -> train -> evaluate -> predict -> report. Without settings it works on
    the bundled sample; with reviews of your own in the store (`zigbang-nlp import`), on those.

    \b
    Examples:
      zigbang-nlp run
      zigbang-nlp run --dry-run
      zigbang-nlp run --from train --set train.epochs=5
    """
    from zigbang_nlp.cli.notices import say_outdated
    from zigbang_nlp.pipeline import run_stages
    from zigbang_nlp.stages import stages_from

    settings = loaded.settings
    stages = stages_from(first)
    say_outdated(first, loaded)
    run_stages(stages, settings, force=force or first is not None, dry_run=dry_run)
    if dry_run:
        return
    work = settings.paths.work
    log.info(
        "\nDone. Everything is in %s:\n"
        "  model/        the bundle; its learning_curves.png shows the training\n"
        "  evaluation/   metrics.json, mistakes.csv and four plots\n"
        "  predictions.jsonl   the reviews above\n"
        "  report.html   what residents say, to open in a browser\n"
        "Next:\n"
        '  zigbang-nlp predict "역이 가까워요"          classify a review of your own\n'
        "  zigbang-nlp export reviews.xlsx           all reviews with their predictions\n"
        "  zigbang-nlp import FILE, then run          learn from your own reviews\n"
        "  zigbang-nlp crawl --source zigbang --help  collect new ones",
        work.resolve(),
    )
