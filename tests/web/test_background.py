"""Jobs in the background: what one that failed leaves in memory."""

import gc
import time
import weakref

from zigbang_nlp.errors import InputError
from zigbang_nlp.web.background import Background, BackgroundJob


class _Large:
    """Stands for a corpus."""


class _Failing(Background[BackgroundJob]):
    """Whose work reads much and then finds that it can't be done."""

    def __init__(self) -> None:
        super().__init__("failing", "It failed.", ("gone", "gone"))
        self.read: weakref.ref[_Large] | None = None

    def work(self, job: BackgroundJob) -> None:  # noqa: ARG002 - it fails for any
        corpus = _Large()
        self.read = weakref.ref(corpus)
        try:
            raise InputError("There is no such place.")
        except InputError as error:
            raise InputError("There is no report.") from error

    def remove(self, job: BackgroundJob) -> None:
        """There are no files."""


def test_a_job_that_failed_keeps_nothing_of_what_it_read() -> None:
    jobs = _Failing()
    job = BackgroundJob(key="a")
    with jobs.lock:
        jobs.put(job)
    until = time.monotonic() + 20
    while not job.ended and time.monotonic() < until:
        time.sleep(0.01)
    assert job.state == "failed"
    assert str(job.trouble) == "There is no report."
    gc.collect()
    assert jobs.read is not None
    assert jobs.read() is None
    jobs.close()
