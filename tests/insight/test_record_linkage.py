"""Tables from elsewhere find their complexes; what was planted in prices and on the map is found."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from zigbang_nlp import insight
from zigbang_nlp.errors import InputError, InsightError
from zigbang_nlp.geo.distance import haversine
from zigbang_nlp.insight.prices import HEDONIC_COLUMNS, hedonic
from zigbang_nlp.insight.record_linkage import joined
from zigbang_nlp.insight.spatial import CLUSTER_COLUMNS, clusters
from zigbang_nlp.language.bilingual import korean_of


def corpus() -> insight.Corpus:
    places = pd.DataFrame(
        {
            "complex": [f"made:{n}" for n in range(5)],
            "name": ["은솔마루 3단지", "은솔마루 5단지", "가람뜰", "별빛언덕", "홀로섬"],
            "latitude": [37.6500, 37.6510, 37.5000, 37.5500, np.nan],
            "longitude": [127.0700, 127.0710, 127.0000, 127.0500, np.nan],
        }
    )
    texts = pd.DataFrame({"text": "글", "complex": places["complex"], "positive": 1.0})
    return insight.Corpus.from_frames(texts, places)


def test_names_and_points_find_each_other() -> None:
    other = pd.DataFrame(
        {
            "아파트명": [
                "은솔마루(5단지)",
                "은솔마루3단지아파트",
                "가람뜰 아파트",
                "새이름타운",
                "홀로섬",
                "먼곳",
            ],
            "위도": ["37.6511", "37.6501", "37.5300", "37.55002", "", "35.1"],
            "경도": ["127.0711", "127.0701", "127.0300", "127.05002", "", "129.0"],
            "가격": [5, 3, 9, 7, 1, 2],
        }
    )
    table = joined(corpus(), other).set_index("complex")
    assert table["가격"].to_dict() == pytest.approx(
        {"made:0": 3, "made:1": 5, "made:2": np.nan, "made:3": 7, "made:4": 1}, nan_ok=True
    )
    assert table["match"].tolist() == [
        "name and place",
        "name and place",
        "none",  # of the same name, and four kilometres away
        "place",
        "name",
    ]
    assert table["distance"]["made:0"] < 20
    counts = {"complexes": 5, "matched": 4, "left_over": 2}
    assert table.attrs == counts | {"points": ["위도", "경도"]}


def test_a_table_without_a_name_or_points_is_refused() -> None:
    with pytest.raises(InputError, match="neither a name nor coordinates: 가격"):
        joined(corpus(), pd.DataFrame({"가격": [1]}))
    with pytest.raises(InputError, match="no column '이름'"):
        joined(corpus(), pd.DataFrame({"가격": [1]}), {"name": "이름"})
    with pytest.raises(InsightError, match="No row"):
        joined(corpus(), pd.DataFrame({"name": ["다른 곳"]}))
    named = joined(corpus(), pd.DataFrame({"곳": ["가람뜰"], "name_": [1]}), {"name": "곳"})
    assert named["match"].tolist().count("name") == 1


def test_metres_between_two_points() -> None:
    # One degree of latitude is 111.195 km on the mean sphere.
    assert float(haversine(*np.array([37.0, 127.0, 38.0, 127.0]))) == pytest.approx(
        111_195, rel=1e-4
    )
    assert float(haversine(*np.array([37.5, 127.0, 37.5, 127.0]))) == 0


def priced(regions: int, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    count = 400
    region = rng.integers(0, regions, count)
    level = rng.normal(0, 0.8, regions)[region]
    score = rng.beta(20, 15, count) + 0.1 * level
    year = rng.integers(1985, 2024, count).astype(float)
    price = np.exp(6 + level + 1.5 * score + 0.01 * (year - 2000) + rng.normal(0, 0.2, count))
    return pd.DataFrame(
        {"district": [f"{r}구" for r in region], "score": score, "year": year, "price": price}
    )


@pytest.mark.parametrize("regions", [4, 25])
def test_what_moves_the_price_is_that_of_statsmodels(regions: int) -> None:
    table = priced(regions)
    effects = hedonic(table, "price", ["score", "year"])
    assert list(effects) == list(HEDONIC_COLUMNS)
    row = effects.set_index("property")
    x = pd.concat(
        [table[["score", "year"]], pd.get_dummies(table["district"], dtype=float)], axis=1
    )
    model = sm.OLS(np.log(table["price"]), x)
    groups = pd.factorize(table["district"])[0]
    clustered = model.fit(cov_type="cluster", cov_kwds={"groups": groups})
    fitted = clustered if regions >= 10 else model.fit(cov_type="HC1")
    spread = table[["score", "year"]].std()
    for name, truth in (("score", 1.5), ("year", 0.01)):
        assert row["effect"][name] == pytest.approx(fitted.params[name] * spread[name])
        assert row["low"][name] < truth * spread[name] < row["high"][name]
        half = (row["high"][name] - row["low"][name]) / 2
        assert half == pytest.approx(1.96 * fitted.bse[name] * spread[name], rel=0.09)
    assert effects["significant"].all()
    assert effects.attrs["complexes"] == 400
    assert all(re.search("[가-힣]", korean_of(one)) for one in effects.attrs["assumptions"])
    assert "straight line" in effects.attrs["assumptions"][0]


def test_a_property_without_an_effect_is_none() -> None:
    table = priced(12).assign(noise=np.random.default_rng(9).normal(size=400))
    effects = hedonic(table, "price", ["score", "year", "noise"]).set_index("property")
    assert not effects.loc["noise", "significant"]
    assert effects["vif"].max() < 2


def test_what_the_regression_refuses() -> None:
    table = priced(4)
    with pytest.raises(InputError, match="no column 'age'"):
        hedonic(table, "price", ["age"])
    with pytest.raises(InputError, match="No property"):
        hedonic(table, "price", [])
    with pytest.raises(InsightError, match="12 complexes have all"):
        hedonic(table.head(12), "price", ["score"], region=None)
    flat = table.assign(same=table["district"].str[0].astype(int))
    with pytest.raises(InsightError, match="same doesn't differ"):
        hedonic(flat, "price", ["score", "same"])


def mapped(gathered: bool) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    x, y = np.meshgrid(np.arange(12), np.arange(12))
    corner = ((x < 5) & (y < 5)).ravel()
    share = 0.5 + 0.3 * corner + rng.normal(0, 0.05, 144)
    if not gathered:
        share = rng.permutation(share)
    return pd.DataFrame(
        {"latitude": 37.4 + y.ravel() / 100, "longitude": 126.9 + x.ravel() / 80, "share": share}
    )


def test_what_gathers_is_found_where_it_is() -> None:
    table = mapped(gathered=True)
    clustered = clusters(table)
    assert list(clustered)[3:] == list(CLUSTER_COLUMNS)
    assert clustered.attrs["moran"] > 0.5
    assert clustered.attrs["p_value"] < 0.01
    high = clustered[clustered["cluster"].eq("high among high")]
    assert len(high) >= 10
    assert high["latitude"].max() < 37.46
    assert high["longitude"].max() < 126.98
    assert clustered["neighbours_distance"].between(1_000, 5_000).all()
    # Moran's I by its definition, with weights that sum to 1 a row.
    z = table["share"].to_numpy() - table["share"].mean()
    d = haversine(
        *(table[n].to_numpy()[:, None] for n in ("latitude", "longitude")),
        *(table[n].to_numpy() for n in ("latitude", "longitude")),
    )
    np.fill_diagonal(d, np.inf)
    lag = z[np.argsort(d, axis=1)[:, :8]].mean(axis=1)
    assert clustered.attrs["moran"] == pytest.approx(z @ lag / (z @ z), rel=0.02)


def test_what_is_scattered_is_not() -> None:
    clustered = clusters(mapped(gathered=False))
    assert clustered.attrs["p_value"] > 0.05
    assert clustered["cluster"].ne("").sum() <= 2
    again = clusters(mapped(gathered=False))
    assert again.attrs["p_value"] == clustered.attrs["p_value"]


def test_what_can_not_be_told_of_a_map() -> None:
    table = mapped(gathered=True)
    with pytest.raises(InsightError, match="20 complexes have coordinates"):
        clusters(table.head(20))
    with pytest.raises(InsightError, match="equal"):
        clusters(table.assign(share=0.5))
    with pytest.raises(InputError, match="no column 'price'"):
        clusters(table, "price")
