"""A kernel that can be called: emitted, compiled (or taken from the cache) and linked, once for each process."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from dataclasses import dataclass

from striate.engine import cache
from striate.engine.compile import link, object_code
from striate.engine.emit import Emit
from striate.engine.isa import Isa, isa
from striate.fork import hold_over_fork


@dataclass(frozen=True, slots=True)
class Kernel:
    """Machine code and how it is called.

    Args:
        address: Where it is.
        parameters: Names of its arguments, in order.
    """

    address: int
    parameters: tuple[str, ...]


_linked: dict[tuple[str, str], Kernel] = {}
_lock = threading.Lock()
hold_over_fork(_lock)  # after the compiler's lock: it is taken first, here as in kernel()


def kernel(name: str, emit: Callable[[Isa], Emit]) -> Kernel:
    """The kernel of that name for the present instruction set.

    Args:
        name: Its symbol; the same name is the same code.
        emit: Writes it, where neither this process nor the cache has it.
    """
    target = isa()
    with _lock:
        found = _linked.get((target.name, name))
        if found is None:
            entry = cache.read(name, target) or _build(name, emit, target)
            found = Kernel(link(entry.code, name), entry.parameters)
            _linked[target.name, name] = found
        return found


def native(symbol: str, text: str) -> int:
    """Address of a function that is written in LLVM's own text; compiled, or taken from the cache.

    Args:
        symbol: The function.
        text: The module that it is in.
    """
    target = isa()
    name = f"{symbol} {hashlib.sha256(text.encode()).hexdigest()}"
    with _lock:
        entry = cache.read(name, target)
        if entry is None:
            entry = cache.Entry((), object_code(text, target))
            cache.write(name, target, entry)
        return link(entry.code, symbol)


def _build(name: str, emit: Callable[[Isa], Emit], target: Isa) -> cache.Entry:
    written = emit(target)
    entry = cache.Entry(tuple(written.parameters), object_code(written.finish(), target))
    cache.write(name, target, entry)
    return entry
