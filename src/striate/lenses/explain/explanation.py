"""What an explanation is: the operands of one number, what is done with them, and what comes out."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from striate.graph import UnitAddress
from striate.lenses.explain.expression import Expression, fill, number, sum_of, written
from striate.lenses.shown import Shown

Numbers = npt.NDArray[np.float64]
Indices = npt.NDArray[np.int64]
Inside = npt.NDArray[np.bool_]

# How far total and the run's value may be apart, relative to the largest magnitude in the layer's output: the run adds
# up in the network's own type (float32), the explanation in float64.
TOLERANCE = 1e-4
# Terms that the short text shows.
STRONGEST = 5


@dataclass(frozen=True, slots=True)
class Term:
    """One cell that goes into a number.

    Args:
        value_name: The value that the cell belongs to.
        index: Where in it, channels first; None for a cell of the padding.
        number: What it holds.
        coefficient: What it is multiplied by on its way into the total; None where it is not traced.
    """

    value_name: str
    index: tuple[int, ...] | None
    number: float
    coefficient: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Operand:
    """The cells of one operand that go into a number.

    Args:
        role: What they are to the operation: "input", "weight", "scale" ...
        value_name: Name of the value that they belong to.
        numbers: What they hold, float64; 0 where ``inside`` is False.
        indices: Where in the value each is, shape (*numbers.shape, rank of the value), channels first.
        inside: False where a cell is padding, or where a tap meets no cell.
        coefficients: By what each is multiplied on its way into the total, for tracing: the total is the sum of
            coefficient times number over all traced operands, plus the explanation's ``rest``. None: not traced.
    """

    role: str
    value_name: str
    numbers: Numbers
    indices: Indices
    inside: Inside
    coefficients: Numbers | None = None

    def __len__(self) -> int:
        return int(self.numbers.size)

    def terms(self) -> Iterator[Term]:
        """The cells one by one, in C order."""
        places = self.indices.reshape(self.numbers.size, self.indices.shape[-1])
        factors = None if self.coefficients is None else self.coefficients.reshape(-1)
        for i, (value, inside) in enumerate(zip(self.numbers.flat, self.inside.flat, strict=True)):
            index = tuple(int(place) for place in places[i]) if inside else None
            yield Term(self.value_name, index, float(value), None if factors is None else float(factors[i]))


@dataclass(frozen=True, eq=False, kw_only=True)
class Finding:
    """What an explainer finds about one output element of one node.

    Args:
        operands: All cells that go into the number, by operand.
        total: The number, computed in float64.
        window: Where the number is a sum or an extreme over cells: what they hold. A convolution's has the shape
            (channels of the group, *kernel), a pooling's (*kernel), a dense layer's (inputs,). Else None.
        kernel: What each cell of the window is multiplied by; None where nothing is.
        products: kernel * window, so that products + bias = total; None where the number is no such sum.
        inside: False where a cell of the window is padding, or where a tap meets no cell. None without a window.
        bias: What is added to the products.
        divisor: Where the sum of the window is divided by one number: that number.
        winner: Where one cell of the window is passed on: its index in the window.
        expression: The formula; None for the sum of products (or the window's sum over the divisor).
        rest: The part of the total that no traced operand accounts for (biases, padding).
        rule: How the total is shared out among the traced operands where that is a convention; "" where it is exact.
        facts: What else there is to say, one line each.
        law: The computation in symbols, ``(x - mean)/sqrt(variance + epsilon)*scale + bias``, where it has few.
        figures: What each symbol of the law stands for here, in the order in which a reader wants them.
    """

    operands: tuple[Operand, ...]
    total: float
    window: Numbers | None = None
    kernel: Numbers | None = None
    products: Numbers | None = None
    inside: Inside | None = None
    bias: float = 0.0
    divisor: float | None = None
    winner: tuple[int, ...] | None = None
    expression: Expression | None = None
    rest: float = 0.0
    rule: str = ""
    facts: tuple[str, ...] = ()
    law: str = ""
    figures: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Stage:
    """What a layer does to the total of its main node.

    Args:
        name: Name of the node.
        kind: What it does.
        value: What the run holds after it.
    """

    name: str
    kind: str
    value: float


@dataclass(frozen=True, eq=False, kw_only=True)
class Explanation(Finding, Shown):
    """One number of a network, explained; all arrays float64 and channels first.

    In a layer of several nodes the sum is that of its main node, and ``stages`` lists the nodes behind it (an
    activation, say): ``total`` agrees with ``held``, and ``value`` is what the last stage makes of it. Without stages
    ``held`` and ``value`` are the same.

    Args:
        unit: Which number.
        kind: Kind of the node explained, "Input" or "Constant" for a number that is given.
        name: Name of that node.
        value_name: The value that the total belongs to.
        index: Where in it, channels first.
        held: What the run holds there.
        stages: What the layer does to the total afterwards.
        value: What the run holds for the unit.
        scale: Largest magnitude in the explained value; NaN and infinity left out.
        words: What an operation of this kind does, in words; "" for a number that is given.
    """

    unit: UnitAddress
    kind: str
    name: str
    value_name: str
    index: tuple[int, ...]
    held: float
    stages: tuple[Stage, ...] = field(default=())
    value: float
    scale: float
    words: str = ""

    DRAWN_BY = "striate.render.html.explanation:explanation_html"

    @property
    def sources(self) -> tuple[Operand, ...]:
        """The operands: of each cell, which value it belongs to and where in it."""
        return self.operands

    @property
    def agreement(self) -> float:
        """How far total and ``held`` are apart, relative to the largest magnitude in the layer's output."""
        if self.total == self.held or (math.isnan(self.total) and math.isnan(self.held)):
            return 0.0
        return abs(self.total - self.held) / self.scale if self.scale else math.inf

    @property
    def agrees(self) -> bool:
        """Whether the agreement is within ``TOLERANCE``."""
        return self.agreement <= TOLERANCE

    def formula(self, digits: int | None = None) -> str:
        """The number written out.

        Args:
            digits: Significant digits of each number; None for all of float64.

        Returns:
            A line such as ``0.33×0.0 + 0.34×0.82 + 0.25 = 0.5288``. With ``*`` for ``×`` the left side is a Python
            expression in the names of the math module; at full digits it evaluates to the right side, to within 1e-12
            of the largest term. Cells of the padding are terms too (``0.33×0.0``); taps of a transposed convolution
            that meet no cell are left out. With ``digits`` the sign between the sides is ``≈``.
        """
        sign = "=" if digits is None else "≈"
        return f"{written(self.full_expression, digits)} {sign} {number(self.total, digits)}"

    @property
    def full_expression(self) -> Expression:
        """The left side of the formula as text and numbers in turn."""
        if self.expression is not None:
            return self.expression
        assert self.window is not None and self.inside is not None  # without an expression there is a sum
        if self.divisor is not None:
            cells = [(float(x),) for x in self.window[self.inside]]
            return ("(", *sum_of(cells), ")/", self.divisor)
        assert self.kernel is not None
        if self.kind == "ConvTranspose":
            pairs = zip(self.kernel[self.inside].flat, self.window[self.inside].flat, strict=True)
        else:
            pairs = zip(self.kernel.flat, self.window.flat, strict=True)
        terms = [fill("{}×{}", w, x) for w, x in pairs]
        if self.bias or not terms:
            terms.append((self.bias,))
        return sum_of(terms)

    def __str__(self) -> str:
        """Unit, kind, facts, strongest terms, total and value, a line each."""
        lines = [f"{self.unit} = {number(self.value, 6)}", f'{self.kind} "{self.name}"']
        lines += [f"  {fact}" for fact in self.facts]
        lines += self._term_lines()
        if self.products is not None and self.bias:
            lines.append(f"  bias {number(self.bias, 6)}")
        lines.append(
            f"  total {number(self.total, 9)}; the run holds {number(self.held, 9)} ({self.agreement:.1e} apart)"
        )
        lines += [f'  then {stage.kind} "{stage.name}": {number(stage.value, 6)}' for stage in self.stages]
        return "\n".join(lines)

    def _term_lines(self) -> list[str]:
        if self.products is None or self.window is None or self.kernel is None:
            text = written(self.full_expression, 6)
            return [f"  {text if len(text) <= 160 else text[:157] + '...'}"]
        order = np.argsort(-np.abs(self.products), axis=None, kind="stable")[:STRONGEST]
        lines = [f"  {self.products.size} terms, the strongest:"]
        for place in order:
            index = tuple(int(i) for i in np.unravel_index(int(place), self.products.shape))
            weight, cell, term = (float(a[index]) for a in (self.kernel, self.window, self.products))
            at = ",".join(str(i) for i in index)
            lines.append(f"    [{at}] {number(weight, 4)}×{number(cell, 4)} = {number(term, 4)}")
        return lines
