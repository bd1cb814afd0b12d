"""A wheel built from the repository works in an empty folder, in an environment of its own."""

import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.factories.wheels import run_installed

pytestmark = pytest.mark.slow


def test_the_wheel_carries_the_sample_and_nothing_of_the_repository(installed: Path) -> None:
    (wheel,) = installed.glob("*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    inside = {name.removeprefix("zigbang_nlp/_data/") for name in names if "/_data/" in name}
    sample = ROOT / "data" / "sample"
    own = {
        f"sample/{path.relative_to(sample).as_posix()}"
        for path in sample.rglob("*")
        if path.is_file()
    }
    assert {name for name in inside if name.startswith("sample/")} == own
    modules = {
        f"zigbang_nlp/{path.relative_to(ROOT / 'zigbang_nlp').as_posix()}"
        for path in (ROOT / "zigbang_nlp").rglob("*.py")
    }
    assert modules <= set(names)
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {"zigbang_nlp"}
    assert not [name for name in names if "__pycache__" in name]
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_it_works_in_an_empty_folder_outside_the_repository(
    installed: Path, sample_run: Path, tmp_path: Path
) -> None:
    code = "import zigbang_nlp; print(zigbang_nlp.__file__)"
    where, _ = run_installed(installed, "python", "-c", code, cwd=tmp_path)
    assert where.startswith(str(installed / "environment"))
    said = (sample_run.parent / "stderr.txt").read_text(encoding="utf-8")
    assert f"Everything is in {sample_run / 'data'}" in said
    assert sorted(path.name for path in sample_run.iterdir()) == ["data", "zigbang.toml"]
    # Where nothing was trained, the model that ships answers.
    texts = ("역이 가까워요", "역이 멀어요")
    printed, _ = run_installed(installed, "zigbang-nlp", "predict", *texts, cwd=tmp_path)
    assert [line.split()[0] for line in printed.splitlines()] == ["긍정", "부정"]
    assert [line.split()[-2] for line in printed.splitlines()] == ["역이", "역이"]
    assert list(tmp_path.iterdir()) == []
