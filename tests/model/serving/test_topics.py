from pathlib import Path

import numpy as np
import pytest

from zigbang_nlp.errors import BundleError
from zigbang_nlp.model.serving.topics import TopicModel, fit_topics

#: Id 10 + k means topic k; ids 2 to 5 mean nothing.
TOPICS = ("교통", "주차", "조경")


def texts(n: int, seed: int) -> tuple[list[list[int]], list[str], list[frozenset[str]]]:
    random = np.random.default_rng(seed)
    ids, categories, topics = [], [], []
    for _ in range(n):
        about = [k for k in range(3) if random.random() < 0.4]
        ids.append([*random.integers(2, 6, 4).tolist(), *(10 + k for k in about)])
        categories.append("traffic" if 0 in about else "care")
        topics.append(frozenset(TOPICS[k] for k in about))
    return ids, categories, topics


@pytest.fixture(scope="module")
def model() -> TopicModel:
    return fit_topics(*texts(400, 0), vocabulary_size=20)


def test_words_give_their_topics_and_category(model: TopicModel) -> None:
    ids, categories, topics = texts(200, 1)
    found = model.predict(ids)
    assert np.mean([c == want for (c, _), want in zip(found, categories, strict=True)]) > 0.97
    assert np.mean([set(t) == want for (_, t), want in zip(found, topics, strict=True)]) > 0.97


def test_a_blank_text_has_a_category_and_no_topic(model: TopicModel) -> None:
    ((category, topics),) = model.predict([[]])
    assert category in model.categories
    assert topics == ()


def test_ids_added_later_are_passed_over(model: TopicModel) -> None:
    assert model.predict([[10, 9_999]]) == model.predict([[10]])


def test_saved_and_loaded_say_the_same(model: TopicModel, tmp_path: Path) -> None:
    model.save(tmp_path)
    loaded = TopicModel.load(tmp_path)
    assert loaded is not None
    ids = texts(100, 2)[0]
    np.testing.assert_allclose(loaded.scores(ids), model.scores(ids), atol=0.02)
    assert loaded.topics == tuple(sorted(TOPICS))


def test_a_bundle_without_topics_has_none(tmp_path: Path) -> None:
    assert TopicModel.load(tmp_path) is None


def test_a_damaged_file_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "topics.npz").write_bytes(b"no zip")
    with pytest.raises(BundleError, match="no usable topics"):
        TopicModel.load(tmp_path)
