"""Files that appear whole or not at all, and their fingerprints."""

from __future__ import annotations

import contextlib
import errno
import glob
import hashlib
import json
import os
import platform
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from zigbang_nlp.errors import ZigbangError


@contextlib.contextmanager
def disk_errors(path: Path) -> Iterator[None]:
    """Turn a full, read-only or forbidden disk into one clear sentence about `path`."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise ZigbangError(
                f"The disk is full: {path} could not be written; what was there before is intact.",
                "Free some space and run the same command again.",
            ) from error
        if isinstance(error, PermissionError) or error.errno == errno.EROFS:
            raise ZigbangError(
                f"{path} can't be written: {error.strerror}.",
                "Choose another directory (--work, or the command's output option).",
            ) from error
        raise


def make_directory(path: Path) -> None:
    """Make a directory and those above it; whatever is in the way is one clear sentence."""
    with disk_errors(path):
        try:
            path.mkdir(parents=True, exist_ok=True)
        except (FileExistsError, FileNotFoundError, NotADirectoryError) as error:
            raise ZigbangError(
                f"The directory {path} can't be created: {error.strerror}.",
                "Choose another directory (--work, or the command's output option).",
            ) from error


@contextlib.contextmanager
def atomic_directory(target: Path) -> Iterator[Path]:
    """A new directory that takes the place of `target` only when the block ends well.

    An error or a kill in the block leaves the old `target` as it was.
    """
    make_directory(target.parent)
    with disk_errors(target):
        recover_swap(target)
        for leftover in target.parent.glob(f".{target.name}.new-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{target.name}.new-", dir=target.parent))
        fresh.chmod(0o755)
        try:
            yield fresh
            old = _old(target)
            shutil.rmtree(old, ignore_errors=True)
            if target.exists():
                target.rename(old)
            fresh.rename(target)
            shutil.rmtree(old, ignore_errors=True)
        except BaseException:
            shutil.rmtree(fresh, ignore_errors=True)
            recover_swap(target)  # an interrupt may have come between the two renames
            raise


def _old(target: Path) -> Path:
    return target.with_name(f".{target.name}.old")


def recover_swap(target: Path) -> None:
    """Bring back the old `target` when a kill fell between the two renames that replace it."""
    if not target.exists() and _old(target).exists():
        _old(target).rename(target)


@contextlib.contextmanager
def atomic_file(target: Path) -> Iterator[Path]:
    """A path to write to that takes the place of `target` only when the block ends well."""
    make_directory(target.parent)
    with disk_errors(target):
        prefix = f".{target.stem}.new-{platform.node()}-"
        _sweep(target, prefix)
        # The ending is kept, since some writers choose the format by it.
        fresh = target.with_name(f"{prefix}{os.getpid()}{target.suffix}")
        try:
            yield fresh
            fresh.replace(target)
        finally:
            fresh.unlink(missing_ok=True)


def _sweep(target: Path, prefix: str) -> None:
    """Remove what killed writers of `target` on this machine have left."""
    if os.name == "nt":
        return  # there, asking for a process with os.kill would end it
    for leftover in target.parent.glob(f"{glob.escape(prefix)}*{glob.escape(target.suffix)}"):
        writer = leftover.name.removeprefix(prefix).removesuffix(target.suffix)
        if writer.isdecimal() and not _lives(int(writer)):
            leftover.unlink(missing_ok=True)


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # somebody else's
    return True


def write_text(target: Path, text: str) -> None:
    """Write `text` as UTF-8, atomically."""
    with atomic_file(target) as fresh:
        fresh.write_text(text, encoding="utf-8")


def write_json(target: Path, value: Any) -> None:
    """Write `value` as readable UTF-8 JSON, atomically."""
    write_text(target, json.dumps(value, ensure_ascii=False, indent=2, sort_keys=False) + "\n")


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, or of a directory's names and contents."""
    digest = hashlib.sha256()
    if path.is_dir():
        for child in sorted(p for p in path.rglob("*") if p.is_file()):
            digest.update(f"{child.relative_to(path).as_posix()}\0{sha256_of(child)}\n".encode())
        return digest.hexdigest()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def sha256_of_json(value: Any) -> str:
    """SHA-256 of a value's canonical JSON, for settings and keys."""
    canonical = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
