"""One run of a network with every value kept, and the units in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from striate.arithmetic import whole_numbers
from striate.engine import Recording
from striate.errors import ParameterError, unknown_name
from striate.given import to_source
from striate.graph import Array, UnitAddress, unit_index
from striate.recorded import Recorded

if TYPE_CHECKING:
    from striate.animation import Animation
    from striate.comparison import Difference
    from striate.lenses.animation import Positions
    from striate.lenses.contributors import Contributors
    from striate.lenses.explain import Curve, Explanation
    from striate.lenses.receptive_field import ReceptiveField
    from striate.lenses.trace import Trace


class Run(Recorded):
    """One run of a network with every value kept.

    Args:
        recording: The network and its values.

    Attributes:
        model: The network.
        recording: The network and its values, channels first.

    Example:
        >>> import striate as st
        >>> net = st.load(st.bundled.model_path())
        >>> run = net.run(st.image(st.bundled.picture_path(), size=None, preprocess="unit"))
        >>> run["grey/Conv"].shape, run.output.shape
        ((1, 1, 256, 320), (1, 4))
    """

    def __init__(self, recording: Recording) -> None:
        super().__init__(recording)
        self.model = recording.model

    def __repr__(self) -> str:
        return f"<Run of {self.model.graph.name!r}: {len(self.recording.values)} values>"

    def _repr_html_(self) -> str:
        """What a notebook shows: what came out, what went in, and the first maps of a few layers."""
        from striate.lenses.glance import glance
        from striate.render.html.run import run_html

        return run_html(glance(self.recording))

    def __getitem__(self, name: str) -> Array:
        """The output of a layer, in the source's order of axes.

        Args:
            name: Name of a layer, of a node or of a value.

        Returns:
            The array as the run holds it; not a copy.

        Raises:
            UnknownNameError: Nothing is called so; the message says what is near.
        """
        value = self.model.value_name(name)
        if value not in self.recording.values:
            raise unknown_name("value", value, self.recording.values)
        return to_source(self.recording.values[value], self.model.layout_of(value))

    @property
    def output(self) -> Array:
        """The output; the first one if there are several."""
        return self[self.model.graph.outputs[0]]

    @property
    def outputs(self) -> dict[str, Array]:
        """The outputs by name."""
        return {name: self[name] for name in self.model.graph.outputs}

    def unit(
        self, layer: str, channel: int | None = None, at: int | tuple[int, ...] = (), sample: int | None = None
    ) -> Unit:
        """One number of a layer's output.

        Args:
            layer: A layer's name, or a whole address such as ``conv1:3@10,12``.
            channel: Which channel, from 0.
            at: Position in the map from 0, an index for each spatial axis: (row, column) of an image.
            sample: Which sample of the batch, from 0.

        Raises:
            UnknownNameError: There is no such layer; the message says what is near.
            ParameterError: Channel, position or sample are missing, too many or outside.

        Example:
            >>> import striate as st
            >>> net = st.load(st.bundled.model_path())
            >>> run = net.run(st.image(st.bundled.picture_path(), size=None, preprocess="unit"))
            >>> run.unit("edges/Conv", channel=0, at=(105, 44)).address == run.unit("edges/Conv:0@105,44").address
            True
        """
        if channel is None and at == () and sample is None:
            address = self.model.address(layer)
        else:
            self.model.value_name(layer)
            address = UnitAddress(layer, _index("channel", channel), _position(at), _index("sample", sample) or 0)
        return Unit(self, address)

    def contributors(self, layer: str, channel: int, sample: int = 0) -> Contributors:
        """The channels that a map is made of, the strongest first.

        Args:
            layer: Name of a layer, node or value.
            channel: Which map.
            sample: Which sample of the batch, from 0.

        Returns:
            For each input channel the mean over the map of (the magnitude of) its partial sum; for an addition the
            same of its operands.

        Raises:
            UnknownNameError, ParameterError, UnsupportedError: There is no such layer, channel or sample.

        Exactness: partial sums are computed in the network's own type; with the bias their means add up to the mean
            of the map before what the layer does afterwards, to rounding.

        Example:
            >>> import striate as st
            >>> net = st.load(st.bundled.model_path())
            >>> run = net.run(st.image(st.bundled.picture_path(), size=None, preprocess="unit"))
            >>> [(found.channel, round(found.share, 2)) for found in run.contributors("grey/Conv", 0).ranked]
            [(1, 0.61), (0, 0.28), (2, 0.11)]
        """
        from striate.lenses.contributors import contributors

        return contributors(self.recording, layer, channel, sample)

    def animate(
        self,
        layer: str,
        channel: int | None = None,
        *,
        positions: Positions | None = None,
        steps: int | None = None,
        sample: int | None = None,
    ) -> Animation:
        """The window of a convolution or pooling on its way over its input, with every number.

        Args:
            layer: A layer's name, or with the channel, such as ``conv1:3``.
            channel: Which output channel, where the name does not say.
            positions: (first, end) along each spatial axis, the end not included; if None all of a small map, and of
                a large one those around its largest magnitude (``omitted`` says so).
            steps: The most steps; all positions if None.
            sample: Which sample of the batch, from 0.

        Returns:
            The animation: its steps as data, frames, ``save("window.gif")``.

        Raises:
            UnknownNameError: There is no such layer; the message says what is near.
            ParameterError: Channel, positions or sample are missing, too many or outside.
            UnsupportedOpError: No window slides there; the message names layers with one.

        Example:
            >>> import striate as st
            >>> net = st.load(st.bundled.model_path())
            >>> run = net.run(st.image(st.bundled.picture_path(), size=None, preprocess="unit"))
            >>> shown = run.animate("edges/Conv:0", positions=((104, 107), (43, 46)))
            >>> [round(step.value, 2) for step in shown.steps[:4]]
            [0.76, 0.76, 0.0, 0.76]
        """
        from striate.animation import Animation
        from striate.lenses.animation import walk

        if channel is None and sample is None:
            address = self.model.address(layer)
        else:
            self.model.value_name(layer)
            address = UnitAddress(layer, _index("channel", channel), (), _index("sample", sample) or 0)
        return Animation(walk(self.recording, address, positions, steps))

    def difference(self, other: Run) -> Difference:
        """What differs from another run: this one minus the other, number by number.

        Args:
            other: A run of the same network, or of one made from it by :meth:`striate.Network.replace` or
                :meth:`striate.Network.switch_off`.

        Returns:
            The differences by layer, their maps and statistics, and how far each layer moved.

        Cost: a value is subtracted when it is asked for, the figures of all layers when the first one is.

        Example:
            >>> import striate as st
            >>> net = st.load(st.bundled.model_path())
            >>> x = st.image(st.bundled.picture_path(), size=None, preprocess="unit")
            >>> run, edited = net.run(x), net.switch_off({"edges/Conv": 3}).run(x)
            >>> edited.difference(run).layers["edges/Relu"].largest == float(run["edges/Relu"][0, 3].max())
            True
        """
        from striate.comparison import Difference

        return Difference(self.recording, other.recording)


def _index(what: str, given: object) -> int | None:
    message = f"{what} (={given}) must be a whole number"
    numbers = () if given is None else whole_numbers(given, message)
    if len(numbers) > 1:
        raise ParameterError(message)
    return numbers[0] if numbers else None


def _position(given: object) -> tuple[int, ...]:
    return whole_numbers(given, f"at (={given}) must hold whole numbers, an index for each spatial axis")


class Unit:
    """One number in one layer's output.

    Args:
        run: The run that holds it.
        address: Where it is.

    Attributes:
        address: The same, with the channel filled in where there is only one.
        index: Its place in the layer's array, channels first.

    Raises:
        ParameterError: It does not exist.
    """

    def __init__(self, run: Run, address: UnitAddress) -> None:
        self.run = run
        self._value_name = run.model.value_name(address.layer)
        array = run.recording.values[self._value_name]
        self.index = unit_index(address, array.shape, run.model.layout_of(self._value_name))
        if address.channel is None and array.ndim:
            address = UnitAddress(address.layer, 0, address.at, address.sample)
        self.address = address

    def __repr__(self) -> str:
        return f"<Unit {self.address}: {self.value}>"

    def _repr_html_(self) -> str:
        """What a notebook shows: the sum behind the number."""
        from striate.render.html.explanation import explanation_html

        return explanation_html(self.explain())

    @property
    def value(self) -> float:
        """What the run holds there."""
        return float(self.run.recording.values[self._value_name][self.index])

    def explain(self) -> Explanation:
        """The whole sum behind the number: operands, products, bias, total.

        Returns:
            Float64 arrays, channels first; products and bias add up to the total.

        Raises:
            UnsupportedOpError: Striate does not know the inside of the operation.

        Example:
            >>> import striate as st
            >>> net = st.load(st.bundled.model_path())
            >>> run = net.run(st.image(st.bundled.picture_path(), size=None, preprocess="unit"))
            >>> run.unit("grey/Conv:0@104,49").explain().formula(digits=3)
            '0.299×0.933 + 0.587×0.933 + 0.114×0.925 ≈ 0.932'
        """
        from striate.lenses.explain import explain

        return explain(self.run.recording, self.address)

    def contributors(self) -> Contributors:
        """The channels that the number is made of, the strongest first: its products added up by channel.

        Returns:
            Magnitude, sign and share of each channel; what no channel accounts for (a bias) is ``bias``.

        Raises:
            UnsupportedOpError: Striate does not know the inside of the operation.

        Example:
            >>> import striate as st
            >>> net = st.load(st.bundled.model_path())
            >>> run = net.run(st.image(st.bundled.picture_path(), size=None, preprocess="unit"))
            >>> [found.channel for found in run.unit("grey/Conv:0@104,49").contributors().ranked]
            [1, 0, 2]
        """
        from striate.lenses.contributors import unit_contributors

        return unit_contributors(self.run.recording, self.explain())

    def curve(self, samples: int = 129) -> Curve | None:
        """The function of one number that made the unit (an activation), sampled over what its map is given.

        Args:
            samples: How many numbers; where the function has limits, these are added.

        Returns:
            The curve; None where the unit is made by something else.

        Example:
            >>> import numpy as np, striate as st
            >>> model = st.Sequential([st.layers.Activation("relu", input_shape=(3, 1))])
            >>> run = st.Network(model.to_model()).run(np.array([-2.0, 0.5, 1.0]).reshape(1, 3, 1))
            >>> run.unit("activation:0@0").curve(samples=5).y.tolist()
            [0.0, 0.0, 0.0, 1.0, 2.0]
        """
        from striate.lenses.explain import curve

        return curve(self.run.recording, self.address, samples)

    def receptive_field(self, follow: Literal["structure", "data"] = "structure") -> ReceptiveField:
        """The region of the input that can influence the number, and whether that is exact or an upper bound.

        Args:
            follow: "structure" for what the network's shape allows, "data" to follow only the winners of max pooling.

        Returns:
            Box and mask in each input, in cells.

        Raises:
            ParameterError: ``follow`` is neither.

        Example:
            >>> import striate as st
            >>> net = st.load(st.bundled.model_path())
            >>> run = net.run(st.image(st.bundled.picture_path(), size=None, preprocess="unit"))
            >>> run.unit("shapes/Conv:3@50,24").receptive_field().clipped
            ((100, 108), (48, 56))
        """
        from striate.lenses.receptive_field import receptive_field

        if follow not in ("structure", "data"):
            raise ParameterError(f'follow (="{follow}") must be "structure" or "data"')
        return receptive_field(self.run.recording, self.address, follow=follow)

    def trace(self, width: int = 3, depth: int | None = None, most: int = 32) -> Trace:
        """The chain of explanations down to the input, along the largest contributions.

        Args:
            width: How many cells of each operand are followed from each followed cell: those that give it the most.
            depth: How many levels down; all the way to the input if None.
            most: How many cells of one value are followed at most; what is left out is added up as "not followed".

        Raises:
            ParameterError: Width, depth or most is not positive.

        Example:
            >>> import striate as st
            >>> net = st.load(st.bundled.model_path())
            >>> run = net.run(st.image(st.bundled.picture_path(), size=None, preprocess="unit"))
            >>> print(run.unit("grey/Conv:0@104,49").trace())
            grey/Conv:0@104,49 = 0.932439
            Conv "grey/Conv"
              grey/Conv:0@104,49 = 0.9324, × 1 gives 0.9324
            Input "image": 3 of 3 cells, 100.0% of their sum, 100.0% of their magnitudes
              image:1@104,49 = 0.9333, × 0.587 gives 0.5479
              image:0@104,49 = 0.9333, × 0.299 gives 0.2791
              image:2@104,49 = 0.9255, × 0.114 gives 0.1055
            input cells give 0.9324 and biases 0: 100.0% of the unit; not followed 0
        """
        from striate.lenses.trace import trace

        return trace(self.run.recording, self.address, width=width, depth=depth, most=most)
