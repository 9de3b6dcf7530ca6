"""What LLVM says of the processor is noted: read back without LLVM, and only where it is sure to hold."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from striate.engine import cache, host
from striate.engine.isa import isa

BOOT = "0c6ad7a4-9c4f-4e5e-8a57-3b1b3f6b7b11\n"
PROCESSOR = "vendor_id\t: X\nmodel\t\t: 17\ncpu MHz\t\t: {}\nflags\t\t: fpu sse avx2\n\nprocessor\t: 1\nmodel\t\t: 99\n"


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A computer that says of itself what its files say."""
    (tmp_path / "boot_id").write_text(BOOT)
    (tmp_path / "cpuinfo").write_text(PROCESSOR.format(2596.1))
    monkeypatch.setattr(host, "_BOOT", tmp_path / "boot_id")
    monkeypatch.setattr(host, "_PROCESSOR", tmp_path / "cpuinfo")
    monkeypatch.setattr(host, "ask_llvm", lambda: host.Host("x86_64-linux", "z80", "+avx2,-avx512f,+fma"))
    return tmp_path


def never() -> host.Host:
    raise AssertionError("LLVM was asked")


def notes(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.host"))


def test_a_note_is_written_once_and_read_without_llvm(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = host.host(machine)
    monkeypatch.setattr(host, "ask_llvm", never)
    (machine / "cpuinfo").write_text(PROCESSOR.format(3100.7))  # another moment's frequency
    assert host.host(machine) == first == host.Host("x86_64-linux", "z80", "+avx2,-avx512f,+fma")
    assert len(notes(machine)) == 1


CHANGES: dict[str, Callable[[Path, pytest.MonkeyPatch], object]] = {
    "another start": lambda at, _: (at / "boot_id").write_text(BOOT.replace("0", "1")),
    "another processor": lambda at, _: (at / "cpuinfo").write_text(PROCESSOR.format(1).replace("17", "18")),
    "a feature less": lambda at, _: (at / "cpuinfo").write_text(PROCESSOR.format(1).replace(" avx2", "")),
    "another LLVM": lambda _, patch: patch.setattr(host, "llvm_identity", lambda: "0.1"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_note_of_other_circumstances_is_not_read(machine: Path, monkeypatch: pytest.MonkeyPatch, change: str) -> None:
    host.host(machine)
    CHANGES[change](machine, monkeypatch)
    monkeypatch.setattr(host, "ask_llvm", lambda: host.Host("x86_64-linux", "other", "+sse"))
    assert host.host(machine).cpu == "other"
    assert len(notes(machine)) == 2


@pytest.mark.parametrize(
    "damage",
    [lambda b: b"", lambda b: b[:-1], lambda b: b.replace(b"+avx2", b"-avx2"), lambda b: b.replace(b"z80", b"z81")],
)
def test_a_damaged_note_is_written_again(
    machine: Path, monkeypatch: pytest.MonkeyPatch, damage: Callable[[bytes], bytes]
) -> None:
    host.host(machine)
    (note,) = notes(machine)
    whole = note.read_bytes()
    note.write_bytes(damage(whole))
    assert host.host(machine).cpu == "z80"
    assert note.read_bytes() == whole


@pytest.mark.parametrize("missing", ["boot_id", "cpuinfo"])
def test_without_a_number_of_this_start_llvm_is_asked_each_time(machine: Path, missing: str) -> None:
    (machine / missing).unlink()
    assert host.host(machine).cpu == "z80"
    (machine / missing).write_text("")
    assert host.host(machine).cpu == "z80"
    assert notes(machine) == []


def test_a_folder_that_cannot_be_is_done_without(machine: Path) -> None:
    assert host.host(machine / "cpuinfo" / "inside").cpu == "z80"


def test_notes_of_long_ago_are_cleared_away(machine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = machine / "old.host", machine / "new.host"
    for path in (old, new):
        path.write_bytes(b"x")
    os.utime(old, (time.time() - 100 * 86400,) * 2)
    host.host(machine)
    assert (old.exists(), new.exists()) == (False, True)
    monkeypatch.setenv("STRIATE_CACHE", str(machine))
    cache.clear()
    assert notes(machine) == []


def test_this_processor_is_what_llvm_says(tmp_path: Path) -> None:
    import llvmlite.binding as llvm

    found = host.ask_llvm()
    features = llvm.get_host_cpu_features()
    assert (found.triple, found.cpu) == (llvm.get_default_triple(), llvm.get_host_cpu_name())
    assert dict.fromkeys(found.known) == dict.fromkeys(sorted(features))
    assert all(found.has(name) == present for name, present in features.items())
    assert not found.has("no such feature")
    assert host.host(tmp_path) == host.host(tmp_path) == found
    assert isa().cpu in (found.cpu, "x86-64")
