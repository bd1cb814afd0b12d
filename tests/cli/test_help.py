"""`zigbang-nlp help`: guides by name or title, and the help of commands."""

import pytest
from click.testing import CliRunner, Result

from zigbang_nlp.cli.group import COMMANDS, cli
from zigbang_nlp.errors import ConfigError
from zigbang_nlp.guides.topics import DOORS, TOPICS


def helped(*arguments: str, **environ: str) -> Result:
    clean = {"LC_ALL": None, "LC_MESSAGES": None, "LANG": None, "COLUMNS": "80"}
    return CliRunner().invoke(cli, ["help", *arguments], env={**clean, **environ})


def test_alone_it_lists_every_guide_behind_its_door() -> None:
    listed = helped("--lang", "ko").stdout
    assert [line for line in listed.splitlines() if line in DOORS] == list(DOORS)
    assert all(f"  {topic} " in listed for topic in TOPICS)


@pytest.mark.parametrize(
    ("environ", "first"),
    [
        ({}, "종료 코드"),
        ({"LANG": "ko_KR.UTF-8"}, "종료 코드"),
        ({"LANG": "C.UTF-8"}, "종료 코드"),
        ({"LANG": "en_US.UTF-8"}, "Exit codes"),
        ({"LC_ALL": "ko_KR.UTF-8", "LANG": "en_US.UTF-8"}, "종료 코드"),
    ],
)
def test_it_speaks_the_language_of_the_system(environ: dict[str, str], first: str) -> None:
    assert helped("exit-codes", **environ).stdout.splitlines()[0] == first


def test_a_guide_by_its_title_and_as_markdown() -> None:
    by_name, by_title = helped("files", "--lang", "ko"), helped("파일 가져오기", "--lang", "ko")
    assert by_name.stdout == by_title.stdout
    assert helped("files", "--markdown").stdout.startswith("# 파일 가져오기\n\n")


def test_an_unknown_topic_says_which_was_meant() -> None:
    outcome = helped("prediction")
    assert isinstance(outcome.exception, ConfigError)
    assert outcome.exception.exit_code == 2
    assert "'predictions'" in outcome.exception.next_step


@pytest.mark.parametrize("name", [name for name in COMMANDS if name not in TOPICS])
def test_the_name_of_a_command_shows_its_options(name: str) -> None:
    shown = helped(name)
    assert shown.exit_code == 0
    assert f"zigbang-nlp {name} " in shown.stdout.replace("cli ", "zigbang-nlp ")
    assert "--help" in shown.stdout
