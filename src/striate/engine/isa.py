"""Which instructions kernels may use: vector width, registers, and how LLVM is told."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import lru_cache

from striate.engine.cache_folder import cache_folder
from striate.engine.host import Host, host
from striate.errors import ParameterError

VARIABLE = "STRIATE_ISA"


@dataclass(frozen=True, slots=True)
class Isa:
    """An instruction set that kernels are emitted for.

    Args:
        name: "avx512", "avx2" or "generic".
        lanes: float32 numbers in a vector register.
        registers: Vector registers.
        cpu: The processor LLVM schedules for.
        features: LLVM's feature string.
    """

    name: str
    lanes: int
    registers: int
    cpu: str
    features: str


def isa() -> Isa:
    """The widest instruction set of this processor, or the narrower one that STRIATE_ISA names.

    Raises:
        ParameterError: STRIATE_ISA names none, or one that this processor lacks.
    """
    return _isa(os.environ.get(VARIABLE, ""))


@lru_cache(maxsize=4)
def _isa(wish: str) -> Isa:
    here = host(cache_folder())
    cpu, features = here.cpu, here.features
    present: dict[str, Isa] = {}
    if here.has("avx512f", "avx512vl", "avx512dq"):
        # LLVM prefers 256-bit vectors on some processors; the kernels ask for 512 on purpose.
        present["avx512"] = Isa("avx512", 16, 32, cpu, features + ",-prefer-256-bit")
    if here.has("avx2", "fma"):
        narrow = ",".join(f"-{name}" for name in here.known if name.startswith("avx512") or name == "evex512")
        present["avx2"] = Isa("avx2", 8, 16, cpu, f"{features},{narrow}")
    present["generic"] = Isa("generic", 4, 16, *_baseline(here))
    if wish and wish not in present:
        raise ParameterError(f'{VARIABLE} (="{wish}") must be one of {", ".join(present)} on this processor')
    return present[wish] if wish else next(iter(present.values()))


def _baseline(here: Host) -> tuple[str, str]:
    return ("x86-64", "") if here.triple.startswith("x86_64") else (here.cpu, here.features)
