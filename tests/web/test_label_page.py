"""라벨링: each person has a queue of their own, agreement is shown, shares are corrected by the sample."""

from __future__ import annotations

import io
import re

import numpy as np
import pandas as pd
import pytest

from tests.web.conftest import Known
from zigbang_nlp.store import open_store

_FIELDS = r'name="(complex|review_id|category)" value="([^"]*)"'


def texts_of(page: str) -> list[str]:
    return re.findall(r'<p class="text" dir="auto">([^<]*)</p>', page)


def test_everybody_has_the_same_sample_and_sees_only_what_is_left(labelled: Known) -> None:
    first = texts_of(labelled.http.get("/label?person=다솜&queue=random").text)
    other = texts_of(labelled.http.get("/label?person=라온&queue=random").text)
    assert first == other
    assert len(first) == 10
    page = labelled.http.get("/label?person=가온&queue=random").text
    assert "가온 님이 답한 글 300건" in page
    assert not set(first) & set(texts_of(page))
    assert "verdict" not in page.split('id="next"')[1].split("</section>")[0]  # nobody is swayed


def test_a_label_is_kept_and_the_text_leaves_the_queue(labelled: Known) -> None:
    address = "/label?person=마루&queue=random"
    page = labelled.http.get(address).text
    before = texts_of(page)
    fields = dict(re.findall(_FIELDS, page.split('<form class="mend"')[1]))
    fields |= {"csrf": labelled.csrf(address), "person": "마루", "queue": "random"}
    answer = labelled.http.post(
        "/label",
        data=fields | {"label": "negative", "back": address},
        follow_redirects=False,
    )
    assert answer.status_code == 303
    assert texts_of(labelled.http.get(address).text)[:9] == before[1:10]
    table = pd.read_csv(io.BytesIO(labelled.http.get("/label?format=csv").content), dtype=str)
    assert table.loc[table["person"].eq("마루"), "label"].tolist() == ["negative"]
    for wrong in ({"person": " "}, {"label": "none"}, {"review_id": "none"}):
        refused = labelled.http.post("/label", data=fields | {"label": "negative"} | wrong)
        assert refused.status_code == 422


def test_kappa_of_two_people_is_shown(labelled: Known) -> None:
    page = labelled.http.get("/label").text
    row = re.search(r"가온 · 나래</td>(.*?)</tr>", page)
    assert row
    figures = re.findall(r">([\d.]+)%?", row[1])
    assert figures[:2] == ["100", "90"]
    with open_store(labelled.url) as store:
        labels = pd.DataFrame(
            [(one.key, one.person, one.label) for one in store.annotations.all()],
            columns=["text", "person", "label"],
        )
    wide = labels.pivot(index="text", columns="person", values="label")[["가온", "나래"]].dropna()
    seen = wide["가온"].eq(wide["나래"]).mean()
    chance = sum(wide["가온"].eq(v).mean() * wide["나래"].eq(v).mean() for v in set(wide["가온"]))
    assert f"{(seen - chance) / (1 - chance):.2f}" == figures[2]


def test_the_corrected_share_is_nearer_the_truth_than_the_naive_one(labelled: Known) -> None:
    page = labelled.http.get("/label").text.split("바로잡은 긍정 비율")[1]
    shares = [float(value) / 100 for value in re.findall(r'class="num">([\d.]+)%', page)]
    naive, corrected = shares[:2]
    truth = labelled.rows["truth"].mean()
    assert naive == pytest.approx(labelled.rows["positive"].mean(), abs=0.0006)
    assert naive - truth > 0.05
    assert abs(corrected - truth) < 0.03
    assert "30건보다 적은 곳" in labelled.http.get("/label?by=district").text


@pytest.mark.parametrize("kind", ["doubtful", "mislabelled", "duplicate", "advertising"])
def test_other_queues_are_shown_too(labelled: Known, kind: str) -> None:
    for _ in range(50):
        page = labelled.http.get(f"/label?person=가온&queue={kind}").text
        if "비교하고 있습니다" not in page:
            break
    assert 'id="next"' in page
    assert "비교하고 있습니다" not in page


def test_trend_and_change_stand_naive_and_corrected_side_by_side(labelled: Known) -> None:
    rows = labelled.rows
    address = "/changes?since=2024&base_until=2023"
    page = labelled.http.get(address).text
    later = rows["written_at"].dt.year.ge(2024)
    naive, true = (
        100 * (rows.loc[later, name].mean() - rows.loc[~later, name].mean())
        for name in ("positive", "truth")
    )
    part = page.split('id="corrected-head"')[1].split("</section>")[0]
    shown, value, low, high = map(float, re.findall(r"[+-]\d+\.\d", part)[:4])
    assert shown == pytest.approx(naive, abs=0.06)
    assert low < value < high
    assert low < true < high
    table = pd.read_csv(io.BytesIO(labelled.http.get("/label?format=csv&table=trend").content))
    years = (rows["written_at"] - rows["written_at"].min()).dt.days / 365.25
    assert table["naive"][0] == pytest.approx(np.polyfit(years, rows["positive"], 1)[0])
    page = labelled.http.get("/label").text
    assert f"{100 * table['naive'][0]:+.1f}%p" in page
    assert f"{100 * table['effect'][0]:+.1f}%p" in page


def test_pages_without_labels_say_how_to_get_them(known: Known) -> None:
    assert "무작위 표본에 답하면" in known.http.get("/changes?since=2024").text
