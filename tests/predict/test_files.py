"""Large files: in order, in bounded memory, and resumable after a kill."""

import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import pandas as pd
import pyreadstat
import pytest
from click.testing import CliRunner
from filelock import FileLock

from tests.commands import Running
from tests.conftest import zigbang
from tests.factories.reviews import fake_reviews
from zigbang_nlp import Classifier
from zigbang_nlp.cli import cli
from zigbang_nlp.config import TokenizeSettings
from zigbang_nlp.errors import BundleError, InputError
from zigbang_nlp.predict.bulk import predict_chunks
from zigbang_nlp.predict.files import predict_file
from zigbang_nlp.predict.reviews import predict_store
from zigbang_nlp.records import Prediction, PredictionOptions
from zigbang_nlp.store import open_store
from zigbang_nlp.tables.read import Notes, read_table
from zigbang_nlp.text.reader import Reader
from zigbang_nlp.text.tokenizers import ON_SPACES, WHOLE, Tokenizer

TEXTS = [review.text for review in fake_reviews(1_000)]
MANY = TEXTS * 45  # three parts, of 20,000 rows at most


@pytest.fixture(scope="module")
def classifier(bundle_dir: Path) -> Classifier:
    return Classifier.load(bundle_dir)


def source_in(directory: Path, texts: list[str], name: str = "in.csv") -> Path:
    path = directory / name
    pd.DataFrame({"number": range(len(texts)), "text": texts}).to_csv(path, index=False)
    return path


def unfinished(output: Path) -> Path:
    return output.with_name(f".{output.name}.parts")


@pytest.fixture(scope="module")
def expected(classifier: Classifier) -> list[Prediction]:
    """What is said of `TEXTS`."""
    return classifier.predict(TEXTS)


@pytest.fixture(scope="module")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A token cache, so that only the first file's texts are tokenized."""
    return tmp_path_factory.mktemp("tokens")


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".jsonl", ".parquet", ".dta"])
def test_parts_join_to_one_file_in_order(
    classifier: Classifier, expected: list[Prediction], tokens: Path, tmp_path: Path, ending: str
) -> None:
    source, output = source_in(tmp_path, MANY), tmp_path / f"out{ending}"
    assert predict_file(classifier, source, output, "text", tokens=tokens) == len(MANY)
    if ending == ".parquet":
        rows = pd.read_parquet(output)
    elif ending == ".jsonl":
        rows = pd.read_json(output, lines=True)
    elif ending == ".dta":
        rows = pd.read_stata(output)
    else:
        rows = pd.read_csv(output, sep="," if ending == ".csv" else "\t")
    assert rows["number"].astype(int).tolist() == list(range(len(MANY)))
    assert rows["label"].tolist() == [p.label for p in expected] * 45
    # The company a text is in may turn the sixth digit.
    worst = (rows["probability"][:1_000] - [p.probability for p in expected]).abs().max()
    assert worst <= 2e-6
    assert not unfinished(output).exists()


def test_workers_give_what_one_process_gives(classifier: Classifier) -> None:
    chunks = [TEXTS * 5, [], ["", "xyzzy"], TEXTS * 6]
    alone = list(predict_chunks(classifier, iter(chunks), TokenizeSettings(workers=1)))
    shared = list(predict_chunks(classifier, iter(chunks), TokenizeSettings(workers=2)))
    assert [len(columns["label"]) for columns in shared] == [len(chunk) for chunk in chunks]
    assert alone == shared


@pytest.fixture
def tokenized(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that reach the tokenizer of this process, one after the other."""
    seen: list[str] = []
    whole = Tokenizer.tokenize

    def watched(self: Tokenizer, text: str, fallback_level: int = WHOLE) -> list[str]:
        seen.append(text)
        return whole(self, text, fallback_level)

    monkeypatch.setattr(Tokenizer, "tokenize", watched)
    return seen


def test_no_text_of_a_file_is_tokenized_a_second_time(
    bundle_dir: Path, tmp_path: Path, tokenized: list[str]
) -> None:
    source = source_in(tmp_path, [*dict.fromkeys(TEXTS), "", "👍", "ㅋㅋㅋ"])

    def predict(*options: str) -> str:
        tokenized.clear()
        arguments = ["predict", "--model", str(bundle_dir), "--work", str(tmp_path), *options]
        done = CliRunner().invoke(cli, arguments, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.stdout

    first = predict("--input", str(source))
    assert len(tokenized) >= len(set(TEXTS))
    assert predict("--input", str(source)) == first
    assert tokenized == []
    # Written to a file or put right for their share of complaints, they are the same texts.
    predict("--input", str(source), "--output", str(tmp_path / "out.csv"), "--workers", "1")
    assert tokenized == []
    probabilities = pd.read_csv(tmp_path / "out.csv")["probability"]
    alone = Classifier.load(bundle_dir).predict(pd.read_csv(source)["text"].fillna("").tolist())
    assert (probabilities - [p.probability for p in alone]).abs().max() <= 2e-6
    predict("--input", str(source), "--set", "tokenize.cache=false")
    assert len(tokenized) >= len(set(TEXTS))
    kept = set((tmp_path / "tokens").glob("*.segment"))
    predict("한 줄만 봅니다")
    assert set((tmp_path / "tokens").glob("*.segment")) == kept, "typed texts are not kept"


def test_workers_leave_each_other_their_tokens(classifier: Classifier, tmp_path: Path) -> None:
    chunks, how = [TEXTS * 3, TEXTS * 2], TokenizeSettings(workers=2)
    first = list(predict_chunks(classifier, chunks, how, tokens=tmp_path))
    before = {path.name for path in tmp_path.glob("*.segment")}
    assert before
    assert list(predict_chunks(classifier, chunks, how, tokens=tmp_path)) == first
    assert {path.name for path in tmp_path.glob("*.segment")} == before


def test_what_the_clock_had_read_with_care_is_read_again(
    classifier: Classifier, tmp_path: Path, tokenized: list[str]
) -> None:
    reader = Reader.open(classifier.bundle.encoder, tmp_path, TokenizeSettings())
    marked: list[int] = []
    reader(["역이 가까워요"])
    texts = ["역이 가까워요", "주차장이 좁아서 힘들어요", "버스가 자주 와요"]
    levels = [WHOLE, ON_SPACES, WHOLE]
    spaced = reader(texts, levels, marked.append)
    assert marked == [1, 2, -1]
    tokenized.clear()
    whole = reader(texts)
    assert tokenized == [texts[1]]
    assert whole == classifier.bundle.encoder.whole_ids(texts)
    assert [a == b for a, b in zip(spaced, whole, strict=True)] == [True, False, True]


def test_spreadsheets_and_statistics_get_every_column_and_its_name(
    classifier: Classifier, tmp_path: Path
) -> None:
    texts = ["-층간소음만 빼면 좋아요", "역이 가까워요"]
    source = tmp_path / "in.csv"
    pd.DataFrame({"리뷰 내용": texts, "별점": ["-1", "4.5점"]}).to_csv(source, index=False)
    expected = [p.label or "" for p in classifier.predict(texts)]
    for ending in (".xlsx", ".sav"):
        notes = Notes()
        output = tmp_path / f"out{ending}"
        assert predict_file(classifier, source, output, "리뷰 내용", notes=notes) == 2
        if ending == ".xlsx":
            (rows,) = read_table(output)
            assert not list(notes)
        else:
            rows, meta = pyreadstat.read_sav(output)
            assert meta.column_names_to_labels["리뷰_내용"] == "리뷰 내용"
            values: dict[str, Any] = meta.variable_value_labels
            assert values["label"] == {"negative": "부정", "positive": "긍정"}
            rows = rows.rename(columns={"리뷰_내용": "리뷰 내용"})
            assert [note.kind for note in notes] == ["renamed variables"]
        assert list(rows.columns[:4]) == ["리뷰 내용", "별점", "label", "probability"]
        assert rows["리뷰 내용"].tolist() == texts, "no apostrophe"
        assert rows["별점"].tolist() == ["-1", "4.5점"]
        assert rows["label"].tolist() == expected


def test_what_a_spreadsheet_would_run_is_made_safe_in_csv(
    classifier: Classifier, tmp_path: Path
) -> None:
    source, output, notes = source_in(tmp_path, ["=1+1", "-3"]), tmp_path / "out.csv", Notes()
    predict_file(classifier, source, output, "text", notes=notes)
    assert pd.read_csv(output, dtype=str)["text"].tolist() == ["'=1+1", "-3"]
    assert [(note.kind, note.count) for note in notes] == [("defused", 1)]


@pytest.mark.parametrize("ending", [".csv", ".jsonl", ".parquet"])
def test_topics_and_opinions_have_columns(tmp_path: Path, ending: str) -> None:
    texts = ["뷰는 최고예요. 주차는 전쟁이에요.", "", "그냥 그래요"]
    source, output = source_in(tmp_path, texts), tmp_path / f"out{ending}"
    predict_file(
        Classifier.load(),
        source,
        output,
        "text",
        asked=PredictionOptions(topics=True, aspects=True),
    )
    rows = {
        ".csv": lambda: pd.read_csv(output, keep_default_na=False),
        ".jsonl": lambda: pd.read_json(output, lines=True),
        ".parquet": lambda: pd.read_parquet(output),
    }[ending]()
    assert rows["topics"].tolist() == ["조망, 주차", "", ""] or rows["topics"][0] == "주차, 조망"
    opinions = [[(a["topic"], a["label"]) for a in json.loads(cell)] for cell in rows["aspects"]]
    assert opinions == [[("조망", "positive"), ("주차", "negative")], [], []]


def test_stars_have_a_column_and_what_is_no_sentence_has_no_label(tmp_path: Path) -> None:
    shipped = Classifier.load()
    texts = ["ㅋㅋㅋㅋ", "역이 가깝고 조용해요", "", "벌레가 너무 많아서 이사 가고 싶어요"]
    output = tmp_path / "out.parquet"
    predict_file(
        shipped, source_in(tmp_path, texts), output, "text", asked=PredictionOptions(stars=True)
    )
    rows = pd.read_parquet(output)
    assert rows["label"].fillna("none").tolist() == ["none", "positive", "none", "negative"]
    assert rows["stars"].isna().tolist() == [True, False, True, False]
    assert 1 <= rows["stars"][3] < rows["stars"][1] <= 5


@pytest.mark.parametrize("reliability", [0.95, 0.99])
def test_more_reliability_is_more_doubt(reliability: float) -> None:
    usual, strict = Classifier.load(), Classifier.load(reliability=reliability)
    narrower = strict.bundle.unsure_high < usual.bundle.unsure_high
    assert narrower == (reliability < 0.98)
    with pytest.raises(BundleError, match=r"can't promise that 99\.9%"):
        Classifier.load(reliability=0.999)


def test_what_was_not_read_is_told_and_counted(
    classifier: Classifier, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    length = classifier.bundle.encoder.max_characters
    texts = ["역 가까워요", "역 가까워요 " * length, "가나" * (length // 2)]
    output = tmp_path / "out.csv"
    with caplog.at_level("WARNING"):
        predict_file(classifier, source_in(tmp_path, texts), output, "text")
    assert pd.read_csv(output)["truncated"].tolist() == [False, True, False]
    assert "1 texts are so long that only a part" in caplog.text
    assert [p.truncated for p in classifier.predict(texts)] == [False, True, False]


def test_a_store_gets_the_same_from_workers(classifier: Classifier, tmp_path: Path) -> None:
    kept = []
    with open_store(f"sqlite:///{tmp_path}/a.db") as store:
        store.add_reviews(fake_reviews(500))
        for workers in (1, 2):
            assert predict_store(classifier, store, TokenizeSettings(workers=workers)) == 500
            kept.append(list(store.export_rows()))
    assert kept[0] == kept[1]
    assert {row["predicted_label"] for row in kept[0]} == {"negative", "positive"}


@pytest.mark.slow
def test_a_killed_run_goes_on_with_nothing_twice_and_nothing_missing(
    bundle_dir: Path, tmp_path: Path
) -> None:
    source_in(tmp_path, MANY * 2)  # five parts
    command: list[str | Path] = ["predict", "--model", bundle_dir, "--input", "in.csv"]
    command += ["--workers", "2"]
    undisturbed = zigbang(*command, "--output", "whole.csv", cwd=tmp_path)
    assert undisturbed.returncode == 0, undisturbed.stderr
    resume = [*(os.fspath(word) for word in command), "--output", "out.csv", "--resume"]
    parts = unfinished(tmp_path / "out.csv")
    for kill in range(3):
        running = Running(resume, tmp_path)
        last = time.monotonic() + 300
        while not (parts / f"{kill:06}.csv").exists():
            assert time.monotonic() < last, "it did not get on"
            time.sleep(0.01)
        running.kill()
        assert running.ended().returncode == -signal.SIGKILL, "it ended before it could be killed"
        assert not (tmp_path / "out.csv").exists()
    resumed = zigbang(*resume, cwd=tmp_path)
    assert resumed.returncode == 0, resumed.stderr
    assert "Resuming after" in resumed.stderr.decode()
    assert (tmp_path / "out.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()


def test_other_work_is_not_gone_on_with(classifier: Classifier, tmp_path: Path) -> None:
    source, output = source_in(tmp_path, TEXTS), tmp_path / "out.csv"
    parts = unfinished(output)
    parts.mkdir()
    (parts / "000000.csv").write_text("of an earlier file\n")
    (parts / "about.json").write_text(json.dumps({"model": "another"}))
    with pytest.raises(InputError, match=r"differs in .*model"):
        predict_file(classifier, source, output, "text", resume=True)
    assert (parts / "000000.csv").exists()
    predict_file(classifier, source, output, "text")
    assert len(pd.read_csv(output)) == len(TEXTS)


def test_two_processes_do_not_write_the_same_output(classifier: Classifier, tmp_path: Path) -> None:
    source, output = source_in(tmp_path, TEXTS), tmp_path / "out.csv"
    unfinished(output).mkdir()
    with (
        FileLock(unfinished(output) / "lock"),
        pytest.raises(InputError, match="Another process"),
    ):
        predict_file(classifier, source, output, "text")
    assert unfinished(output).exists()


def test_resume_with_nothing_to_go_on_with_starts(classifier: Classifier, tmp_path: Path) -> None:
    source, output = source_in(tmp_path, TEXTS), tmp_path / "out.jsonl"
    assert predict_file(classifier, source, output, "text", resume=True) == len(TEXTS)


def test_a_failed_start_leaves_nothing_behind(classifier: Classifier, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no column"):
        predict_file(classifier, source_in(tmp_path, TEXTS), tmp_path / "out.csv", "리뷰")
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]
