"""Random networks in every shape that the lowering treats: chains with branches, sums, products and concatenations."""

from __future__ import annotations

from typing import Any

import numpy as np

from striate.graph import Array, Graph, GraphBuilder
from striate.ops import (
    LRN,
    Add,
    AveragePool,
    BatchNormalization,
    Clip,
    Concat,
    Conv,
    ConvTranspose,
    DepthToSpace,
    Flatten,
    Gemm,
    GlobalAveragePool,
    GroupNormalization,
    Identity,
    InstanceNormalization,
    LayerNormalization,
    LpNormalization,
    MaxPool,
    MeanVarianceNormalization,
    Mul,
    Pad,
    PRelu,
    Relu,
    Resize,
    Sigmoid,
    Slice,
    Softmax,
    SpaceToDepth,
    Split,
    Swish,
    Tanh,
    Transpose,
)

CHANNELS = (1, 2, 3, 5, 8, 16, 17, 24, 33)


class RandomNetwork:
    """A network of some 5 to 15 nodes on maps of 1 to 3 dimensions.

    Args:
        seed: Decides everything.
    """

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.rank = int(self.rng.integers(1, 4))
        self.build = GraphBuilder(f"random {seed}")
        size = {1: 23, 2: 11, 3: 6}[self.rank]
        shape = (
            int(self.rng.integers(1, 3)),
            self.choice(CHANNELS),
            *self.rng.integers(3, size + 1, self.rank).tolist(),
        )
        self.x = self.numbers(*shape)
        self.values = [self.build.input("x", np.float32, shape)]

    def choice(self, options: Any) -> Any:
        return options[int(self.rng.integers(len(options)))]

    def numbers(self, *shape: int) -> Array:
        return self.rng.standard_normal(shape).astype(np.float32)

    def shape(self, value: str) -> tuple[int, ...]:
        return tuple(int(str(size)) for size in self.build.types[value].shape or ())

    def add(self, op: Any, *inputs: str | Array | None) -> str:
        names = [self.build.constant(i) if isinstance(i, np.ndarray) else i for i in inputs]
        # Indices of maxima and statistics have no kernel; most networks drop them.
        dropped = self.rng.random() < 0.8
        value = self.build.add(op, names, outputs=[self.build.unused_value(op.kind.lower())] if dropped else None)[0]
        self.values.append(value)
        return value

    def graph(self) -> Graph:
        for _ in range(int(self.rng.integers(5, 15))):
            self.step(self.choice(self.values[-3:]))
        last = self.values[-1]
        if self.rng.random() < 0.5 and len(self.shape(last)) > 2:
            flat = self.add(Flatten(1), last)
            units = self.choice(CHANNELS)
            logits = self.add(Gemm(trans_b=True), flat, self.numbers(units, self.shape(flat)[1]), self.numbers(units))
            if self.rng.random() < 0.3:
                logits = self.add(LayerNormalization(-1), logits, self.numbers(units), self.numbers(units))
            self.add(Softmax((1,)), logits)
        outputs = [self.values[-1]]
        if self.rng.random() < 0.3:
            outputs.append(self.choice(self.values[1:]))
        return self.build.finish(list(dict.fromkeys(outputs)))

    def step(self, x: str) -> None:
        kinds = "conv conv conv depthwise transposed pool norm standard activation activation sum product concat gate"
        kinds += " copy turn resize pad slice split blocks"
        getattr(self, f"_{self.choice(kinds.split())}")(x)

    def _window(self, x: str) -> dict[str, Any]:
        lengths = self.shape(x)[2:]
        kernel = tuple(int(self.rng.integers(1, min(3, length) + 1)) for length in lengths)
        dilation = tuple(
            int(self.rng.integers(1, 3)) if k == 2 and length > 2 else 1
            for k, length in zip(kernel, lengths, strict=True)
        )
        padding = tuple((int(self.rng.integers(0, k)), int(self.rng.integers(0, k))) for k in kernel)
        stride = tuple(int(self.rng.integers(1, 3)) for _ in kernel)
        return {"kernel": kernel, "stride": stride, "padding": padding, "dilation": dilation}

    def _conv(self, x: str) -> None:
        window, c, k = self._window(x), self.shape(x)[1], self.choice(CHANNELS)
        groups = self.choice([g for g in (1, 1, 2, 3, 8) if c % g == 0 and k % g == 0])
        weight = self.numbers(k, c // groups, *window.pop("kernel"))
        weight /= np.float32(np.sqrt(weight[0].size))
        self.add(Conv(groups=groups, **window), x, weight, self.numbers(k) if self.rng.random() < 0.5 else None)

    def _depthwise(self, x: str) -> None:
        window, c = self._window(x), self.shape(x)[1]
        weight = self.numbers(c, 1, *window.pop("kernel"))
        self.add(Conv(groups=c, **window), x, weight)

    def _transposed(self, x: str) -> None:
        window, c, k = self._window(x), self.shape(x)[1], self.choice(CHANNELS[:6])
        window["padding"] = tuple((0, 0) for _ in window["padding"])
        if np.prod(self.shape(x)[2:]) > 200:
            return
        weight = self.numbers(c, k, *window.pop("kernel")) / np.float32(np.sqrt(c))
        self.add(ConvTranspose(**window), x, weight, self.numbers(k))

    def _pool(self, x: str) -> None:
        self.add(self.choice([MaxPool, AveragePool])(**self._window(x)), x)

    def _norm(self, x: str) -> None:
        c = self.shape(x)[1]
        self.add(
            BatchNormalization(), x, self.numbers(c), self.numbers(c), self.numbers(c), np.abs(self.numbers(c)) + 0.5
        )

    def _standard(self, x: str) -> None:
        """Statistics of the data; the epsilon is large, for a map may be almost the same everywhere."""
        c = self.shape(x)[1]
        match self.choice(["instance", "group", "layer", "map", "response", "length"]):
            case "instance":
                self.add(InstanceNormalization(0.01), x, self.numbers(c), self.numbers(c))
            case "group":
                groups = self.choice([g for g in range(1, c + 1) if c % g == 0])
                self.add(GroupNormalization(groups, 0.01), x, self.numbers(c), self.numbers(c))
            case "layer":
                shape = (c, *[1] * self.rank)
                self.add(LayerNormalization(1, 0.01), x, self.numbers(*shape), self.numbers(*shape))
            case "map":
                self.add(MeanVarianceNormalization((0, *range(2, self.rank + 2))), x)
            case "response":
                self.add(LRN(self.choice([3, 5, 20]), 0.1), x)
            case _:
                self.add(LpNormalization(1, self.choice([1, 2])), x)

    def _activation(self, x: str) -> None:
        kind = self.choice(["relu", "clip", "swish", "tanh", "prelu"])
        match kind:
            case "relu":
                self.add(Relu(), x)
            case "clip":
                self.add(Clip(), x, np.zeros((), np.float32), np.ones((), np.float32))
            case "swish":
                self.add(Swish(), x)
            case "tanh":
                self.add(Tanh(), x)
            case _:
                self.add(PRelu(), x, self.numbers(self.shape(x)[1], *[1] * self.rank))

    def _same_shape(self, x: str) -> str:
        return self.choice([value for value in self.values if self.shape(value) == self.shape(x)])

    def _sum(self, x: str) -> None:
        self.add(Add(), x, self._same_shape(x))

    def _product(self, x: str) -> None:
        self.add(Mul(), self.add(Sigmoid(), self._same_shape(x)), x)

    def _concat(self, x: str) -> None:
        if self.shape(x)[1] < 60:
            self.add(Concat(1), x, self._same_shape(x), x)

    def _gate(self, x: str) -> None:
        self.add(Mul(), x, self.add(Sigmoid(), self.add(GlobalAveragePool(), x)))

    def _copy(self, x: str) -> None:
        self.add(Identity(), x)

    def _resize(self, x: str) -> None:
        lengths = self.shape(x)[2:]
        sizes = np.array([self.rng.integers(1, min(2 * length, 24) + 1) for length in lengths], np.int64)
        coordinates = self.choice(["half_pixel", "align_corners", "asymmetric", "pytorch_half_pixel"])
        mode = self.choice(["nearest", "nearest", "linear", "cubic"])
        antialias = mode != "nearest" and self.rng.random() < 0.3
        axes = tuple(range(2, self.rank + 2))
        self.add(Resize(mode, coordinates, antialias=antialias, axes=axes), x, None, None, sizes)

    def _pad(self, x: str) -> None:
        pads = self.rng.integers(-1, 3, 2 * self.rank)
        if min(self.shape(x)[2:]) < 4 or max(self.shape(x)[2:]) > 30:
            return
        axes = np.arange(2, self.rank + 2)
        value = np.array(self.choice([0, 0.5]), np.float32)
        mode = self.choice(["constant", "constant", "reflect", "edge", "wrap"])
        self.add(Pad(mode), x, pads.astype(np.int64), value, axes)

    def _slice(self, x: str) -> None:
        starts, ends, steps = [], [], []
        for axis, size in enumerate(self.shape(x)[1:], start=1):
            start = int(self.rng.integers(0, (size + 1) // 2))
            starts.append(start)
            ends.append(int(self.rng.integers(start + 1, size + 1)))
            steps.append(1 if axis == 1 else int(self.rng.integers(1, 3)))
        axes = list(range(1, self.rank + 2))
        self.add(Slice(), x, *(np.array(part, np.int64) for part in (starts, ends, axes, steps)))

    def _split(self, x: str) -> None:
        c = self.shape(x)[1]
        if c > 1:
            first = int(self.rng.integers(1, c))
            parts = self.build.add(Split(1), [x, self.build.constant(np.array([first, c - first], np.int64))])
            self.values += parts

    def _blocks(self, x: str) -> None:
        """Space to channels and back, or channels to space."""
        shape = self.shape(x)
        if self.rank == 2 and shape[1] % 4 == 0:
            self.add(DepthToSpace(2, self.choice(["DCR", "CRD"])), x)
        elif self.rank == 2 and all(size % 2 == 0 for size in shape[2:]):
            self.add(DepthToSpace(2), self.add(SpaceToDepth(2), x))

    def _turn(self, x: str) -> None:
        """The first two spatial axes change places, there and back."""
        order = (0, 1, *range(self.rank + 1, 1, -1))
        self.add(Transpose(order), self.add(Transpose(order), x))
