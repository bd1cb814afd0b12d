"""Persons are taken out of every answer by an allow-list, whatever key they stand under."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories.crawl import crawl_settings, fake_world, settings
from tests.fake_zigbang import World, serve
from zigbang_nlp.config.site import known_site
from zigbang_nlp.crawl import run_crawl
from zigbang_nlp.crawl.privacy import KINDS, Scrubber
from zigbang_nlp.crawl.reading import LEFT_OUT
from zigbang_nlp.store import open_store

NAME, MAIL, PHONE = "김달래", "dalrae@example.org", "010-1234-9876"
SITE = known_site("zigbang")


def scrubbed(kind: str, answer: Any, covariates: bool = False) -> Any:
    scrubber = Scrubber(SITE, lambda _: "해시", covariates)
    return json.loads(scrubber.body(kind, json.dumps(answer).encode()))


def review(**more: Any) -> dict[str, Any]:
    return {"data": [{"desc": "역이 가까워요", "score": 4, "careDesc": "깨끗해요", **more}]}


@pytest.mark.parametrize(
    "more",
    [
        {"닉네임": NAME},
        {"memberName": NAME},
        {"writer": {"profile": {"fullName": NAME, "friends": [{"n": NAME}]}}},
        {"memo1": PHONE, "x": [MAIL, {"t": PHONE}]},
        {"meta": json.dumps({"memberName": NAME, "tel": PHONE})},
        {"votes": {NAME: 1, MAIL: 2}},
        {"name": NAME, "address": NAME},
        {"user": {"id": 20991234, "name": NAME}},
        {"user": {"desc": NAME, NAME: 1}, "writer_info": {"content": NAME, "score": 5}},
        {"작성자": {"본문": NAME}, "reviewer": {"introText": NAME}},
        {"tel": 1012349876},
        {"residentName": NAME, "resident_phone_text": PHONE, "userText": NAME},
    ],
)
def test_a_person_in_a_review(more: dict[str, Any]) -> None:
    kept = scrubbed("reviews", review(**more))
    text = json.dumps(kept, ensure_ascii=False)
    for secret in (NAME, MAIL, PHONE, "1012349876", "20991234"):
        assert secret not in text
    assert kept["data"][0]["desc"] == "역이 가까워요"
    assert kept["data"][0]["score"] == 4


def test_a_category_that_became_an_object_is_no_person() -> None:
    kept = scrubbed("reviews", review(resident={"desc": "이웃이 조용해요", "score": 5}))
    assert kept["data"][0]["resident"] == {"desc": "이웃이 조용해요", "score": 5}


def test_a_person_beside_the_list_and_on_an_apartments_page() -> None:
    answer = review() | {"summary": {"reviewCount": 1, "last": [NAME]}, "viewer": {"이름": NAME}}
    assert NAME not in json.dumps(scrubbed("reviews", answer), ensure_ascii=False)
    assert scrubbed("reviews", answer)["summary"]["reviewCount"] == 1
    page = {"id": 7, "name": "별빛마을", "households": 900, "관리소장": NAME, "x": {"name": NAME}}
    page["resident_review"] = [{"content": "좋아요", "name": NAME, "score": 5}]
    kept = scrubbed("danji", page)
    assert NAME not in json.dumps(kept, ensure_ascii=False)
    assert (kept["name"], kept["households"]) == ("별빛마을", 900)
    listed = {
        "filtered": [{"id": 7, "name": "별빛마을", "lat": 37.5, "lng": 127, "m": {"name": NAME}}]
    }
    kept = scrubbed("cell", listed)
    assert NAME not in json.dumps(kept, ensure_ascii=False)
    assert kept["filtered"][0]["name"] == "별빛마을"


def test_covariates_are_kept_only_when_asked_for() -> None:
    about = {"age": "30대", "sex": "여자", "married": "기혼", "residenceType": "자가 거주"}
    assert not about.keys() & scrubbed("reviews", review(**about))["data"][0].keys()
    kept = scrubbed("reviews", review(**about), covariates=True)["data"][0]
    assert about.items() <= kept.items()
    assert (
        scrubbed("reviews", review(연령대="30대"), covariates=True)["data"][0]["연령대"] == LEFT_OUT
    )


def test_renamed_texts_and_lists_can_still_be_read_later() -> None:
    answer = {
        "entries": [
            {
                "desc_x": "역이 가까워요",
                "careScoreV2": 4,
                "내용": "깨끗해요",
                "careWords": "조용",
                "memo": NAME,
            }
        ]
    }
    kept = scrubbed("reviews", answer)["entries"][0]
    assert kept == {
        "desc_x": "역이 가까워요",
        "careScoreV2": 4,
        "내용": "깨끗해요",
        "careWords": "조용",
    }


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "body",
    [
        json.dumps({"data": [{"memberName": NAME, "tel": PHONE, "age": "30대", "m": MAIL}]})[:-4],
        json.dumps({"data": [{"memberName": NAME, "tel": PHONE}]}, ensure_ascii=False)[:-4],
        f'{{"data": ["{NAME}", {{"user": "{NAME}',
        f"<html><body>{NAME} {PHONE} {MAIL}</body></html>",
        f"<title>문의 {PHONE}</title>",
        f"{NAME} {PHONE}",
        "[" * 100_000 + f'"{NAME}"',
    ],
)
def test_broken_answers_are_scrubbed_too(kind: str, body: str) -> None:
    kept = Scrubber(SITE, lambda _: "해시").body(kind, body.encode()).decode()
    for secret in (NAME, json.dumps(NAME)[1:-1], PHONE, MAIL, "30대", json.dumps("30대")[1:-1]):
        assert secret not in kept


trees = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(st.sampled_from(KINDS), trees)
def test_scrubbing_twice_changes_nothing(kind: str, tree: Any) -> None:
    scrubber = Scrubber(SITE, lambda name: name)
    once = scrubber.tree(kind, tree)
    assert scrubber.tree(kind, once) == once


def test_covariates_become_columns(tmp_path: Path) -> None:
    world = fake_world(cells=8, apartments=6)
    about = {"age": "30대", "sex": "여자", "married": "기혼", "residenceType": "자가 거주"}
    for answer in world.reviews.values():
        answer["data"] = [one | about for one in answer["data"]]
    with serve(World(world.cells, world.danjis, world.reviews)) as server:
        for covariates, age in ((False, None), (True, "30대")):
            with open_store(f"sqlite:///{tmp_path}/{covariates}.db") as store:
                crawl = crawl_settings(server.url, covariates=covariates)
                run_crawl(settings(tmp_path, crawl), store)
                rows = list(store.reviews())
                assert {row.age for row in rows} == {age}
                if covariates:
                    assert {(r.sex, r.married, r.residence) for r in rows} == {
                        ("여자", "기혼", "자가 거주")
                    }
            stored = b"".join(p.read_bytes() for p in tmp_path.glob(f"{covariates}.db*"))
            assert ("30대".encode() in stored) is covariates
