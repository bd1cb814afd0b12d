"""What the server goes through: signals, a model that is replaced, a store that goes away."""

import contextlib
import os
import shutil
import signal
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from tests.web.server import serving
from zigbang_nlp.model.bundle import BUNDLE, MANIFEST, load_bundle, write_manifest
from zigbang_nlp.resources import pretrained_dir

pytestmark = pytest.mark.slow


def until(true: object, seconds: float = 60) -> None:
    """Wait until a function says yes."""
    assert callable(true)
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never became true"
        time.sleep(0.1)


def other_bundle(old: Path, new: Path) -> str:
    """A copy of a bundle with another threshold; gives its identity."""
    shutil.copytree(old, new)
    bundle = load_bundle(new)
    object.__setattr__(bundle, "threshold", 0.123)
    (new / MANIFEST).unlink()
    (new / BUNDLE).unlink()
    write_manifest(bundle)
    return bundle.identity()


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM")
def test_a_request_under_way_finishes_on_sigterm(bundle_dir: Path, tmp_path: Path) -> None:
    more = ("--max-texts", "100000", "--max-body", "50000000")
    with serving(tmp_path, "--model", bundle_dir, *more) as server:
        answers: list[httpx.Response] = []
        texts = [f"역 가까워요 {i}동" for i in range(20_000)]
        asking = threading.Thread(target=lambda: answers.append(server.predict(*texts)))
        asking.start()
        metrics = "zigbang_under_way 1.0"
        until(lambda: metrics in server.http.get("/metrics").text)
        server.process.send_signal(signal.SIGTERM)
        asking.join()
        assert answers[0].status_code == 200
        assert len(answers[0].json()["predictions"]) == len(texts)
        assert server.process.wait(60) == 0
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{server.url}/healthz")


def test_a_model_may_come_be_replaced_and_be_damaged(bundle_dir: Path, tmp_path: Path) -> None:
    """Not one request of those that are sent all the while is dropped."""
    model = tmp_path / "model"
    other = tmp_path / "other"
    second = other_bundle(bundle_dir, other)
    with serving(tmp_path, "--model", model, "--requests-per-minute", "0") as server:
        missing = server.predict("글")
        assert missing.status_code == 503
        assert missing.json()["type"].endswith(":model-missing")
        assert missing.headers["retry-after"]
        assert server.http.get("/readyz").json() == {
            "ready": False,
            "model": "missing",
            "store": "ok",
        }
        shutil.copytree(bundle_dir, tmp_path / "new")
        (tmp_path / "new").rename(model)
        until(lambda: server.http.get("/readyz").status_code == 200)

        seen: list[tuple[int, str]] = []
        stop = threading.Event()

        def ask() -> None:
            with httpx.Client(base_url=server.url, timeout=60) as http:
                while not stop.is_set():
                    answer = http.post("/api/v1/predict", json={"texts": ["역 가까워요"]})
                    seen.append((answer.status_code, answer.json().get("model", "")))

        asking = threading.Thread(target=ask)
        asking.start()
        until(lambda: len(seen) > 5)
        model.rename(tmp_path / "old")
        other.rename(model)
        until(lambda: seen[-1][1] == second)
        damaged = model / BUNDLE
        whole = damaged.read_bytes()
        damaged.write_bytes(whole[:-9])
        os.utime(model / MANIFEST)
        server.wait_for("is not used: The model in .* is damaged")
        before = len(seen)
        until(lambda: len(seen) > before + 5)
        stop.set()
        asking.join()
        assert {status for status, _ in seen} == {200}
        assert seen[-1][1] == second


def test_a_model_of_ones_own_takes_the_place_of_the_one_that_ships(
    bundle_dir: Path, tmp_path: Path
) -> None:
    own = load_bundle(bundle_dir).identity()
    with serving(tmp_path) as server:
        assert server.predict("글").json()["model"] == load_bundle(pretrained_dir()).identity()
        assert server.http.get("/data", headers={"accept": "text/html"}).status_code == 200
        shutil.copytree(bundle_dir, tmp_path / "data" / "new")
        (tmp_path / "data" / "new").rename(tmp_path / "data" / "model")
        until(lambda: server.predict("글").json()["model"] == own)


def test_a_store_that_goes_away_comes_back(bundle_dir: Path, tmp_path: Path) -> None:
    database = tmp_path / "data" / "zigbang.db"
    with serving(tmp_path, "--model", bundle_dir) as server:
        assert server.http.get("/readyz").json()["store"] == "ok"
        database.rename(tmp_path / "elsewhere.db")
        answer = server.http.get("/readyz")
        assert (answer.status_code, answer.json()["store"]) == (503, "away")
        assert not database.exists()
        away = server.http.get("/api/v1/complexes")
        assert (away.status_code, away.headers["content-type"]) == (503, "application/problem+json")
        page = server.http.get("/", headers={"accept": "text/html"})
        assert page.status_code == 503
        assert "저장소를 읽을 수 없습니다" in page.text
        assert server.predict("글").status_code == 200
        (tmp_path / "elsewhere.db").rename(database)
        assert server.http.get("/readyz").status_code == 200
        assert server.http.get("/api/v1/complexes").status_code == 200


class Relay:
    """A way to a server on this machine that can be broken: bytes to and fro over a port of its own."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._ends: list[socket.socket] = []
        self.port = 0
        self.open()

    def open(self) -> None:
        self._door = socket.create_server(("127.0.0.1", self.port))
        self.port = self._door.getsockname()[1]
        threading.Thread(target=self._accept, args=(self._door,), daemon=True).start()

    def close(self) -> None:
        self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        for end in self._ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self._ends.clear()

    def _accept(self, door: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                ends = (door.accept()[0], socket.create_connection(("127.0.0.1", self._target)))
                self._ends += ends
                for source, sink in (ends, ends[::-1]):
                    threading.Thread(target=self._carry, args=(source, sink), daemon=True).start()

    @staticmethod
    def _carry(source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(1 << 16):
                sink.sendall(data)


def test_a_database_server_out_of_reach_comes_back(
    bundle_dir: Path,
    tmp_path: Path,
    postgres: Callable[[], str],
) -> None:
    url = sa.make_url(postgres())
    relay = Relay(int(url.port or 0))
    through = url.set(port=relay.port).render_as_string(hide_password=False)
    with serving(tmp_path, "--model", bundle_dir, "--db", through) as server:
        assert server.http.get("/api/v1/complexes").json()["total"] == 0
        relay.close()
        until(lambda: server.http.get("/api/v1/complexes").status_code == 503)
        assert server.http.get("/readyz").json()["store"] == "away"
        assert server.predict("글").status_code == 200
        relay.open()
        until(lambda: server.http.get("/api/v1/complexes").status_code == 200)
        relay.close()
