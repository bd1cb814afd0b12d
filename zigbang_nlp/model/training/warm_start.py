"""Where training starts: from nothing, or from the weights of a bundle."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from zigbang_nlp.config import TrainSettings
from zigbang_nlp.config.train import train_changes
from zigbang_nlp.console import log
from zigbang_nlp.errors import ConfigError
from zigbang_nlp.model.architecture import Architecture
from zigbang_nlp.model.bundle import Bundle, load_bundle
from zigbang_nlp.model.network.backend import keras
from zigbang_nlp.model.network.build import build_network
from zigbang_nlp.model.ngrams import extend_codes
from zigbang_nlp.model.serving.onnx_export import read_weights
from zigbang_nlp.model.serving.onnx_layers import Weights
from zigbang_nlp.resources import start_dir
from zigbang_nlp.text.encoder import Encoder
from zigbang_nlp.text.vocabulary import OUT_OF_VOCABULARY, Vocabulary

#: What a network that is gone on with has already; the settings can't change it.
FIXED = (
    "embedding_dim",
    "lstm_units",
    "bidirectional",
    "lstm_blocks",
    "pooling",
    "dense_units",
    "dense_activation",
    "batch_normalization",
    "normalize_before_activation",
)


def initial_network(
    settings: TrainSettings, vocabulary: Vocabulary
) -> tuple[Any, Architecture, Bundle | None]:
    """The network that training starts with.

    Args:
        settings: `init` is "pretrained", "scratch" or a bundle's directory.
        vocabulary: of the data set. Tokens that the bundle knows keep their embeddings; a new
            token starts as the mean of the pieces the bundle would have spelled it with.

    Returns:
        The Keras network, its architecture, and the bundle it starts from (None from scratch).

    Raises:
        BundleError: there is no whole bundle at `init`.
        ConfigError: a setting asks for another network than the bundle's.
    """
    start = start_dir(settings.init)
    if start is None:
        architecture = Architecture.from_settings(settings, len(vocabulary))
        return build_network(architecture), architecture, None
    bundle = load_bundle(start)
    architecture = _architecture(settings, bundle, len(vocabulary))
    network = build_network(architecture)
    weights = bundle_weights(bundle)
    own = bundle.encoder.vocabulary
    table, known = extend_embedding(weights["embedding"][0], own, vocabulary)
    weights = {**weights, "embedding": [table]}
    if architecture.ngram_buckets:
        codes, ngrams = weights["ngrams"]
        weights["ngrams"] = [extend_codes(codes, own, vocabulary), ngrams]
    for layer in network.layers:
        if layer.name in weights:
            layer.set_weights(weights[layer.name])
    log.info(
        "Starting from %s: %s of %s tokens are known.",
        settings.init,
        f"{known:,}",
        f"{len(vocabulary):,}",
    )
    return network, architecture, bundle


def say_other_tokenizer(base: Bundle, encoder: Encoder) -> None:
    """Say where the texts aren't tokenized as the model that training starts from learned them."""
    own, other = base.encoder.tokenizer_settings, encoder.tokenizer_settings
    if own != other:
        log.warning(
            "The data set is tokenized with %s and the model to start from with %s: of its tokens "
            "only those that both make are known.",
            other.as_dict(),
            own.as_dict(),
        )


def bundle_weights(bundle: Bundle) -> Weights:
    """The weights of a bundle's network by layer, from its Keras file or from its ONNX form."""
    if not bundle.weights_path.exists():
        return read_weights(bundle.architecture, bundle.onnx_path)
    network = build_network(bundle.architecture)
    network.load_weights(bundle.weights_path)
    return weights_of(network)


def weights_of(network: keras.Model) -> dict[str, list[np.ndarray]]:
    """The weights of a Keras network by layer."""
    return {layer.name: layer.get_weights() for layer in network.layers if layer.weights}


def extend_embedding(
    table: np.ndarray, base: Vocabulary, vocabulary: Vocabulary
) -> tuple[np.ndarray, int]:
    """The embedding of another vocabulary.

    Args:
        table: (base ids, dim).
        base: the vocabulary of `table`.
        vocabulary: the one that is wanted.

    Returns:
        float32 (ids, dim), and how many of its tokens `base` knows.
    """
    extended = np.zeros((len(vocabulary), table.shape[1]), np.float32)
    extended[:2] = table[:2]
    known = 2
    for token, i in vocabulary.ids.items():
        same = base.ids.get(token)
        if same is not None:
            extended[i] = table[same]
            known += 1
        else:
            spelled = [p for p in base.encode([token]) if p != OUT_OF_VOCABULARY]
            extended[i] = table[spelled or [OUT_OF_VOCABULARY]].mean(axis=0)
    return extended, known


def _architecture(settings: TrainSettings, bundle: Bundle, vocabulary_size: int) -> Architecture:
    architecture = Architecture.from_settings(settings, vocabulary_size)
    changed = train_changes(settings)
    for name in FIXED:
        has = getattr(bundle.architecture, name)
        if name in changed and getattr(architecture, name) != has:
            raise ConfigError(
                f"train.{name} = {changed[name]} doesn't fit train.init = {settings.init!r}, "
                f"whose network has {has}.",
                'Leave it out, or set train.init = "scratch".',
            )
    fixed = {name: getattr(bundle.architecture, name) for name in FIXED}
    return replace(
        architecture,
        **fixed,
        ngram_buckets=bundle.architecture.ngram_buckets,
        # Stars can be added to a network without them, and are never lost.
        stars=architecture.stars or bundle.architecture.stars,
    )
