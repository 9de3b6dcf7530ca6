"""What happens to a vector of results before it is stored: a list of stages, part of what a kernel is specialised on.

A stage is a tuple, its name first:

- a function of :data:`striate.engine.kernels.activation.FUNCTIONS` and its constants: ``("clip", 0.0, 6.0)``;
- ``("add", i)``, ``("sub", i)``, ``("mul", i)``: with the vector at the same place of operand i, a blocked value;
- ``("add_channels", i)``, ``("mul_channels", i)``: with operand i, a number for each channel (or sample and channel);
- ``("prelu", i)``: ``x if x >= 0 else slope*x``, the slopes of the channels being operand i;
- ``("save", i)``: the present value gets a number of its own; ``("recall", i)`` makes it the present one again;
  ``("add_saved", i)``, ``("sub_saved", i)``, ``("mul_saved", i)`` and ``("div_saved", i)`` combine the present value
  with it; ``("from_saved", i)`` and ``("over_saved", i)`` are ``saved - present`` and ``saved / present``;
- ``("watch", i)``: where the vector holds a NaN, ones are written to operand i, which is one vector for all;
- ``("store", i)``: the present value is also written to result i, for others to read;
- ``("keep", i)``: the same for a value that nobody reads in this run, only the caller afterwards: it goes past the
  caches, which costs half the memory traffic and leaves in them what is needed next;

Operands and results count from 0, each on its own. Lanes beyond the last channel stay zero: after a stage whose result
at zero is not zero they are cleared.

    epilogue = Epilogue(k, stages)                        # asks for its arguments
    site = epilogue.site(sample, block, plane, row, column)
    y = site.apply(sums[p][v], vector=v, pixel=p)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from striate.engine.emit import Emit
from striate.engine.kernels.activation import FUNCTIONS, function, spelled, supports
from striate.engine.kernels.place import Place, Walker
from striate.engine.value import Value
from striate.errors import ParameterError

Stage = tuple[str | int | float, ...]
Stages = tuple[Stage, ...]

CELLS = ("add", "sub", "mul")
CHANNELS = ("add_channels", "mul_channels", "prelu")
STORES = ("store", "keep")
OPERANDS = (*CELLS, *CHANNELS, "watch")
SAVED = ("save", "recall", "add_saved", "sub_saved", "mul_saved", "div_saved", "from_saved", "over_saved")
INDEXED = (*OPERANDS, *STORES, *SAVED)


def epilogue_name(stages: Stages) -> str:
    """The stages as part of a kernel's symbol; empty if there are none."""
    return "".join(f"_{_spelled(stage)}" for stage in stages)


def _spelled(stage: Stage) -> str:
    name = str(stage[0])
    if name in FUNCTIONS:
        return spelled(name, *map(float, stage[1:]))
    return f"{name}{stage[1]}"


def check_stages(stages: Stages) -> None:
    """Refuses what is not a stage.

    Raises:
        ParameterError: A stage's name is unknown, or its constants or its operand's number are not what it takes.
    """
    for stage in stages:
        name, *rest = stage
        indexed = name in INDEXED
        if indexed and len(rest) == 1 and isinstance(rest[0], int) and rest[0] >= 0:
            continue
        if not indexed and supports(str(name), *map(float, rest)):
            continue
        raise ParameterError(
            f"epilogue stage (={stage}) is not known; expected a function ({', '.join(FUNCTIONS)}) with its constants, "
            f"or one of {', '.join(INDEXED)} with the number of its operand or result"
        )


class Epilogue:
    """The stages inside a kernel that is being written.

    Args:
        k: The kernel, which gets the arguments of :func:`epilogue_arguments`.
        stages: The stages.
        keeps_zero: Whether spare lanes are zero before the first stage.
        strided: Whether the operands' and results' steps between columns are arguments; else they are one vector.
    """

    def __init__(self, k: Emit, stages: Stages, keeps_zero: bool = True, strided: bool = False) -> None:
        check_stages(stages)
        self.k = k
        self.stages = stages
        self.operands = {i: Walker(k, f"operand{i}", strided) for i in _operands(stages)}
        self.results = {i: Walker(k, f"result{i}", strided) for i in _results(stages)}
        self.masks = _masks(stages, keeps_zero)
        self.channels = k.size("channels") if any(self.masks) else k.integer(0)

    def site(self, sample: Value, block: Value, plane: Value, row: Value, column: Value | int = 0) -> Site:
        """Where a tile of results begins."""
        return Site(self, sample, block, plane, row, column)


class Site:
    """A place from which a tile's vectors are counted: ``vector`` blocks further, ``pixel`` columns further."""

    def __init__(
        self, epilogue: Epilogue, sample: Value, block: Value, plane: Value, row: Value, column: Value | int
    ) -> None:
        k = epilogue.k
        self.epilogue = epilogue
        self._block = block
        self._places: dict[tuple[str, int], Value] = {}
        for stage in epilogue.stages:
            name, index = str(stage[0]), int(stage[1]) if len(stage) == 2 else 0
            if name in CELLS:
                self._places[name, index] = epilogue.operands[index].at(sample, block, plane, row, column)
            elif name in CHANNELS or name == "watch":
                zero = k.integer(0)
                self._places[name, index] = epilogue.operands[index].at(sample, block, zero, zero)
            elif name in STORES:
                self._places[name, index] = epilogue.results[index].at(sample, block, plane, row, column)

    def apply(self, value: Value, vector: int = 0, pixel: Value | int = 0) -> Value:
        """The vector after all stages."""
        epilogue = self.epilogue
        if epilogue.masks[0]:
            value = self._cleared(value, vector)
        saved: dict[int, Value] = {}
        for stage, mask in zip(epilogue.stages, epilogue.masks[1:], strict=True):
            if stage[0] in SAVED:
                value = _with_saved(str(stage[0]), int(stage[1]), value, saved)
            else:
                value = self._stage(stage, value, vector, pixel)
            if mask:
                value = self._cleared(value, vector)
        return value

    def _stage(self, stage: Stage, value: Value, vector: int, pixel: Value | int) -> Value:
        k, name = self.epilogue.k, str(stage[0])
        if name in FUNCTIONS:
            constants = tuple(map(float, stage[1:]))
            return function(name, *constants).emit(k, value, *constants)
        index = int(stage[1])
        if name in STORES:
            result, write = self.epilogue.results[index], k.store if name == "store" else k.stream
            write(value, self._places[name, index], result.block * vector + result.column * pixel)
            return value
        if name == "watch":
            with k.when(k.anywhere(k.is_nan(value))):
                k.store(k.vector(1.0), self._places[name, index])
            return value
        operand = self.epilogue.operands[index]
        cell = operand.block * vector + (operand.column * pixel if name in CELLS else 0)
        other = k.load(self._places[name, index], cell)
        match name:
            case "add" | "add_channels":
                return value + other
            case "sub":
                return value - other
            case "mul" | "mul_channels":
                return value * other
            case _:
                return k.select(value >= 0.0, value, value * other)

    def _cleared(self, value: Value, vector: int) -> Value:
        k = self.epilogue.k
        left = self.epilogue.channels - (self._block + vector) * k.lanes
        return k.select(k.lanes_below(left), value, k.vector(0.0))


def _with_saved(name: str, index: int, value: Value, saved: dict[int, Value]) -> Value:
    if name == "save":
        saved[index] = value
    other = saved[index]
    match name:
        case "save" | "recall":
            return other
        case "add_saved":
            return value + other
        case "sub_saved":
            return value - other
        case "mul_saved":
            return value * other
        case "div_saved":
            return value / other
        case "from_saved":
            return other - value
        case _:
            return other / value


def _masks(stages: Stages, keeps_zero: bool) -> list[bool]:
    """Before the first stage and after each one: whether spare lanes must be cleared there."""
    masks = [not keeps_zero]
    for stage in stages:
        name = str(stage[0])
        keeps = name not in FUNCTIONS or FUNCTIONS[name].keeps_zero(tuple(map(float, stage[1:])))
        masks.append(not keeps or name in ("div_saved", "over_saved"))
    return masks


def _operands(stages: Stages) -> list[int]:
    return sorted({int(stage[1]) for stage in stages if stage[0] in OPERANDS})


def _results(stages: Stages) -> list[int]:
    return sorted({int(stage[1]) for stage in stages if stage[0] in STORES})


def epilogue_arguments(
    stages: Stages,
    channels: int,
    operands: Mapping[int, Place] | Sequence[Place] = (),
    results: Mapping[int, Place] | Sequence[Place] = (),
    keeps_zero: bool = True,
    strided: bool = False,
) -> dict[str, int]:
    """The arguments that the stages ask for, by name.

    Args:
        stages: The stages.
        channels: Channels of the result.
        operands: Where operand i lies; for a number per channel only address, sample and block matter, and what is
            watched has no steps.
        results: Where result i lies.
        keeps_zero: As given to :class:`Epilogue`.
        strided: As given to :class:`Epilogue`.
    """
    arguments: dict[str, int] = {}
    for i in _operands(stages):
        arguments |= operands[i].arguments(f"operand{i}", strided)
    for i in _results(stages):
        arguments |= results[i].arguments(f"result{i}", strided)
    if any(_masks(stages, keeps_zero)):
        arguments["channels"] = channels
    return arguments
