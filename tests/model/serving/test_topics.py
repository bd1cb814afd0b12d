from pathlib import Path

import numpy as np
import pytest

from zigbang_nlp.errors import BundleError
from zigbang_nlp.model.serving.topic_words import named_topics, noise_apart
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
    predicted = model.predict(ids, [""] * len(ids))
    assert np.mean([c == want for (c, _), want in zip(predicted, categories, strict=True)]) > 0.97
    assert np.mean([set(t) == want for (_, t), want in zip(predicted, topics, strict=True)]) > 0.9


def test_a_blank_text_has_a_category_and_no_topic(model: TopicModel) -> None:
    ((category, topics),) = model.predict([[]], [""])
    assert category in model.categories
    assert topics == ()


def test_ids_added_later_are_passed_over(model: TopicModel) -> None:
    assert model.predict([[10, 9_999]], [""]) == model.predict([[10]], [""])


def test_a_word_names_its_topic_where_the_weights_are_silent(model: TopicModel) -> None:
    ((_, topics),) = model.predict([[2, 3]], ["주차 자리가 늘 모자라요"])
    assert topics == ("주차",)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("윗집 발소리가 심해요", {"층간소음"}),
        ("층간소음은 없어요", {"층간소음"}),
        ("기차 소리 때문에 잠을 설쳐요", {"외부소음"}),
        ("도로변이라 소음이 있어요", {"외부소음"}),
        ("층간소음도 있고 도로 쪽은 차 소리가 시끄러워요", {"층간소음", "외부소음"}),
        ("서울 어느 구역보다 나아요", set()),
        ("신대방역까지 걸어가요", {"교통"}),
        ("관리비가 적게 나와요", {"관리비"}),
        ("중앙난방이라 겨울에도 따뜻해요", {"단열결로"}),
        ("난방비가 많이 나와요", {"관리비"}),
        ("좋은 곳이에요", set()),
    ],
)
def test_words_that_look_alike_are_told_apart(text: str, named: set[str]) -> None:
    assert named_topics(text) == named


def test_the_corpus_noise_is_put_apart() -> None:
    both = frozenset({"층간소음", "주차"})
    assert noise_apart("밤마다 오토바이 소리", both) == {"외부소음", "주차"}
    assert noise_apart("윗집이 밤마다 뛰어요", both) == both
    assert noise_apart("윗집 발소리에 기차 소리까지", both) == both | {"외부소음"}
    assert noise_apart("조용해요", frozenset({"조경"})) == {"조경"}


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
