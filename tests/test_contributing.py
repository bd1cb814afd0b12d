"""The recipes of CONTRIBUTING, each followed to the letter on a copy of the package."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.conftest import ROOT

GUIDE = (ROOT / ".github" / "CONTRIBUTING.md").read_text(encoding="utf-8")

#: What follows a recipe writes into a file: all of a new one, or (what is there, what it becomes).
Edits = Mapping[str, str | tuple[tuple[str, str], ...]]

TOKENIZER: Edits = {
    "zigbang_nlp/text/taggers.py": (
        (
            "#: Tokenizer name -> its builder.",
            "def _syllables(_settings: TokenizerSettings) -> Morphs:\n"
            '    return lambda text: [c for c in text if c != " "]\n\n\n'
            "#: Tokenizer name -> its builder.",
        ),
        ('    "kiwi": _kiwi,', '    "kiwi": _kiwi,\n    "syllables": _syllables,'),
        ("_PACKAGES = {", '_PACKAGES = {\n    "syllables": (),'),
    ),
    "zigbang_nlp/text/survey.py": (("LICENCES = {", 'LICENCES = {\n    "syllables": "MIT",'),),
    "zigbang_nlp/config/sections.py": (('"sentencepiece"]', '"sentencepiece", "syllables"]'),),
}
STAGE: Edits = {
    "zigbang_nlp/stages.py": (
        (
            "STAGES: tuple[Stage, ...] = (",
            "def count_stage(settings: Settings) -> None:\n"
            '    """Store -> how many reviews it holds."""\n'
            "    from zigbang_nlp.store import open_store\n\n"
            "    with open_store(settings.store_url) as store:\n"
            '        (settings.paths.work / "count.txt").write_text(str(store.count_reviews()))\n\n\n'
            'COUNT = directory_artefact("count", lambda s: s.paths.work / "count.txt")\n'
            "STAGES: tuple[Stage, ...] = (",
        ),
        (
            '    Stage(\n        "preprocess",',
            '    Stage("count", "store -> a number", (), (STORE,), (COUNT,), count_stage),\n'
            '    Stage(\n        "preprocess",',
        ),
    ),
    "zigbang_nlp/cli/count.py": '''"""`zigbang-nlp count`."""

from zigbang_nlp.cli.common import force_option, run_stage, settings_command
from zigbang_nlp.config import LoadedSettings


@settings_command("count")
@force_option
def command(loaded: LoadedSettings, force: bool) -> None:
    """Count the reviews."""
    run_stage("count", loaded, force)
''',
    "zigbang_nlp/cli/group.py": (
        (
            "COMMANDS: dict[str, str] = {",
            'COMMANDS: dict[str, str] = {\n    "count": "Count them.",',
        ),
    ),
}
PAGE: Edits = {
    "zigbang_nlp/web/pages/hello.py": '''"""인사: a page."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from zigbang_nlp.web.pages.render import page

router = APIRouter(include_in_schema=False)


@router.get("/hello")
def hello(request: Request, name: str = "") -> Response:
    """A greeting."""
    return page(request, "hello.html", name=name[:50])
''',
    "zigbang_nlp/web/templates/hello.html": (
        '{% extends "base.html" %}{% block main %}<h1>{{ name }}</h1>{% endblock %}'
    ),
    "zigbang_nlp/web/templates/base.html": (
        ('("/data", t("데이터"))', '("/data", t("데이터")), ("/hello", t("데이터"))'),
    ),
    "zigbang_nlp/web/app.py": (
        (
            "from zigbang_nlp.web.pages import (\n",
            "from zigbang_nlp.web.pages import (\n    hello,\n",
        ),
        ("for shown_page in (", "for shown_page in (hello, "),
    ),
}
GUIDE_FILES: Edits = {
    "zigbang_nlp/guides/topics.py": (('"files", ', '"files", "rents", '),),
    "zigbang_nlp/guides/ko/rents.md": "# 전월세\n\n전월세를 읽는 방법입니다.\n",
    "zigbang_nlp/guides/en/rents.md": "# Rents\n\nHow to read rents.\n",
}
CHART: Edits = {
    "zigbang_nlp/charts/strip.py": '''"""A strip of dots."""

from collections.abc import Sequence

from markupsafe import Markup

from zigbang_nlp.charts.svg import drawing, el, percent


def strip(shares: Sequence[float], label: str) -> Markup:
    """One dot a share, from 0 at the left to 1 at the right."""
    dots = [el("circle", class_="a", cx=percent(x), cy=10, r=4) for x in shares]
    return drawing(dots, 20, label, "strip")
''',
    "zigbang_nlp/charts/charts.css": (
        (".chart .dot {", ".chart.strip .a { fill: var(--good); }\n.chart .dot {"),
    ),
}
SITE: Edits = {
    "zigbang_nlp/sites/other.toml": """source = "other"
base_url = "https://other.example"
scale = 10.0

[[endpoints.cell]]
path = "/places"
query = { cell = "{key}" }
lists = ["places"]

[[endpoints.reviews]]
path = "/places/{key}/opinions"
lists = ["opinions"]

[apartment]
id = ["place"]

[review]
id = ["no"]

[review.texts]
total = ["words"]

[review.scores]
total = ["stars"]
""",
    "zigbang_nlp/crawl/maintain.py": (
        (
            "from zigbang_nlp.crawl.hogangnono import Hogangnono\n",
            "from zigbang_nlp.config.site import known_site\n"
            "from zigbang_nlp.crawl.hogangnono import Hogangnono\n"
            "from zigbang_nlp.crawl.reader import SiteReader\n",
        ),
        ("Hogangnono())", 'Hogangnono(), SiteReader(known_site("other")))'),
    ),
}
LAYER: Edits = {
    "zigbang_nlp/config/network.py": (
        (
            "    dropout: float = Field(0.3",
            '    squash: bool = Field(False, description="Softsign before the last Dense layer")\n'
            "    dropout: float = Field(0.3",
        ),
    ),
    "zigbang_nlp/model/architecture.py": (
        ("    lstm_blocks: int = 1\n", "    lstm_blocks: int = 1\n    squash: bool = False\n"),
        (
            "lstm_blocks=settings.lstm_blocks,",
            "lstm_blocks=settings.lstm_blocks, squash=settings.squash,",
        ),
    ),
    "zigbang_nlp/model/network/build.py": (
        (
            "    states = _dropped(architecture, states, 0)\n",
            "    if architecture.squash:\n"
            '        states = keras.layers.Activation("softsign", name="squash")(states)\n'
            "    states = _dropped(architecture, states, 0)\n",
        ),
    ),
    "zigbang_nlp/model/serving/onnx_export.py": (
        (
            "    if architecture.ngram_buckets:\n        beside",
            "    if architecture.squash:\n"
            '        pooled = graph.node("Softsign", [pooled], "squashed")\n'
            "    if architecture.ngram_buckets:\n        beside",
        ),
    ),
    "zigbang_nlp/model/serving/gradient.py": (
        (
            "        pooled = np.concatenate(",
            "        if shape.squash:\n"
            "            size = 1 + np.abs(pooled)\n"
            "            pooled = through((pooled / size, times(1 / size**2)))\n"
            "        pooled = np.concatenate(",
        ),
    ),
    "zigbang_nlp/model/training/warm_start.py": (("FIXED = (", 'FIXED = (\n    "squash",'),),
}

RECIPES = {
    "a tokenizer": TOKENIZER,
    "a stage": STAGE,
    "a page": PAGE,
    "a guide": GUIDE_FILES,
    "a chart": CHART,
    "a site": SITE,
    "a layer": LAYER,
}

#: What then works, run with the copy in place of the package.
WORKS = {
    "a tokenizer": """
from zigbang_nlp.config import PreprocessSettings
from zigbang_nlp.text.survey import survey
from zigbang_nlp.text.taggers import versions
from zigbang_nlp.text.tokenizer_settings import TokenizerSettings
from zigbang_nlp.text.tokenizers import Tokenizer

name = PreprocessSettings(tokenizer="syllables").tokenizer
assert Tokenizer(TokenizerSettings(name)).tokenize("역 가까움") == list("역가까움")
assert versions(name) == {}
assert "syllables" in {row.name for row in survey([])}
""",
    "a stage": """
import subprocess, sys
from pathlib import Path
from zigbang_nlp.stages import STAGES

assert [stage.name for stage in STAGES][:3] == ["crawl", "count", "preprocess"]
for name in ("crawl", "count"):
    subprocess.run([sys.executable, "-m", "zigbang_nlp", name, "--quiet"], check=True)
assert int(Path("data/count.txt").read_text()) > 6_000
""",
    "a page": """
from starlette.testclient import TestClient
from zigbang_nlp.config import Settings
from zigbang_nlp.web.app import create_app

client = TestClient(create_app(Settings()), base_url="http://127.0.0.1:8000")
answer = client.get("/hello", params={"name": "<행복마을>"})
assert answer.status_code == 200, answer.text
assert "&lt;행복마을&gt;" in answer.text and 'href="/hello"' in answer.text
""",
    "a guide": """
import subprocess, sys

said = subprocess.run(
    [sys.executable, "-m", "zigbang_nlp", "help", "전월세", "--lang", "en"],
    check=True, capture_output=True, text=True, encoding="utf-8",
).stdout
assert said == "Rents\\n=====\\n\\nHow to read rents.\\n", said
""",
    "a chart": """
from zigbang_nlp.charts.strip import strip

assert 'cx="25.00%"' in strip([0.25], "몫") and 'aria-label="몫"' in strip([], "몫")
""",
    "a site": """
from zigbang_nlp.crawl.interpret import read_answer
from zigbang_nlp.crawl.maintain import sites
from zigbang_nlp.store import Task

site = next(site for site in sites() if site.source == "other")
task = Task("reviews", "7")
assert site.path(task)[0] == "/places/7/opinions"
body = '{"opinions": [{"no": 1, "words": "역이 가까워요", "stars": 8}]}'.encode()
outcome = read_answer(site, task, body)
(review,) = outcome.contents.reviews
assert outcome.failure is None, outcome.failure
assert (review.text, review.score) == ("역이 가까워요", 4.0), review
""",
    "a layer": """
import numpy as np
from pathlib import Path
from zigbang_nlp.config import TrainSettings
from zigbang_nlp.model.architecture import Architecture
from zigbang_nlp.model.network.build import build_network
from zigbang_nlp.model.serving.gradient import GradientNetwork
from zigbang_nlp.model.serving.inference import Network
from zigbang_nlp.model.serving.onnx_export import write_onnx

settings = TrainSettings(init="scratch", embedding_dim=4, lstm_units=(3,), squash=True)
shape = Architecture.from_settings(settings, 9)
network = build_network(shape)
weights = {layer.name: layer.get_weights() for layer in network.layers}
write_onnx(shape, weights, Path("n.onnx"))
ids = [3, 8, 5]
expected = float(network(np.array([ids], np.int32))[0, 0])
assert abs(float(Network(Path("n.onnx"), 1).probabilities([ids])[0]) - expected) < 1e-5
own = GradientNetwork.load(shape, Path("n.onnx"), np.float64)
rows, ngrams = own.rows(ids)[None], own.ngrams(ids).sum(axis=0)[None]
probability, slope, _ = own.gradients(rows, ngrams)
assert abs(probability[0] - expected) < 1e-5
step = np.zeros_like(rows)
step[0, 1, 2] = 1e-6
up, down = (own.probabilities(rows + sign * step, ngrams)[0] for sign in (1, -1))
change = (up - down) / 2e-6
assert abs(change - slope[0, 1, 2]) < 1e-6
""",
}


def steps(recipe: str) -> list[str]:
    """The files that a recipe names at the head of its numbered steps."""
    section = GUIDE.split(f"## Add {recipe}\n")[1].split("\n## ")[0]
    return re.findall(r"^\d+\. `([^`]+)`:", section, re.M)


@pytest.mark.slow
@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_works_as_written(recipe: str, tmp_path: Path) -> None:
    edits = RECIPES[recipe]
    named = [re.escape(step).replace("NAME", "[a-z]+") for step in steps(recipe)]
    assert len(named) == len(edits)
    for path, pattern in zip(edits, named, strict=True):
        assert re.fullmatch(pattern, path), (path, pattern)
    copy = tmp_path / "copy"
    shutil.copytree(
        ROOT / "zigbang_nlp", copy / "zigbang_nlp", ignore=shutil.ignore_patterns("__pycache__")
    )
    (copy / "data").symlink_to(ROOT / "data", target_is_directory=True)
    for path, edit in edits.items():
        file = copy / path
        if isinstance(edit, str):
            assert not file.exists()
            file.write_text(edit, encoding="utf-8")
            continue
        text = file.read_text(encoding="utf-8")
        for before, after in edit:
            assert text.count(before) == 1, (path, before)
            text = text.replace(before, after)
        file.write_text(text, encoding="utf-8")
    work = tmp_path / "work"
    work.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", WORKS[recipe]],
        cwd=work,
        env=os.environ | {"PYTHONPATH": str(copy), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr


def test_every_recipe_is_followed() -> None:
    assert re.findall(r"^## Add (.+)$", GUIDE, re.M) == [
        "a tokenizer", "a stage", "a page", "a guide", "a chart", "a site", "a layer"
    ]  # fmt: skip


def test_what_it_names_exists() -> None:
    for path in re.findall(r"`((?:zigbang_nlp|tests|scripts)/[\w/.]+|pyproject\.toml)`", GUIDE):
        assert "NAME" in path or (ROOT / path).exists(), path
    for name, path in re.findall(r"`(\w+)` in `(zigbang_nlp/[\w/]+\.py)`", GUIDE):
        assert f"def {name}(" in (ROOT / path).read_text(encoding="utf-8"), (name, path)
