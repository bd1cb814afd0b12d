"""Distances on the earth."""

from __future__ import annotations

import numpy as np

_EARTH = 6_371_008.8


def haversine(
    latitude: np.ndarray,
    longitude: np.ndarray,
    other_latitude: np.ndarray,
    other_longitude: np.ndarray,
) -> np.ndarray:
    """Metres along a great circle between points given in degrees; arrays broadcast.

    >>> round(float(haversine(37.5665, 126.9780, 35.1796, 129.0756)) / 1000)
    325
    """
    a, b, c, d = (np.radians(v) for v in (latitude, longitude, other_latitude, other_longitude))
    h = np.sin((c - a) / 2) ** 2 + np.cos(a) * np.cos(c) * np.sin((d - b) / 2) ** 2
    return np.asarray(2 * _EARTH * np.arcsin(np.sqrt(np.clip(h, 0, 1))))
