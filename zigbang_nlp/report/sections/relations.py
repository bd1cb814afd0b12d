"""Which words go together: the network around the most spoken-of nouns."""

from __future__ import annotations

import numpy as np
import pandas as pd

from zigbang_nlp import insight
from zigbang_nlp.charts.network import Edge, Node, word_network
from zigbang_nlp.charts.rows import Tone
from zigbang_nlp.errors import InsightError
from zigbang_nlp.language.bilingual import insight_error
from zigbang_nlp.language.i18n import N_
from zigbang_nlp.report.section import Material, View

#: Words that the network starts from, those that each leads to, and dots at most.
_SEEDS, _EACH, _MOST = 10, 4, 36
#: Texts of a word to start from; one of a single syllable (때, 집) leads everywhere.
_FEWEST = 10
_METHODS = {"together": N_("같은 리뷰"), "vectors": N_("비슷한 맥락")}


def network(material: Material) -> View:
    """The nouns that are spoken of most, and the words that go with them.

    Raises:
        InsightError: no words go together.
    """
    say, corpus = material.say, material.corpus
    mentions = corpus.mentions
    counts = np.asarray(mentions.by_text.sum(axis=0)).ravel()
    words = mentions.words
    nouns = words["word"][words["kind"].isin(["noun", "new"]) & words["word"].str.len().gt(1)]
    # Two stored forms may be one word to people (one noun, and its parts joined).
    texts = pd.Series(counts, words["word"]).groupby(level=0).max()
    enough = texts[texts.index.isin(nouns) & texts.ge(_FEWEST)]
    seeds = enough.nlargest(_SEEDS).index.tolist()
    tables, refused = [], None
    for seed in seeds:
        related = insight.related(corpus, seed, top=_EACH)
        refused = refused or related.attrs.get("refused")
        tables.append(related.assign(one=seed))
    table = pd.concat(tables) if tables else pd.DataFrame()
    if table.empty:
        raise insight_error("우연보다 자주 함께 쓰인 낱말이 없습니다.")
    table = table.rename(columns={"word": "other"})
    strength = table["npmi"].fillna(table["similarity"]).clip(0, 1).fillna(0)
    edges = table.assign(strength=strength)
    edges["pair"] = [tuple(sorted(pair)) for pair in zip(edges["one"], edges["other"], strict=True)]
    edges = edges.drop_duplicates(["pair", "method"])
    kept = list(dict.fromkeys([*seeds, *edges.sort_values("strength")["other"][::-1]]))[:_MOST]
    edges = edges[edges["one"].isin(kept) & edges["other"].isin(kept)]
    named = [word for word in kept if word in set(edges["one"]) | set(edges["other"])]
    sizes = texts.reindex(named).astype(int)
    nodes = [
        Node(word, size, tone, say("리뷰 {n:,}건", n=size))
        for word, size, tone in zip(named, sizes.tolist(), _tones(material, named), strict=True)
    ]
    links = [
        Edge(row["one"], row["other"], row["strength"], row["method"] != "together")
        for row in edges.to_dict("records")
    ]
    sentences = [
        say(
            "가장 많이 쓰인 명사와 관련어입니다. 실선은 같은 리뷰에 함께 나오는 말(NPMI), 점선은 비슷한 맥락에서 쓰이는 말(단어 벡터)입니다. 파란색은 긍정 리뷰에, 주황색은 부정 리뷰에 더 많이 나온 말입니다."
        )
    ]
    if refused is not None:
        sentences.append(refused.sentence(say.language))
    table = table.assign(method=[say(_METHODS[name]) for name in table["method"]])
    columns = ["one", "other", "method", "together", "npmi", "similarity"]
    chart = word_network(nodes, links, say("함께 쓰이는 말"))
    csv = table[["one", *table.columns.drop("one")]]
    return View("network", sentences, chart, csv, columns)


def _tones(material: Material, words: list[str]) -> list[Tone]:
    """The side that each word's texts lean to, where it is sure."""
    try:
        polar = insight.polar_words(material.corpus, min_count=1)
    except InsightError:
        return ["base"] * len(words)
    by_word = polar.drop_duplicates("word").set_index("word").reindex(words)
    sure = by_word["significant"].eq(True)
    tones: list[Tone] = np.where(
        ~sure, "base", np.where(by_word["z"] > 0, "positive", "negative")
    ).tolist()
    return tones
