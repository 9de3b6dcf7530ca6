"""How a network runs: plans, native programs of emitted kernels, and the reference that they are tested against.

Native code is loaded when it is first used, so that importing striate stays quick.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from striate.engine.limits import memory_limit, require_memory
from striate.engine.plan import Plan, Step, make_plan
from striate.engine.run import Progress, Recording, run_plan

if TYPE_CHECKING:
    from striate.engine.description import EngineFacts, facts
    from striate.engine.exactness import exact
    from striate.engine.executor import Executor
    from striate.engine.threads import set_threads, thread_count

_HOMES = {
    "EngineFacts": "striate.engine.description",
    "Executor": "striate.engine.executor",
    "exact": "striate.engine.exactness",
    "facts": "striate.engine.description",
    "set_threads": "striate.engine.threads",
    "thread_count": "striate.engine.threads",
}

__all__ = [
    "EngineFacts",
    "Executor",
    "Plan",
    "Progress",
    "Recording",
    "Step",
    "exact",
    "facts",
    "make_plan",
    "memory_limit",
    "require_memory",
    "run_plan",
    "set_threads",
    "thread_count",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'striate.engine' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
