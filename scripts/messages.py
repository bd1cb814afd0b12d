"""Bring the message catalogue up to date: new sentences get an empty translation, gone ones go.

    python scripts/messages.py

Fill in what is empty in zigbang_nlp/language/locale/en/LC_MESSAGES/zigbang_nlp.po and run it again
to see that nothing is left.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_python
from babel.messages.pofile import read_po, write_po
from fastapi import FastAPI
from jinja2.ext import babel_extract

import zigbang_nlp
from zigbang_nlp.config import Settings
from zigbang_nlp.records import CATEGORIES, LABELS
from zigbang_nlp.web.app import create_app

PACKAGE = Path(zigbang_nlp.__file__).parent
FILE = PACKAGE / "language" / "locale" / "en" / "LC_MESSAGES" / "zigbang_nlp.po"
#: Function -> which of its arguments are sentences, counted from 0.
_SENTENCES = {
    "t": (0,),
    "say": (0,),
    "N_": (0,),
    "translated": (0,),
    "Problem": (2,),
    "input_error": (0, 1),
    "insight_error": (0, 1),
}
_OPTIONS = {"encoding": "utf-8"}


def sentences() -> Iterator[tuple[str, str]]:
    """(Korean sentence, file) of all that people are shown."""
    for korean in (*CATEGORIES.values(), *LABELS.values()):
        yield korean, "records.py"
    for said in dict.fromkeys(_of_the_api()):
        if re.search("[가-힣]", said):
            yield said, "web/api"
    for file in sorted(PACKAGE.rglob("*")):
        method = {".py": extract_python, ".html": babel_extract}.get(file.suffix)
        if method is None:
            continue
        with file.open("rb") as source:
            for _, function, given, _ in method(source, list(_SENTENCES), (), _OPTIONS):
                arguments = (given,) if isinstance(given, str) else given or ()
                for place in _SENTENCES[function]:
                    if place < len(arguments) and arguments[place]:
                        yield arguments[place], file.relative_to(PACKAGE).as_posix()


def _of_the_api() -> Iterator[str]:
    """What the OpenAPI document says in Korean; its own page shows it in both languages."""
    app: Any = create_app(Settings())
    while not isinstance(app, FastAPI):
        app = app.app

    def walk(part: Any) -> Iterator[str]:
        if isinstance(part, dict):
            for name, value in part.items():
                if name in ("summary", "description") and isinstance(value, str):
                    yield " ".join(value.split())
                else:
                    yield from walk(value)
        elif isinstance(part, list):
            for one in part:
                yield from walk(one)

    document = app.openapi()
    yield from (
        tag for path in document["paths"].values() for o in path.values() for tag in o["tags"]
    )
    yield from walk({name: document[name] for name in ("paths", "components")})


def main() -> int:
    """Rewrite the catalogue; the exit code is 1 where a translation is missing."""
    with FILE.open("rb") as source:
        before = read_po(source, locale="en")
    fresh = Catalog(locale="en", project="zigbang_nlp", fuzzy=False)
    for korean, file in sentences():
        old = before.get(korean)
        if old is None:
            fresh.add(korean, locations=[(file, 0)])
        else:
            fresh.add(old.id, old.string, locations=[(file, 0)])
    with FILE.open("wb") as target:
        write_po(target, fresh, width=100, sort_output=True, omit_header=True, include_lineno=False)
    missing = [message.id for message in fresh if message.id and not message.string]
    for korean in missing:
        print(f"No translation: {korean}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
