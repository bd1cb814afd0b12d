"""A bundle is whole or it is refused, with one clear sentence."""

import json
import shutil
from pathlib import Path

import pytest

from zigbang_nlp.errors import BundleError
from zigbang_nlp.model.bundle import load_bundle


@pytest.fixture
def copy(bundle_dir: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(bundle_dir, tmp_path / "model"))


def test_missing(tmp_path: Path) -> None:
    with pytest.raises(BundleError, match=r"no model in .*zigbang-nlp train"):
        load_bundle(tmp_path / "nowhere")


@pytest.mark.parametrize("name", ["vocabulary.json", "network.onnx", "bundle.json", "encoder.json"])
def test_a_missing_file(copy: Path, name: str) -> None:
    (copy / name).unlink()
    with pytest.raises(BundleError, match=f"{name} is missing"):
        load_bundle(copy)


@pytest.mark.parametrize("name", ["vocabulary.json", "network.onnx", "bundle.json", "summary.txt"])
def test_a_changed_byte(copy: Path, name: str) -> None:
    content = bytearray((copy / name).read_bytes())
    content[len(content) // 2] ^= 1
    (copy / name).write_bytes(content)
    with pytest.raises(BundleError, match=f"{name} is not the file that was saved"):
        load_bundle(copy)


def test_a_truncated_network(copy: Path) -> None:
    content = (copy / "network.onnx").read_bytes()
    (copy / "network.onnx").write_bytes(content[: len(content) // 2])
    with pytest.raises(BundleError, match="SHA-256"):
        load_bundle(copy)


def edit_manifest(copy: Path, **changes: object) -> None:
    manifest = json.loads((copy / "manifest.json").read_text())
    (copy / "manifest.json").write_text(json.dumps({**manifest, **changes}))


def test_too_new(copy: Path) -> None:
    edit_manifest(copy, format=99)
    with pytest.raises(BundleError, match=r"format 99; this version reads 1.*Upgrade"):
        load_bundle(copy)


@pytest.mark.parametrize("files", [{}, None, ["bundle.json"]])
def test_a_manifest_that_lists_nothing(copy: Path, files: object) -> None:
    edit_manifest(copy, files=files)
    with pytest.raises(BundleError, match="doesn't list its files"):
        load_bundle(copy)


def test_a_manifest_that_reaches_outside(copy: Path) -> None:
    manifest = json.loads((copy / "manifest.json").read_text())
    edit_manifest(copy, files={**manifest["files"], "../secret": "0" * 64})
    (copy.parent / "secret").write_text("x")
    with pytest.raises(BundleError, match="missing"):
        load_bundle(copy)


@pytest.mark.parametrize("content", ["", "{", "[]", "\udcff"])
def test_a_manifest_that_is_not_json(copy: Path, content: str) -> None:
    (copy / "manifest.json").write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(BundleError, match=r"not JSON|not a JSON object"):
        load_bundle(copy)
