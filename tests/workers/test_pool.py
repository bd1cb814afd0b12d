"""Worker processes: in order, bounded in time, whatever happens to one of them."""

import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.text.test_tokenizers import HAZARDS
from zigbang_nlp.errors import TokenizerError, WorkerError
from zigbang_nlp.text.clean import clean
from zigbang_nlp.text.tokenize_job import SEPARATOR, TokenizeJob
from zigbang_nlp.text.tokenizer_settings import TokenizerSettings
from zigbang_nlp.text.tokenizers import IN_PARTS, ON_SPACES, Tokenizer
from zigbang_nlp.workers.pool import Mark, Workers, worker_count


@dataclass(frozen=True)
class Troubled:
    """A job that does what its texts say, until it is told to take care.

    Attributes:
        directory: where a text that is to trouble only once notes that it has.
    """

    directory: Path

    def start(self) -> Callable[[Sequence[str], Sequence[int], Mark], list[tuple[str, int]]]:
        def run(
            texts: Sequence[str], fallback_levels: Sequence[int], mark: Mark
        ) -> list[tuple[str, int]]:
            for i, text in enumerate(texts):
                mark(i)
                while text == "busy" and not fallback_levels[i]:
                    pass
                if text == "hang once" and self._first("hung"):
                    time.sleep(600)
                if text == "hang always" and fallback_levels[i] < ON_SPACES:
                    time.sleep(600)
                if text == "slow":
                    time.sleep(1)
                if text == "die always" and not fallback_levels[i]:
                    os.kill(os.getpid(), signal.SIGKILL)
                if text == "die once" and self._first("died"):
                    os.kill(os.getpid(), signal.SIGKILL)
            return list(zip(texts, fallback_levels, strict=True))

        return run

    def _first(self, trouble: str) -> bool:
        note = self.directory / trouble
        first = not note.exists()
        note.touch()
        return first


@dataclass(frozen=True)
class Broken:
    """A job that can't start."""

    by: str

    def start(self) -> Callable[[Sequence[str], Sequence[int], Mark], None]:
        if self.by == "dying":
            os._exit(3)
        raise TokenizerError("The tokenizer can't start.", "Try another.")


def test_troubled_texts_are_done_with_more_care_and_all_come_in_order(tmp_path: Path) -> None:
    texts = [f"text {i}" for i in range(60)]
    trouble = ("hang once", "die always", "die once", "hang always", "busy", "slow")
    for place, text in zip((7, 20, 33, 50, 55, 3), trouble, strict=True):
        texts[place] = text
    batches = [texts[i : i + 5] for i in range(0, 60, 5)]
    with Workers(Troubled(tmp_path), 2, time_limit=0.4) as workers:
        results = [pair for result in workers.map(batches) for pair in result]
    assert [text for text, _ in results] == texts
    fallback_levels = {
        text: fallback_levels for text, fallback_levels in results if fallback_levels
    }
    assert fallback_levels == {
        "die always": IN_PARTS,
        "hang always": ON_SPACES,
        "busy": IN_PARTS,
    }
    assert workers.replaced == 1 + 2 + 1 + 4 + 1


def test_a_worker_killed_from_outside_changes_nothing() -> None:
    job = TokenizeJob(TokenizerSettings(), 2_000)
    batches = [[f"역이 가까워서 {i}동이 좋아요 {j}" for j in range(50)] for i in range(40)]
    expected = [
        SEPARATOR.join(Tokenizer(TokenizerSettings()).tokenize(t)) for b in batches for t in b
    ]
    tokens_of: list[str] = []
    with Workers(job, 2) as workers:
        for number, (tokens, fallbacks, degraded) in enumerate(workers.map(batches)):
            tokens_of += tokens
            assert not fallbacks
            assert not degraded
            if number in (3, 15):
                victim = workers._workers[0]._process
                victim.kill()
    assert tokens_of == expected


def test_texts_and_results_larger_than_a_pipe_come_through() -> None:
    job = TokenizeJob(TokenizerSettings(), 2_000)
    batches = [["역이 가까워요 " * 200] * 100] * 6
    with Workers(job, 2) as workers:
        results = [tokens for tokens, *_ in workers.map(batches)]
    assert [len(tokens) for tokens in results] == [100] * 6
    assert len({text for tokens in results for text in tokens}) == 1


def test_no_batches_and_empty_batches(tmp_path: Path) -> None:
    with Workers(Troubled(tmp_path), 1) as workers:
        assert list(workers.map([])) == []
        assert list(workers.map([[], ["text"], []])) == [[], [("text", 0)], []]


def test_a_job_that_can_not_start_says_why() -> None:
    with Workers(Broken("error"), 2) as workers, pytest.raises(TokenizerError, match="Try another"):
        list(workers.map([["text"]]))


def test_workers_that_die_at_the_start_are_given_up() -> None:
    with (
        Workers(Broken("dying"), 1) as workers,
        pytest.raises(WorkerError, match=r"ended 3 times .*exit code 3"),
    ):
        list(workers.map([["text"]]))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["okt", "komoran", "hannanum", "kkma"])
def test_hazards_go_through_workers_in_bounded_time(name: str) -> None:
    texts = list(HAZARDS.values())
    job = TokenizeJob(TokenizerSettings(name), 2_000)
    started = time.monotonic()
    with Workers(job, 1, time_limit=5.0) as workers:
        ((tokens_of, fallbacks, _),) = workers.map([texts])
    assert time.monotonic() - started < 300
    assert [bool(tokens) for tokens in tokens_of] == [bool(clean(text)) for text in texts]
    assert fallbacks.total() <= 3, Counter(fallbacks)


def test_how_many_workers() -> None:
    assert worker_count(3, 10, worth=1_000) == 3
    assert worker_count("auto", 10, worth=1_000) == 1
    assert worker_count("auto", None, worth=1_000) >= 1
    assert worker_count("auto", 10**6, worth=1_000) == worker_count("auto", None, worth=1)
