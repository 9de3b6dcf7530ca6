"""The studio in a notebook: a widget that talks to the studio's own answer functions over the notebook's comm."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

from striate.errors import InvalidError, MissingDependencyError
from striate.run import Run

if TYPE_CHECKING:
    from striate.notebook.view import View

HEIGHT = 560

__all__ = ["widget"]


def widget(run: Run, unit: str = "", *, height: int = HEIGHT, labels: Sequence[str] | None = None) -> View:
    """Shows a run in a notebook: the network view, and the sum behind every number.

    No server is started: the page asks over the notebook's comm. In a saved notebook without its kernel the static
    piece stands in its place where the viewer shows it.

    Args:
        run: The run.
        unit: Address of a number to begin with, such as ``conv1:3@10,12``.
        height: Pixels.
        labels: Name of each class.

    Returns:
        The widget. Its ``unit`` is the address of what is chosen in it, "" for nothing, and can be set.

    Raises:
        MissingDependencyError: anywidget is not installed, or this installation lacks the studio's page.
        InvalidError: What was given is no run.
        UnknownNameError, ParameterError: There is no such unit.

    Example:
        >>> import striate as st
        >>> net = st.load(st.bundled.model_path())
        >>> run = net.run(st.image(st.bundled.picture_path(), size=None, preprocess="unit"))
        >>> view = st.widget(run, "shapes/Conv:3@50,24")  # doctest: +SKIP
    """
    # Whoever calls it from a notebook is told by no type checker.
    given = cast("object", run)
    if not isinstance(given, Run):
        raise InvalidError(f"st.widget shows a run, got a {type(given).__qualname__}; give net.run(x)")
    if unit:
        run.unit(unit)
    try:
        from striate.notebook.view import View
    except ModuleNotFoundError as error:
        raise MissingDependencyError(
            f"st.widget needs {error.name}, which is not installed; pip install 'striate[notebook]'"
        ) from error
    return View(run, unit, height, labels)
