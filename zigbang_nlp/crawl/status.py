"""Where the crawls of a store stand, as text or JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from zigbang_nlp.console import table
from zigbang_nlp.store import Store

_STATES = ("done", "todo", "leased", "failed")


def status(store: Store, source: str) -> dict[str, Any]:
    """Tasks by kind and state, the last runs newest first, and the failures with their reasons."""
    states = store.frontier.states(source)
    kinds = sorted({kind for kind, _ in states})
    return {
        "source": source,
        "tasks": {
            kind: {state: states.get((kind, state), 0) for state in _STATES} for kind in kinds
        },
        "requests_today": store.pacing.used_today(source),
        "runs": [
            asdict(run)
            | {
                "started_at": run.started_at.isoformat(timespec="seconds"),
                "updated_at": run.updated_at.isoformat(timespec="seconds"),
            }
            for run in store.runs.recent(source)
        ],
        "failures": [
            {"task": str(task), "kind": failure.kind, "fact": failure.fact}
            for task, failure in store.frontier.failures(source, 20)
        ],
    }


def as_text(said: dict[str, Any]) -> str:
    """The same for people."""
    if not said["tasks"]:
        return f"Nothing was crawled from {said['source']} yet. Start with `zigbang-nlp crawl`."
    tasks = [
        (kind, row["done"], row["todo"] + row["leased"], row["failed"])
        for kind, row in said["tasks"].items()
    ]
    runs = [
        (
            run["id"],
            run["started_at"][:16].replace("T", " "),
            run["requests"],
            f"{run['bytes'] / 1e6:.1f} MB",
            run["new"],
            run["changed"],
            run["done"],
            run["failed"],
            ", ".join(f"{kind}: {count}" for kind, count in run["errors"].items()) or "none",
            run["outcome"].split(":")[0],
        )
        for run in said["runs"]
    ]
    header = ("run", "started (UTC)", "requests", "bytes", "new", "changed", "done", "failed")
    parts = [
        f"Source: {said['source']}; requests today: {said['requests_today']:,}",
        table(tasks, ("asked for", "done", "left", "failed")),
        table(runs, (*header, "errors", "ended")),
    ]
    if said["failures"]:
        parts.append(table([(f["kind"], f["fact"]) for f in said["failures"]], ("kind", "failure")))
        parts.append("`zigbang-nlp crawl --retry-failed` asks for these again.")
    return "\n\n".join(parts)
