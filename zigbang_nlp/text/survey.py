"""What tokenizers there are, whether they are ready here, and how fast they are here."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import cycle
from typing import Any

from zigbang_nlp.errors import TokenizerError, ZigbangError
from zigbang_nlp.text.clean import clean
from zigbang_nlp.text.taggers import TAGGERS, train_sentencepiece, versions
from zigbang_nlp.text.tokenizer_settings import TokenizerSettings
from zigbang_nlp.text.tokenizers import Tokenizer

#: Licences as the projects state them; KoNLPy, through which the first five are used, is
#: GPL-3.0-or-later.
LICENCES = {
    "mecab": "BSD-3-Clause, dictionary Apache-2.0",
    "okt": "Apache-2.0",
    "komoran": "Apache-2.0",
    "hannanum": "GPL-3.0",
    "kkma": "GPL-2.0",
    "kiwi": "Apache-2.0",
    "sentencepiece": "Apache-2.0",
}
VIA_KONLPY = ("mecab", "okt", "komoran", "hannanum", "kkma")
#: Seconds each may take to start.
_START_LIMIT = 120
#: What SentencePiece learns from for the measurement.
_LEARNED = 4_000


@dataclass(frozen=True)
class TokenizerReport:
    """One tokenizer.

    Attributes:
        name: as in `preprocess.tokenizer`.
        ready: whether it can be used now.
        why_not: a fact and a next step, where it can't.
        licence: its own, and KoNLPy's where it is used through KoNLPy.
        versions: of the packages it comes from.
        start_seconds: until the first text was tokenized; None = not measured.
        texts_a_second: of one process, after that; None = not measured.
    """

    name: str
    ready: bool
    why_not: str
    licence: str
    versions: dict[str, str]
    start_seconds: float | None = None
    texts_a_second: float | None = None


def survey(texts: list[str], seconds: float = 2.0) -> Iterator[TokenizerReport]:
    """Try each tokenizer on texts, one after the other, each in a process of its own.

    Args:
        texts: to measure with; none = only see what is installed.
        seconds: each is measured for, after as many in which Java compiles what is used most.
    """
    for name in TAGGERS:
        licence = LICENCES[name] + (" (KoNLPy GPL-3.0+)" if name in VIA_KONLPY else "")
        try:
            ready = TokenizerReport(name, True, "", licence, versions(name))
        except TokenizerError as error:
            yield TokenizerReport(name, False, str(error), licence, {})
            continue
        yield replace(ready, **_tried(name, texts, seconds)) if texts else ready


def _tried(name: str, texts: list[str], seconds: float) -> dict[str, Any]:
    command = [sys.executable, "-P", "-m", "zigbang_nlp.text.survey", name, str(seconds)]
    try:
        done = subprocess.run(
            command,
            input=json.dumps(texts),
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=_START_LIMIT + 2 * seconds,
        )
    except subprocess.TimeoutExpired:
        return {"ready": False, "why_not": f"It didn't start within {_START_LIMIT} seconds."}
    if done.returncode:
        lines = done.stderr.strip().splitlines() or [f"It ended with {done.returncode}."]
        return {"ready": False, "why_not": lines[-1]}
    measured: dict[str, Any] = json.loads(done.stdout)
    return measured


def _measure(name: str, texts: list[str], seconds: float) -> dict[str, Any]:
    """Start one tokenizer, let it get warm, and measure it."""
    cleaned = [clean(text) for text in texts]
    model = train_sentencepiece(cleaned, _LEARNED) if name == "sentencepiece" else b""
    tokenizer = Tokenizer(TokenizerSettings(name, model=model))
    began = time.perf_counter()
    tokenizer.start()
    started = time.perf_counter()
    _work_through(tokenizer, cleaned, seconds)
    rate = _work_through(tokenizer, cleaned, seconds)
    return {"start_seconds": round(started - began, 2), "texts_a_second": round(rate)}


def _work_through(tokenizer: Tokenizer, texts: list[str], seconds: float) -> float:
    """Tokenize texts, over and over, for so long; returns texts a second."""
    began, done = time.perf_counter(), 0
    for text in cycle(texts):
        tokenizer.tokenize(text)
        done += 1
        passed = time.perf_counter() - began
        if passed > seconds:
            break
    return done / passed


if __name__ == "__main__":
    try:
        sys.stdout.write(
            json.dumps(_measure(sys.argv[1], json.load(sys.stdin), float(sys.argv[2])))
        )
    except ZigbangError as problem:
        sys.exit(str(problem))
