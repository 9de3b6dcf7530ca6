"""The dense layers that the convolutions of a network stand for: what would each of them need?"""

from __future__ import annotations

from dataclasses import dataclass

from striate import ops
from striate.arguments import expect
from striate.errors import ParameterError
from striate.lenses.declared_size import Formula
from striate.lessons.convolution import Convolution
from striate.lessons.dense import dense_equivalent
from striate.lessons.told import Told
from striate.run import Run


@dataclass(frozen=True)
class LayerTwin(Told):
    """A convolution of a network, and the dense layer between the same numbers.

    Args:
        layer: The convolution's name.
        input_shape: What it reads of one sample, (c, *spatial).
        output_shape: What it makes of that, (k, *positions).
        own: Its parameters: weights and biases.
        dense: Parameters of the dense layer: a weight for each pair of an input and an output, and a bias for each
            output if the convolution has biases.
    """

    layer: str
    input_shape: tuple[int, ...]
    output_shape: tuple[int, ...]
    own: Formula
    dense: Formula

    TITLE = "A convolution of a network, and the dense layer in its place"

    @property
    def ratio(self) -> float:
        """How many times more parameters the dense layer has."""
        return self.dense.value / self.own.value

    def __str__(self) -> str:
        shapes = " -> ".join("×".join(map(str, shape)) for shape in (self.input_shape, self.output_shape))
        return f"{self.layer}: {shapes}, {self.own.value:,} parameters, dense {self.dense.value:,}"


def dense_layers(run: Run) -> tuple[LayerTwin, ...]:
    """What each convolution of a network would need as a dense layer, on the input at hand.

    Args:
        run: What the network made of an input; the sizes of the maps are taken from it.

    Returns:
        The convolutions with fixed weights, in the network's order. Counts are exact.

    Raises:
        ParameterError: The network has no such convolution.

    Example:
        >>> import striate as st
        >>> run = st.load(st.bundled.model_path()).run(st.image(st.bundled.picture_path(), size=64, preprocess="unit"))
        >>> print(dense_layers(run)[1])
        edges/Conv: 1×64×64 -> 12×62×62, 108 parameters, dense 188,940,288
    """
    expect(run, Run, "run", "a run of a network: net.run(x)")
    model, values = run.model, run.recording.values
    found: list[LayerTwin] = []
    for node in model.graph.nodes:
        read = node.inputs[0]
        if not isinstance(node.op, ops.Conv) or node.inputs[1] not in model.graph.constants or read is None:
            continue
        view = model.layer_of_node.get(node.name)
        layer = node.name if view is None else view.name
        one = Convolution.of(run, layer)
        # Only counted: the matrix itself is never made.
        twin = dense_equivalent(one, values[read].shape[1:], largest=0)
        found.append(LayerTwin(layer, twin.input_shape, twin.output_shape, one.parameters, twin.parameters))
    if not found:
        raise ParameterError("the network has no convolution with fixed weights, so there is nothing to compare")
    return tuple(found)
