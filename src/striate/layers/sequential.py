"""Sequential: layers one behind the other, with Keras's names."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from striate.dimension import Symbol
from striate.errors import InvalidError, ParameterError, ShapeError
from striate.graph import Array, Layout, Model
from striate.layers.layer import Layer, find, sample_shape
from striate.layers.lowering import Lowering
from striate.layers.table import table
from striate.network import Network


class Input:
    """What a model takes: the shape of one sample.

    Args:
        shape: Sizes without the batch, None for a free one.
        batch_size: Fixed batch size; free if left out.
        name: Name of the input.

    Raises:
        ParameterError: A size is not positive.
    """

    def __init__(self, shape: Sequence[int | None], batch_size: int | None = None, name: str | None = None) -> None:
        self.shape = sample_shape(tuple(shape), "Input")
        self.batch_size = batch_size
        self.name = name or "input"


InputLayer = Input


class Sequential:
    """Layers one behind the other.

    Args:
        layers: Layers in order; the first may be an :class:`Input`, or have ``input_shape``. Without either the model
            is built when it first sees data.
        name: Name of the model.
        seed: For the first values of the weights: the same seed gives the same weights.

    Raises:
        InvalidError: Something is not a layer, or two have the same name.

    Example:
        >>> import numpy as np
        >>> from striate.layers import Conv1D, Sequential
        >>> model = Sequential([Conv1D(1, 3, input_shape=(8, 1))])
        >>> model.set_weights([np.array([[[0]], [[1]], [[0]]]), np.array([0.0])])
        >>> model.predict(np.array([0, 0, 0, 1, 1, 0, 0, 0.0]).reshape(1, 8, 1)).ravel()
        array([0., 0., 1., 1., 0., 0.], dtype=float32)
    """

    def __init__(
        self, layers: Sequence[Layer | Input] | None = None, name: str = "sequential", seed: int | None = None
    ) -> None:
        self.name = name
        self._layers: list[Layer] = []
        self._input: Input | None = None
        self._rng = np.random.default_rng(seed)
        self._model: Model | None = None
        self._network: Network | None = None
        if layers is not None and not isinstance(layers, Sequence):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidError(f'model "{name}": layers (={layers!r}) must be a list of layers')
        for layer in layers or ():
            self.add(layer)

    def __repr__(self) -> str:
        return f"<Sequential {self.name!r}: {len(self._layers)} layers>"

    @property
    def layers(self) -> list[Layer]:
        """The layers, in order, without the input."""
        return list(self._layers)

    def add(self, layer: Layer | Input) -> None:
        """Appends a layer.

        Args:
            layer: A layer that is in no place of the model yet; an :class:`Input` only in front.

        Raises:
            InvalidError: It is not a layer, an input that is not the first, or has the name of another.
        """
        if isinstance(layer, Input):
            if self._layers or self._input:
                raise InvalidError(f'model "{self.name}": an Input must come first, and only once')
            self._input = layer
            return
        if not isinstance(layer, Layer):  # pyright: ignore[reportUnnecessaryIsInstance]
            raise InvalidError(f'model "{self.name}": {layer!r} is not a layer; give instances such as Conv2D(8, 3)')
        if any(layer is other for other in self._layers):
            raise InvalidError(f'model "{self.name}": layer "{layer.name}" is in it already; make a new one')
        taken = {other.name for other in self._layers}
        if not layer.name:
            layer.name = _free(layer.default_name, taken)
        elif layer.name in taken:
            raise InvalidError(f'model "{self.name}": two layers are called "{layer.name}"; give one another name')
        if not self._layers and not self._input and layer.input_shape is not None:
            self._input = Input(layer.input_shape)
        self._layers.append(layer)
        layer.watch(self._stale)
        self._stale()
        if self._input is not None:
            try:
                self.to_model()
            except InvalidError:
                self._layers.pop()
                raise

    def pop(self) -> None:
        """Takes the last layer away.

        Raises:
            InvalidError: There is none.
        """
        if not self._layers:
            raise InvalidError(f'model "{self.name}" has no layers to take away')
        self._layers.pop()
        self._stale()

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Makes the weights for inputs of that shape.

        Args:
            input_shape: Shape with the batch in front, None for a free size.

        Raises:
            ShapeError: A layer does not fit; the message names it.
        """
        shape = tuple(input_shape)
        self._input = Input(shape[1:], shape[0] if shape else None)
        self._stale()
        self.to_model()

    def to_model(self) -> Model:
        """The model: its graph with the weights of now, and its names.

        Raises:
            ShapeError: A layer does not fit its input; the message names it.
            InvalidError: There are no layers, or the input's shape is not known yet.
        """
        if self._model is None:
            self._model = self._lowered()
        return self._model

    def _lowered(self) -> Model:
        if not self._layers:
            raise InvalidError(f'model "{self.name}" has no layers; add one')
        if self._input is None:
            raise InvalidError(
                f'model "{self.name}" does not know its input; give the first layer input_shape=..., begin with '
                "Input(shape), or call build((None, ...))"
            )
        layout = _layout(self._layers)
        net = Lowering(self.name, layout, self._rng)
        x = net.build.input(self._input.name, np.float32, _graph_input(self._input, layout))
        for layer in self._layers:
            net.begin(layer.name)
            try:
                made = layer.lower(net, x)
            except InvalidError as error:
                if f'"{layer.name}"' in str(error) and str(error).startswith("layer"):
                    raise
                shape = tuple(str(size) for size in net.shape(x))
                raise type(error)(
                    f'layer "{layer.name}" ({layer.kind}) on an input of shape ({", ".join(shape)}): {error}'
                ) from error
            x = made if made != x else _named(net, x)
            net.end(layer.kind, x)
        return Model(net.build.finish([x]), tuple(net.views), layout, source=f"Sequential {self.name!r}")

    def _stale(self) -> None:
        self._model = self._network = None

    def _running(self) -> Network:
        if self._network is None:
            self._network = Network(self.to_model())
        return self._network

    def predict(self, x: npt.ArrayLike, batch_size: int = 32, verbose: object = None) -> Array:
        """Runs the model.

        Args:
            x: A batch of samples, in the model's order of axes.
            batch_size: How many samples go through at once.
            verbose: Taken because Keras takes it; nothing is printed.

        Returns:
            The outputs, float32, one for each sample.

        Raises:
            ShapeError, DtypeError, NonFiniteError: The data do not fit.
            ParameterError: The batch size is not positive.
        """
        del verbose
        if batch_size < 1:
            raise ParameterError(f"batch_size (={batch_size}) must be positive")
        data = np.asarray(x)
        if data.dtype.kind == "b":
            data = data.astype(np.float32)
        if self._input is None:
            if data.ndim < 2:
                raise ShapeError(f'model "{self.name}": data have shape {data.shape}, expected a batch of samples')
            self.build((None, *data.shape[1:]))
        assert self._input is not None
        step = self._input.batch_size or batch_size
        network = self._running()
        parts: list[Array] = []
        for start in range(0, max(1, len(data) if data.ndim else 1), step):
            result = network(data[start : start + step] if data.ndim else data)
            assert not isinstance(result, dict)
            parts.append(result)
        return np.concatenate(parts)

    def __call__(self, x: npt.ArrayLike) -> Array:
        """The same as :meth:`predict`."""
        return self.predict(x)

    def get_layer(self, name: str | None = None, index: int | None = None) -> Layer:
        """A layer by name or by number.

        Args:
            name: Its name; or
            index: its place from 0, negative ones counted from the last.

        Raises:
            UnknownNameError: There is no layer of that name.
            ParameterError: Neither or both are given, or there is no such number.
        """
        if (name is None) == (index is None):
            raise ParameterError("get_layer takes a name or an index, one of the two")
        if name is not None:
            return find(self._layers, name)
        assert index is not None
        if not -len(self._layers) <= index < len(self._layers):
            raise ParameterError(f'index (={index}): model "{self.name}" has {len(self._layers)} layers')
        return self._layers[index]

    def get_weights(self) -> list[Array]:
        """Copies of all weights, layer by layer, in Keras's order and shapes."""
        self._require_built()
        return [array for layer in self._layers for array in layer.get_weights()]

    def set_weights(self, weights: Sequence[npt.ArrayLike]) -> None:
        """Replaces all weights.

        Args:
            weights: Arrays in the order and shapes of :meth:`get_weights`.

        Raises:
            ShapeError: Number or shapes differ; the message names the layer. Nothing is changed then.
            DtypeError: They are not real numbers.
        """
        self._require_built()
        given, counts = list(weights), [len(layer.get_weights()) for layer in self._layers]
        if len(given) != sum(counts):
            has = ", ".join(f"{layer.name} {count}" for layer, count in zip(self._layers, counts, strict=True) if count)
            raise ShapeError(f'model "{self.name}" has {sum(counts)} weights ({has or "none"}), got {len(given)}')
        before = [layer.get_weights() for layer in self._layers]
        try:
            for layer, count in zip(self._layers, counts, strict=True):
                layer.set_weights(given[:count])
                given = given[count:]
        except InvalidError:
            for layer, old in zip(self._layers, before, strict=True):
                layer.set_weights(old)
            raise

    def count_params(self) -> int:
        """Number of all weights."""
        self._require_built()
        return sum(layer.count_params() for layer in self._layers)

    def summary(self, print_fn: Callable[[str], object] | None = None) -> None:
        """Prints the layers with output shapes and numbers of weights.

        Args:
            print_fn: What is called with the text instead of print.
        """
        network = self._running()
        rows = [
            (layer.name, layer.kind, network.layers[layer.name].output_shape, layer.count_params())
            for layer in self._layers
        ]
        not_trained = sum(layer.count_not_trained() for layer in self._layers)
        (print_fn or print)(table(self.name, rows, not_trained))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Saves the model as an ONNX file that takes the same arrays as :meth:`predict`.

        Args:
            path: Where to; it must end in ".onnx".

        Raises:
            ParameterError: The path does not end so.
            UnsupportedOpError: ONNX has no operation for a layer.
        """
        from striate.exporters.onnx import save_onnx

        if os.path.splitext(path)[1].lower() != ".onnx":  # noqa: PTH122
            raise ParameterError(f'path (="{os.fspath(path)}") must end in .onnx')
        save_onnx(self.to_model(), path)

    def _require_built(self) -> None:
        if self._input is None:
            self.to_model()  # says how the input can be given


def _free(wish: str, taken: set[str]) -> str:
    name, count = wish, 0
    while name in taken:
        count += 1
        name = f"{wish}_{count}"
    return name


def _named(net: Lowering, x: str) -> str:
    """A value of its own for a layer that does nothing."""
    from striate.ops import Identity

    return net.add(Identity(), x)


def _layout(layers: Sequence[Layer]) -> Layout:
    """The first layer that has a data format decides for the model."""
    for layer in layers:
        axis = getattr(layer, "channel_axis", None)
        if axis is not None:
            return "channels_first" if axis == 1 else "channels_last"
    return "channels_last"


def _graph_input(given: Input, layout: Layout) -> tuple[int | Symbol, ...]:
    names = {2: "l", 3: "hw", 4: "dhw"}.get(len(given.shape), "")
    letters = (*names, "c") if layout == "channels_last" else ("c", *names)
    if not names:
        letters = tuple(f"s{axis}" for axis in range(len(given.shape)))
    sizes = [Symbol(letter) if size is None else size for size, letter in zip(given.shape, letters, strict=True)]
    if layout == "channels_last" and len(sizes) > 1:
        sizes = [sizes[-1], *sizes[:-1]]
    return (Symbol("n") if given.batch_size is None else given.batch_size, *sizes)
