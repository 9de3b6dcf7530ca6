"""The catalogue of hand-crafted kernels: each by name, with a line that says what it is and where it comes from."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from numbers import Real
from typing import ParamSpec

import numpy as np

from striate.arithmetic import whole_numbers
from striate.engine.limits import require_memory
from striate.errors import ParameterError, unknown_name
from striate.graph import Array

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Filter:
    """One kernel of the bank.

    Args:
        name: Its name, as in ``striate.filters.<name>``.
        description: One line that says what it does.
        source: Where it comes from.
        ranks: Numbers of axes that it exists in.
        directional: Whether it looks along an ``axis``, so that all axes together give a gradient's magnitude.
        make: Builds the kernel from its options.
    """

    name: str
    description: str
    source: str
    ranks: tuple[int, ...]
    directional: bool
    make: Callable[..., Array]

    def __call__(self, *args: object, **options: object) -> Array:
        """The kernel, float32; the options are those of the function of that name."""
        return self.make(*args, **options)


_BANK: dict[str, Filter] = {}


def entry(
    source: str, ranks: tuple[int, ...] = (1, 2, 3), directional: bool = False
) -> Callable[[Callable[P, Array]], Callable[P, Array]]:
    """Enters a function that builds a kernel into the bank; its docstring's first line is the description."""

    def enter(make: Callable[P, Array]) -> Callable[P, Array]:
        name = make.__name__
        description = (make.__doc__ or name).strip().splitlines()[0].rstrip(".")
        signature = inspect.signature(make)

        @wraps(make)
        def checked(*args: P.args, **kwargs: P.kwargs) -> Array:
            for option, value in signature.bind(*args, **kwargs).arguments.items():
                _require_kind(value, signature.parameters[option].default, option, name)
            return make(*args, **kwargs)

        _BANK[name] = Filter(name, description, source, ranks, directional, checked)
        return checked

    return enter


def _require_kind(value: object, default: object, option: str, name: str) -> None:
    """Checks that an option is what its default is: a whole number, a finite number or a word."""
    subject = f'filter "{name}": {option} (={value})'
    if isinstance(default, bool) or not isinstance(default, int | float):
        return
    if isinstance(default, int):
        whole_numbers((value,), f"{subject} must be a whole number")
    elif not isinstance(value, Real) or not math.isfinite(value):
        raise ParameterError(f"{subject} must be a finite number")


def names() -> tuple[str, ...]:
    """Names of all kernels in the bank.

    Returns:
        The names that :func:`get` and :func:`filter` take, in the bank's order.

    Example:
        >>> import striate.filters
        >>> "sobel" in striate.filters.names()
        True
    """
    return tuple(_BANK)


def get(name: str) -> Filter:
    """The kernel of that name.

    Args:
        name: One of :func:`striate.filters.names`.

    Returns:
        The entry; call it with options for its weights.

    Raises:
        UnknownNameError: There is none; the message says what is near.

    Example:
        >>> import striate.filters
        >>> striate.filters.get("sobel").description
        'Edge detector: derivative along one axis, smoothed by 1 2 1 across it'
    """
    if not isinstance(name, str) or name not in _BANK:  # pyright: ignore[reportUnnecessaryIsInstance]
        raise unknown_name("filter", str(name), _BANK)
    return _BANK[name]


def require_rank(ndim: int, name: str, ranks: tuple[int, ...] = (1, 2, 3)) -> None:
    """Checks the number of axes that a kernel is wanted in.

    Raises:
        ParameterError: The kernel does not exist with so many axes.
    """
    if ndim not in ranks:
        wanted = " or ".join(str(rank) for rank in ranks)
        raise ParameterError(f'filter "{name}": ndim (={ndim}) must be {wanted}')


def require_size(size: int, ndim: int, name: str, odd: bool = True) -> None:
    """Checks a kernel's width.

    Raises:
        ParameterError: It is not positive, or even where a kernel needs a centre.
        LimitError: The kernel would take more than the memory limit.
    """
    if size < 1 or (odd and size % 2 == 0):
        raise ParameterError(f'filter "{name}": size (={size}) must be a positive {"odd " if odd else ""}number')
    require_memory(4 * np.dtype(np.float64).itemsize * size**ndim, f'filter "{name}" of size {size}')


def require_positive(value: float, what: str, name: str) -> None:
    """Checks an option such as sigma.

    Raises:
        ParameterError: It is not positive, or so small or large that its powers are no numbers any more.
    """
    if not 1e-50 < value < 1e50:
        raise ParameterError(f'filter "{name}": {what} (={value}) must be a positive number from 1e-50 to 1e50')


def along(axis: int, ndim: int, name: str) -> int:
    """The axis counted from 0.

    Raises:
        ParameterError: There is no such axis.
    """
    if not -ndim <= axis < ndim:
        raise ParameterError(f'filter "{name}": axis (={axis}) must be from {-ndim} to {ndim - 1} for {ndim} axes')
    return axis % ndim


def outer(factors: list[Array]) -> Array:
    """Product of one-dimensional factors, one for each axis."""
    kernel: Array = np.ones((), np.float64)
    for factor in factors:
        kernel = np.multiply.outer(kernel, np.asarray(factor, np.float64))
    return kernel
