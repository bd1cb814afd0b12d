"""The page 과정 of a real server: a form, every step, wrong units, hostile texts."""

import re
import time
from collections.abc import Iterator

import httpx
import pytest

from tests.factories.bundles import TOKENS, fake_bundle
from tests.web.server import Served, serving
from zigbang_nlp.model.architecture import Architecture


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    place = tmp_path_factory.mktemp("page")
    (place / "own").mkdir()
    fake_bundle(Architecture(len(TOKENS) + 2, 6, (5,), True, "max_mean"), place / "own")
    arguments = ("--model", place / "own", "--requests-per-minute", "0")
    with serving(place, *arguments, ZIGBANG_NLP__PATHS__WORK=str(place)) as server:
        server.http.headers["accept"] = "text/html"
        yield server


@pytest.fixture
def client(server: Served) -> httpx.Client:
    return server.http


def traced(
    client: httpx.Client, text: str, unit: str = "", lang: str = "ko", other: str = "mecab"
) -> httpx.Response:
    form = client.get("/trace").text
    (token,) = set(re.findall(r'name="csrf" value="([^"]+)"', form))
    fields = {"csrf": token, "text": text, "other": other, "unit": unit}
    return client.post(f"/trace?lang={lang}", data=fields)


def test_every_step_is_on_the_page(client: httpx.Client) -> None:
    answer = traced(client, "역이 가까워요ㅋㅋㅋㅋ 주차할 데가 없어요", "3")
    assert answer.status_code == 200
    titles = re.findall(r"<h2[^>]*>(\d+)\. ([^<]+)</h2>", answer.text)
    assert [int(number) for number, _ in titles] == [*range(1, 12)]
    assert (titles[0][1], titles[6][1], titles[-1][1]) == ("원문", "LSTM 상태", "판정")
    assert 'class="chart heat-map"' in answer.text
    assert "유닛 3의 게이트" in answer.text
    assert "세 번 이상 되풀이된 문자를 두 번으로" in answer.text
    cells = re.findall(r"<title>[^<]+: ([+-]\d\.\d+)</title>", answer.text)
    assert len(cells) > 50
    assert all(-1 <= float(cell) <= 1 for cell in cells)


def test_the_first_with_java_says_that_it_is_starting_and_a_later_one_shows_it(
    client: httpx.Client,
) -> None:
    """All tests that come after it find Java started, or starting."""
    text, ends = "주차할 데가 없어요", time.monotonic() + 120
    seen: list[str] = []
    while not seen or "준비하고 있습니다" in seen[-1]:
        assert time.monotonic() < ends
        began = time.monotonic()
        answer = traced(client, text, other="okt")
        assert answer.status_code == 200
        assert time.monotonic() - began < 20, "far from the 30 seconds of a request"
        seen.append(answer.text)
    own, second = zip(*(_halves(page) for page in seen), strict=True)
    assert {forms[0] for forms in own} == {"주차"}, "the model's own is there from the first"
    assert all(forms == [] for forms in second[:-1])
    assert "".join(second[-1]) == text.replace(" ", "")
    assert second[-1][-1] == "없어요", "Okt keeps the ending; Mecab parts it"
    assert "판정" in seen[0]


def _halves(page: str) -> list[list[str]]:
    """The morphemes of both tokenizers."""
    lists = re.findall(r'<ol class="morphemes">(.*?)</ol>', page, re.DOTALL)
    return [re.findall(r"<b[^>]*>([^<]+)</b>", one) for one in lists]


@pytest.mark.parametrize("unit", ["10", "-1", "x", "９", "99999"])
def test_a_unit_that_is_none_is_explained(client: httpx.Client, unit: str) -> None:
    answer = traced(client, "역이 가까워요", unit)
    assert answer.status_code == 422
    assert "0부터 9까지의 유닛 번호를 입력해 주세요." in answer.text


def test_texts_stay_texts(client: httpx.Client) -> None:
    hostile = "<script>window.hit=1</script> 역 {{ 7*7 }} \u202e가까워요"
    answer = traced(client, hostile)
    assert answer.status_code == 200
    assert "<script>window" not in answer.text
    assert "{{ 7*7 }}" in answer.text
    assert "U+202E" in answer.text
    assert traced(client, " ").status_code == 200
    assert client.post("/trace", data={"text": "역"}).status_code == 403


def test_english(client: httpx.Client) -> None:
    answer = traced(client, "station", lang="en")
    titles = re.findall(r"<h2[^>]*>\d+\. ([^<]+)</h2>", answer.text)
    assert titles[0] == "Original text"
    assert not re.search("[가-힣]", "".join(titles))


def test_a_server_in_which_java_runs_ends_when_it_is_told(server: Served) -> None:
    """The last test here: Java was started by an earlier one, in a thread that has gone."""
    ends = time.monotonic() + 120
    while "준비하고 있습니다" in traced(server.http, "역이 가까워요", other="okt").text:
        assert time.monotonic() < ends
    server.process.terminate()
    assert server.process.wait(20) == 0
