"""What the engine is on this machine: instruction set, threads, kernel cache, memory limit."""

from __future__ import annotations

from dataclasses import dataclass

from striate.engine import cache as kernel_cache
from striate.engine.cache_folder import cache_folder
from striate.engine.executor import native_by_default
from striate.engine.isa import isa
from striate.engine.limits import memory_limit
from striate.engine.threads import thread_count


@dataclass(frozen=True, slots=True)
class CacheFacts:
    """The folder of compiled kernels.

    Args:
        folder: Where it is.
        entries: Kernels in it.
        nbytes: What they take.
        limit: Bytes beyond which the oldest go.
    """

    folder: str
    entries: int
    nbytes: int
    limit: int

    def __str__(self) -> str:
        size = f"{self.nbytes / 2**20:.1f} of at most {self.limit / 2**20:.0f} MiB"
        return f"{self.entries:,} kernels, {size}, in {self.folder}"


@dataclass(frozen=True, slots=True)
class EngineFacts:
    """The engine on this machine.

    Args:
        native: Whether networks run on kernels; otherwise on the NumPy reference (STRIATE_ENGINE).
        isa: Instruction set that kernels are emitted for (STRIATE_ISA).
        lanes: float32 numbers in a vector.
        registers: Vector registers.
        cpu: The processor that LLVM schedules for.
        threads: Threads that carry out a run (STRIATE_THREADS, set_threads).
        memory_limit: Bytes that a run may take at most (STRIATE_MEMORY_LIMIT).
        cache: The folder of compiled kernels (STRIATE_CACHE).
    """

    native: bool
    isa: str
    lanes: int
    registers: int
    cpu: str
    threads: int
    memory_limit: int
    cache: CacheFacts

    def __str__(self) -> str:
        return "\n".join(
            [
                f"runs on         {'emitted kernels' if self.native else 'the NumPy reference'}",
                f"instruction set {self.isa}: {self.lanes} lanes, {self.registers} registers, {self.cpu}",
                f"threads         {self.threads}",
                f"memory limit    {self.memory_limit / 2**30:.2f} GiB",
                f"kernel cache    {self.cache}",
            ]
        )


def facts() -> EngineFacts:
    """What the engine is on this machine, with the present settings.

    Raises:
        ParameterError: An environment variable holds what it must not.

    Example:
        >>> import striate as st
        >>> st.engine.facts().lanes in (4, 8, 16)
        True
    """
    target = isa()
    return EngineFacts(
        native=native_by_default(),
        isa=target.name,
        lanes=target.lanes,
        registers=target.registers,
        cpu=target.cpu,
        threads=thread_count(),
        memory_limit=memory_limit(),
        cache=_cache(),
    )


def _cache() -> CacheFacts:
    sizes = [size for _, size in kernel_cache.entries()]
    return CacheFacts(str(cache_folder()), len(sizes), sum(sizes), kernel_cache.LIMIT_BYTES)
