import numpy as np

from striate.engine.emit import Emit
from striate.engine.isa import Isa
from tests.engine.blocked import Poisoned, each_target, run


@each_target
def test_operators_of_vectors(target: Isa) -> None:
    k = Emit("operators", target)
    x, y, count = k.pointer("x"), k.pointer("y"), k.size("count")
    a = k.load(x)
    results = [
        -a,
        k.absolute(a),
        k.copy_sign(k.vector(3.0), a),
        k.select(a <= 1.0, a, k.vector(7.0)),
        k.select(k.is_nan(a), k.vector(9.0), a),
        k.select(k.lanes_below(count), a, k.vector(0.0)),
        k.from_bits((k.bits(a) & 0x7F800000) | 1),
        k.to_float(k.bits(a) >> 23),
        k.from_bits((k.bits(k.vector(1.0)) << 1) + 2),
        k.square_root(k.absolute(a)),
    ]
    for i, result in enumerate(results):
        k.store(result, y, i * k.lanes)
    given = np.resize(np.array([1.5, -2.25, np.nan, np.inf, 0.0, -0.0, 1.0, 3e38], np.float32), k.lanes)
    source, target_memory = Poisoned(k.lanes), Poisoned(len(results) * k.lanes)
    source.inside[:] = given
    run(k, {"x": source.address, "y": target_memory.address, "count": k.lanes - 3}, 1)
    target_memory.check()
    bits = given.view(np.int32)
    with np.errstate(invalid="ignore"):
        expected = [
            -given,
            np.abs(given),
            np.copysign(np.float32(3), given),
            np.where(given <= 1, given, np.float32(7)),
            np.where(np.isnan(given), np.float32(9), given),
            np.where(np.arange(k.lanes) < k.lanes - 3, given, np.float32(0)),
            ((bits & 0x7F800000) | 1).view(np.float32),
            (bits >> 23).astype(np.float32),
            np.full(k.lanes, (0x3F800000 * 2 + 2) % 2**32, np.uint32).view(np.float32),
            np.sqrt(np.abs(given)),
        ]
    np.testing.assert_array_equal(target_memory.inside, np.concatenate(expected))
