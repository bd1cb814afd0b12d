"""Where the crawls of a store stand, as text or JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from zigbang_nlp.config.site import file_to_mend
from zigbang_nlp.console import table
from zigbang_nlp.store import Failure, Store
from zigbang_nlp.store.fill_rates import Fill

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
        "fills": _fills(store, source),
        "failures": [
            {"task": str(task), "kind": failure.kind, "fact": failure.fact}
            for task, failure in store.frontier.failures(source, 20)
        ],
    }


def _fills(store: Store, source: str) -> list[dict[str, Any]]:
    """Shares of filled fields of the last run that had answers, beside the last good one before it."""
    for run in store.runs.recent(source):
        fills = store.fills.of_run(run.id)
        if fills:
            before = store.fills.last_good(source, before=run.id)
            return [
                {"run": run.id, "endpoint": endpoint, "field": field}
                | {"total": fill.total, "filled": fill.filled, "unread": fill.unread}
                | {"share": fill.share, "share_before": _share(before.get(endpoint, {}), field)}
                for endpoint, fields in fills.items()
                for field, fill in fields.items()
                if fill.total
            ]
    return []


def _share(fields: Mapping[str, Fill], field: str) -> float | None:
    return fields[field].share if field in fields else None


#: What the counts that are no fields mean, as a table's readers need it.
_MEANINGS = {
    "answer": "answers with something in them",
    "list": "answers whose list has entries",
    "review": "reviews",
    "review.rows": "texts of the reviews",
    "review.year": "dates of 2000 to next year",
    "same": "answers unlike those before",
    "review.place": "answers with ids of reviews",
    "counted": "answers that count entries",
    "count": "entries that answers count",
    "more": "answers with a next page",
    "pages": "pages that came before",
    "review.scale": "scores above the scale",
}


def _fill_rows(fills: list[dict[str, Any]]) -> list[tuple[object, ...]]:
    return [
        (
            row["endpoint"],
            _MEANINGS.get(row["field"], row["field"]),
            f"{row['filled']:,} of {row['total']:,}",
            f"{row['share']:.0%}",
            "" if row["share_before"] is None else f"{row['share_before']:.0%}",
            row["unread"],
        )
        for row in fills
    ]


def _next_steps(source: str, kinds: set[str]) -> list[str]:
    """What helps against failures of these kinds."""
    read_later = kinds & set(Failure.READABLE_LATER)
    steps = []
    if kinds - read_later:
        steps.append("`zigbang-nlp crawl --retry-failed` asks again for what did not come.")
    if read_later:
        steps.append(
            f"For what came ({', '.join(sorted(read_later))}), put the new names into "
            f"{file_to_mend(source)}; `zigbang-nlp crawl --site FILE --reparse` reads it again."
        )
    return steps


def as_text(status: dict[str, Any]) -> str:
    """The same for people."""
    if not status["tasks"]:
        return f"Nothing was crawled from {status['source']} yet. Start with `zigbang-nlp crawl`."
    tasks = [
        (kind, row["done"], row["todo"] + row["leased"], row["failed"])
        for kind, row in status["tasks"].items()
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
        for run in status["runs"]
    ]
    header = ("run", "started (UTC)", "requests", "bytes", "new", "changed", "done", "failed")
    parts = [
        f"Source: {status['source']}; requests today: {status['requests_today']:,}",
        table(tasks, ("asked for", "done", "left", "failed")),
        table(runs, (*header, "errors", "ended")),
    ]
    if status["fills"]:
        number = status["fills"][0]["run"]
        header_of_fills = (f"run {number}: endpoint", "field", "filled", "share")
        rows = _fill_rows(status["fills"])
        parts.append(table(rows, (*header_of_fills, "last good run", "unreadable")))
    if status["failures"]:
        parts.append(
            table([(f["kind"], f["fact"]) for f in status["failures"]], ("kind", "failure"))
        )
        failed = sum(row["failed"] for row in status["tasks"].values())
        if failed > len(status["failures"]):
            parts.append(f"These are the first {len(status['failures'])} of {failed:,}.")
        parts += _next_steps(status["source"], {f["kind"] for f in status["failures"]})
    return "\n\n".join(parts)
