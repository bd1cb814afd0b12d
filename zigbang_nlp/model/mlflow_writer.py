"""Trainings into MLflow: settings, figures, curves and files. Needs the extra `mlflow`."""

from __future__ import annotations

import os
from collections.abc import Iterable

from zigbang_nlp.errors import ConfigError
from zigbang_nlp.model.runs import Run

EXPERIMENT = "zigbang-nlp"
#: Tag by which a training is known again.
_TAG = "zigbang_nlp.model"


def write_to_mlflow(runs: Iterable[Run], uri: str) -> tuple[int, int]:
    """Write trainings that MLflow doesn't have yet.

    Args:
        runs: to write.
        uri: of the tracking server, or a directory for MLflow's store of files.

    Returns:
        How many were written, and how many were there already.

    Raises:
        ConfigError: MLflow isn't installed, or can't use `uri`.
    """
    # MLflow writes to a directory only where it is told that this is meant, and reports home
    # unless it is told not to.
    os.environ.setdefault("MLFLOW_ALLOW_FILE_STORE", "true")
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    try:
        from mlflow.entities import Metric, Param
        from mlflow.exceptions import MlflowException
        from mlflow.tracking import MlflowClient
    except ImportError as error:
        raise ConfigError(
            "MLflow isn't installed.", "Run `pip install 'zigbang-nlp[mlflow]'`."
        ) from error
    written = known = 0
    try:
        client = MlflowClient(tracking_uri=uri)
        existing = client.get_experiment_by_name(EXPERIMENT)
        experiment = existing.experiment_id if existing else client.create_experiment(EXPERIMENT)
        for run in runs:
            if client.search_runs([experiment], f"tags.`{_TAG}` = '{run.model}'", max_results=1):
                known += 1
                continue
            tags = {_TAG: run.model, "mlflow.runName": f"run {run.name}", "data": run.data}
            place = client.create_run(experiment, tags=tags).info.run_id
            params = [Param(name, str(value)[:6_000]) for name, value in run.settings.items()]
            metrics = [
                Metric(name, value, 0, epoch)
                for name, values in run.history.items()
                for epoch, value in zip(run.epochs_of[name], values, strict=True)
            ]
            metrics += [Metric(f"final_{n}", v, 0, run.best_epoch) for n, v in run.figures.items()]
            metrics.append(Metric("seconds", run.seconds, 0, 0))
            client.log_batch(place, params=params)
            for start in range(0, len(metrics), 1_000):
                client.log_batch(place, metrics=metrics[start : start + 1_000])
            client.log_artifacts(place, str(run.directory), "model")
            client.set_terminated(place)
            written += 1
    except MlflowException as error:
        raise ConfigError(
            f"MLflow can't use {uri}: {str(error).splitlines()[0]}.",
            "Give --output a directory, or the address of a tracking server.",
        ) from error
    return written, known
