"""The runner, with two tiny stages of this test's own that read and write real files.

upper: input.txt -> upper.txt (in capitals); count: upper.txt -> count.txt (its length).
"""

import json
import logging
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from zigbang_nlp.config import PathSettings, Settings, TrainSettings
from zigbang_nlp.errors import StageError, ZigbangError
from zigbang_nlp.files import write_text
from zigbang_nlp.pipeline import Plan, Stage, directory_artefact, run_stages
from zigbang_nlp.stages import STAGES, stages_from


def place(settings: Settings, name: str) -> Path:
    return settings.paths.work / name


INPUT = directory_artefact("input", lambda s: place(s, "input.txt"))
UPPER = directory_artefact("upper", lambda s: place(s, "upper.txt"))
COUNT = directory_artefact("count", lambda s: place(s, "count.txt"))


def upper(settings: Settings) -> None:
    write_text(place(settings, "upper.txt"), place(settings, "input.txt").read_text().upper())
    with place(settings, "runs.log").open("a") as stream:
        stream.write("upper\n")


def count(settings: Settings) -> None:
    if place(settings, "hang").exists():
        place(settings, "hanging").touch()
        time.sleep(60)
    if place(settings, "break").exists():
        raise KeyboardInterrupt
    write_text(place(settings, "count.txt"), str(len(place(settings, "upper.txt").read_text())))
    with place(settings, "runs.log").open("a") as stream:
        stream.write("count\n")


TINY_STAGES = (
    Stage("upper", "in capitals", ("train.epochs",), (INPUT,), (UPPER,), upper),
    Stage("count", "how long", ("evaluate",), (UPPER,), (COUNT,), count),
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "input.txt").write_text("abc")
    return Settings(paths=PathSettings(work=tmp_path))


def run(settings: Settings, **options: bool) -> list[Plan]:
    return run_stages(TINY_STAGES, settings, **options)


def ran(plans: list[Plan]) -> list[str]:
    return [plan.stage.name for plan in plans if plan.runs]


def reasons(plans: list[Plan]) -> dict[str, str]:
    return {plan.stage.name: plan.reason for plan in plans if plan.runs}


def with_epochs(settings: Settings, epochs: int) -> Settings:
    return settings.model_copy(update={"train": TrainSettings(epochs=epochs)})


def test_the_first_run_runs_all_and_the_second_none(
    settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    first = run(settings)
    assert reasons(first) == dict.fromkeys(("upper", "count"), "there is no finished run of it yet")
    assert place(settings, "count.txt").read_text() == "3"
    before = {p: p.stat().st_mtime_ns for p in settings.paths.work.rglob("*.*") if p.is_file()}
    logging.getLogger("zigbang_nlp").propagate = True
    with caplog.at_level(logging.INFO, "zigbang_nlp"):
        second = run(settings)
    assert ran(second) == []
    assert "Skipping upper: nothing changed since" in caplog.text
    after = {p: p.stat().st_mtime_ns for p in settings.paths.work.rglob("*.*") if p.is_file()}
    assert {p: t for p, t in after.items() if p.name != ".lock"} == {
        p: t for p, t in before.items() if p.name != ".lock"
    }


def test_a_changed_setting_runs_the_stage_that_depends_on_it(settings: Settings) -> None:
    run(settings)
    # Its output comes out the same, so the next stage has nothing to do.
    assert reasons(run(with_epochs(settings, 3))) == {"upper": "the setting train.epochs changed"}
    assert ran(run(with_epochs(settings, 3))) == []


def test_a_setting_that_no_stage_names_changes_nothing(settings: Settings) -> None:
    run(settings)
    other = settings.model_copy(update={"train": TrainSettings(batch_size=7)})
    assert ran(run(other)) == []


def test_a_changed_input_runs_its_readers_in_turn(settings: Settings) -> None:
    run(settings)
    place(settings, "input.txt").write_text("abcdef")
    assert reasons(run(settings)) == {"upper": "the input changed", "count": "the upper changed"}
    assert place(settings, "count.txt").read_text() == "6"


def test_an_input_that_is_touched_but_equal_changes_nothing(settings: Settings) -> None:
    run(settings)
    place(settings, "input.txt").write_text("abc")
    os.utime(place(settings, "input.txt"), (1, 1))
    assert ran(run(settings)) == []


def test_a_vanished_input_is_the_reason_and_the_error(settings: Settings) -> None:
    run(settings)
    place(settings, "input.txt").unlink()
    assert reasons(run(settings, dry_run=True))["upper"] == "the input is missing"
    with pytest.raises(FileNotFoundError):
        run(settings)
    assert place(settings, "count.txt").read_text() == "3"


def test_a_changed_or_vanished_output_is_made_again(settings: Settings) -> None:
    run(settings)
    place(settings, "count.txt").write_text("99")
    assert reasons(run(settings)) == {"count": "the count was changed"}
    place(settings, "count.txt").unlink()
    assert reasons(run(settings)) == {"count": "the count is missing"}
    place(settings, "upper.txt").unlink()
    assert reasons(run(settings)) == {"upper": "the upper is missing"}
    assert place(settings, "count.txt").read_text() == "3"


def test_force_runs_all(settings: Settings) -> None:
    run(settings)
    assert reasons(run(settings, force=True)) == dict.fromkeys(("upper", "count"), "forced")
    assert place(settings, "runs.log").read_text().split() == ["upper", "count"] * 2


def test_a_dry_run_writes_nothing(settings: Settings) -> None:
    plans = run(settings, dry_run=True)
    assert ran(plans) == ["upper", "count"]
    assert [path.name for path in settings.paths.work.iterdir()] == ["input.txt"]


def test_a_dry_run_foresees_what_follows(settings: Settings) -> None:
    run(settings)
    place(settings, "input.txt").write_text("abcdef")
    assert reasons(run(settings, dry_run=True)) == {
        "upper": "the input changed",
        "count": "the upper may change",
    }
    assert place(settings, "count.txt").read_text() == "3"


def test_a_dry_run_makes_no_directory(tmp_path: Path) -> None:
    nowhere = Settings(paths=PathSettings(work=tmp_path / "none"))
    run_stages(TINY_STAGES, nowhere, dry_run=True)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "damage",
    [
        "",
        "{",
        "[]",
        "null",
        "{}",
        '{"key": 1, "dependencies": [], "writes": {}}',
        '{"key": "x", "dependencies": {}, "writes": {}, "finished_at": "x"}',
        '{"key": "x", "dependencies": {"settings": 1, "reads": {}}, "writes": {}}',
        "\udcff",
    ],
)
def test_a_damaged_record_means_run_again(damage: str, settings: Settings) -> None:
    run(settings)
    record = place(settings, "records") / "count.json"
    record.write_bytes(damage.encode(errors="surrogateescape"))
    assert reasons(run(settings)) == {"count": "there is no finished run of it yet"}
    assert ran(run(settings)) == []


def test_a_record_of_another_version_means_run_again(settings: Settings) -> None:
    run(settings)
    record = place(settings, "records") / "count.json"
    values = json.loads(record.read_text())
    values["key"] = "0" * 64
    record.write_text(json.dumps(values))
    assert reasons(run(settings)) == {"count": "the program's version changed"}


def test_ctrl_c_keeps_the_outputs_and_resumes_there(settings: Settings) -> None:
    run(settings)
    place(settings, "input.txt").write_text("abcdef")
    place(settings, "break").touch()
    with pytest.raises(KeyboardInterrupt):
        run(settings)
    assert place(settings, "count.txt").read_text() == "3"
    place(settings, "break").unlink()
    assert reasons(run(settings)) == {"count": "there is no finished run of it yet"}
    assert place(settings, "count.txt").read_text() == "6"


_RUN = """
import sys
from pathlib import Path
from tests.test_pipeline import TINY_STAGES
from zigbang_nlp.config import PathSettings, Settings
from zigbang_nlp.pipeline import run_stages
run_stages(TINY_STAGES, Settings(paths=PathSettings(work=Path(sys.argv[1]))))
"""


def hanging_run(settings: Settings) -> subprocess.Popen[bytes]:
    place(settings, "hang").touch()
    root = Path(__file__).resolve().parent.parent
    process = subprocess.Popen([sys.executable, "-c", _RUN, settings.paths.work], cwd=root)
    deadline = time.monotonic() + 60
    while not place(settings, "hanging").exists():
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return process


def test_a_killed_stage_is_where_the_next_run_goes_on(settings: Settings) -> None:
    process = hanging_run(settings)
    process.send_signal(signal.SIGKILL)
    process.wait()
    place(settings, "hang").unlink()
    assert reasons(run(settings)) == {"count": "there is no finished run of it yet"}
    assert place(settings, "runs.log").read_text().split() == ["upper", "count"]


def test_a_second_run_at_the_same_time_is_refused(settings: Settings) -> None:
    process = hanging_run(settings)
    try:
        with pytest.raises(StageError, match="Another zigbang-nlp run is already under way"):
            run(settings)
        assert ran(run(settings, dry_run=True)) == ["count"]
    finally:
        process.kill()
        process.wait()


def test_a_place_that_cannot_be_made_is_one_clear_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ZigbangError, match="can't be created"):
        run_stages(TINY_STAGES, Settings(paths=PathSettings(work=tmp_path / "file" / "data")))


def test_from_a_stage_on() -> None:
    names = ["crawl", "preprocess", "train", "evaluate", "predict", "report"]
    assert [stage.name for stage in STAGES] == names
    for i, name in enumerate(names):
        assert [stage.name for stage in stages_from(name)] == names[i:]
    with pytest.raises(StageError, match="no stage 'learn'") as caught:
        stages_from("learn")
    assert "crawl, preprocess, train, evaluate, predict, report" in caught.value.next_step


def test_every_stage_depends_on_settings_that_exist_and_reads_what_is_written() -> None:
    values = Settings().model_dump()
    # What ships with the package, and what people correct on the web pages.
    written = {"sample", "model to start from", "corrections"}
    for stage in STAGES:
        for name in stage.settings:
            section, _, key = name.partition(".")
            assert not key or key in values[section], name
            assert section in values
        assert {artefact.name for artefact in stage.reads} <= written, stage.name
        written |= {artefact.name for artefact in stage.writes}
        assert stage.help
