"""What happens when a command fails: one line on stderr and an exit status, never a traceback unasked."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable

from striate.errors import StriateError

TRACEBACK = "STRIATE_TRACEBACK"
BAD_INPUT, FAULT, INTERRUPTED = 2, 1, 130


def guarded(command: Callable[[], object]) -> int:
    """Runs a command and turns what it raises into an exit status.

    Args:
        command: What to run; a whole number that it returns is the status.

    Returns:
        0, 2 for bad input or an output that cannot be written, 130 after Ctrl-C, 1 for a fault of striate's own.
    """
    try:
        status = command()
        sys.stdout.flush()
    except BrokenPipeError:
        return _hang_up()
    except KeyboardInterrupt:
        return INTERRUPTED
    except StriateError as error:
        return _say(str(error), BAD_INPUT)
    except OSError as error:
        return _say(_of_system(error), BAD_INPUT)
    except MemoryError:
        return _say("out of memory; use a smaller input", BAD_INPUT)
    except Exception as error:  # the outermost frame: whatever comes here must become one line
        return _unexpected(error)
    return status if isinstance(status, int) and not isinstance(status, bool) else 0


def _unexpected(error: Exception) -> int:
    usage = getattr(error, "format_message", None)
    if callable(usage):
        message = str(usage())
        if type(error).__name__ == "NoArgsIsHelpError":
            return _print_help(message)
        return _say(_one_line(message), BAD_INPUT)
    if type(error).__name__ == "Abort":
        return INTERRUPTED
    if os.environ.get(TRACEBACK):
        traceback.print_exc()
        return FAULT
    kind, text = type(error).__name__, _one_line(str(error))
    return _say(f"a fault of striate's own, {kind}: {text}; {TRACEBACK}=1 shows where, please report it", FAULT)


def _print_help(text: str) -> int:
    if text.strip():
        sys.stdout.write(text.rstrip() + "\n")
    return BAD_INPUT


def _of_system(error: OSError) -> str:
    reason = (error.strerror or str(error)).lower()
    return f'"{error.filename}": {reason}' if error.filename else _one_line(reason)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _say(message: str, status: int) -> int:
    try:
        sys.stderr.write(f"striate: {_one_line(message)}\n")
    except OSError:
        return status
    if os.environ.get(TRACEBACK) and sys.exc_info()[0] is not None:
        traceback.print_exc()
    return status


def _hang_up() -> int:
    """The reader has gone (``striate summary x | head``): nothing more is written, also not when Python ends."""
    devnull = os.open(os.devnull, os.O_WRONLY)
    os.dup2(devnull, sys.stdout.fileno())
    return 0
