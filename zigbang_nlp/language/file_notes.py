"""What is said about a file that was read: a sentence of the catalogue for each note of `tables.source`."""

from __future__ import annotations

from typing import Protocol

from zigbang_nlp.language.bilingual import korean_of
from zigbang_nlp.language.i18n import N_, translated


class _Note(Protocol):
    kind: str
    values: dict[str, str]
    count: int
    examples: list[str]


#: kind -> its sentence in the catalogue. `{count}` and `{examples}` are the note's.
WORDS: dict[str, str] = {
    # --- how the file was read
    "encoding": N_("{encoding}으로(로) 읽었습니다."),
    "mojibake": N_(
        "{count}칸은 다른 인코딩으로 잘못 저장된 글 같습니다({examples}). --fix-encoding을 쓰면 되돌립니다."
    ),
    "mended": N_("인코딩이 깨진 {count}칸을 되돌렸습니다({examples})."),
    "surrogates": N_("{count}칸에서 반쪽짜리 문자(서로게이트)를 �로 바꿨습니다({examples})."),
    "delimiter": N_("구분 문자는 {delimiter}입니다."),
    "table in text": N_("{ending} 파일이지만 {delimiter}으로(로) 나뉜 표라서 표로 읽었습니다."),
    "quoting none": N_(
        "따옴표를 글자 그대로 읽었습니다. 짝이 없는 따옴표가 줄을 합칩니다({examples}). 그 줄들이 정말 한 칸이라면 "
        "--quoting csv를 쓰세요."
    ),
    "short rows": N_(
        "{count}행은 머리글보다 칸이 적어 나머지를 비웠습니다({examples}). 글 안의 줄바꿈 때문일 수 있습니다."
    ),
    "blank lines": N_("빈 줄 {count}개를 건너뛰었습니다."),
    "same columns": N_("이름이 같은 열이 있어 뒤의 것을 {name}이라(라)고 부릅니다."),
    "unpacked": N_("압축 파일 안의 {member}을(를) 읽었습니다."),
    "json list": N_("{where}의 목록을 행으로 읽었습니다."),
    "sheets left out": N_(
        "{read} 시트만 읽고 {count}개 시트는 읽지 않았습니다({left}). --sheet로 고를 수 있습니다."
    ),
    "merged cells filled": N_("{sheet} 시트에서 병합된 칸 {count}개를 아래로 채웠습니다."),
    "rows above the header": N_("머리글은 {row}행입니다. 그 위의 {count}행은 뺐습니다."),
    "no header": N_(
        "첫 행이 열 이름이 아니라 자료 같아서 열을 column A처럼 자리로 부릅니다. 열 이름이라면 "
        "--header-row 1을 쓰세요."
    ),
    "other files": N_("{directory} 폴더에서 읽을 수 없는 {count}개는 건너뛰었습니다({examples})."),
    "other format": N_("이름은 {ending}이지만 내용이 {found} 파일이라 그렇게 읽었습니다."),
    "blank rows": N_("빈 행 {count}개를 건너뛰었습니다."),
    # --- how a file was written
    "defused": N_(
        "수식으로 실행될 수 있는 {count}칸 앞에 작은따옴표를 붙였습니다({examples}). .xlsx, .parquet, "
        ".jsonl에는 글이 그대로 들어갑니다."
    ),
    "replaced characters": N_("{encoding}에 없는 글자 {count}개를 ?로 바꿨습니다."),
    "cut cells": N_("{count}칸은 이 형식에 넣기에 너무 길어 {most}자에서 잘랐습니다({examples})."),
    "renamed variables": N_(
        "변수 이름으로 쓸 수 없는 열 이름 {count}개를 바꿨습니다({examples}). 원래 이름은 변수 설명에 있습니다."
    ),
    # --- what a look at a file shows
    "look reviews": N_("{texts}건 (빈 행 {blank}개, 되풀이된 글 {repeated}개)"),
    "refused values": N_(
        "{count}행에 import가 받지 않는 값이 있습니다({examples}). 고치거나 --skip-bad-rows로 빼세요."
    ),
    "look column": N_("{column} ({how} 기준)"),
    "look reach": N_("{low} ~ {high}"),
    # --- what an import says
    "both labels": N_(
        "글 {count}개가 {rows}행에서 긍정과 부정 라벨을 둘 다 달고 있습니다({examples}). 모두 그대로 두었습니다."
    ),
    "five pairs": N_(
        "한 행에 점수와 글이 항목마다 한 쌍씩 있는 표라서 {count}행을 항목별로 나누어 읽었습니다."
    ),
    "text column": N_("리뷰는 {column} 열에서 읽었습니다."),
    "unused column": N_(
        "{column} 열은 쓰지 않았습니다. 쓰려면 --{role}-column {column}을(를) 붙이세요."
    ),
    "import counts": N_(
        "{file}: {count}행. 새 리뷰 {new}, 바뀐 리뷰 {changed}, 이미 있는 리뷰 {seen}."
    ),
    "store holds": N_("저장소의 리뷰는 {count}건입니다."),
    "repeated rows": N_("{count}행은 앞 행과 똑같아 하나로 저장했습니다."),
    "conflicting rows": N_(
        "{count}행은 앞 행과 id가 같고 내용이 다릅니다. 마지막 것만 남겼습니다."
    ),
    "neutral labels": N_("{column} 열의 중립 라벨 {count}개는 라벨 없이 저장했습니다."),
    "blank pairs": N_("점수만 있고 글이 없는 항목 {count}개는 뺐습니다({examples})."),
    "date range": N_("날짜는 {first}부터 {last}까지입니다."),
    "skipped": N_("{count}행을 뺐습니다: {reason} ({examples})."),
    "date order": N_(
        "{column} 열의 {date} 같은 날짜는 {order} 순서({day})로 읽었습니다. 다르면 --date-format을 쓰세요."
    ),
    "serial": N_("날짜 {count}개는 엑셀의 날짜 번호입니다({examples})."),
    "epoch": N_("날짜 {count}개는 유닉스 시각입니다({examples})."),
    "undated": N_("날짜 {count}개는 읽을 수 없어 비웠습니다({examples})."),
    "future dates": N_(
        "날짜 {count}개는 아직 오지 않은 날입니다({examples}). --date-format을 확인하세요."
    ),
    "early dates": N_("날짜 {count}개는 1990년 전입니다({examples}). --date-format을 확인하세요."),
    "converted ratings": N_("평점 {count}개를 숫자로 바꿨습니다({examples})."),
}

#: Reasons for which rows are left out, and delimiters, as notes name them.
_NAMES = {
    "blank text": N_("빈 글"),
    "bad value": N_("잘못된 값"),
    "commas": N_("쉼표"),
    "tabs": N_("탭"),
    "semicolons": N_("세미콜론"),
    "bars": N_("세로줄"),
}


def sentence(kind: str, language: str = "en", **values: str | int) -> str:
    """One sentence of `WORDS`, with its values in place.

    Args:
        kind: a key of `WORDS`.
        language: one of `LANGUAGES`.
        values: what it names; `n`, a number, chooses the plural.
    """
    named = {
        name: translated(_NAMES[str(value)], language)
        if name in ("reason", "delimiter") and value in _NAMES
        else value
        for name, value in values.items()
    }
    return translated(WORDS[kind], language, **named)


def note_sentence(note: _Note, language: str = "en") -> str:
    """A note as a sentence in "ko" or "en"."""
    shown = note.examples if language == "en" else map(korean_of, note.examples)
    examples = "; ".join(shown) + ("; …" if note.count > len(note.examples) > 0 else "")
    counts: dict[str, str | int] = {"n": note.count, "count": f"{note.count:,}"}
    return sentence(note.kind, language, examples=examples, **counts, **note.values)
