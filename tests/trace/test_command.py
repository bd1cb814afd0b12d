"""`zigbang-nlp trace` on a terminal, in a pipe, and as JSON."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from tests.conftest import zigbang
from tests.factories.bundles import TOKENS, fake_bundle
from zigbang_nlp.cli import cli, run_safely
from zigbang_nlp.model.architecture import Architecture

TEXT = "역 가까워요ㅋㅋㅋㅋ\x1b[31m 주차 멀어요"


@pytest.fixture(scope="module")
def own_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle of the user's, in 32 bits."""
    place = tmp_path_factory.mktemp("model")
    fake_bundle(Architecture(len(TOKENS) + 2, 6, (5,), True, "max_mean"), place)
    return place


@pytest.fixture
def arguments(own_model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.chdir(tmp_path)
    return ["trace", "--model", str(own_model), "--compare", "mecab", TEXT]


def test_each_step_is_printed(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run_safely(cli, [*arguments, "--unit", "3"]) == 0
    printed = capsys.readouterr().out
    assert "\x1b" not in printed
    titles = re.findall(r"^\d+\. (\S+)", printed, re.M)
    assert titles[:2] == ["원문", "정제"]
    assert titles[-3:] == ["로짓", "확률", "판정"]
    assert [int(number) for number in re.findall(r"^(\d+)\. ", printed, re.M)] == [*range(1, 12)]
    assert printed.count("mecab") == 2
    assert "유닛 3의 게이트" in printed
    assert "NNG 일반 명사" in printed


def test_english_has_only_the_texts_own_korean(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_safely(cli, [*arguments, "--lang", "en"]) == 0
    lines = capsys.readouterr().out.splitlines()
    ours = [line for line in lines if re.match(r"\d+\. |   [A-Z]", line)]
    assert len(ours) > 15
    assert not [line for line in ours if re.search("[가-힣]", line) and "NN" not in line]


def test_json_has_all_that_a_notebook_needs(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_safely(cli, [*arguments, "--json", "--unit", "3"]) == 0
    trace = json.loads(capsys.readouterr().out)
    steps = {step["step"]: step for step in trace["steps"]}
    assert trace["text"] == TEXT
    for key in ("pad", "embed", "lstm", "pool"):
        assert list(np.shape(steps[key]["output"])) == steps[key]["output_shape"], key
    states = np.array(steps["lstm"]["output"])
    pooled = np.concatenate([states.max(axis=0), states.mean(axis=0)])
    np.testing.assert_allclose(steps["pool"]["output"], pooled, atol=1e-6)
    probability = 1 / (1 + np.exp(-steps["logit"]["output"]))
    assert probability == pytest.approx(steps["probability"]["output"], abs=1e-6)
    assert probability == pytest.approx(steps["label"]["probability"], abs=1e-5)
    assert len(steps["lstm"]["gates"]["cell"]) == len(states)
    assert steps["encode"]["tokens"][0]["ranks"] == [steps["encode"]["output"][0] - 1]


def test_wrong_usage_says_what_to_do(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_safely(cli, [*arguments, "--compare", "mecap"]) == 2
    assert "choose one of mecab, okt" in capsys.readouterr().err
    assert run_safely(cli, [*arguments, "--unit", "999"]) == 1
    assert "Choose one from 0 to" in capsys.readouterr().err


def test_standard_input_is_the_text(own_model: Path, tmp_path: Path) -> None:
    arguments: list[str | Path] = ["trace", "--model", own_model, "--compare", "mecab"]
    done = zigbang(*arguments, cwd=tmp_path, input="역 가까워요\n".encode())
    assert done.returncode == 0, done.stderr.decode()
    assert "역 가까워요" in done.stdout.decode()
    done = zigbang(*arguments, cwd=tmp_path, input="역 가까워요\n".encode("cp949"))
    assert done.returncode == 1
    assert "not UTF-8" in done.stderr.decode()
