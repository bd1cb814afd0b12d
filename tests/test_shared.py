"""What is trained for many tests is trained once, however many workers run them."""

import subprocess
import sys
from pathlib import Path

from tests.conftest import ROOT

_TESTS = """
from pathlib import Path
from tests.shared import make_once

def make(place):
    with (Path(__file__).parent / "made").open("a") as stream:
        stream.write("x")
    (place / "content").write_text("whole")

def test_one(tmp_path_factory):
    assert (make_once(tmp_path_factory, "thing", make) / "content").read_text() == "whole"

def test_other(tmp_path_factory):
    assert (make_once(tmp_path_factory, "thing", make) / "content").read_text() == "whole"

def test_worker(worker_id):
    assert worker_id != "master"
"""


def test_two_workers_make_it_once(tmp_path: Path) -> None:
    for name in ("test_a.py", "test_b.py"):
        (tmp_path / name).write_text(_TESTS, encoding="utf-8")
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-n",
        "2",
        "--dist",
        "loadfile",
        tmp_path,
    ]
    done = subprocess.run(
        [*command, f"--basetemp={tmp_path / 'base'}", "-p", "no:cacheprovider"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (tmp_path / "made").read_text() == "x"
