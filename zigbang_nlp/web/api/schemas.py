"""What goes in and out of the API, with examples."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from zigbang_nlp.web import problems
from zigbang_nlp.web.api import rows

_EXAMPLE: dict[str, Any] = {"texts": ["역이 가까워요", "주차할 데가 없어요"], "topics": False}
_PREDICTED: dict[str, Any] = {
    "text": "역이 가까워요",
    "label": "positive",
    "probability": 0.776,
    "unsure": False,
}


class PredictRequest(BaseModel):
    """Texts to classify, and what to tell of each."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})

    texts: Annotated[
        list[str], Field(min_length=1, description="리뷰 글. 빈 글도 오류가 아닙니다.")
    ]
    explain: bool = Field(False, description="판정에 영향을 준 말도 알려 줍니다.")
    topics: bool = Field(False, description="항목과 주제도 알려 줍니다.")
    sentences: bool = Field(False, description="문장마다 따로 판정합니다.")
    aspects: bool = Field(False, description="주제마다 어떤 의견인지 알려 줍니다.")
    stars: bool = Field(False, description="글쓴이가 줄 점수(1-5)도 알려 줍니다.")


class Prediction(BaseModel):
    """One text's label; further fields only where they were asked for."""

    model_config = ConfigDict(extra="allow", json_schema_extra={"examples": [_PREDICTED]})

    text: str
    label: str | None = Field(
        description="positive 또는 negative. 한국어 문장이 아니어서 판정하지 않으면 null"
    )
    probability: float = Field(description="긍정일 확률, 0에서 1", ge=0, le=1)
    unsure: bool = Field(description="모델이 스스로 확신하지 못하는지")
    reason: str | None = Field(None, description="확신하지 못하는 까닭")


class Predictions(BaseModel):
    """The predictions, in the order of the texts."""

    predictions: list[Prediction]
    model: str = Field(description="이 판정을 한 모델")


class Keywords(BaseModel):
    """Words that rise and fall, and the period that was meant."""

    since: str
    until: str
    items: list[rows.KeywordRow]


class Trends(BaseModel):
    """A share by period: of positive texts, or of reviews that mention a word."""

    items: list[rows.TrendRow] | list[rows.MentionRow]


class Comparison(BaseModel):
    """Two places, over all and by category."""

    items: list[rows.CompareRow]


class BeforeAfter(BaseModel):
    """Changes with their tests, and the periods that were meant."""

    since: str
    until: str
    base_since: str
    base_until: str
    items: list[rows.BeforeAfterRow]


class WordSaid(BaseModel):
    """How often a word is mentioned, and how often there is an opinion on its topic."""

    word: str
    mentions: int = Field(description="이 말을 쓴 주민 리뷰")
    reviews: int = Field(description="모든 주민 리뷰")
    rate: float
    low: float
    high: float
    topic: str | None = Field(description="이 말이 가리키는 주제. 없으면 null")
    opinions: int = Field(description="그 주제에 대한 의견")
    positive: int = Field(description="그 가운데 칭찬")
    opinion_reviews: int = Field(description="의견을 낸 주민 리뷰")
    forms: list[rows.FormRow] = Field(description="함께 센 합성어와 띄어쓰기")


class Listed(BaseModel):
    """One page of a list."""

    total: int = Field(description="전체 줄 수")
    page: int
    size: int


class ComplexList(Listed):
    """Complexes with their sentiment."""

    items: list[rows.ComplexRow]


class Suggestion(BaseModel):
    """A name that may be meant."""

    name: str = Field(examples=["은솔마루 3단지"])
    kind: Literal["region", "complex"]
    district: str = Field(description="단지의 시군구. 지역이면 빈 글")
    complex: str = Field(description="단지의 키. 지역이면 빈 글", examples=["sample:90101"])


class Suggestions(BaseModel):
    """Names that may be meant, regions first."""

    items: list[Suggestion]


class ReviewList(Listed):
    """Reviews with what the model says of them."""

    items: list[rows.ReviewRow]


class Reading(BaseModel):
    """How a part of a question was read."""

    asked: str
    read_as: str
    value: str


class SearchResult(Listed):
    """What a question finds."""

    items: list[rows.HitRow]
    reviews: int = Field(description="주민 리뷰 수")
    judged: int = Field(description="모델이 판정한 글 수")
    positive: int
    share: float | None = Field(description="긍정 비율. 판정한 글이 없으면 null")
    low: float | None
    high: float | None
    readings: list[Reading] = Field(description="찾는 말을 어떻게 읽었는지")
    typical: float | None = Field(
        description="뜻으로 찾을 때, 조건에 맞는 모든 글의 유사도의 중앙값"
    )
    known: int | None = Field(description="뜻으로 찾을 때, 그 가운데 벡터가 있어 찾아본 글 수")


class Point(BaseModel):
    """Where a complex is."""

    type: Literal["Point"]
    coordinates: tuple[float, float] = Field(description="경도, 위도 (WGS 84)")


class Feature(BaseModel):
    """A complex on the map."""

    type: Literal["Feature"]
    geometry: Point
    properties: rows.PointProperties


class FeatureCollection(BaseModel):
    """Points of complexes."""

    type: Literal["FeatureCollection"]
    features: list[Feature]
    left_out: int = Field(0, description="좌표가 없어 빠진 단지")


class ComplexDetail(BaseModel):
    """One complex."""

    model_config = ConfigDict(extra="allow")

    complex: str = Field(examples=["sample:90101"])
    name: str = Field(examples=["은솔마루 3단지"])
    address: str | None
    latitude: float | None
    longitude: float | None
    households: float | None
    district: str | None
    categories: list[rows.CategoryRow]
    district_categories: list[rows.CategoryRow]
    trend: list[rows.TrendRow]


class ModelCard(BaseModel):
    """What the model is and how well it does."""

    model_config = ConfigDict(extra="allow")

    model: str
    threshold: float
    metrics: dict[str, Any]
    versions: dict[str, str]


def problem_responses(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Error answers for the OpenAPI document."""
    content = {problems.MEDIA_TYPE: {"schema": problems.SCHEMA}}
    return {
        status: {"description": _MEANING[status], "content": content}
        for status in sorted({*statuses, 400, 401, 421, 429, 500, 503, 504})
    }


_MEANING: dict[int, str] = {
    400: "모르는 조건이 있거나, 본문을 읽을 수 없거나, 글이 너무 깁니다.",
    401: "토큰이 필요합니다.",
    404: "찾는 것이 없거나, 말할 만큼 리뷰가 없습니다.",
    413: "본문이 너무 큽니다.",
    415: "본문이 JSON이 아닙니다.",
    421: "다른 이름으로 온 요청입니다.",
    422: "요청의 값이 잘못되었거나 너무 많습니다.",
    429: "요청이 너무 잦습니다.",
    500: "서버에서 문제가 생겼습니다.",
    503: "모델이나 저장소가 없거나, 너무 바쁩니다.",
    504: "시간 안에 처리하지 못했습니다.",
}

#: The errors of most addresses, and the answers of those that give a table as JSON or CSV.
PROBLEMS = problem_responses(404, 422)
_TABLE = {"schema": {"type": "string"}, "example": "name,texts,share\n은솔마루 3단지,47,0.61\n"}
TABLE_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "`Accept: text/csv`로 요청하면 모든 줄을 CSV로 받습니다.",
        "content": {"text/csv": _TABLE},
    },
    **PROBLEMS,
}
