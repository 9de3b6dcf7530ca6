"""The public face of a network: load it, run it, and ask about any number in it.

Example:
    >>> import numpy as np
    >>> import striate as st
    >>> net = st.Network(st.Sequential([st.layers.Conv1D(1, 3, input_shape=(8, 1))]).to_model())
    >>> net(np.zeros((1, 8, 1), np.float32)).shape
    (1, 6, 1)
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace as dataclass_replace
from functools import cached_property
from pathlib import PurePath
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

from striate.engine import Executor, Progress, Recording
from striate.engine.immediate import AtOnce
from striate.errors import InvalidError, NonFiniteError, ParameterError, ShapeError, unknown_name
from striate.given import Given, ValueInfo, as_numbers, graph_inputs, graph_shapes, to_source, value_info
from striate.graph import Array, Model, UnitAddress
from striate.lenses.layers import Layer, layer_facts, parameter_count
from striate.run import Run

if TYPE_CHECKING:
    from striate.lenses.kernels import Filter
    from striate.lenses.plan import NetworkPlan
    from striate.lenses.receptive_field import ReceptiveField
    from striate.lenses.summary import Summary


@runtime_checkable
class ModelSource(Protocol):
    """Whatever can hand itself over as a model, as :class:`striate.Sequential` does."""

    def to_model(self) -> Model:
        """The model, weights included."""
        ...


def load(source: object, example: object = None, *, allow_nonfinite: bool = False) -> Network:
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
    if isinstance(source, str | bytes | PurePath):
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

    Example:
        >>> import striate as st
        >>> net = st.load(st.bundled.model_path())
        >>> net
        <Network 'edges': 13 layers, 1,775 parameters>
        >>> net.layers["edges/Conv"].parameters
        108
    """

    def __init__(self, model: Model) -> None:
        self.model = model
        self._executor = Executor(model.graph)
        self._at_once = AtOnce(model.graph, model.layout)

    def __repr__(self) -> str:
        return f"<Network {self.model.graph.name!r}: {len(self.layers)} layers, {self.parameters:,} parameters>"

    def _repr_html_(self) -> str:
        """What a notebook shows: the table of the layers."""
        from striate.render.html.network import summary_html

        return summary_html(self.summary())

    @property
    def inputs(self) -> tuple[ValueInfo, ...]:
        """What must be given."""
        return tuple(value_info(self.model, name) for name in self.model.graph.inputs)

    @property
    def outputs(self) -> tuple[ValueInfo, ...]:
        """What comes out."""
        return tuple(value_info(self.model, name) for name in self.model.graph.outputs)

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
            x: The input, in the shape and order of axes of the source, batch first; for several inputs a dict by
                name. Whole numbers become floating point where the network wants that.

        Returns:
            The output, or a dict by name if there are several.

        Raises:
            ShapeError, DtypeError, NonFiniteError: The input does not fit; the message says what would.
            LimitError: It would take more memory than the limit.

        Example:
            >>> import striate as st
            >>> net = st.load(st.bundled.model_path())
            >>> net(st.image(st.bundled.picture_path(), size=None, preprocess="unit")).shape
            (1, 4)
        """
        y = self._at_once.run(x)
        if y is not None:
            return y
        arrays = graph_inputs(self.model, x)
        made = self._executor.run(arrays)
        # There what is given and what is wanted have one order of axes.
        if type(x) is np.ndarray and not self.model.last:
            self._at_once.expect(arrays, np.shape(x))
        outputs = {name: to_source(made[name], self.model.layout_of(name)) for name in self.model.graph.outputs}
        return next(iter(outputs.values())) if len(outputs) == 1 else outputs

    def run(self, x: Given, *, allow_nonfinite: bool = False, progress: Progress | None = None) -> Run:
        """Inference that keeps every intermediate value.

        Args:
            x: The input, as for a call.
            allow_nonfinite: Take an input that holds NaN or infinity; they lead where the operations' definitions lead
                them, into no other group of a convolution.
            progress: Told (nodes done, nodes in all, name of the node) on the way.

        Returns:
            The run: every layer's output, and the units in them.

        Raises:
            ShapeError, DtypeError, NonFiniteError: The input does not fit; the message says what would.
            LimitError: It would take more memory than the limit.

        Example:
            >>> import striate as st
            >>> net = st.load(st.bundled.model_path())
            >>> run = net.run(st.image(st.bundled.picture_path(), size=None, preprocess="unit"))
            >>> run["edges/Relu"].shape
            (1, 12, 254, 318)
        """
        arrays = graph_inputs(self.model, x, allow_nonfinite)
        values = self._executor.run(arrays, keep=True, progress=progress)
        return Run(Recording(self.model, values))

    def receptive_field(
        self, unit: str | UnitAddress, input_shape: Mapping[str, tuple[int, ...]] | tuple[int, ...] | None = None
    ) -> ReceptiveField:
        """The region of the input that a unit can see, without running anything.

        Args:
            unit: Address of the unit, such as ``conv1:3@10,12``.
            input_shape: Concrete input shape (or shapes by name) where the network leaves sizes free, batch included.

        Returns:
            Box and mask in each input, in cells, and whether they are exact or an upper bound.

        Raises:
            UnknownNameError, ParameterError: There is no such unit.
            ShapeError: A size is free and not given.

        Example:
            >>> import striate as st
            >>> net = st.load(st.bundled.model_path())
            >>> print(net.receptive_field("edges/Conv:0@10,12", input_shape=(1, 3, 64, 64)))
            edges/Conv:0@10,12 sees
              image[10:13, 12:15] (3×3; without edges [10:13, 12:15])
              exact
        """
        from striate.lenses.receptive_field import receptive_field

        address = self.model.address(unit) if isinstance(unit, str) else unit
        return receptive_field(self.model, address, input_shapes=graph_shapes(self.model, input_shape))

    def summary(self, input_shape: Mapping[str, tuple[int, ...]] | tuple[int, ...] | None = None) -> Summary:
        """Table of the layers: kind, shape, parameters, multiply-accumulates, receptive field; prints as text.

        Args:
            input_shape: Concrete input shape (or shapes by name) where the network leaves sizes free, batch included;
                without it a free size stays free, and what depends on it is not counted.

        Returns:
            A row for each layer, and totals.

        Raises:
            ShapeError: The shape does not fit the network.

        Example:
            >>> import striate as st
            >>> net = st.load(st.bundled.model_path())
            >>> net.summary(input_shape=(1, 3, 256, 320)).macs
            32626560
        """
        from striate.lenses.summary import summary

        return summary(self.model, None if input_shape is None else graph_shapes(self.model, input_shape))

    def plan(
        self,
        input_shape: Mapping[str, tuple[int, ...]] | tuple[int, ...] | None = None,
        profile: bool = False,
        *,
        keep: bool = False,
    ) -> NetworkPlan:
        """How the network is run: kernel, tile, layout, FLOP and bytes of each step; prints as text.

        Args:
            input_shape: Concrete input shape (or shapes by name) where the network leaves sizes free, batch included.
            profile: Run it on random numbers and take each step's time, its part of the probed peak and its GB/s.
            keep: Show the way of :meth:`run`, which keeps every value, instead of that of a plain call.

        Returns:
            A row for each step, and what holds for the whole run.

        Raises:
            ShapeError: The shape does not fit the network, or a size is free and not given.
            LimitError: A run would take more memory than the limit.

        Example:
            >>> import striate as st
            >>> net = st.load(st.bundled.model_path())
            >>> for step in net.plan(input_shape=(1, 3, 64, 64)).steps[1:3]:
            ...     print(step.kind, step.layers)
            kernel ('grey/Conv',)
            kernel ('edges/Conv', 'edges/Relu')
        """
        from striate.lenses.plan import plan

        return plan(self.model, self._executor, graph_shapes(self.model, input_shape), profile, keep)

    @cached_property
    def weights(self) -> Mapping[str, Array]:
        """The learned numbers by name, channels first as the graph holds them: (outputs, inputs, *taps) of a Conv.

        They may not be written to; :meth:`replace` gives a network with others.

        Example:
            >>> import striate as st
            >>> net = st.load(st.bundled.model_path())
            >>> name = net.layers["edges/Conv"].weights[0]
            >>> net.weights[name].shape
            (12, 1, 3, 3)
        """
        names = {name for layer in self.layers.values() for name in layer.weights}
        return MappingProxyType({name: _locked(a) for name, a in self.model.graph.constants.items() if name in names})

    def filter(self, layer: str, channel: int) -> Filter:
        """What one output channel of a convolution or dense layer multiplies its inputs by.

        Args:
            layer: Name of the layer.
            channel: Which output channel, from 0.

        Returns:
            Weights (inputs, *taps), bias, and where in :attr:`weights` they are.

        Raises:
            UnknownNameError, ParameterError: There is no such layer or channel, or it has no weights.

        Example:
            >>> import striate as st
            >>> net = st.load(st.bundled.model_path())
            >>> net.filter("edges/Conv", 0).weights.shape
            (1, 3, 3)
        """
        from striate.lenses.kernels import layer_filter

        return layer_filter(self.model, layer, channel)

    def replace(self, weights: Mapping[str, npt.ArrayLike]) -> Network:
        """This network with some of its learned numbers replaced; everything else is shared with it.

        Kernels and the packed weights of all other layers are used again, so this takes milliseconds.

        Args:
            weights: New contents by name, see :attr:`weights`; shapes as before.

        Returns:
            Another network; this one stays as it is.

        Raises:
            UnknownNameError: There are no weights of that name; the message says what is near.
            ShapeError, DtypeError, NonFiniteError: The new contents do not fit.

        Example:
            >>> import numpy as np, striate as st
            >>> net = st.load(st.bundled.model_path())
            >>> x = st.image(st.bundled.picture_path(), size=None, preprocess="unit")
            >>> name = net.layers["edges/Conv"].weights[0]
            >>> blind = net.replace({name: np.zeros((12, 1, 3, 3))})
            >>> float(abs(blind.run(x)["edges/Conv"]).max())
            0.0
        """
        from striate.transforms.replace_constants import readers_of, replace_constants

        contents: dict[str, Array] = {}
        for name, given in weights.items():
            if name not in self.weights:
                raise unknown_name("weights", name, self.weights)
            contents[name] = _new_contents(name, given, self.weights[name])
        graph = replace_constants(self.model.graph, contents)
        return self._changed(dataclass_replace(self.model, graph=graph), readers_of(graph, contents.keys()))

    def switch_off(self, channels: Mapping[str, int | Collection[int]]) -> Network:
        """This network with some channels switched off: whatever reads them gets zeros.

        Args:
            channels: Channels by the name of their layer.

        Returns:
            Another network; this one stays as it is. Under the layer's name it gives the maps with the zeros, and an
            explanation of a unit shows the switch as a stage of its own.

        Raises:
            UnknownNameError: There is no such layer.
            ParameterError: There is no such channel, or the layer is an input or has no channels.

        Exactness: channels are multiplied by 0 or 1, so a NaN or infinity in one that is off stays NaN.

        Example:
            >>> import striate as st
            >>> net = st.load(st.bundled.model_path())
            >>> x = st.image(st.bundled.picture_path(), size=None, preprocess="unit")
            >>> float(net.switch_off({"edges/Conv": 3}).run(x)["edges/Conv"][0, 3].max())
            0.0
        """
        from striate.transforms.switch_off import switch_off

        values: dict[str, set[int]] = {}
        for layer, given in channels.items():
            off = {given} if isinstance(given, int) else set(given)
            values.setdefault(self._switchable(layer, off), set()).update(off)
        return self._changed(switch_off(self.model, values), set())

    def _switchable(self, layer: str, channels: set[int]) -> str:
        """The value behind the layer's name, if those channels of it can be switched off."""
        value = self.model.value_name(layer)
        shape, dtype = self.model.graph.types[value].shape, self.model.graph.types[value].dtype
        if value not in self.model.graph.producers:
            raise ParameterError(
                f'"{layer}" is given, not computed: it has no channels to switch off; change the input'
            )
        if shape is None or len(shape) < 2 or not isinstance(shape[1], int) or dtype.kind != "f":
            raise ParameterError(f'layer "{layer}" ({dtype}, shape {shape}) has no channels that can be switched off')
        for channel in channels:
            if not 0 <= channel < shape[1]:
                raise ParameterError(f'layer "{layer}" has {shape[1]} channels; channel {channel} is not among them')
        return value

    def _changed(self, model: Model, touched: set[str]) -> Network:
        network = Network(model)
        network._executor = self._executor.changed(model.graph, touched)
        return network


def _locked(array: Array) -> Array:
    view = array.view()
    view.flags.writeable = False
    return view


def _new_contents(name: str, given: npt.ArrayLike, present: Array) -> Array:
    array = as_numbers(f'weights "{name}"', given, present.dtype)
    if array.shape != present.shape:
        raise ShapeError(f'weights "{name}" have shape {array.shape}, expected {present.shape}')
    if not np.isfinite(array).all():
        raise NonFiniteError(f'weights "{name}" hold NaN or infinity, expected finite numbers')
    return np.array(array)
