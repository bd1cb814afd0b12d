"""`zigbang-nlp runs`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import click

from zigbang_nlp.cli.common import settings_command
from zigbang_nlp.config import LoadedSettings, Settings, TrainSettings
from zigbang_nlp.config.toml import toml_value
from zigbang_nlp.console import log, table

if TYPE_CHECKING:
    from zigbang_nlp.model.runs import Run

#: Action -> how many runs it takes at least and at most.
_TAKES = {"list": (0, 0), "diff": (2, 2), "use": (1, 1), "remove": (1, 1_000), "mlflow": (0, 1_000)}


@settings_command("runs")
@click.argument("action", type=click.Choice(list(_TAKES)), default="list")
@click.argument("runs", nargs=-1, metavar="[RUN]...")
@click.option(
    "--json", "as_json", is_flag=True, help="With list: one JSON object a run, with curves."
)
@click.option(
    "--output",
    help="diff: the picture  [default: runs/diff-A-B.png in --work]; mlflow: a tracking server, or "
    "a directory  [default: mlruns]",
)
def command(
    loaded: LoadedSettings, action: str, runs: tuple[str, ...], as_json: bool, output: str | None
) -> None:
    """List, compare and choose among trainings.

    Every `train` is kept in the directory `runs` in --work, with its settings, figures, curves
    and model. list shows them; diff compares two and draws both learning curves in one picture;
    use puts a model in place; remove deletes some; mlflow writes them into MLflow.

    \b
    Examples:
      zigbang-nlp runs
      zigbang-nlp runs diff 1 2
      zigbang-nlp runs use 1
      zigbang-nlp runs remove 2 3
      zigbang-nlp runs --json | jq .figures
      zigbang-nlp runs mlflow --output http://127.0.0.1:5000
    """
    least, most = _TAKES[action]
    if not least <= len(runs) <= most:
        expected = "no RUN" if not most else f"{least} RUN" if least == most else "at least one RUN"
        raise click.UsageError(f"{action} takes {expected}; {len(runs)} given.")
    if as_json and action != "list":
        raise click.UsageError("--json belongs to list.")
    if output and action not in ("diff", "mlflow"):
        raise click.UsageError("--output belongs to diff and mlflow.")
    settings = loaded.settings
    if action == "list":
        _list(settings, as_json)
    elif action == "diff":
        _diff(settings, runs[0], runs[1], output)
    elif action == "use":
        _use(settings, runs[0])
    elif action == "remove":
        _remove(settings, runs)
    else:
        _mlflow(settings, runs, output or "mlruns")


def _list(settings: Settings, as_json: bool) -> None:
    from zigbang_nlp.model.runs import FIGURES, list_runs

    listed = list_runs(settings.runs_dir)
    if as_json:
        for run in listed:
            click.echo(json.dumps(run.as_dict(), ensure_ascii=False))
        return
    if not listed:
        log.info("There are no runs in %s yet; `zigbang-nlp train` makes one.", settings.runs_dir)
        return
    here = _in_place(settings)
    rows = [
        [
            run.name + ("*" if run.model == here else ""),
            run.finished_at[:16],
            f"{run.seconds:.0f}",
            f"{run.best_epoch}/{run.epochs}",
            *(_figure(run, name) for name in FIGURES),
            _watched(run),
            _changes(run.changes),
        ]
        for run in listed
    ]
    heads = ["run", "finished", "seconds", "best", *FIGURES, "watched", "settings"]
    click.echo(table(rows, heads))
    log.info("* is in place. Settings are those that differ from the defaults.")


def _diff(settings: Settings, one: str, other: str, output: str | None) -> None:
    from zigbang_nlp.model.runs import FIGURES, differences, find_run, plot_runs

    first, second = find_run(settings.runs_dir, one), find_run(settings.runs_dir, other)
    path = Path(output) if output else settings.runs_dir / f"diff-{one}-{other}.png"
    rows = [
        [name, toml_value(pair[0]), toml_value(pair[1])]
        for name, pair in differences(first, second).items()
    ]
    rows += [[name, _figure(first, name), _figure(second, name)] for name in FIGURES]
    rows.append(["best epoch", str(first.best_epoch), str(second.best_epoch)])
    rows.append(["seconds", f"{first.seconds:.0f}", f"{second.seconds:.0f}"])
    click.echo(table(rows, ["", f"run {one}", f"run {other}"]))
    if first.data != second.data:
        log.warning("They were trained on different data sets: figures can't be compared.")
    plot_runs(first, second, path)
    log.info("Both learning curves are in %s.", path)


def _use(settings: Settings, name: str) -> None:
    from zigbang_nlp.model.runs import find_run, use_run
    from zigbang_nlp.pipeline import exclusive_run

    with exclusive_run(settings):
        run = find_run(settings.runs_dir, name)
        use_run(run, settings.model_dir)
    log.info(
        "The model of run %s is in %s; evaluate, predict and serve use it. `zigbang-nlp run` and "
        "`train` would train anew with the settings in force.",
        name,
        settings.model_dir,
    )
    for fact in run.warnings:
        log.warning("%s", fact)


def _remove(settings: Settings, names: tuple[str, ...]) -> None:
    from zigbang_nlp.model.runs import find_run
    from zigbang_nlp.pipeline import exclusive_run

    with exclusive_run(settings):
        for run in [find_run(settings.runs_dir, name) for name in names]:
            shutil.rmtree(run.directory)
    log.info("%d removed; the model in place stays.", len(names))


def _mlflow(settings: Settings, names: tuple[str, ...], uri: str) -> None:
    from zigbang_nlp.model.mlflow_writer import write_to_mlflow
    from zigbang_nlp.model.runs import find_run, list_runs

    directory = settings.runs_dir
    chosen = [find_run(directory, name) for name in names] or list_runs(directory)
    written, known = write_to_mlflow(chosen, uri)
    log.info("%d runs written to MLflow at %s; %d were there already.", written, uri, known)


def _in_place(settings: Settings) -> str | None:
    from zigbang_nlp.errors import BundleError
    from zigbang_nlp.model.bundle import load_bundle

    try:
        return load_bundle(settings.model_dir).identity()
    except BundleError:
        return None


def _figure(run: Run, name: str) -> str:
    """A figure in four digits; - where an earlier version didn't keep it."""
    return f"{run.figures[name]:.4f}" if name in run.figures else "-"


def _watched(run: Run) -> str:
    """What the best epoch went by, epoch by epoch."""
    from zigbang_nlp.model.runs import sparkline

    # Unchecked: an earlier version may have allowed what this one refuses.
    monitor = TrainSettings.model_construct(**run.settings).best_by
    return f"{monitor} {sparkline(run.history.get(monitor, []))}"


def _changes(changes: dict[str, object]) -> str:
    return " ".join(f"{name}={toml_value(value)}" for name, value in changes.items())
