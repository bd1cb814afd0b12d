"""Tokenizing, against KoNLPy in a list comprehension; and again, from the cache."""

from __future__ import annotations

import argparse
import hashlib
import tempfile
import time
from pathlib import Path
from typing import Any

from benches.common import Row, add_texts, alone, cores, read_texts

HELP = "Mecab and Okt over worker processes and from the cache, against KoNLPy in a loop"

_LONGEST_WORD = 60


def arguments(parser: argparse.ArgumentParser) -> None:
    add_texts(parser, 100_000)
    parser.add_argument("--tokenizer", action="append", help="may be repeated [mecab, okt]")
    parser.add_argument(
        "--rounds", type=int, default=3, help="for Mecab, the fastest counts [%(default)s]"
    )


def _digest(tokens: list[list[str]]) -> str:
    joined = "\n".join("\t".join(row) for row in tokens)
    return hashlib.sha256(joined.encode()).hexdigest()


def _texts(path: str, count: int) -> list[str]:
    """Cleaned texts without what we deliberately give the analysers otherwise.

    That is emoji, around which we put spaces, and words of more than 60 characters, which we cut
    (6 of 10,000 movie reviews).
    """
    from zigbang_nlp.text.clean import clean

    texts = (clean(text) for text in read_texts(path, count))
    plain = ("".join(c for c in text if ord(c) < 0x10000).strip() for text in texts)
    return [
        text if text and max(map(len, text.split())) <= _LONGEST_WORD else "최고" for text in plain
    ]


def konlpy_loop(name: str, path: str, count: int) -> dict[str, Any]:
    """[tagger.morphs(text) for text in texts], with the start of the tagger."""
    from zigbang_nlp.text.taggers import java_tagger, mecab_tagger

    texts = _texts(path, count)
    began = time.perf_counter()
    tagger = mecab_tagger() if name == "mecab" else java_tagger(name.capitalize())
    tokens = [tagger.morphs(text) for text in texts]
    return {"seconds": time.perf_counter() - began, "digest": _digest(tokens)}


def ours(name: str, path: str, count: int, workers: int, cache: str) -> dict[str, Any]:
    """`tokenize_texts`, with the start of its workers."""
    from zigbang_nlp.config import TokenizeSettings
    from zigbang_nlp.text.tokenizer_settings import TokenizerSettings
    from zigbang_nlp.text.tokenizing import tokenize_texts

    texts = _texts(path, count)
    how = TokenizeSettings(workers=workers, cache=bool(cache))
    place = Path(cache) if cache else None
    began = time.perf_counter()
    found = list(tokenize_texts(texts, TokenizerSettings(name), 2_000, how, place, count))
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "digest": _digest(found), "workers": workers}


def run(options: argparse.Namespace) -> list[Row]:
    rows = []
    for name in options.tokenizer or ["mecab", "okt"]:
        of = {"name": name, "path": options.texts, "count": options.count}
        # By turns, since a machine that is shared is faster now and slower then.
        rounds = [_round(of) for _ in range(options.rounds if name == "mecab" else 1)]
        rival, one, many, again = (
            min(kind, key=lambda said: said["seconds"]) for kind in zip(*rounds, strict=True)
        )
        rows += [
            _row(f"tokenize, {name}, 1 process", options.count, one, rival, 0),
            _row(f"tokenize, {name}, {cores()} workers", options.count, many, rival, 1.8),
            _row(f"tokenize again, {name}", options.count, again, rival, 20),
        ]
    return rows


def _round(of: dict[str, Any]) -> list[dict[str, Any]]:
    """Each contender once: the rival, one process, workers, the cache."""
    said = [
        alone("tokenize", "konlpy_loop", **of),
        alone("tokenize", "ours", **of, workers=1, cache=""),
        alone("tokenize", "ours", **of, workers=cores(), cache=""),
    ]
    with tempfile.TemporaryDirectory() as place:
        alone("tokenize", "ours", **of, workers=cores(), cache=place)
        said.append(alone("tokenize", "ours", **of, workers=cores(), cache=place))
    return said


def _row(work: str, count: int, ours: dict[str, Any], rival: dict[str, Any], target: float) -> Row:
    note = "tokens identical" if ours["digest"] == rival["digest"] else "TOKENS DIFFER"
    rates = count / ours["seconds"], count / rival["seconds"]
    return Row(work, *rates, "texts/s", rates[0] / rates[1], target, note)
