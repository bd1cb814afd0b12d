"""A worker of a killed process ends too."""

import contextlib
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest


@pytest.mark.parametrize("ends", [True, False])
def test_a_worker_ends_with_a_killed_parent(ends: bool) -> None:
    code = f"""
        import multiprocessing, os, time
        from concurrent.futures import ProcessPoolExecutor
        from zigbang_nlp.workers.parent import end_with_parent

        def work():
            print(os.getpid(), flush=True)
            time.sleep(600)

        if __name__ == "__main__":
            context = multiprocessing.get_context("fork")
            pool = ProcessPoolExecutor(1, context, {"end_with_parent" if ends else None})
            pool.submit(work).result()
    """
    with subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        worker = int(parent.stdout.readline())
        parent.kill()
        # Closing the pipe would wait for nothing: the worker holds its other end.
    deadline = time.monotonic() + (10 if ends else 1)
    while _lives(worker) and time.monotonic() < deadline:
        time.sleep(0.05)
    lives = _lives(worker)
    with contextlib.suppress(ProcessLookupError):
        os.kill(worker, signal.SIGKILL)
    assert lives is not ends


def _lives(pid: int) -> bool:
    try:
        status = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except FileNotFoundError:
        return False
    return status.rsplit(")", 1)[1].split()[0] != "Z"
