"""The kernel cache: a damaged or foreign entry is rebuilt, a folder that fails is done without, processes share it."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from striate.engine import cache, host
from striate.engine.emit import Emit
from striate.engine.isa import Isa, isa
from striate.engine.kernel import kernel

NAME = "cached_double"


class Doubling:
    """A kernel that counts how often it is written."""

    def __init__(self) -> None:
        self.written = 0

    def emit(self, target: Isa) -> Emit:
        self.written += 1
        k = Emit(NAME, target)
        x, y = k.pointer("x"), k.pointer("y")
        k.store(k.load(x) * 2.0, y)
        return k

    def works(self) -> bool:
        """Asks for the kernel as a process does that has not linked it yet, and runs it."""
        from striate.engine import kernel as kernels

        kernels._linked.pop((isa().name, NAME), None)
        found = kernel(NAME, self.emit)
        memory = np.zeros(64, np.float32)
        base = memory.ctypes.data + -memory.ctypes.data % 64
        x = memory[(base - memory.ctypes.data) // 4 :][:16]
        x[:] = np.arange(16)
        places = np.array([{"x": base, "y": base}[name] for name in found.parameters], np.int64)
        function = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64)(found.address)
        function(places.ctypes.data, 0)
        return x[: isa().lanes].tolist() == [2.0 * i for i in range(isa().lanes)]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    isa()  # its note lies where it was asked for first
    monkeypatch.setenv("STRIATE_CACHE", str(tmp_path / "kernels"))
    monkeypatch.setattr(cache, "SHRINK_EVERY", 1)
    return tmp_path / "kernels"


def entry(folder: Path) -> Path:
    (path,) = folder.iterdir()
    return path


def test_what_is_there_is_not_written_again(folder: Path) -> None:
    doubling = Doubling()
    assert doubling.works()
    assert doubling.works()
    assert doubling.written == 1
    assert entry(folder).suffix == ".kernel"


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda content: b"",
    "digest only": lambda content: content[:65],
    "half": lambda content: content[: len(content) // 2],
    "last byte missing": lambda content: content[:-1],
    "a byte more": lambda content: content + b"\0",
    "a bit in the code": lambda content: content[:-100] + bytes([content[-100] ^ 1]) + content[-99:],
    "a bit in the digest": lambda content: bytes([content[0] ^ 1]) + content[1:],
    "other arguments": lambda content: content.replace(b"x y", b"y x", 1),
    "no entry at all": lambda content: b"this is not a kernel\n" * 50,
    "zeros": lambda content: bytes(len(content)),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_entry_is_rebuilt(folder: Path, damage: str) -> None:
    doubling = Doubling()
    assert doubling.works()
    whole = entry(folder).read_bytes()
    entry(folder).write_bytes(DAMAGES[damage](whole))
    assert doubling.works()
    assert doubling.written == 2
    assert cache.read(NAME, isa()) is not None
    assert doubling.works()
    assert doubling.written == 2


def test_an_entry_that_is_a_folder_is_done_without(folder: Path) -> None:
    cache._path(NAME, isa()).mkdir(parents=True)
    doubling = Doubling()
    assert doubling.works()
    assert [path.name for path in folder.iterdir() if path.is_file()] == []  # nothing half done stays


def test_a_folder_that_cannot_be_is_done_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("STRIATE_CACHE", str(tmp_path / "file" / "kernels"))
    doubling = Doubling()
    assert doubling.works()
    assert doubling.works()
    assert doubling.written == 2
    assert cache.entries() == []
    assert cache.clear() == 0


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may write everywhere")
def test_a_folder_that_may_not_be_written_is_done_without(folder: Path) -> None:
    folder.mkdir()
    folder.chmod(0o500)
    assert Doubling().works()


def test_a_full_disk_leaves_nothing_behind(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    assert Doubling().works()
    assert list(folder.iterdir()) == []


def test_the_key_has_everything_that_the_code_depends_on(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = isa()
    others = [
        replace(target, name="other"),
        replace(target, cpu="other"),
        replace(target, features=target.features + ",+other"),
    ]
    paths = {cache._path(NAME, machine) for machine in (target, *others)} | {cache._path("other", target)}
    assert len(paths) == 5
    assert Doubling().works()
    monkeypatch.setattr(cache, "_generator", lambda: "a newer generator")
    assert cache.read(NAME, target) is None
    assert cache._path(NAME, target) not in paths


def test_the_generator_s_digest_changes_with_its_source(monkeypatch: pytest.MonkeyPatch) -> None:
    before = cache._generator.__wrapped__()
    assert cache._generator.__wrapped__() == before
    monkeypatch.setattr("llvmlite.__version__", "0.0.0")
    host.llvm_identity.cache_clear()
    assert cache._generator.__wrapped__() != before
    monkeypatch.undo()
    host.llvm_identity.cache_clear()
    read = Path.read_bytes
    monkeypatch.setattr(Path, "read_bytes", lambda path: read(path) + (b"#" if path.name == "direct.py" else b""))
    assert cache._generator.__wrapped__() != before


def test_the_oldest_go_when_the_folder_is_full(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "LIMIT_BYTES", 3500)
    target, now = isa(), time.time()
    for i in range(5):
        cache.write(f"k{i}", target, cache.Entry(("x",), bytes(900)))
        os.utime(cache._path(f"k{i}", target), (now - 100 + i, now - 100 + i))
    assert [i for i in range(5) if cache.read(f"k{i}", target)] == [2, 3, 4]
    assert sum(size for _, size in cache.entries()) <= 3500
    assert cache.clear() == 3
    assert cache.entries() == []


def test_what_a_killed_process_left_is_cleared_away(folder: Path) -> None:
    folder.mkdir()
    old, new = folder / "old.part", folder / "new.part"
    for path in (old, new):
        path.write_bytes(b"half a ker")
    os.utime(old, (1, 1))
    assert Doubling().works()
    assert (old.exists(), new.exists()) == (False, True)
    cache.clear()
    assert not new.exists()


PROCESS = """
import sys
import numpy as np
import striate as st
sys.stdin.readline()  # all begin together
net = st.load(st.bundled.model_path())
print(net(np.linspace(0, 1, 3 * 32 * 32, dtype=np.float32).reshape(1, 3, 32, 32)).tobytes().hex())
"""


def test_processes_share_a_folder(folder: Path) -> None:
    running = [
        subprocess.Popen([sys.executable, "-c", PROCESS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    for process in running:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    answers = {process.communicate(timeout=120)[0] for process in running}
    assert [process.returncode for process in running] == [0] * 4
    assert len(answers) == 1
    assert len(answers.pop()) > 8
    assert {path.suffix for path in folder.iterdir()} <= {".kernel", ".host"}
    for path in folder.iterdir():  # every entry is whole
        digest, _, rest = path.read_bytes().partition(b"\n")
        assert len(digest) == 64
        assert cache.hashlib.sha256(rest).hexdigest().encode() == digest
