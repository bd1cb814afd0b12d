"""A judged file as a table: filtered, sorted, mended by a click; what is too large is refused."""

from __future__ import annotations

import io
import re
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest

from tests.web.browser import DESK, PHONE, browser
from tests.web.conftest import Known, serve
from zigbang_nlp.predict.classifier import Classifier
from zigbang_nlp.store import open_store
from zigbang_nlp.web import uploads
from zigbang_nlp.web.problems import Problem

TEXTS = [f"역 가까워요 공원 좋아요 {n}동" for n in range(30)]
TEXTS += [f"주차 불편해요 이웃 시끄러워요 {n}동" for n in range(25)]
TEXTS += ["", "=1+1 좋아요"]


@pytest.fixture(scope="module")
def judging(bundle_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Known]:
    place = tmp_path_factory.mktemp("judging")
    url = f"sqlite:///{place / 'a.db'}"
    with open_store(url):
        pass
    yield from serve(url, place, pd.DataFrame(), bundle_dir)


def send(
    judging: Known, body: bytes, name: str = "내 글.csv", column: str = "", **options: str
) -> tuple[int, dict[str, Any]]:
    answer = judging.http.post(
        "/classify/file",
        data={"csrf": judging.csrf("/classify"), "column": column, **options},
        files={"file": (name, body)},
        headers={"Accept": "application/json"},
    )
    return answer.status_code, answer.json()


@pytest.fixture(scope="module")
def address(judging: Known) -> str:
    body = pd.DataFrame({"번호": range(len(TEXTS)), "리뷰": TEXTS}).to_csv(index=False)
    status, job = send(judging, body.encode())
    assert status == 202, job
    for _ in range(300):
        state = judging.http.get(job["address"], headers={"Accept": "application/json"}).json()
        if state["state"] in ("done", "failed"):
            break
        time.sleep(0.1)
    assert state["state"] == "done", state
    return str(job["address"])


def rows(judging: Known, address: str) -> pd.DataFrame:
    answer = judging.http.get(f"{address}{'&' if '?' in address else '?'}format=csv")
    assert answer.headers["content-type"].startswith("text/csv")
    return pd.read_csv(io.BytesIO(answer.content))


def test_the_address_shows_the_rows_again_and_again(judging: Known, address: str) -> None:
    table = rows(judging, address)
    assert len(table) == len(TEXTS)
    assert table["row"].tolist() == list(range(1, len(TEXTS) + 1))
    for _ in range(2):
        page = judging.http.get(address).text
        assert f"행 {len(TEXTS)}개" in page
        assert page.count('action="' + address + '/correct"') == 20
    positive, judged = int(table["label"].eq("positive").sum()), int(table["label"].notna().sum())
    # The blank row is no praise and no complaint: the share is of what was judged.
    assert judged == len(TEXTS) - 1
    assert f"긍정 {positive}건 / 판정한 글 {judged}건" in page
    assert "판정하지 않은 행 1개" in page


def test_rows_are_filtered_sorted_and_paged(judging: Known, address: str) -> None:
    every = rows(judging, address)
    for label in ("positive", "negative"):
        assert rows(judging, f"{address}?label={label}")["row"].tolist() == (
            every.loc[every["label"].eq(label), "row"].tolist()
        )
    assert rows(judging, f"{address}?label=none")["row"].tolist() == [56]
    assert rows(judging, f"{address}?q=주차")["text"].str.contains("주차").all()
    doubtful = rows(judging, f"{address}?sort=doubtful")["probability"].sub(0.5).abs()
    assert doubtful.is_monotonic_increasing
    last = judging.http.get(f"{address}?page=3").text
    # Nobody can say what a blank row is, and what the model says of it means nothing.
    assert last.count("/correct") == len(TEXTS) - 40 - 1
    blank = judging.http.get(f"{address}?label=none").text.split("<tbody>")[-1]
    assert "판정 안 함" in blank
    assert "/correct" not in blank
    assert "%" not in blank.split("</tbody>")[0]
    assert "3 / 3" in last


def test_numbers_of_a_file_are_those_of_its_rows_and_of_the_model(
    judging: Known, address: str, bundle_dir: Path
) -> None:
    answer = pd.read_csv(io.BytesIO(judging.http.get(f"{address}/answer.csv").content))
    network = Classifier.load(bundle_dir)
    np.testing.assert_allclose(answer["probability"], network.probabilities(TEXTS), atol=1e-5)
    state = judging.http.get(address, headers={"Accept": "application/json"}).json()
    labels = answer["label"].value_counts()
    assert (state["positive"], state["negative"]) == (labels["positive"], labels["negative"])
    threshold = network.bundle.threshold
    judged = answer[answer["label"].notna()]
    assert state["positive"] == (judged["probability"] >= threshold).sum()
    assert state["unsure"] == (judged["unsure"]).sum()
    shown = pd.Series(rows(judging, address)["probability"])
    pd.testing.assert_series_equal(shown, answer["probability"], atol=1e-5)
    for label, column in (("positive", "label"), ("negative", "label"), ("unsure", "unsure")):
        count = (judged[column].astype(str) == ("True" if label == "unsure" else label)).sum()
        page = judging.http.get(f"{address}?label={label}").text
        assert f"행 {count}개" in page, label


def test_a_click_mends_a_row_and_the_download_knows(judging: Known, address: str) -> None:
    page = judging.http.get(address).text
    csrf = re.search(r'name="csrf" value="([^"]+)"', page)
    assert csrf
    label = rows(judging, address)["label"][0]
    other = "negative" if label == "positive" else "positive"
    for row, answered, word in (
        (1, other, "고침"),
        (2, rows(judging, address)["label"][1], "확인함"),
    ):
        answer = judging.http.post(
            f"{address}/correct",
            data={"csrf": csrf[1], "row": row, "label": answered},
            headers={"Accept": "application/json"},
        )
        assert answer.json()["sentence"] == word
    table = rows(judging, address)
    assert table["corrected"][0] == other
    assert table["corrected"].notna().sum() == 2
    with open_store(judging.url) as store:
        assert store.corrections.tally() == (1, 1)
        assert {one.text for one in store.corrections.all()} == set(TEXTS[:2])
    for wrong in (
        {"row": 56, "label": other},
        {"row": 99, "label": other},
        {"row": 1, "label": "x"},
    ):
        data = {"csrf": csrf[1], **wrong}
        assert judging.http.post(f"{address}/correct", data=data).status_code == 422


def test_columns_are_offered_where_it_isnt_clear(judging: Known) -> None:
    status, problem = send(judging, "가,나\n좋아요,싫어요\n".encode())
    assert status == 422
    assert problem["errors"] == [{"column": "가"}, {"column": "나"}]
    assert send(judging, "가,나\n좋아요,싫어요\n".encode(), column="나")[0] == 202
    for body in ("가;리뷰\n1;좋아요\n", "가\t리뷰\n1\t좋아요\n"):
        assert send(judging, body.encode())[0] == 202


def test_a_bomb_and_binary_are_refused_before_they_are_read(judging: Known) -> None:
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bomb,
        bomb.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet,
    ):
        for _ in range(410):
            sheet.write(b"0" * 1_000_000)
    assert len(packed.getvalue()) < 2_000_000
    began = time.monotonic()
    status, problem = send(judging, packed.getvalue(), "폭탄.xlsx")
    assert status == 422
    assert problem["type"].endswith(":unpacks-too-large")
    assert time.monotonic() - began < 10
    assert send(judging, bytes(range(256)) * 40, "그림.csv")[0] == 422


def test_rows_have_a_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.csv"
    file.write_text("text\n" + "좋아요\n" * 50, encoding="utf-8")
    assert uploads.look(file, "") == ("text", 50)
    monkeypatch.setattr(uploads, "_MOST_ROWS", 49)
    with pytest.raises(Problem, match="too-many-rows"):
        uploads.look(file, "")


def finished(judging: Known, address: str) -> dict[str, Any]:
    """The state of a file once it is judged."""
    for _ in range(600):
        state: dict[str, Any] = judging.http.get(
            address, headers={"Accept": "application/json"}
        ).json()
        if state["state"] in ("done", "failed"):
            return state
        time.sleep(0.1)
    raise AssertionError(state)


def test_the_page_shows_how_the_file_was_read(judging: Known) -> None:
    body = "번호;리뷰내용;별점\r\n1;=역이 가까워요;5\r\n2;;\r\n3;주차가 좁아요;2\r\n".encode(
        "cp949"
    )
    status, job = send(judging, body)
    assert status == 202, job
    state = finished(judging, job["address"])
    assert state["seen"] == [
        ["형식", "csv"],
        ["인코딩", "CP949 (EUC-KR)"],
        ["구분 문자", "세미콜론"],
        ["머리글 행", "1"],
        ["리뷰", "2건 (빈 행 1개, 되풀이된 글 0개)"],
        ["한글 비율", "100%"],
        ["리뷰 열", "리뷰내용 (이름 기준)"],
        ["평점 열", "별점 (이름 기준)"],
        ["평점 범위", "2 ~ 5"],
    ]
    assert state["notes"] == ["CP949 (EUC-KR)로 읽었습니다.", "구분 문자는 세미콜론입니다."]
    page = judging.http.get(job["address"]).text
    for line in ("파일을 읽은 방법", "리뷰내용 (이름 기준)", *state["notes"]):
        assert line in page
    answer = judging.http.get(f"{job['address']}/answer.csv").content.decode("utf-8-sig")
    assert answer.splitlines()[1].startswith("1,'=역이 가까워요,5,")


def test_the_sender_says_how_a_file_is_read(judging: Known) -> None:
    """Sheet and header row of a workbook, and broken text; as with the command's options."""
    book, body = openpyxl.Workbook(), io.BytesIO()
    for row in (["모음"], ["글", "수"], ["ÁÖÂ÷°¡ Æí", 5], ["역 가까워요", 4]):
        (book["자료"] if "자료" in book.sheetnames else book.create_sheet("자료")).append(row)
    book.save(body)
    status, reply = send(judging, body.getvalue(), "표.xlsx")
    assert status == 422
    assert reply["detail"] == (
        "파일을 읽을 수 없습니다: 표.xlsx 파일의 'Sheet' 시트에 행이 없습니다. "
        "--sheet로 다른 시트를 고르세요: '자료'."
    )
    options = {"sheet": "자료", "header_row": "2", "fix_encoding": "1", "quoting": "nonsense"}
    status, reply = send(judging, body.getvalue(), "표.xlsx", column="글", **options)
    assert status == 202, reply
    state = finished(judging, reply["address"])
    assert (state["state"], state["done"]) == ("done", 2)
    assert ["시트", "자료"] in state["seen"]
    assert ["머리글 행", "2"] in state["seen"]
    answer = judging.http.get(f"{reply['address']}/answer.csv").content.decode("utf-8-sig")
    assert answer.splitlines()[1].startswith("주차가 편,5,")
    status, reply = send(judging, b"x", header_row="-1")
    assert (status, reply["detail"]) == (422, "머리글 행은 0이나 그보다 큰 정수로 쓰세요.")


def test_why_a_file_is_not_read_is_said_in_the_language_of_the_page(judging: Known) -> None:
    """Before it is a job, and where a cell far down ends it; under the name it was sent with."""
    name, mojibake = "내 글.csv", "후기,평\n".encode().decode("latin-1")
    for body, why in (
        (b"", "내 글.csv 파일이 비어 있습니다."),
        (b"\xff\xfe\x00\x41,\xd8", "내 글.csv 파일은 UTF-16 인코딩이 아닙니다."),
        ("글,수\n가,1,2\n".encode(), "내 글.csv 파일의 1행은 3칸인데 머리글은 2칸입니다."),
        (f"{mojibake}a,b\n".encode(), "열 이름의 인코딩이 깨져 있습니다(‘후기’ 같습니다)."),
    ):
        status, reply = send(judging, body, name)
        assert status == 422
        assert why in reply["detail"]
    judging.http.cookies.set("zigbang_lang", "en")
    status, reply = send(judging, b"", name)
    judging.http.cookies.delete("zigbang_lang")
    assert reply["detail"].endswith("내 글.csv is empty. Give a file with a header and rows.")
    body = '{"글": "조용해요"}\n{"글": [1, 2]}\n'.encode()
    status, reply = send(judging, body, "내 글.jsonl", column="글")
    assert status == 202, reply
    state = finished(judging, reply["address"])
    assert state["state"] == "failed"
    assert state["trouble"] == (
        "2행 '글' 열: 리뷰 본문 자리에 글이 아닌 목록이 있습니다: [1, 2]. "
        "글이 담긴 열을 지정하거나 칸을 고치세요."
    )


@pytest.mark.parametrize(("width", "dark"), [(DESK, False), (PHONE, True)])
def test_how_a_file_was_read_fits_the_window(width: int, dark: bool, judging: Known) -> None:
    """Opened, both lists stay within a desk's window and a phone's, and long names wrap."""
    name = "단지에서 살면서 느낀 점을 자유롭게 적은 내용"
    body = f"모음\n\n번호;{name};별점\n1;=역이 가까워요;5\n2;;\n3;주차가 좁아요;★★\n"
    status, job = send(judging, body.encode("cp949"), column=name)
    assert status == 202, job
    assert finished(judging, job["address"])["state"] == "done"
    with browser(str(judging.http.base_url), width, dark) as watched:
        page = watched.page
        page.goto(job["address"])
        page.click("details.seen summary")
        page.click("details.reading summary")
        assert page.locator("details.seen").inner_text().count(name) == 1
        boxes = page.locator("details.reading input:visible, details.reading select:visible")
        assert boxes.count() == 5
        check, words = page.locator(".check input"), page.locator(".check span")
        (one, other) = (part.bounding_box() for part in (check, words))
        assert one
        assert other
        assert other["x"] > one["x"] + one["width"], "the words stand beside their checkbox"
        assert abs(other["y"] + other["height"] / 2 - one["y"] - one["height"] / 2) < 4
        inner = page.locator("details.seen .table-box")
        assert inner.evaluate("box => box.scrollWidth <= box.clientWidth"), "a cell is cut off"
        watched.check()
        watched.picture(f"file-read-{width}-{'dark' if dark else 'light'}")
