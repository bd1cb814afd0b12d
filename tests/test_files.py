"""Files appear whole or not at all: through errors, kills and full disks."""

import os
import platform
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from zigbang_nlp.errors import ZigbangError
from zigbang_nlp.files import (
    atomic_directory,
    atomic_file,
    recover_swap,
    sha256_of,
    sha256_of_json,
    write_json,
    write_text,
)


class Broken(Exception):
    pass


def test_a_file_is_replaced_when_the_block_ends_well(tmp_path: Path) -> None:
    target = tmp_path / "new" / "a.json"
    write_json(target, {"가": 1})
    assert target.read_text(encoding="utf-8") == '{\n  "가": 1\n}\n'
    write_text(target, "둘")
    assert target.read_text(encoding="utf-8") == "둘"
    assert list(target.parent.iterdir()) == [target]


@pytest.mark.parametrize("error", [Broken, KeyboardInterrupt, SystemExit])
def test_an_error_leaves_the_old_file_and_nothing_else(
    error: type[BaseException], tmp_path: Path
) -> None:
    target = tmp_path / "a.txt"
    write_text(target, "old")

    def broken() -> None:
        with atomic_file(target) as fresh:
            fresh.write_text("half")
            raise error

    with pytest.raises(error):
        broken()
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("error", [Broken, KeyboardInterrupt, SystemExit])
def test_an_error_leaves_the_old_directory_and_nothing_else(
    error: type[BaseException], tmp_path: Path
) -> None:
    target = tmp_path / "d"
    with atomic_directory(target) as fresh:
        (fresh / "a").write_text("old")

    def broken() -> None:
        with atomic_directory(target) as fresh:
            (fresh / "a").write_text("half")
            raise error

    with pytest.raises(error):
        broken()
    assert (target / "a").read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_directory_is_replaced_as_a_whole(tmp_path: Path) -> None:
    target = tmp_path / "deep" / "d"
    for name in ("a", "b"):
        with atomic_directory(target) as fresh:
            (fresh / name).write_text(name)
        assert [path.name for path in target.iterdir()] == [name]
    assert list(target.parent.iterdir()) == [target]


def test_a_kill_between_the_two_renames_is_settled(tmp_path: Path) -> None:
    target = tmp_path / "d"
    (tmp_path / ".d.old").mkdir()
    (tmp_path / ".d.old" / "a").write_text("old")
    recover_swap(target)
    assert (target / "a").read_text() == "old"
    recover_swap(target)
    assert list(tmp_path.iterdir()) == [target]


def test_settle_never_touches_what_is_there(tmp_path: Path) -> None:
    for name in ("d", ".d.old"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a").write_text(name)
    recover_swap(tmp_path / "d")
    assert (tmp_path / "d" / "a").read_text() == "d"


def test_the_next_one_sweeps_up_after_a_kill(tmp_path: Path) -> None:
    leftover = tmp_path / ".d.new-abc"
    leftover.mkdir()
    (leftover / "half").write_text("half")
    with atomic_directory(tmp_path / "d") as fresh:
        (fresh / "a").write_text("a")
    assert [path.name for path in tmp_path.iterdir()] == ["d"]


@pytest.mark.skipif(os.name == "nt", reason="there a process can't be asked for without harm")
def test_the_next_one_sweeps_up_files_of_the_dead_only(tmp_path: Path) -> None:
    here = f".f [1].new-{platform.node()}-"
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    of_the_dead, of_the_living = (
        tmp_path / f"{here}{process}.txt" for process in (dead.pid, os.getppid())
    )
    elsewhere = tmp_path / f".f [1].new-elsewhere-{dead.pid}.txt"
    for leftover in (of_the_dead, of_the_living, elsewhere):
        leftover.write_text("half")
    write_text(tmp_path / "f [1].txt", "whole")
    assert {path.name for path in tmp_path.iterdir()} == {
        "f [1].txt",
        of_the_living.name,
        elsewhere.name,
    }


_WRITER = """
import sys
from pathlib import Path
from zigbang_nlp.files import atomic_directory, atomic_file
root = Path(sys.argv[1])
round = 0
while True:
    round += 1
    body = f"{round} " * 2_000
    with atomic_directory(root / "d") as fresh:
        for name in "abc":
            (fresh / name).write_text(body)
    with atomic_file(root / "f.txt") as fresh:
        fresh.write_text(body)
    if round == 3:
        print("going", flush=True)
"""


def test_a_kill_at_any_moment_leaves_whole_files(tmp_path: Path) -> None:
    rng = random.Random(7)
    for _ in range(8):
        writer = subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(tmp_path)], stdout=subprocess.PIPE
        )
        assert writer.stdout is not None
        with writer.stdout:
            assert writer.stdout.readline() == b"going\n"
            time.sleep(rng.random() * 0.05)
            writer.send_signal(signal.SIGKILL)
            writer.wait()
        recover_swap(tmp_path / "d")
        bodies = [(tmp_path / "d" / name).read_text() for name in "abc"]
        assert len(set(bodies)) == 1
        assert len(set((tmp_path / "f.txt").read_text().split())) == 1
    with atomic_directory(tmp_path / "d") as fresh:
        (fresh / "a").write_text("end")
    with atomic_file(tmp_path / "f.txt") as fresh:
        fresh.write_text("end")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["d", "f.txt"]


@pytest.fixture
def tiny_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte, really mounted."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = shutil.which("mount")
    if mount is None or not hasattr(os, "geteuid") or os.geteuid() != 0:
        pytest.skip("mounting a small disk needs root")
    command = [mount, "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)]
    if subprocess.run(command, capture_output=True).returncode:
        pytest.skip("mounting isn't allowed here")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_keeps_the_old_file_and_says_so(tiny_disk: Path) -> None:
    target = tiny_disk / "a.txt"
    write_text(target, "old")
    with pytest.raises(ZigbangError, match=r"disk is full.*intact"):
        write_text(target, "x" * 2_000_000)
    assert target.read_text() == "old"
    assert list(tiny_disk.iterdir()) == [target]


def test_a_full_disk_keeps_the_old_directory_and_says_so(tiny_disk: Path) -> None:
    target = tiny_disk / "d"
    with atomic_directory(target) as fresh:
        (fresh / "a").write_text("old")

    def overflow() -> None:
        with atomic_directory(target) as fresh:
            (fresh / "a").write_bytes(b"x" * 2_000_000)

    with pytest.raises(ZigbangError, match="disk is full"):
        overflow()
    assert (target / "a").read_text() == "old"
    assert list(tiny_disk.iterdir()) == [target]


def test_a_read_only_place_is_one_clear_sentence(tiny_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(tiny_disk)], check=True)
    with pytest.raises(ZigbangError, match="can't be written: Read-only"):
        write_text(tiny_disk / "a.txt", "x")
    with pytest.raises(ZigbangError, match="can't be written"), atomic_directory(tiny_disk / "d"):
        pass


def test_a_file_where_a_directory_should_be_is_one_clear_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("I am a file")
    for deeper in ("data", "data/more"):
        with pytest.raises(ZigbangError, match="can't be created"):
            write_text(tmp_path / deeper / "a.txt", "x")
        with (
            pytest.raises(ZigbangError, match="can't be created"),
            atomic_directory(tmp_path / deeper / "d"),
        ):
            pass


def test_the_fingerprint_of_a_file_is_its_sha_256(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"abc")
    assert sha256_of(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_the_fingerprint_of_a_directory_knows_names_and_contents(tmp_path: Path) -> None:
    (tmp_path / "d" / "e").mkdir(parents=True)
    (tmp_path / "d" / "a").write_text("1")
    (tmp_path / "d" / "e" / "b").write_text("2")
    before = sha256_of(tmp_path / "d")
    shutil.copytree(tmp_path / "d", tmp_path / "copy")
    assert sha256_of(tmp_path / "copy") == before
    seen = {before}
    (tmp_path / "d" / "a").write_text("3")
    seen.add(sha256_of(tmp_path / "d"))
    (tmp_path / "d" / "a").rename(tmp_path / "d" / "c")
    seen.add(sha256_of(tmp_path / "d"))
    (tmp_path / "d" / "c").rename(tmp_path / "d" / "e" / "c")
    seen.add(sha256_of(tmp_path / "d"))
    (tmp_path / "d" / "e" / "c").unlink()
    seen.add(sha256_of(tmp_path / "d"))
    assert len(seen) == 5


def test_the_fingerprint_of_settings_ignores_their_order() -> None:
    assert sha256_of_json({"a": 1, "b": "가"}) == sha256_of_json({"b": "가", "a": 1})
    assert sha256_of_json({"a": 1}) != sha256_of_json({"a": "1"})
