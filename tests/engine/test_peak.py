"""The probe of the peak: nothing but multiplications and additions in registers, and a number that makes sense."""

import platform

import pytest

from striate.engine.peak import chains, emit_peak, peak_flops
from tests.engine.blocked import each_target
from tests.engine.hot_loops import innermost_loops


@each_target
@pytest.mark.skipif(platform.machine().lower() not in ("x86_64", "amd64"), reason="the assembly is read as x86's")
def test_the_loop_is_arithmetic_only(target):
    (loop,) = innermost_loops(emit_peak(target))
    assert not any("(" in line for line in loop)  # no memory
    expected = "fma" if target.name != "generic" else "mulps"
    assert sum(expected in line for line in loop) == chains(target)


def test_it_is_a_rate():
    assert peak_flops() > 1e8
    assert peak_flops() == peak_flops()
