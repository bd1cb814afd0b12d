"""A server over a store of known effects, in a thread of the tests' own process."""

from __future__ import annotations

import socket
import threading
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import numpy as np
import pandas as pd
import pytest
import uvicorn

from tests.factories import topical
from tests.factories.vectors import scatter
from zigbang_nlp import insight
from zigbang_nlp.config import Settings
from zigbang_nlp.insight.labelling import random_order
from zigbang_nlp.store import open_store
from zigbang_nlp.store.annotations import Annotation
from zigbang_nlp.web.app import create_app
from zigbang_nlp.web.labelling import keys_of
from zigbang_nlp.web.server import PromptProtocol

if TYPE_CHECKING:
    from tests.web.recount import JudgedCity


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
    scatter(url, place / "embeddings")
    yield from serve(url, place, rows)


@pytest.fixture(scope="package")
def labelled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Known]:
    """A store in which two people labelled 300 and 100 of the random sample; the model is biased.

    Every fifth text that is negative was judged positive, so that the naive share is too high.
    """
    place = tmp_path_factory.mktemp("labelled")
    url = f"sqlite:///{place / 'a.db'}"
    rows = topical.table(600, seed=8)
    rng = np.random.default_rng(1)
    truth = dict(zip(rows["text"], rows["positive"], strict=True))
    wrong = rows["positive"].eq(0) & (rng.random(len(rows)) < 0.2)
    rows["positive"] = rows["positive"].where(~wrong, 1.0)
    with open_store(url) as store:
        topical.fill(store, rows)
        corpus = insight.load(store)
        sample = corpus.texts.iloc[random_order(corpus)[:300]]
        labels = ["positive" if truth[text] else "negative" for text in sample["text"]]
        keys = keys_of(sample)
        first = [Annotation(key, "가온", label) for key, label in zip(keys, labels, strict=True)]
        second = [
            Annotation(key, "나래", label) for key, label in zip(keys[:100], labels, strict=False)
        ]
        # The second person answers the other way on ten.
        second[:10] = [
            Annotation(one.key, one.person, "negative" if one.label == "positive" else "positive")
            for one in second[:10]
        ]
        store.annotations.add(first + second)
    rows["truth"] = rows["text"].map(truth)
    yield from serve(url, place, rows)


@pytest.fixture(scope="package")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JudgedCity]:
    """A city of known effects, with 400 texts labelled by two people."""
    from tests.web.recount import CITY, JudgedCity

    place = tmp_path_factory.mktemp("numbers")
    file = place / "a.db"
    with open_store(f"sqlite:///{file}") as store:
        CITY.fill(store)
        CITY.label(store, 400)
    for known in serve(f"sqlite:///{file}", place, CITY.texts):
        yield JudgedCity(known, str(file))


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
