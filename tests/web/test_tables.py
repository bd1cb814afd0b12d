"""The API's tables are the reviews' own numbers, as JSON, as CSV, and as points on a map."""

from __future__ import annotations

import io
import re

import pandas as pd
import pytest
from pydantic import BaseModel

from tests.factories.topical import COMPLEXES
from tests.web.conftest import Known
from zigbang_nlp.web.api import schemas

JSON, CSV = {"Accept": "application/json"}, {"Accept": "text/csv"}


@pytest.mark.parametrize(
    "address",
    [
        "/complexes?sort=most",
        "/complexes/made:3/reviews",
        "/keywords",
        "/trends?period=year",
        "/trends?word=주차&period=year",
        "/compare?one=made:1&other=made:2",
        "/before-after",
        "/search?topic=주차",
    ],
)
def test_accept_chooses_json_or_csv_with_the_same_rows(known: Known, address: str) -> None:
    reply = known.http.get(f"/api/v1{address}", headers=JSON)
    items = reply.json()["items"]
    answer = known.http.get(f"/api/v1{address}", headers=CSV)
    assert answer.headers["content-type"].startswith("text/csv")
    table = pd.read_csv(io.BytesIO(answer.content), dtype=str)
    assert set(table.columns) == set(items[0])
    assert len(table) >= len(items)
    assert len(table) == reply.json().get("total", len(table))
    column = next(name for name in ("text", "name", "word", "label", "category") if name in table)
    assert table[column].head(len(items)).tolist() == [one[column] for one in items]
    assert answer.headers["etag"] != reply.headers["etag"]
    held = known.http.get(
        f"/api/v1{address}", headers=CSV | {"If-None-Match": answer.headers["etag"]}
    )
    assert held.status_code == 304


@pytest.mark.parametrize(
    ("address", "model"),
    [
        ("/complexes?size=200", schemas.ComplexList),
        ("/complexes/made:3", schemas.ComplexDetail),
        ("/complexes/made:3/reviews", schemas.ReviewList),
        ("/complexes.geojson", schemas.FeatureCollection),
        ("/keywords", schemas.Keywords),
        ("/trends?period=month", schemas.Trends),
        ("/trends?word=주차", schemas.Trends),
        ("/compare?one=made:1&other=made:2", schemas.Comparison),
        ("/before-after", schemas.BeforeAfter),
        ("/search?q=주차", schemas.SearchResult),
        ("/mentions?word=주차", schemas.WordSaid),
        ("/suggest?q=은솔", schemas.Suggestions),
    ],
)
def test_answers_hold_what_the_document_says_and_nothing_else(
    known: Known, address: str, model: type[BaseModel]
) -> None:
    answer = known.http.get(f"/api/v1{address}", headers=JSON)
    body = model.model_validate_json(answer.content, strict=False)
    items = getattr(body, "items", None) or getattr(body, "features", None) or [body]
    assert items
    document = known.http.get("/api/v1/openapi.json").json()
    path = "/api/v1" + address.partition("?")[0].replace("made:3", "{key}")
    shape = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]
    assert shape["schema"]["$ref"].endswith(f"/{model.__name__}")


def test_no_row_of_the_document_is_just_any_object(known: Known) -> None:
    schemas_ = known.http.get("/api/v1/openapi.json").json()["components"]["schemas"]
    for name, schema in schemas_.items():
        items = schema.get("properties", {}).get("items", {})
        for one in [items, *items.get("anyOf", [])]:
            assert one.get("items", {"$ref": ""}).keys() == {"$ref"}, name


@pytest.mark.parametrize("query", ["", "?region=노원구", "?sort=complaints&topic=주차"])
def test_dots_have_the_colour_of_the_score_by_which_the_list_is_sorted(
    known: Known, query: str
) -> None:
    """Grey is what isn't told apart from all; a region leaves the score of a complex alone."""
    page = known.http.get(f"/{query}").text
    chart = page.split('class="chart map"', 1)[1]
    dots = dict(re.findall(r'<a href="/complex\?id=([^"]+)".*?class="place s(\d)"', chart, re.S))
    address = f"/{query}{'&' if query else '?'}format=csv"
    table = pd.read_csv(io.BytesIO(known.http.get(address).content)).set_index("complex")
    assert set(dots) == set(table.index)
    worse = -1 if "complaints" in query else 1
    for key, row in table.iterrows():
        step = int(dots[str(key)])
        assert (step > 3) - (step < 3) in (0, worse * row["side"]), key
        assert step == 3 or row["side"], key
    whole = pd.read_csv(io.BytesIO(known.http.get("/?format=csv").content)).set_index("complex")
    if query == "?region=노원구":
        assert table["score"].to_dict() == pytest.approx(whole.loc[table.index, "score"].to_dict())


def test_search_counts_as_pandas_does(known: Known) -> None:
    body = known.http.get("/api/v1/search?topic=교통&since=2022&until=2023", headers=JSON).json()
    rows = known.rows
    meant = rows[rows["topic"].eq("교통") & rows["written_at"].dt.year.between(2022, 2023)]
    assert body["total"] == len(meant)
    assert body["positive"] == meant["positive"].sum()
    assert body["share"] == pytest.approx(meant["positive"].mean())
    assert body["low"] < body["share"] < body["high"]


def test_before_after_finds_what_was_planted(known: Known) -> None:
    address = "/api/v1/before-after?since=2024&base_until=2023"
    body = known.http.get(address, headers=JSON).json()
    rows = known.rows
    parking = rows[rows["topic"].eq("주차")]
    later = parking["written_at"].dt.year.ge(2024)
    row = next(
        one for one in body["items"] if one["name"] == "주차" and one["measure"] == "positive"
    )
    assert row["before"] == pytest.approx(parking.loc[~later, "positive"].mean())
    assert row["after"] == pytest.approx(parking.loc[later, "positive"].mean())
    assert (row["before_count"], row["after_count"]) == ((~later).sum(), later.sum())
    assert row["significant"]
    others = [one for one in body["items"] if one["name"] == "교통" and one["significant"]]
    assert not others


def test_mentions_and_opinions_are_two_figures(known: Known) -> None:
    body = known.http.get("/api/v1/mentions?word=주차", headers=JSON).json()
    rows = known.rows
    review = rows["complex"] + rows["review_id"]
    assert body["mentions"] == review[rows["text"].str.contains("주차")].nunique()
    assert body["opinions"] == rows["topic"].eq("주차").sum()
    assert body["positive"] == rows.loc[rows["topic"].eq("주차"), "positive"].sum()
    assert {"주차", "지하주차장"} <= {one["form"] for one in body["forms"]}


def test_complexes_as_points_with_scores_and_codes(known: Known) -> None:
    collection = known.http.get("/api/v1/complexes.geojson", headers=JSON).json()
    listed = known.http.get("/api/v1/complexes?size=200", headers=JSON).json()["items"]
    assert collection["type"] == "FeatureCollection"
    assert len(collection["features"]) == COMPLEXES == len(listed)
    by_key = {one["complex"]: one for one in listed}
    for feature in collection["features"]:
        properties, (x, y) = feature["properties"], feature["geometry"]["coordinates"]
        row = by_key[properties["complex"]]
        assert (x, y) == pytest.approx((row["longitude"], row["latitude"]))
        assert properties["score"] == pytest.approx(row["score"])
        assert properties["code"][:2] in ("11", "41", "28")
