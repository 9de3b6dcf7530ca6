"""The board: where a thread posts a run, and where workers look for one, without Python.

Workers live in native code, so that they need no GIL to begin and can help within a microsecond. The board is an
array of 64-bit cells that every thread of the process shares, with a head and a number of slots::

    bell       changes whenever a run is posted or workers shall leave
    sleepers   workers that wait for the bell in the operating system
    quit       not zero: workers leave
    enter      address of the scheduler (see :mod:`striate.engine.scheduler`)
    wait       address of the C library's `syscall`; 0 where there is no futex

    open       of a slot: not zero while the run may be joined
    users      workers inside
    wanted     workers that may be inside
    steps, count   what the scheduler is given
    state      the scheduler's cells

A worker that finds nothing looks at the bell for a moment, because runs often follow one another closely, and then
sleeps: on a futex where there is one, else it goes back to Python, which waits for it. The poster closes its slot when
the run is over, and waits for workers that are just leaving; should one of them have lost its core meanwhile, the slot
stays taken, and what it points to stays alive, until that one is gone (see :mod:`striate.engine.threads`).

Joining and closing are ordered like Dekker's algorithm: a worker counts itself in and then looks whether the slot is
open, the poster closes it and then looks whether anybody is inside; all four are sequentially consistent.
"""

from __future__ import annotations

import platform

from striate.engine.scheduler import STATE_SIZE

WORK_SYMBOL = "striate_work"
POST_SYMBOL = "striate_post"
# 64-bit cells, 128 bytes apart where different threads write to them, so that they do not fight over a cache line.
BELL, SLEEPERS, QUIT, ENTER, WAIT = 0, 16, 32, 48, 49
OPEN, WANTED, STEPS, COUNT, USERS, STATE = 0, 1, 2, 3, 16, 32
SLOTS_AT, SLOT_SIZE, SLOTS = 64, STATE + STATE_SIZE, 16
BOARD_SIZE = SLOTS_AT + SLOTS * SLOT_SIZE
# What the poster is told.
FINISHED, WORKER_INSIDE, UNFINISHED = 0, 1, 2
# Times the poster looks for a worker that is leaving before it goes on without.
PATIENCE = 2000
_NO_LIMIT = 2**62
# Linux: the number of the system call, FUTEX_WAIT and FUTEX_WAKE of this process alone.
_FUTEX = {"x86_64": 202, "aarch64": 98}
_FUTEX_WAIT, _FUTEX_WAKE = 128, 129
_PAUSES = {"x86_64": "call void @llvm.x86.sse2.pause()", "amd64": "call void @llvm.x86.sse2.pause()"}


def futex_number() -> int | None:
    """The number of the system call that workers sleep by; None where it is not known."""
    return _FUTEX.get(platform.machine()) if platform.system() == "Linux" else None


def _sleep() -> str:
    number = futex_number()
    if number is None:
        return "br label %asleep"
    return f"""
  %system.at = getelementptr i64, ptr %board, i64 {WAIT}
  %system = load ptr, ptr %system.at, align 8
  %none = icmp eq ptr %system, null
  br i1 %none, label %asleep, label %doze
doze:
  %before.sleep = atomicrmw add ptr %sleepers, i64 1 seq_cst
  %woken = call i64 (i64, ...) %system(i64 {number}, ptr %bell, i64 {_FUTEX_WAIT}, i64 %heard, ptr null)
  %after.sleep = atomicrmw sub ptr %sleepers, i64 1 seq_cst
  br label %listen"""


def _wake() -> str:
    number = futex_number()
    if number is None:
        return "br label %run"
    return f"""
  %sleepers = getelementptr i64, ptr %board, i64 {SLEEPERS}
  %asleep = load atomic i64, ptr %sleepers seq_cst, align 8
  %nobody = icmp eq i64 %asleep, 0
  br i1 %nobody, label %run, label %wake
wake:
  %system.at = getelementptr i64, ptr %board, i64 {WAIT}
  %system = load ptr, ptr %system.at, align 8
  %woken = call i64 (i64, ...) %system(i64 {number}, ptr %bell, i64 {_FUTEX_WAKE}, i64 %wanted)
  br label %run"""


def _pause() -> tuple[str, str]:
    call = _PAUSES.get(platform.machine().lower(), "")
    return call, "declare void @llvm.x86.sse2.pause()" if call else ""


def work_text() -> str:
    """A worker's life as LLVM's text: `i64 striate_work(board, cycles)`.

    It looks at the bell for so many processor cycles before it sleeps, and comes back with 1 when workers shall leave,
    with 0 when the caller shall wait for it because the operating system has no futex.
    """
    pause, declare = _pause()
    return f"""
declare i64 @llvm.readcyclecounter()
{declare}
define i64 @{WORK_SYMBOL}(ptr %board, i64 %patience) {{
start:
  %bell = getelementptr i64, ptr %board, i64 {BELL}
  %sleepers = getelementptr i64, ptr %board, i64 {SLEEPERS}
  %quit = getelementptr i64, ptr %board, i64 {QUIT}
  %enter.at = getelementptr i64, ptr %board, i64 {ENTER}
  %enter = load ptr, ptr %enter.at, align 8
  br label %listen
listen:
  %heard = load atomic i64, ptr %bell seq_cst, align 8
  %since = call i64 @llvm.readcyclecounter()
  %told = load atomic i64, ptr %quit seq_cst, align 8
  %over = icmp ne i64 %told, 0
  br i1 %over, label %leave, label %look
look:
  %slot = phi i64 [0, %listen], [%next, %further]
  %offset = mul i64 %slot, {SLOT_SIZE}
  %place = add i64 %offset, {SLOTS_AT}
  %cells = getelementptr i64, ptr %board, i64 %place
  %open = load atomic i64, ptr %cells seq_cst, align 8
  %closed = icmp eq i64 %open, 0
  br i1 %closed, label %further, label %ask
ask:
  %users = getelementptr i64, ptr %cells, i64 {USERS}
  %wanted.at = getelementptr i64, ptr %cells, i64 {WANTED}
  %wanted = load i64, ptr %wanted.at, align 8
  %inside = load atomic i64, ptr %users seq_cst, align 8
  %full = icmp sge i64 %inside, %wanted
  br i1 %full, label %further, label %join
join:
  %more = add i64 %inside, 1
  %swap = cmpxchg ptr %users, i64 %inside, i64 %more seq_cst seq_cst
  %won = extractvalue {{ i64, i1 }} %swap, 1
  br i1 %won, label %joined, label %ask
joined:
  %still = load atomic i64, ptr %cells seq_cst, align 8
  %late = icmp eq i64 %still, 0
  br i1 %late, label %out, label %help
help:
  %steps.at = getelementptr i64, ptr %cells, i64 {STEPS}
  %steps = load ptr, ptr %steps.at, align 8
  %count.at = getelementptr i64, ptr %cells, i64 {COUNT}
  %count = load i64, ptr %count.at, align 8
  %state = getelementptr i64, ptr %cells, i64 {STATE}
  call void %enter(ptr %steps, i64 %count, ptr %state, i64 {_NO_LIMIT})
  br label %out
out:
  %left = atomicrmw sub ptr %users, i64 1 seq_cst
  br label %further
further:
  %next = add i64 %slot, 1
  %all = icmp eq i64 %next, {SLOTS}
  br i1 %all, label %spin, label %look
spin:
  {pause}
  %ring = load atomic i64, ptr %bell seq_cst, align 8
  %rung = icmp ne i64 %ring, %heard
  br i1 %rung, label %listen, label %tired
tired:
  %now = call i64 @llvm.readcyclecounter()
  %waited = sub i64 %now, %since
  %enough = icmp ugt i64 %waited, %patience
  br i1 %enough, label %sleep, label %spin
sleep:
  {_sleep()}
asleep:
  ret i64 0
leave:
  ret i64 1
}}
"""


def post_text() -> str:
    """A shared run as LLVM's text: `i64 striate_post(board, slot, wanted, steps, count, budget)`.

    Opens a slot, wakes workers, runs the steps as the scheduler does, and closes the slot. Gives FINISHED; or
    WORKER_INSIDE, if one has not left yet; or UNFINISHED, with the slot still open, if the budget was spent: then it
    may be called again with the same.
    """
    pause, declare = _pause()
    return f"""
{declare}
define i64 @{POST_SYMBOL}(ptr %board, ptr %cells, i64 %wanted, ptr %steps, i64 %count, i64 %budget) {{
start:
  %wanted.at = getelementptr i64, ptr %cells, i64 {WANTED}
  store i64 %wanted, ptr %wanted.at, align 8
  %steps.at = getelementptr i64, ptr %cells, i64 {STEPS}
  store ptr %steps, ptr %steps.at, align 8
  %count.at = getelementptr i64, ptr %cells, i64 {COUNT}
  store i64 %count, ptr %count.at, align 8
  %state = getelementptr i64, ptr %cells, i64 {STATE}
  store atomic i64 1, ptr %cells seq_cst, align 8
  %bell = getelementptr i64, ptr %board, i64 {BELL}
  %rung = atomicrmw add ptr %bell, i64 1 seq_cst
  {_wake()}
run:
  %enter.at = getelementptr i64, ptr %board, i64 {ENTER}
  %enter = load ptr, ptr %enter.at, align 8
  call void %enter(ptr %steps, i64 %count, ptr %state, i64 %budget)
  %claim = load atomic i64, ptr %state acquire, align 8
  %step = lshr i64 %claim, 32
  %over = icmp uge i64 %step, %count
  br i1 %over, label %close, label %unfinished
close:
  store atomic i64 0, ptr %cells seq_cst, align 8
  %users = getelementptr i64, ptr %cells, i64 {USERS}
  br label %look
look:
  %turn = phi i64 [0, %close], [%next, %again]
  %inside = load atomic i64, ptr %users seq_cst, align 8
  %empty = icmp eq i64 %inside, 0
  br i1 %empty, label %finished, label %again
again:
  {pause}
  %next = add i64 %turn, 1
  %enough = icmp eq i64 %next, {PATIENCE}
  br i1 %enough, label %occupied, label %look
finished:
  ret i64 {FINISHED}
occupied:
  ret i64 {WORKER_INSIDE}
unfinished:
  ret i64 {UNFINISHED}
}}
"""
