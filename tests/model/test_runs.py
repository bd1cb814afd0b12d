"""Trainings that are kept: listed, compared, put in place, handed to MLflow."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.conftest import TINY
from zigbang_nlp.cli import cli
from zigbang_nlp.errors import BundleError, ConfigError
from zigbang_nlp.model.bundle import load_bundle, write_manifest
from zigbang_nlp.model.runs import (
    differences,
    find_run,
    list_runs,
    plot_runs,
    record_run,
    sparkline,
    use_run,
)


@pytest.fixture
def work(bundle_dir: Path, tmp_path: Path) -> Path:
    """A work directory with two trainings, of which the second is in place."""
    bundle = load_bundle(bundle_dir)
    record_run(tmp_path / "runs", bundle, TINY, 12.34)
    other = TINY.model_copy(update={"patience": 3, "learning_rate": 0.01})
    second = record_run(tmp_path / "runs", bundle, other, 3.0)
    # Another model: its threshold differs. The first one's files are left as they are.
    copied = replace(load_bundle(second.directory), threshold=0.9)
    for name in ("bundle.json", "manifest.json", "encoder.json", "vocabulary.json"):
        (copied.directory / name).unlink()
    kept = (copied.directory / "run.json").read_text("utf-8")
    (copied.directory / "run.json").unlink()
    write_manifest(copied)
    changed = kept.replace(second.model, copied.identity())
    (copied.directory / "run.json").write_text(changed, "utf-8")
    use_run(find_run(tmp_path / "runs", "2"), tmp_path / "model")
    return tmp_path


def runs(work: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["runs", *arguments, "--work", str(work)])


def test_a_run_of_an_earlier_version_has_no_macro_f1(work: Path) -> None:
    path = work / "runs" / "2" / "run.json"
    old = json.loads(path.read_text("utf-8"))
    del old["figures"]["macro_f1"]
    path.write_text(json.dumps(old), "utf-8")
    listed = runs(work).stdout.splitlines()
    assert [line.split()[5] == "-" for line in listed[-2:]] == [False, True]
    assert "macro_f1" in runs(work, "diff", "1", "2").stdout


def test_a_run_is_its_settings_figures_curves_and_model(work: Path, bundle_dir: Path) -> None:
    first, second = list_runs(work / "runs")
    assert (first.name, second.name, first.seconds) == ("1", "2", 12.3)
    metrics = load_bundle(bundle_dir).metrics
    assert first.figures["accuracy"] == metrics["validation"]["accuracy"]
    assert list(first.figures) == ["macro_f1", "roc_auc", "accuracy"]
    assert first.best_epoch == metrics["best_epoch"]
    assert first.epochs_of["val_loss"] == list(range(1, first.epochs + 1))
    assert first.history == json.loads((bundle_dir / "history.json").read_text("utf-8"))
    assert load_bundle(first.directory).threshold == load_bundle(bundle_dir).threshold
    assert differences(first, second) == {"patience": (2, 3), "learning_rate": (0.02, 0.01)}


def test_the_list_shows_what_is_in_place_and_what_was_set(work: Path) -> None:
    shown = runs(work).output
    one, two = (line for line in shown.splitlines() if line.startswith(("1 ", "2*")))
    assert "patience=2" in one
    assert "patience=3" in two
    assert any(bar in one for bar in "▁█")
    rows = [json.loads(line) for line in runs(work, "--json", "--quiet").output.splitlines()]
    assert [row["name"] for row in rows] == ["1", "2"]
    assert rows[0]["history"]["val_loss"] == list_runs(work / "runs")[0].history["val_loss"]


def test_two_are_compared_in_one_picture(work: Path) -> None:
    shown = runs(work, "diff", "1", "2")
    assert shown.exit_code == 0
    assert any(line.split() == ["patience", "2", "3"] for line in shown.output.splitlines())
    assert "epochs " not in shown.output, "settings that are the same are left out"
    picture = work / "runs" / "diff-1-2.png"
    assert picture.read_bytes().startswith(b"\x89PNG")
    first, second = list_runs(work / "runs")
    plot_runs(first, replace(second, name="9"), work / "other.png")
    assert (work / "other.png").read_bytes() != picture.read_bytes(), "runs are named in it"
    # What a training without validation in every epoch has is drawn where it belongs.
    plot_runs(first, replace(second, epochs_of={**second.epochs_of}), work / "again.png")


def test_another_data_set_is_said(work: Path) -> None:
    path = work / "runs" / "2" / "run.json"
    values = json.loads(path.read_text("utf-8"))
    path.write_text(json.dumps(values | {"data": "other"}), "utf-8")
    assert "different data sets" in runs(work, "diff", "1", "2").output


def test_one_is_put_in_place_whole_or_not_at_all(work: Path) -> None:
    assert load_bundle(work / "model").threshold == 0.9
    assert runs(work, "use", "1").exit_code == 0
    first = find_run(work / "runs", "1")
    assert load_bundle(work / "model").identity() == first.model
    assert not (work / "model" / "run.json").exists()
    damaged = work / "runs" / "2" / "network.onnx"
    damaged.unlink()  # the file is shared with others: never write into it
    damaged.write_bytes(b"gone")
    with pytest.raises(BundleError, match="damaged"):
        use_run(find_run(work / "runs", "2"), work / "model")
    assert load_bundle(work / "model").identity() == first.model


def test_removing_leaves_the_model_in_place(work: Path) -> None:
    assert runs(work, "remove", "2").exit_code == 0
    assert [run.name for run in list_runs(work / "runs")] == ["1"]
    assert load_bundle(work / "model").threshold == 0.9
    (work / "runs" / "3").mkdir()  # a run that was never finished
    assert [run.name for run in list_runs(work / "runs")] == ["1"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("diff", "1"), "diff takes 2 RUN; 1 given"),
        (("use",), "use takes 1 RUN; 0 given"),
        (("list", "1"), "list takes no RUN; 1 given"),
        (("remove",), "remove takes at least one RUN"),
        (("use", "1", "--json"), "--json belongs to list"),
        (("list", "--output", "x"), "--output belongs to diff and mlflow"),
    ],
)
def test_wrong_usage_is_said(arguments: tuple[str, ...], words: str, tmp_path: Path) -> None:
    done = runs(tmp_path, *arguments)
    assert done.exit_code == 2
    assert words in done.output


def test_a_run_that_is_none_names_those_there_are(work: Path, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"no run 7 in .* There are 1, 2\."):
        find_run(work / "runs", "7")
    assert "no runs" in runs(tmp_path / "empty").output


def test_a_curve_is_one_line() -> None:
    assert sparkline([0.9, 0.5, 0.4, 0.6]) == "█▂▁▄"
    assert sparkline([0.4556, 0.3926, 0.4011, 0.4629])[-1] == "█"
    assert sparkline([1.0, 1.0]) == "▁▁"
    assert sparkline([]) == ""


def test_mlflow_has_each_run_once_with_its_curves(
    work: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In MLflow's own store of files, read back with its client."""
    monkeypatch.chdir(tmp_path)
    assert "2 runs written" in runs(work, "mlflow").output
    again = runs(work, "mlflow", "1").output
    assert "0 runs written" in again
    assert "1 were there already" in again
    from mlflow.tracking import MlflowClient

    client = MlflowClient(tracking_uri=str(tmp_path / "mlruns"))
    experiment = client.get_experiment_by_name("zigbang-nlp")
    assert experiment is not None
    kept = {run.info.run_name: run for run in client.search_runs([experiment.experiment_id])}
    assert set(kept) == {"run 1", "run 2"}
    first = list_runs(work / "runs")[0]
    assert kept["run 1"].data.params["patience"] == "2"
    assert kept["run 1"].data.metrics["final_roc_auc"] == first.figures["roc_auc"]
    curve = client.get_metric_history(kept["run 1"].info.run_id, "val_loss")
    assert sorted((m.step, m.value) for m in curve) == list(
        zip(first.epochs_of["val_loss"], first.history["val_loss"], strict=True)
    )
    assert kept["run 1"].info.status == "FINISHED"
    names = [file.path for file in client.list_artifacts(kept["run 1"].info.run_id, "model")]
    assert "model/network.onnx" in names
