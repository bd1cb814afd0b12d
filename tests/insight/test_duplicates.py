"""Texts that repeat another are found whatever was changed about them, and written in pairs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from zigbang_nlp import insight
from zigbang_nlp.cli.group import cli
from zigbang_nlp.insight.duplicates import near_duplicates
from zigbang_nlp.insight.embedder import DIMENSIONS
from zigbang_nlp.insight.embeddings import Embeddings
from zigbang_nlp.records import Apartment, Review
from zigbang_nlp.store import open_store

LONG = "단지 안 산책로가 길고 나무가 많아서 아침마다 걷기 좋아요 이웃도 조용합니다"
ANEW = (
    "단지 안에 산책로가 길고 꽃과 나무가 많아 저녁마다 걷기 참 좋은 곳, 이웃도 다 조용한 편입니다"
)
OTHER = "전혀 다른 글로, 지하철역까지 걸어서 십오 분이고 버스는 드물게 옵니다"
TEXTS = (LONG, OTHER, LONG.replace(" ", "") + "!!", "=" + ANEW, "짧은 글", "짧은 글")


def test_near_duplicates_are_found_whatever_their_spaces() -> None:
    texts = pd.Series(
        [
            LONG,
            OTHER,
            LONG.replace(" ", ""),
            LONG + "!!",
            "짧은 글",
            "짧은 글",
        ]
    )
    duplicates = near_duplicates(texts)
    assert set(duplicates.index) == {2, 3}
    assert duplicates["other"].tolist() == [0, 0]
    assert (duplicates["urgency"] > 0.9).all()


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A store of two complexes, each with half of the texts."""
    db = f"sqlite:///{tmp_path / 'a.db'}"
    with open_store(db) as store:
        store.add_apartments(
            [Apartment("made", key, f"{key}단지", "서울시 중구") for key in ("1", "2")]
        )
        store.add_reviews(
            [
                Review("made", "12"[row % 2], f"r{row}", "total", text, 4)
                for row, text in enumerate(TEXTS)
            ]
        )
    return db


def run(url: str, file: Path) -> tuple[int, str]:
    work = file.parent / "data"
    done = CliRunner().invoke(cli, ["similar", str(file), "--db", url, "--work", str(work)])
    return done.exit_code, f"{done.output}{done.exception or ''}"


def vectors(url: str, directory: Path) -> None:
    """Give `LONG` and what was written anew from it nearly the same vector."""
    texts = insight.load(url).texts["text"]
    made = np.zeros((len(texts), DIMENSIONS), np.float32)
    made[np.arange(len(texts)), np.arange(len(texts))] = 1
    made[texts.str.contains("산책로").to_numpy()] = made[0]
    embeddings = Embeddings(directory)
    embeddings.add(embeddings.keys(texts.tolist()), made)


def test_copies_are_written_beside_the_earlier_text(url: str, tmp_path: Path) -> None:
    code, output = run(url, tmp_path / "pairs.csv")
    assert code == 0, output
    assert "zigbang-nlp embed" in output
    table = pd.read_csv(tmp_path / "pairs.csv")
    assert list(table) == list(insight.PAIR_OF_TEXTS_COLUMNS)
    (row,) = table.to_dict("records")
    assert {row["text"], row["other_text"]} == {TEXTS[0], TEXTS[2]}
    assert (row["name"], row["other_name"]) == ("1단지", "1단지")
    assert 0.9 < row["likeness"] <= 1


@pytest.mark.parametrize("ending", ["csv", "xlsx", "jsonl", "parquet"])
def test_with_vectors_those_written_anew_are_there_too(
    url: str, tmp_path: Path, ending: str
) -> None:
    vectors(url, tmp_path / "data" / "embeddings")
    file = tmp_path / f"pairs.{ending}"
    code, output = run(url, file)
    assert code == 0, output
    read: dict[str, Callable[[Path], pd.DataFrame]] = {
        "csv": pd.read_csv,
        "xlsx": lambda path: pd.read_excel(path, engine="calamine"),
        "jsonl": lambda path: pd.read_json(path, lines=True),
        "parquet": pd.read_parquet,
    }
    table = read[ending](file)
    assert len(table) == 2
    anew = table[
        table["text"].str.contains("참 좋은") | table["other_text"].str.contains("참 좋은")
    ]
    assert len(anew) == 1
    assert 0.6 <= anew["likeness"].iloc[0] < 0.9
    assert "embed" not in output


def test_nothing_alike_is_a_table_without_rows_and_wrong_endings_are_refused(
    tmp_path: Path,
) -> None:
    db = f"sqlite:///{tmp_path / 'b.db'}"
    with open_store(db) as store:
        store.add_apartments([Apartment("made", "1", "솔마을")])
        store.add_reviews([Review("made", "1", "r1", "total", LONG, 4)])
    code, output = run(db, tmp_path / "pairs.csv")
    assert code == 0, output
    assert "0 pairs" in output
    assert list(pd.read_csv(tmp_path / "pairs.csv")) == list(insight.PAIR_OF_TEXTS_COLUMNS)
    code, output = run(db, tmp_path / "pairs.docx")
    assert code == 1
    assert ".csv" in output
    assert not (tmp_path / "pairs.docx").exists()
