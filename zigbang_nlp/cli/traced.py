"""How `trace` shows on a terminal: a heading and a small table for each step."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import zip_longest

import click
import numpy as np

from zigbang_nlp.cli.explained import one_line
from zigbang_nlp.console import table, width
from zigbang_nlp.language.i18n import Translator
from zigbang_nlp.records import LABELS, NO_LABEL
from zigbang_nlp.text.parts_of_speech import Tagged, tag_names
from zigbang_nlp.trace.cleaning import REASONS as CHANGED
from zigbang_nlp.trace.described import KNOWN_STATES, REASONS, Step, shape_text, visible
from zigbang_nlp.trace.traced import Gates, Trace

#: Tokens shown of a long text, numbers of a vector, and neighbours of a token.
_TOKENS, _NUMBERS, _NEAR = 40, 6, 3
#: 256-colour backgrounds from -1 to 1, orange over grey to blue, with the letters' colour.
_SHADES = [(166, 255), (172, 16), (180, 16), (250, 16), (110, 16), (68, 255), (25, 255)]
_INDENT = "   "


def lines_of(trace: Trace, steps: list[Step], say: Translator, colours: bool) -> Iterator[str]:
    """The lines to print.

    Args:
        trace: of the text.
        steps: of the trace, in words.
        say: gives the language.
        colours: whether the heat map is coloured.
    """
    for number, step in enumerate(steps, start=1):
        shapes = [shape_text(step.input), shape_text(step.output)]
        arrow = " → ".join(part for part in shapes if part)
        words = " → ".join(dict.fromkeys(part for part in step.counts if part))
        title = click.style(f"{number}. {step.title}", bold=True) if colours else step.title
        yield (
            (title if colours else f"{number}. {title}")
            + "  "
            + "  ".join(part for part in (words, arrow) if part)
        )
        yield _INDENT + step.sentence
        for line in _shown(trace, step, say, colours):
            yield from (_INDENT + part for part in line.splitlines())
        yield ""


def _shown(trace: Trace, step: Step, say: Translator, colours: bool) -> Iterator[str]:
    if step.key == "raw":
        yield one_line(trace.text)
    elif step.key == "clean":
        yield trace.cleaned
        yield from _changes(trace, say)
    elif step.key == "tokenize":
        yield _tokenizers(trace, say)
        if trace.other.trouble:
            yield f"{trace.other.name}: {trace.other.trouble}"
    elif step.key == "encode" and trace.ids:
        yield _ids(trace, say)
    elif step.key == "pad":
        yield _padded(trace.padded)
        if len(trace.windows) > 1:
            yield say(
                "긴 글이라 {n:,}개 구간으로 나눠 읽었습니다. 아래는 첫 구간입니다.",
                n=len(trace.windows),
            )
    elif step.key == "embed":
        yield _embedding(trace, say)
    elif step.key == "lstm":
        yield _heat_map(trace, say, colours)
        if trace.gates:
            yield _gates(trace.gates, trace.names, say)
    elif step.key == "pool":
        yield _numbers(trace.windows[0].pooled)
    elif step.key == "ngrams":
        yield _numbers(trace.windows[0].ngrams)
    elif step.key == "label":
        yield from _label(trace, say)


def _changes(trace: Trace, say: Translator) -> Iterator[str]:
    if not trace.changes:
        yield say("바뀐 곳이 없습니다.")
        return
    rows = [
        [
            f"{change.start}–{change.end}",
            _short(visible(change.before)),
            _short(visible(change.after)) or "∅",
            ", ".join(say(CHANGED[reason]) for reason in change.reasons),
        ]
        for change in trace.changes[:_TOKENS]
    ]
    yield table(rows, [say("자리"), say("전"), say("후"), say("이유")])


def _tokenizers(trace: Trace, say: Translator) -> str:
    pairs = zip_longest(
        trace.tokenized.tokens[:_TOKENS], trace.other.tokens[:_TOKENS], fillvalue=Tagged("", "")
    )
    rows = [[a.form, _tag(a, say), b.form, _tag(b, say)] for a, b in pairs]
    names = (trace.tokenized.name, say("품사"), trace.other.name, say("품사"))
    return table(rows, names) if rows else ""


def _tag(token: Tagged, say: Translator) -> str:
    return " ".join([token.tag, "+".join(say(name) for name in tag_names(token.tag))]).strip()


def _ids(trace: Trace, say: Translator) -> str:
    rows = [
        [
            token.token,
            " ".join(map(str, token.ids)),
            " ".join(f"{i - 1:,}" if i > 1 else "–" for i in token.ids),
            say(KNOWN_STATES[token.state])
            + (f": {' '.join(token.names)}" if token.state == "spelled" else ""),
        ]
        for token in trace.ids[:_TOKENS]
    ]
    return table(rows, [say("형태소"), say("번호"), say("빈도 순위"), ""])


def _padded(padded: np.ndarray) -> str:
    real = int(np.count_nonzero(padded))
    shown = " ".join(map(str, padded[: min(real, _TOKENS)]))
    cut = " …" if real > _TOKENS else ""
    zeros = len(padded) - real
    return f"[{shown}{cut}{' 0 0 …' if zeros > 1 else ' 0' * zeros}]  0 × {zeros}"


def _embedding(trace: Trace, say: Translator) -> str:
    rows = [
        [
            name,
            _numbers(row),
            "  ".join(f"{token} {cosine:.2f}" for token, cosine in trace.neighbours[i][:_NEAR]),
        ]
        for name, i, row in zip(
            trace.names[:_TOKENS], trace.windows[0].ids, trace.embedding, strict=False
        )
    ]
    return table(rows, [say("형태소"), say("처음 {n}개 수", n=_NUMBERS), say("가까운 말(코사인)")])


def _numbers(values: np.ndarray) -> str:
    more = " …" if len(values) > _NUMBERS else ""
    return " ".join(f"{value:+.2f}" for value in values[:_NUMBERS]) + more


def _heat_map(trace: Trace, say: Translator, colours: bool) -> str:
    """Tokens below each other, units side by side, tenths in the cells."""
    names = trace.names[:_TOKENS]
    edge = max(width(name) for name in names)
    lines = [" " * edge + "".join(f"{unit:>5}" for unit in trace.units)]
    for name, row in zip(names, trace.windows[0].states, strict=False):
        cells = "".join(_cell(float(row[unit]), colours) for unit in trace.units)
        lines.append(name + " " * (edge - width(name)) + cells)
    legend = say("열은 판정에 크게 기여한 유닛의 번호, 칸은 상태를 10배 한 값입니다.")
    return "\n".join([*lines, legend])


def _cell(value: float, colours: bool) -> str:
    shown = f"{10 * value:+.0f}".replace("+0", "0").replace("-0", "0")
    if not colours:
        return f"{shown:>5}"
    back, ink = _SHADES[min(6, max(0, round(3 * value) + 3))]
    return " " + click.style(f"{shown:>3} ", fg=ink, bg=back)


def _gates(gates: Gates, names: list[str], say: Translator) -> str:
    columns = (gates.input, gates.forget, gates.output, gates.offered, gates.cell, gates.state)
    rows = [
        [name, *(f"{float(value):+.3f}" for value in values)]
        for name, *values in zip(names[:_TOKENS], *columns, strict=False)
    ]
    title = say(
        "유닛 {unit}의 게이트: 블록 {block}, {direction}",
        unit=gates.unit,
        block=gates.block + 1,
        direction=say("뒤에서 앞으로") if gates.backward else say("앞에서 뒤로"),
    )
    header = [
        say("형태소"),
        say("입력"),
        say("망각"),
        say("출력"),
        say("후보"),
        say("셀"),
        say("상태"),
    ]
    off = say(
        "셀 = 망각 × 앞의 셀 + 입력 × 후보, 상태 = 출력 × tanh(셀). 신경망이 낸 상태와 최대 {off} 다릅니다.",
        off=f"{gates.off:.1e}",
    )
    return "\n".join([title, table(rows, header), off])


def _label(trace: Trace, say: Translator) -> Iterator[str]:
    prediction = trace.prediction
    label = say(LABELS[prediction.label] if prediction.label else NO_LABEL)
    yield f"{label}{'?' if prediction.unsure and prediction.label else ''}  {prediction.probability:.4f}"
    yield say(
        "임계값 {threshold}, 확신하지 못하는 구간 {low}–{high}",
        threshold=f"{trace.threshold:.3f}",
        low=f"{trace.unsure[0]:.3f}",
        high=f"{trace.unsure[1]:.3f}",
    )
    if len(trace.windows) > 1:
        every = " ".join(f"{window.probability:.4f}" for window in trace.windows)
        yield say("구간마다의 확률: {every}. 판정에는 그 평균을 씁니다.", every=every)
    if prediction.reason in REASONS:
        yield say(REASONS[prediction.reason])


def _short(text: str) -> str:
    return text if len(text) <= 24 else text[:23] + "…"
