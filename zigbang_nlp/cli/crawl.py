"""`zigbang-nlp crawl`."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from zigbang_nlp.cli.common import settings_command
from zigbang_nlp.config import LoadedSettings, Settings
from zigbang_nlp.console import log

if TYPE_CHECKING:
    from zigbang_nlp.store import Store

#: Settings that say which region is meant, when not set; a flag replaces the file's region.
_REGION: dict[str, Any] = {"preset": "none", "place": "", "polygon": "", "bbox": ()}


class _Age(click.ParamType):  # type: ignore[type-arg]  # generic in new versions of Click only
    """30d, 12h, 45m."""

    name = "AGE"

    def convert(self, value: Any, param: Any, ctx: Any) -> timedelta:
        match = re.fullmatch(r"(\d+)([dhm])", str(value).strip())
        if match is None:
            self.fail(f"{value!r} is not an age; write 30d, 12h or 45m.", param, ctx)
        unit = {"d": "days", "h": "hours", "m": "minutes"}[match[2]]
        try:
            age = timedelta(**{unit: int(match[1])})
            datetime.now(UTC) - age
        except (OverflowError, ValueError):
            self.fail(f"{value!r} is longer ago than any calendar goes.", param, ctx)
        return age


@settings_command("crawl", sections=["crawl"])
@click.option("--plan", is_flag=True, help="Show what would be asked, and send nothing.")
@click.option("--status", is_flag=True, help="Show what is done, left and failed, and the runs.")
@click.option("--refresh", type=_Age(), help="Ask again what is older, e.g. 30d.")
@click.option("--retry-failed", is_flag=True, help="Ask again for what failed.")
@click.option("--reparse", is_flag=True, help="Read all stored raw answers again; sends nothing.")
@click.option(
    "--cache",
    is_flag=True,
    help="Go through the region with the saved answers alone; sends nothing.",
)
@click.option(
    "--show",
    "shown",
    nargs=2,
    metavar="KIND KEY",
    help="Print a stored raw answer and how it is read, e.g. --show reviews 12345.",
)
@click.option("--rotate-key", is_flag=True, help="Change the key of the nickname hashes.")
@click.option(
    "--hogangnono",
    "saved",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Read saved Hogangnono answers, one {apartment id}.json each; sends nothing.",
)
@click.option("--json-logs", is_flag=True, help="One JSON object a line on standard error.")
def command(
    loaded: LoadedSettings,
    plan: bool,
    status: bool,
    refresh: timedelta | None,
    retry_failed: bool,
    reparse: bool,
    cache: bool,
    shown: tuple[str, str] | None,
    rotate_key: bool,
    saved: Path | None,
    json_logs: bool,
) -> None:
    """Collect apartments and residents' reviews of a region into the store.

    A crawl that was stopped, by whatever, goes on where it was when the same command is run
    again. Without a region or --source, the bundled sample is read, and nothing is sent.

    \b
    Examples:
      zigbang-nlp crawl                                  # the bundled sample
      zigbang-nlp crawl --preset seoul --plan            # what it would take
      zigbang-nlp crawl --preset seoul --contact me@example.org
      zigbang-nlp crawl --geohash wydm,wydq
      zigbang-nlp crawl --bbox 127.04,37.61,127.11,37.69
      zigbang-nlp crawl --place 노원구 --refresh 30d
      zigbang-nlp crawl --status
      zigbang-nlp crawl --show reviews 12345             # a raw answer and how it is read
      zigbang-nlp crawl --site my.toml --reparse         # after the site renamed a field
      zigbang-nlp crawl --geohash wydm --cache           # from the saved answers, sends nothing
    """
    from zigbang_nlp.crawl import progress
    from zigbang_nlp.store import open_store

    modes: dict[str, object] = {
        "--status": status,
        "--reparse": reparse,
        "--cache": cache,
        "--show": shown,
        "--rotate-key": rotate_key,
        "--hogangnono": saved,
    }
    asking = {"--plan": plan, "--refresh": refresh is not None, "--retry-failed": retry_failed}
    chosen = [name for name, value in modes.items() if value]
    if chosen:  # one of them would be passed over without a word
        chosen += [name for name, value in asking.items() if value]
    if len(chosen) > 1:
        raise click.UsageError(f"{' and '.join(chosen)} don't go together; choose one.")
    if json_logs:
        for handler in log.handlers:
            handler.setFormatter(progress.JsonFormatter())
    settings = _meant(loaded)
    with open_store(settings.store_url, note=log.info) as store:
        if plan:
            _plan(settings, store, refresh, retry_failed)
        elif status:
            _status(settings, store, json_logs)
        elif reparse:
            _reparse(settings, store)
        elif cache:
            from zigbang_nlp.crawl.cache import crawl_saved

            log.info("%s", crawl_saved(settings, store, show=progress.choose(json_logs)).note)
        elif shown is not None:
            _show(settings, store, *shown)
        elif rotate_key:
            from zigbang_nlp.crawl.maintain import rotate_nickname_key

            count = rotate_nickname_key(store)
            log.info("The nickname key is new; %s authors have new hashes.", f"{count:,}")
        elif saved is not None:
            from zigbang_nlp.crawl import read_saved

            show = progress.choose(json_logs)
            log.info("%s", read_saved(settings, store, saved, show=show).note)
        else:
            from zigbang_nlp.crawl import run_crawl

            summary = run_crawl(
                settings,
                store,
                refresh=refresh,
                retry_failed=retry_failed,
                show=progress.choose(json_logs),
            )
            log.info("%s", summary.note)
            if summary.source == "sample" and loaded.origins["crawl.source"] == "default":
                log.info("These are the bundled sample's. To ask the site: --preset seoul --plan.")


def _meant(loaded: LoadedSettings) -> Settings:
    """The settings, where a region on the command line replaces the file's."""
    by_flag = {key for key, origin in loaded.origins.items() if origin == "flag"}
    regions = [name for name in ("geohash", *_REGION) if f"crawl.{name}" in by_flag]
    if not regions:
        return loaded.settings
    if len(regions) > 1:
        flags = " and ".join(f"--{name}" for name in regions)
        raise click.UsageError(f"{flags} can't both be the region; choose one.")
    crawl = loaded.settings.crawl
    if getattr(crawl, regions[0]) in ("", ()):  # a script's empty variable is no wish for Seoul
        raise click.UsageError(f"--{regions[0]} is empty; name a region.")
    unset = {name: empty for name, empty in _REGION.items() if name not in regions}
    return loaded.settings.model_copy(update={"crawl": crawl.model_copy(update=unset)})


def _plan(settings: Settings, store: Store, refresh: timedelta | None, retry_failed: bool) -> None:
    from zigbang_nlp.crawl.crawler import chosen_source, find_region
    from zigbang_nlp.crawl.plan import plan

    source = chosen_source(settings.crawl, store) or "zigbang"
    region = find_region(settings.crawl, store, source, client=None)
    click.echo(plan(region, settings.crawl, store, source, refresh, retry_failed))


def _status(settings: Settings, store: Store, as_json: bool) -> None:
    from zigbang_nlp.crawl.crawler import site_of
    from zigbang_nlp.crawl.status import as_text, status

    site = site_of(settings.crawl).source
    sources = tuple(dict.fromkeys((site, "zigbang", "sample", "hogangnono")))
    if settings.crawl.source != "auto":
        sources = (settings.crawl.source,)
    states = [status(store, source) for source in sources]
    states = [one for one in states if one["tasks"]] or states[:1]
    if as_json:
        click.echo("\n".join(json.dumps(one, ensure_ascii=False) for one in states))
    else:
        click.echo("\n\n\n".join(map(as_text, states)))


def _show(settings: Settings, store: Store, kind: str, key: str) -> None:
    from zigbang_nlp.crawl.crawler import chosen_source, site_of
    from zigbang_nlp.crawl.hogangnono import Hogangnono
    from zigbang_nlp.crawl.show import show_answer
    from zigbang_nlp.crawl.site import Site
    from zigbang_nlp.crawl.zigbang import Zigbang
    from zigbang_nlp.store import Task

    source = chosen_source(settings.crawl, store)
    site = site_of(settings.crawl, source or "zigbang")
    readers: list[Site] = [site, Zigbang("sample"), Hogangnono()]
    kept = [one for one in readers if store.answers.get(one.source, kind, key) is not None]
    click.echo(show_answer(store, (kept or readers)[0], Task(kind, key)))


def _reparse(settings: Settings, store: Store) -> None:
    from zigbang_nlp.crawl.crawler import site_of
    from zigbang_nlp.crawl.maintain import reparse, sites

    readers = {site.source: site for site in sites()}
    if settings.crawl.site:
        site = site_of(settings.crawl)
        readers[site.source] = site
    done = reparse(store, readers.values())
    for fact in done.failed:
        log.warning("%s", fact)
    reviews = done.reviews
    log.info(
        f"{done.answers:,} answers read again: {reviews.new:,} new rows, {reviews.changed:,} changed, "
        f"{reviews.seen:,} the same, {done.removed:,} removed; {len(done.failed):,} answers can't be "
        "read."
    )
