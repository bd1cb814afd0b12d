"""Ends that a user sees: exit codes, and a Ctrl-C that can't be swallowed."""

import os
import signal
import subprocess
import sys
import time

import pytest

SWALLOWS = """
import sys, time, click
from zigbang_nlp.cli import run_safely

@click.command()
def stubborn():
    for _ in range(2):
        try:
            print("ready", flush=True)
            time.sleep(60)
        except KeyboardInterrupt:
            print("swallowed", flush=True)

sys.exit(run_safely(stubborn, []))
"""


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT to send to one process")
def test_an_interrupt_that_a_library_swallows_comes_again() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SWALLOWS], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=40)
    # Swallowed twice by a program that lets it be swallowed twice, but it did come twice.
    assert out.count("swallowed") == 2
