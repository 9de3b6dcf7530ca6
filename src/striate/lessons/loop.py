"""The sliding sum as a hand-written loop, line by line, and the one-line calls that give the same numbers.

The loop is a text. What is run is that text: its syntax tree gets a ``yield`` after each statement and at the head of
each round, so the values that a step shows can only be those of the line beside them.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import CodeType
from typing import cast

import numpy as np
import numpy.typing as npt

from striate.arithmetic import output_length, whole_numbers
from striate.errors import ParameterError, ShapeError
from striate.graph import Array
from striate.lenses.shown import Printed
from striate.lessons.convolution import numbers
from striate.lessons.told import Told

# The loop, giving (line, variables) after each line.
Stepping = Callable[[Array, Array], Generator[tuple[int, dict[str, object]], None, None]]

_AXES = {1: ("n", "k"), 2: ("i", "j", "r", "s")}


@dataclass(frozen=True)
class LoopTerm:
    """One product of the sum.

    Args:
        cell: Where in the (padded) input.
        tap: Where in the kernel.
        value: The input's number.
        weight: The kernel's.
        product: Both multiplied.
    """

    cell: tuple[int, ...]
    tap: tuple[int, ...]
    value: float
    weight: float
    product: float


@dataclass(frozen=True, eq=False)
class LoopStep(Printed):
    """What holds just after a line of the loop has run; of a ``for``, when it begins a round.

    Args:
        number: Which step, from 0.
        line: Which line of the source, from 1.
        variables: Every variable by name; arrays are copies as of now.
        position: The position of the output that is being summed; () before the first.
        terms: The products of that position so far.
        output: The output so far; None before it exists.
    """

    number: int
    line: int
    variables: Mapping[str, int | float | tuple[int, ...] | Array]
    position: tuple[int, ...]
    terms: tuple[LoopTerm, ...]
    output: Array | None

    def __str__(self) -> str:
        sums = " + ".join(f"{_signed(t.value)}×{_signed(t.weight)}" for t in self.terms).replace("+ −", "− ")
        return f"line {self.line}" + (f": {sums}" if sums else "")


def _signed(number: float) -> str:
    return f"{number:g}".replace("-", "−")


@dataclass(frozen=True, eq=False)
class SlidingSum(Told):
    """A sliding sum that can be walked through.

    Args:
        x: The input, (l,) or (h, w).
        kernel: (r,) or (r, s).
        stride: Cells between two positions.
        padding: Zeros at both ends of each axis.
        dilation: Cells between two taps.
        source: The loop, as Python with NumPy.
    """

    x: Array
    kernel: Array
    stride: int
    padding: int
    dilation: int
    source: str

    TITLE = "The hand-written loop"

    def __str__(self) -> str:
        shapes = ["×".join(map(str, shape)) for shape in (self.x.shape, self.kernel.shape, self.positions)]
        numbered = [f"{number:>2}  {line}" for number, line in enumerate(self.lines, 1)]
        facts = (
            f"x {shapes[0]}, kernel {shapes[1]}, stride {self.stride}, padding {self.padding}, dilation {self.dilation}"
        )
        return "\n".join([f"{facts} -> y {shapes[2]}", *numbered])

    @property
    def lines(self) -> tuple[str, ...]:
        """The source, line by line."""
        return tuple(self.source.splitlines())

    @property
    def positions(self) -> tuple[int, ...]:
        """Shape of the output."""
        pads = (self.padding, self.padding)
        sizes = zip(self.x.shape, self.kernel.shape, strict=True)
        return tuple(int(str(output_length(i, k, self.stride, pads, self.dilation))) for i, k in sizes)

    def __iter__(self) -> Iterator[LoopStep]:
        """Runs the loop, a step for each line that is executed."""
        running = _stepping(self.source)(self.x, self.kernel)
        letters = _AXES[self.x.ndim]
        rank, terms, position = self.x.ndim, list[LoopTerm](), tuple[int, ...]()
        for number, (line, found) in enumerate(running):
            variables = {name: _kept(value) for name, value in found.items()}
            if all(letter in found for letter in letters[:rank]):
                now = tuple(cast(int, found[letter]) for letter in letters[:rank])
                if now != position:
                    position, terms = now, []
            if line == self._product_line:
                terms.append(self._term(position, found))
            output = variables.get("y")
            made = output if isinstance(output, np.ndarray) else None
            yield LoopStep(number, line, variables, position, tuple(terms), made)

    @cached_property
    def output(self) -> Array:
        """What the loop gives."""
        space: dict[str, object] = {"np": np}
        exec(compile(self.source, "<sliding sum>", "exec"), space)
        return cast("Callable[[Array, Array], Array]", space["sliding_sum"])(self.x, self.kernel)

    @cached_property
    def _product_line(self) -> int:
        return 1 + next(i for i, line in enumerate(self.lines) if line.strip().startswith("product ="))

    def _term(self, position: tuple[int, ...], found: Mapping[str, object]) -> LoopTerm:
        tap = tuple(cast(int, found[letter]) for letter in _AXES[self.x.ndim][self.x.ndim :])
        cell = tuple(p * self.stride + t * self.dilation for p, t in zip(position, tap, strict=True))
        padded = cast(Array, found["x"])
        return LoopTerm(cell, tap, float(padded[cell]), float(self.kernel[tap]), float(cast(float, found["product"])))

    @property
    def calls(self) -> Mapping[str, str]:
        """The one-line calls of "striate", "pytorch" and "keras" that give the same, with their imports.

        They read x and kernel, which must be arrays of one floating-point type.
        """
        return {"striate": self._striate(), "pytorch": self._pytorch(), "keras": self._keras()}

    def _striate(self) -> str:
        if self.padding == 0:
            options = "".join(f", {n}={v}" for n, v in (("stride", self.stride), ("dilation", self.dilation)) if v != 1)
            return f"import striate as st\ny = st.correlate(x, kernel{options})"
        call = f"st.conv{self.x.ndim}d(x[None, None], kernel[None, None]{self._options()})[0, 0]"
        return f"import striate as st\ny = {call}"

    def _pytorch(self) -> str:
        x, kernel = "torch.from_numpy(x)[None, None]", "torch.from_numpy(kernel)[None, None]"
        call = f"torch.nn.functional.conv{self.x.ndim}d({x}, {kernel}{self._options()})[0, 0]"
        return f"import torch\ny = {call}"

    def _keras(self) -> str:
        x = f"np.pad(x, {self.padding})" if self.padding else "x"
        if self.padding:
            start = "import keras\nimport numpy as np\n"
        else:
            start = "import keras\n"
        given = (("strides", self.stride), ("dilation_rate", self.dilation))
        options = "".join(f", {name}={value}" for name, value in given if value != 1)
        spatial = ", ".join(":" * self.x.ndim)
        return f"{start}y = keras.ops.conv({x}[None, ..., None], kernel[..., None, None]{options})[0, {spatial}, 0]"

    def _options(self) -> str:
        given = (("stride", self.stride, 1), ("padding", self.padding, 0), ("dilation", self.dilation, 1))
        return "".join(f", {name}={value}" for name, value, default in given if value != default)


def sliding_sum(
    x: npt.ArrayLike, kernel: npt.ArrayLike, stride: int = 1, padding: int = 0, dilation: int = 1
) -> SlidingSum:
    """The hand-written loop of a convolution, to be walked through line by line.

    Args:
        x: (l,) or (h, w).
        kernel: (r,) or (r, s).
        stride: Cells between two positions.
        padding: Zeros at both ends of each axis.
        dilation: Cells between two taps.

    Returns:
        The loop's source; iterated over, a step for each line that runs, with every variable; the one-line calls of
        striate, PyTorch and Keras that give the same numbers.

    Raises:
        ShapeError: Input and kernel are not both 1-D or 2-D, or the window is larger than the padded input.
        DtypeError, NonFiniteError: They do not hold finite real numbers.
        ParameterError: A number is out of range.

    Example:
        >>> loop = sliding_sum([1, 2, 3, 4, 5], [1, 0, -1])
        >>> print(loop.source)
        def sliding_sum(x, kernel):
            positions = len(x) - len(kernel) + 1
            y = np.zeros(positions)
            for n in range(positions):
                total = 0.0
                for k in range(len(kernel)):
                    product = x[n + k] * kernel[k]
                    total += product
                y[n] = total
            return y
        >>> steps = list(loop)
        >>> print(steps[12], "gives", steps[12].variables["total"])
        line 8: 1×1 + 2×0 + 3×−1 gives -2.0
        >>> steps[-1].output
        array([-2., -2., -2.])
        >>> print(loop.calls["striate"])
        import striate as st
        y = st.correlate(x, kernel)
    """
    data, weights = numbers(x, "x"), numbers(kernel, "kernel")
    if data.ndim != weights.ndim or data.ndim not in (1, 2) or not data.size or not weights.size:
        raise ShapeError(
            f"x has shape {data.shape} and kernel {weights.shape}; expected both 1-D or both 2-D, not empty"
        )
    sizes: list[int] = []
    for what, size, lowest in (("stride", stride, 1), ("padding", padding, 0), ("dilation", dilation, 1)):
        wanted = f"{what} (={size}) must be a whole number from {lowest} on"
        given = whole_numbers(size, wanted)
        if len(given) != 1 or given[0] < lowest:
            raise ParameterError(wanted)
        sizes.append(given[0])
    made = SlidingSum(data, weights, sizes[0], sizes[1], sizes[2], _source(data.ndim, *sizes))
    _ = made.positions  # refuses a window that does not fit
    return made


def _source(rank: int, stride: int, padding: int, dilation: int) -> str:
    """The loop, with only what these options need."""
    sides = ["len(x)", "len(kernel)"] if rank == 1 else []
    names = ["positions"] if rank == 1 else ["rows", "columns"]
    lines = ["def sliding_sum(x, kernel):"]
    if padding:
        lines.append(f"    x = np.pad(x, {padding})")
    for axis, name in enumerate(names):
        length, taps = sides or (f"x.shape[{axis}]", f"kernel.shape[{axis}]")
        span = taps if dilation == 1 else f"({dilation} * ({taps} - 1) + 1)"
        count = f"{length} - {span}"
        lines.append(f"    {name} = {count} + 1" if stride == 1 else f"    {name} = ({count}) // {stride} + 1")
    lines.append(f"    y = np.zeros({names[0] if rank == 1 else '(rows, columns)'})")
    outer, inner = _AXES[rank][:rank], _AXES[rank][rank:]
    for depth, (letter, name) in enumerate(zip(outer, names, strict=True)):
        lines.append(f"{'    ' * (depth + 1)}for {letter} in range({name}):")
    indent = "    " * (rank + 1)
    lines.append(f"{indent}total = 0.0")
    for depth, letter in enumerate(inner):
        taps = "len(kernel)" if rank == 1 else f"kernel.shape[{depth}]"
        lines.append(f"{indent}{'    ' * depth}for {letter} in range({taps}):")
    deep = indent + "    " * rank
    cell = ", ".join(_scaled(o, stride) + " + " + _scaled(t, dilation) for o, t in zip(outer, inner, strict=True))
    lines.append(f"{deep}product = x[{cell}] * kernel[{', '.join(inner)}]")
    lines += [f"{deep}total += product", f"{indent}y[{', '.join(outer)}] = total", "    return y"]
    return "\n".join(lines)


def _scaled(letter: str, factor: int) -> str:
    return letter if factor == 1 else f"{factor} * {letter}"


class _Stepper(ast.NodeTransformer):
    """Puts ``yield line, dict(locals())`` behind each simple statement and at the head of each loop's round."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        node.body = self._stepped(node.body)
        return node

    def _stepped(self, body: list[ast.stmt]) -> list[ast.stmt]:
        made: list[ast.stmt] = []
        for statement in body:
            if isinstance(statement, ast.For):
                statement.body = [_told(statement.lineno), *self._stepped(statement.body)]
                made.append(statement)
            elif isinstance(statement, ast.Return):
                made += [_told(statement.lineno), statement]
            else:
                made += [statement, _told(statement.lineno)]
        return made


def _told(line: int) -> ast.stmt:
    return ast.parse(f"yield {line}, dict(locals())").body[0]


def _stepping(source: str) -> Stepping:
    space: dict[str, object] = {"np": np}
    tree = ast.fix_missing_locations(_Stepper().visit(ast.parse(source)))
    code: CodeType = compile(tree, "<sliding sum, stepped>", "exec")
    exec(code, space)
    return cast("Stepping", space["sliding_sum"])


def _kept(value: object) -> int | float | tuple[int, ...] | Array:
    if isinstance(value, np.ndarray):
        return cast("Array", value).copy()
    return float(value) if isinstance(value, float) else cast("int | tuple[int, ...]", value)
