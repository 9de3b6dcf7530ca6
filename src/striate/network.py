"""The public face of a network: load it, run it, and ask about any number in it.

Example:
    >>> import numpy as np
    >>> import striate as st
    >>> net = st.Network(st.Sequential([st.layers.Conv1D(1, 3, input_shape=(8, 1))]).to_model())
    >>> net(np.zeros((1, 8, 1), np.float32)).shape
    (1, 6, 1)
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Protocol, cast, runtime_checkable

import numpy as np
import numpy.typing as npt

from striate.engine import Plan, Progress, Recording, make_plan, run_plan
from striate.errors import DtypeError, InvalidError, NonFiniteError, ParameterError, ShapeError, unknown_name
from striate.graph import Array, Model, UnitAddress, tensor, unit_index
from striate.lenses.layers import Layer, layer_facts, parameter_count, source_shape

if TYPE_CHECKING:
    from striate.lenses.explanation import Explanation
    from striate.lenses.receptive_field import ReceptiveField
    from striate.lenses.summary import Summary
    from striate.lenses.trace import Trace

Given = npt.ArrayLike | Mapping[str, npt.ArrayLike]
# Plans kept for the input shapes met last; each holds types and steps, no data.
PLANS_KEPT = 16


@runtime_checkable
class ModelSource(Protocol):
    """Whatever can hand itself over as a model, as :class:`striate.Sequential` does."""

    def to_model(self) -> Model:
        """The model, weights included."""
        ...


@dataclass(frozen=True, slots=True)
class ValueInfo:
    """Name, shape and element type of an input or output.

    Args:
        name: Its name in the source.
        shape: Sizes in the source's order of axes; None for one that is free; None altogether for an unknown rank.
        dtype: NumPy element type.
    """

    name: str
    shape: tuple[int | None, ...] | None
    dtype: np.dtype[Any]


def load(
    source: str | os.PathLike[str] | bytes | ModelSource, example: object = None, *, allow_nonfinite: bool = False
) -> Network:
    """Opens a network.

    Args:
        source: Path of an ONNX file, its bytes, or a :class:`striate.Sequential`.
        example: An input to trace a framework's model with; ONNX files and Sequential need none.
        allow_nonfinite: Open an ONNX file although its weights hold NaN or infinity.

    Returns:
        The network, ready to run.

    Raises:
        ModelFileError: The file is missing, damaged or not a model.
        GraphError: The file holds something that is not a network.
        UnsupportedError: The network is beyond what striate can do.
        InvalidError: The source is nothing that can be opened.

    Example:
        >>> import striate as st
        >>> net = st.load(st.bundled.model_path())
        >>> net.inputs[0].name
        'image'
    """
    if isinstance(source, ModelSource):
        return Network(source.to_model())
    if isinstance(source, str | os.PathLike | bytes):
        from striate.importers.onnx import load_onnx

        return Network(load_onnx(source, allow_nonfinite=allow_nonfinite))
    raise InvalidError(
        f"cannot open a {type(source).__module__}.{type(source).__qualname__}; expected the path of an .onnx file, its "
        "bytes or a striate.Sequential; export other models to ONNX first"
    )


class Network:
    """A network that can be run and asked.

    Args:
        model: Graph and names, as an importer or the builder gives them.

    Attributes:
        model: The same.
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self._plans: dict[tuple[tuple[int, ...], ...], Plan] = {}

    def __repr__(self) -> str:
        return f"<Network {self.model.graph.name!r}: {len(self.layers)} layers, {self.parameters:,} parameters>"

    @property
    def inputs(self) -> tuple[ValueInfo, ...]:
        """What must be given."""
        return tuple(self._info(name) for name in self.model.graph.inputs)

    @property
    def outputs(self) -> tuple[ValueInfo, ...]:
        """What comes out."""
        return tuple(self._info(name) for name in self.model.graph.outputs)

    @cached_property
    def layers(self) -> Mapping[str, Layer]:
        """The layers by name, in order."""
        return MappingProxyType({layer.name: layer for layer in layer_facts(self.model)})

    @cached_property
    def parameters(self) -> int:
        """Learned numbers of the whole network, each counted once."""
        return parameter_count(self.model)

    def __call__(self, x: Given) -> Array | dict[str, Array]:
        """Plain inference.

        Args:
            x: The input, in the shape and order of axes of the source; for several inputs a dict by name.

        Returns:
            The output, or a dict by name if there are several.

        Raises:
            ShapeError, DtypeError, NonFiniteError: The input does not fit; the message says what would.
            LimitError: It would take more memory than the limit.
        """
        arrays = self._arrays(x)
        made = run_plan(self._plan(arrays), arrays)
        outputs = {name: self._to_source(made[name]) for name in self.model.graph.outputs}
        return next(iter(outputs.values())) if len(outputs) == 1 else outputs

    def run(self, x: Given, *, allow_nonfinite: bool = False, progress: Progress | None = None) -> Run:
        """Inference that keeps every intermediate value.

        Args:
            x: The input, as for a call.
            allow_nonfinite: Take an input that holds NaN or infinity.
            progress: Told (nodes done, nodes in all, name of the node) on the way.

        Returns:
            The run: every layer's output, and the units in them.

        Raises:
            ShapeError, DtypeError, NonFiniteError: The input does not fit; the message says what would.
            LimitError: It would take more memory than the limit.
        """
        arrays = self._arrays(x, allow_nonfinite)
        values = run_plan(self._plan(arrays), arrays, keep=True, progress=progress)
        return Run(self, Recording(self.model, values))

    def receptive_field(
        self, unit: str | UnitAddress, input_shape: Mapping[str, tuple[int, ...]] | tuple[int, ...] | None = None
    ) -> ReceptiveField:
        """The region of the input that a unit can see, without running anything.

        Args:
            unit: Address of the unit, such as ``conv1:3@10,12``.
            input_shape: Concrete input shape (or shapes by name) where the network leaves sizes free, batch included.

        Raises:
            UnknownNameError, ParameterError: There is no such unit.
            ShapeError: A size is free and not given.
        """
        from striate.lenses.receptive_field import receptive_field

        address = self.model.address(unit) if isinstance(unit, str) else unit
        return receptive_field(self.model, address, input_shapes=self._graph_shapes(input_shape))

    def summary(self) -> Summary:
        """Table of the layers: kind, shape, parameters, multiply-accumulates, receptive field; prints as text."""
        from striate.lenses.summary import summary

        return summary(self.model)

    def _info(self, name: str) -> ValueInfo:
        kind = self.model.graph.types[name]
        return ValueInfo(name, source_shape(self.model, kind.shape), kind.dtype)

    def _graph_shapes(
        self, given: Mapping[str, tuple[int, ...]] | tuple[int, ...] | None
    ) -> dict[str, tuple[int, ...]]:
        names = self.model.graph.inputs
        if given is None:
            shapes: dict[str, tuple[int | None, ...] | None] = {info.name: info.shape for info in self.inputs}
            # A free batch changes nothing about what a unit sees.
            shapes = {name: (1, *shape[1:]) if shape and shape[0] is None else shape for name, shape in shapes.items()}
        elif isinstance(given, tuple):
            shapes = {names[0]: given}
        else:
            shapes = dict(given)
        result: dict[str, tuple[int, ...]] = {}
        for name in names:
            shape = shapes.get(name)
            if shape is None or None in shape:
                raise ShapeError(f'input "{name}" has the shape {shape}; give input_shape with every size')
            sizes = cast("tuple[int, ...]", shape)
            last = self.model.layout == "channels_last" and len(sizes) > 2
            result[name] = (sizes[0], sizes[-1], *sizes[1:-1]) if last else sizes
        return result

    def _plan(self, arrays: Mapping[str, Array]) -> Plan:
        key = tuple(arrays[name].shape for name in self.model.graph.inputs)
        if key not in self._plans:
            if len(self._plans) >= PLANS_KEPT:
                self._plans.pop(next(iter(self._plans)))
            self._plans[key] = make_plan(
                self.model.graph, {name: tensor(array.dtype, array.shape) for name, array in arrays.items()}
            )
        return self._plans[key]

    def _arrays(self, x: Given, allow_nonfinite: bool = False) -> dict[str, Array]:
        names = self.model.graph.inputs
        if isinstance(x, Mapping):
            given = cast("Mapping[str, npt.ArrayLike]", x)
            for name in given:
                if name not in names:
                    raise unknown_name("input", name, names)
        elif len(names) == 1:
            given = {names[0]: x}
        else:
            raise InvalidError(f"the network has {len(names)} inputs ({', '.join(names)}); give a dict by name")
        missing = [name for name in names if name not in given]
        if missing:
            raise InvalidError(f'input "{missing[0]}" is missing; the network needs {", ".join(names)}')
        return {name: self._array(name, given[name], allow_nonfinite) for name in names}

    def _array(self, name: str, given: npt.ArrayLike, allow_nonfinite: bool) -> Array:
        info = self._info(name)
        array = as_numbers(f'input "{name}"', given, info.dtype)
        self._check_shape(info, array.shape)
        if not allow_nonfinite and array.dtype.kind == "f" and not np.isfinite(array).all():
            where = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
            count = int((~np.isfinite(array)).sum())
            raise NonFiniteError(
                f'input "{name}" holds {count} NaN or infinite numbers, the first at {where}; '
                "mend the data, or run(x, allow_nonfinite=True) to see where it leads"
            )
        return self._from_source(array)

    def _check_shape(self, info: ValueInfo, shape: tuple[int, ...]) -> None:
        if info.shape is None:
            return
        expected = f"({', '.join('free' if size is None else str(size) for size in info.shape)})"
        if len(shape) != len(info.shape):
            way_out = ""
            if len(shape) == len(info.shape) - 1:
                way_out = "; the first axis is the batch: give x[None]"
            raise ShapeError(
                f'input "{info.name}" has shape {shape} of rank {len(shape)}, expected {expected}{way_out}'
            )
        if any(want is not None and want != size for want, size in zip(info.shape, shape, strict=True)):
            raise ShapeError(f'input "{info.name}" has shape {shape}, expected {expected}')
        if 0 in shape and 0 not in info.shape:
            raise ShapeError(f'input "{info.name}" is empty: shape {shape}, expected {expected}')

    def _from_source(self, array: Array) -> Array:
        if self.model.layout == "channels_last" and array.ndim > 2:
            array = np.moveaxis(array, -1, 1)
        return np.ascontiguousarray(array) if array.ndim else array

    def _to_source(self, array: Array) -> Array:
        if self.model.layout == "channels_last" and array.ndim > 2:
            return np.moveaxis(array, 1, -1)
        return array


class Run:
    """One run of a network with every value kept.

    Args:
        network: The network.
        recording: The values.
    """

    def __init__(self, network: Network, recording: Recording) -> None:
        self.network = network
        self.recording = recording

    def __repr__(self) -> str:
        return f"<Run of {self.network.model.graph.name!r}: {len(self.recording.values)} values>"

    def __getitem__(self, name: str) -> Array:
        """The output of a layer, in the source's order of axes.

        Args:
            name: Name of a layer, of a node or of a value.

        Raises:
            UnknownNameError: Nothing is called so; the message says what is near.
        """
        value = self.network.model.value_name(name)
        if value not in self.recording.values:
            raise unknown_name("value", value, self.recording.values)
        return self.network._to_source(self.recording.values[value])  # pyright: ignore[reportPrivateUsage]

    @property
    def output(self) -> Array:
        """The output; the first one if there are several."""
        return self[self.network.model.graph.outputs[0]]

    @property
    def outputs(self) -> dict[str, Array]:
        """The outputs by name."""
        return {name: self[name] for name in self.network.model.graph.outputs}

    def unit(
        self, layer: str, channel: int | None = None, at: int | tuple[int, ...] = (), sample: int | None = None
    ) -> Unit:
        """One number of a layer's output.

        Args:
            layer: A layer's name, or a whole address such as ``conv1:3@10,12``.
            channel: Which channel, from 0.
            at: Position in the map, an index for each spatial axis.
            sample: Which sample of the batch.

        Raises:
            UnknownNameError: There is no such layer; the message says what is near.
            ParameterError: Channel, position or sample are missing, too many or outside.

        Example:
            ``run.unit("conv1:3@10,12")`` is ``run.unit("conv1", channel=3, at=(10, 12))``.
        """
        if channel is None and at == () and sample is None:
            address = self.network.model.address(layer)
        else:
            self.network.model.value_name(layer)
            position = (at,) if isinstance(at, int) else tuple(at)
            address = UnitAddress(layer, channel, position, sample or 0)
        return Unit(self, address)


class Unit:
    """One number in one layer's output.

    Args:
        run: The run that holds it.
        address: Where it is.

    Raises:
        ParameterError: It does not exist.
    """

    def __init__(self, run: Run, address: UnitAddress) -> None:
        self.run = run
        self._value_name = run.network.model.value_name(address.layer)
        array = run.recording.values[self._value_name]
        self.index = unit_index(address, array.shape)
        if address.channel is None and array.ndim:
            address = UnitAddress(address.layer, 0, address.at, address.sample)
        self.address = address

    def __repr__(self) -> str:
        return f"<Unit {self.address}: {self.value}>"

    @property
    def value(self) -> float:
        """What the run holds there."""
        return float(self.run.recording.values[self._value_name][self.index])

    def explain(self) -> Explanation:
        """The whole sum behind the number: operands, products, bias, total.

        Raises:
            UnsupportedOpError: Striate does not know the inside of the operation.
        """
        from striate.lenses.explain import explain

        return explain(self.run.recording, self.address)

    def receptive_field(self, follow: str = "structure") -> ReceptiveField:
        """The region of the input that can influence the number, and whether that is exact or an upper bound.

        Args:
            follow: "structure" for what the network's shape allows, "data" to follow only the winners of max pooling.
        """
        from striate.lenses.receptive_field import receptive_field

        if follow not in ("structure", "data"):
            raise ParameterError(f'follow (="{follow}") must be "structure" or "data"')
        return receptive_field(self.run.recording, self.address, follow=follow)

    def trace(self, width: int = 3, depth: int | None = None) -> Trace:
        """The chain of explanations down to the input, along the largest contributions.

        Args:
            width: How many of a unit's terms are followed.
            depth: How many levels down; all the way to the input if None.
        """
        from striate.lenses.trace import trace

        return trace(self.run.recording, self.address, width=width, depth=depth)


def as_numbers(subject: str, given: npt.ArrayLike, dtype: np.dtype[Any]) -> Array:
    """An array of the wanted element type, where no number changes its meaning on the way.

    Integers and other floats become the wanted float; floats never become integers.

    Raises:
        DtypeError: It is no array of numbers of a kind that fits.
    """
    try:
        array = np.asarray(given)
    except (ValueError, TypeError) as error:
        raise DtypeError(f"{subject} is not an array of numbers: {error}") from error
    allowed = {"f": "fiu", "i": "iu", "u": "iu", "b": "b"}.get(dtype.kind, dtype.kind)
    if array.dtype.kind not in allowed:
        raise DtypeError(f"{subject} has type {array.dtype}, expected {dtype}")
    converted = array.astype(dtype, copy=False)
    if dtype.kind in "iu" and array.dtype != dtype and not np.array_equal(converted, array):
        raise DtypeError(f"{subject} holds numbers that {dtype} cannot hold")
    return converted
