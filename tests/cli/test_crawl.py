"""`zigbang-nlp crawl` and `export` as people run them: real processes, real signals."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.factories.crawl import crawl_settings, fake_world, write_toml
from tests.fake_zigbang import Faults, serve
from zigbang_nlp.cli import cli, run_safely


def run(capfd: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of one command."""
    code = run_safely(cli, [str(argument) for argument in arguments])
    captured = capfd.readouterr()
    return code, captured.out, captured.err


def heed_ctrl_c() -> None:
    """Tests that run in the background of a shell inherit that SIGINT is ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture
def db(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/a.db"


def test_crawl_status_plan_and_export(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], db: str
) -> None:
    with serve(fake_world(apartments=12)) as server:
        toml = write_toml(tmp_path / "z.toml", crawl_settings(server.url), tmp_path, db)
        code, out, err = run(capfd, "crawl", "--config", toml)
        assert (code, out) == (0, "")
        assert "12 new apartments; 56 answers read." in err
        requests = len(server.requests)
        code, out, _ = run(capfd, "crawl", "--config", toml, "--plan")
        assert code == 0
        assert "Requests known now: 0 (0 cells" in out
        assert "Nothing was sent." in out
        code, out, _ = run(capfd, "crawl", "--config", toml, "--status")
        assert code == 0
        assert "reviews      12     0       0" in out
        assert "complete" in out
        code, out, _ = run(capfd, "crawl", "--config", toml, "--status", "--json-logs")
        assert json.loads(out)["tasks"]["cell"]["done"] == 32
        assert len(server.requests) == requests
    code, _, err = run(capfd, "export", tmp_path / "out.csv", "--db", db)
    assert code == 0
    assert (tmp_path / "out.csv").stat().st_size > 1000


def test_json_logs_are_json_lines(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], db: str
) -> None:
    with serve(fake_world(apartments=4), Faults(0.1, ["html"], seed=2)) as server:
        crawl = crawl_settings(server.url, retries=0)
        toml = write_toml(tmp_path / "z.toml", crawl, tmp_path, db)
        code, out, err = run(capfd, "crawl", "--config", toml, "--json-logs")
    assert (code, out) == (0, "")
    lines = [json.loads(line) for line in err.splitlines()]
    assert all({"time", "level", "message"} <= line.keys() for line in lines)
    assert [line["level"] for line in lines].count("warning") >= 1
    assert any("requests" in line and "left" in line for line in lines)


def test_a_region_means_the_site_and_the_command_line_wins(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], db: str
) -> None:
    toml = tmp_path / "z.toml"
    toml.write_text('[crawl]\npreset = "busan"\n')
    code, out, _ = run(capfd, "crawl", "--db", db, "--config", toml, "--plan")
    assert (code, "preset busan" in out) == (0, True)
    code, out, _ = run(capfd, "crawl", "--db", db, "--config", toml, "--geohash", "wydm", "--plan")
    assert (code, "geohash wydm, 32 cells" in out) == (0, True)
    code, out, _ = run(capfd, "crawl", "--db", db, "--preset", "seoul", "--plan")
    assert code == 0
    assert "preset seoul" in out
    assert "#" in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--geohash", "wya"], "letter 'a'"),
        (["--geohash", ","], "--geohash is empty"),
        (["--bbox", "1,2,3"], "3 numbers"),
        (["--bbox", "a,b,c,d"], "crawl.bbox"),
        (["--polygon", "none.geojson"], "can't be read"),
        (["--rate", "100"], "--i-have-permission"),
        (["--preset", "seoul", "--bbox", "1,2,3,4"], "choose one"),
        (["--geohash", "wydm", "--place", "노원구"], "--geohash and --place can't both be"),
        (["--place", ""], "--place is empty"),
        (["--polygon", ""], "--polygon is empty"),
        (["--geohash", ""], "is empty"),
        (["--cache", "--reparse"], "--reparse and --cache don't go together"),
        (["--status", "--retry-failed"], "--status and --retry-failed don't go together"),
        (["--plan", "--show", "cell", "wydm0"], "--show and --plan don't go together"),
        (["--place", "여우골역", "--plan"], "has not been looked up"),
        (["--db", "sqlite:////proc/none/a.db"], "can't be created"),
        (["--db", "postgresql+psycopg://x@127.0.0.1:1/x"], "can't be reached"),
    ],
)
def test_bad_input_is_a_fact_and_a_next_step(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    shared = [] if "--db" in arguments else ["--db", f"sqlite:///{tmp_path}/a.db"]
    code, out, err = run(capfd, "crawl", *arguments, *shared)
    assert (code, out) == (1 if "--db" in arguments else 2, ""), "a region or setting is usage"
    assert words in err
    assert "Traceback" not in err
    assert len(err.splitlines()) >= 1


@pytest.mark.parametrize("age", ["30", "d", "-3d", "soon"])
def test_wrong_usage_exits_2(capfd: pytest.CaptureFixture[str], age: str) -> None:
    code, _, err = run(capfd, "crawl", "--refresh", age)
    assert code == 2
    assert "is not an age; write 30d" in err


@pytest.mark.slow
def test_ctrl_c_stops_cleanly_and_the_same_command_goes_on(tmp_path: Path, db: str) -> None:
    with serve(fake_world()) as server:
        crawl = crawl_settings(server.url, rate=20, workers=3)
        toml = write_toml(tmp_path / "z.toml", crawl, tmp_path, db)
        command = [sys.executable, "-m", "zigbang_nlp", "crawl", "--config", str(toml)]
        process = subprocess.Popen(
            command, stderr=subprocess.PIPE, text=True, preexec_fn=heed_ctrl_c
        )
        while len(server.requests) < 15:
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
        assert process.returncode == 130
        assert "run the same command to go on" in err
        assert "Traceback" not in err
        before = set(server.paths())
        done = subprocess.run(command, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0
        paths = server.paths()
        assert len(paths) - len(set(paths)) <= 3, "one a worker"
        assert len(set(paths)) == 32 + 2 * 40 > len(before)


@pytest.mark.slow
def test_the_server_runs_by_hand() -> None:
    command = [sys.executable, "-m", "tests.fake_zigbang", "--port", "0", "--faults", "0.2"]
    process = subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
        preexec_fn=heed_ctrl_c,
    )
    assert process.stdout is not None
    assert "http://127.0.0.1:" in process.stdout.readline()
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=20)
    assert "0 requests, 0 of them with a fault" in out
