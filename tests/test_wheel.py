"""A wheel built from the repository works in an empty folder, in an environment of its own."""

import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.factories.wheels import built_wheel

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("hatchling", reason="the build backend is in the test extras")
    out = tmp_path_factory.mktemp("wheel")
    return built_wheel(ROOT, out)


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment that holds the wheel, and sees this one's libraries behind it."""
    home = tmp_path_factory.mktemp("environment")
    venv.create(home, with_pip=False, symlinks=os.name == "posix")
    scripts = home / ("Scripts" if os.name == "nt" else "bin")
    command: list[str | Path] = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        scripts / "python",
        "install",
    ]
    subprocess.run([*command, "--no-deps", "--no-index", "--quiet", wheel], check=True)
    (site,) = home.rglob("site-packages")
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return scripts / "python"


def run(python: Path, *arguments: str, cwd: Path) -> str:
    environ = {k: v for k, v in os.environ.items() if k not in ("PYTHONPATH", "PYTHONHOME")}
    done = subprocess.run(
        [python.with_name("zigbang-nlp"), *arguments], cwd=cwd, capture_output=True, env=environ
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode() + done.stderr.decode()


def test_the_wheel_carries_the_sample_and_nothing_of_the_repository(wheel: Path) -> None:
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


def test_it_works_in_an_empty_folder_outside_the_repository(python: Path, tmp_path: Path) -> None:
    code = "import zigbang_nlp; print(zigbang_nlp.__file__)"
    environ = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    where = subprocess.run(
        [python, "-c", code], cwd=tmp_path, capture_output=True, text=True, env=environ
    )
    assert where.stdout.startswith(str(python.parent.parent)), where.stdout + where.stderr
    settings = ["init=scratch", "epochs=1", "lstm_units=4", "embedding_dim=4", "batch_size=512"]
    output = run(
        python,
        "run",
        *(f"--set=train.{setting}" for setting in settings),
        "--set=evaluate.bootstrap=100",
        cwd=tmp_path,
    )
    assert f"Everything is in {tmp_path / 'data'}" in output
    lines = run(python, "predict", "역이 가까워요", "역이 멀어요", cwd=tmp_path).splitlines()
    assert [line.split()[-2] for line in lines[:2]] == ["역이", "역이"]
    # One epoch of four units learned nothing, so the model that ships answers, and says why.
    assert lines[2].startswith("Your model in data/model is not used"), lines
    assert [line.split()[0] for line in lines[:2]] == ["긍정", "부정"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data"]
