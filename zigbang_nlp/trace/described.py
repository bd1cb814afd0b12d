"""The steps of a trace in words, the same for the terminal, the page and JSON."""

from __future__ import annotations

from dataclasses import dataclass

from zigbang_nlp.language.i18n import N_, Translator
from zigbang_nlp.predict.out_of_scope import (
    BLANK,
    MOSTLY_UNKNOWN,
    NO_KNOWN_TOKEN,
    NO_WORDS,
    NOT_KOREAN,
)
from zigbang_nlp.trace.traced import Trace

#: Each step's key, title and what it does.
_STEPS: dict[str, tuple[str, str]] = {
    "raw": (N_("원문"), N_("쓴 사람이 적은 그대로입니다.")),
    "clean": (
        N_("정제"),
        N_(
            "보이지 않는 문자와 HTML을 없애고, 이어진 공백은 하나로, 세 번 이상 되풀이된 문자는 두 번으로 줄입니다."
        ),
    ),
    "tokenize": (
        N_("형태소 분석"),
        N_(
            "뜻이나 문법 기능을 지닌 가장 작은 단위로 나눕니다. 나누는 기준은 토크나이저마다 다릅니다."
        ),
    ),
    "encode": (
        N_("정수 인코딩"),
        N_(
            "형태소를 어휘 번호로 바꿉니다. 0은 패딩, 1은 어휘에 없는 말(OOV)이고, 2부터 학습 글에 많이 나온 순서입니다. 이어서 학습한 모델은 새로 배운 말을 그 뒤에 다시 많이 나온 순서로 붙입니다."
        ),
    ),
    "pad": (
        N_("패딩"),
        N_(
            "학습할 때는 길이를 맞추려고 오른쪽을 0으로 채우고, 0인 자리는 마스크로 가려 결과에 영향을 주지 않게 합니다. 글 하나를 판정할 때는 채우지 않으며, 이보다 긴 글은 여러 구간으로 나눠 읽습니다."
        ),
    ),
    "embed": (
        N_("임베딩"),
        N_(
            "번호마다 학습된 벡터를 하나씩 가져옵니다. 비슷한 자리에 쓰이는 말은 벡터의 방향도 비슷합니다."
        ),
    ),
    "lstm": (
        N_("LSTM 상태"),
        N_(
            "토큰을 차례로 읽으며 상태를 고쳐 갑니다. 양방향이면 뒤에서부터도 읽습니다. 상태는 -1과 1 사이의 수입니다."
        ),
    ),
    "pool": (N_("풀링"), N_("토큰마다 있던 상태를 글 하나의 벡터로 모읍니다.")),
    "dense": (N_("은닉 Dense 층"), N_("벡터를 가중치 행렬에 곱하고 활성화 함수를 거칩니다.")),
    "ngrams": (
        N_("n-그램"),
        N_(
            "이웃한 토큰 1–3개마다 배운 가중치를 더해 수 두 개를 만듭니다. 하나는 판정에, 하나는 별점에 쓰이며, 마지막 층이 LSTM의 벡터와 함께 읽습니다."
        ),
    ),
    "logit": (N_("로짓"), N_("벡터의 수마다 가중치를 곱해 모두 더하고 편향을 더한 값입니다.")),
    "probability": (N_("확률"), N_("로짓을 시그모이드 함수에 넣으면 0과 1 사이의 확률이 됩니다.")),
    "label": (
        N_("판정"),
        N_(
            "확률이 임계값 이상이면 긍정, 아니면 부정입니다. 확신하지 못하는 구간 안이면 물음표를 붙입니다."
        ),
    ),
}
_POOLINGS = {
    "max_mean": N_("상태마다 가장 큰 값과 평균을 나란히 놓습니다."),
    "max": N_("상태마다 가장 큰 값만 남깁니다."),
    "mean": N_("상태마다 평균을 냅니다."),
    "last": N_("마지막 상태만 남깁니다. 양방향이면 방향마다 마지막에 읽은 자리의 상태입니다."),
}
#: Why a prediction is unsure, or has no label.
REASONS: dict[str, str] = {
    BLANK: N_("내용이 없습니다."),
    NO_KNOWN_TOKEN: N_("모델이 아는 단어가 없습니다."),
    NO_WORDS: N_("낱말이 없습니다."),
    NOT_KOREAN: N_("한국어로 쓴 글이 아닙니다."),
    MOSTLY_UNKNOWN: N_("모델이 모르는 말이 대부분입니다."),
    "close to the threshold": N_("확률이 임계값에 가깝습니다."),
    "a long text with praise and complaint": N_("긴 글에 칭찬과 불만이 함께 있습니다."),
}
KNOWN_STATES: dict[str, str] = {
    "known": "",
    "spelled": N_("조각으로 적음"),
    "unknown": N_("어휘에 없음(OOV)"),
}


@dataclass(frozen=True)
class Step:
    """One step.

    Attributes:
        key: of the step, for programs.
        title: its name.
        sentence: what it does.
        input, output: the shape of what goes in and comes out, numpy's way; () for one number or
            text.
        counts: both in words.
    """

    key: str
    title: str
    sentence: str
    input: tuple[int, ...]
    output: tuple[int, ...]
    counts: tuple[str, str]


def steps_of(trace: Trace, pooling: str, say: Translator) -> list[Step]:
    """The steps that a text went through, in order; a blank one goes as far as padding.

    Args:
        trace: of the text.
        pooling: of the network.
        say: gives the language.
    """
    tokens = len(trace.tokenized.tokens)
    ids = sum(len(token.ids) for token in trace.ids)
    raw, cleaned = (say("{n:,}자", n=len(text)) for text in (trace.text, trace.cleaned))
    morphemes, numbers = say("형태소 {n:,}개", n=tokens), say("번호 {n:,}개", n=ids)
    rows: list[tuple[str, tuple[int, ...], str]] = [
        ("raw", (), raw),
        ("clean", (), cleaned),
        ("tokenize", (tokens,), morphemes),
        ("encode", (ids,), numbers),
        ("pad", trace.padded.shape, say("번호 {n:,}개", n=len(trace.padded))),
    ]
    if trace.windows:
        first = trace.windows[0]
        width = trace.embedding.shape[1]
        rows += [
            ("embed", trace.embedding.shape, say("{n:,}차원 벡터", n=width)),
            ("lstm", first.states.shape, say("상태 {n:,}개", n=first.states.shape[1])),
            ("pool", first.pooled.shape, say("수 {n:,}개", n=len(first.pooled))),
            *(("dense", dense.shape, say("수 {n:,}개", n=len(dense))) for dense in first.dense),
        ]
        if len(first.ngrams):
            rows.append(("ngrams", first.ngrams.shape, say("수 {n:,}개", n=len(first.ngrams))))
        rows += [
            ("logit", (), f"{first.logit:+.4f}"),
            ("probability", (), f"{first.probability:.4f}"),
        ]
    rows.append(("label", (), ""))
    steps = []
    before: tuple[tuple[int, ...], str] = ((), raw)
    for key, shape, count in rows:
        title, sentence = (say(part) for part in _STEPS[key])
        if key == "pool":
            sentence = f"{sentence} {say(_POOLINGS[pooling])}"
        # The network reads what padding is masked of.
        reads = key in ("embed", "ngrams")
        source = ((len(trace.windows[0].ids),), numbers) if reads else before
        steps.append(Step(key, title, sentence, source[0], shape, (source[1], count)))
        if key == "ngrams":  # they stand behind the LSTM's vector
            width = before[0][0] + shape[0]
            shape, count = (width,), say("수 {n:,}개", n=width)
        before = (shape, count)
    return steps


def shape_text(shape: tuple[int, ...]) -> str:
    """A shape as numpy writes it; one number or text has none.

    >>> shape_text((9, 256)), shape_text((9,)), shape_text(())
    ('(9, 256)', '(9,)', '')
    """
    return str(shape) if shape else ""


def visible(text: str) -> str:
    r"""A text with what can't be seen written out, so that it can be printed.

    >>> visible("a\u200b b")
    'aU+200B b'
    """
    return "".join(
        character
        if character.isprintable()
        else ascii(character)[1:-1]
        if character in "\n\r\t"
        else f"U+{ord(character):04X}"
        for character in text
    )
