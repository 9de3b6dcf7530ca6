"""The tree of exceptions is what its picture says, and a wrong name is answered with the near ones."""

from __future__ import annotations

import inspect
import re

import pytest

from striate import errors
from striate.errors import StriateError, UnknownNameError, unknown_name

CLASSES = {name: c for name, c in vars(errors).items() if inspect.isclass(c) and issubclass(c, StriateError)}
DRAWN = re.compile(r"^(?P<rails>[│├└─ ]*)(?P<name>[A-Z]\w+Error)\b(?: \((?P<also>\w+)\))?")


def drawn_tree() -> dict[str, tuple[str, ...]]:
    """Reads the docstring's picture: each class with its bases."""
    bases: dict[str, tuple[str, ...]] = {}
    path: list[str] = []
    for line in inspect.cleandoc(errors.__doc__ or "").splitlines():
        match = DRAWN.match(line.removeprefix("    "))
        if not match:
            continue
        del path[len(match["rails"]) // 4 :]
        bases[match["name"]] = tuple(base for base in (path[-1] if path else "Exception", match["also"]) if base)
        path.append(match["name"])
    return bases


def test_the_picture_is_the_tree() -> None:
    assert drawn_tree() == {name: tuple(base.__name__ for base in c.__bases__) for name, c in CLASSES.items()}


def test_a_user_can_catch_all_or_only_the_wrong_input() -> None:
    assert issubclass(errors.ShapeError, ValueError)
    assert not issubclass(errors.UnsupportedOpError, errors.InvalidError)
    assert not issubclass(errors.LimitError, ValueError)
    assert all(issubclass(c, StriateError) for c in CLASSES.values())


@pytest.mark.parametrize(
    ("name", "known", "message"),
    [
        ("sobell", ["sobel", "box"], 'no filter "sobell"; did you mean "sobel"?'),
        ("conv", ["features.0.conv", "head"], 'no filter "conv"; did you mean "features.0.conv"?'),
        ("zzz", ["a", "b"], 'no filter "zzz"; there are "a", "b"'),
        ("zzz", list("abcdef"), 'no filter "zzz"; there are 6, such as "a", "b", "c", "d", "e"'),
        ("zzz", [], 'no filter "zzz"; there are none'),
        ("", ["a"], 'no filter ""; there are "a"'),
    ],
)
def test_unknown_name(name: str, known: list[str], message: str) -> None:
    error = unknown_name("filter", name, known)
    assert type(error) is UnknownNameError
    assert str(error) == message


def test_unknown_name_names_several_near_ones() -> None:
    message = str(unknown_name("layer", "conv2", iter(["conv1", "conv3", "dense"])))
    assert '"conv1" or "conv3"' in message or '"conv3" or "conv1"' in message
    assert "dense" not in message
