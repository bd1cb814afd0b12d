"""One message catalogue: every sentence that people are shown has its English, and none is stale."""

import ast
import re
import runpy
import string
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from zigbang_nlp.language.i18n import LOCALE, Translator, translated

ROOT = Path(__file__).parents[2]
with (LOCALE / "en" / "LC_MESSAGES" / "zigbang_nlp.po").open("rb") as source:
    CATALOGUE = {
        str(message.id[0] if isinstance(message.id, tuple) else message.id): message
        for message in read_po(source, locale="en")
        if message.id
    }


@pytest.fixture(scope="module")
def written() -> dict[str, str]:
    """Sentences of the source, which the catalogue must hold, each with a file that has it."""
    tool = runpy.run_path(str(ROOT / "scripts" / "messages.py"))
    return dict(tool["sentences"]())


def test_every_sentence_is_translated_and_nothing_is_stale(written: dict[str, str]) -> None:
    assert not sorted(written.keys() - CATALOGUE.keys()), "run scripts/messages.py"
    assert not sorted(CATALOGUE.keys() - written.keys()), "run scripts/messages.py"
    empty = [
        korean
        for korean, message in CATALOGUE.items()
        if not all(message.string if isinstance(message.string, tuple) else (message.string,))
    ]
    assert not empty


def _blanks(sentence: str) -> set[tuple[str, str | None]]:
    parts = string.Formatter().parse(sentence)
    return {(name, shape) for _, name, shape, _ in parts if name is not None}


def test_both_languages_fill_in_the_same_things() -> None:
    for korean, message in CATALOGUE.items():
        if "{" not in korean or '{"' in korean:
            continue
        source = message.string
        *one, many = [str(s) for s in (source if isinstance(source, tuple) else (source,))]
        assert _blanks(many) == _blanks(korean), korean
        for english in one:  # "1 row" needs no number
            lacking = {name for name, _ in _blanks(korean) - _blanks(english)}
            assert _blanks(english) <= _blanks(korean), korean
            assert lacking <= {"count", "n"}, korean


def test_every_note_of_a_file_is_a_sentence_of_the_catalogue() -> None:
    from zigbang_nlp.language.file_notes import WORDS, sentence

    assert set(WORDS.values()) <= CATALOGUE.keys()
    assert sentence("blank rows", "en", n=1, count="1") == "1 blank row was passed over."
    assert (
        sentence("blank rows", "en", n=1_200, count="1,200") == "1,200 blank rows were passed over."
    )
    assert sentence("delimiter", "ko", delimiter="tabs") == "구분 문자는 탭입니다."
    assert sentence("delimiter", "en", delimiter="tabs") == "Its fields are separated by tabs."
    assert sentence("encoding", "ko", encoding="UTF-16") == "UTF-16으로 읽었습니다."


def test_no_sentence_for_people_is_outside_the_catalogue() -> None:
    """Korean in a page's template or script, and in a section's code, goes through the catalogue."""
    package = ROOT / "zigbang_nlp"
    for file in [*package.rglob("*.html"), *package.rglob("*.js")]:
        text = re.sub(r"//.*|<!--.*?-->|\{#.*?#\}", "", file.read_text(encoding="utf-8"))
        text = text.replace('"한국어" if', "")  # the language's own name, in itself
        outside = re.sub(r"""\b(?:t|say)\(\s*(?:"[^"]*"|'[^']*')""", "", text)
        assert not re.findall("[가-힣]+", outside), file
    for file in (package / "report").rglob("*.py"):
        for literal in _shown_literals(file):
            assert literal in CATALOGUE or literal in _PLACES, (file.name, literal)


@dataclass
class Code:
    """What is looked for in the code of the whole package.

    Attributes:
        calls: file, name of what is called, and the call of it.
        twice: file and code of what says something in both languages.
    """

    calls: list[tuple[str, str, ast.Call]] = field(default_factory=list)
    twice: list[tuple[str, str]] = field(default_factory=list)


@pytest.fixture(scope="module")
def code() -> Code:
    found = Code()
    package = ROOT / "zigbang_nlp"
    for file in sorted(package.rglob("*.py")):
        name = file.relative_to(package).as_posix()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                found.calls.append((name, node.func.id, node))
            if _is_bilingual(node):
                found.twice.append((name, ast.unparse(node)))
    return found


def test_what_errors_say_in_korean_is_in_the_catalogue(code: Code) -> None:
    """They are made by `input_error` and `insight_error`, whose Korean `scripts/messages.py` collects."""
    own: set[tuple[str, str]] = set()
    said: list[ast.expr] = []
    for file, called, node in code.calls:
        if called == "InsightError" or (
            called == "InputError" and len([*node.args, *node.keywords]) > 2
        ):
            own.add((called, file))
        if called in ("input_error", "insight_error"):
            said += node.args[:2]
        if called == "refuse_few":  # whose sentence is marked by `N_`, or a name for one
            assert not any(isinstance(one, ast.Constant) for one in node.args[2:]), file
    assert own == {
        ("InsightError", "language/bilingual.py"),
        ("InputError", "language/bilingual.py"),
        ("InputError", "web/uploads.py"),  # gives what was sent another name in what was said
    }
    written = {one.value for one in said if isinstance(one, ast.Constant)}
    assert len(written) > 60
    assert written <= CATALOGUE.keys()


def test_no_sentence_is_written_in_both_languages(code: Code) -> None:
    """The code has the Korean, the catalogue its English."""
    assert not code.twice
    for example in (
        'InputError("There is none.", "Write one.", f"‘{name}’이 없습니다.")',
        'f("검색어를 입력해 주세요." if one else "Write a word.")',
        '("Neighbours are near.", "이웃은 가깝습니다.")',
        '{"learn": {"ko": "배우기", "en": "Learn"}}',
    ):
        assert any(map(_is_bilingual, ast.walk(ast.parse(example)))), example
    for example in (
        'InputError("Write a word, such as 주차.")',
        '{"no words": "낱말이 없습니다."}',
    ):
        assert not any(map(_is_bilingual, ast.walk(ast.parse(example)))), example


def _is_bilingual(node: ast.AST) -> bool:
    """Whether a call, a pair or the values of a dictionary say something in Korean and in English."""
    parts: list[ast.expr] = []
    if isinstance(node, ast.Call):
        parts = [*node.args, *(one.value for one in node.keywords)]
    elif isinstance(node, ast.Tuple):
        parts = node.elts
    elif isinstance(node, ast.Dict):
        parts = node.values
        if {"ko", "en"} <= {key.value for key in node.keys if isinstance(key, ast.Constant)}:
            return True
    return {"ko", "en"} <= {_language_of(text) for part in parts for text in _literals(part)}


def _literals(part: ast.expr) -> Iterator[str]:
    """A literal, or those that an expression is put together from or chooses among."""
    if isinstance(part, ast.Constant) and isinstance(part.value, str):
        yield part.value
    elif isinstance(part, ast.JoinedStr):
        yield "{}".join(str(one.value) for one in part.values if isinstance(one, ast.Constant))
    elif isinstance(part, ast.IfExp | ast.BinOp):
        ends = (part.body, part.orelse) if isinstance(part, ast.IfExp) else (part.left, part.right)
        yield from (text for end in ends for text in _literals(end))


def _language_of(text: str) -> str:
    """Choose "en" for words in a row, which may be about a Korean one, "ko" for any other Hangul."""
    if re.search("[A-Za-z]+ [a-z]{2,}", re.sub(r"`[^`]*`|\([^)]*\)", "", text)):
        return "en"
    return "ko" if re.search("[가-힣]", text) else ""


#: Names that are looked up, not shown.
_PLACES = {"서울", "경기", "부산"}


def _shown_literals(file: Path) -> Iterator[str]:
    """Korean strings of a module, without docstrings."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skipped.add(id(node.value))
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) else None
        if isinstance(text, str) and id(node) not in skipped and re.search("[가-힣]", text):
            yield text


#: One term for one thing, as a native editor would print it.
TERMS = (
    "판정", "임계값", "다수 클래스 비율", "최소 리뷰 수", "정렬", "이전", "다음", "로그인", "로그아웃",
    "연도별 긍정 비율", "판정에 영향을 준 표현", "이 단지에서 유독 많이 나온 칭찬",
    "언급이 늘거나 준 키워드", "비슷한 맥락에서 쓰이는 말", "모델이 확신하지 못한 리뷰",
    "통계적으로 유의한 차이가 없어 순위는 참고용입니다.", "저장했습니다. 다음 학습에 반영됩니다.",
    "페이지를 찾을 수 없습니다.",
)  # fmt: skip
#: Terms within sentences.
_WITHIN = ("지역 평균으로 보정한 만족도", "상관관계", "세로선: 실제 긍정 비율")
#: Words that pages would say otherwise: 임계값, 페이지, 비교, 저장, 실제 값, 리뷰.
_NOT_OURS = ("문턱값", "쪽을 찾을", "견주", "갈무리", "날것", "후기")


def test_one_term_stands_for_one_thing(written: dict[str, str]) -> None:
    assert not [term for term in TERMS if term not in CATALOGUE]
    whole = "\n".join(CATALOGUE)
    assert not [term for term in _WITHIN if term not in whole]
    on_pages = [korean for korean, file in written.items() if file.startswith("web/")]
    assert not [one for one in on_pages for word in _NOT_OURS if word in one]


def test_plurals_and_particles() -> None:
    assert translated("리뷰 {n:,}건", "en", n=1) == "1 review"
    assert translated("리뷰 {n:,}건", "en", n=1200) == "1,200 reviews"
    assert translated("리뷰 {n:,}건", "ko", n=1200) == "리뷰 1,200건"
    assert translated("", "en") == ""
    assert (
        translated("‘{word}’을(를) 언급한 리뷰 비율", "ko", word="역") == "‘역’을 언급한 리뷰 비율"
    )
    assert Translator("ko").category("all") == "전체 항목"
    assert Translator("en").category("traffic") == "Transport"
