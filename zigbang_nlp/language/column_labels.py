"""What the columns of exports and predictions hold, in Korean: the variable labels of .sav and .dta."""

from __future__ import annotations

from zigbang_nlp.records import CATEGORIES, LABELS

COLUMN_LABELS: dict[str, str] = {
    "source": "출처",
    "apartment_id": "단지 번호",
    "apartment_name": "단지 이름",
    "address": "단지 주소",
    "latitude": "위도",
    "longitude": "경도",
    "households": "세대수",
    "review_id": "리뷰 번호",
    "category": "항목 코드",
    "category_label": "항목",
    "text": "리뷰 본문",
    "score": "점수 (0~5)",
    "author": "작성자 (암호화한 값)",
    "written_at": "작성 일시",
    "label": "판정",
    "split": "학습·검증·평가 구분",
    "residence": "거주 형태",
    "age": "나이대",
    "sex": "성별",
    "married": "결혼 여부",
    "predicted_label": "모델의 판정",
    "predicted_probability": "긍정일 확률 (0~1)",
    "predicted_unsure": "모델이 확신하지 못함",
    "topics": "주제",
    "aspects": "주제별 의견 (JSON)",
    "model": "판정한 모델",
    "first_seen": "처음 수집한 일시 (UTC)",
    "last_seen": "마지막으로 확인한 일시 (UTC)",
    "probability": "긍정일 확률 (0~1)",
    "unsure": "모델이 확신하지 못함",
    "truncated": "너무 길어 일부만 읽음",
    "stars": "예상 별점 (1~5)",
    "predicted_truncated": "너무 길어 일부만 읽음",
    "predicted_stars": "예상 별점 (1~5)",
    "predicted_category": "모델이 본 항목",
    "predicted_topics": "모델이 본 주제",
    "predicted_aspects": "모델이 본 주제별 의견 (JSON)",
}

#: column -> value -> what it means.
VALUE_LABELS: dict[str, dict[str, str]] = {
    "label": LABELS,
    "predicted_label": LABELS,
    "category": CATEGORIES,
    "predicted_category": CATEGORIES,
}
