"""The files of scripts/deploy: what can be checked of them without Docker or systemd."""

import re
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.factories.wheels import built_wheel
from zigbang_nlp.config import known_keys

DEPLOY = ROOT / "scripts" / "deploy"


def instructions() -> list[tuple[str, str]]:
    """(instruction, its arguments) of the Dockerfile, continuation lines joined."""
    text = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
    text = re.sub(r"^#.*\n", "", text, flags=re.M).replace("\\\n", " ")
    return [(line.split()[0], line.partition(" ")[2]) for line in text.splitlines() if line.strip()]


def test_the_image_is_built_from_the_lock_and_runs_as_nobody() -> None:
    steps = instructions()
    assert steps[0][0] == "FROM"
    last = [name for name, _ in steps].index("FROM", 1)
    assert ("USER", "10001") in steps[last:]
    assert "--require-hashes" in next(
        rest for name, rest in steps if "requirements.lock" in rest and name == "RUN"
    )
    lock = next(rest for name, rest in steps if name == "ARG").partition("=")[2]
    assert (ROOT / lock).is_file()
    for name, rest in steps[:last]:
        if name == "COPY":
            *sources, _ = rest.replace("${LOCK}", lock).split()
            assert all((ROOT / source).exists() for source in sources), rest


@pytest.mark.slow
def test_a_wheel_is_built_from_what_the_image_copies(tmp_path: Path) -> None:
    pytest.importorskip("hatchling", reason="the build backend is in the test extras")
    source = tmp_path / "src"
    source.mkdir()
    for name, rest in instructions():
        if name != "COPY" or rest.startswith(("--from", "${")):
            continue
        *copied, target = rest.split()
        for path in copied:
            # Docker puts the content of a directory at the target, and a file into it.
            if (ROOT / path).is_dir():
                shutil.copytree(ROOT / path, source / target, dirs_exist_ok=True)
            else:
                shutil.copy(ROOT / path, source / target)
    wheel = built_wheel(source, tmp_path / "dist")
    names = zipfile.ZipFile(wheel).namelist()
    for needed in ("sample", "pretrained"):
        assert any(name.startswith(f"zigbang_nlp/_data/{needed}/") for name in names), needed


def test_the_settings_it_names_exist() -> None:
    for file in DEPLOY.iterdir():
        for name in re.findall(r"ZIGBANG_NLP__(\w+)", file.read_text(encoding="utf-8")):
            assert name.lower().replace("__", ".") in known_keys(), (file, name)


def test_the_unit_is_a_unit(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd-analyze is installed")
    text = (DEPLOY / "zigbang-nlp.service").read_text(encoding="utf-8")
    unit = tmp_path / "zigbang-nlp.service"
    unit.write_text(text.replace("/opt/zigbang-nlp/bin/zigbang-nlp", "/bin/true"))
    done = subprocess.run(["systemd-analyze", "verify", unit], capture_output=True, text=True)
    assert "zigbang-nlp.service" not in done.stderr, done.stderr
