"""Do loved complexes lie beside loved ones? Moran's I over all, and where (LISA).

Moran 1950, Biometrika 37, 17-23; Anselin 1995, "Local indicators of spatial association",
Geographical Analysis 27, 93-115. Needs the extra `spatial` (esda, libpysal).
"""

from __future__ import annotations

import importlib
import warnings
from typing import Any

import numpy as np
import pandas as pd

from zigbang_nlp.errors import InputError
from zigbang_nlp.geo.distance import haversine
from zigbang_nlp.insight.rates import findings
from zigbang_nlp.language.bilingual import filled, insight_error, refuse_few
from zigbang_nlp.language.i18n import N_

#: Columns of `clusters`, after those of the table it was given.
CLUSTER_COLUMNS: dict[str, str] = {
    "local": "local Moran's I: above 0 like its neighbours, below 0 unlike",
    "p_value": "of no likeness (conditional permutations)",
    "q_value": "p_value corrected for all complexes (Benjamini & Hochberg 1995)",
    "significant": "whether q_value makes it a finding",
    "cluster": "high among high, low among low, high among low, low among high; '' where not significant",
    "neighbours_distance": "metres to the farthest of its neighbours",
}

#: Complexes that are needed at least.
FEWEST = 30
_PERMUTATIONS = 4_999

#: What it rests on, for those who read the result.
ASSUMPTIONS = (
    N_("이웃은 리뷰가 있는 가장 가까운 단지들이며, 거리가 멀어도 이웃으로 봅니다."),
    N_(
        "우연이라면 어느 단지든 어떤 값이나 가질 수 있다고 봅니다. 리뷰가 적은 단지의 값은 더 흔들리므로 긍정 비율보다 보정한 만족도를 쓰세요."
    ),
    N_(
        "지역 평균으로 보정한 만족도는 같은 구 안에서 서로 비슷해지므로, 구 안에서 값이 비슷한 데에는 보정의 영향도 있습니다."
    ),
)


def clusters(
    table: pd.DataFrame, value: str = "share", *, neighbours: int = 8, seed: int = 0
) -> pd.DataFrame:
    """Moran's I of a value of complexes, and where it gathers.

    Args:
        table: one row a complex with latitude and longitude in degrees and the value; `where`.
        value: a numeric column.
        neighbours: how many of the nearest complexes each is held against.
        seed: of the permutations.

    Returns:
        The complexes that have a point and a value, with `CLUSTER_COLUMNS`. `attrs`: moran (I),
        expected (of chance), p_value, complexes, left_out, neighbours, assumptions.

    Raises:
        InputError: the column is missing, or the extra isn't installed.
        InsightError: too few complexes have a point, or all values are equal.
    """
    for name in (value, "latitude", "longitude"):
        if name not in table.columns:
            raise InputError(f"There is no column {name!r}.", "Use a table of `insight.where`.")
    known = table[table[[value, "latitude", "longitude"]].notna().all(axis=1)]
    known = known.reset_index(drop=True)
    refuse_few(
        len(known),
        max(FEWEST, neighbours + 2),
        N_("좌표가 있는 단지가 {count}곳뿐입니다. 적어도 {least}곳이 필요합니다."),
    )
    values = known[value].to_numpy(float)
    if np.ptp(values) == 0:
        raise insight_error("모든 단지의 값이 같습니다.")
    weights, farthest = _weights(known, neighbours)
    esda = _optional("esda")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of their own internals
        np.random.seed(seed)
        whole = esda.Moran(values, weights, permutations=_PERMUTATIONS)
        local = esda.Moran_Local(values, weights, permutations=_PERMUTATIONS, n_jobs=1, seed=seed)
    p = np.minimum(np.asarray(local.p_sim, float) * 2, 1.0)  # theirs is of the nearer side only
    clustered = known.assign(local=local.Is, **findings(p))
    names = np.array(
        ["", "high among high", "low among high", "low among low", "high among low"], object
    )
    clustered["cluster"] = np.where(clustered["significant"], names[np.asarray(local.q, int)], "")
    clustered["neighbours_distance"] = farthest
    clustered.attrs = {
        "moran": float(whole.I),
        "expected": float(whole.EI),
        "p_value": min(2 * float(whole.p_sim), 1.0),
        "complexes": len(clustered),
        "left_out": len(table) - len(clustered),
        "neighbours": neighbours,
        "assumptions": [filled(one, {}) for one in ASSUMPTIONS],
    }
    return clustered


def _weights(known: pd.DataFrame, neighbours: int) -> tuple[Any, np.ndarray]:
    """(row-standardised weights of the nearest, metres to the farthest of them)."""
    y, x = known["latitude"].to_numpy(float), known["longitude"].to_numpy(float)
    near: dict[int, list[int]] = {}
    farthest = np.empty(len(known))
    for row in range(len(known)):
        distance = haversine(y[row], x[row], y, x)
        distance[row] = np.inf
        chosen = np.argpartition(distance, neighbours)[:neighbours]
        near[row] = sorted(chosen.tolist())
        farthest[row] = distance[chosen].max()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # neighbours of neighbours may fall into islands
        weights = _optional("libpysal").weights.W(near, silence_warnings=True)
    weights.transform = "r"
    return weights, farthest


def _optional(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise InputError(
            f"The package {name} is not installed.", "Run `pip install 'zigbang-nlp[spatial]'`."
        ) from error
