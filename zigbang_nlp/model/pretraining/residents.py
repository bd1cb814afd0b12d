"""What residents wrote, the scores they gave, and what readers say of their texts.

A score is not what a text says: people praise with 3 stars and complain with 4. So some of the
texts were read, and each reader gave each text a grade; the readings teach and choose, the scores
teach stars.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from zlib import crc32

import numpy as np
import pandas as pd

from zigbang_nlp.errors import InputError
from zigbang_nlp.model.pretraining.data import without_leaks
from zigbang_nlp.text.clean import clean

#: What a reader's grade says of the label: 1 clear complaint, 2 mild or hedged complaint, 3 evenly
#: mixed, 4 praise on balance, 5 clear praise; x is no opinion.
GRADES = {"1": 0.0, "2": 0.1, "3": 0.5, "4": 0.92, "5": 1.0, "x": np.nan}


def read_residents(file: Path, readings: Sequence[Path]) -> pd.DataFrame:
    """Every text of residents.

    Args:
        file: Parquet with apartment_id, review, category, score (1 to 5), text and split ("train",
            "validation" or "test", by complex).
        readings: of each reader one or several files of lines "row TAB grade", where row is the
            number of the text's row in `file`; see `GRADES`.

    Returns:
        Columns source, apartment_id, review_id, category, text, score, split, reading (the mean
        of `GRADES` over its readers, missing without one), majority (1 where more readers see
        praise than complaint and mixture together, 0 where more see complaint, else missing).
        A training text that is also in another split is left out.

    Raises:
        InputError: a reading is of no row, or has no such grade.
    """
    columns = ["apartment_id", "review", "category", "score", "text", "split"]
    rows = pd.read_parquet(file, columns=columns).reset_index(drop=True)
    votes = _votes(readings, len(rows))
    rows["reading"] = votes.groupby("row")["soft"].mean().reindex(rows.index)
    share = votes.groupby("row")["side"].agg(
        positive=lambda side: (side > 0).mean(), negative=lambda side: (side < 0).mean()
    )
    rows["majority"] = np.nan
    rows.loc[share.index[share["positive"] > 0.5], "majority"] = 1.0
    rows.loc[share.index[share["negative"] > 0.5], "majority"] = 0.0
    rows = without_leaks(rows[rows["text"].map(clean).astype(bool)])
    return rows.rename(columns={"review": "review_id"}).assign(
        source="residents",
        apartment_id=rows["apartment_id"].astype(str),
        review_id=rows["review"].astype(str),
        score=rows["score"].astype(float),
    )


def texts_stood_for(read: pd.DataFrame, residents: pd.DataFrame) -> np.ndarray:
    """How many residents' texts each read validation text stands for, float64 (texts,).

    Low scores were read most, and a complaint under one star is a plain one. Where such are half
    of all complaints that were read, a threshold for them misses the polite ones, of which life
    has more.

    Args:
        read: validation texts that were read, with "score".
        residents: see `read_residents`.
    """
    people = residents[residents["split"].eq("validation")]
    drawn = people.loc[people["reading"].notna(), "score"].value_counts()
    return np.asarray(read["score"].map(people["score"].value_counts() / drawn), np.float64)


def fold_of(apartments: pd.Series, folds: int) -> np.ndarray:
    """Which of `folds` groups of complexes each text is in, int (texts,)."""
    return np.array([crc32(a.encode()) % folds for a in apartments], np.int64)


def _votes(readings: Sequence[Path], count: int) -> pd.DataFrame:
    """Every reading: its row, what its grade says of the label, and on which side that is."""
    grades: list[tuple[int, float]] = []
    for path in readings:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            row, _, grade = line.partition("\t")
            if not row.isdecimal() or int(row) >= count or grade.strip() not in GRADES:
                raise InputError(
                    f"Line {number} of {path.name} is no reading: {line[:40]!r}.",
                    'Write the number of a row, a tab and a grade from 1 to 5 or "x".',
                )
            grades.append((int(row), GRADES[grade.strip()]))
    votes = pd.DataFrame(grades, columns=["row", "soft"])
    return votes.assign(side=np.sign(votes["soft"].fillna(0.5) - 0.5))
