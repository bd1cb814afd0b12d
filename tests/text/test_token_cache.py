"""The token cache gives back what was put in, stays small, and survives others and damage."""

import multiprocessing
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zigbang_nlp.config import TokenizeSettings
from zigbang_nlp.text.token_cache import TokenCache
from zigbang_nlp.text.token_segment import SUFFIX
from zigbang_nlp.text.tokenizer_settings import TokenizerSettings
from zigbang_nlp.text.tokenizing import tokenize_texts

TEXTS = [f"역이 가까워서 {i}동이 좋아요" for i in range(300)] + ["", "역이 가까워서 1동이 좋아요"]


def tokenized(
    texts: list[str], directory: Path | None, characters: int = 2_000, **how: object
) -> list[list[str]]:
    chosen = TokenizeSettings.model_validate({"workers": 1, **how})
    return list(tokenize_texts(texts, TokenizerSettings("mecab"), characters, chosen, directory))


def test_the_same_tokens_with_and_without_and_again(tmp_path: Path) -> None:
    expected = tokenized(TEXTS, None)
    assert tokenized(TEXTS, tmp_path) == expected
    before = set(tmp_path.iterdir())
    assert tokenized(TEXTS, tmp_path) == expected
    assert tokenized(TEXTS[::-1], tmp_path) == expected[::-1]
    assert set(tmp_path.iterdir()) == before, "nothing was tokenized again"


def test_new_texts_between_old_ones(tmp_path: Path) -> None:
    tokenized(TEXTS, tmp_path)
    mixed = [text for i, old in enumerate(TEXTS) for text in (old, f"새 글 {i} 입니다")]
    assert tokenized(mixed, tmp_path) == tokenized(mixed, None)


def test_workers_and_this_process_give_the_same(tmp_path: Path) -> None:
    texts = TEXTS * 5
    assert tokenized(texts, tmp_path, workers=2) == tokenized(texts, None)


def test_what_the_clock_had_tokenized_with_care_is_not_kept(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    # MeCab works on so much for half a second, in pieces too; at last it is split on spaces.
    long = "관리비가비싸지만주차장이넓고아이키우기에는괜찮은편이에요 " * 15_000
    texts = ["역이 가까워요", long, "뷰가 좋아요"]
    whole = tokenized(texts, None, characters=len(long))
    degraded = tokenized(texts, tmp_path, characters=len(long), workers=2, time_limit=0.05)
    assert "were too slow for the tokenizer" in caplog.text
    assert (degraded[0], degraded[2]) == (whole[0], whole[2])
    assert degraded[1] != whole[1]
    assert tokenized(texts, tmp_path, characters=len(long)) == whole


# Tokens are of cleaned texts: no line breaks and no lone surrogates.
_TOKENS = st.text(st.characters(exclude_characters="\n", exclude_categories=["Cs"]), min_size=1)


@settings(deadline=None, max_examples=50)
@given(st.dictionaries(st.text(), st.lists(_TOKENS, max_size=4)))
def test_what_is_kept_is_found(kept: dict[str, list[str]]) -> None:
    with tempfile.TemporaryDirectory() as place:
        cache = TokenCache(Path(place), 10, "settings")
        cache.keep(cache.keys(list(kept)), list(kept.values()))
        texts = [*kept, "of another text altogether"]
        assert cache.find(cache.keys(texts))[:-1] == list(kept.values())
        assert TokenCache(Path(place), 10, "other settings").find(cache.keys(texts))[-1] is None


def test_other_settings_do_not_share(tmp_path: Path) -> None:
    one, other = TokenCache(tmp_path, 10, ["mecab"]), TokenCache(tmp_path, 10, ["okt"])
    one.keep(one.keys(["역"]), [["역"]])
    assert other.find(other.keys(["역"])) == [None]
    assert one.find(one.keys(["역"])) == [["역"]]


def test_it_stays_within_its_bound_and_drops_what_is_oldest(tmp_path: Path) -> None:
    cache = TokenCache(tmp_path, 0.05, "settings")
    for round_ in range(60):
        texts = [f"{round_} {i}" for i in range(100)]
        cache.keep(cache.keys(texts), [[text] for text in texts])
        total = sum(path.stat().st_size for path in tmp_path.glob(f"*{SUFFIX}"))
        assert total <= 50_000
    assert cache.find(cache.keys(["59 7", "0 7"])) == [["59 7"], None]


def test_many_segments_become_few_and_lose_nothing(tmp_path: Path) -> None:
    cache = TokenCache(tmp_path, 100, "settings")
    texts = [f"{i}" for i in range(400)]
    for i in range(0, 400, 5):
        part = texts[i : i + 5]
        cache.keep(cache.keys(part), [[text, "가"] for text in part])
    assert len(list(tmp_path.glob(f"*{SUFFIX}"))) <= 13
    assert cache.find(cache.keys(texts)) == [[text, "가"] for text in texts]


@pytest.mark.parametrize("damage", ["cut", "empty", "other"])
def test_a_damaged_segment_is_forgotten(tmp_path: Path, damage: str) -> None:
    expected = tokenized(TEXTS, tmp_path)
    for segment in tmp_path.glob(f"*{SUFFIX}"):
        whole = segment.read_bytes()
        new = {"cut": whole[:-5], "empty": b"", "other": b"x" * len(whole)}[damage]
        segment.write_bytes(new)
    assert tokenized(TEXTS, tmp_path) == expected


def _fill(directory: str, number: int) -> None:
    cache = TokenCache(Path(directory), 0.3, "settings")
    for round_ in range(30):
        texts = [f"{(number + round_) % 40} {i}" for i in range(200)]
        keys = cache.keys(texts)
        cached = cache.find(keys)
        wrong = [(t, f) for t, f in zip(texts, cached, strict=True) if f not in (None, [t])]
        assert not wrong, wrong[:3]
        missing = [i for i, tokens in enumerate(cached) if tokens is None]
        cache.keep(keys[missing], [[texts[i]] for i in missing])


def test_several_processes_at_once_never_see_wrong_tokens(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_fill, args=(str(tmp_path), 7 * n)) for n in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * 4
    assert sum(path.stat().st_size for path in tmp_path.glob(f"*{SUFFIX}")) <= 600_000
