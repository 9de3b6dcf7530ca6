"""PyTorch in eager mode: the graph's nodes, one torch function after the other."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from importlib import import_module

from benchmarks.case import Entry
from benchmarks.contestant import Contestant
from benchmarks.peers.torch_functions import Function, Tensor, Torch
from striate.errors import UnsupportedError
from striate.graph import Graph


@dataclass(frozen=True)
class TorchEager:
    """Plain calls of torch's functions, on tensors made beforehand.

    Args:
        name: What it is called.
        channels_last: Whether input and weights are given in torch's channels-last memory format, in which the result
            stays, so that nothing is converted; otherwise everything is contiguous, as tensors are by default.
    """

    name: str
    channels_last: bool
    module: str = "torch"

    def version(self) -> str:
        """The installed version."""
        return str(import_module(self.module).__version__)

    def enter(self, entry: Entry, threads: int) -> Contestant:
        """Makes tensors of the weights, and a list of calls of the nodes."""
        if self.channels_last and entry.x.ndim == 3:
            raise UnsupportedError("torch has no channels-last memory format for 1-D data")
        torch = import_module(self.module)
        torch.set_num_threads(threads)
        form = Torch(torch, self.channels_last)
        program = Program(form, entry.graph)
        x = form.arranged(torch.from_numpy(entry.x))
        return Contestant(self.name, lambda: program(x), lambda result: result.contiguous().numpy())


@dataclass(frozen=True, slots=True)
class _Step:
    function: Function
    inputs: tuple[str, ...]
    output: str
    dropped: tuple[str, ...]


class Program:
    """A graph as calls of torch; what nobody reads any more is let go, as a module's local variables would be.

    Args:
        form: How tensors lie in memory.
        graph: The network.
    """

    def __init__(self, form: Torch, graph: Graph) -> None:
        readers = Counter(name for node in graph.nodes for name in node.inputs if name)
        last = {name: index for index, node in enumerate(graph.nodes) for name in node.inputs if name}
        kept = {*graph.inputs, *graph.outputs}
        self.graph = graph
        self.steps: list[_Step] = []
        for index, node in enumerate(graph.nodes):
            inputs = tuple(name for name in node.inputs if name and name not in graph.constants)
            alone = readers[inputs[0]] == 1 and inputs[0] not in kept
            dropped = tuple({name for name in inputs if last[name] == index and name not in kept})
            self.steps.append(_Step(form.function(node, graph.constants, alone), inputs, node.outputs[0], dropped))

    def __call__(self, x: Tensor) -> Tensor:
        """The network's output for an input."""
        values = {self.graph.inputs[0]: x}
        for step in self.steps:
            values[step.output] = step.function(*[values[name] for name in step.inputs])
            for name in step.dropped:
                del values[name]
        return values[self.graph.outputs[0]]
