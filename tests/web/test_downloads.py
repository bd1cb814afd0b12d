"""Every table of every page is a file too: CSV, Excel, and complexes as points for map programs."""

from __future__ import annotations

import html
import io
import json
import re
import sqlite3

import pandas as pd
import pytest
import shapely

from tests.factories.topical import COMPLEXES
from tests.web.conftest import Known

PAGES = (
    "/", "/?region=노원구&topic=주차", "/complex?id=made:3", "/compare?id=made:1&id=made:35",
    "/keywords?word=주차", "/search?q=주차", "/changes?since=2024", "/data",
)  # fmt: skip


def links(known: Known, address: str) -> list[str]:
    addresses = re.findall(r'href="([^"]*format=[^"]*)"', known.http.get(address).text)
    return [html.unescape(one) for one in addresses]


@pytest.mark.parametrize("address", [*PAGES, "/label"])
def test_every_download_of_a_page_has_rows_alike_in_both_formats(
    known: Known, labelled: Known, address: str
) -> None:
    if address == "/label":
        known = labelled
    addresses = links(known, address)
    assert addresses
    tables = [one for one in addresses if "format=csv" in one]
    assert len(tables) == len([one for one in addresses if "format=xlsx" in one]) > 0
    assert len(set(tables)) == len(tables), "each table has its own address"
    for link in tables:
        text = known.http.get(link)
        assert text.headers["content-type"].startswith("text/csv")
        table = pd.read_csv(io.BytesIO(text.content))
        book = known.http.get(link.replace("format=csv", "format=xlsx"))
        sheet = pd.read_excel(io.BytesIO(book.content), engine="calamine")
        assert len(table) == len(sheet) > 0, link
        assert list(table.columns) == list(sheet.columns)


def test_compare_has_the_numbers_that_pandas_counts(known: Known) -> None:
    address = "/compare?id=made:1&id=made:35&format=csv"
    table = pd.read_csv(io.BytesIO(known.http.get(f"{address}&table=profile").content))
    rows = known.rows[known.rows["complex"].isin(["made:1", "made:35"])]
    counted = rows.groupby(["complex", "category"])["positive"].agg(["size", "mean"])
    assert len(table) == len(counted)
    for row in table.to_dict("records"):
        size, mean = counted.loc[(row["complex"], row["category"])]
        assert (row["texts"], row["share"]) == (size, pytest.approx(mean))
    tests = pd.read_csv(io.BytesIO(known.http.get(f"{address}&table=differences").content))
    whole = tests[tests["category"].eq("all")].iloc[0]
    means = rows.groupby("complex")["positive"].mean()
    assert whole["difference"] == pytest.approx(means["made:1"] - means["made:35"])


def test_the_regression_and_the_joined_table_survive_a_reload(known: Known) -> None:
    from tests.web.test_prices_page import table

    prices = table()
    answer = known.http.post(
        "/prices",
        data={"csrf": known.csrf("/prices"), "target": "거래금액"},
        files={"file": ("가격.csv", prices.to_csv(index=False).encode())},
    )
    assert answer.status_code == 303
    address = answer.headers["location"].partition("#")[0]
    pages = [known.http.get(address).text for _ in range(2)]
    assert all('<tr class="sure"><td>세대수</td>' in page for page in pages)
    addresses = [one for one in links(known, address) if "format=csv" in one]
    files = {
        re.search(r"table=(\w+)", one)[1]: pd.read_csv(  # type: ignore[index]
            io.BytesIO(known.http.get(one).content)
        )
        for one in addresses
    }
    assert files["effects"].set_index("property").loc["households", "significant"]
    joined = files["joined"].dropna(subset="거래금액")
    assert sorted(joined["거래금액"]) == sorted(prices["거래금액"].head(COMPLEXES))
    assert "보관하니" in known.http.get("/prices?result=none").text


def test_the_list_is_points_too_as_it_is_seen(known: Known) -> None:
    addresses = [
        one for one in links(known, "/?region=노원구&topic=주차") if "geo" in one or "gpkg" in one
    ]
    assert len(addresses) == 2
    shown = pd.read_csv(
        io.BytesIO(known.http.get("/?region=노원구&topic=주차&format=csv").content)
    ).set_index("complex")
    points = json.loads(known.http.get(addresses[0]).content)["features"]
    package = known.http.get(addresses[1])
    assert package.headers["content-type"] == "application/geopackage+sqlite3"
    db = sqlite3.connect(":memory:")
    db.deserialize(package.content)
    rows = db.execute("SELECT geom, complex, score, texts, code FROM complexes").fetchall()
    assert len(rows) == len(points) == len(shown) == COMPLEXES / 3
    for (blob, key, score, texts, code), point in zip(rows, points, strict=True):
        row = shown.loc[key]
        assert shapely.from_wkb(blob[8:]).coords[0] == pytest.approx(
            (row["longitude"], row["latitude"])
        )
        assert (texts, score) == (row["texts"], pytest.approx(row["score"], abs=1e-6))
        assert code == point["properties"]["code"]
        assert len(code) == 8


def test_the_api_has_the_geopackage(known: Known) -> None:
    answer = known.http.get("/api/v1/complexes.gpkg?region=노원구")
    assert answer.content.startswith(b"SQLite format 3\0")
    again = known.http.get(
        "/api/v1/complexes.gpkg?region=노원구", headers={"If-None-Match": answer.headers["etag"]}
    )
    assert again.status_code == 304
