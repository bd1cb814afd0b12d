"""Every error the package raises on purpose.

ZigbangError
├── ConfigError      a setting that is unknown, misspelt or out of range
├── InputError       a file or text from the user that can't be used as it is
│   └── RegionError         a region that is none
├── ValueRefusedError  a value that no database can hold
├── CrawlError       the site, or the way to it
│   ├── RequestFailedError  one request failed for good (after its retries)
│   ├── SchemaError         an answer of an unknown shape
│   ├── CrawlFailedError    a run that read nothing of what it asked for
│   └── CrawlStoppedError   the crawl gave up on purpose (blocked, budget used)
│       └── DriftError          the site answers differently than before
├── StoreError       the database can't be opened, read or written
├── TokenizerError   a tokenizer is unknown or can't start
├── WorkerError      worker processes can't start, or end again and again
├── DataError        the data can't make a data set (too few labels, one class)
├── TrainingError    training can't start or went wrong (NaN loss)
├── BundleError      a model directory is missing, damaged, tampered with or too new
├── InsightError     the reviews can't say what was asked of them (too few, undated ...)
└── StageError       a pipeline stage is missing what it reads

Each error is a fact and a next step. The command line prints both and exits with the error's code:
1, but 2 for settings and regions (wrong usage), 3 for a crawl that stopped, 4 for a site that changed, 5 for a
crawl that read nothing.
"""

from __future__ import annotations

from typing import ClassVar

from zigbang_nlp.former_names import former_names


class ZigbangError(Exception):
    """Base of all errors of this package.

    Args:
        fact: what is wrong, one sentence with the values that were seen.
        next_step: what the user can do about it, one sentence.
    """

    #: What the command line exits with.
    exit_code: ClassVar[int] = 1

    def __init__(self, fact: str, next_step: str = "") -> None:
        super().__init__(fact, next_step)
        self.fact = fact
        self.next_step = next_step

    def __str__(self) -> str:
        return f"{self.fact} {self.next_step}".strip()


class ConfigError(ZigbangError):
    """A setting is unknown, misspelt or out of range."""

    exit_code = 2


class InputError(ZigbangError):
    """A file or text given by the user can't be used as it is.

    Args:
        korean: fact and next step in Korean, for what people type into pages.
    """

    def __init__(self, fact: str, next_step: str = "", korean: str = "") -> None:
        super().__init__(fact, next_step)
        self.korean = korean

    def sentence(self, language: str = "ko") -> str:
        """Fact and next step in "ko" or "en"; English where nobody wrote the Korean."""
        return self.korean if language == "ko" and self.korean else str(self)


class RegionError(InputError):
    """What was named as a region is none: a broken polygon, an unknown or ambiguous place."""

    exit_code = 2


class ValueRefusedError(ZigbangError):
    """The database can't hold a value; the connection is well."""


class CrawlError(ZigbangError):
    """The site, or the way to it, failed."""


class RequestFailedError(CrawlError):
    """One request failed for good, after its retries.

    Args:
        kind: what went wrong in a word or two ("timeout", "http 503"), to be counted by.
        body: what came back, or nothing.
    """

    def __init__(
        self, fact: str, next_step: str = "", *, kind: str = "request", body: bytes = b""
    ) -> None:
        super().__init__(fact, next_step)
        self.kind = kind
        self.body = body


class SchemaError(CrawlError):
    """An answer has a shape that this version doesn't know."""


class CrawlStoppedError(CrawlError):
    """The crawl stopped on purpose: blocked, or its budget is used up."""

    exit_code = 3


class DriftError(CrawlStoppedError):
    """The site answers differently than before, so that reviews would be lost without a word."""

    exit_code = 4


class CrawlFailedError(CrawlError):
    """A run of the crawl came to its end, but read nothing, or nothing of one kind."""

    exit_code = 5


class StoreError(ZigbangError):
    """The database can't be opened, read or written."""


class TokenizerError(ZigbangError):
    """A tokenizer is unknown or can't start."""


class WorkerError(ZigbangError):
    """Worker processes can't start, or end again and again."""


class DataError(ZigbangError):
    """The reviews can't make a data set."""


class TrainingError(ZigbangError):
    """Training can't start, or went wrong on the way."""


class BundleError(ZigbangError):
    """A model bundle is missing, damaged, tampered with or too new."""


class InsightError(ZigbangError):
    """The reviews can't say what was asked of them: too few, undated, without a place.

    Args:
        korean: the fact in Korean, for reports that are read in Korean.
    """

    def __init__(self, fact: str, korean: str, next_step: str = "") -> None:
        super().__init__(fact, next_step)
        self.korean = korean

    def sentence(self, language: str = "ko") -> str:
        """The fact in "ko" or "en", to stand where the chart or table would have stood."""
        return self.korean if language == "ko" else self.fact


class StageError(ZigbangError):
    """A pipeline stage is missing what it reads."""


#: Names of before version 0.2, which goes with them.
__getattr__ = former_names(
    __name__, {"RequestFailed": RequestFailedError, "CrawlStopped": CrawlStoppedError}
)
