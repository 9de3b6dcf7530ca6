"""What a process that has just started does: import a library, open a network, infer; tells its times and its memory.

    python -m benchmarks.fresh striate net.onnx 1,3,224,224 2 10

It imports nothing but the library before the clock has started, so it stands apart from the other contestants. One
line of JSON comes out: seconds from the start of the work until the library is imported and until the first result is
there, and in MiB the memory held after the import and the most ever held.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

Call = Callable[[Any], Any]


def main() -> None:
    """Does what the command line says: library, file, shape of the input, threads, calls."""
    library, file, shape, threads, calls = sys.argv[1:]
    start = time.perf_counter()
    module = __import__(library)
    imported = time.perf_counter() - start
    held = memory("VmRSS")
    infer = _OPENERS[library](module, file, int(threads)) if library in _OPENERS else None
    first = float("nan")
    if infer is not None:
        import numpy

        x = numpy.random.default_rng(0).standard_normal([int(size) for size in shape.split(",")], numpy.float32)
        infer(x)
        first = time.perf_counter() - start
        for _ in range(int(calls) - 1):
            infer(x)
    import json

    print(json.dumps({"imported": imported, "first": first, "held": held, "most": memory("VmHWM")}))


def memory(field: str) -> float:
    """VmRSS (memory held now) or VmHWM (the most ever held) of this process in MiB.

    The system's own account of a finished child (ru_maxrss) would not do: it begins with the memory of its parent.
    """
    try:
        with open("/proc/self/status") as status:  # noqa: PTH123 - importing pathlib would count as the library's time
            line = next(line for line in status if line.startswith(field))
    except OSError:
        return float("nan")
    return int(line.split()[1]) / 1024


def _striate(module: Any, file: str, threads: int) -> Call:
    module.set_threads(threads)
    return module.load(file)


def _onnxruntime(module: Any, file: str, threads: int) -> Call:
    options = module.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    session = module.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return lambda x: session.run(None, {name: x})


def _openvino(module: Any, file: str, threads: int) -> Call:
    from benchmarks.peers.openvino_settings import settings

    core = module.Core()
    request = core.compile_model(core.read_model(file), "CPU", settings(threads)).create_infer_request()
    return lambda x: request.infer({0: x}, share_inputs=True, share_outputs=True)


# PyTorch opens no ONNX files: only its import is timed.
_OPENERS: dict[str, Callable[[Any, str, int], Call]] = {
    "striate": _striate,
    "onnxruntime": _onnxruntime,
    "openvino": _openvino,
}

if __name__ == "__main__":
    main()
