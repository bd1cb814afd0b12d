"""Many texts to tokens: from the cache where they are in it, else in worker processes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import cast

from zigbang_nlp.config import TokenizeSettings
from zigbang_nlp.console import log
from zigbang_nlp.text.taggers import versions
from zigbang_nlp.text.token_cache import TokenCache
from zigbang_nlp.text.tokenize_job import SEPARATOR, Tokenized, TokenizeJob
from zigbang_nlp.text.tokenizer_settings import TokenizerSettings
from zigbang_nlp.text.tokenizers import IN_PARTS, ON_SPACES, WHOLE
from zigbang_nlp.workers.pool import Workers, worker_count

#: Texts that a worker gets at once: some tens of milliseconds of work.
_BATCH = {"mecab": 512, "sentencepiece": 2_048, "kiwi": 128}
_SLOW_BATCH = 64
#: Batches between two looks into the cache; a kill loses the tokens of so many.
_WINDOW = 64
#: Batches below which starting workers takes longer than the work.
_WORTH = 40
#: Part of the cache's key: raise it when `clean` or `Tokenizer` gives other tokens, or when what
#: was kept may be wrong (1 kept what a standing machine had split on spaces; 2 knew no markup).
_GENERATION = 3

_Run = Callable[[Iterable[Sequence[str]]], Iterator[Tokenized]]


def tokenize_texts(
    texts: Iterable[str],
    settings: TokenizerSettings,
    max_characters: int,
    how: TokenizeSettings,
    cache_directory: Path | None = None,
    total: int | None = None,
) -> Iterator[list[str]]:
    """The tokens of each text, cleaned before, in order.

    Args:
        texts: raw texts.
        settings: of the tokenizer.
        max_characters: see `clean`.
        how: workers, time limit, size of the cache.
        cache_directory: of the cache; None = without.
        total: how many texts there are, None if unknown.

    Raises:
        TokenizerError: the tokenizer can't start.
    """
    size = batch_size(settings)
    count = worker_count(how.workers, total, _WORTH * size)
    job = TokenizeJob(settings, max_characters)
    cache = token_cache(cache_directory, settings, max_characters, how)
    fallbacks: Counter[int] = Counter()
    degraded: set[int] = set()  # of the texts that `fresh` got
    run: _Run | None = None
    with ExitStack() as stack:

        def fresh(some: Iterator[str]) -> Iterator[list[str]]:
            nonlocal run
            run = run or _runner(job, count, how.time_limit, stack)
            degraded.clear()
            batches = iter(lambda: list(islice(some, size)), [])
            for number, (joined, with_care, which) in enumerate(run(batches)):
                fallbacks.update(with_care)
                degraded.update(number * size + i for i in which)
                yield from [text.split(SEPARATOR) if text else [] for text in joined]

        rest = iter(texts)
        if cache is None:
            yield from fresh(rest)
        while cache is not None and (window := list(islice(rest, _WINDOW * size))):
            keys = cache.keys(window)
            tokens_of = cache.find(keys)
            missing = [i for i, tokens in enumerate(tokens_of) if tokens is None]
            if missing:
                tokenized = list(fresh(window[i] for i in missing))
                for i, tokens in zip(missing, tokenized, strict=True):
                    tokens_of[i] = tokens
                sure = [i for i in range(len(tokenized)) if i not in degraded]
                cache.keep(keys[missing][sure], [tokenized[i] for i in sure])
            yield from cast("list[list[str]]", tokens_of)
    report_fallbacks(fallbacks)


def token_cache(
    directory: Path | None, settings: TokenizerSettings, max_characters: int, how: TokenizeSettings
) -> TokenCache | None:
    """The cache of what a tokenizer makes of texts; None where there is to be none.

    Args:
        directory: of the cache; None = without.
        settings: of the tokenizer.
        max_characters: see `clean`.
        how: whether there is to be one, and its size.
    """
    if directory is None or not how.cache:
        return None
    depends_on = [_GENERATION, settings.as_dict(), max_characters, versions(settings.name)]
    return TokenCache(directory, how.cache_megabytes, depends_on)


def batch_size(settings: TokenizerSettings) -> int:
    """Texts that a worker gets at once."""
    return _BATCH.get(settings.name, _SLOW_BATCH)


def report_fallbacks(fallbacks: Counter[int]) -> None:
    """Log how many texts were tokenized with care, if any."""
    if fallbacks.total():
        log.warning(
            "%d texts were too slow for the tokenizer or made it fail: "
            "%d were tokenized in parts, %d split on spaces.",
            fallbacks.total(),
            fallbacks[IN_PARTS],
            fallbacks[ON_SPACES],
        )


def _runner(job: TokenizeJob, count: int, time_limit: float, stack: ExitStack) -> _Run:
    """In this process for a count of 1, else in workers that end with `stack`."""
    if count > 1:
        return stack.enter_context(Workers(job, count, time_limit)).map
    run = job.start()
    return lambda batches: (run(batch, [WHOLE] * len(batch), lambda _: None) for batch in batches)
