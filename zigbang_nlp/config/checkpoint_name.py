"""Names of checkpoint files, which must be possible on every system, whichever made them."""

from __future__ import annotations

import re
import string

from zigbang_nlp.config.measures import MONITORS

#: What Windows allows in no file name, and "/" nobody; colons also end a name on older Macs.
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f]')
#: Names that are devices on Windows, whatever their ending.
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{i}" for port in ("com", "lpt") for i in range(1, 10))}
)
#: The best epoch's weights have this name.
_TAKEN = "best"
#: File systems count bytes, of which a Hangul syllable is three; the ending needs some too.
_BYTES = 240


def check_name(name: str, after_epochs: bool) -> None:
    """Check the pattern of checkpoint names.

    Args:
        name: with measures in braces, such as "epoch-{epoch:02d}-{val_loss:.3f}".
        after_epochs: whether checkpoints are saved at the end of epochs, when validation has
            been; else in their middle.

    Raises:
        ValueError: it can't be filled in, or gives a name that some system refuses.
    """
    known = ["epoch", *MONITORS]
    if not after_epochs:
        known = ["epoch", "batch", *(m for m in MONITORS if not m.startswith("val_"))]
    if any(mark in name for mark in "/\\") or name.startswith("."):
        raise ValueError(f"checkpoint_name = {name!r} is a name, not a path")
    filled = ""
    try:
        used = measures_in(name)
        unknown = [field for field in used if field not in known]
        if not unknown:
            filled = name.format(**dict.fromkeys(known, 1.0) | {"epoch": 1, "batch": 1})
    except (ValueError, LookupError, AttributeError) as error:
        raise ValueError(f"checkpoint_name = {name!r} can't be filled in: {error}") from error
    if unknown:
        when = "after an epoch" if after_epochs else "in the middle of an epoch"
        raise ValueError(
            f"checkpoint_name uses {', '.join(f'{{{u}}}' for u in unknown)}; "
            f"known {when}: {', '.join(known)}"
        )
    _check_file(name, filled)


def measures_in(name: str) -> list[str]:
    """The names in braces, in order.

    Raises:
        ValueError: the braces don't match.

    >>> measures_in("epoch-{epoch:02d}-{val_loss:.3f}")
    ['epoch', 'val_loss']
    """
    return [field for _, field, _, _ in string.Formatter().parse(name) if field is not None]


def _check_file(name: str, filled: str) -> None:
    bad = sorted(set(_FORBIDDEN.findall(filled)))
    if bad:
        shown = " ".join(mark if mark.isprintable() else repr(mark) for mark in bad)
        raise ValueError(
            f"checkpoint_name = {name!r} gives names like {filled!r}; not every system allows "
            f"{shown} in a file's name; use - or _ instead"
        )
    stem = filled.split(".")[0].strip().lower()
    if stem in _DEVICES:
        raise ValueError(f"checkpoint_name = {name!r}: {stem} is a device on Windows, not a file")
    if filled.lower() == _TAKEN:
        raise ValueError(
            f"checkpoint_name = {name!r} is the file of the best epoch's weights; choose another"
        )
    if len(filled.encode()) > _BYTES:
        raise ValueError(
            f"checkpoint_name = {name!r} gives names of {len(filled.encode())} bytes; "
            f"{_BYTES} fit everywhere"
        )
