"""What all commands share: settings from file, environment and flags, and the log.

A command names the sections of settings it depends on; each setting of those becomes a flag, so
the flags can't fall behind the settings.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import click
from pydantic.fields import FieldInfo

from zigbang_nlp.cli.notices import say_outdated, say_preset
from zigbang_nlp.config import LoadedSettings, known_keys, load_settings
from zigbang_nlp.config.keras_names import instead_of
from zigbang_nlp.console import log, show_log


class _List(click.ParamType):  # type: ignore[type-arg]  # generic in new versions of Click only
    """Comma-separated values."""

    name = "A,B,..."

    def convert(self, value: Any, _param: Any, _ctx: Any) -> tuple[str, ...]:
        if isinstance(value, tuple):
            return value
        return tuple(part.strip() for part in str(value).split(",") if part.strip())


class _KeyValue(click.ParamType):  # type: ignore[type-arg]  # generic in new versions of Click only
    """section.key=value."""

    name = "SECTION.KEY=VALUE"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[str, str]:
        name, equals, text = str(value).partition("=")
        if not equals:
            self.fail(f"{value!r} has no '='; write it like train.epochs=5.", param, ctx)
        return name.strip(), text.strip()


class _Command(click.Command):
    """A command that knows what textbooks call a setting."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        try:
            return super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            if instead := instead_of(error.option_name):
                raise click.UsageError(
                    f"No such option {error.option_name!r}. {instead}"
                ) from error
            raise


def settings_command(
    name: str, sections: Sequence[str] = (), skip: Sequence[str] = ()
) -> Callable[[Callable[..., Any]], click.Command]:
    """Make a command whose function takes `loaded: LoadedSettings` and its own parameters.

    Args:
        name: of the command.
        sections: sections whose settings become flags.
        skip: "section.key" of settings that don't.
    """
    flags = {
        key: field
        for key, field in known_keys().items()
        if key.split(".")[0] in sections and key not in skip
    }

    def wrap(function: Callable[..., Any]) -> click.Command:
        def callback(**values: Any) -> Any:
            loaded = load_settings(values.pop("config"), _flag_values(values, flags), environ=None)
            show_log(verbose=values.pop("debug"), quiet=values.pop("quiet"))
            say_preset(name, loaded)
            return function(loaded=loaded, **values)

        callback.__doc__ = function.__doc__
        command = click.command(name, cls=_Command)(callback)
        own = list(getattr(function, "__click_params__", []))[::-1]
        command.params = [*own, *(_option(key, field) for key, field in flags.items()), *_shared()]
        return command

    return wrap


def _shared() -> list[click.Option]:
    return [
        click.Option(
            ["--config"],
            type=click.Path(path_type=Path, dir_okay=False),
            help="TOML file with settings  [default: zigbang.toml, if there is one]",
        ),
        click.Option(["--work"], help="Directory for everything the stages write  [default: data]"),
        click.Option(
            ["--db"],
            metavar="URL",
            help="Database, e.g. sqlite:///reviews.db  [default: zigbang.db in --work]",
        ),
        click.Option(
            ["--set", "assignments"],
            type=_KeyValue(),
            multiple=True,
            help="Any setting, e.g. --set train.epochs=5; see `zigbang-nlp config`.",
        ),
        click.Option(["--quiet", "-q"], is_flag=True, help="Only results and errors."),
        click.Option(["--debug"], is_flag=True, help="Show a traceback when something fails."),
    ]


def _flag_values(values: dict[str, Any], flags: Mapping[str, FieldInfo]) -> dict[str, Any]:
    chosen: dict[str, Any] = {}
    for name, text in values.pop("assignments"):
        field = known_keys().get(name)
        as_list = field is not None and get_origin(field.annotation) is tuple
        chosen[name] = _List().convert(text, None, None) if as_list else text
    chosen["paths.work"] = values.pop("work") or chosen.get("paths.work")
    chosen["store.url"] = values.pop("db") or chosen.get("store.url")
    for key in flags:
        value = values.pop(key.replace(".", "__"))
        if value is not None:
            chosen[key] = value
    return chosen


def _option(key: str, field: FieldInfo) -> click.Option:
    """The flag of one setting; its default stays None, so that file and environment count."""
    flag = "--" + key.split(".")[1].replace("_", "-")
    shown = _shown(field.default)
    described = field.description or ""
    # Not capitalize(), which would make EarlyStopping Earlystopping.
    text = described[:1].upper() + described[1:] + (f"  [default: {shown}]" if shown else "")
    kind = field.annotation
    parameter = key.replace(".", "__")
    if kind is bool:
        return click.Option([f"{flag}/--no-{flag[2:]}", parameter], default=None, help=text)
    return click.Option([flag, parameter], type=_type(kind), default=None, help=text)


def _type(kind: Any) -> Any:
    if get_origin(kind) is Literal:
        return click.Choice([str(choice) for choice in get_args(kind)])
    if get_origin(kind) is tuple:
        return _List()
    return kind if kind in (int, float) else str


def _shown(default: Any) -> str:
    if isinstance(default, tuple):
        return ",".join(map(str, default))
    if isinstance(default, bool):
        return "yes" if default else "no"
    return "" if default is None or default == {} else str(default)


def run_stage(name: str, loaded: LoadedSettings, force: bool) -> None:
    """Run one stage of the pipeline by name, unless it is current."""
    from zigbang_nlp.pipeline import run_stages
    from zigbang_nlp.stages import stages_from

    outdated = say_outdated(name, loaded)
    run_stages([stages_from(name)[0]], loaded.settings, force=force, outdated=outdated)


force_option = click.option(
    "--force", is_flag=True, help="Do it again even when nothing has changed."
)


#: Flags of `reading_options`: the fields of `tables.ReadOptions`.
_READING = (
    click.option(
        "--encoding", help="Of a text file or standard input, e.g. utf-16  [default: found out]"
    ),
    click.option(
        "--fix-encoding",
        is_flag=True,
        help="Put texts right that were decoded with the wrong encoding (ì£¼ì°¨).",
    ),
    click.option(
        "--quoting",
        type=click.Choice(["auto", "csv", "none"]),
        default="auto",
        show_default=True,
        help="What quotation marks in CSV and TSV do: enclose fields (csv) or nothing (none).",
    ),
    click.option(
        "--sheet", help="Of a workbook: a sheet, or all  [default: the first visible one]"
    ),
    click.option(
        "--header-row", type=click.IntRange(0), help="Row of the column names, from 1; 0 = none."
    ),
)


def reading_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command that reads somebody's file the flags for it, gathered as `reading`."""

    @functools.wraps(function)
    def gathered(**values: Any) -> Any:
        names = ("encoding", "fix_encoding", "quoting", "sheet", "header_row")
        return function(reading={name: values.pop(name) for name in names}, **values)

    command: Callable[..., Any] = gathered
    for option in reversed(_READING):
        command = option(command)
    return command


def say_notes(notes: Iterable[Any]) -> None:
    """Say what was recognised, converted and left out while reading a file."""
    from zigbang_nlp.language.file_notes import note_sentence

    for note in notes:
        log.info(note_sentence(note))
