"""READMEs and guides name what there is, and nothing that there isn't."""

import re
import shlex
from datetime import date
from pathlib import Path

import click
import pytest

from tests.conftest import ROOT
from zigbang_nlp import __version__
from zigbang_nlp.cli.group import COMMANDS, cli
from zigbang_nlp.config import known_keys

READMES = [ROOT / "README.md", ROOT / "README.ko.md"]
GUIDES = sorted((ROOT / "zigbang_nlp" / "guides").glob("*/*.md"))
DOCS = [*READMES, *GUIDES]


def doc_id(doc: Path) -> str:
    return f"{doc.parent.name}-{doc.stem}" if doc in GUIDES else doc.name


both = pytest.mark.parametrize("readme", READMES, ids=doc_id)
every = pytest.mark.parametrize("readme", DOCS, ids=doc_id)

#: What a checkout holds beside the project: caches, environments, outputs of the stages.
_GENERATED = re.compile(r"\.|__pycache__|.*\.egg-info$|_data$")
SCRIPTS = sorted(
    path.name for path in (ROOT / "scripts").iterdir() if not _GENERATED.match(path.name)
)


def command(name: str) -> click.Command:
    known = cli.get_command(click.Context(cli), name)
    assert known is not None, name
    return known


def blocks(readme: Path) -> list[list[str]]:
    """The lines of each fenced code block."""
    text = readme.read_text(encoding="utf-8")
    return [body.splitlines() for body in re.findall(r"^```\w*\n(.*?)^```", text, re.M | re.S)]


def invocations(readme: Path) -> list[list[str]]:
    """Arguments of every `zigbang-nlp ...` in code blocks and code spans."""
    text = readme.read_text(encoding="utf-8")
    spans = re.findall(r"`([^`\n]+)`", text)
    shown = [line.removeprefix("$ ").strip() for block in blocks(readme) for line in block]
    commands = []
    for line in [*spans, *shown]:
        # A variable may stand before the command.
        bare = re.sub(r"^(\w+=('[^']*'|\$\([^)]*\)|\S)+\s+)+", "", line)
        parts = re.split(r"\s[|>#]\s", bare)
        commands += [
            shlex.split(part.replace("\\", "/"))[1:]
            for part in parts
            if re.match(r"(\S*[/\\])?zigbang-nlp\s", part)
        ]
    return commands


@every
def test_every_command_and_option_shown_exists(readme: Path) -> None:
    shown = invocations(readme)
    assert len(shown) > 10 or readme in GUIDES
    for arguments in shown:
        if arguments[0].startswith("-"):
            continue
        assert arguments[0] in COMMANDS, arguments
        # "--help" is click's own, on every command.
        options = {"--help", "-h"}
        for parameter in command(arguments[0]).params:
            options.update(parameter.opts, parameter.secondary_opts)
        for argument in arguments[1:]:
            flag = argument.split("=")[0]
            assert not flag.startswith("-") or flag in options, f"{arguments}: {flag}"


@both
def test_every_command_is_named(readme: Path) -> None:
    assert {arguments[0] for arguments in invocations(readme)} >= set(COMMANDS)


@both
def test_every_script_is_named_and_exists(readme: Path) -> None:
    named = set(re.findall(r"scripts/([\w.]+)", readme.read_text(encoding="utf-8")))
    assert named <= set(SCRIPTS)
    assert named >= {name for name in SCRIPTS if name not in ("lib.sh", "lock")}


@every
def test_every_relative_link_leads_somewhere(readme: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", readme.read_text(encoding="utf-8"))
    for link in links:
        assert link.startswith("https://") or (readme.parent / link).exists(), link


@every
def test_every_option_named_exists_somewhere(readme: Path) -> None:
    """Options in running text and tables, which stand without their command."""
    known = {"--help", "--version"}
    for name in COMMANDS:
        for parameter in command(name).params:
            known.update([*parameter.opts, *parameter.secondary_opts])
    text = re.sub(r"```.*?```", "", readme.read_text(encoding="utf-8"), flags=re.S)
    for span in re.findall(r"`([^`\n]+)`", text):
        if "scripts/" not in span:
            missing = set(re.findall(r"(?<!\S)--[a-z][\w-]+", span)) - known
            assert missing <= {"--json", "--picture", "--texts", "--fuzz"}, (span, missing)


@both
def test_each_readme_leads_to_the_other(readme: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)[^)]*\)", readme.read_text(encoding="utf-8"))
    assert ({"README.md", "README.ko.md"} - {readme.name}) <= set(links)


@every
def test_every_setting_shown_exists(readme: Path) -> None:
    section = ""
    for line in (line for block in blocks(readme) for line in block):
        header = re.fullmatch(r"\[(\w+)\]", line.strip())
        key = re.match(r"(\w+)\s+?=\s", line)
        if header:
            section = header.group(1)
        elif key and section:
            assert f"{section}.{key.group(1)}" in known_keys(), line
    text = readme.read_text(encoding="utf-8")
    for variable in re.findall(r"ZIGBANG_NLP__(\w+)", text):
        assert variable.lower().replace("__", ".") in known_keys(), variable


@every
def test_no_placeholder_is_left(readme: Path) -> None:
    assert not re.findall(r"@[A-Z]+@|TODO|TBD", readme.read_text(encoding="utf-8"))


def tree(readme: Path) -> dict[str, str]:
    """{path: what it is} of the fenced block under "## The tree"."""
    text = readme.read_text(encoding="utf-8")
    (block,) = re.findall(r"^## The tree\n+```\w*\n(.*?)^```", text, re.M | re.S)
    entries: dict[str, str] = {}
    parents: list[str] = []
    for line in block.splitlines():
        spaces, name, meaning = re.fullmatch(r"( *)(\S+) *(.*)", line).groups()  # type: ignore[union-attr]
        depth = len(spaces) // 2
        parents = [*parents[:depth], name]
        entries["".join(parents)] = meaning
    return entries


def test_the_tree_is_true() -> None:
    entries = tree(READMES[0])
    for path in entries:
        assert (ROOT / path).is_dir() if path.endswith("/") else (ROOT / path).is_file(), path
    real = {
        f"{folder}/{path.name}{'/' if path.is_dir() else ''}"
        for folder in ("zigbang_nlp", "scripts")
        for path in (ROOT / folder).iterdir()
        if not _GENERATED.match(path.name)
    }
    assert real <= entries.keys(), f"the tree lacks {sorted(real - entries.keys())}"
    kept = {"data/sample/", "data/LOG.md"} | {
        f"data/{name}/" for name in ("pretrained",) if (ROOT / "data" / name).is_dir()
    }
    assert kept <= entries.keys(), f"the tree lacks {sorted(kept - entries.keys())}"
    assert {"tests/", "pyproject.toml", "requirements.lock"} <= entries.keys()


def test_the_tree_says_what_things_are() -> None:
    for path, meaning in tree(READMES[0]).items():
        assert meaning or path in ("scripts/", "data/"), path


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_of_commands_says_what_each_says_of_itself(name: str) -> None:
    documented = command(name).help
    assert documented is not None
    assert documented.strip().splitlines()[0] == COMMANDS[name]
    for parameter in command(name).params:
        if isinstance(parameter, click.Option):
            assert parameter.help, f"{name} {parameter.opts}"


def test_no_two_options_of_a_command_are_the_same() -> None:
    for name in COMMANDS:
        flags = [
            flag
            for parameter in command(name).params
            if isinstance(parameter, click.Option)
            for flag in (*parameter.opts, *parameter.secondary_opts)
        ]
        assert len(flags) == len(set(flags)), name


@both
def test_its_first_lines_say_who_wrote_the_sample(readme: Path) -> None:
    first = readme.read_text(encoding="utf-8").split("\n## ")[0]
    assert "written by one language model" in first or "언어 모델 하나가 쓴" in first


@every
def test_whoever_speaks_of_the_sample_says_who_wrote_it(readme: Path) -> None:
    text = readme.read_text(encoding="utf-8")
    if "6,595" in text:
        assert re.search(r"one language model|언어 모델 하나가", text)


@both
def test_a_readme_is_short(readme: Path) -> None:
    assert len(readme.read_text(encoding="utf-8").splitlines()) <= 175


def test_the_newest_release_is_this_version_and_has_a_date() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    releases = re.findall(
        r"^- \*\*([\d.]+)\*\* \((\d{4}-\d{2}-\d{2})\)", text.split("## Changes")[1], re.M
    )
    assert releases
    assert releases[0][0] == __version__
    dates = [date.fromisoformat(day) for _, day in releases]
    assert dates == sorted(dates, reverse=True)
