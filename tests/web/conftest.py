"""A server over a store of known effects, in a thread of the tests' own process."""

from __future__ import annotations

import socket
import threading
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pandas as pd
import pytest
import uvicorn

from tests.factories import topical
from zigbang_nlp.config import Settings
from zigbang_nlp.store import open_store
from zigbang_nlp.web.app import create_app
from zigbang_nlp.web.slow_headers import PromptProtocol


@dataclass(frozen=True)
class Known:
    """A server, and what is true of its store.

    Attributes:
        http: asks it.
        rows: see `topical.table`.
        url: of the store.
    """

    http: httpx.Client
    rows: pd.DataFrame
    url: str

    def csrf(self, address: str) -> str:
        """The token that the forms of a page carry."""
        text = self.http.get(address).text
        return text.split('name="csrf" value="', 1)[1].split('"', 1)[0]


@pytest.fixture(scope="package")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Known]:
    place = tmp_path_factory.mktemp("known")
    url = f"sqlite:///{place / 'a.db'}"
    rows = topical.table()
    with open_store(url) as store:
        topical.fill(store, rows)
    yield from serve(url, place, rows)


def serve(
    url: str,
    place: Path,
    rows: pd.DataFrame,
    model: Path | None = None,
    token: str = "",
    limit: int = 0,
) -> Generator[Known, None, None]:
    """A server over a store.

    Args:
        url: of the store.
        place: for what it writes.
        rows: what is true.
        model: a bundle; None means that there is none.
        token: that callers must show; "" for none.
        limit: requests a minute; 0 for none.
    """
    settings = Settings.model_validate(
        {
            "paths": {"work": place},
            "store": {"url": url},
            "predict": {"model": str(model or place / "none")},
            "serve": {"requests_per_minute": limit, "max_body": 20_000, "token": token},
        }
    )
    listening = socket.create_server(("127.0.0.1", 0))
    config = uvicorn.Config(
        create_app(settings), log_config=None, access_log=False, http=PromptProtocol
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    origin = f"http://127.0.0.1:{listening.getsockname()[1]}"
    try:
        headers = {"Accept": "text/html"}
        with httpx.Client(base_url=origin, headers=headers, timeout=60) as http:
            yield Known(http, rows, url)
    finally:
        server.should_exit = True
        thread.join(20)
        listening.close()
