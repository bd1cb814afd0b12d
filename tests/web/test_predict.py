"""POST /api/v1/predict and the gate before it, by a real server."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.web.server import Served, serving
from zigbang_nlp.predict.classifier import Classifier

LIMITS = ("--max-texts", "20", "--max-characters", "100", "--max-body", "5000")


@pytest.fixture(scope="module")
def served(bundle_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    place = tmp_path_factory.mktemp("served")
    more = ("--requests-per-minute", "0")
    with serving(place, "--model", bundle_dir, *LIMITS, *more) as server:
        yield server


def problem(answer: httpx.Response, status: int, kind: str) -> dict[str, object]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: dict[str, object] = answer.json()
    assert body["status"] == status
    assert body["type"] == f"urn:zigbang-nlp:problem:{kind}"
    assert body["title"]
    assert body["detail"]
    return body


def test_it_says_what_the_classifier_says(served: Served, bundle_dir: Path) -> None:
    texts = ["역 가까워요 공원 좋아요", "주차 불편해요", "", "qqq"]
    classifier = Classifier.load(bundle_dir)
    body = served.predict(*texts).json()
    assert body["model"] == classifier.bundle.identity()
    assert body["predictions"] == [p.as_dict() for p in classifier.predict(texts)]


def test_sentences_are_told_where_asked(served: Served) -> None:
    (prediction,) = served.predict("역 가까워요. 주차 불편해요.", sentences=True).json()[
        "predictions"
    ]
    assert [part["text"] for part in prediction["sentences"]] == ["역 가까워요.", "주차 불편해요."]


def test_each_limit_has_its_status_and_sentence(served: Served) -> None:
    problems = [
        problem(served.predict(*["글"] * 21), 422, "too-many-texts"),
        problem(served.predict("글", "가" * 101), 400, "text-too-long"),
        problem(served.predict("가" * 5_000), 413, "body-too-large"),
    ]
    assert len({one["detail"] for one in problems}) == 3
    assert "2번째" in str(problems[1]["detail"])


def test_a_body_of_unknown_length_is_cut_off_too(served: Served) -> None:
    def body() -> Iterator[bytes]:
        for _ in range(1_000):
            yield b" " * 100

    headers = {"content-type": "application/json"}
    answer = served.http.post("/api/v1/predict", content=body(), headers=headers)
    problem(answer, 413, "body-too-large")


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        (b"{", 400, "broken-json"),
        (b"\xff\xfe", 400, "broken-json"),
        (b"[]", 422, "wrong-value"),
        (b"{}", 422, "wrong-value"),
        (b'{"texts": []}', 422, "wrong-value"),
        (b'{"texts": "x"}', 422, "wrong-value"),
        (b'{"texts": [1]}', 422, "wrong-value"),
        (b'{"texts": ["x"], "topic": true}', 422, "wrong-value"),
    ],
)
def test_a_wrong_body_is_explained(served: Served, body: bytes, status: int, kind: str) -> None:
    headers = {"content-type": "application/json"}
    answer = served.http.post("/api/v1/predict", content=body, headers=headers)
    problem(answer, status, kind)


def test_only_json_is_read(served: Served) -> None:
    answer = served.http.post("/api/v1/predict", content=b'{"texts": ["x"]}')
    problem(answer, 415, "not-json")


def test_english_for_those_who_wish_it(served: Served) -> None:
    answer = served.http.get("/nowhere", headers={"accept-language": "en-GB,ko"})
    assert problem(answer, 404, "not-found")["detail"] == "There is nothing at this address."


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.dictionaries(
            st.sampled_from(["texts", "topics", "sentences", "explain", "x"]),
            st.one_of(
                st.lists(st.text(max_size=120), max_size=22),
                st.booleans(),
                st.none(),
                st.text(max_size=5),
            ),
        ),
        st.recursive(st.none() | st.booleans() | st.text(max_size=9), st.lists, max_leaves=5),
    )
)
def test_no_body_breaks_it(served: Served, body: object) -> None:
    content = json.dumps(body).encode()
    headers = {"content-type": "application/json"}
    answer = served.http.post("/api/v1/predict", content=content, headers=headers)
    if answer.status_code == 200:
        assert isinstance(body, dict)
        predictions = answer.json()["predictions"]
        assert [one["text"] for one in predictions] == body["texts"]
        assert all(0 <= one["probability"] <= 1 for one in predictions)
    else:
        assert answer.status_code in (400, 413, 422), answer.text
        assert answer.headers["content-type"] == "application/problem+json"


def test_the_log_and_the_metrics_hold_no_review(served: Served) -> None:
    served.predict("비밀스러운 리뷰입니다")
    served.http.get("/healthz?q=비밀스러운")
    metrics = served.http.get("/metrics").text
    assert 'zigbang_requests_total{method="POST",route="/api/v1/predict",status="200"}' in metrics
    served.wait_for('"/metrics"')
    lines = [line for line in served.log if line.startswith("{")]
    assert {"time", "client", "method", "route", "status", "ms", "bytes"} <= json.loads(
        lines[-1]
    ).keys()
    assert "비밀" not in "".join(served.log) + metrics
    assert "\\ube44\\ubc00" not in "".join(served.log)


def test_a_page_of_another_name_is_refused(served: Served) -> None:
    """DNS rebinding: a stranger's page whose name leads to this machine."""
    answer = served.http.get("/metrics", headers={"host": "evil.example"})
    problem(answer, 421, "other-host")


def test_a_token_is_asked_for_where_there_is_one(bundle_dir: Path, tmp_path: Path) -> None:
    token = "a-token-of-some-length"
    arguments = ("--model", bundle_dir, "--host", "0.0.0.0", "--requests-per-minute", "30")
    with serving(tmp_path, *arguments, ZIGBANG_NLP__SERVE__TOKEN=token) as server:
        assert server.http.get("/healthz").status_code == 200
        for shown in ({}, {"authorization": "Bearer wrong"}, {"authorization": f"Basic {token}"}):
            server.http.headers = httpx.Headers(shown)
            answer = server.predict("글")
            problem(answer, 401, "token-needed")
            assert answer.headers["www-authenticate"] == "Bearer"
        server.http.headers = httpx.Headers({"authorization": f"Bearer {token}"})
        statuses = [server.predict("글").status_code for _ in range(40)]
        assert statuses[0] == 200
        assert statuses[-1] == 429
        assert 1 <= int(server.predict("글").headers["retry-after"]) <= 5
        assert token not in "".join(server.log)


def test_a_public_address_needs_a_token(tmp_path: Path) -> None:
    from tests.conftest import zigbang

    for arguments in (["--host", "0.0.0.0"], ["--host", "example.org"], ["--token", "short"]):
        done = zigbang("serve", *arguments, cwd=tmp_path)
        assert done.returncode == 2, "a setting that can't be used is wrong usage"
        assert "token" in done.stderr.decode()
    assert list(tmp_path.iterdir()) == []


def test_a_port_in_use_is_one_clear_sentence(tmp_path: Path) -> None:
    from tests.conftest import zigbang

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = zigbang("serve", "--port", port, cwd=tmp_path)
    assert done.returncode == 1
    assert f"can't listen on 127.0.0.1:{port}" in done.stderr.decode()
