"""Why: the tokens that decide what the model says, by category."""

from __future__ import annotations

from zigbang_nlp.errors import BundleError
from zigbang_nlp.language.bilingual import insight_error
from zigbang_nlp.predict.global_attribution import deciding_tokens
from zigbang_nlp.report.chart_rows import effect_rows
from zigbang_nlp.report.section import Material, View
from zigbang_nlp.text.words import grammar_surfaces, is_content

#: Texts looked at (each of their tokens costs a prediction), and tokens drawn.
_TEXTS, _DRAWN = 1_500, 24


def deciding(material: Material) -> View:
    """The words that move the model's probabilities most.

    Raises:
        InsightError: there is no model, it isn't the one that judged, or it can't tell.
    """
    say = material.say
    if material.classifier is None:
        raise insight_error("모델이 없어 판정의 까닭을 말할 수 없습니다.")
    if material.classifier.bundle.identity() not in material.corpus.models:
        raise insight_error("지금의 모델은 판정한 모델이 아니어서 판정의 까닭을 말할 수 없습니다.")
    texts = material.corpus.texts
    try:
        every = deciding_tokens(
            material.classifier, texts["text"].tolist(), texts["category"].tolist(), _TEXTS
        )
    except BundleError as error:
        raise insight_error("이 모델은 판정의 까닭을 말할 수 없습니다.") from error
    # Particles and endings decide much and tell a reader nothing.
    grammar = grammar_surfaces(texts["text"].sample(min(_TEXTS, len(texts)), random_state=0))
    means = [
        len(token) > 1 and token not in grammar and is_content(token) for token in every["token"]
    ]
    table = every[means]
    # Both ends of the interval on one side: the token leans the same way wherever it stands.
    table = table[table["low"].gt(0) | table["high"].lt(0)]
    if table.empty:
        raise insight_error("판정을 한쪽으로 이끄는 말이 뚜렷하지 않습니다.")
    table = table.assign(category_name=table["category"].map(say.category))
    first = table.groupby("category", sort=False).head(5)
    drawn = table.loc[table["total"].abs().nlargest(_DRAWN).index]
    drawn = drawn.assign(
        name=[f"{t} · {c}" for t, c in zip(drawn["token"], drawn["category_name"], strict=True)]
    ).sort_values("mean", ascending=False)
    chart = effect_rows(drawn, "name", "mean", "count", say("판정에 영향을 준 표현"))
    columns = ["category_name", "token", "mean", "low", "high", "count", "reviews"]
    sentence = say(
        "리뷰 {texts:,}건에서 단어를 하나씩 뺐을 때 긍정 확률이 얼마나 바뀌는지 측정했습니다. 오른쪽 단어는 긍정, 왼쪽 단어는 부정으로 판정하게 합니다. 조사와 어미는 제외했습니다.",
        texts=min(_TEXTS, len(texts)),
    )
    rows = table.loc[sorted({*first.index, *drawn.index})]
    return View("deciding", [sentence], chart, table, columns, rows=rows, sides=True)
