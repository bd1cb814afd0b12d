"""The pre-commit hooks run what the test command runs, from the environment that it makes."""

import re

import pytest

from tests.conftest import ROOT

HOOKS = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
CHECKS = re.findall(r"^\.venv/bin/(ruff \w+|mypy)", (ROOT / "scripts/test").read_text(), re.M)


@pytest.mark.parametrize("check", CHECKS)
def test_each_check_is_a_hook(check: str) -> None:
    assert f"entry: .venv/bin/{check}" in HOOKS


def test_no_hook_is_downloaded() -> None:
    assert re.findall(r"repo: (\S+)", HOOKS) == ["local"]
    assert set(re.findall(r"language: (\S+)", HOOKS)) == {"system"}
