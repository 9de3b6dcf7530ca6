from __future__ import annotations

import contextlib
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from striate.errors import MessageError
from striate.studio.frames import DTYPES, read_frame, write_frame

ARRAYS = st.sampled_from(DTYPES).flatmap(
    lambda dtype: hnp.arrays(np.dtype(dtype), hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=5))
)


@settings(max_examples=100)
@given(
    head=st.dictionaries(st.text(max_size=5).filter(lambda key: key != "arrays"), st.text(max_size=20), max_size=4),
    arrays=st.dictionaries(st.text(max_size=6), ARRAYS, max_size=4),
)
def test_what_is_written_is_read(head: dict[str, str], arrays: dict[str, Any]):
    frame = write_frame(json.dumps(head, ensure_ascii=False), arrays)
    fields, found = read_frame(frame)
    assert fields == head
    assert list(found) == list(arrays)
    for name, array in arrays.items():
        assert found[name].dtype == array.dtype
        assert found[name].shape == array.shape
        assert found[name].tobytes() == array.tobytes()


def test_the_form_is_as_documented():
    frame = write_frame('{"id": 7}', {"a": np.arange(3, dtype=np.uint8), "b": np.array([[1.5, -2.0]], ">f4")})
    length = int.from_bytes(frame[:4], "little")
    head = json.loads(frame[4 : 4 + length].decode())
    assert head["id"] == 7
    assert head["arrays"] == [
        {"name": "a", "dtype": "uint8", "shape": [3], "offset": 0},
        {"name": "b", "dtype": "float32", "shape": [1, 2], "offset": 8},
    ]
    start = -(-(4 + length) // 8) * 8
    assert set(frame[4 + length : start]) <= {0}
    assert frame[start : start + 3] == bytes([0, 1, 2])
    assert np.frombuffer(frame[start + 8 : start + 16], "<f4").tolist() == [1.5, -2.0]
    assert len(frame) == start + 16


def test_strided_arrays_travel_in_c_order():
    array = np.arange(12, dtype=np.int32).reshape(3, 4).T[::2]
    assert (read_frame(write_frame("{}", {"a": array}))[1]["a"] == array).all()


def test_half_precision_becomes_single_and_objects_are_refused():
    assert read_frame(write_frame("{}", {"a": np.zeros(2, np.float16)}))[1]["a"].dtype == np.float32
    with pytest.raises(MessageError, match='array "a" has type object, which no frame carries'):
        write_frame("{}", {"a": np.array([None])})


def frame_of(head: object, data: bytes = b"") -> bytes:
    encoded = head if isinstance(head, bytes) else json.dumps(head).encode()
    start = len(encoded).to_bytes(4, "little") + encoded
    return start + bytes(-len(start) % 8) + data


def described(**changes: object) -> bytes:
    entry: dict[str, object] = {"name": "a", "dtype": "float32", "shape": [2], "offset": 0, **changes}
    return frame_of({"arrays": [entry]}, bytes(8))


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (b"", "too short"),
        (b"\1\0\0", "too short"),
        ((99).to_bytes(4, "little") + b"{}", "says that its head has 99"),
        (b"\xff\xff\xff\xff" + bytes(64), "says that its head has 4294967295"),
        (frame_of(b"{"), "not JSON"),
        (frame_of(b"\xff\xfe"), "not JSON"),
        (frame_of(b"[" * 100_000), "not JSON"),
        (frame_of([1]), "not a JSON object"),
        (frame_of({"arrays": 1}), "not a list"),
        (frame_of({"arrays": [1]}), "not described by a JSON object"),
        (described(name=1), "described wrongly"),
        (described(dtype="object"), "described wrongly"),
        (described(dtype=["float32"]), "described wrongly"),
        (described(shape=[-1]), "described wrongly"),
        (described(shape=[1.0]), "described wrongly"),
        (described(shape=None), "described wrongly"),
        (described(offset=-8), "described wrongly"),
        (described(shape=[3]), "does not lie within"),
        (described(shape=[2**39, 2**39]), "does not lie within"),
        (described(shape=[1], offset=4), "does not lie within"),
        (described(offset=8), "does not lie within"),
        (described(shape=[1] * 40), "does not lie within"),
    ],
)
def test_other_bytes_are_refused(frame: bytes, message: str):
    with pytest.raises(MessageError, match=message):
        read_frame(frame)


def test_an_array_may_not_come_twice():
    entry = {"name": "a", "dtype": "uint8", "shape": [1], "offset": 0}
    with pytest.raises(MessageError, match='array "a" is in a frame twice'):
        read_frame(frame_of({"arrays": [entry, entry]}, bytes(8)))


@settings(max_examples=300)
@given(st.binary(max_size=200))
def test_noise_never_does_more_than_fail(data: bytes):
    with contextlib.suppress(MessageError):
        read_frame(data)


def test_a_damaged_frame_never_does_more_than_fail():
    whole = bytearray(write_frame('{"id": 1}', {"a": np.arange(4.0), "b": np.arange(3, dtype=np.int32)}))
    generator = np.random.default_rng(1)
    for _ in range(500):
        damaged = whole.copy()
        for place in generator.integers(0, len(whole), 3):
            damaged[place] = generator.integers(0, 256)
        try:
            _, arrays = read_frame(bytes(damaged[: generator.integers(0, len(whole) + 1)]))
        except MessageError:
            continue
        assert all(array.nbytes <= len(whole) for array in arrays.values())
