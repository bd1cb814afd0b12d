"""What is said about a file that was read: each note of `tables.source`, in Korean and English."""

from __future__ import annotations

from typing import Protocol

from zigbang_nlp.language.particles import with_particles


class _Note(Protocol):
    kind: str
    values: dict[str, str]
    count: int
    examples: list[str]


#: kind -> (Korean, English, English where it is one). `{count}` and `{examples}` are the note's.
WORDS: dict[str, tuple[str, str, str]] = {
    # --- how the file was read
    "encoding": (
        "{encoding}으로(로) 읽었습니다.",
        "It is read as {encoding}, not UTF-8.",
        "",
    ),
    "mojibake": (
        "{count}칸은 다른 인코딩으로 잘못 저장된 글 같습니다({examples}). "
        "--fix-encoding을 쓰면 되돌립니다.",
        "{count} cells look like text once decoded with the wrong encoding ({examples}); "
        "--fix-encoding puts them right.",
        "1 cell looks like text once decoded with the wrong encoding ({examples}); "
        "--fix-encoding puts it right.",
    ),
    "mended": (
        "인코딩이 깨진 {count}칸을 되돌렸습니다({examples}).",
        "{count} cells that had been decoded with the wrong encoding were put right ({examples}).",
        "1 cell that had been decoded with the wrong encoding was put right ({examples}).",
    ),
    "surrogates": (
        "{count}칸에서 반쪽짜리 문자(서로게이트)를 �로 바꿨습니다({examples}).",
        "{count} cells held half characters (lone surrogates), which became � ({examples}).",
        "1 cell held half a character (a lone surrogate), which became � ({examples}).",
    ),
    "delimiter": (
        "구분 문자는 {delimiter}입니다.",
        "Its fields are separated by {delimiter}.",
        "",
    ),
    "table in text": (
        "{ending} 파일이지만 {delimiter}으로(로) 나뉜 표라서 표로 읽었습니다.",
        "It is named {ending}, but is a table separated by {delimiter}, and was read as one.",
        "",
    ),
    "quoting none": (
        "따옴표를 글자 그대로 읽었습니다. 짝이 없는 따옴표가 줄을 합칩니다({examples}). "
        "그 줄들이 정말 한 칸이라면 --quoting csv를 쓰세요.",
        "Quotation marks are read as they stand, since unpaired ones would merge rows "
        "({examples}); if those lines are one cell each, use --quoting csv.",
        "",
    ),
    "short rows": (
        "{count}행은 머리글보다 칸이 적어 나머지를 비웠습니다({examples}). "
        "글 안의 줄바꿈 때문일 수 있습니다.",
        "{count} rows have fewer fields than the header, and the rest is blank ({examples}); "
        "a line break inside an unquoted text does that.",
        "1 row has fewer fields than the header, and the rest is blank ({examples}); "
        "a line break inside an unquoted text does that.",
    ),
    "blank lines": (
        "빈 줄 {count}개를 건너뛰었습니다.",
        "{count} blank lines were passed over.",
        "1 blank line was passed over.",
    ),
    "same columns": (
        "이름이 같은 열이 있어 뒤의 것을 {name}이라(라)고 부릅니다.",
        "Two columns have one name; the later one is called {name}.",
        "",
    ),
    "unpacked": (
        "압축 파일 안의 {member}을(를) 읽었습니다.",
        "{member} inside it was read.",
        "",
    ),
    "json list": (
        "{where}의 목록을 행으로 읽었습니다.",
        "The list {where} was read as its rows.",
        "",
    ),
    "sheets left out": (
        "{read} 시트만 읽고 {count}개 시트는 읽지 않았습니다({left}). --sheet로 고를 수 있습니다.",
        "Of its sheets {read} was read; {count} were not ({left}). Choose with --sheet.",
        "Of its sheets {read} was read; 1 was not ({left}). Choose with --sheet.",
    ),
    "merged cells filled": (
        "{sheet} 시트에서 병합된 칸 {count}개를 아래로 채웠습니다.",
        "{count} cells of merged ones on {sheet} were filled down.",
        "1 cell of a merged one on {sheet} was filled down.",
    ),
    "rows above the header": (
        "머리글은 {row}행입니다. 그 위의 {count}행은 뺐습니다.",
        "The header is row {row}; {count} rows above it were left out.",
        "The header is row {row}; 1 row above it was left out.",
    ),
    "blank rows": (
        "빈 행 {count}개를 건너뛰었습니다.",
        "{count} blank rows were passed over.",
        "1 blank row was passed over.",
    ),
    # --- how a file was written
    "defused": (
        "수식으로 실행될 수 있는 {count}칸 앞에 작은따옴표를 붙였습니다({examples}). "
        ".xlsx, .parquet, .jsonl에는 글이 그대로 들어갑니다.",
        "{count} cells that a spreadsheet would run as a formula got an apostrophe in front "
        "({examples}); .xlsx, .parquet and .jsonl hold them as they are.",
        "1 cell that a spreadsheet would run as a formula got an apostrophe in front "
        "({examples}); .xlsx, .parquet and .jsonl hold it as it is.",
    ),
    "replaced characters": (
        "{encoding}에 없는 글자 {count}개를 ?로 바꿨습니다.",
        "{count} characters that {encoding} lacks became ?.",
        "1 character that {encoding} lacks became ?.",
    ),
    "cut cells": (
        "{count}칸은 이 형식에 넣기에 너무 길어 {most}자에서 잘랐습니다({examples}).",
        "{count} cells are longer than the format allows and were cut at {most} characters "
        "({examples}).",
        "1 cell is longer than the format allows and was cut at {most} characters ({examples}).",
    ),
    "renamed variables": (
        "변수 이름으로 쓸 수 없는 열 이름 {count}개를 바꿨습니다({examples}). "
        "원래 이름은 변수 설명에 있습니다.",
        "{count} columns can't be called so in this format ({examples}); their own names are "
        "their labels.",
        "1 column can't be called so in this format ({examples}); its own name is its label.",
    ),
    # --- what a look at a file shows
    "look reviews": (
        "{texts}건 (빈 행 {blank}개, 되풀이된 글 {repeated}개)",
        "{texts}; {blank} blank, {repeated} repeated",
        "",
    ),
    "look column": ("{column} ({how} 기준)", "{column} (by {how})", ""),
    "look reach": ("{low} ~ {high}", "{low} to {high}", ""),
    # --- what an import says
    "both labels": (
        "글 {count}개가 {rows}행에서 긍정과 부정 라벨을 둘 다 달고 있습니다({examples}). "
        "모두 그대로 두었습니다.",
        "{count} texts carry both labels, in {rows} rows ({examples}); all are kept as they are.",
        "1 text carries both labels, in {rows} rows ({examples}); all are kept as they are.",
    ),
    "five pairs": (
        "한 행에 점수와 글이 항목마다 한 쌍씩 있는 표라서 {count}행을 항목별로 나누어 읽었습니다.",
        "Each row holds a score and a text for each category; {count} rows were read so.",
        "The row holds a score and a text for each category, and was read so.",
    ),
    "text column": (
        "리뷰는 {column} 열에서 읽었습니다.",
        "The reviews are read from the column {column}.",
        "",
    ),
    "unused column": (
        "{column} 열은 쓰지 않았습니다. 쓰려면 --{role}-column {column}을(를) 붙이세요.",
        "The column {column} is not used; --{role}-column {column} reads it.",
        "",
    ),
    "import counts": (
        "{file}: {rows}행. 새 리뷰 {new}, 바뀐 리뷰 {changed}, 이미 있는 리뷰 {seen}.",
        "{file}: {rows} rows; {new} new, {changed} changed, {seen} already there.",
        "",
    ),
    "repeated rows": (
        "{count}행은 앞 행과 똑같아 하나로 저장했습니다.",
        "{count} repeat an earlier row of the file and are one with it.",
        "",
    ),
    "conflicting rows": (
        "{count}행은 앞 행과 id가 같고 내용이 다릅니다. 마지막 것만 남겼습니다.",
        "{count} share an id with an earlier row of the file but differ; the last was kept.",
        "",
    ),
    "neutral labels": (
        "{column} 열의 중립 라벨 {count}개는 라벨 없이 저장했습니다.",
        "{count} neutral labels of {column} are stored as no label.",
        "1 neutral label of {column} is stored as no label.",
    ),
    "blank pairs": (
        "점수만 있고 글이 없는 항목 {count}개는 뺐습니다({examples}).",
        "{count} categories have a score without a text and were left out ({examples}).",
        "1 category has a score without a text and was left out ({examples}).",
    ),
    "date range": (
        "날짜는 {first}부터 {last}까지입니다.",
        "Their dates run from {first} to {last}.",
        "",
    ),
    "skipped": (
        "{count}행을 뺐습니다: {reason} ({examples}).",
        "{count} rows were left out for {reason} ({examples}).",
        "1 row was left out for {reason} ({examples}).",
    ),
    "date order": (
        "{column} 열의 {date} 같은 날짜는 {order} 순서({day})로 읽었습니다. "
        "다르면 --date-format을 쓰세요.",
        "Dates of {column} such as {date} are read in the order {order} ({day}); "
        "--date-format says otherwise.",
        "",
    ),
    "serial": (
        "날짜 {count}개는 엑셀의 날짜 번호입니다({examples}).",
        "{count} dates were serial numbers of Excel ({examples}).",
        "1 date was a serial number of Excel ({examples}).",
    ),
    "epoch": (
        "날짜 {count}개는 유닉스 시각입니다({examples}).",
        "{count} dates were Unix times ({examples}).",
        "1 date was a Unix time ({examples}).",
    ),
    "undated": (
        "날짜 {count}개는 읽을 수 없어 비웠습니다({examples}).",
        "{count} dates can't be read and stay blank ({examples}).",
        "1 date can't be read and stays blank ({examples}).",
    ),
    "future dates": (
        "날짜 {count}개는 아직 오지 않은 날입니다({examples}). --date-format을 확인하세요.",
        "{count} dates lie in the future ({examples}); check --date-format.",
        "1 date lies in the future ({examples}); check --date-format.",
    ),
    "early dates": (
        "날짜 {count}개는 1990년 전입니다({examples}). --date-format을 확인하세요.",
        "{count} dates lie before 1990 ({examples}); check --date-format.",
        "1 date lies before 1990 ({examples}); check --date-format.",
    ),
    "converted ratings": (
        "평점 {count}개를 숫자로 바꿨습니다({examples}).",
        "{count} ratings were converted ({examples}).",
        "1 rating was converted ({examples}).",
    ),
}

#: Reasons for which rows are left out, in Korean.
_REASONS = {"blank text": "빈 글", "bad value": "잘못된 값"}
#: Delimiters in Korean.
_DELIMITERS = {"commas": "쉼표", "tabs": "탭", "semicolons": "세미콜론", "bars": "세로줄"}


def sentence(kind: str, language: str = "en", **values: str) -> str:
    """One sentence of `WORDS` in "ko" or "en", with its values in place."""
    korean, english, one = WORDS[kind]
    if language == "ko":
        if "reason" in values:
            values["reason"] = _REASONS.get(values["reason"], values["reason"])
        if "delimiter" in values:
            values["delimiter"] = _DELIMITERS.get(values["delimiter"], values["delimiter"])
        return with_particles(korean.format(**values))
    return (one if one and values.get("count") == "1" else english).format(**values)


def note_sentence(note: _Note, language: str = "en") -> str:
    """A note as a sentence in "ko" or "en"."""
    examples = "; ".join(note.examples) + ("; …" if note.count > len(note.examples) > 0 else "")
    return sentence(note.kind, language, count=f"{note.count:,}", examples=examples, **note.values)
