"""From LLVM's text to machine code in memory: optimise, emit an object, link it."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from striate.engine.isa import Isa
from striate.engine.llvm import LOCK, prepare_llvm
from striate.engine.loader import load

if TYPE_CHECKING:
    import llvmlite.binding as llvm


@lru_cache(maxsize=4)
def _machine(target: Isa) -> llvm.TargetMachine:
    prepare_llvm()
    import llvmlite.binding as llvm

    return llvm.Target.from_default_triple().create_target_machine(
        cpu=target.cpu, features=target.features, opt=3, reloc="pic", codemodel="small", jit=True
    )


def optimise(text: str, target: Isa) -> llvm.ModuleRef:
    """Parses a module and runs LLVM's new pass manager over it."""
    machine = _machine(target)
    import llvmlite.binding as llvm

    module = llvm.parse_assembly(text)
    module.verify()
    # No loop vectoriser and no unroller: kernels say themselves what is a vector and what is unrolled.
    options = llvm.create_pipeline_tuning_options(speed_level=2)
    options.loop_vectorization = False
    options.slp_vectorization = False
    options.loop_unrolling = False
    options.loop_interleaving = False
    builder = llvm.create_pass_builder(machine, options)
    builder.getModulePassManager().run(module, builder)
    return module


def object_code(text: str, target: Isa) -> bytes:
    """Machine code of a module, as an object file's bytes."""
    with LOCK:
        return _machine(target).emit_object(optimise(text, target))


def assembly(text: str, target: Isa) -> str:
    """The same as text, to be read by people and by the test for spills."""
    with LOCK:
        return _machine(target).emit_assembly(optimise(text, target))


@lru_cache(maxsize=1)
def _jit() -> llvm.LLJIT:
    prepare_llvm()
    import llvmlite.binding as llvm

    return llvm.create_lljit_compiler()


# Object code stays mapped as long as its tracker lives; kernels live as long as the process.
_TRACKERS: list[object] = []


def link(code: bytes, symbol: str) -> int:
    """Links object code into this process and gives the address of one of its functions.

    By LLVM only where our own loader declines.
    """
    address = load(code, symbol)
    return _link_by_llvm(code, symbol) if address is None else address


def _link_by_llvm(code: bytes, symbol: str) -> int:
    with LOCK:
        jit = _jit()
        import llvmlite.binding as llvm

        name = f"{symbol}.{len(_TRACKERS)}"
        library = llvm.JITLibraryBuilder().add_object_img(code).export_symbol(symbol).add_current_process()
        tracker = library.link(jit, name)
        _TRACKERS.append(tracker)
        return int(tracker[symbol])
