"""From the shell, cold, against the same with TensorFlow imported."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time

from benches.common import ROOT, Row

HELP = "`zigbang-nlp predict TEXT` and `--help` from the shell, against importing TensorFlow too"
_MAIN = "from zigbang_nlp.cli import main; main()"


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", default="data/model", help="bundle [%(default)s]")
    parser.add_argument("--runs", type=int, default=5, help="of which the best counts")


def run(options: argparse.Namespace) -> list[Row]:
    def best(code: str, *more: str) -> float:
        times = []
        for _ in range(options.runs):
            began = time.perf_counter()
            command = [sys.executable, "-c", code, *more]
            subprocess.run(command, check=True, cwd=ROOT, stdout=subprocess.DEVNULL)
            times.append(time.perf_counter() - began)
        return min(times)

    predict = ("predict", "--model", options.model, "역이 가까워요")
    ours = best(_MAIN, *predict)
    rival = best("import zigbang_nlp.model.network.backend; " + _MAIN, *predict)
    shown = best(_MAIN, "--help")
    return [
        Row("predict one text, cold", ours, rival, "s", rival / ours, 5, "under 0.8 s asked"),
        Row("--help", shown, rival, "s", rival / shown, 0, "under 0.4 s asked"),
    ]
