"""What the guides and READMEs show is what happens: commands and snippets run in one folder.

Not run are those that ask a real site, wait for callers, train or need other machines.
"""

from __future__ import annotations

import ast
import io
import json
import re
import shlex
import shutil
import tokenize
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner

from tests.conftest import ROOT
from tests.test_docs import DOCS, GUIDES, doc_id
from zigbang_nlp.cli.group import cli
from zigbang_nlp.config import known_keys
from zigbang_nlp.console import width
from zigbang_nlp.guides.markdown import to_html, to_plain
from zigbang_nlp.guides.topics import DOORS, TOPICS, guide
from zigbang_nlp.predict.classifier import Classifier
from zigbang_nlp.predict.reviews import predict_store
from zigbang_nlp.store import open_store

#: A probability may move so far with the texts that stand beside it, see the model's card.
_NEAR = 0.02
#: Commands that take minutes, ask a site or wait for callers.
_LONG = {
    "embed",
    "serve",
    "train",
    "runs",
    "tune",
    "evaluate",
    "report",
    "tokenizers",
    "preprocess",
}
#: Documents with figures of the model that ships.
_FIGURES = ("README", "README.ko", "trust")
_CHEAP_CRAWL = {"--plan", "--status"}

_ROWS = [
    ("역이 가까워서 출근이 편해요", 9, "2024-03-02", "가온 1단지"),
    ("주차할 데가 없어서 늘 길에 세웁니다", 2, "2024-04-11", "가온 1단지"),
    ("관리실이 친절하고 화단이 예뻐요", 8, "2024-05-20", "나래 2단지"),
    ("윗집 발소리에 잠을 설쳐요", 3, "2024-06-01", "나래 2단지"),
]


def runs(arguments: list[str]) -> bool:
    name, options = arguments[0], set(arguments)
    if name == "crawl":
        return bool(options & _CHEAP_CRAWL)
    if name == "run":
        return "--dry-run" in options
    return name not in _LONG and "--dask" not in options


class Desk:
    """A folder with the files that the guides name and a store of the sample's classified texts."""

    def __init__(self, place: Path) -> None:
        self.place, self.analysed = place, place / "analysed"
        self._done: dict[str, str] = {}
        self._snippets: set[str] = set()
        table = pd.DataFrame(_ROWS, columns=["리뷰", "별점", "작성일", "단지명"])
        table.to_excel(place / "reviews.xlsx", index=False)
        table.to_csv(place / "new.csv", index=False)
        # As many as a share of complaints can be estimated from.
        pd.concat([table] * 30).to_csv(place / "millions.csv", index=False)
        (place / "new.txt").write_text("".join(f"{row[0]}\n" for row in _ROWS), encoding="utf-8")

    def fill(self) -> None:
        self.run("zigbang-nlp crawl --source sample --geohash wydq")
        with open_store(f"sqlite:///{self.place / 'data/zigbang.db'}") as store:
            predict_store(Classifier.load(), store)
        # The commands import reviews of their own, beside which the sample doesn't count.
        shutil.copytree(self.place / "data", self.analysed / "data")

    def run(self, line: str) -> str:
        """What a command line prints; each is run once."""
        if line not in self._done:
            self._done[line] = self._run(line)
        return self._done[line]

    def _run(self, line: str) -> str:
        words = shlex.split(line, comments=True)
        stdin = target = None
        if words[0] == "cat":
            # What a process has as its standard input can be peeked into.
            stdin = io.BufferedReader(io.BytesIO((self.place / words[1]).read_bytes()))
            words = words[3:]
        if ">" in words:
            words, target = words[:-2], words[-1]
        assert words[0] == "zigbang-nlp", line
        done = CliRunner().invoke(cli, words[1:], input=stdin)
        assert done.exit_code == 0, (line, done.output, done.exception)
        if target is not None:
            (self.place / target).write_text(done.stdout, encoding="utf-8")
            return ""
        return done.stdout

    def execute(self, blocks: list[str]) -> None:
        """Run the Python snippets of a document; a value in a comment is what the line gives."""
        code = "".join(blocks)
        key = ast.unparse(ast.parse(code))
        if key in self._snippets:
            return
        comments = {
            token.start[0]: token.string.removeprefix("#").strip()
            for token in tokenize.generate_tokens(io.StringIO(code).readline)
            if token.type == tokenize.COMMENT
        }
        names: dict[str, object] = {}
        for node in ast.parse(code).body:
            source = ast.unparse(node)
            if not isinstance(node, ast.Expr):
                exec(source, names)
                continue
            value = eval(source, names)
            comment = comments.get(node.lineno, "")
            if comment.startswith(("'", "(", '"')):
                assert value == ast.literal_eval(comment), source
            if isinstance(node.value, ast.Compare):
                assert value is True, source
        self._snippets.add(key)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    desk = Desk(tmp_path_factory.mktemp("desk"))
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(desk.place)
        desk.fill()
    return desk


def fenced(doc: Path, language: str) -> list[str]:
    text = doc.read_text(encoding="utf-8")
    blocks: list[str] = re.findall(rf"^```{language}\n(.*?)^```", text, re.M | re.S)
    return blocks


def shown(doc: Path) -> list[tuple[str, list[str]]]:
    """Each command line of a document with the lines of output below it."""
    commands: list[tuple[str, list[str]]] = []
    for block in fenced(doc, "console"):
        for line in block.splitlines():
            if line.startswith("$ "):
                commands.append((line.removeprefix("$ "), []))
            else:
                commands[-1][1].append(line)
    return commands


def same(printed: str, expected: str) -> bool:
    """Whether two lines are the same but for the last digits of probabilities."""
    number = r"\d\.\d{3}"
    close = all(
        abs(float(one) - float(other)) <= _NEAR
        for one, other in zip(
            re.findall(number, printed), re.findall(number, expected), strict=False
        )
    )
    return close and re.sub(number, "#", printed.rstrip()) == re.sub(number, "#", expected.rstrip())


@pytest.mark.parametrize("doc", DOCS, ids=doc_id)
def test_commands_print_what_is_shown(
    doc: Path, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(desk.place)
    for line, expected in shown(doc):
        words = shlex.split(line, comments=True)
        if "zigbang-nlp" not in words or "=" in words[0]:
            continue
        arguments = words[words.index("zigbang-nlp") + 1 :]
        if not runs(arguments):
            assert not expected, f"nobody checks what {line} prints"
            continue
        printed = desk.run(line).splitlines()
        if expected:
            assert len(printed) == len(expected), (line, printed)
            assert all(map(same, printed, expected)), (line, printed)


@pytest.mark.parametrize("doc", DOCS, ids=doc_id)
def test_snippets_run(doc: Path, desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk.analysed)
    desk.execute(fenced(doc, "python"))


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_topic_is_behind_one_door_and_in_a_file(language: str) -> None:
    assert len(set(TOPICS)) == len(TOPICS)
    assert {path.stem for path in GUIDES if path.parent.name == language} == set(TOPICS)
    readme = ROOT / ("README.ko.md" if language == "ko" else "README.md")
    linked = re.findall(
        rf"zigbang_nlp/guides/{language}/([\w-]+)\.md", readme.read_text(encoding="utf-8")
    )
    assert set(linked) == set(TOPICS)
    for topics in DOORS.values():
        for topic in topics:
            shown = guide(topic, language)
            assert shown.title
            assert not re.search(r"[|`#*\[]", shown.summary), topic
            assert guide(shown.title, language).topic == topic


@pytest.mark.parametrize("topic", TOPICS)
def test_both_languages_show_the_same_commands_and_tables(topic: str) -> None:
    korean, english = (ROOT / f"zigbang_nlp/guides/{name}/{topic}.md" for name in ("ko", "en"))

    def commands(doc: Path) -> list[list[str]]:
        return [shlex.split(line, comments=True) for line, _ in shown(doc)]

    def rows(doc: Path) -> int:
        return len(re.findall(r"^\|", doc.read_text(encoding="utf-8"), re.M))

    assert commands(korean) == commands(english)
    assert rows(korean) == rows(english)


@pytest.mark.parametrize("doc", GUIDES, ids=doc_id)
@pytest.mark.parametrize("columns", [60, 100])
def test_a_terminal_shows_them_without_marks_and_within_its_width(doc: Path, columns: int) -> None:
    markdown = doc.read_text(encoding="utf-8")
    plain = to_plain(markdown, columns)
    code = {f"    {line}" for block in fenced(doc, r"\w*") for line in block.splitlines()}
    for line in plain.splitlines():
        if line not in code:
            # A word without a space, such as a path, can't be broken.
            assert width(line) <= columns or " " not in line.strip(), line
            assert not re.search(r"\]\(|\*\*|^#|^\|", line), line
    # Nothing is lost but the heads of columns, where a table became a list.
    body = re.sub(r"^\|.*\n(?=\|--)|^```.*\n|\*\*", "", markdown, flags=re.M)
    body = re.sub(r"\]\([^)]*\)", " ", body)
    assert set(re.findall(r"\w{2,}", body)) <= set(re.findall(r"\w{2,}", plain))


@pytest.mark.parametrize("doc", GUIDES, ids=doc_id)
def test_html_has_no_marks_left_and_leads_to_pages(doc: Path) -> None:
    html = to_html(doc.read_text(encoding="utf-8"))
    assert set(re.findall(r'href="/help/([^"]*)"', html)) <= set(TOPICS)
    assert not re.search(r'href="(?!/help/|https://)', html)
    prose = re.sub(r"<(pre|code).*?</\1>", "", html, flags=re.S)
    assert not re.search(r"\*\*|\]\(|^\|", prose, re.M)
    assert "style=" not in html  # our policy refuses it
    assert html.count("<table>") == html.count('class="table-box"')


def test_markup_within_a_guide_stays_text() -> None:
    html = to_html("# A\n\n<script>alert(1)</script> [a](javascript:alert(1))\n")
    assert "<script" not in html
    assert 'href="javascript' not in html


@pytest.mark.parametrize("doc", [doc for doc in DOCS if doc.stem in _FIGURES], ids=doc_id)
def test_figures_of_the_model_are_those_of_its_card(doc: Path) -> None:
    """Each three-digit figure of README and 얼마나 믿을 수 있나 stands in the card."""
    card = (ROOT / "data/pretrained/README.md").read_text(encoding="utf-8")
    text = re.sub(r"```.*?```", "", doc.read_text(encoding="utf-8"), flags=re.S)
    figures = re.findall(r"\b0\.\d{3}\b", text)
    assert len(figures) >= 5
    assert set(figures) <= set(re.findall(r"\b0\.\d{3}\b", card))


def test_the_verdict_on_the_model_that_ships_is_true() -> None:
    """What `train` would warn of, from the bundle's own figures."""
    from zigbang_nlp.model.evaluation.verdict import FEWEST

    bundle = json.loads((ROOT / "data/pretrained/bundle.json").read_text(encoding="utf-8"))
    validation = bundle["metrics"]["validation"]
    counts = validation["confusion"]
    negative = counts["true_negative"] + counts["false_positive"]
    positive = counts["true_positive"] + counts["false_negative"]
    assert min(positive, negative) >= FEWEST
    assert counts["true_negative"] + counts["false_negative"]
    assert counts["true_positive"] + counts["false_positive"]
    # The variance of an AUC of chance is at most 1 / (4 min(m, n)).
    assert validation["roc_auc"] - 0.5 > 4 / (4 * min(positive, negative)) ** 0.5
    assert not bundle["metrics"].get("warnings")


def defined(path: Path) -> set[str]:
    """Names of functions, methods, classes, constants and fields of a file."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    return names


@pytest.mark.parametrize("doc", GUIDES, ids=doc_id)
def test_every_place_in_the_code_exists(doc: Path) -> None:
    text = doc.read_text(encoding="utf-8")
    places = re.findall(r"`([\w/]+\.py)`: `(\w+)`", text)
    for path, name in places:
        assert name in defined(ROOT / "zigbang_nlp" / path), (path, name)
    if doc.stem == "glossary":
        rows = re.findall(r"^\| (.+?) \| .+ \| `[\w/]+\.py`: `\w+` \|$", text, re.M)
        assert len(set(rows)) == 61
        assert places == re.findall(
            r"`([\w/]+\.py)`: `(\w+)`",
            (doc.parent.parent / "ko" / doc.name).read_text(encoding="utf-8"),
        )
    for setting in re.findall(r"`((?:crawl|preprocess|train|evaluate|predict|serve)\.\w+)`", text):
        assert setting in known_keys() or (ROOT / "zigbang_nlp" / setting).exists(), setting
