"""Object code is brought into memory without LLVM; what the loader does not know is left to LLVM, never guessed."""

from __future__ import annotations

import ctypes
import platform
import struct
import subprocess
import sys
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from striate.engine import compile as compiler
from striate.engine import loader
from striate.engine.isa import isa

AT_HOME = sys.platform == "linux" and platform.machine() == "x86_64"
pytestmark = pytest.mark.skipif(not AT_HOME, reason="the loader knows Linux on x86-64 only; LLVM links elsewhere")

# Constants in memory, functions of the C library (the first twice), and a function of its own.
TEXT = """
declare ptr @memset(ptr, i32, i64)
declare i64 @strlen(ptr)
@word = private constant [6 x i8] c"hello\\00"
define internal i64 @twice(i64 %x) noinline optnone {
  %y = add i64 %x, %x
  ret i64 %y
}
define i64 @work(ptr %memory, i64 %count) {
  %half = udiv i64 %count, 2
  %a = call ptr @memset(ptr %memory, i32 7, i64 %half)
  %rest = getelementptr i8, ptr %memory, i64 %half
  %b = call ptr @memset(ptr %rest, i32 9, i64 %half)
  %length = call i64 @strlen(ptr @word)
  %sum = add i64 %length, %count
  %result = call i64 @twice(i64 %sum)
  ret i64 %result
}
"""
# A variable of the C library, its own variable, a thread's own: none of them is a kernel's business.
BEYOND = {
    "variable elsewhere": """
@environ = external global ptr
define i64 @work() {
  %p = load ptr, ptr @environ
  %n = icmp ne ptr %p, null
  %i = zext i1 %n to i64
  ret i64 %i
}""",
    "zeroed variable": """
@count = internal global i64 0
define i64 @work() {
  %before = load volatile i64, ptr @count
  %after = add i64 %before, 1
  store volatile i64 %after, ptr @count
  ret i64 %after
}""",
    "variable": """
@count = internal global i64 41
define i64 @work() {
  %before = load volatile i64, ptr @count
  %after = sub i64 %before, 40
  store volatile i64 %after, ptr @count
  ret i64 %after
}""",
    "table of addresses": """
define internal i64 @one() noinline optnone {
  ret i64 1
}
@table = internal constant [1 x ptr] [ptr @one]
define i64 @work() {
  %f = load volatile ptr, ptr @table
  %r = call i64 %f()
  ret i64 %r
}""",
}


@lru_cache(maxsize=1)
def code() -> bytes:
    return compiler.object_code(TEXT, isa())


def results(address: int) -> tuple[int, bytes]:
    memory = np.zeros(10, np.uint8)
    function = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_void_p, ctypes.c_int64)(address)
    return function(memory.ctypes.data, 8), memory.tobytes()


def test_what_is_loaded_does_what_llvm_s_own_does() -> None:
    address = loader.load(code(), "work")
    assert address is not None
    assert results(address) == (26, b"\7" * 4 + b"\x09" * 4 + b"\0\0")
    assert results(compiler._link_by_llvm(code(), "work")) == results(address)


def test_link_uses_the_loader(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compiler, "_link_by_llvm", None)
    assert results(compiler.link(code(), "work"))[0] == 26


def test_code_is_never_writable_and_executable_at_once() -> None:
    address = loader.load(code(), "work")
    assert address is not None
    for line in Path("/proc/self/maps").read_text().splitlines():
        begin, end = (int(word, 16) for word in line.split()[0].split("-"))
        if begin <= address < end:
            assert line.split()[1] == "r-xp"
            return
    pytest.fail("the address is in no mapping")


@pytest.mark.parametrize("what", BEYOND)
def test_what_is_beyond_it_is_linked_by_llvm(what: str) -> None:
    made = compiler.object_code(BEYOND[what], isa())
    assert loader.load(made, "work") is None
    assert ctypes.CFUNCTYPE(ctypes.c_int64)(compiler.link(made, "work"))() == 1


def test_a_function_that_nobody_has() -> None:
    made = compiler.object_code("declare void @no_such_thing()\ndefine void @work() {\n" + CALL, isa())
    assert loader.load(made, "work") is None


CALL = "  call void @no_such_thing()\n  ret void\n}"


@pytest.mark.parametrize("symbol", ["", "wor", "works", "memset", "word", "twic", ".text"])
def test_a_symbol_that_is_no_function_of_it(symbol: str) -> None:
    assert loader.load(code(), symbol) is None


def put(at: int, layout: str, *numbers: int) -> Callable[[bytes], bytes]:
    def change(whole: bytes) -> bytes:
        changed = bytearray(whole)
        struct.pack_into(layout, changed, at, *numbers)
        return bytes(changed)

    return change


FOREIGN: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda whole: b"",
    "text": lambda whole: b"this is not an object\n" * 100,
    "Mach-O": lambda whole: b"\xcf\xfa\xed\xfe" + whole[4:],
    "COFF": lambda whole: b"\x64\x86" + whole[2:],
    "32 bits": put(4, "B", 1),
    "big endian": put(5, "B", 2),
    "a program": put(16, "<H", 2),
    "aarch64": put(18, "<H", 183),
    "other headers": put(58, "<H", 40),
    "headers beyond the end": put(40, "<Q", 2**40),
    "headers far beyond the end": put(40, "<Q", 2**64 - 64),
    "too many sections": put(60, "<H", 0xFFFF),
}


@pytest.mark.parametrize("what", FOREIGN)
def test_a_foreign_object(what: str) -> None:
    assert loader.load(FOREIGN[what](code()), "work") is None


def test_a_truncated_object() -> None:
    assert all(loader.load(code()[:length], "work") is None for length in range(len(code())))


def relocations(whole: bytes) -> list[int]:
    """Where the relocations of an object lie in its file."""
    found = [section for section in loader._sections(whole) if section.kind == loader._RELA]
    return [section.offset + 24 * i for section in found[:1] for i in range(section.size // 24)]


@pytest.mark.parametrize("kind", [0, 1, 3, 5, 6, 7, 8, 9, 10, 11, 24, 41, 42, 255])
def test_an_unknown_relocation(kind: int) -> None:
    for at in relocations(code()):
        assert loader.load(put(at + 8, "<I", kind)(code()), "work") is None


@pytest.mark.parametrize("offset", [-4, -1, 2**31, 2**40, 10**4])
def test_a_relocation_outside_its_section(offset: int) -> None:
    for at in relocations(code()):
        assert loader.load(put(at, "<q", offset)(code()), "work") is None


@pytest.mark.parametrize("addend", [2**31, -(2**31) - 2**20, 2**62, -(2**63)])
def test_a_distance_that_does_not_fit(addend: int) -> None:
    for at in relocations(code()):
        assert loader.load(put(at + 16, "<q", addend)(code()), "work") is None


@settings(max_examples=400, derandomize=True, deadline=None)
@given(st.data())
def test_damage_of_any_kind_is_declined_or_stays_inside(data: st.DataObject) -> None:
    whole = bytearray(code())
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    seen: list[int] = []
    known = loader._executable
    loader._executable = lambda content: seen.append(len(content)) or 0
    try:
        entry = loader.load(bytes(whole), "work")
    finally:
        loader._executable = known
    assert entry is None or 0 <= entry < seen[0] < 2**20


def test_a_system_that_forbids_new_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loader._c_library(), "mprotect", lambda *_: -1)
    assert loader.load(code(), "work") is None
    monkeypatch.undo()
    monkeypatch.setattr(loader._c_library(), "mmap", lambda *_: 2**64 - 1)
    assert loader.load(code(), "work") is None


@pytest.mark.parametrize(("system", "machine"), [("darwin", "x86_64"), ("win32", "AMD64"), ("linux", "aarch64")])
def test_other_systems_are_left_to_llvm(monkeypatch: pytest.MonkeyPatch, system: str, machine: str) -> None:
    made = code()
    monkeypatch.setattr(loader.sys, "platform", system)
    monkeypatch.setattr(loader.platform, "machine", lambda: machine)
    assert loader.load(made, "work") is None


PROCESS = """
import sys
import numpy as np
import striate as st
net = st.load(st.bundled.model_path())
print(net(np.linspace(0, 1, 3 * 32 * 32, dtype=np.float32).reshape(1, 3, 32, 32)).tobytes().hex())
print("llvmlite.binding" in sys.modules)
"""


def test_a_process_with_a_warm_cache_does_without_llvm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STRIATE_CACHE", str(tmp_path))
    answers = [subprocess.check_output([sys.executable, "-c", PROCESS], text=True).split() for _ in range(2)]
    assert [loaded for _, loaded in answers] == ["True", "False"]
    assert answers[0][0] == answers[1][0]
