"""Counting words: compounds, new words, polarity, relatives."""

from __future__ import annotations

import random

import numpy as np
import pandas as pd
import pytest
from gensim.models.phrases import npmi_scorer
from sklearn.feature_extraction.text import CountVectorizer

from tests.factories.corpus import World
from zigbang_nlp import insight
from zigbang_nlp.errors import InputError, InsightError
from zigbang_nlp.insight.related_words import co_occurrence, train_vectors

_FRAMES = ("{} 때문에 잠을 못 자요", "{}이 심해요", "{}도 좋아요", "우리 동네는 {}", "{}은 없어요")
_PLAIN = ("주차가 힘들어요", "역이 가까워요", "관리가 잘돼요", "학교가 멀어요", "조용한 동네예요")


def corpus_of(texts: list[str], **columns: object) -> insight.Corpus:
    return insight.Corpus.from_frames(pd.DataFrame({"text": texts, **columns}))


def written(word: str, times: int, seed: int = 0, total: int = 300) -> list[str]:
    rng = random.Random(seed)
    texts = [rng.choice(_FRAMES).format(word) for _ in range(times)]
    texts += [f"{rng.choice(_PLAIN)} {i}동" for i in range(total - times)]
    rng.shuffle(texts)
    return texts


@pytest.mark.parametrize("word", ["발망치", "슬세권", "벽간소음"])
def test_words_that_no_dictionary_has(word: str) -> None:
    table = insight.new_words(corpus_of(written(word, 40)))
    assert list(table) == list(insight.NEW_WORD_COLUMNS)
    assert table["word"].tolist() == [word]
    assert table["kind"][0] == ("compound" if word == "벽간소음" else "coined")


def test_known_words_phrases_and_pieces_are_not_new() -> None:
    texts = [f"{p} {q}" for p in _PLAIN for q in _PLAIN] * 12
    assert insight.new_words(corpus_of(texts)).empty


def test_a_word_that_the_dictionary_tears_apart_is_counted_whole() -> None:
    corpus = corpus_of(written("슬세권", 40))
    column = corpus.mentions.column("슬세권")
    assert column is not None
    assert corpus.mentions.words["kind"][column] == "new"
    assert corpus.mentions.by_review[:, [column]].sum() == 40
    assert sum("슬세권" in words for words in corpus.mentions.sentences()) == 40


def test_rare_compounds_are_counted_as_their_parts() -> None:
    texts = [*["층간소음이 심해요"] * 5, "주차공간이 부족해요", "주차가 편해요"]
    words = set(corpus_of(texts).mentions.words["word"])
    assert "층간소음" in words
    assert {"주차", "공간"} <= words
    assert "주차공간" not in words


def test_counts_are_those_of_scikit_learn() -> None:
    corpus = World(reviews=300).corpus()
    counter = CountVectorizer(binary=True, token_pattern=r"\S+").fit(corpus.texts["text"])
    expected = counter.transform(corpus.texts["text"])
    mentions = corpus.mentions
    for word in World().vocabulary()[::17]:
        column = mentions.column(word)
        assert column is not None
        theirs = expected[:, counter.vocabulary_[word]].toarray().ravel()
        assert (mentions.by_text[:, [column]].toarray().ravel() == theirs).all()
        reviews = pd.Series(theirs).groupby(corpus.texts["review"]).max()
        assert (mentions.by_review[:, [column]].toarray().ravel() == reviews).all()


def test_words_are_counted_without_a_store_just_the_same() -> None:
    texts = World(reviews=60).texts()
    kept = World(reviews=60).corpus().mentions
    looked_for = insight.Corpus.from_frames(texts).mentions
    assert looked_for.by_text.sum() > 0.5 * kept.by_text.sum(), "Mecab splits made-up nouns"


def test_polar_words() -> None:
    good, bad = ["조용하고 깨끗해요"] * 60, ["시끄럽고 더러워요"] * 50
    same = ["단지가 커요"] * 60
    corpus = corpus_of(
        good + bad + same,
        positive=[1.0] * 60 + [0.0] * 50 + [1.0, 0.0] * 30,
        complex=["a:1"] * 60 + ["a:2"] * 110,
    )
    table = insight.polar_words(corpus)
    assert list(table) == list(insight.POLAR_COLUMNS)
    assert set(table["word"][:2]) == {"조용하다", "깨끗하다"}
    assert set(table["word"][-2:]) == {"시끄럽다", "더럽다"}
    row = table.set_index("word").loc["단지"]
    assert row["low"] < 0 < row["high"]
    assert (row["positive"], row["negative"]) == (30, 30)


def test_typical_words_are_those_of_several_residents() -> None:
    # One resident of a:1 says 벚꽃 in five texts, eight of its 30 say 산책로.
    texts = ["벚꽃이 예뻐요"] * 5 + ["산책로가 좋아요"] * 8 + ["조용해요"] * 21 + ["조용해요"] * 300
    here = 5 + 8 + 21
    corpus = corpus_of(
        texts,
        positive=1.0,
        complex=["a:1"] * here + ["a:2"] * 300,
        review=[0] * 5 + list(range(1, len(texts) - 4)),
    )
    table = insight.typical_words(corpus, "a:1", min_count=1)
    assert list(table) == list(insight.TYPICAL_COLUMNS)
    rows = table.set_index("word")
    assert list(rows["mentions"][["벚꽃", "산책로"]]) == [1, 8]
    assert set(rows["reviews"]) == {30}
    assert set(rows["base_reviews"]) == {300}
    assert rows["significant"]["산책로"]
    assert not rows["significant"]["벚꽃"]
    assert rows["ratio"]["조용하다"] < 1
    with pytest.raises(InsightError, match="0 residents wrote such texts here"):
        insight.typical_words(corpus, "a:1", sentiment="negative")
    with pytest.raises(InsightError, match="0 residents wrote such texts elsewhere"):
        insight.typical_words(corpus.narrowed(complexes=["a:1"]), "a:1")


def test_complexes_that_are_alike_have_few_typical_words() -> None:
    corpus = World(reviews=600, complexes=30).corpus()
    rng = np.random.default_rng(3)
    complexes = corpus.complexes["complex"].to_numpy()
    dealt = rng.choice(complexes, int(corpus.texts["review"].max()) + 1)
    alike = insight.Corpus.from_frames(
        corpus.texts.assign(complex=dealt[corpus.texts["review"]]), corpus.complexes
    )
    found = [
        insight.typical_words(alike, key, min_count=3)["significant"].any() for key in complexes
    ]
    assert np.mean(found) <= 0.1, "the rate of false findings is to be 5%"


def test_pmi_is_that_of_gensim() -> None:
    mentions = World(reviews=400).corpus().mentions
    column = 3
    table = co_occurrence(mentions, column)
    counts = np.asarray(mentions.by_text.sum(axis=0)).ravel()
    total = mentions.by_text.shape[0]
    for other in table[table["together"] > 2].index[:20]:
        expected = npmi_scorer(
            int(counts[column]), int(counts[other]), int(table["together"][other]), 0, 0, total
        )
        assert table["npmi"][other] == pytest.approx(expected)


def test_related_words_stand_together_more_often_than_chance() -> None:
    texts = ["발망치 소리에 옆집 진동까지"] * 30 + ["주차 자리가 넓어요"] * 200
    table = insight.related(corpus_of(texts), "발망치")
    assert list(table) == list(insight.RELATED_COLUMNS)
    assert set(table["word"]) == {"소리", "옆집", "진동"}
    assert set(table["method"]) == {"together"}
    assert "too few for word vectors" in str(table.attrs["refused"])


def test_words_of_too_few_texts_have_no_relatives() -> None:
    corpus = corpus_of(["발망치 소리"] * 9 + ["주차 자리"] * 50)
    with pytest.raises(InsightError, match="9 texts mention '발망치'"):
        insight.related(corpus, "발망치")
    with pytest.raises(InputError, match="No review mentions"):
        insight.related(corpus, "수영장")


@pytest.mark.slow
@pytest.mark.parametrize("model", ["word2vec", "fasttext"])
def test_words_of_like_contexts_have_like_vectors(model: str) -> None:
    rng = random.Random(4)
    topics = [[f"{t}{i}번" for i in range(8)] for t in "가나다라"]
    sentences = [rng.choices(rng.choice(topics), k=8) for _ in range(3_000)]
    vectors = train_vectors(sentences, model)
    for topic in topics:
        nearest = vectors.similarity(topic[0]).nlargest(7).index
        assert set(nearest) == set(topic[1:])
    again = train_vectors(sentences, model)
    np.testing.assert_array_equal(vectors.matrix, again.matrix)


def test_pairs_are_those_of_related() -> None:
    texts = ["발망치 소리에 옆집 진동까지"] * 30 + ["주차 자리가 넓어요"] * 200
    corpus = corpus_of(texts)
    pairs = insight.word_pairs(corpus, ["발망치", "소리", "주차", "없는말", "소리"])
    assert list(pairs) == list(insight.PAIR_COLUMNS)
    assert pairs[["word", "other", "together"]].to_numpy().tolist() == [["발망치", "소리", 30]]
    alone = insight.related(corpus, "발망치").set_index("word").loc["소리"]
    assert pairs["npmi"][0] == pytest.approx(alone["npmi"])
    assert insight.word_pairs(corpus, []).empty
