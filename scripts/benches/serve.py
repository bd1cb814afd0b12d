"""Load on the web server: one text a request over 32 connections, over 128, and over 32 again.

The rival is the same network behind plain FastAPI and Keras's model.predict. Server and client share
the machine. With --fuzz, schemathesis sends so many requests over the OpenAPI document instead, and
none may be answered with 5xx.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from pathlib import Path
from typing import Any

from benches.common import ROOT, Row

from zigbang_nlp.console import table

HELP = "requests/s, latency and memory of the web server under load"
TEXTS = [
    "역이 가까워요",
    "주차할 데가 없어서 매일 밤 단지를 세 바퀴 돕니다",
    "뷰는 좋은데 관리비가 비싸요",
]


async def _client(host: str, port: int, end: float, times: list[float], said: Counter[str]) -> None:
    """One connection that asks again as soon as it is answered; after a 503, a moment later."""
    body = json.dumps({"texts": [TEXTS[len(times) % 3]]}).encode()
    request = (
        f"POST /api/v1/predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body
    reader, writer = await asyncio.open_connection(host, port)
    while (began := time.perf_counter()) < end:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r")[0])
        await reader.readexactly(length)
        status = head[9:12].decode()
        said[status] += 1
        if status == "200":
            times.append(time.perf_counter() - began)
        else:
            said["slowest refusal ms"] = max(
                said["slowest refusal ms"], int(1_000 * (time.perf_counter() - began))
            )
            await asyncio.sleep(0.05)
    writer.close()


async def _load(
    host: str, port: int, connections: int, seconds: float
) -> tuple[list[float], Counter[str]]:
    times: list[float] = []
    said: Counter[str] = Counter()
    end = time.perf_counter() + seconds
    await asyncio.gather(*(_client(host, port, end, times, said) for _ in range(connections)))
    return times, said


def load(port: int, connections: int, seconds: float) -> tuple[list[float], Counter[str]]:
    return asyncio.run(_load("127.0.0.1", port, connections, seconds))


def row(name: str, port: int, connections: int, seconds: float, pid: int) -> tuple[Any, ...]:
    used = cpu_seconds(pid)
    times, said = load(port, connections, seconds)
    used = cpu_seconds(pid) - used
    times.sort()
    memory = int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096 / 1e6
    slowest = said.pop("slowest refusal ms", 0)
    return (
        name,
        connections,
        f"{len(times) / seconds:.0f}",
        f"{1_000 * used / max(1, len(times)):.2f}",
        f"{1_000 * times[len(times) // 2]:.1f}" if times else "-",
        f"{1_000 * times[int(0.99 * len(times))]:.1f}" if times else "-",
        sum(n for status, n in said.items() if status == "503"),
        slowest,
        sum(n for status, n in said.items() if status not in ("200", "503")),
        f"{memory:.0f}",
    )


def cpu_seconds(pid: int) -> float:
    """What a process has used so far; it says more than the clock on a machine that is shared."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def started(command: list[str], port: int, path: str, cwd: str) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(command, cwd=cwd, stderr=subprocess.DEVNULL)
    for _ in range(600):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5).close()
            return process
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the server doesn't answer")


def naive(model: str, port: str) -> None:
    """The same network the way tutorials serve it: FastAPI, and model.predict a request."""
    import uvicorn
    from fastapi import FastAPI

    from zigbang_nlp.model.bundle import load_bundle
    from zigbang_nlp.model.network.build import build_network
    from zigbang_nlp.model.training.warm_start import bundle_weights
    from zigbang_nlp.text.encoder import pad

    bundle = load_bundle(Path(model))
    network = build_network(bundle.architecture)
    for layer, weights in bundle_weights(bundle).items():
        network.get_layer(layer).set_weights(weights)
    app = FastAPI()

    @app.get("/healthz")
    def healthz() -> str:
        return "ok"

    @app.post("/api/v1/predict")
    def predict(asked: dict[str, list[str]]) -> dict[str, list[float]]:
        ids = pad(bundle.encoder.ids(asked["texts"]), bundle.encoder.length)
        return {"probabilities": network.predict(ids, verbose=0)[:, 0].tolist()}

    uvicorn.run(app, port=int(port), log_level="warning")


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--model", default="data/model", help="bundle [%(default)s]")
    parser.add_argument("--seconds", type=float, default=15, help="of each load [%(default)s]")
    parser.add_argument("--minutes", type=int, default=0, help="go on so long, for the memory")
    parser.add_argument("--fuzz", type=int, default=0, help="so many requests of schemathesis")


def run(options: argparse.Namespace) -> list[Row]:
    model = Path(options.model).resolve()
    if options.fuzz:
        _fuzz(model, options.fuzz)
        return []
    with tempfile.TemporaryDirectory() as place:
        rows = _ours(model, options, place)
        rows += _rival(model, options.seconds, place)
    print(table(rows, _HEADER))
    fast, slow = float(rows[0][2]), max(float(rows[-1][2]), 0.01)
    note = f"p99 {rows[0][5]} ms at 32 connections"
    return [Row("one text a request", fast, slow, "requests/s", fast / slow, 20, note)]


def _ours(model: Path, options: argparse.Namespace, place: str) -> list[tuple[Any, ...]]:
    port = free_port()
    command = [sys.executable, "-m", "zigbang_nlp", "serve", "--port", str(port)]
    command += ["--model", str(model), "--requests-per-minute", "0"]
    server = started(command, port, "/readyz", place)
    try:
        load(port, 8, 3)  # warm
        rows = [
            row(name, port, connections, options.seconds, server.pid)
            for name, connections in (("zigbang-nlp serve", 32), ("4 x", 128), ("and again", 32))
        ]
        rows += [
            row(f"minute {minute + 1}", port, 32, 60, server.pid)
            for minute in range(options.minutes)
        ]
    finally:
        server.terminate()
        server.wait()
    return rows


def _rival(model: Path, seconds: float, place: str) -> list[tuple[Any, ...]]:
    port = free_port()
    code = "import sys; sys.path[:0] = sys.argv[3:]; import benches.serve as s; s.naive(*sys.argv[1:3])"
    folders = [str(ROOT), str(ROOT / "scripts")]
    command = [sys.executable, "-c", code, str(model), str(port), *folders]
    server = started(command, port, "/healthz", place)
    try:
        load(port, 2, 3)
        return [row("FastAPI + model.predict", port, 32, seconds, server.pid)]
    finally:
        server.terminate()
        server.wait()


def _fuzz(model: Path, requests: int) -> None:
    from tests.web.fuzz import fuzz

    with tempfile.TemporaryDirectory() as place:
        asked, wrong = fuzz(model, Path(place), requests)
    print(f"{asked:,} requests, {len(wrong)} answers 5xx or against the document")
    for one in wrong[:20]:
        print(one)


_HEADER = (
    *("server", "connections", "200/s", "CPU ms each", "p50 ms", "p99 ms"),
    *("503s", "slowest 503 ms", "other", "MB"),
)
