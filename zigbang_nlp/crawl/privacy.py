"""Persons are taken out of an answer at the door: before it is kept, shown or put into an error.

It works by an allow-list. Kept are the fields that the site's file names, and such as look like a
text or a score (a renamed one can still be read later); of everything else only the key stays, with
a mark in the place of the value: a reader that is mended later must know that there was one.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from zigbang_nlp.config.site import SiteFile
from zigbang_nlp.crawl.paging import paging_meaning
from zigbang_nlp.crawl.reading import LEFT_OUT, parse
from zigbang_nlp.masking import mask
from zigbang_nlp.records import CATEGORIES

#: What stands in the place of a name.
Replace = Callable[[str], str | None]

#: Names of texts and scores, also of such as nobody has seen yet: careDesc_x, trafficWords, 총평.
_TEXT_OR_SCORE = re.compile(
    rf"(?:{'|'.join(CATEGORIES)})(?=[A-Z_0-9])\w*"
    r"|(?:[A-Za-z]+[_-]?)??(?:desc|description|text|content|comment|body|review|opinion|sentence"
    r"|evaluation|advantage|disadvantage|merit|demerit|pros|cons|score|rating|rate|grade|star|point)s?"
    r"(?:[_-]?(?:x|new|v?\d+))?"
    rf"|(?:{'|'.join(CATEGORIES.values())}|[가-힣]{{0,4}}) ?"
    r"(?:평가|평점|별점|점수|내용|본문|후기|리뷰|의견|소감|[총한줄상세]*평|글|장점|단점|(?:좋은|아쉬운) ?점)"
    rf"|{'|'.join(CATEGORIES.values())}",
    re.IGNORECASE,
)
#: No such name, whatever else is in it.
_PERSON = re.compile(
    r"name|nick|user|writer|author|member|owner|manager|agent|broker|staff|seller|reviewer|profile"
    r"|contact|tel(?!l)|phone|mobile|mail|addr|birth|age(?![a-z])|sex|gender|married|(?:id|no)$"
    r"|작성자|글쓴이|회원|이름|성명|별명|닉네임|연락처|전화|담당|소장",
    re.IGNORECASE,
)
#: Objects that are a person: whatever is in them is about one, a text too.
_SOMEBODY = re.compile(
    r"(?:user|writer|author|member|owner|profile|reviewer)(?:[_-]?(?:info|profile|data))?"
    r"|작성자|글쓴이|회원",
    re.IGNORECASE,
)
#: Kinds of answers that hold rows, and are scrubbed.
KINDS = ("cell", "area", "danji", "reviews")
#: Letters of a field's name; longer keys are none.
_LONGEST_NAME = 40
#: Levels of an answer that are looked into.
_DEPTH = 24
#: Numbers up to this may be scores where nobody knows what they are; larger ones may be a person's.
_SMALL = 10


def keyed_hash(key: str) -> Callable[[str], str]:
    """HMAC-SHA256 of a name, 24 hexadecimal digits: the same person is recognizable, not known."""

    def replace(name: str) -> str:
        keyed = hmac.new(key.encode(), name.encode("utf-8", "replace"), hashlib.sha256)
        return keyed.hexdigest()[:24]

    return replace


def drop(name: str) -> None:
    """No trace of a name."""


class Scrubber:
    """Takes persons out of a site's answers.

    Args:
        site: names what is kept.
        replace: what becomes of nicknames.
        covariates: keep age, sex, marital status and kind of residence.
    """

    def __init__(self, site: SiteFile, replace: Replace, covariates: bool = False) -> None:
        self.replace = replace
        review, apartment, endpoints = site.review, site.apartment, site.endpoints
        by_category = [review.texts, review.scores]
        for endpoint in endpoints.reviews:
            by_category += [endpoint.texts, endpoint.scores]
        self._texts = _joined(*(names for one in by_category for names in one.values()))
        about = (review.residence, review.age, review.sex, review.married)
        self._authors = frozenset(review.author)
        self._covariates = _joined(*about)
        self._review = self._texts | _joined(review.id, review.date)
        if covariates:
            self._review |= self._covariates
        place = _joined(apartment.latitude, apartment.longitude, apartment.households)
        self._apartment = place | _joined(apartment.id, apartment.name, apartment.address)
        self._marks = place | {"areaDanjiId"}
        paths = [
            p
            for kind in KINDS
            for endpoint in getattr(endpoints, kind)
            for p in endpoint.lists + endpoint.count
        ]
        self._paths = frozenset(part for path in paths for part in path.split("."))

    def tree(self, kind: str, answer: Any) -> Any:
        """A parsed answer to a task of this kind, without persons."""
        return self._clean(answer, kind, True, 0)

    def body(self, kind: str, body: bytes) -> bytes:
        """A raw answer of whatever state, without persons."""
        try:
            return as_json(self.tree(kind, parse(body)))
        except (ValueError, RecursionError):
            return self.broken(body)

    def broken(self, body: bytes) -> bytes:
        """What is kept of an answer that is not JSON, or only its beginning."""
        text = body.decode("utf-8", "replace")
        start = text.lstrip("\ufeff \t\r\n")[:1]
        if start == "<":
            title = re.search(r"<title>[^<]*</title>", text, re.IGNORECASE)
            return f"HTML of {len(body)} bytes: {mask(title[0]) if title else 'no title'}".encode()
        if start not in ("{", "["):
            return f"{len(body)} bytes that are not JSON".encode()
        key = ""

        def kept(match: re.Match[str]) -> str:
            nonlocal key
            if match["key"] is not None:
                key = _decoded(match["key"])
                return match[0] if key in self._paths or _is_name(key) else '"...":'
            if match["number"] is not None:
                known = key in self._review or key in self._apartment
                return match[0] if known or len(match[0]) == 1 else "null"
            if key in self._authors:
                return json.dumps(self.replace(_decoded(match["text"])))
            return match[0] if key in self._texts or _may_be_text(key) else "null"

        return mask(_TOKEN.sub(kept, text)).encode("utf-8", "replace")

    def _clean(self, value: Any, kind: str, known: bool, depth: int, spoken: bool = False) -> Any:
        """A value without persons; strings in a list only where it is `spoken`, a text in parts."""
        if depth > _DEPTH:
            return None
        if isinstance(value, list):
            parts = (part for part in value if known or spoken or isinstance(part, dict | list))
            return [self._clean(part, kind, known, depth + 1, spoken) for part in parts]
        if isinstance(value, dict):
            return self._clean_object(value, kind, known, depth)
        if isinstance(value, str):
            return value if spoken else None
        return value if _harmless(value) else None

    def _clean_object(
        self, value: dict[str, Any], kind: str, known: bool, depth: int
    ) -> dict[str, Any]:
        """The object with what is allowed where it stands.

        What an entry is shows in its own keys, so that renamed lists lose nothing of it: where
        there are texts, an id and a date are a review's; where there are coordinates, a name is an
        apartment's. Elsewhere these may be a person's.
        """
        allowed: frozenset[str] = frozenset()
        is_review = bool(self._texts & value.keys())
        if is_review or (known and kind == "reviews"):
            allowed |= self._review
        is_apartment = kind in ("cell", "area") or (kind == "danji" and depth == 0)
        if self._marks & value.keys() or (known and is_apartment):
            allowed |= self._apartment
        cleaned: dict[str, Any] = {}
        for key, part in value.items():
            nested = isinstance(part, dict | list)
            if key in self._authors and key not in allowed and allowed & self._review:
                cleaned[key] = None if nested or part is None else self.replace(str(part))
            elif key in self._covariates and key not in allowed:
                continue
            elif nested and isinstance(part, dict) and _SOMEBODY.fullmatch(key):
                cleaned[key] = {}
            elif nested:
                is_path = known and key in self._paths
                spoken = key in self._texts or _may_be_text(key)
                inner = self._clean(part, kind, is_path, depth + 1, spoken)
                if inner or (known and _is_name(key)):
                    cleaned[key] = inner
            elif (
                key in allowed
                or key in self._paths
                or _may_be_text(key)
                or (key == "code" and not isinstance(part, str))
            ):
                cleaned[key] = part
            elif (pages := paging_meaning(key, part)) is not None:
                cleaned[key] = pages
            elif (known or allowed) and _is_name(key):
                cleaned[key] = part if isinstance(part, bool | None) else LEFT_OUT
        return cleaned


_TOKEN = re.compile(
    r'(?P<key>"(?:[^"\\]|\\.)*")\s*:|"(?P<text>(?:[^"\\]|\\.)*)(?:"|\\?$)|(?P<number>-?\d[\d.eE+-]*)',
    re.DOTALL,
)


def as_json(tree: Any) -> bytes:
    """JSON in UTF-8; half a surrogate pair, which UTF-8 doesn't have, stays an escape."""
    try:
        return json.dumps(tree, ensure_ascii=False, separators=(",", ":")).encode()
    except UnicodeEncodeError:
        return json.dumps(tree, separators=(",", ":")).encode()


def _joined(*names: Iterable[str]) -> frozenset[str]:
    return frozenset(name for some in names for name in some)


def _may_be_text(key: str) -> bool:
    return len(key) <= _LONGEST_NAME and _looks_like_text(key)


@lru_cache(4_096)  # a site has few names, and says them again in every answer
def _looks_like_text(key: str) -> bool:
    return bool(_TEXT_OR_SCORE.fullmatch(key)) and not _PERSON.search(key)


def _is_name(key: str) -> bool:
    """Whether a key can be a field's name, and not a value in its place."""
    return len(key) <= _LONGEST_NAME and key.isidentifier()


def _harmless(value: Any) -> bool:
    return value is None or isinstance(value, bool) or abs(value) <= _SMALL


def _decoded(quoted: str) -> str:
    try:
        return str(json.loads(f'"{quoted.strip(chr(34))}"', strict=False))
    except ValueError:
        return quoted
