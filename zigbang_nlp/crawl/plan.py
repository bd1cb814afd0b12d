"""What a crawl would ask, before it asks anything: a small map, the requests and the time."""

from __future__ import annotations

from collections.abc import Iterable, Set
from datetime import UTC, datetime, timedelta

import pygeohash

from zigbang_nlp.config import CrawlSettings
from zigbang_nlp.console import duration
from zigbang_nlp.geo.cells import Region
from zigbang_nlp.store import Scope, Store

#: Columns that the map may take.
_WIDTH = 76


def plan(
    region: Region,
    settings: CrawlSettings,
    store: Store,
    source: str,
    refresh: timedelta | None = None,
    retry_failed: bool = False,
) -> str:
    """The plan as text: cells on a map, requests, and hours at the rate in force."""
    done = store.frontier.done(source, "cell") & set(region.cells)
    states = store.frontier.states(source, region.name)
    known = sum(count for (kind, _), count in states.items() if kind != "cell")
    open_known = sum(
        count
        for (kind, state), count in states.items()
        if kind != "cell" and state in ("todo", "leased")
    )
    cells = len(region.cells) - len(done)
    before = None if refresh is None else datetime.now(UTC) - refresh
    again = store.frontier.again(Scope(source, region.name), before, retry_failed)
    requests = cells + open_known + again
    per_apartment = 2 if settings.details else 1
    interval = (1 + settings.jitter / 2) / settings.rate if settings.rate else 0.0
    pace = f"at {settings.rate:g}/s" if settings.rate else "without a limit"
    lines = [
        f"Region: {region.name}, {len(region.cells):,} cells of about 3.9 km x 4.9 km "
        f"({len(done):,} done)",
        "",
        *draw(region.cells, done),
        "",
        f"Requests known now: {requests:,} ({cells:,} cells, {open_known:,} for "
        f"{known // per_apartment:,} known apartments), {duration(requests * interval)} "
        f"{pace}.",
    ]
    if refresh is not None or retry_failed:
        lines.append(
            f"{again:,} of them were asked before and are asked again (--refresh, --retry-failed)."
        )
    lines.append(
        f"Each apartment found adds {per_apartment}: 1,000 apartments take "
        f"{duration(1_000 * per_apartment * interval)} more."
    )
    if settings.daily_budget:
        lines.append(
            f"Daily budget: {settings.daily_budget:,} requests, "
            f"{store.pacing.used_today(source):,} used today."
        )
    lines.append("Nothing was sent.")
    return "\n".join(lines)


def draw(cells: Iterable[str], done: Set[str]) -> list[str]:
    """Cells on a map, north up: # to ask, + done, . outside. Large regions share characters."""
    places = {cell: pygeohash.decode(cell) for cell in cells}
    if not places:
        return ["(no cells)"]
    exact = pygeohash.get_bounding_box(next(iter(places)))
    width, height = exact.max_lon - exact.min_lon, exact.max_lat - exact.min_lat
    west = min(place.longitude for place in places.values())
    north = max(place.latitude for place in places.values())
    spots = {
        cell: (round((north - place.latitude) / height), round((place.longitude - west) / width))
        for cell, place in places.items()
    }
    columns = max(column for _, column in spots.values()) + 1
    across = -(-columns // _WIDTH)  # cells that share a character, side by side
    # A character is about twice as high as it is wide, and so is what it stands for.
    down = across * 2 if across > 1 else 1
    rows = max(row for row, _ in spots.values()) // down + 1
    grid = [["."] * -(-columns // across) for _ in range(rows)]
    for cell, (row, column) in sorted(spots.items(), key=lambda spot: spot[0] not in done):
        grid[row // down][column // across] = "+" if cell in done else "#"
    wide = 1 if columns * 2 > _WIDTH else 2  # characters a cell, to keep the land's shape
    return ["".join(spot * wide for spot in line) for line in grid]
