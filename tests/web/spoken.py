"""What a page says in words of its own, and what of it is in the wrong language."""

from __future__ import annotations

import re
from collections.abc import Iterable
from html.parser import HTMLParser

#: Attributes that people are shown or read.
_SPOKEN = ("aria-label", "title", "placeholder", "alt", "data-failed")
#: Elements whose text is no sentence, or says itself which language it is in.
_SILENT = ("script", "style", "code", "textarea", "pre")
_VOID = {"input", "meta", "link", "br", "img", "hr", "rect", "circle", "line", "path"}
_HANGUL = re.compile("[가-힣]+")
#: Three words of English in a row make a sentence; names of products are shorter.
_ENGLISH = re.compile(r"[A-Za-z][a-z']+(?: [A-Za-z][a-z']+){2,}")


class _Reader(HTMLParser):
    def __init__(self, language: str) -> None:
        super().__init__(convert_charrefs=True)
        self.sentences: list[str] = []
        self._language = language
        self._stack: list[bool] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        other = attributes.get("lang") not in (None, self._language) and tag != "html"
        silent = tag in _SILENT or other or any(self._stack)
        if not silent:
            self.sentences += [attributes[name] or "" for name in _SPOKEN if attributes.get(name)]
        if tag not in _VOID:
            self._stack.append(silent)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._stack and tag not in _VOID:
            self._stack.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() and not any(self._stack):
            self.sentences.append(" ".join(data.split()))


def said_on(page: str, language: str) -> list[str]:
    """All that a page says, piece by piece, without what is marked as of another language."""
    reader = _Reader(language)
    reader.feed(page)
    return reader.sentences


def foreign(page: str, language: str, data: Iterable[str]) -> list[str]:
    """Pieces of a page that are in the wrong language.

    Args:
        page: HTML.
        language: that it should be in.
        data: texts and names of the store, whose words are no words of ours.
    """
    pieces = said_on(page, language)
    if language == "ko":
        return [one for one in pieces if _ENGLISH.search(one)]
    theirs = "\n".join(data)  # a mark may begin within a word
    return [one for one in pieces if any(run not in theirs for run in _HANGUL.findall(one))]
