"""Everything striate raises on purpose, as one tree.

    StriateError
    ├── InvalidError (ValueError)       what was given cannot be right, whoever runs it
    │   ├── ShapeError                  a shape or rank does not fit
    │   ├── DtypeError                  an element type does not fit
    │   ├── ParameterError              an argument or attribute has an impossible value
    │   ├── UnknownNameError            no layer, value, unit, filter ... of that name
    │   ├── GraphError                  a network that is not one: cycle, missing value, two producers
    │   ├── ModelFileError              a model file that is damaged, truncated or not a model
    │   ├── MediaError                  an image, signal or volume that cannot be read
    │   ├── DeclarationError            a pasted layer line that is not one
    │   ├── NonFiniteError              NaN or infinity where a number is needed
    │   └── MessageError                a message or upload to the studio that is not one
    ├── UnsupportedError                valid, but striate cannot do it (yet)
    │   └── UnsupportedOpError          ... because of one operation in the network
    ├── OutputError                     a result that cannot be written where it was to go
    ├── LimitError                      would need more memory than the stated limit
    └── MissingDependencyError          an optional package is not installed

A message is one line: the thing (and its value), what was expected, what was got, where, and the way out.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

# A message that quotes what was given could be as long as that.
_LONGEST = 1_000


class StriateError(Exception):
    """Base of every error that striate raises on purpose; its message is one line, whatever it quotes."""

    def __init__(self, *arguments: object) -> None:
        super().__init__(*(_line(each) if isinstance(each, str) else each for each in arguments))


class InvalidError(StriateError, ValueError):
    """What was given cannot be right."""


class ShapeError(InvalidError):
    """A shape or rank does not fit."""


class DtypeError(InvalidError):
    """An element type does not fit."""


class ParameterError(InvalidError):
    """An argument or attribute has an impossible value."""


class UnknownNameError(InvalidError):
    """No layer, value, unit or filter has that name."""


class GraphError(InvalidError):
    """A network that is not one: a cycle, a missing value, a value produced twice."""


class ModelFileError(InvalidError):
    """A model file that is damaged, truncated or not a model."""


class MediaError(InvalidError):
    """An image, signal or volume that cannot be read."""


class DeclarationError(InvalidError):
    """A pasted layer declaration that is not one."""


class NonFiniteError(InvalidError):
    """NaN or infinity where a finite number is needed."""


class MessageError(InvalidError):
    """A message or an upload to the studio that is not one."""


class UnsupportedError(StriateError):
    """Valid, but beyond what striate can do."""


class UnsupportedOpError(UnsupportedError):
    """Valid, but one operation of the network is beyond what striate can do."""


class OutputError(StriateError):
    """A result cannot be written where it was to go."""


class LimitError(StriateError):
    """Would need more memory than the stated limit."""


class MissingDependencyError(StriateError):
    """An optional package is needed and not installed."""


def _line(message: str) -> str:
    line = " ".join(filter(None, map(str.strip, message.splitlines()))) if "\n" in message else message
    return line if len(line) <= _LONGEST else f"{line[:600]} ... {line[-300:]}"


def unknown_name(thing: str, name: object, known: Iterable[str]) -> UnknownNameError:
    """Builds the error for a name that does not exist, with the nearest names that do.

    Example:
        >>> str(unknown_name("filter", "sobell", ["sobel", "box"]))
        'no filter "sobell"; did you mean "sobel"?'
    """
    names = list(known)
    if not isinstance(name, str):
        return UnknownNameError(f"no {thing} is called by a {type(name).__name__}; give its name, such as {names[:1]}")
    near = difflib.get_close_matches(name, names, n=3, cutoff=0.5)
    if not near:
        near = [n for n in names if name and name.lower() in n.lower()][:3]
    if near:
        advice = "did you mean " + " or ".join(f'"{n}"' for n in near) + "?"
    elif names:
        shown = ", ".join(f'"{n}"' for n in names[:5])
        advice = f"there are {len(names)}, such as {shown}" if len(names) > 5 else f"there are {shown}"
    else:
        advice = "there are none"
    return UnknownNameError(f'no {thing} "{name}"; {advice}')
