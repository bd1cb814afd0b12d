"""`zigbang-nlp tokenizers` tells what is there and how fast it is."""

import json
from pathlib import Path

import pytest

from tests.conftest import zigbang
from tests.text.test_tokenizers import COMPILED_ONCE
from zigbang_nlp.config.sections import PreprocessSettings
from zigbang_nlp.text.survey import LICENCES
from zigbang_nlp.text.taggers import TAGGERS


def test_every_tokenizer_is_a_choice_and_has_a_licence() -> None:
    choices = PreprocessSettings.model_json_schema()["properties"]["tokenizer"]["enum"]
    assert set(choices) == set(TAGGERS) == set(LICENCES)


def test_what_is_installed_is_told_without_starting_anything(tmp_path: Path) -> None:
    done = zigbang("tokenizers", "--no-measure", "--json", cwd=tmp_path)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert [row["name"] for row in rows] == list(TAGGERS)
    assert all(row["ready"] and row["versions"] for row in rows)
    assert all(row["texts_a_second"] is None for row in rows)


@pytest.mark.slow
def test_each_is_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", COMPILED_ONCE)
    done = zigbang("tokenizers", "--seconds", "0.2", cwd=tmp_path)
    lines = done.stdout.decode().splitlines()
    assert len(lines) == 2 + len(TAGGERS), done.stdout.decode()
    for line in lines[2:]:
        name, state, rate = line.split()[:3]
        assert name in TAGGERS
        assert state == "ready"
        assert float(rate.replace(",", "")) > 0
