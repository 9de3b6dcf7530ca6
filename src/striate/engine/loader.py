"""Brings object code of our own making into memory without LLVM, which alone would take some 70 MiB.

What LLVM makes of a kernel is an ELF object with a section of code, perhaps a few of constants, and a handful of places
in the code to be filled in with the distance to a constant or to a function of the C library. That much is done here;
an object with anything else in it is left to LLVM's own linker (:func:`striate.engine.compile.link` falls back to it).

The memory is written first and made executable afterwards, so that it is never both.

Source: System V Application Binary Interface, AMD64 supplement, chapters 4.1 (object files) and 4.4 (relocation).
"""

from __future__ import annotations

import ctypes
import mmap
import platform
import struct
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple, TypeVar

_MAGIC = b"\x7fELF\x02\x01\x01"  # 64 bits, little endian, version 1
_RELOCATABLE, _X86_64 = 1, 62
_PROGBITS, _SYMTAB, _RELA, _REL, _GROUP = 1, 2, 4, 9, 17
# How exceptions find their way through a function: none ever pass through ours, so it is left out.
_UNWIND = 0x70000001
_WRITE, _ALLOC, _EXECUTE, _TLS = 1, 2, 4, 0x400
_UNDEFINED = 0
_FUNCTION = 2
_PC32, _PLT32 = 2, 4
# jmp [rip + 0], and behind it where to: a distance of 32 bits may not reach the C library.
_JUMP = b"\xff\x25\0\0\0\0"
_JUMP_SIZE = 16
_LARGEST_ALIGNMENT = 4096
_FAILED = 2**64 - 1  # what mmap gives where it cannot

_Entry = TypeVar("_Entry")


class _UnknownError(Exception):
    """The object holds something that this loader does not know."""


class _Section(NamedTuple):
    """A section header, as the file has it."""

    name: int
    kind: int
    flags: int
    address: int
    offset: int
    size: int
    link: int
    info: int
    alignment: int
    entry_size: int


class _Symbol(NamedTuple):
    """A symbol, as the file has it."""

    name: int
    info: int
    other: int
    section: int
    value: int
    size: int


@dataclass
class _Image:
    """Memory as it will be, addressed from its beginning.

    Args:
        content: Its bytes.
        places: Where each loaded section begins, by its number.
        sizes: Bytes of each.
        jumps: Where the jump to each function outside begins.
    """

    content: bytearray = field(default_factory=bytearray)
    places: dict[int, int] = field(default_factory=dict[int, int])
    sizes: dict[int, int] = field(default_factory=dict[int, int])
    jumps: dict[str, int] = field(default_factory=dict[str, int])


def load(code: bytes, symbol: str) -> int | None:
    """Brings an object into memory, where it stays.

    Args:
        code: The object file.
        symbol: One of its functions.

    Returns:
        The function's address; None where the object, or this system, is not one that this loader knows.
    """
    if not _at_home():
        return None
    try:
        image, entry = _link(code, symbol, _address_outside)
    except (_UnknownError, struct.error, UnicodeDecodeError):
        return None
    base = _executable(bytes(image.content))
    return None if base is None else base + entry


def _at_home() -> bool:
    return sys.platform == "linux" and platform.machine() == "x86_64" and sys.maxsize > 2**32


def _link(code: bytes, symbol: str, outside: Callable[[str], int | None]) -> tuple[_Image, int]:
    """The memory that an object becomes, wherever it will lie, and where in it a function begins."""
    sections = _sections(code)
    tables = [section for section in sections if section.kind == _SYMTAB]
    if len(tables) != 1:
        raise _UnknownError
    symbols = _symbols(code, tables[0])
    names = _content(code, _at(sections, tables[0].link))

    def target(number: int) -> tuple[_Symbol, str]:
        found = _at(symbols, number)
        return found, _name(names, found.name)

    image = _Image()
    for number, section in enumerate(sections):
        if section.kind in (_REL, _GROUP):
            raise _UnknownError
        if section.flags & _ALLOC and section.kind != _UNWIND:
            _place(image, number, section, code)
    for section in sections:
        if section.kind == _RELA and section.info in image.places:
            _relocate(image, section, _content(code, section), target, outside)
    return image, _entry(image, sections, [target(number) for number in range(len(symbols))], symbol)


def _entry(image: _Image, sections: list[_Section], symbols: list[tuple[_Symbol, str]], wanted: str) -> int:
    for symbol, name in symbols:
        function = symbol.info & 15 == _FUNCTION and symbol.section in image.places
        if not function or name != wanted or not sections[symbol.section].flags & _EXECUTE:
            continue
        if symbol.value < image.sizes[symbol.section]:
            return image.places[symbol.section] + symbol.value
    raise _UnknownError


def _sections(code: bytes) -> list[_Section]:
    if code[: len(_MAGIC)] != _MAGIC:
        raise _UnknownError
    kind, machine = struct.unpack_from("<HH", code, 16)
    (offset,) = struct.unpack_from("<Q", code, 40)
    size, count = struct.unpack_from("<HH", code, 58)
    if (kind, machine, size) != (_RELOCATABLE, _X86_64, 64) or offset > len(code):
        raise _UnknownError
    return [_Section(*struct.unpack_from("<IIQQQQIIQQ", code, offset + 64 * i)) for i in range(count)]


def _symbols(code: bytes, table: _Section) -> list[_Symbol]:
    if table.entry_size != 24:
        raise _UnknownError
    return [_Symbol(*entry) for entry in struct.iter_unpack("<IBBHQQ", _content(code, table))]


def _content(code: bytes, section: _Section) -> bytes:
    found = code[section.offset : section.offset + section.size]
    if len(found) != section.size:
        raise _UnknownError
    return found


def _at(entries: list[_Entry], number: int) -> _Entry:
    if number >= len(entries):
        raise _UnknownError
    return entries[number]


def _name(names: bytes, begin: int) -> str:
    end = names.find(b"\0", begin)
    if end < 0:
        raise _UnknownError
    return names[begin:end].decode("ascii")


def _place(image: _Image, number: int, section: _Section, code: bytes) -> None:
    known = section.kind == _PROGBITS and not section.flags & (_WRITE | _TLS)
    alignment = max(section.alignment, 1)
    if not known or alignment > _LARGEST_ALIGNMENT or alignment & (alignment - 1):
        raise _UnknownError
    image.content += bytes(-len(image.content) % alignment)
    image.places[number] = len(image.content)
    image.sizes[number] = section.size
    image.content += _content(code, section)


def _relocate(
    image: _Image,
    section: _Section,
    entries: bytes,
    target: Callable[[int], tuple[_Symbol, str]],
    outside: Callable[[str], int | None],
) -> None:
    """Fills the distances in that a section of relocations asks for: symbol + addend - place, 32 bits each."""
    begin, length = image.places[section.info], image.sizes[section.info]
    for offset, info, addend in struct.iter_unpack("<QQq", entries):
        symbol, name = target(info >> 32)
        kind = info & 0xFFFFFFFF
        if offset + 4 > length:
            raise _UnknownError
        if kind in (_PC32, _PLT32) and symbol.section in image.places:
            there = image.places[symbol.section] + symbol.value
        elif kind == _PLT32 and symbol.section == _UNDEFINED:
            there = _jump(image, name, outside)
        else:
            raise _UnknownError
        struct.pack_into("<i", image.content, begin + offset, there + addend - (begin + offset))


def _jump(image: _Image, name: str, outside: Callable[[str], int | None]) -> int:
    """Where a jump to a function of the C library lies; one is added if there is none."""
    if name not in image.jumps:
        address = outside(name)
        if address is None:
            raise _UnknownError
        image.content += bytes(-len(image.content) % _JUMP_SIZE)
        image.jumps[name] = len(image.content)
        image.content += (_JUMP + struct.pack("<Q", address)).ljust(_JUMP_SIZE, b"\xcc")
    return image.jumps[name]


@lru_cache(maxsize=1)
def _c_library() -> ctypes.CDLL:
    library = ctypes.CDLL(None, use_errno=True)
    library.mmap.restype = ctypes.c_void_p
    library.mmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t, *[ctypes.c_int] * 3, ctypes.c_long]
    library.mprotect.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int]
    library.munmap.argtypes = [ctypes.c_void_p, ctypes.c_size_t]
    return library


def _address_outside(name: str) -> int | None:
    try:
        return ctypes.cast(getattr(_c_library(), name), ctypes.c_void_p).value
    except AttributeError:
        return None


def _executable(content: bytes) -> int | None:
    """Puts bytes into memory of their own and makes it executable; None where the system forbids that.

    Nothing owns that memory: threads may be in it until the very end of the process.
    """
    library = _c_library()
    kind = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
    base = library.mmap(None, len(content), mmap.PROT_READ | mmap.PROT_WRITE, kind, -1, 0)
    if base in (None, _FAILED):
        return None
    ctypes.memmove(base, content, len(content))
    if library.mprotect(base, len(content), mmap.PROT_READ | mmap.PROT_EXEC):
        library.munmap(base, len(content))
        return None
    return base
