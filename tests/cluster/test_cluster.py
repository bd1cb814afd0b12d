"""A cluster gives what one machine gives, whatever happens to its workers."""

import os
import signal
import threading
import time
import unicodedata
from functools import partial
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from distributed import LocalCluster

from tests.conftest import zigbang
from tests.factories.reviews import fake_reviews
from zigbang_nlp import Classifier
from zigbang_nlp.cluster.client import connected, run_partitions
from zigbang_nlp.cluster.partitions import ROWS, partitions_of, spilt
from zigbang_nlp.cluster.work import predict_on_cluster, tokenizer_on_cluster
from zigbang_nlp.config import PreprocessSettings, TokenizeSettings
from zigbang_nlp.errors import ConfigError, InputError, WorkerError
from zigbang_nlp.predict.files import predict_file
from zigbang_nlp.tables.read import CHUNK, Notes, ReadOptions
from zigbang_nlp.text.dataset import DataSet
from zigbang_nlp.text.preprocess import preprocess

TEXTS = [review.text for review in fake_reviews(1_000)]


@pytest.fixture(scope="module")
def parquet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory with two Parquet files, of 43,000 and 500 rows, the first in row groups."""
    place = tmp_path_factory.mktemp("parquet")
    rows = pd.DataFrame({"number": range(43_500), "text": (TEXTS * 44)[:43_500]})
    rows[:43_000].to_parquet(place / "a.parquet", index=False, row_group_size=15_000)
    rows[43_000:].to_parquet(place / "b.parquet", index=False)
    return place


#: Partitions of two chunks instead of three: nearly as many of them in a third of the rows.
in_small_parts = partial(partitions_of, size=2 * CHUNK)


def test_partitions_cover_every_row_once(parquet: Path, tmp_path: Path) -> None:
    partitions = in_small_parts(parquet, tmp_path, "text")
    numbers = [n for partition in partitions for n in partition.read("text")["number"]]
    assert numbers == list(range(43_500))
    assert len(partitions) == 3
    assert ROWS % CHUNK == 0, "no chunk is of two partitions"


def test_what_is_not_parquet_or_lacks_the_column_is_said(parquet: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no column '리뷰'"):
        partitions_of(parquet, tmp_path, "리뷰")
    with pytest.raises(InputError, match="neither a file nor a directory of Parquet"):
        partitions_of(tmp_path, tmp_path, "text")


def test_other_formats_are_read_by_the_one_reader(tmp_path: Path) -> None:
    """With its options and notes, names composed as everywhere."""
    file, notes = tmp_path / "in.csv", Notes()
    name = unicodedata.normalize("NFD", "리뷰")
    file.write_bytes(f"제목\n번호;{name}\n1;역이 가까워요\n2;\n".encode())
    path = spilt(file, tmp_path, name, ReadOptions(header_row=2), notes)
    (partition,) = partitions_of(path, tmp_path, name)
    assert partition.read(name).to_dict("list") == {
        "번호": ["1", "2"],
        "리뷰": ["역이 가까워요", ""],
    }
    assert [note.kind for note in notes] == ["delimiter"]


def test_a_partition_is_read_as_the_whole_file_is(tmp_path: Path) -> None:
    """Mojibake, bytes, names that macOS took apart, rows counted in the whole, an empty file."""
    text = unicodedata.normalize("NFD", "리뷰")
    broken = "ÁÖÂ÷°¡ Æí"  # 주차가 편 in CP949, read as Latin-1
    rows = pd.DataFrame({text: ["역이 가까워요", "살기 좋아요", broken, "조용해요"]})
    rows.to_parquet(tmp_path / "a.parquet", row_group_size=2)
    rows[:0].to_parquet(tmp_path / "b.parquet")
    for fix, kind, read in ((False, "mojibake", broken), (True, "mended", "주차가 편")):
        notes, options = Notes(), ReadOptions(fix_encoding=fix)
        parts = partitions_of(tmp_path, tmp_path, "리뷰", size=3, options=options)
        assert [(part.start, part.stop) for part in parts] == [(0, 3), (3, 4)]
        texts = []
        for part in parts:
            noted = Notes()
            texts += part.read("리뷰", options, noted)["리뷰"].tolist()
            notes.merge(noted)
        assert texts == ["역이 가까워요", "살기 좋아요", read, "조용해요"]
        (note,) = notes
        assert (note.kind, note.count, note.examples) == (kind, 1, [f"row 3: {broken!r}"])


@pytest.mark.slow
def test_workers_killed_in_the_middle_change_nothing(
    parquet: Path, bundle_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("zigbang_nlp.cluster.client._RETRIES", 1)
    monkeypatch.setattr("zigbang_nlp.cluster.work.partitions_of", in_small_parts)
    classifier = Classifier.load(bundle_dir)
    for name in ("a", "b"):
        predict_file(classifier, parquet / f"{name}.parquet", tmp_path / f"{name}.parquet", "text")
    alone = pd.concat([pd.read_parquet(tmp_path / f"{name}.parquet") for name in ("a", "b")])
    killed = []
    with connected("local", workers=2) as client:
        pids = list(client.run(os.getpid).values())

        def kill() -> None:
            while not list(tmp_path.glob(".scored.new-*/part-*")):
                time.sleep(0.02)
            os.kill(pids[0], signal.SIGKILL)
            killed.append(pids[0])

        killer = threading.Thread(target=kill)
        killer.start()
        count = predict_on_cluster(client, classifier, parquet, tmp_path / "scored", "text")
        killer.join()
        assert pids[0] not in client.run(os.getpid).values()
        with pytest.raises(WorkerError, match="died 2 times of the same partition"):
            list(run_partitions(client, os._exit, [1], "dying"))
    assert killed == [pids[0]]
    assert count == 43_500
    scored = pd.read_parquet(tmp_path / "scored")
    pd.testing.assert_frame_equal(scored, alone.reset_index(drop=True))
    assert sorted(path.name for path in (tmp_path / "scored").iterdir()) == [
        f"part-{i:06}.parquet" for i in range(3)
    ]


@pytest.mark.slow
def test_preprocess_makes_the_same_data_set(tmp_path: Path) -> None:
    settings = PreprocessSettings(min_count=1)
    preprocess(fake_reviews(600), settings, tmp_path / "alone")
    with connected("local", workers=2) as client:
        preprocess(
            fake_reviews(600),
            settings,
            tmp_path / "shared",
            how=TokenizeSettings(),
            tokenized=tokenizer_on_cluster(client, tmp_path),
        )
    same = [DataSet.load(tmp_path / name).fingerprint() for name in ("alone", "shared")]
    assert same[0] == same[1]
    assert not list(tmp_path.glob(".cluster-*"))


@pytest.mark.slow
def test_the_command_predicts_on_a_cluster(bundle_dir: Path, tmp_path: Path) -> None:
    """Options reach the workers, and what they notice comes back."""
    texts = [*TEXTS[:9], "ÁÖÂ÷°¡ Æí"]
    pd.DataFrame({"리뷰": texts}).to_parquet(tmp_path / "in.parquet")
    done = zigbang(
        *("predict", "--model", bundle_dir, "--dask", "local", "--fix-encoding"),
        *("--input", "in.parquet", "--output", "scored"),
        cwd=tmp_path,
    )
    assert done.returncode == 0, done.stderr.decode()
    assert "1 cell that had been decoded with the wrong encoding" in done.stderr.decode()
    assert pd.read_parquet(tmp_path / "scored")["리뷰"].tolist() == [*texts[:9], "주차가 편"]


def test_a_scheduler_that_does_not_answer_is_said() -> None:
    with (
        pytest.raises(ConfigError, match="dask scheduler"),
        connected("nonsense://nowhere:1"),
    ):
        pass


def test_what_is_wrong_with_a_partition_is_said_at_once(bundle_dir: Path, tmp_path: Path) -> None:
    """A worker's errors are facts and next steps here: of a cell, a damaged file, a missing one."""
    classifier = Classifier.load(bundle_dir)
    good, cells, damaged = (tmp_path / name for name in ("good", "cells", "damaged"))
    for place in (good, cells, damaged):
        place.mkdir()
        pd.DataFrame({"text": TEXTS[:5]}).to_parquet(place / "a.parquet")
    pd.DataFrame({"text": [["a"], ["b"]]}).to_parquet(cells / "b.parquet")
    # Whole to its first 20,000 rows, which are looked at before the workers are asked.
    rows = pd.DataFrame({"text": [f"역이 가까워요 {n}" for n in range(30_000)]})
    rows.to_parquet(damaged / "b.parquet", row_group_size=20_000)
    body = bytearray((damaged / "b.parquet").read_bytes())
    at = pq.read_metadata(damaged / "b.parquet").row_group(1).column(0).data_page_offset
    body[at : at + 200] = bytes(200)
    (damaged / "b.parquet").write_bytes(body)
    out = tmp_path / "out"
    tried = tmp_path / "tried"

    def opened(name: str) -> str:
        with tried.open("a", encoding="utf-8") as note:
            note.write("once more\n")
        return Path(name).read_text(encoding="utf-8")

    # A worker in a thread: what it does is the same, and it is there at once.
    options = {"n_workers": 1, "threads_per_worker": 1, "dashboard_address": None}
    with (
        LocalCluster(processes=False, **options) as cluster,
        connected(cluster.scheduler_address) as client,
    ):
        with pytest.raises(InputError) as caught:
            predict_on_cluster(client, classifier, cells, out, "text")
        assert caught.value.fact == "b.parquet, row 1, column 'text': The text is a list: ['a']."
        assert caught.value.next_step.startswith("Name a column that holds it as text")
        with pytest.raises(InputError, match=r"^b\.parquet can't be read as parquet: ") as caught:
            predict_on_cluster(client, classifier, damaged, out, "text")
        assert "is complete" in caught.value.next_step
        with pytest.raises(WorkerError, match="No such file") as failed:
            list(run_partitions(client, opened, [str(tmp_path / "nowhere")], "opening"))
        assert "same path" in failed.value.next_step
        times = tried.read_text(encoding="utf-8").count("once more")
        assert times > 1, "another worker may see what this one doesn't"
        assert not out.exists()
        assert predict_on_cluster(client, classifier, good, out, "text") == 5
