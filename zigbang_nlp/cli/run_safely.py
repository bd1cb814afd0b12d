"""What people see when something goes wrong: a fact, a next step, and an exit code.

0 done, 1 an error, 2 wrong usage, 3 to 5 a crawl (see errors.py), 130 interrupted (Ctrl-C), 143
ended from outside (SIGTERM). A traceback needs --debug.
"""

from __future__ import annotations

import _thread
import errno
import os
import signal
import sys
import threading
import traceback
from collections.abc import Sequence
from typing import Any

import click

from zigbang_nlp.errors import ZigbangError

INTERRUPTED, TERMINATED = 130, 143

#: Seconds after which a Ctrl-C that has ended nothing is pressed again.
_PATIENCE = 10.0
_waiting: list[threading.Timer] = []


def run_safely(cli: click.Command, arguments: Sequence[str]) -> int:
    """Run the command line and return its exit code; never lets an exception through."""
    for stream in (sys.stdout, sys.stderr):
        # A console that can't show a character (cp949, ascii) must not end the program.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    sys.unraisablehook = _keep_interrupts
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _interrupt)
    terminated: list[int] = []
    if signal.getsignal(signal.SIGTERM) is signal.SIG_DFL:
        signal.signal(signal.SIGTERM, lambda signum, _: _terminate(terminated, signum))
    try:
        result = cli.main(list(arguments), standalone_mode=False)
        sys.stdout.flush()
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as wrong:
        wrong.show()
        return wrong.exit_code
    except (KeyboardInterrupt, click.Abort):
        _release()
        click.echo(
            "\nStopped. What was finished before is kept; run the same command to go on.", err=True
        )
        return TERMINATED if terminated else INTERRUPTED
    except (BrokenPipeError, SystemExit):
        # The reader of our output (head, less) has seen enough; click's word for it is an exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001 - the last line of defence
        if "--debug" in arguments:
            traceback.print_exc()
            return error.exit_code if isinstance(error, ZigbangError) else 1
        return _explain(error)
    finally:
        _release()
    return result if isinstance(result, int) else 0


def _interrupt(_signum: int, _frame: Any) -> None:
    """Ctrl-C, and once more if the program is still there after a while.

    A library's callback may swallow a KeyboardInterrupt; none of ours takes so long to clean up.
    """
    _press_again(_PATIENCE)
    raise KeyboardInterrupt


def _terminate(seen: list[int], signum: int) -> None:
    """The polite end (systemd, docker stop, kill): as clean as Ctrl-C."""
    seen.append(signum)
    _interrupt(signum, None)


def _keep_interrupts(raised: Any) -> None:
    """Ctrl-C that falls into a destructor is ignored by Python; press it again a moment later."""
    if issubclass(raised.exc_type, KeyboardInterrupt):
        _press_again(0.05)
    else:
        sys.__unraisablehook__(raised)


def _press_again(seconds: float) -> None:
    again = threading.Timer(seconds, _press)
    again.daemon = True
    again.start()
    _waiting.append(again)


def _release() -> None:
    for timer in _waiting:
        timer.cancel()
    _waiting.clear()


def _press() -> None:
    main = threading.main_thread().ident
    if hasattr(signal, "pthread_kill") and main is not None:
        signal.pthread_kill(main, signal.SIGINT)  # wakes it from a sleep or a read, too
    else:
        _thread.interrupt_main()


def _explain(error: Exception) -> int:
    if isinstance(error, ZigbangError):
        lines = [f"Error: {error.fact}", error.next_step]
    elif isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        lines = [
            "Error: the disk is full; the last good outputs are intact.",
            "Free some space and run the same command again.",
        ]
    elif isinstance(error, MemoryError):
        lines = ["Error: not enough memory.", "Close other programs, or use fewer reviews."]
    else:
        lines = [
            f"Error: unexpected {type(error).__name__}: {error}",
            "Run the same command with --debug to see where, and report it.",
        ]
    click.echo("\n".join(line for line in lines if line), err=True)
    return error.exit_code if isinstance(error, ZigbangError) else 1
