"""The whole road in an empty folder: the sample, a second run, then a file of one's own."""

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest

from tests.conftest import zigbang
from tests.factories.reviews import fake_reviews
from zigbang_nlp.store import open_store

pytestmark = pytest.mark.slow

STAGES = ("crawl", "preprocess", "train", "evaluate", "predict", "report")


@pytest.fixture(scope="module")
def folder(sample_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the folder where the sample was run once."""
    return Path(shutil.copytree(sample_run, tmp_path_factory.mktemp("copies") / sample_run.name))


def state(folder: Path) -> dict[str, tuple[int, bytes]]:
    return {
        str(path.relative_to(folder)): (path.stat().st_mtime_ns, path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file() and path.name != ".lock"
    }


def test_a_run_on_the_sample_makes_everything(sample_run: Path) -> None:
    stderr = (sample_run.parent / "stderr.txt").read_text(encoding="utf-8")
    assert [f"Running {stage}:" in stderr for stage in STAGES] == [True] * 6
    assert "Warning" not in stderr
    assert "W0000" not in stderr
    assert str(sample_run / "data") in stderr
    data = sample_run / "data"
    metrics = json.loads((data / "evaluation" / "metrics.json").read_text(encoding="utf-8"))
    assert metrics["texts"] > 100
    assert metrics["baseline"]["at_0.5"]["accuracy"]["value"] > 0.7
    lines = (data / "predictions.jsonl").read_text(encoding="utf-8").splitlines()
    new = [json.loads(line) for line in lines]
    assert new[0]["text"] == "역이 가까워요"
    with open_store(f"sqlite:///{(data / 'zigbang.db').as_posix()}") as store:
        assert store.count_reviews() >= 600
        assert set(store.sources()) == {"sample"}
        rows = list(store.export_rows())
    assert all(row["predicted_probability"] is not None for row in rows)
    assert sum(row["predicted_label"] is None for row in rows) < 0.01 * len(rows), "no opinion"


def test_a_second_run_skips_all_and_changes_no_file(folder: Path) -> None:
    before = state(folder)
    done = zigbang("run", cwd=folder)
    assert done.returncode == 0
    stderr = done.stderr.decode()
    for stage in STAGES:
        assert f"Skipping {stage}: nothing changed since" in stderr
    assert state(folder) == before
    alone = zigbang("train", cwd=folder).stderr.decode()
    assert "Skipping train" in alone
    assert state(folder) == before


def test_a_changed_setting_runs_what_depends_on_it_alone(folder: Path) -> None:
    plan = zigbang("run", "--dry-run", "--set", "evaluate.bootstrap=101", cwd=folder)
    stderr = plan.stderr.decode()
    assert "Would run evaluate: the setting evaluate.bootstrap changed." in stderr
    assert stderr.count("Would skip") == 4
    assert "Would run report:" in stderr


def test_a_store_made_anew_gets_its_predictions_again(folder: Path) -> None:
    for path in (folder / "data").glob("zigbang.db*"):
        path.unlink()
    stderr = zigbang("run", cwd=folder).stderr.decode()
    assert "Running crawl: the store is missing." in stderr
    assert "Running predict: the store's table of predictions is missing." in stderr
    assert stderr.count("Skipping") == 4
    with open_store(f"sqlite:///{(folder / 'data' / 'zigbang.db').as_posix()}") as store:
        rows = list(store.export_rows())
    assert all(row["predicted_probability"] is not None for row in rows)
    assert sum(row["predicted_label"] is None for row in rows) < 0.01 * len(rows), "no opinion"


def test_reviews_of_ones_own_are_learned_without_the_sample(folder: Path) -> None:
    reviews = [review for review in fake_reviews(400) if review.score != 3]
    frame = pd.DataFrame({"글": [r.text for r in reviews], "점": [r.score for r in reviews]})
    frame["동"] = [r.apartment_id for r in reviews]
    frame.to_csv(folder / "own.csv", index=False, encoding="cp949")
    columns = ["--text-column", "글", "--rating-column", "점", "--apartment-column", "동"]
    done = zigbang("import", "own.csv", *columns, cwd=folder)
    assert done.returncode == 0, done.stderr.decode()
    done = zigbang("run", cwd=folder)
    assert done.returncode == 0, done.stderr.decode()
    stderr = done.stderr.decode()
    assert "The bundled sample is left out" in stderr
    summary = json.loads((folder / "data" / "dataset" / "summary.json").read_text())
    assert summary["rows_read"] == len(frame.drop_duplicates())
    parts = [
        pd.read_parquet(folder / "data" / "dataset" / f"{name}.parquet")
        for name in ("train", "validation", "test")
    ]
    assert set(pd.concat(parts)["source"]) == {"import"}
    before = state(folder)
    again = zigbang("run", cwd=folder).stderr.decode()
    assert again.count("Skipping") == 6
    assert state(folder) == before


def test_everything_can_be_exported(folder: Path) -> None:
    for name in ("out.csv", "out.parquet", "out.xlsx"):
        done = zigbang("export", name, cwd=folder)
        assert done.returncode == 0, done.stderr.decode()
        assert (folder / name).stat().st_size > 10_000
    rows = pd.read_parquet(folder / "out.parquet")
    assert rows["predicted_probability"].between(0, 1).all()


def test_only_one_file_of_ones_own_in_an_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "few.csv").write_text("text,y\n" + "역이 좋아요,1\n" * 30, encoding="utf-8")
    assert zigbang("import", "few.csv", "--label-column", "y", cwd=tmp_path).returncode == 0
    done = zigbang("run", cwd=tmp_path)
    assert done.returncode == 1
    stderr = done.stderr.decode()
    assert "Nothing to crawl: the store already holds reviews from import." in stderr
    assert "at least 20 are needed" in stderr
    assert "Traceback" not in stderr
