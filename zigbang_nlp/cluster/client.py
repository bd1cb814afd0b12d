"""The way to a Dask cluster, or to one made here for the occasion."""

from __future__ import annotations

import contextlib
import logging
import os
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, TypeVar

from zigbang_nlp.console import progress
from zigbang_nlp.errors import ConfigError, WorkerError, ZigbangError

Result = TypeVar("Result")

#: Times that a partition is tried on another worker after its own died.
_RETRIES = 5
#: Seconds to wait for the scheduler.
_PATIENCE = 15


@contextlib.contextmanager
def connected(address: str, workers: int | None = None) -> Iterator[Any]:
    """A Dask client for `address`.

    Args:
        address: of a scheduler, such as tcp://scheduler:8786; or "local" for worker processes
            on this machine, which end with the block.
        workers: for "local"; None = one a core.

    Raises:
        ConfigError: Dask isn't installed, or no scheduler answers.
    """
    try:
        import dask
        import distributed
    except ImportError as error:
        raise ConfigError(
            "The package dask is not installed.", "Run `pip install 'zigbang-nlp[dask]'`."
        ) from error
    with contextlib.ExitStack() as stack:
        stack.enter_context(dask.config.set({"distributed.scheduler.allowed-failures": _RETRIES}))
        if address == "local":
            # Its log tells of every worker that goes; what matters reaches us as an error.
            cluster = distributed.LocalCluster(
                n_workers=workers or os.cpu_count(),
                threads_per_worker=1,
                processes=True,
                dashboard_address=None,
                silence_logs=logging.CRITICAL,
            )
            address = stack.enter_context(cluster)
        try:
            client = distributed.Client(address, timeout=_PATIENCE, set_as_default=False)
        except (OSError, ValueError) as error:
            raise ConfigError(
                f"No Dask scheduler answers at {address}: {error}.",
                "Start one with `dask scheduler` and workers with `dask worker ADDRESS`, or use "
                "--dask local.",
            ) from error
        yield stack.enter_context(client)


def run_partitions(
    client: Any, work: Callable[..., Result], partitions: Sequence[Any], description: str
) -> Iterator[Result]:
    """Do each partition on some worker, and give what each returns, in order.

    A worker that dies has its partitions done by others. What is wrong with the data is as wrong
    on the next worker, so it is told at once; whatever else fails is tried again.

    Raises:
        ZigbangError: what `work` raised of a partition.
        WorkerError: workers died of one again and again, or can't reach its files.
    """
    from distributed import KilledWorker

    futures = client.map(partial(_outcome, work), partitions, pure=False, retries=_RETRIES)
    try:
        outcomes = (future.result() for future in futures)
        for outcome in progress(outcomes, description, len(futures), unit="partitions"):
            if isinstance(outcome, ZigbangError):
                raise outcome
            yield outcome
    except KilledWorker as error:
        raise WorkerError(
            f"Workers of the cluster died {_RETRIES + 1} times of the same partition.",
            "Look into the log of the last of them; they may need more memory.",
        ) from error
    except OSError as error:
        raise WorkerError(
            f"A worker of the cluster failed: {error}.",
            "Input and output must lie where all workers see them under the same path.",
        ) from error
    finally:
        client.cancel(futures)


def _outcome(work: Callable[..., Result], partition: Any) -> Result | ZigbangError:
    try:
        return work(partition)
    except ZigbangError as error:
        return error
