"""Guides as HTML for the pages and as plain text for a terminal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from zigbang_nlp.console import table, width

_PARSER = MarkdownIt("commonmark", {"html": False}).enable("table")
_GUIDE = re.compile(r"([\w-]+)\.md$")


def to_html(markdown: str) -> str:
    """HTML of a guide, whose links to other guides lead to their pages.

    Headings get an `id`, and tables a box in which a narrow screen can scroll them.
    """
    tokens = _PARSER.parse(markdown)
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        if token.type == "heading_open" and following is not None:
            token.attrSet("id", re.sub(r"\W+", "-", _words(following.children)).strip("-").lower())
        for child in token.children or ():
            if child.type == "link_open":
                child.attrSet("href", _GUIDE.sub(r"/help/\1", str(child.attrGet("href"))))
    html: str = _PARSER.renderer.render(tokens, _PARSER.options, {})
    boxed = html.replace("<table>", '<div class="table-box" tabindex="0"><table>')
    return boxed.replace("</table>", "</table></div>").replace("<pre>", '<pre tabindex="0">')


def to_plain(markdown: str, columns: int) -> str:
    """A guide as text to read in a terminal, wrapped at a width.

    Args:
        markdown: its text.
        columns: of the terminal; Hangul takes two a character. Code is not wrapped.
    """
    blocks = list(_blocks(_PARSER.parse(markdown), columns))
    return "\n\n".join(blocks)


def _blocks(tokens: Sequence[Token], columns: int) -> Iterator[str]:
    """Each block of a guide as lines."""
    rows: list[list[str]] = []
    items: list[str] = []
    for before, token in zip([None, *tokens], tokens, strict=False):
        above = before.type if before else ""
        if token.type == "fence":
            yield "\n".join(f"    {line}" for line in token.content.splitlines())
        elif token.type == "inline" and above == "heading_open":
            words = _words(token.children)
            yield f"{words}\n{('=' if before and before.tag == 'h1' else '-') * width(words)}"
        elif token.type == "inline" and above in ("th_open", "td_open"):
            rows[-1].append(_words(token.children))
        elif token.type == "inline" and token.level > 1:
            items.append(_wrapped(_words(token.children), columns, "  - ", "    "))
        elif token.type == "inline":
            yield _wrapped(_words(token.children), columns)
        elif token.type == "tr_open":
            rows.append([])
        elif token.type == "table_close":
            yield _table(rows, columns)
            rows = []
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            yield "\n".join(items)
            items = []


def _words(children: Sequence[Token] | None) -> str:
    """The words of a line without its marks; addresses of other sites stay."""
    parts: list[str] = []
    address = ""
    for child in children or ():
        if child.type == "link_open":
            address = str(child.attrGet("href"))
        elif child.type == "link_close" and (named := _GUIDE.search(address)):
            parts.append(f" (`zigbang-nlp help {named[1]}`)")
        elif child.type == "link_close":
            parts.append(f" <{address}>")
        elif child.type == "softbreak":
            parts.append(" ")
        elif child.type == "code_inline":
            parts.append(f"`{child.content}`")
        else:
            parts.append(child.content)
    return "".join(parts)


def _table(rows: Sequence[Sequence[str]], columns: int) -> str:
    """A table where it fits; else each row as a head with its other cells beneath."""
    aligned = table(rows[1:], rows[0])
    if max(width(line) for line in aligned.splitlines()) <= columns:
        return aligned
    heads = rows[0]
    lines = []
    for row in rows[1:]:
        lines.append(_wrapped(row[0], columns))
        for name, cell in zip(heads[1:], row[1:], strict=True):
            # A second column explains the first; what stands further right needs its name.
            label = f"{name}: " if len(heads) > 2 and name else ""
            lines.append(_wrapped(f"{label}{cell}", columns, "    ", "      " if label else "    "))
    return "\n".join(lines)


def _wrapped(text: str, columns: int, first: str = "", other: str = "") -> str:
    """Words in lines of a width; a word that is longer has a line of its own."""
    lines, line = [], first
    for word in text.split():
        space = " " if line.strip() and line not in (first, other) else ""
        if line not in (first, other) and width(line) + width(word) + 1 > columns:
            lines.append(line)
            line, space = other, ""
        line += space + word
    return "\n".join([*lines, line])
