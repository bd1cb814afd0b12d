"""Train, validation and test, without the same text on two sides."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
import pandas as pd

from zigbang_nlp.config import PreprocessSettings
from zigbang_nlp.errors import DataError
from zigbang_nlp.records import SPLITS
from zigbang_nlp.text.clean import duplicate_key

#: What becomes of a row; as categories a byte each, where words take thirteen.
_KINDS = pd.CategoricalDtype([*SPLITS, "dropped"])
#: Fewer apartments than this, or one that holds most texts, and grouping would give bad splits.
_ENOUGH_APARTMENTS = 20


def assign_splits(rows: pd.DataFrame, settings: PreprocessSettings) -> tuple[pd.Series, str]:
    """Choose a split for each labelled text.

    Three ways, the first that applies: the split the file brought (`given`), whole apartments
    (`apartment`), or whole groups of duplicates, stratified by label (`text`). Exact and
    near-exact copies (see `duplicate_key`) never straddle: a copy on the wrong side is dropped,
    from the training side where the file brought the splits (its test rows all stay), else from
    the held-out side (so the test is on unseen texts).

    Args:
        rows: columns label (0 or 1), split (str or None), key and group; in the place of key also
            text (then its `duplicate_key`), in that of group source and apartment_id.
        settings: shares, seed and way.

    Returns:
        A categorical series of "train", "validation", "test" or "dropped", and the way taken.

    Raises:
        DataError: a split would hold a single class.
    """
    keys = rows["key"] if "key" in rows else rows["text"].map(duplicate_key)
    groups = rows["group"] if "group" in rows else rows["source"] + "\x1f" + rows["apartment_id"]
    random = np.random.default_rng(settings.seed)
    if rows["split"].notna().any():
        way, split = "given", _given(rows, keys, settings, random)
    elif _group_by_apartment(groups, settings):
        way, split = "apartment", _by_group(groups, settings, random)
    else:
        way, split = "text", _all_train(rows.index)
        for side in _sides(keys, rows["label"]):
            split[side] = _by_group(keys[side], settings, random)
    split = _drop_straddling(split, keys, SPLITS[::-1] if way == "given" else SPLITS)
    _check_classes(rows["label"], split)
    return split, way


def _given(
    rows: pd.DataFrame, keys: pd.Series, settings: PreprocessSettings, random: np.random.Generator
) -> pd.Series:
    fill = "train" if settings.unassigned == "train" else "dropped"
    split: pd.Series = rows["split"].astype(_KINDS).fillna(fill)
    for name, share in (("validation", settings.validation_share), ("test", settings.test_share)):
        if not split.eq(name).any():
            train = split.eq("train")
            for side in _sides(keys[train], rows["label"][train]):
                held = _take(keys[train][side], share * side.sum(), random)
                split.loc[train & keys.isin(held)] = name
    return split


def _all_train(index: pd.Index) -> pd.Series:
    return pd.Series(pd.Categorical.from_codes(np.zeros(len(index), np.int8), dtype=_KINDS), index)


def _group_by_apartment(groups: pd.Series, settings: PreprocessSettings) -> bool:
    if settings.group_by_apartment != "auto":
        return settings.group_by_apartment == "yes"
    sizes = groups.value_counts()
    smallest_part = min(settings.test_share, settings.validation_share) * len(groups)
    return len(sizes) >= _ENOUGH_APARTMENTS and bool(sizes.max() <= 2 * smallest_part)


def _by_group(
    groups: pd.Series, settings: PreprocessSettings, random: np.random.Generator
) -> pd.Series:
    split = _all_train(groups.index)
    test = _take(groups, settings.test_share * len(groups), random)
    rest = groups[~groups.isin(test)]
    validation = _take(rest, settings.validation_share * len(groups), random)
    split[groups.isin(test)] = "test"
    split[groups.isin(validation)] = "validation"
    return split


def _take(groups: pd.Series, target: float, random: np.random.Generator) -> set[Hashable]:
    """Whole groups in random order until they hold `target` rows (at least one group)."""
    sizes = groups.value_counts().sort_index()
    counts, names = sizes.to_numpy(), sizes.index
    taken: set[Hashable] = set()
    held = 0
    for i in random.permutation(len(sizes)):
        size = int(counts[i])
        # Half a group too many is as near to the share as half a group too few.
        if taken and held + size / 2 > target:
            continue
        taken.add(names[i])
        held += size
        if held >= target:
            break
    return taken


def _sides(keys: pd.Series, labels: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Masks of the groups that are mostly negative and mostly positive, for stratifying."""
    codes = _codes(keys)
    sums = np.bincount(codes, weights=labels.to_numpy())
    positive = pd.Series((2 * sums >= np.bincount(codes))[codes], index=keys.index)
    return ~positive, positive


def _drop_straddling(split: pd.Series, keys: pd.Series, order: Sequence[str]) -> pd.Series:
    """Copies stay in the first split of the order that has one."""
    # By numbers rather than by pandas's groups, which take a hundred bytes a row.
    rank = np.full(len(split), len(order), np.int8)
    for place, name in enumerate(order):
        rank[split.eq(name).to_numpy(bool)] = place
    codes = _codes(keys)
    first = np.full(int(codes.max(initial=-1)) + 1, len(order), np.int8)
    np.minimum.at(first, codes, rank)
    return split.mask(rank > first[codes], "dropped")


def _codes(keys: pd.Series) -> np.ndarray:
    """Keys as small numbers, (rows,); those of `ReviewSpool` are that already."""
    return keys.to_numpy() if keys.dtype == np.int32 else pd.factorize(keys)[0]


def _check_classes(labels: pd.Series, split: pd.Series) -> None:
    for name in SPLITS:
        present = labels[split.eq(name)].nunique()
        if present < 2:
            raise DataError(
                f"The {name} split would hold {'a single class' if present else 'no text'} "
                f"({split.eq(name).sum()} texts).",
                "Add labelled reviews of both classes, or change preprocess.test_share, "
                "validation_share or seed.",
            )
