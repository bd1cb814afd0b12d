"""What is wrong with a file, and what to do: two sentences of the catalogue for each kind of error."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

from zigbang_nlp.errors import InputError
from zigbang_nlp.language.bilingual import Bilingual, bilingual_error, filled, input_error
from zigbang_nlp.language.i18n import N_

#: kind -> (the fact, the next step). Values in braces are the error's.
WORDS: dict[str, tuple[str, str]] = {
    # --- the file
    "directory": (
        N_("{path} 경로는 폴더입니다."),
        N_("그 안의 파일을 하나 지정하세요. `import`는 폴더도 받습니다."),
    ),
    "no file": (N_("{path} 파일이 없습니다."), N_("이름과 현재 폴더를 확인하세요.")),
    "extension": (
        N_("{name} 파일의 확장자({ending})는 읽을 수 없습니다."),
        N_("다음 가운데 하나를 쓰세요: {known}."),
    ),
    "empty": (N_("{name} 파일이 비어 있습니다."), N_("머리글과 행이 있는 파일을 쓰세요.")),
    "no rows": (N_("{name} 파일에 행이 없습니다."), N_("행이 하나라도 있는 파일을 쓰세요.")),
    "no column": (N_("{name} 파일에 {columns} 열이 없습니다."), "{known}"),
    "no texts": (
        N_("{name} 파일에서 리뷰가 있는 열을 찾지 못했습니다."),
        N_("--text-column으로 지정하세요. {known}"),
    ),
    "unreadable": (
        N_("{name} 파일을 {what} 형식으로 읽을 수 없습니다{why}."),
        N_("내용이 확장자와 맞는지, 끝까지 받은 파일인지 확인하세요."),
    ),
    "web page": (
        N_("{name} 파일은 이름과 달리 웹 페이지(HTML)입니다."),
        N_("엑셀이나 브라우저로 열어 표를 .xlsx나 .csv로 저장하세요."),
    ),
    # --- text formats
    "partly UTF-8": (
        N_("{name} 파일은 UTF-8이지만 {line}줄에 UTF-8이 아닌 바이트({bytes})가 있습니다."),
        N_("그 줄을 고치거나 파일을 UTF-8로 다시 저장하세요."),
    ),
    "no encoding": (
        N_(
            "{name} 파일은 UTF-8도 CP949도 아닙니다. {line}줄에 맞지 않는 바이트({bytes})가 있습니다."
        ),
        N_("{likely}파일을 UTF-8로 저장하거나 --encoding으로 인코딩을 지정하세요."),
    ),
    "unknown encoding": (
        N_("{encoding} 인코딩으로는 파일을 읽을 수 없습니다."),
        N_("utf-8, cp949, utf-16, cp1252 같은 이름을 쓰세요."),
    ),
    "other encoding": (
        N_(
            "{name} 파일은 {encoding} 인코딩이 아닙니다. {line}줄에 맞지 않는 바이트({bytes})가 있습니다."
        ),
        N_("--encoding으로 인코딩을 지정하거나 파일을 UTF-8로 저장하세요."),
    ),
    "open quotes": (
        N_(
            "{name} 파일의 {first}~{last}줄{more}이 닫히지 않은 따옴표 때문에 한 칸으로 이어집니다."
        ),
        N_(
            "그 줄들을 고치세요. --quoting none은 따옴표를 글자 그대로 읽고, --quoting csv는 칸을 감싼 것으로 읽습니다."
        ),
    ),
    "long row": (
        N_("{name} 파일의 {row}행은 {fields}칸인데 머리글은 {width}칸입니다."),
        N_("따옴표로 감싸지 않은 글에 구분 문자가 있으면 이렇게 됩니다. 글을 따옴표로 감싸세요."),
    ),
    "several lists": (
        N_("{name} 파일은 목록이 여러 개({lists})인 JSON 객체입니다."),
        N_("리뷰 목록만 JSON 배열로 저장하거나 한 줄에 객체를 하나씩 적어 저장하세요."),
    ),
    "no list": (
        N_("{name} 파일은 목록이 없는 JSON 객체입니다."),
        N_("리뷰 목록만 JSON 배열로 저장하거나 한 줄에 객체를 하나씩 적어 저장하세요."),
    ),
    # --- packed files
    "several members": (
        N_("{name} 파일 안에 읽을 수 있는 파일이 여러 개 있습니다: {names}."),
        N_("압축을 풀고 파일을 하나 지정하세요."),
    ),
    "no member": (
        N_("{name} 파일 안에 읽을 수 있는 파일이 없습니다."),
        N_("압축을 풀고 파일을 하나 지정하세요."),
    ),
    "packed password": (
        N_("{name} 파일에 암호가 걸려 있습니다."),
        N_("압축을 풀고 그 안의 파일을 지정하세요."),
    ),
    "too large unpacked": (
        N_("{name} 파일의 압축을 풀면 남은 디스크의 절반이 넘습니다."),
        N_("디스크를 비우거나 공간이 넉넉한 곳에서 압축을 푸세요."),
    ),
    # --- workbooks
    "damaged workbook": (
        N_("{name} 파일은 손상되었거나 표에서 아주 먼 칸이 차 있어 엑셀 파일로 읽을 수 없습니다."),
        N_("엑셀로 열어 표 밖의 행과 열을 지우고 .xlsx로 다시 저장하거나 파일을 다시 받으세요."),
    ),
    "far cell": (
        N_("{name} 파일의 {sheet} 시트는 {column}열 {rows}행까지 차 있어 읽기에 너무 넓습니다."),
        N_("엑셀에서 표 밖의 행과 열을 지우거나 그 시트를 CSV로 저장하세요."),
    ),
    "unreadable workbook": (
        N_("{name} 파일을 엑셀 파일로 읽을 수 없습니다{why}."),
        N_("엑셀로 열어 .xlsx로 다시 저장하세요. 손상되었다면 파일을 다시 받으세요."),
    ),
    "password": (
        N_("{name} 엑셀 파일에 암호가 걸려 있습니다."),
        N_("엑셀로 열어 암호를 지우고(파일 > 정보 > 통합 문서 보호) 저장하세요."),
    ),
    "no sheet": (N_("{name} 파일에 {sheet} 시트가 없습니다."), N_("있는 시트: {known}.")),
    "hidden sheets": (
        N_("{name} 파일에서 숨기지 않은 시트는 모두 비어 있습니다."),
        N_("--sheet로 숨긴 시트를 지정하세요."),
    ),
    "empty sheet": (
        N_("{name} 파일의 {sheets} 시트에 행이 없습니다."),
        N_("--sheet로 다른 시트를 고르세요: {others}."),
    ),
    "blank header": (
        N_("{name} 파일의 {row}행은 비어 있습니다."),
        N_("--header-row를 고치거나 빼세요."),
    ),
    "same names": (
        N_("머리글에 이름이 같은 열이 있습니다: {names}."),
        N_("열마다 다른 이름을 붙이거나 --header-row로 머리글 행을 지정하세요."),
    ),
    # --- cells
    "not text": (
        N_("{what} 자리에 글이 아닌 {kind}이(가) 있습니다: {cell}."),
        N_("글이 담긴 열을 지정하거나 칸을 고치세요."),
    ),
    "bytes": (
        N_("UTF-8로도 CP949로도 읽을 수 없는 바이트({bytes})입니다."),
        N_("열을 글로 저장하세요."),
    ),
    "no rating": (N_("평점 {cell}을(를) 수로 읽을 수 없습니다."), N_("고치거나 비우세요.")),
    "rating outside": (
        N_("평점 {cell}이(가) 0~{scale} 범위를 벗어납니다."),
        N_("--rating-scale로 가장 높은 평점을 지정하세요."),
    ),
    "no label": (
        N_("라벨 {label}은(는) 긍정도 부정도 아닙니다."),
        N_(
            "negative와 positive, 또는 부정과 긍정을 쓰고 라벨이 없는 행은 비워 두세요. 아니면 뜻을 지정하세요: --label-map {spelled}=negative(또는 positive, neutral)."
        ),
    ),
    "several labels": (
        N_("라벨 {label}은(는) 부정도 긍정도 아닙니다."),
        N_("한 행에 라벨이 하나씩 있는 열을 지정하세요."),
    ),
    "category": (
        N_("항목 {name}을(를) 알 수 없습니다."),
        N_("다음 가운데 하나를 쓰세요: {known}."),
    ),
    "split": (
        N_("데이터 구분 {name}을(를) 알 수 없습니다."),
        N_("다음 가운데 하나를 쓰거나 비워 두세요: {known}."),
    ),
}
#: What stands before a fact or within a sentence, is a next step, or an example of a note.
PLACES = {
    "cell": N_("{row}행 {column} 열: {fact}"),
    "refused": N_("{row}행: {fact}"),
    "columns": N_("있는 열: {names}."),
    "broken columns": N_(
        "있는 열: {names}. 인코딩이 깨진 이름입니다({whole}). --fix-encoding을 쓰세요."
    ),
    "likely": N_("{encoding} 인코딩일 수 있습니다. "),
    "more places": N_(" 외 {count}곳"),
    "line": N_("{line}줄"),
    "lines": N_("{first}~{last}줄"),
    "row": N_("{row}행"),
    "cell of": N_("{row}행 {column} 열"),
    "pair": N_("{row}행 {category} 항목"),
    "name": N_("{column!r} 열: {whole!r}"),
    "renamed": N_("{name!r} → {variable}"),
    "rating": N_("{cell} → {rating}"),
    "emptied": N_("{cell} → 빈칸"),
    "date": N_("{cell} → {date}"),
}
#: What a cell should hold, and what it may be instead.
NAMES = {
    "text": N_("리뷰 본문"),
    "apartment": N_("아파트 단지"),
    "category": N_("항목 이름"),
    "id": N_("번호"),
    "split": N_("데이터 구분"),
    "source": N_("출처"),
    "true or false": N_("참·거짓"),
    "a date": N_("날짜"),
    "a time": N_("시각"),
    "an object": N_("객체"),
    "a list": N_("목록"),
    "none": N_("없음"),
}


def file_error(kind: str, /, **values: Any) -> InputError:
    """An error of `WORDS`, with its values in place."""
    return input_error(*WORDS[kind], **values)


def placed(kind: str, error: InputError, /, **values: Any) -> InputError:
    """The error with the place where it was met, one of `PLACES`, before its fact."""
    return bilingual_error(filled(PLACES[kind], {**values, "fact": error.fact}), error.next_step)


def part(kind: str, /, **values: Any) -> Bilingual:
    """A part of a sentence, one of `PLACES`."""
    return filled(PLACES[kind], values)


def example(kind: str, /, **values: Any) -> Callable[[], Bilingual]:
    """A part of a sentence that is asked for only where a note keeps it as an example."""
    return partial(part, kind, **values)


def name(kind: str) -> Bilingual:
    """One of `NAMES`."""
    return filled(NAMES[kind], {})


def quoted(names: Iterable[str]) -> str:
    """Names in quotation marks, with commas between them."""
    return ", ".join(map(repr, names))
