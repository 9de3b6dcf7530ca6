"""What a trace is: level by level, the cells that a number was made of, and how much of it each accounts for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from striate.graph import UnitAddress
from striate.lenses.explain.expression import number
from striate.lenses.shown import Printed

# Cells of a level that the text shows.
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Link:
    """A way from a followed cell to one that it was made of.

    Args:
        value_name: Value of the cell above.
        index: Where the cell above is.
        amount: What this cell gives to the unit along this way.
    """

    value_name: str
    index: tuple[int, ...]
    amount: float


@dataclass(frozen=True, slots=True)
class Followed:
    """A cell that is followed.

    Args:
        unit: Its address.
        index: Where in its value it is, channels first.
        number: What it holds.
        gain: By what it is multiplied on its way to the unit, all ways together.
        amount: ``gain * number``: the part of the unit that is due to it.
        above: From which followed cells it was reached.
    """

    unit: UnitAddress
    index: tuple[int, ...]
    number: float
    gain: float
    amount: float
    above: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class Level:
    """One value on the way down, with the cells of it that are followed.

    Args:
        value_name: The value.
        kind: Kind of the node that makes it; "Input" or "Constant" where it is given.
        name: Name of that node.
        cells: The followed cells, the largest amount first; of an input all cells that were reached.
        count: How many of its cells have a part in the cells followed above.
        amount: What all those cells give to the unit.
        followed_amount: What the followed ones give.
        magnitude: Sum of the magnitudes of all amounts.
        followed_magnitude: Sum of the magnitudes of the followed ones.
        bias: What biases (and whatever else has no operand to follow) of the followed cells give to the unit.
        rounding: What is between the network's own arithmetic and float64.
        rule: By which convention amounts go on from here, "" where that is exact.
        ended: Why it goes no further here; "" where it does.
    """

    value_name: str
    kind: str
    name: str
    cells: tuple[Followed, ...]
    count: int
    amount: float
    followed_amount: float
    magnitude: float
    followed_magnitude: float
    bias: float
    rounding: float
    rule: str
    ended: str

    @property
    def share(self) -> float:
        """Part of the sum of amounts that is followed; more than 1 where what is left out is negative."""
        return self.followed_amount / self.amount if self.amount else 1.0

    @property
    def magnitude_share(self) -> float:
        """Part of the sum of magnitudes that is followed, from 0 to 1."""
        return self.followed_magnitude / self.magnitude if self.magnitude else 1.0

    @property
    def left_out(self) -> float:
        """What the cells that are not followed give to the unit."""
        return self.amount - self.followed_amount

    def lines(self) -> Iterator[str]:
        """The level as text."""
        title = f'{self.kind} "{self.name}"'
        if self.count > 1:
            title += (
                f": {len(self.cells)} of {self.count} cells, {self.share:.1%} of their sum, "
                f"{self.magnitude_share:.1%} of their magnitudes"
            )
        yield title
        shown = self.cells[:SHOWN]
        for cell in shown:
            yield f"  {cell.unit} = {number(cell.number, 4)}, × {number(cell.gain, 4)} gives {number(cell.amount, 4)}"
        if len(shown) < len(self.cells):
            yield f"  ... and {len(self.cells) - len(shown)} more"
        if self.bias:
            yield f"  biases give {number(self.bias, 4)}"
        if self.rule:
            yield f"  ({self.rule})"
        if self.ended not in ("", "input"):
            yield f"  ends here: {self.ended}"


@dataclass(frozen=True, slots=True)
class Trace(Printed):
    """The way from a unit down to the input, along the largest amounts.

    It adds up: ``value = reached + biases + left_out + stopped + rounding``.

    Args:
        unit: Which unit.
        value: What the run holds.
        width: How many cells of each operand were followed from each cell.
        levels: Values on the way, the unit's own first, the inputs last.
        note: What else there is to say; "" if nothing.
    """

    unit: UnitAddress
    value: float
    width: int
    levels: tuple[Level, ...]
    note: str = ""

    @property
    def inputs(self) -> tuple[Level, ...]:
        """The levels that are inputs of the network."""
        return tuple(level for level in self.levels if level.ended == "input")

    @property
    def reached(self) -> float:
        """What the input cells that were reached give to the unit."""
        return sum(level.followed_amount for level in self.inputs)

    @property
    def biases(self) -> float:
        """What the biases (and constants) met on the way give to the unit."""
        constants = sum(level.amount for level in self.levels if level.ended == "constant")
        return constants + sum(level.bias for level in self.levels)

    @property
    def left_out(self) -> float:
        """What the cells that were not followed give."""
        return sum(level.left_out for level in self.levels)

    @property
    def stopped(self) -> float:
        """What was followed to where it goes no further: the depth asked for, or an op without an inside."""
        return sum(level.followed_amount for level in self.levels if level.ended not in ("", "input", "constant"))

    @property
    def rounding(self) -> float:
        """What is between the network's own arithmetic and float64."""
        return sum(level.rounding for level in self.levels)

    @property
    def accounted(self) -> float:
        """Part of the unit's value that the reached input cells and the biases on the way account for."""
        return (self.reached + self.biases) / self.value if self.value else 0.0

    def __str__(self) -> str:
        lines = [f"{self.unit} = {number(self.value, 6)}"]
        lines += [line for level in self.levels for line in level.lines()]
        lines.append(
            f"input cells give {number(self.reached, 4)} and biases {number(self.biases, 4)}: "
            f"{self.accounted:.1%} of the unit; not followed {number(self.left_out + self.stopped, 4)}"
        )
        return "\n".join([*lines, self.note] if self.note else lines)
