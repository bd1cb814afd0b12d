"""가격: a table that is sent is joined and held against satisfaction; a planted effect is found."""

from __future__ import annotations

import re
import time

import numpy as np
import pandas as pd

from tests.factories.corpus import World
from tests.factories.topical import COMPLEXES, DISTRICTS
from tests.web.conftest import Known
from zigbang_nlp.insight import Corpus
from zigbang_nlp.insight.record_linkage import joined
from zigbang_nlp.web.corpus_cache import Snapshot
from zigbang_nlp.web.pages.prices import _regressed


def send(known: Known, table: pd.DataFrame, target: str) -> str:
    answer = known.http.post(
        "/prices",
        data={"csrf": known.csrf("/prices"), "target": target},
        files={"file": ("가격.csv", table.to_csv(index=False).encode("cp949"))},
        follow_redirects=True,
    )
    assert answer.status_code == 200, answer.text[:500]
    return answer.text


def table() -> pd.DataFrame:
    """Prices that rise with households, and differ by district; two rows are of no complex here."""
    rng = np.random.default_rng(0)
    number = np.arange(COMPLEXES)
    households = 100 + 10 * number
    level = np.array([1.0, 1.5, 2.0])[number % len(DISTRICTS)]
    price = 50_000 * level * np.exp(0.004 * households + rng.normal(0, 0.02, COMPLEXES))
    names = [f"은솔마루{n}단지 아파트" for n in number]
    return pd.DataFrame(
        {"단지명": [*names, "없는마을", "다른마을"], "거래금액": [*price.round(), 1.0, 2.0]}
    )


def test_a_planted_effect_is_found_within_regions(known: Known) -> None:
    page = send(known, table(), "거래금액")
    assert f"단지 {COMPLEXES}곳 가운데 {COMPLEXES}곳의 짝을 찾았습니다" in page
    assert "짝이 없는 행 2개" in page
    (row,) = re.findall(r'<tr class="sure"><td>세대수</td>(.*?)</tr>', page)
    effect, low, high = map(float, re.findall(r"[+-][\d.]+", row)[:3])
    households = pd.Series(100 + 10.0 * np.arange(COMPLEXES))
    assert low < 0.004 * households.std() < high
    assert low < effect < high
    assert '<tr class="sure"><td>보정한 만족도' not in page
    assert "원인이라는 뜻은 아닙니다" in page


def test_too_few_complexes_leave_nothing_to_compare_prices_with() -> None:
    corpus = Corpus.from_frames(World(reviews=400, complexes=4).texts())
    prices = pd.DataFrame({"name": corpus.complexes["name"], "price": [1.0, 2.0, 3.0, 4.0]})
    answer = _regressed(Snapshot("", corpus), joined(corpus, prices), ["price"], "price")
    assert answer.effects is None
    assert answer.trouble is not None
    assert answer.trouble.sentence("ko") == (
        "가격과 비교할 특성이 없습니다. 만족도나 세대수가 있는 단지가 30곳 이상 필요합니다."
    )
    assert answer.trouble.sentence("en").startswith(
        "There is nothing to compare prices with. At least"
    )


def test_columns_are_buttons_that_ask_again_without_the_file(known: Known) -> None:
    page = send(known, table(), "")
    assert "가격이 든 열을 고르세요" in page
    assert 'value="거래금액" aria-pressed="false"' in page
    assert "95% 신뢰구간" not in page
    (result,) = re.findall(r'name="result" value="([^"]+)"', page)
    form = {"csrf": known.csrf("/prices"), "result": result, "target": "거래금액"}
    for _ in range(2):
        chosen = known.http.post("/prices", data=form, follow_redirects=True).text
        assert 'value="거래금액" aria-pressed="true"' in chosen
        assert '<tr class="sure"><td>세대수</td>' in chosen
        (form["result"],) = re.findall(r'name="result" value="([^"]+)"', chosen)
    gone = known.http.post("/prices", data=form | {"result": "none"}, follow_redirects=True).text
    assert "표를 다시 올려 주세요" in gone


def test_a_table_of_something_else_is_refused(known: Known) -> None:
    for body in (b"a,b\n1,2\n", b"\x89PNG\r\n\x1a\n" + bytes(200)):
        answer = known.http.post(
            "/prices",
            data={"csrf": known.csrf("/prices")},
            files={"file": ("x.csv", body)},
            headers={"Accept": "application/json"},
        )
        assert answer.status_code == 422


def test_where_values_gather_is_said_with_its_assumptions(known: Known) -> None:
    for _ in range(600):
        page = known.http.get("/prices").text
        if "비교하고 있습니다" not in page:
            break
        time.sleep(0.1)
    assert re.search(r"모란 I \(우연이라면 -?[\d.]+\)", page)
    assert "가장 가까운 단지들이며" in page
    got = known.http.get("/prices?format=csv")
    assert "local" in got.text.splitlines()[0]
