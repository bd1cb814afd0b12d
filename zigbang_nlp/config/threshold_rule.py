"""What a threshold can be best for, by name."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: As they are written, with numbers that are examples.
RULES = ("macro-f1", "balanced", "precision=0.8", "cost=5:1")
_RULE = re.compile(
    r"(?P<name>macro-f1|balanced)|precision=(?P<precision>0?\.\d+|1(?:\.0*)?)"
    r"|cost=(?P<missed>\d+(?:\.\d+)?):(?P<alarm>\d+(?:\.\d+)?)"
)


@dataclass(frozen=True)
class Rule:
    """A rule, read.

    Attributes:
        kind: macro-f1, balanced, precision or cost.
        precision: the least share of real complaints among those called so.
        missed, alarm: what a missed complaint and a false alarm cost.
    """

    kind: str
    precision: float = 0.0
    missed: float = 0.0
    alarm: float = 0.0


def read_rule(rule: str) -> Rule:
    """Read a rule like one of `RULES`.

    Raises:
        ValueError: there is no such rule.

    >>> read_rule("cost=5:1")
    Rule(kind='cost', precision=0.0, missed=5.0, alarm=1.0)
    """
    match = _RULE.fullmatch(rule)
    if match and match["name"]:
        return Rule(match["name"])
    if match and match["precision"]:
        return Rule("precision", precision=float(match["precision"]))
    if match and float(match["missed"]) and float(match["alarm"]):
        return Rule("cost", missed=float(match["missed"]), alarm=float(match["alarm"]))
    raise ValueError(f"{rule!r} is no rule for a threshold; write one like {', '.join(RULES)}")


def check_rule(rule: str) -> str:
    """The rule, or auto, as it was given.

    Raises:
        ValueError: there is no such rule.
    """
    if rule != "auto":
        read_rule(rule)
    return rule
