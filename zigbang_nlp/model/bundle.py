"""The bundle: one directory that holds all that serving needs, and proof that it is whole.

model/
  manifest.json        format and SHA-256 of every other file
  bundle.json          architecture, threshold, margin, metrics, data fingerprint, versions
  encoder.json, vocabulary.json   how text becomes integers
  network.onnx         the network for serving
  network.weights.h5   the same weights for Keras, where network.onnx has them in 32 bits
  history.json, learning_curves.png   how training went
  summary.txt, architecture.png       the network's layers
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from zigbang_nlp.errors import BundleError
from zigbang_nlp.files import recover_swap, sha256_of, write_json
from zigbang_nlp.model.architecture import Architecture
from zigbang_nlp.text.encoder import Encoder

FORMAT = 1
#: Kinds of warnings that say a network can't tell praise from complaint at all.
HOPELESS = frozenset({"chance", "one_class"})
#: What `bundle.json` says of a bundle, beside its architecture.
_DESCRIBED = ("threshold", "unsure_low", "unsure_high", "data_fingerprint", "metrics", "versions")
MANIFEST, BUNDLE = "manifest.json", "bundle.json"
ONNX, WEIGHTS = "network.onnx", "network.weights.h5"
#: The model card, where there is one; people may write on in it, so no hash guards it.
CARD = "README.md"


@dataclass(frozen=True)
class Bundle:
    """A loaded, checked bundle.

    Attributes:
        directory: where it lies.
        encoder: text to integers.
        architecture: of the network.
        threshold: probabilities from this on are positive; chosen on validation.
        unsure_low, unsure_high: probabilities strictly between them are `unsure`.
        data_fingerprint: of the data set it was trained on.
        metrics: of training and validation.
        versions: of the package and the libraries that made it.
    """

    directory: Path
    encoder: Encoder
    architecture: Architecture
    threshold: float
    unsure_low: float
    unsure_high: float
    data_fingerprint: str
    metrics: dict[str, Any] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)

    @property
    def warnings(self) -> tuple[tuple[str, str], ...]:
        """Kind and fact of everything that is wrong with it, see `evaluation.verdict`."""
        return tuple((one["kind"], one["fact"]) for one in self.metrics.get("warnings", ()))

    @property
    def can_tell(self) -> bool:
        """Whether it learned to tell praise from complaint at all."""
        return not _hopeless(self.metrics)

    @property
    def onnx_path(self) -> Path:
        """The network that predicts."""
        return self.directory / ONNX

    @property
    def weights_path(self) -> Path:
        """The same network's weights for Keras."""
        return self.directory / WEIGHTS

    def identity(self) -> str:
        """A short name that differs between any two bundles."""
        return sha256_of(self.directory / MANIFEST)[:16]


def doubting(bundle: Bundle, reliability: float) -> Bundle:
    """The bundle with the unsure band that makes the other labels reliable.

    Args:
        bundle: made with texts that promises were tested on; see `evaluation.reliability`.
        reliability: share of the labels given without doubt that must be right.

    Raises:
        BundleError: it can't promise that much.
    """
    promises = bundle.metrics.get("promises", [])
    enough = [p for p in promises if p["reliability"] >= reliability - 1e-9]
    if not enough:
        most = max((p["reliability"] for p in promises), default=None)
        raise BundleError(
            f"The model in {bundle.directory} can't promise that {reliability:.1%} of its sure "
            "labels are right.",
            "It promises nothing: leave predict.reliability at 0.98 for the band it has."
            if most is None
            else f"Ask for at most predict.reliability = {most}.",
        )
    chosen = min(enough, key=lambda p: float(p["reliability"]))
    return replace(bundle, unsure_low=float(chosen["low"]), unsure_high=float(chosen["high"]))


def write_manifest(bundle: Bundle) -> None:
    """Write the bundle's own files beside the network's, then the manifest over all of them."""
    bundle.encoder.save(bundle.directory)
    values = {name: getattr(bundle, name) for name in _DESCRIBED}
    values = {"architecture": bundle.architecture.as_dict(), **values}
    write_json(bundle.directory / BUNDLE, values)
    files = {
        path.name: sha256_of(path)
        for path in sorted(bundle.directory.iterdir())
        if path.is_file() and path.name not in (MANIFEST, CARD)
    }
    write_json(bundle.directory / MANIFEST, {"format": FORMAT, "files": files})


def load_bundle(directory: Path) -> Bundle:
    """Read and check a bundle.

    Raises:
        BundleError: it is missing, too new, incomplete, changed since it was made, or damaged.
    """
    recover_swap(directory)
    manifest = _read(directory / MANIFEST, directory)
    found_format = manifest.get("format")
    if not isinstance(found_format, int) or found_format > FORMAT:
        raise BundleError(
            f"The model in {directory} has format {found_format!r}; this version reads {FORMAT}.",
            "Upgrade zigbang-nlp, or train the model again with this version.",
        )
    _check_files(directory, manifest)
    values = _read(directory / BUNDLE, directory)
    encoder = Encoder.load(directory)
    try:
        bundle = Bundle(
            directory=directory,
            encoder=encoder,
            architecture=Architecture.from_dict(values["architecture"]),
            threshold=float(values["threshold"]),
            unsure_low=float(values["unsure_low"]),
            unsure_high=float(values["unsure_high"]),
            data_fingerprint=str(values["data_fingerprint"]),
            metrics=values["metrics"],
            versions=values["versions"],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise _damaged(directory, f"{BUNDLE} lacks or misstates {error}") from error
    if bundle.architecture.vocabulary_size != len(encoder.vocabulary):
        raise _damaged(
            directory,
            f"its network takes {bundle.architecture.vocabulary_size} ids "
            f"and its vocabulary has {len(encoder.vocabulary)}",
        )
    return bundle


def serves_by_default(directory: Path) -> tuple[bool, str]:
    """Whether a bundle may classify unasked, and the fact against it.

    A bundle that can't be read may: loading it says what is wrong.
    """
    try:
        facts = _hopeless(json.loads((directory / BUNDLE).read_text("utf-8"))["metrics"])
    except (OSError, ValueError, KeyError, TypeError):
        return True, ""
    return not facts, " ".join(facts)


def _hopeless(metrics: dict[str, Any]) -> list[str]:
    """The facts that say a network can't tell praise from complaint at all."""
    return [one["fact"] for one in metrics.get("warnings", ()) if one["kind"] in HOPELESS]


def _check_files(directory: Path, manifest: dict[str, Any]) -> None:
    files = manifest.get("files")
    if not isinstance(files, dict) or not {BUNDLE, ONNX} <= files.keys():
        raise _damaged(directory, f"{MANIFEST} doesn't list its files")
    for name, expected in files.items():
        path = directory / name
        # A manifest from a stranger must not reach out of the bundle.
        if os.path.basename(name) != name or not path.is_file():  # noqa: PTH119
            raise _damaged(directory, f"{name} is missing")
        if sha256_of(path) != expected:
            raise _damaged(
                directory, f"{name} is not the file that was saved (its SHA-256 differs)"
            )


def _damaged(directory: Path, why: str) -> BundleError:
    return BundleError(
        f"The model in {directory} is damaged or was changed: {why}.",
        "Restore the directory, or run `zigbang-nlp train --force`.",
    )


def _read(path: Path, directory: Path) -> dict[str, Any]:
    if not path.is_file():
        raise BundleError(
            f"There is no model in {directory}.",
            "Run `zigbang-nlp train` first, or leave the model out: one ships with the package.",
        )
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise _damaged(directory, f"{path.name} is not JSON ({error})") from error
    if not isinstance(values, dict):
        raise _damaged(directory, f"{path.name} is not a JSON object")
    return values
