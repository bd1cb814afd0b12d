"""Which guides there are, behind which door, and their Markdown."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from zigbang_nlp.errors import ConfigError
from zigbang_nlp.language.i18n import N_

#: Door, as the catalogue has it -> its topics, in the order in which to read them.
DOORS: dict[str, tuple[str, ...]] = {
    N_("배우기"): ("learning", "tutorial", "glossary", "pipeline"),
    N_("분석하기"): ("files", "predictions", "trust", "insight"),
    N_("운영하기"): ("collecting", "exit-codes", "settings", "operations", "scale"),
}
TOPICS = tuple(topic for topics in DOORS.values() for topic in topics)


@dataclass(frozen=True)
class Guide:
    """One guide in one language.

    Attributes:
        topic: its name in commands and addresses, one of `TOPICS`.
        language: "ko" or "en".
        title: its heading.
        summary: its first sentence.
        markdown: all of it.
    """

    topic: str
    language: str
    title: str
    summary: str
    markdown: str


def guide(topic: str, language: str) -> Guide:
    """The guide of a topic.

    Args:
        topic: one of `TOPICS`, or the title of a guide in either language.
        language: "ko" or "en".

    Raises:
        ConfigError: there is no such topic.
    """
    name = topic.strip().casefold()
    if name in TOPICS:
        return _read(name, language)
    titles = {
        _read(name, spoken).title.casefold(): name for spoken in ("ko", "en") for name in TOPICS
    }
    if name in titles:
        return _read(titles[name], language)
    near = get_close_matches(name, [*TOPICS, *titles], n=1)
    hint = f"Did you mean {near[0]!r}? " if near else ""
    raise ConfigError(
        f"There is no guide named {topic!r}.", f"{hint}`zigbang-nlp help` lists all guides."
    )


def guides(door: str, language: str) -> list[Guide]:
    """The guides behind a door, in order."""
    return [_read(topic, language) for topic in DOORS[door]]


def _read(topic: str, language: str) -> Guide:
    text = (Path(__file__).parent / language / f"{topic}.md").read_text(encoding="utf-8")
    heading, summary, *_ = (part for part in text.split("\n\n") if part.strip())
    return Guide(topic, language, heading.removeprefix("# ").strip(), summary.strip(), text)
