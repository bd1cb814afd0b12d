"""The examples in docstrings run, and give what they show."""

import doctest
import importlib

import pytest

from tests.conftest import ROOT

#: Modules with an example. Read as text, so that collecting the tests imports none of them.
EXAMPLES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for path in (ROOT / "zigbang_nlp").rglob("*.py")
    if ">>> " in path.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_give_what_they_show(name: str) -> None:
    outcome = doctest.testmod(importlib.import_module(name))
    assert outcome.attempted > 0, "all examples of the module are skipped"
    assert outcome.failed == 0


def test_the_public_classes_have_examples() -> None:
    assert {"zigbang_nlp", "zigbang_nlp.insight", "zigbang_nlp.predict.classifier"} <= set(EXAMPLES)
