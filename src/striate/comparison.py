"""Two runs beside each other: what an edit has changed, number by number and layer by layer."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

from striate.engine import Recording
from striate.given import to_source
from striate.graph import Array
from striate.recorded import Recorded

if TYPE_CHECKING:
    from striate.lenses.difference import Change


class Difference(Recorded):
    """One run minus another, of the same network or of one that was made from it; see :meth:`striate.Run.difference`.

    Its statistics, histograms and maps are those of the differences.

    Args:
        after: A run.
        before: The one that it is compared with.

    Attributes:
        recording: The differences by name of the value, channels first, each computed when it is asked for.

    Example:
        >>> import striate as st
        >>> net = st.load(st.bundled.model_path())
        >>> x = st.image(st.bundled.picture_path(), size=None, preprocess="unit")
        >>> moved = net.run(st.shift(x, (0, 3))).difference(net.run(x))
        >>> moved["edges/Relu"].shape, moved.layers["edges/Relu"].largest > 0
        ((1, 12, 254, 318), True)
    """

    def __init__(self, after: Recording, before: Recording) -> None:
        from striate.lenses.difference import differences

        super().__init__(differences(after, before))
        self._after, self._before = after, before

    def __repr__(self) -> str:
        return f"<Difference of two runs of {self._after.model.graph.name!r}>"

    def __getitem__(self, name: str) -> Array:
        """What a layer holds, minus what it held before, in the source's order of axes.

        Args:
            name: Name of a layer, of a node, of a value or of an input.

        Raises:
            UnknownNameError: Nothing is called so; the message says what is near.
            UnsupportedError, ShapeError: It holds no real numbers, or has other sizes in the other run.
        """
        from striate.lenses.difference import value_difference

        layout = self._after.model.layout_of(self._after.model.value_name(name))
        return to_source(value_difference(self._after, self._before, name), layout)

    @cached_property
    def layers(self) -> Mapping[str, Change]:
        """How far each input and each layer moved, by name, inputs first, all samples together."""
        from striate.lenses.difference import layer_changes

        return MappingProxyType(layer_changes(self._after, self._before))
