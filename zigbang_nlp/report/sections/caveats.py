"""How far to trust it: what the data are, what was left out, and how well the model judges."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from zigbang_nlp.language.i18n import N_, Translator
from zigbang_nlp.model.evaluation.metrics import macro_f1_of
from zigbang_nlp.report.section import Material
from zigbang_nlp.resources import SAMPLE

#: At the head of the report and among what limits it.
OF_SAMPLE = N_(
    "이 보고서는 함께 제공되는 견본으로 만들었습니다. 단지와 리뷰는 모두 지어낸 것이며 실제 장소와 무관합니다."
)
#: What `Corpus.left_out` says, in words.
_LEFT_OUT = {
    "sample": N_("연습용 견본"),
    "elsewhere": N_("선택한 지역이나 단지가 아님"),
    "undated": N_("작성일 없음"),
    "other days": N_("선택한 기간이 아님"),
    "other category": N_("선택한 항목이 아님"),
    "other topics": N_("선택한 주제를 말하지 않음"),
    "other complexes": N_("이름이나 리뷰 수가 조건에 맞지 않는 단지"),
}


def caveats(material: Material, evaluation: dict[str, Any] | None) -> Iterator[str]:
    """Sentences about the data and the model.

    Args:
        material: the corpus and the words of the report.
        evaluation: what `zigbang-nlp evaluate` wrote, where it did.
    """
    say, corpus = material.say, material.corpus
    texts = corpus.texts
    if SAMPLE in corpus.sources:
        yield say(OF_SAMPLE)
    yield say("출처: {sources}.", sources=", ".join(corpus.sources) or "–")
    undated = int(texts["written_at"].isna().sum())
    if undated:
        yield say("작성일이 없는 리뷰 {texts:,}건은 시기별 분석에서 제외했습니다.", texts=undated)
    unjudged = int(texts["positive"].isna().sum())
    if unjudged:
        yield say(
            "아직 판정하지 않은 리뷰 {texts:,}건은 긍정 비율에서 제외했습니다. `zigbang-nlp run`으로 판정할 수 있습니다.",
            texts=unjudged,
        )
    for why, count in corpus.left_out:
        yield say("리뷰 {texts:,}건을 제외했습니다: {why}.", texts=count, why=say(_LEFT_OUT[why]))
    yield say("리뷰를 남긴 주민의 의견입니다. 리뷰를 남기지 않은 주민의 생각은 다를 수 있습니다.")
    yield from _model(material, evaluation)
    yield say("모든 신뢰구간은 95%이며, 같은 주민이 쓴 리뷰끼리 비슷한 점을 반영했습니다.")
    yield say(
        "인용한 리뷰는 규칙에 따라 골랐습니다. 같은 내용을 다룬 리뷰들의 평균에 가장 가까운 리뷰를 단지마다 한 건씩 실었습니다."
    )
    yield say("리뷰의 저작권은 작성자와 사이트에 있습니다. 공개하기 전에 이용 약관을 확인하세요.")


def _model(material: Material, evaluation: dict[str, Any] | None) -> Iterator[str]:
    say, models = material.say, material.corpus.models
    if len(models) > 1:
        yield say(
            "모델 {models}개의 판정이 섞여 있습니다. `zigbang-nlp run`을 실행하면 한 모델로 다시 판정합니다.",
            models=len(models),
        )
    if not models:
        return
    if material.classifier is None:
        yield say("판정에 쓴 모델이 없어 정확도를 제시할 수 없습니다.")
    elif material.classifier.bundle.identity() not in models:
        yield say(
            "판정에 쓴 모델이 현재 모델과 다릅니다. `zigbang-nlp run`을 실행하면 다시 판정합니다."
        )
    else:
        yield from _measured(say, material.classifier.bundle.metrics.get("validation"), evaluation)


def _measured(
    say: Translator, validation: dict[str, Any] | None, evaluation: dict[str, Any] | None
) -> Iterator[str]:
    """How well it judges; where one class is large, accuracy says little, so it doesn't lead."""
    held_out = (evaluation or {}).get("model", {}).get("at_threshold", {})
    if evaluation is not None and "macro_f1" in held_out:  # an earlier version had none
        yield say(
            "모델은 학습에 쓰지 않은 리뷰 {texts:,}건에서 매크로 F1 {macro_f1:.3f}(95% 신뢰구간 {low:.3f}–{high:.3f}), ROC AUC {roc_auc:.3f}을 얻었고, 판정의 {wrong:.1%}가 틀렸습니다(모두 한쪽으로 판정하면 {least:.1%}). 긍정 비율에도 이만큼 오차가 있을 수 있으며, 신뢰구간에는 이 오차가 포함되지 않습니다.",
            texts=evaluation["texts"],
            macro_f1=held_out["macro_f1"]["value"],
            low=held_out["macro_f1"]["low"],
            high=held_out["macro_f1"]["high"],
            roc_auc=held_out["roc_auc"]["value"],
            wrong=1 - held_out["accuracy"]["value"],
            least=1 - evaluation["larger_class_share"],
        )
    elif validation:
        yield say(
            "모델은 검증 데이터에서 매크로 F1 {macro_f1:.3f}, ROC AUC {roc_auc:.3f}을 얻었고, 판정의 {wrong:.1%}가 틀렸습니다(모두 한쪽으로 판정하면 {least:.1%}). 긍정 비율에도 이만큼 오차가 있을 수 있으며, 신뢰구간에는 이 오차가 포함되지 않습니다.",
            macro_f1=macro_f1_of(validation),
            roc_auc=validation["roc_auc"],
            wrong=1 - validation["accuracy"],
            least=1 - validation["larger_class_share"],
        )
