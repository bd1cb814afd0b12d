"""What every worker of a cluster has at hand: the bundle, or a tokenizer; sent once a worker."""

from __future__ import annotations

import io
import tempfile
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from zigbang_nlp.predict.classifier import Classifier
from zigbang_nlp.text.tokenize_job import TokenizeJob

#: Shipped name -> what was made of it in this worker process, and the lock to use it under.
_AT_HAND: dict[str, tuple[Any, threading.Lock]] = {}


class Shipped:
    """A Dask worker plugin; workers that come later get it too.

    Args:
        name: differs between any two things that are shipped.
        make: called once in each worker, with `payload`.
        payload: sent along.
    """

    idempotent = True

    def __init__(self, name: str, make: Callable[[Any], Any], payload: Any) -> None:
        self.name, self.make, self.payload = name, make, payload

    def setup(self, worker: Any) -> None:  # noqa: ARG002 - Dask gives it by name
        """Called by Dask when the worker gets it."""
        if self.name not in _AT_HAND:
            _AT_HAND[self.name] = (self.make(self.payload), threading.Lock())

    def teardown(self, worker: Any) -> None:  # noqa: ARG002 - Dask gives it by name
        """Called by Dask when the worker ends."""
        _AT_HAND.pop(self.name, None)


def at_hand(name: str) -> tuple[Any, threading.Lock]:
    """What was shipped under a name, and its lock: a tokenizer is for one thread at a time."""
    return _AT_HAND[name]


def ship_classifier(client: Any, classifier: Classifier) -> str:
    """Send a bundle to all workers; returns its name."""
    how = (classifier.reliability, classifier.complaints)
    name = f"zigbang_nlp bundle {classifier.bundle.identity()} {how}"
    payload = (_zipped(classifier.bundle.directory), classifier.batch_size, *how)
    return _ship(client, name, _classifier, payload)


def ship_tokenizer(client: Any, job: TokenizeJob) -> str:
    """Send a tokenizer's settings to all workers; returns its name."""
    name = f"zigbang_nlp tokenizer {job.settings.as_dict()} {job.max_characters}"
    return _ship(client, name, TokenizeJob.start, job)


def _ship(client: Any, name: str, make: Callable[[Any], Any], payload: Any) -> str:
    from distributed import WorkerPlugin

    class Plugin(Shipped, WorkerPlugin):
        pass

    client.register_plugin(Plugin(name, make, payload))
    return name


def _zipped(directory: Path) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for path in sorted(directory.iterdir()):
            if path.is_file():
                archive.write(path, path.name)
    return buffer.getvalue()


def _classifier(payload: tuple[bytes, int, float | None, float | None]) -> Classifier:
    """The classifier of a zipped bundle; loading it checks every file's SHA-256."""
    archive, batch_size, *how = payload
    with tempfile.TemporaryDirectory(prefix="zigbang_nlp-bundle-") as place:
        zipfile.ZipFile(io.BytesIO(archive)).extractall(place)
        classifier = Classifier.load(place, batch_size, 1, *how)
        classifier.start()  # reads the network, after which the files aren't needed
    return classifier
