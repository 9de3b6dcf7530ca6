"""What stands open when the studio is looked at: networks of every sort, each served once, when first asked for."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path

import numpy as np
from onnx import helper

import striate as st
from benchmarks.studio.serving import Served, served
from striate import bundled
from striate.run import Run
from tests.studio.e2e import networks
from tests.studio.e2e.networks import write_onnx

SHARED = Path(os.environ.get("STRIATE_SHARED", Path(__file__).resolve().parents[4] / "shared"))
LAYERS = 1000


class MissingError(Exception):
    """A scene's files are not on this machine; the message says which."""


class Scenes:
    """Studios that are started when first asked for and end together.

    Args:
        folder: Where made networks are written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._stack = ExitStack()
        self._open: dict[str, Served] = {}

    def __enter__(self) -> Scenes:
        return self

    def __exit__(self, *about: object) -> None:
        self._stack.close()

    def studio(self, name: str) -> Served:
        """The studio of a scene.

        Raises:
            MissingError: It needs files that are not here.
        """
        if name not in self._open:
            self._open[name] = self._stack.enter_context(served(SCENES[name](self.folder)))
        return self._open[name]

    def end(self, name: str) -> None:
        """Ends a studio at once, as when its machine goes: its page finds no server any more."""
        studio = self._open.pop(name)
        studio.process.kill()
        studio.process.wait()


def house() -> Run:
    """The bundled network's run of the bundled picture."""
    return st.load(bundled.model_path()).run(st.image(bundled.picture_path(), size=None, preprocess="unit"))


def shared(*parts: str) -> str:
    path = SHARED.joinpath(*parts)
    if not path.exists():
        raise MissingError(f"{'/'.join(parts)} is not in the folder of models and data (STRIATE_SHARED names it)")
    return str(path)


def made(build: Callable[[Path], networks.Opened]) -> Callable[[Path], list[str]]:
    def arguments(folder: Path) -> list[str]:
        found = build(folder)
        return ["open", str(found.model), str(found.given)]

    return arguments


def tall(folder: Path) -> list[str]:
    """A thousand layers: convolution, ReLU, and every fifth a sum with what was there before."""
    rng = np.random.default_rng(0)
    nodes = []
    arrays: dict[str, np.ndarray] = {}
    last = skip = "x"
    for i in range(LAYERS):
        name = f"block{i // 5:03d}.{('conv1', 'relu1', 'conv2', 'add', 'relu2')[i % 5]}"
        if i % 5 in (0, 2):
            arrays[f"{name}.w"] = (rng.normal(size=(8, 8, 3, 3)) * (0.16 if i % 5 == 0 else 0.02)).astype(np.float32)
            nodes.append(helper.make_node("Conv", [last, f"{name}.w"], [name], name, pads=[1] * 4))
        elif i % 5 == 3:
            nodes.append(helper.make_node("Add", [skip, last], [name], name))
        else:
            nodes.append(helper.make_node("Relu", [last], [name], name))
        last = name
        if i % 5 == 4:
            skip = last
    model = write_onnx(folder / "tall.onnx", nodes, arrays, {"x": ["n", 8, 24, 24]}, {last: ["n", 8, 24, 24]})
    np.save(folder / "tall.npy", rng.normal(size=(1, 8, 24, 24)).astype(np.float32))
    return ["open", str(model), str(folder / "tall.npy")]


def mobilenet(_: Path) -> list[str]:
    model = shared("models", "mobilenet_v2_imagenet.onnx")
    picture = min(Path(shared("data", "imagenet20")).glob("*_16_*.jpg"))
    return ["open", model, str(picture), "--labels", shared("data", "imagenet_labels.txt")]


SCENES: Mapping[str, Callable[[Path], list[str]]] = {
    "demo": lambda _: ["demo"],
    "lost": lambda _: ["demo"],
    "kinds": made(networks.kinds),
    "sensor": made(networks.sensor),
    "volume": made(networks.volume),
    "opaque": made(networks.opaque),
    "tall": tall,
    "mobilenet": mobilenet,
    "swift": lambda _: ["open", shared("models", "swift_f0_pitch.onnx")],
}
