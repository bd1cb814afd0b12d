"""The runner: stages in order, each skipped when nothing it depends on has changed.

A stage is data. Its key is made of the settings and inputs it depends on; it is current when the
key and its outputs match the record of its last good run. Records are small JSON files in
`<work>/records/`. A killed run leaves no record of the stage it was in, so the next run goes on
there.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from zigbang_nlp import __version__
from zigbang_nlp.config import Settings
from zigbang_nlp.console import log
from zigbang_nlp.errors import StageError
from zigbang_nlp.files import (
    disk_errors,
    make_directory,
    recover_swap,
    sha256_of,
    sha256_of_json,
    write_json,
)

#: What an input or output is now: a hash, or None where it isn't there.
Fingerprint = Callable[[Settings], str | None]


@dataclass(frozen=True)
class Artefact:
    """Something that stages read and write, and how to tell whether it changed."""

    name: str
    fingerprint: Fingerprint


@dataclass(frozen=True)
class Stage:
    """One step of the pipeline.

    Attributes:
        name: the command's name.
        help: one line.
        settings: names of the settings it depends on, "section" or "section.key".
        reads: what it needs.
        writes: what it makes; each appears whole or not at all.
        run: does the work.
    """

    name: str
    help: str
    settings: tuple[str, ...]
    reads: tuple[Artefact, ...]
    writes: tuple[Artefact, ...]
    run: Callable[[Settings], None]


def directory_artefact(name: str, path: Callable[[Settings], Path]) -> Artefact:
    """A file or directory as an artefact."""

    def fingerprint(settings: Settings) -> str | None:
        target = path(settings)
        recover_swap(target)
        return sha256_of(target) if target.exists() else None

    return Artefact(name, fingerprint)


@dataclass(frozen=True)
class Plan:
    """Whether a stage will run, and why (or since when it needn't)."""

    stage: Stage
    runs: bool
    reason: str


def plan(stage: Stage, settings: Settings) -> Plan:
    """Compare a stage with the record of its last good run."""
    record = _read_record(stage, settings)
    if record is None:
        return Plan(stage, True, "there is no finished run of it yet")
    now = _dependencies(stage, settings)
    then = record["dependencies"]
    for name, value in now["settings"].items():
        if then["settings"].get(name) != value:
            return Plan(stage, True, f"the setting {name} changed")
    for name, value in now["reads"].items():
        if then["reads"].get(name) != value:
            gone = value is None
            return Plan(stage, True, f"the {name} {'is missing' if gone else 'changed'}")
    if record["key"] != sha256_of_json(now):
        return Plan(stage, True, "the program's version changed")
    for artefact in stage.writes:
        fingerprint = artefact.fingerprint(settings)
        if fingerprint is None:
            return Plan(stage, True, f"the {artefact.name} is missing")
        if record["writes"].get(artefact.name) != fingerprint:
            return Plan(stage, True, f"the {artefact.name} was changed")
    return Plan(stage, False, f"nothing changed since {record['finished_at']}")


def changed_settings(stage: Stage, settings: Settings) -> dict[str, tuple[Any, Any]]:
    """The settings that aren't what they were in a stage's last good run: {name: (then, now)}."""
    record = _read_record(stage, settings)
    then = record["dependencies"]["settings"] if record else {}
    now = _settings(stage, settings)
    return {
        name: (then[name], value)
        for name, value in now.items()
        if name in then and then[name] != value
    }


def run_stages(
    stages: Sequence[Stage],
    settings: Settings,
    force: bool = False,
    dry_run: bool = False,
    outdated: bool = False,
) -> list[Plan]:
    """Run those stages that are not current, in order.

    Args:
        stages: in the order of the pipeline.
        settings: in force.
        force: run them even when they are current.
        dry_run: only say what would run; nothing is written.
        outdated: whether what the first stage reads was made with other settings.

    Returns:
        What was decided for each stage.

    Raises:
        StageError: another run is at work in the same directory, or an input is missing.
    """
    if dry_run:
        return _dry_run(stages, settings, force)
    decided = []
    with exclusive_run(settings):
        for stage in stages:
            decision = Plan(stage, True, "forced") if force else plan(stage, settings)
            decided.append(decision)
            if decision.runs:
                log.info("Running %s: %s.", stage.name, decision.reason)
                _run(stage, settings)
            elif outdated:
                log.info("Skipping %s: it was run on what it finds.", stage.name)
            else:
                log.info("Skipping %s: %s.", stage.name, decision.reason)
    return decided


def _dry_run(stages: Sequence[Stage], settings: Settings, force: bool) -> list[Plan]:
    decided: list[Plan] = []
    will_change: set[str] = set()
    for stage in stages:
        decision = Plan(stage, True, "forced") if force else plan(stage, settings)
        changing = next((a.name for a in stage.reads if a.name in will_change), None)
        if not decision.runs and changing:
            decision = Plan(stage, True, f"the {changing} may change")
        if decision.runs:
            will_change.update(artefact.name for artefact in stage.writes)
        decided.append(decision)
        log.info(
            "Would %s %s: %s.", "run" if decision.runs else "skip", stage.name, decision.reason
        )
    return decided


def _run(stage: Stage, settings: Settings) -> None:
    record_path = _record_path(stage, settings)
    record_path.unlink(missing_ok=True)
    dependencies = _dependencies(stage, settings)
    started = time.monotonic()
    stage.run(settings)
    write_json(
        record_path,
        {
            "key": sha256_of_json(dependencies),
            "dependencies": dependencies,
            "writes": {a.name: a.fingerprint(settings) for a in stage.writes},
            "finished_at": datetime.now().astimezone().isoformat(" ", "seconds"),
            "seconds": round(time.monotonic() - started, 1),
        },
    )


def _settings(stage: Stage, settings: Settings) -> dict[str, Any]:
    """The settings that a stage depends on, by name."""
    values = settings.model_dump(mode="json")
    chosen = {}
    for name in stage.settings:
        section, _, key = name.partition(".")
        for each in [key] if key else values[section]:
            chosen[f"{section}.{each}"] = values[section][each]
    return chosen


def _dependencies(stage: Stage, settings: Settings) -> dict[str, Any]:
    return {
        "stage": stage.name,
        "version": __version__,
        "settings": _settings(stage, settings),
        "reads": {artefact.name: artefact.fingerprint(settings) for artefact in stage.reads},
    }


def _record_path(stage: Stage, settings: Settings) -> Path:
    return settings.paths.work / "records" / f"{stage.name}.json"


def _read_record(stage: Stage, settings: Settings) -> dict[str, Any] | None:
    try:
        record = json.loads(_record_path(stage, settings).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return record if _is_record(record) else None


def _is_record(value: Any) -> bool:
    """Whether it has the shape that `_run` writes; anything else counts as no record."""
    if not isinstance(value, dict):
        return False
    dependencies = value.get("dependencies")
    return (
        isinstance(dependencies, dict)
        and isinstance(dependencies.get("settings"), dict)
        and isinstance(dependencies.get("reads"), dict)
        and isinstance(value.get("writes"), dict)
        and isinstance(value.get("key"), str)
        and isinstance(value.get("finished_at"), str)
    )


class exclusive_run:
    """One run at a time in a work directory."""

    def __init__(self, settings: Settings) -> None:
        self.work = settings.paths.work
        make_directory(self.work)
        self.lock = FileLock(self.work / ".lock")

    def __enter__(self) -> None:
        try:
            with disk_errors(self.work):
                self.lock.acquire(timeout=0)
        except Timeout as error:
            raise StageError(
                f"Another zigbang-nlp run is already under way in {self.work}.",
                "Wait for it, or choose another directory with --work.",
            ) from error

    def __exit__(self, *_: object) -> None:
        self.lock.release()
