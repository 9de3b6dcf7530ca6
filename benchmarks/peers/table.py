"""Which libraries there are, and which of them are installed."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec

from benchmarks.contestant import Library
from benchmarks.peers.onnx_runtime import OnnxRuntime
from benchmarks.peers.open_vino import OpenVino
from benchmarks.peers.torch_eager import TorchEager

PEERS: tuple[Library, ...] = (
    TorchEager("torch", channels_last=False),
    TorchEager("torch-channels-last", channels_last=True),
    OnnxRuntime(),
    OpenVino(),
)


def chosen_peers(names: Sequence[str] | None) -> tuple[list[Library], list[str]]:
    """The peers of these names (all if None) that are installed, and the names of those that are not."""
    wanted = [peer for peer in PEERS if names is None or peer.name in names]
    present = [peer for peer in wanted if find_spec(peer.module) is not None]
    return present, [peer.name for peer in wanted if peer not in present]
