"""How prices go with what residents say: a hedonic regression with region effects.

Rosen 1974, "Hedonic prices and implicit markets", Journal of Political Economy 82, 34-55: the price
of a complex as the sum of what its properties are worth. It describes; it proves no cause.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from zigbang_nlp.errors import InputError
from zigbang_nlp.insight.rates import findings
from zigbang_nlp.language.bilingual import filled, insight_error
from zigbang_nlp.language.i18n import N_

#: Columns of `hedonic`.
HEDONIC_COLUMNS: dict[str, str] = {
    "property": "a column of the table",
    "effect": "change of the target for one standard deviation of the property; with log, in log points",
    "low": "lower end of its interval (heteroscedasticity-robust, clustered where several share a region)",
    "high": "upper end",
    "p_value": "of no effect",
    "q_value": "p_value corrected for the number of properties (Benjamini & Hochberg 1995)",
    "significant": "whether q_value makes it a finding",
    "vif": "variance inflation: above 10 the property can hardly be told from the others",
}

#: Complexes that the regression needs at least, in all and for each property.
FEWEST, FEWEST_EACH = 30, 10

#: What it rests on, for those who read the result.
ASSUMPTIONS = (
    N_("특성과 가격이 직선 관계(로그를 쓰면 일정한 비율)라고 가정합니다."),
    N_(
        "같은 지역 단지들에 공통된 영향은 뺐지만, 표에 없는 다른 요인이 둘을 함께 움직였을 수 있습니다."
    ),
    N_(
        "함께 움직인다는 뜻이지 원인이라는 뜻은 아닙니다. 비싼 단지에 후한 리뷰가 달릴 수도 있습니다."
    ),
    N_("만족도는 적은 리뷰로 추정한 값이어서 효과가 실제보다 작게 나올 수 있습니다."),
)


def hedonic(
    table: pd.DataFrame,
    target: str,
    properties: Sequence[str],
    *,
    region: str | None = "district",
    log: bool = True,
    level: float = 0.95,
) -> pd.DataFrame:
    """Least squares of a target on properties, within regions.

    Args:
        table: one row a complex, such as `record_linkage.joined` merged with `where`.
        target: a column, such as a price.
        properties: numeric columns, such as score, year, households.
        region: a column whose own level is taken out of everything (fixed effects); None for none.
            Regions of one complex say nothing and are left out.
        log: take the logarithm of the target; it must be above 0 then.
        level: of the intervals.

    Returns:
        One row a property by falling size of its effect, see `HEDONIC_COLUMNS`. `attrs`: r2_within
        (of the differences within regions), complexes, regions, left_out (rows with a gap, or
        alone in their region), assumptions (see `ASSUMPTIONS`).

    Raises:
        InputError: a column is missing or not numeric.
        InsightError: too few complexes, or a property that never differs within a region.
    """
    columns = [target, *properties]
    for name in [*columns, *([region] if region else [])]:
        if name not in table.columns:
            raise InputError(f"There is no column {name!r}.", f"Use {', '.join(table.columns)}.")
    if not properties:
        raise InputError("No property is given.", "Name at least one column.")
    values = table[columns].apply(pd.to_numeric, errors="coerce").astype(float)
    if log:
        values[target] = np.log(values[target].where(values[target] > 0))
    group = table[region] if region else pd.Series("all", table.index)
    usable = values.notna().all(axis=1) & np.isfinite(values).all(axis=1) & group.notna()
    values, group = values[usable], group[usable]
    shared = group.map(group.value_counts()) > 1
    values, group = values[shared], group[shared]
    regions = int(group.nunique())
    freedom = len(values) - regions - len(properties)
    if len(values) < max(FEWEST, FEWEST_EACH * len(properties)) or freedom < 10:
        raise insight_error(
            "모든 열이 있는 단지가 {count}곳뿐입니다. 적어도 {least}곳이 필요합니다.",
            count=len(values),
            least=max(FEWEST, FEWEST_EACH * len(properties)),
        )
    within = values - values.groupby(group).transform("mean")
    spread = values[list(properties)].std()
    flat = [n for n in properties if within[n].std() <= 1e-9 * max(float(spread[n]), 1e-12)]
    if flat:
        raise insight_error("{name} 값이 같은 지역 안에서 다르지 않습니다.", name=flat[0])
    x = (within[list(properties)] / spread).to_numpy()
    y = within[target].to_numpy()
    inverse = np.linalg.pinv(x.T @ x)
    effect = inverse @ x.T @ y
    residual = y - x @ effect
    error, degrees = _errors(x, residual, inverse, group, freedom)
    half = float(stats.t.ppf((1 + level) / 2, degrees)) * error
    result = pd.DataFrame(
        {
            "property": list(properties),
            "effect": effect,
            "low": effect - half,
            "high": effect + half,
            **findings(2 * stats.t.sf(np.abs(effect) / error, degrees)),
            "vif": np.diag(inverse) * (x**2).sum(axis=0),
        }
    )
    result = result.sort_values(
        "effect", key=np.abs, ascending=False, kind="stable", ignore_index=True
    )
    result.attrs = {
        "r2_within": 1 - float(residual @ residual) / float(y @ y) if y.any() else 0.0,
        "complexes": len(values),
        "regions": regions,
        "left_out": len(table) - len(values),
        "assumptions": [filled(one, {}) for one in ASSUMPTIONS],
    }
    return result[list(HEDONIC_COLUMNS)]


def _errors(
    x: np.ndarray, residual: np.ndarray, inverse: np.ndarray, group: pd.Series, freedom: int
) -> tuple[np.ndarray, int]:
    """(standard errors, degrees of freedom): clustered by region from 10 regions on, else HC1."""
    scores = x * residual[:, None]
    summed = pd.DataFrame(scores).groupby(group.to_numpy()).sum().to_numpy()
    regions = len(summed)
    if regions >= 10:
        factor = regions / (regions - 1) * (len(x) - 1) / (len(x) - x.shape[1])
        middle, degrees = summed.T @ summed * factor, regions - 1
    else:
        middle, degrees = scores.T @ scores * len(x) / freedom, freedom
    variance = np.diag(inverse @ middle @ inverse)
    return np.sqrt(np.maximum(variance, 1e-300)), degrees
