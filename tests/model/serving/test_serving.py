"""Serving needs no TensorFlow: an environment with what requirements-serving.lock names, no more."""

import os
import re
import subprocess
import sys
import venv
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.web.server import serving


def locked(path: Path) -> dict[str, tuple[str, int]]:
    """Name -> version, and number of hashes, of each package of a lock file."""
    packages: dict[str, tuple[str, int]] = {}
    name = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        pinned = re.match(r"([\w.-]+)==([^\s;]+)", line)
        if pinned:
            name = pinned.group(1)
            packages[name] = (pinned.group(2), 0)
        elif "--hash=sha256:" in line:
            packages[name] = (packages[name][0], packages[name][1] + 1)
    return packages


SERVING = locked(ROOT / "requirements-serving.lock")


def test_the_serving_lock_is_the_other_without_tensorflow() -> None:
    whole = locked(ROOT / "requirements.lock")
    assert {name: pin for name, pin in SERVING.items() if whole.get(name) != pin} == {}
    assert not {"tensorflow", "keras", "h5py", "grpcio", "optree"} & SERVING.keys()
    assert {"onnxruntime", "konlpy", "mecab-python3", "fastapi"} <= SERVING.keys()
    assert all(hashes for _, hashes in SERVING.values())


@pytest.fixture(scope="module")
def serving_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment that sees the locked packages of this one, and no others."""
    if os.name == "nt":
        pytest.skip("made of symbolic links")
    home = tmp_path_factory.mktemp("serving")
    venv.create(home, with_pip=False, symlinks=True)
    (site,) = home.rglob("site-packages")
    for name in SERVING:
        try:
            installed = distribution(name)
        except PackageNotFoundError:
            continue  # for another platform
        for top in {file.parts[0] for file in installed.files or () if file.parts[0] != ".."}:
            if not (site / top).exists():
                (site / top).symlink_to(Path(str(installed.locate_file(top))))
    return home / "bin" / "python"


def run(python: Path, *arguments: str | Path, cwd: Path) -> str:
    done = subprocess.run(
        [python, *arguments],
        cwd=cwd,
        capture_output=True,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode()


@pytest.mark.slow
def test_predict_runs_without_tensorflow(
    serving_python: Path, bundle_dir: Path, tmp_path: Path
) -> None:
    without = "import importlib.util as u; print(u.find_spec('tensorflow'), u.find_spec('keras'))"
    assert run(serving_python, "-c", without, cwd=tmp_path) == "None None\n"
    predict = ("-m", "zigbang_nlp", "predict", "--model", bundle_dir)
    printed = run(serving_python, *predict, "역 가까워요 버스 좋아요", cwd=tmp_path)
    assert printed.startswith("긍정")
    (tmp_path / "in.csv").write_text("text\n역 멀어요 버스 나빠요\n", encoding="utf-8")
    run(serving_python, *predict, "--input", "in.csv", "--output", "out.csv", cwd=tmp_path)
    assert "negative" in (tmp_path / "out.csv").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_web_runs_without_tensorflow(
    serving_python: Path, bundle_dir: Path, tmp_path: Path
) -> None:
    with serving(
        tmp_path, "--model", bundle_dir, python=serving_python, PYTHONPATH=str(ROOT)
    ) as server:
        answer = server.predict("역 가까워요 버스 좋아요")
        assert answer.status_code == 200, answer.text
        assert "positive" in answer.text
        page = server.http.get("/")
        assert page.status_code == 200, page.text


def cold(code: str, cwd: Path) -> set[str]:
    """The modules that a Python process has loaded after some code."""
    code += "\nimport sys; print(*sys.modules, file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], cwd=cwd, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return set(done.stderr.split())


def test_a_cold_start_loads_only_what_it_needs(bundle_dir: Path, tmp_path: Path) -> None:
    """What makes `predict` and `--help` quick, told by what isn't loaded rather than by a clock."""
    call = "from zigbang_nlp.cli import cli\ncli.main({!r}, standalone_mode=False)"
    predict = ["predict", "--model", str(bundle_dir), "역이 가까워요"]
    heavy = {"tensorflow", "keras", "pandas", "sklearn", "scipy", "pyarrow", "matplotlib", "dask"}
    assert not heavy & cold(call.format(predict), tmp_path)
    assert not (heavy | {"numpy", "pydantic", "onnxruntime"}) & cold(
        call.format(["--help"]), tmp_path
    )
