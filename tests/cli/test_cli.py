"""The command line as a stranger meets it, in a process of its own."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest

from tests.conftest import zigbang
from zigbang_nlp.cli.group import COMMANDS
from zigbang_nlp.config import known_keys
from zigbang_nlp.files import sha256_of
from zigbang_nlp.model.bundle import load_bundle
from zigbang_nlp.predict.classifier import Classifier
from zigbang_nlp.tables.read import read_table

posix = pytest.mark.skipif(os.name != "posix", reason="signals and pipes of POSIX")


def lines(done: subprocess.CompletedProcess[bytes]) -> list[str]:
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().splitlines()


def complaint(done: subprocess.CompletedProcess[bytes], code: int = 1) -> str:
    """What a failed command said: in the end a fact and a next step, never a traceback."""
    stderr = done.stderr.decode()
    assert done.returncode == code, stderr
    assert done.stdout == b""
    assert "Traceback" not in stderr
    if code == 1 or not stderr.startswith("Usage: "):
        assert stderr.count("Error: ") == 1, stderr
        assert stderr.splitlines()[-2].startswith("Error: "), stderr
    return stderr


def test_nothing_heavy_is_imported_before_it_is_needed() -> None:
    code = "import sys, zigbang_nlp.cli; print(*{m.split('.')[0] for m in sys.modules})"
    modules = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, text=True
    )
    heavy = {"tensorflow", "keras", "pandas", "numpy", "sklearn", "konlpy", "sqlalchemy"}
    heavy |= {"jpype", "matplotlib", "onnxruntime", "pyarrow", "requests"}
    assert not heavy & set(modules.stdout.split())


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_examples(command: str, tmp_path: Path) -> None:
    text = zigbang(command, "--help", cwd=tmp_path).stdout.decode()
    assert f"zigbang-nlp {command}" in text
    assert "Examples:" in text
    assert list(tmp_path.iterdir()) == []


def test_help_lists_the_commands_in_order(tmp_path: Path) -> None:
    for flag in ("--help", "-h"):
        text = "\n".join(lines(zigbang(flag, cwd=tmp_path)))
        places = [text.index(f"\n  {name} ") for name in COMMANDS]
        assert places == sorted(places)


def test_help_fits_a_tiny_terminal(tmp_path: Path) -> None:
    for command in ([], ["run"], ["train"]):
        assert zigbang(*command, "--help", cwd=tmp_path, COLUMNS="20").returncode == 0


def test_version(tmp_path: Path) -> None:
    assert lines(zigbang("--version", cwd=tmp_path))[0].startswith("zigbang-nlp, version ")


@pytest.mark.parametrize(
    "arguments",
    [
        ["learn"],
        ["run", "--wrong"],
        ["import"],
        ["train", "--epochs", "many"],
        ["train", "--optimizer", "newton"],
        ["config", "--set", "train.epochs"],
        ["predict", "글", "--input", "x.csv"],
        ["predict", "글", "--output", "x.csv"],
    ],
)
def test_wrong_usage_exits_2(arguments: list[str], tmp_path: Path) -> None:
    stderr = complaint(zigbang(*arguments, cwd=tmp_path), code=2)
    assert "Error: " in stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["predict", "--model", "none", "좋아요"], "There is no model in none.\nRun `zigbang-nlp"),
        (["evaluate"], "There is no model in"),
        (["train"], "There is no data set in"),
        (["preprocess"], "The store holds no reviews.\nRun `zigbang-nlp crawl`"),
        (["import", "none.csv"], "There is no file none.csv."),
        (["run", "--from", "learn"], "There is no stage 'learn'.\nThe stages are crawl,"),
        (["run", "--db", "mysql://x/y"], "sqlite:///"),
        (["run", "--db", "no url"], "sqlite:///"),
        (["export", "reviews.doc"], ".parquet"),
    ],
)
def test_errors_are_a_fact_and_a_next_step(
    arguments: list[str], words: str, tmp_path: Path
) -> None:
    assert words in complaint(zigbang(*arguments, cwd=tmp_path))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "--config", "none.toml"], "There is no configuration file none.toml."),
        (["config", "--set", "train.epoch=3"], "Did you mean 'epochs'?"),
        (["train", "--epochs", "0"], "train.epochs = 0 (flag)"),
        (["crawl", "--base-url", "ftp://x"], "crawl.base_url"),
    ],
)
def test_wrong_settings_are_wrong_usage(arguments: list[str], words: str, tmp_path: Path) -> None:
    assert words in complaint(zigbang(*arguments, cwd=tmp_path), code=2)


def test_the_model_that_ships_classifies_on_the_first_day(tmp_path: Path) -> None:
    done = zigbang("predict", "--json", "--topics", "역이 가까워요", "역이 멀어요", cwd=tmp_path)
    near, far = map(json.loads, done.stdout.splitlines())
    assert (near["label"], far["label"]) == ("positive", "negative")
    assert near["category"] == far["category"] == "traffic"
    assert b"There is no model of your own" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_debug_shows_the_traceback(tmp_path: Path) -> None:
    done = zigbang("predict", "--model", "none", "좋아요", "--debug", cwd=tmp_path)
    assert done.returncode == 1
    assert b"Traceback" in done.stderr
    assert b"BundleError" in done.stderr


@pytest.mark.parametrize("command", ["run", "preprocess", "train", "evaluate", "crawl"])
def test_a_work_directory_that_cannot_be_made_is_one_clear_sentence(
    command: str, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    assert "can't be created" in complaint(zigbang(command, "--work", "file/x", cwd=tmp_path))


def test_a_dry_run_in_an_empty_folder_writes_nothing(tmp_path: Path) -> None:
    lines = zigbang("run", "--dry-run", cwd=tmp_path).stderr.decode().splitlines()
    assert [line.split(":")[0] for line in lines] == [
        f"Would run {name}"
        for name in ("crawl", "preprocess", "train", "evaluate", "predict", "report")
    ]
    assert list(tmp_path.iterdir()) == []


def test_config_shows_each_value_and_its_origin(tmp_path: Path) -> None:
    (tmp_path / "zigbang.toml").write_text("[train]\nbatch_size = 8\n")
    shown = lines(
        zigbang("config", "--set", "train.epochs=5", cwd=tmp_path, ZIGBANG_NLP__TRAIN__PATIENCE="2")
    )
    rows = {line.split()[0]: " ".join(line.split()[1:]) for line in shown[2:]}
    assert list(rows) == list(known_keys())
    assert rows["train.epochs"] == "5 flag"
    assert rows["train.batch_size"] == "8 file zigbang.toml"
    assert rows["train.patience"] == "2 environment ZIGBANG_NLP__TRAIN__PATIENCE"
    assert rows["train.seed"] == "42 default"


def test_config_as_toml_is_a_configuration_file(tmp_path: Path) -> None:
    options = [
        "--work",
        '한글 "자리"\\',
        "--set",
        "train.lstm_units=8,4",
        "--set",
        "crawl.contact=a'b",
    ]
    text = zigbang("config", "--toml", *options, cwd=tmp_path).stdout
    (tmp_path / "own.toml").write_bytes(text)
    first = zigbang("config", "--json", *options, cwd=tmp_path)
    again = zigbang("config", "--json", "--config", "own.toml", cwd=tmp_path)
    assert json.loads(again.stdout) == json.loads(first.stdout)
    assert json.loads(again.stdout)["train"]["lstm_units"] == [8, 4]
    origins = lines(zigbang("config", "--config", "own.toml", cwd=tmp_path))[2:]
    assert all(line.endswith("file own.toml") for line in origins)


def test_predict_texts(bundle_dir: Path, tmp_path: Path) -> None:
    done = zigbang(
        "predict", "--model", bundle_dir, "역 좋아요", "역 나빠요\n정말", "", cwd=tmp_path
    )
    good, bad, blank = lines(done)
    assert good.startswith("긍정")
    assert bad.startswith("부정")
    assert bad.endswith("역 나빠요 정말")
    assert blank.startswith("판정 안 함 ")
    assert done.stderr == b""
    assert list(tmp_path.iterdir()) == []


def test_predict_as_json_is_what_the_library_says(bundle_dir: Path, tmp_path: Path) -> None:
    texts = ["역 좋아요", "주차 나빠요", " ", "qwxz", "가" * 100_000]
    done = zigbang("predict", "--model", bundle_dir, "--json", *texts[:4], cwd=tmp_path)
    long = zigbang(
        "predict", "--model", bundle_dir, "--json", cwd=tmp_path, input=texts[4].encode()
    )
    rows = [json.loads(line) for line in lines(done) + lines(long)]
    assert rows == [p.as_dict() for p in Classifier.load(bundle_dir).predict(texts)]
    for row in rows:
        reason = ["reason"] if row["unsure"] else []
        assert list(row) == ["text", "label", "probability", "unsure", *reason, "truncated"]
        assert row["unsure"] == ("reason" in row)
    assert rows[2]["reason"] == "blank text"
    assert rows[3]["reason"] == "not Korean"
    assert rows[2]["label"] is None
    assert rows[3]["label"] is None


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
def test_predict_reads_standard_input(encoding: str, bundle_dir: Path, tmp_path: Path) -> None:
    typed = "역 좋아요\r\n\n주차 나빠요".encode(encoding)
    done = zigbang("predict", "--model", bundle_dir, "--json", cwd=tmp_path, input=typed)
    rows = [json.loads(line) for line in lines(done)]
    assert [row["text"] for row in rows] == ["역 좋아요", "", "주차 나빠요"]
    assert [row["label"] for row in rows[::2]] == ["positive", "negative"]


def test_predict_names_undecodable_bytes(bundle_dir: Path, tmp_path: Path) -> None:
    done = zigbang("predict", "--model", bundle_dir, cwd=tmp_path, input=b"abc\nab\xff\xfe\n")
    assert done.returncode == 1
    assert b"Line 2 of the input is neither UTF-8 nor CP949: it holds the bytes ff" in done.stderr


def test_predict_without_any_input_says_nothing(bundle_dir: Path, tmp_path: Path) -> None:
    assert lines(zigbang("predict", "--model", bundle_dir, cwd=tmp_path)) == []


@pytest.mark.parametrize(
    ("source", "target"),
    [("csv", "csv"), ("jsonl", "jsonl"), ("parquet", "parquet"), ("xlsx", "csv"), ("csv", "jsonl")],
)
def test_predict_a_file(source: str, target: str, bundle_dir: Path, tmp_path: Path) -> None:
    texts = [f"{'역 좋아요' if i % 3 else '주차 나빠요'} {i}동" for i in range(50)] + [
        "",
        "글,",
        "😀",
    ]
    frame = pd.DataFrame({"리뷰": texts, "번호": range(len(texts)), "label": "내 것"})
    file = tmp_path / f"given.{source}"
    match source:
        case "csv":
            frame.to_csv(file, index=False, encoding="utf-8")
        case "jsonl":
            frame.to_json(file, orient="records", lines=True, force_ascii=False)
        case "parquet":
            frame.to_parquet(file)
        case "xlsx":
            frame.to_excel(file, index=False)
    out = tmp_path / f"out.{target}"
    arguments: list[str | Path] = ["--input", file, "--text-column", "리뷰", "--output", out]
    done = zigbang("predict", "--model", bundle_dir, *arguments, cwd=tmp_path)
    assert done.returncode == 0, done.stderr.decode()
    assert b"53 rows written" in done.stderr
    rows = pd.concat(list(read_table(out)))
    assert list(rows.columns) == [
        *frame.columns,
        "predicted_label",
        "probability",
        "unsure",
        "truncated",
    ]
    assert rows["리뷰"].fillna("").tolist() == texts
    assert [int(n) for n in rows["번호"]] == list(range(len(texts)))
    assert set(rows["label"]) == {"내 것"}
    expected = [p.label or "" for p in Classifier.load(bundle_dir).predict(texts)]
    assert rows["predicted_label"].fillna("").tolist() == expected
    assert expected[50:] == ["", "", ""], "a blank, an unknown word alone, a picture"
    assert "" not in expected[:50]


def test_predict_a_column_of_mixed_types_to_parquet(bundle_dir: Path, tmp_path: Path) -> None:
    frame = pd.DataFrame({"text": ["역 좋아요", 7, None], "none": [None] * 3}, dtype=object)
    frame.to_excel(tmp_path / "in.xlsx", index=False)
    (tmp_path / "in.jsonl").write_text('{"text": 7, "no": 1}\n{"text": "역", "no": "x"}\n')
    for name in ("in.xlsx", "in.jsonl"):
        done = zigbang(
            "predict", "--model", bundle_dir, "--input", name, "--output", "o.parquet", cwd=tmp_path
        )
        assert done.returncode == 0, done.stderr.decode()
    assert pd.read_parquet(tmp_path / "o.parquet")["no"].tolist() == ["1", "x"]


def test_predict_an_input_file_to_the_screen(bundle_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "in.txt").write_text("역 좋아요\n주차 나빠요\n", encoding="utf-8")
    done = zigbang("predict", "--model", bundle_dir, "--input", "in.txt", "--json", cwd=tmp_path)
    assert [json.loads(line)["text"] for line in lines(done)] == ["역 좋아요", "주차 나빠요"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--input", "in.csv", "--output", "out.doc"], ".parquet"),
        (["--input", "in.csv", "--text-column", "리뷰", "--output", "out.csv"], "no column '리뷰'"),
        (["--input", "in.csv", "--text-column", "리뷰"], "Its columns are: 'text'"),
        (["--input", "bad.csv", "--output", "out.csv"], "line 2 holds the bytes ff ff"),
        (["--input", "empty.csv", "--output", "out.csv"], "is empty"),
        (["--input", "in.csv", "--output", "in.csv/out.csv"], "can't be created"),
    ],
)
def test_predict_a_bad_file(
    arguments: list[str], words: str, bundle_dir: Path, tmp_path: Path
) -> None:
    (tmp_path / "in.csv").write_text("text\n좋아요\n")
    (tmp_path / "bad.csv").write_bytes(b"text\n\xff\xff\n")
    (tmp_path / "empty.csv").touch()
    before = sorted(tmp_path.iterdir())
    stderr = complaint(zigbang("predict", "--model", bundle_dir, *arguments, cwd=tmp_path))
    assert words in stderr
    assert sorted(tmp_path.iterdir()) == before


def test_a_console_of_another_encoding_never_ends_in_an_error(
    bundle_dir: Path, tmp_path: Path
) -> None:
    for encoding in ("ascii", "cp949"):
        done = zigbang(
            "predict",
            "--model",
            bundle_dir,
            "역 좋아요 😀",
            cwd=tmp_path,
            PYTHONIOENCODING=encoding,
        )
        assert done.returncode == 0, done.stderr
        assert encoding == "ascii" or "역 좋아요 ?" in done.stdout.decode(encoding)


@posix
def test_a_reader_that_has_seen_enough_ends_it_quietly(bundle_dir: Path, tmp_path: Path) -> None:
    many = "역 좋아요\n".encode() * 20_000
    (tmp_path / "many.txt").write_bytes(many)
    command = f"{sys.executable} -m zigbang_nlp predict --model '{bundle_dir}' < many.txt | head -1"
    done = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"], cwd=tmp_path, capture_output=True
    )
    assert done.returncode == 0
    assert done.stderr == b""
    assert len(done.stdout.splitlines()) == 1


@posix
def test_a_full_standard_output_is_one_clear_sentence(bundle_dir: Path, tmp_path: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "zigbang_nlp", "predict", "--model", str(bundle_dir), "역"],
            cwd=tmp_path,
            stdout=full,
            stderr=subprocess.PIPE,
        )
    assert done.returncode == 1
    assert b"disk is full" in done.stderr
    assert b"Traceback" not in done.stderr


def test_import_says_what_became_of_the_rows(tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text(
        "리뷰,별점,언제\n좋아요,10,2024-01-01\n나빠요,1,어제\n,3,\n글쎄,11,\n", encoding="utf-8"
    )
    arguments = ["import", "r.csv", "--text-column", "리뷰", "--rating-column", "별점"]
    arguments += ["--rating-scale", "10", "--date-column", "언제"]
    assert "Row 4 of r.csv: The rating 11 is outside 0 to 10." in complaint(
        zigbang(*arguments, cwd=tmp_path)
    )
    assert [path.name for path in tmp_path.iterdir()] == ["r.csv"]
    done = zigbang(*arguments, "--skip-bad-rows", cwd=tmp_path)
    assert done.returncode == 0
    stderr = done.stderr.decode()
    assert "4 rows; 2 new, 0 changed, 0 already there" in stderr
    assert "1 row was left out for blank text (row 3)" in stderr
    assert "1 row was left out for bad value (row 4: The rating 11 is outside 0 to 10)" in stderr
    assert "1 date can't be read and stays blank (row 2: '어제')" in stderr
    assert "Their dates run from 2024-01-01 to 2024-01-01." in stderr
    again = zigbang(*arguments, "--skip-bad-rows", cwd=tmp_path).stderr.decode()
    assert "0 new, 0 changed, 2 already there" in again
    assert "The store holds 2 reviews." in again


@pytest.mark.parametrize("quiet", [[], ["--quiet"]])
def test_quiet_says_nothing_but_results(quiet: list[str], tmp_path: Path) -> None:
    (tmp_path / "r.csv").write_text("text\n좋아요\n")
    done = zigbang("import", "r.csv", *quiet, cwd=tmp_path)
    assert (done.stderr == b"") == bool(quiet)
    assert done.stdout == b""


@posix
@pytest.mark.slow
@pytest.mark.parametrize("when", ["Running preprocess", "Running train", "epoch 2/"])
def test_ctrl_c_during_run_is_a_clean_end(when: str, bundle_dir: Path, tmp_path: Path) -> None:
    import shutil

    model = tmp_path / "data" / "model"
    shutil.copytree(bundle_dir, model)
    before = sha256_of(model)
    settings = [
        "init=scratch",
        "epochs=500",
        "lstm_units=4",
        "embedding_dim=4",
        "patience=500",
        "batch_size=512",
    ]
    with subprocess.Popen(
        [sys.executable, "-m", "zigbang_nlp", "run", *(f"--set=train.{s}" for s in settings)],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if line.startswith(when):
                break
        time.sleep(0.3)
        process.send_signal(signal.SIGINT)
        try:
            _, stderr = process.communicate(timeout=60)
        finally:
            process.kill()
    assert process.returncode == 130, stderr
    assert "Traceback" not in stderr
    assert stderr.rstrip().endswith(
        "Stopped. What was finished before is kept; run the same command to go on."
    )
    assert sha256_of(model) == before
    load_bundle(model)
    assert not list((tmp_path / "data").glob(".*new-*"))
    plan = zigbang("run", "--dry-run", cwd=tmp_path).stderr.decode()
    assert "Would skip crawl" in plan
