"""Ridge regression with standard errors, small enough to be read."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

#: Penalties to choose from, as shares of the number of rows.
_PENALTIES = np.concatenate([[0.0], np.geomspace(1e-5, 1.0, 26)])


class Ridge(NamedTuple):
    """A fitted regression: coefficients and standard errors (features,), penalty, R squared."""

    coefficients: np.ndarray
    error: np.ndarray
    penalty: float
    r2: float


def ridge(x: np.ndarray, y: np.ndarray, penalty: float | None = None) -> Ridge:
    """Least squares with a penalty on the squared coefficients, not on the intercept.

    The penalty is the one with the least leave-one-out error, which ridge gives in closed form
    (Allen's PRESS). Standard errors are heteroscedasticity-robust (White's sandwich with
    Hinkley's factor, HC1), for the shrunken coefficients: without a penalty those of ordinary
    least squares.

    Args:
        x: float (rows, features).
        y: float (rows,).
        penalty: to use in place of the best one.
    """
    rows, features = x.shape
    centred, target = x - x.mean(axis=0), y - y.mean()
    u, d, vt = np.linalg.svd(centred, full_matrices=False)
    alive = d > d[0] * 1e-10 if d.size else d > 0
    u, d, vt = u[:, alive], d[alive], vt[alive]
    projected = u.T @ target
    if penalty is None:
        errors = []
        for candidate in _PENALTIES * rows:
            kept = d**2 / (d**2 + candidate)
            leverage = 1 / rows + (u**2) @ kept
            residual = target - u @ (kept * projected)
            errors.append(np.mean((residual / (1 - np.minimum(leverage, 1 - 1e-9))) ** 2))
        penalty = float(_PENALTIES[int(np.argmin(errors))] * rows)
    solve = vt.T @ np.diag(d / (d**2 + penalty)) @ u.T  # (features, rows)
    coefficients = solve @ target
    residual = target - centred @ coefficients
    variance = ((solve * residual) ** 2).sum(axis=1) * rows / max(rows - features - 1, 1)
    spread = float((target**2).sum())
    r2 = 1 - float((residual**2).sum()) / spread if spread else 0.0
    return Ridge(coefficients, np.sqrt(np.maximum(variance, 1e-300)), penalty, r2)
