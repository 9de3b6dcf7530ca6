"""Runs a list of steps natively, on several threads, without going back to Python between them.

A step is (kernel, arguments, number of chunks). All that the threads share is a few 64-bit cells::

    claim    step * 2^32 + next chunk     whoever adds 1 owns that chunk
    done     chunks of the present step that are finished
    stop     not zero: leave

A thread claims a chunk, computes it, and counts it as done; who finishes the last one opens the next step. So a
worker may come late, or not at all, and nothing waits for it: the results are the same bits whoever computes a chunk,
because chunks never share a sum. A thread with a budget leaves when it has been inside for so many cycles, and may
enter again. Denormals are flushed to zero while a thread is inside, and its mode is restored when it leaves.
"""

from __future__ import annotations

import platform

SYMBOL = "striate_run_steps"
# 64-bit cells of the state, 128 bytes apart so that threads do not fight over a cache line.
CELLS = {"claim": 0, "done": 16, "stop": 32}
STATE_SIZE = 48
# Cells of a step in the step list.
STEP_CELLS = 3
# Times a waiting thread looks before it lets another process have the core.
SPINS = 4096

_X86_ENTER = """
  call void @llvm.x86.sse.stmxcsr(ptr %mode)
  %before = load i32, ptr %mode, align 4
  %flush = or i32 %before, 32832
  store i32 %flush, ptr %mode, align 4
  call void @llvm.x86.sse.ldmxcsr(ptr %mode)
"""
_X86_LEAVE = """
  store i32 %before, ptr %mode, align 4
  call void @llvm.x86.sse.ldmxcsr(ptr %mode)
"""
_X86_DECLARE = """
declare void @llvm.x86.sse.stmxcsr(ptr)
declare void @llvm.x86.sse.ldmxcsr(ptr)
declare void @llvm.x86.sse2.pause()
"""


def scheduler_text() -> str:
    """The scheduler as LLVM's text."""
    x86 = platform.machine().lower() in ("x86_64", "amd64")
    enter, leave, declare = (_X86_ENTER, _X86_LEAVE, _X86_DECLARE) if x86 else ("", "", "")
    pause = "call void @llvm.x86.sse2.pause()" if x86 else ""
    claim, done, stop = CELLS["claim"], CELLS["done"], CELLS["stop"]
    return f"""
declare i32 @sched_yield()
declare i64 @llvm.readcyclecounter()
{declare}
define void @{SYMBOL}(ptr %steps, i64 %count, ptr %state, i64 %budget) {{
entry:
  %mode = alloca i32, align 4
  {enter}
  %claim = getelementptr i64, ptr %state, i64 {claim}
  %done = getelementptr i64, ptr %state, i64 {done}
  %stop = getelementptr i64, ptr %state, i64 {stop}
  %entered = call i64 @llvm.readcyclecounter()
  br label %look
look:
  %spins = phi i64 [0, %entry], [0, %finished], [%more, %wait], [0, %lost]
  %seen = load atomic i64, ptr %claim acquire, align 8
  %step = lshr i64 %seen, 32
  %stopped = load atomic i64, ptr %stop monotonic, align 8
  %halt = icmp ne i64 %stopped, 0
  %over = icmp uge i64 %step, %count
  %gone = or i1 %halt, %over
  %now = call i64 @llvm.readcyclecounter()
  %spent = sub i64 %now, %entered
  %late = icmp ugt i64 %spent, %budget
  %leave = or i1 %gone, %late
  br i1 %leave, label %out, label %inside
inside:
  %place = mul i64 %step, {STEP_CELLS}
  %cell = getelementptr i64, ptr %steps, i64 %place
  %chunks.at = getelementptr i64, ptr %cell, i64 2
  %chunks = load i64, ptr %chunks.at, align 8
  %next = and i64 %seen, 4294967295
  %free = icmp ult i64 %next, %chunks
  br i1 %free, label %take, label %wait
wait:
  {pause}
  %more = add i64 %spins, 1
  %turn = urem i64 %more, {SPINS}
  %tired = icmp eq i64 %turn, 0
  br i1 %tired, label %lost, label %look
lost:
  %unused = call i32 @sched_yield()
  br label %look
take:
  %mine = add i64 %seen, 1
  %swap = cmpxchg ptr %claim, i64 %seen, i64 %mine acq_rel acquire
  %won = extractvalue {{ i64, i1 }} %swap, 1
  br i1 %won, label %work, label %finished
work:
  %kernel = load ptr, ptr %cell, align 8
  %arguments.at = getelementptr i64, ptr %cell, i64 1
  %arguments = load ptr, ptr %arguments.at, align 8
  call void %kernel(ptr %arguments, i64 %next)
  %before.me = atomicrmw add ptr %done, i64 1 acq_rel
  %after.me = add i64 %before.me, 1
  %last = icmp eq i64 %after.me, %chunks
  br i1 %last, label %open, label %finished
open:
  store atomic i64 0, ptr %done monotonic, align 8
  %following = add i64 %step, 1
  %opened = shl i64 %following, 32
  store atomic i64 %opened, ptr %claim release, align 8
  br label %finished
finished:
  br label %look
out:
  {leave}
  ret void
}}
"""
