"""The lens: follows a number down to the input, along the largest amounts.

Each followed cell has a gain, the product of the coefficients between it and the unit, summed over all ways; gain times
number is its amount. Values are visited against the order in which they were made, so that everything that reads a
cell has been visited before the cell itself: the gains of branches that meet add up exactly.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass

import numpy as np

from striate.engine import Recording
from striate.errors import ParameterError, UnsupportedOpError
from striate.graph import Array, UnitAddress, unit_index
from striate.lenses.explain.explanation import Finding, Indices, Numbers
from striate.lenses.explain.expression import number
from striate.lenses.explain.lens import unit_at
from striate.lenses.explain.site import Reader
from striate.lenses.explain.table import explain_site
from striate.lenses.trace.chain import Followed, Level, Link, Trace

Cell = tuple[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class _Flow:
    """What one followed cell hands down to the cells of one operand."""

    above: Cell | None
    places: Indices
    gains: Numbers


class _Meeting:
    """All that was handed down to one value, cell by cell."""

    def __init__(self, flows: list[_Flow], array: Array) -> None:
        self._flows = flows
        self._shape = array.shape
        places = np.concatenate([flow.places for flow in flows])
        self._gains = np.concatenate([flow.gains for flow in flows])
        self._owner = np.repeat(np.arange(len(flows)), [len(flow.places) for flow in flows])
        self._places, inverse = np.unique(places, return_inverse=True)
        # What was handed to cell i: entries order[first[i]] to order[first[i + 1] - 1].
        self._order = np.argsort(inverse, kind="stable")
        self._first = np.searchsorted(inverse[self._order], np.arange(len(self._places) + 1))
        self._total = np.bincount(inverse, self._gains, len(self._places))
        self._numbers = array.reshape(-1)[self._places].astype(np.float64)
        self.amounts: Numbers = self._total * self._numbers

    def all(self) -> list[int]:
        """All cells that give anything (or the first, if none does), the largest amount first."""
        order = [int(i) for i in np.argsort(-np.abs(self.amounts), kind="stable")]
        return [i for i in order if self.amounts[i]] or order[:1]

    def strongest(self, width: int) -> list[int]:
        """The cells that are among the ``width`` largest of some cell above, the largest amount first."""
        chosen: set[int] = set()
        for flow in self._flows:
            cells = np.searchsorted(self._places, flow.places)
            order = np.argsort(-np.abs(flow.gains * self._numbers[cells]), kind="stable")[:width]
            chosen.update(int(i) for i in cells[order])
        return [i for i in self.all() if i in chosen and self.amounts[i]]

    def followed(self, value_name: str, i: int) -> Followed:
        """The i-th cell, with the ways on which it was reached."""
        place, value, gain = int(self._places[i]), float(self._numbers[i]), float(self._total[i])
        index = tuple(int(axis) for axis in np.unravel_index(place, self._shape)) if self._shape else ()
        links: list[Link] = []
        for entry in self._order[self._first[i] : self._first[i + 1]]:
            above, given = self._flows[int(self._owner[entry])].above, float(self._gains[entry]) * value
            if above is not None and given:
                links.append(Link(*above, given))
        return Followed(unit_at(value_name, index), index, value, gain, gain * value, tuple(links))


def trace(
    recording: Recording, address: UnitAddress | str, width: int = 3, depth: int | None = None, most: int = 32
) -> Trace:
    """Follows a unit down to the input.

    Args:
        recording: A run with every value kept.
        address: Which unit: ``layer:channel@position``.
        width: How many cells of each operand are followed from each followed cell: those that give it the most.
        depth: How many values down; all the way if None.
        most: How many cells of one value are followed at most, so that the trace does not grow without end.

    Returns:
        Level by level the followed cells, their gains and amounts. Sums, convolutions, dense layers, means, copies,
        batch norm, ReLU and the winners of max pooling are followed exactly; where that is a convention (sigmoids in
        proportion, products of two activations half and half, statistics taken as given) the level's ``rule`` says so.

    Raises:
        UnknownNameError, ParameterError: There is no such unit, or width, depth or most is not positive.

    Example:
        >>> import numpy as np, striate as st
        >>> model = st.Sequential([st.layers.Conv1D(1, 3, activation="relu", input_shape=(8, 1))])
        >>> model.set_weights([np.array([[[-1]], [[0]], [[2]]]), np.array([0.5])])
        >>> run = st.Network(model.to_model()).run(np.arange(8.0).reshape(1, 8, 1))
        >>> found = trace(run.recording, "conv1d:0@1")
        >>> found.value, found.reached, found.biases, found.accounted
        (5.5, 5.0, 0.5, 1.0)
        >>> [(str(cell.unit), cell.gain) for cell in found.inputs[0].cells]
        [('input:0@3', 2.0), ('input:0@1', -1.0)]
    """
    for name, count in (("width", width), ("depth", depth), ("most", most)):
        if count is not None and not (isinstance(count, int) and count >= 1):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise ParameterError(f"{name} (={count}) must be a positive whole number")
    model = recording.model
    unit = model.address(address) if isinstance(address, str) else address
    value_name = model.value_name(unit.layer)
    reader = Reader(recording)
    array = reader.array(value_name)
    index = unit_index(unit, array.shape, model.layout_of(value_name))
    if unit.channel is None and array.ndim:
        unit = UnitAddress(unit.layer, 0, unit.at, unit.sample)
    walk = _Walk(reader, width, most)
    place = int(np.ravel_multi_index(index, array.shape)) if index else 0
    walk.hand_down(value_name, _Flow(None, np.array([place]), np.ones(1)))
    # NaN and infinity are shown like other numbers: whoever follows a unit wants to see where they came from.
    with np.errstate(all="ignore"):
        while walk.pending:
            walk.visit(ends=depth is not None and len(walk.levels) >= depth)
    value = float(array[index])
    note = "" if value else f"the unit is 0, so that nothing gives anything to it{walk.hint()}"
    return Trace(unit, value, width, tuple(walk.levels), note)


class _Walk:
    """The way down, value by value."""

    def __init__(self, reader: Reader, width: int, most: int) -> None:
        self.reader = reader
        self.width = width
        self.most = most
        self.levels: list[Level] = []
        self.pending: dict[str, list[_Flow]] = {}
        graph = reader.recording.model.graph
        self._made = {name: i for i, node in enumerate(graph.nodes) for name in node.outputs if name}
        self._inputs = frozenset(graph.inputs)
        self._order: list[tuple[int, str]] = []
        self._operands: list[str] = []

    def hint(self) -> str:
        """For a unit of 0: what its operands hold."""
        return f"; it was made of {', '.join(self._operands)}" if self._operands else ""

    def hand_down(self, value_name: str, flow: _Flow) -> None:
        """Notes what a cell gives to the cells of a value further down."""
        if value_name not in self.pending:
            self.pending[value_name] = []
            heapq.heappush(self._order, (-self._made.get(value_name, -1), value_name))
        self.pending[value_name].append(flow)

    def visit(self, ends: bool) -> None:
        """Takes the value that was made last, keeps its largest amounts and hands them down."""
        _, value_name = heapq.heappop(self._order)
        met = _Meeting(self.pending.pop(value_name), self.reader.array(value_name))
        given = value_name not in self._made
        kept = met.all() if given or not self.levels else met.strongest(self.width)[: self.most]
        cells = tuple(met.followed(value_name, i) for i in kept)
        ended = ("input" if value_name in self._inputs else "constant") if given else ("depth" if ends else "")
        kind, name = (ended.capitalize(), value_name) if given else self._node(value_name)
        bias, rounding, rule = 0.0, 0.0, ""
        if not ended:
            try:
                bias, rounding, rule = self._expand(value_name, cells)
            except UnsupportedOpError as error:
                ended = str(error)
        followed, dropped = met.amounts[kept], np.delete(met.amounts, kept)
        self.levels.append(
            Level(
                value_name,
                kind,
                name,
                cells,
                int(np.count_nonzero(met.amounts)),
                float(followed.sum() + dropped.sum()),
                float(followed.sum()),
                float(np.abs(followed).sum() + np.abs(dropped).sum()),
                float(np.abs(followed).sum()),
                bias,
                rounding,
                rule,
                ended,
            )
        )

    def _node(self, value_name: str) -> tuple[str, str]:
        node = self.reader.recording.model.graph.producers[value_name]
        return node.op.kind, node.name

    def _expand(self, value_name: str, cells: tuple[Followed, ...]) -> tuple[float, float, str]:
        """Hands each followed cell's gain down to what it was made of; gives bias part, rounding and rule."""
        found: list[tuple[Followed, Finding]] = []
        for cell in cells:
            site = self.reader.site(value_name, cell.index)
            assert site is not None
            found.append((cell, explain_site(site)))
        bias, rounding = 0.0, 0.0
        for cell, finding in found:
            bias += cell.gain * finding.rest
            rounding += cell.gain * (cell.number - finding.total)
            for operand in finding.operands:
                if operand.coefficients is None:
                    continue
                if not self.levels:
                    self._operands += [f"{operand.value_name} = {number(x, 4)}" for x in operand.numbers.flat[:3]]
                shape = self.reader.array(operand.value_name).shape
                # What has no part (padding, what lost a maximum, the branch not chosen) is not a way down.
                met = operand.inside.reshape(-1) & (operand.coefficients.reshape(-1) != 0)
                if not met.any():
                    continue
                indices = operand.indices.reshape(operand.numbers.size, operand.indices.shape[-1])[met]
                flat = np.ravel_multi_index(tuple(indices.T), shape) if shape else np.zeros(len(indices))
                places = np.asarray(flat, np.int64)
                gains = cell.gain * operand.coefficients.reshape(-1)[met]
                self.hand_down(operand.value_name, _Flow((value_name, cell.index), places, gains))
        rules = dict.fromkeys(finding.rule for _, finding in found if finding.rule)
        return bias, rounding, "; ".join(rules)
