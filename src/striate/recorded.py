"""Values that are kept by name, of a run or of the difference of two, and what can be asked of any of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from striate.engine import Recording

if TYPE_CHECKING:
    from striate.lenses.maps import Maps
    from striate.lenses.statistics import Histogram, Statistics


class Recorded:
    """Values kept by name: their statistics, histograms and maps.

    Args:
        recording: The network and its values.

    Attributes:
        recording: The same, channels first.
    """

    def __init__(self, recording: Recording) -> None:
        self.recording = recording

    def statistics(self, layers: Sequence[str] | None = None) -> dict[str, Statistics]:
        """Least, greatest, mean, deviation, zeros and non-finite numbers of layers, all samples together.

        Args:
            layers: Names of layers, nodes, values or inputs; all layers of real numbers if left out.

        Returns:
            Statistics by name, worked out in float64.

        Raises:
            UnknownNameError, UnsupportedError: Nothing is called so, or it holds no real numbers.

        Example:
            >>> import striate as st
            >>> net = st.load(st.bundled.model_path())
            >>> run = net.run(st.image(st.bundled.picture_path(), size=None, preprocess="unit"))
            >>> run.statistics()["edges/Relu"].least
            0.0
        """
        from striate.lenses.statistics import layer_statistics

        return layer_statistics(self.recording, layers)

    def channel_statistics(self, layer: str, sample: int = 0) -> tuple[Statistics, ...]:
        """The same of each channel of a layer, for one sample.

        Args:
            layer: Name of a layer, node, value or input.
            sample: Which sample of the batch, from 0.

        Raises:
            UnknownNameError, ParameterError, UnsupportedError: There is no such layer or sample, or no real numbers.

        Example:
            >>> import striate as st
            >>> net = st.load(st.bundled.model_path())
            >>> run = net.run(st.image(st.bundled.picture_path(), size=None, preprocess="unit"))
            >>> len(run.channel_statistics("edges/Relu"))
            12
        """
        from striate.lenses.statistics import channel_statistics

        return channel_statistics(self.recording, layer, sample)

    def histogram(
        self,
        layer: str,
        channel: int | None = None,
        bins: int = 48,
        span: tuple[float, float] | None = None,
        sample: int = 0,
    ) -> Histogram:
        """How the numbers of a layer, or of one of its maps, are spread, for one sample.

        Args:
            layer: Name of a layer, node, value or input.
            channel: Which map; all if None.
            bins: How many intervals, all of the same width.
            span: Where they begin and end; from the least to the greatest finite number if None.
            sample: Which sample of the batch, from 0.

        Raises:
            UnknownNameError, ParameterError, UnsupportedError: There is no such thing, or no real numbers.

        Example:
            >>> import striate as st
            >>> net = st.load(st.bundled.model_path())
            >>> run = net.run(st.image(st.bundled.picture_path(), size=None, preprocess="unit"))
            >>> int(run.histogram("edges/Relu", channel=0, bins=4).counts.sum()) == 254 * 318
            True
        """
        from striate.lenses.statistics import histogram

        return histogram(self.recording, layer, channel, bins, span, sample)

    def maps(
        self,
        layer: str,
        first: int = 0,
        count: int | None = None,
        size: tuple[int, int] | None = None,
        plane: tuple[int, int] | None = None,
        sample: int = 0,
        line: bool = False,
    ) -> Maps:
        """Maps of a layer with no more cells than there is room for.

        Where a cell stands for several, it holds the one of the largest magnitude with its sign, so nothing that
        stands out is lost.

        Args:
            layer: Name of a layer, node, value or input.
            first: The first channel.
            count: How many channels from there on; as many as there are if None or more.
            size: The most (rows, columns) that a map may have; a line has columns only. None: nothing is reduced.
            plane: Spatial axis and index of the plane to cut from each volume; its middle along the depth if None.
            sample: Which sample of the batch, from 0.
            line: Take a layer that has channels and no maps, a signal without a channel axis, as one line.

        Returns:
            Float32 maps, channels first, and the extents of the whole ones.

        Raises:
            UnknownNameError, ParameterError, UnsupportedError: There is no such thing, or it cannot be drawn.

        Example:
            >>> import striate as st
            >>> net = st.load(st.bundled.model_path())
            >>> run = net.run(st.image(st.bundled.picture_path(), size=None, preprocess="unit"))
            >>> found = run.maps("edges/Relu", count=4, size=(100, 100))
            >>> found.maps.shape, found.cell
            ((4, 85, 80), (3, 4))
        """
        from striate.lenses.maps import layer_maps

        return layer_maps(self.recording, layer, first, count, size, plane, sample, line)
