from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from striate.errors import ParameterError
from striate.graph import UnitAddress, parse_address, unit_index

NAMES = {"conv1", "features.3", "/layer1/0/Conv:out", "a@1", "b:2", "c#3", "d:4@5,6", "Conv_12", "x"}


def parse(text):
    return parse_address(text, NAMES.__contains__)


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("conv1", UnitAddress("conv1")),
        ("conv1:3", UnitAddress("conv1", 3)),
        ("conv1:3@10,12", UnitAddress("conv1", 3, (10, 12))),
        ("conv1:3@10,12#2", UnitAddress("conv1", 3, (10, 12), 2)),
        ("conv1@10,12", UnitAddress("conv1", None, (10, 12))),
        ("conv1#2", UnitAddress("conv1", None, (), 2)),
        ("features.3:12@7,3", UnitAddress("features.3", 12, (7, 3))),
        ("/layer1/0/Conv:out:5@1", UnitAddress("/layer1/0/Conv:out", 5, (1,))),
        ("/layer1/0/Conv:out", UnitAddress("/layer1/0/Conv:out")),
        ("a@1:3@0,0", UnitAddress("a@1", 3, (0, 0))),
        ("a@1", UnitAddress("a@1")),
        ("b:2", UnitAddress("b:2")),
        ("b:2:2", UnitAddress("b:2", 2)),
        ("c#3", UnitAddress("c#3")),
        ("c#3#1", UnitAddress("c#3", None, (), 1)),
        ("d:4@5,6", UnitAddress("d:4@5,6")),
        ("d:4@5,6:7@8,9", UnitAddress("d:4@5,6", 7, (8, 9))),
        ("conv1:3@ 10, 12", UnitAddress("conv1", 3, (10, 12))),
    ],
)
def test_addresses(text, address):
    assert parse(text) == address


@given(
    st.sampled_from(sorted(NAMES)),
    st.integers(0, 999),
    st.lists(st.integers(0, 99), max_size=3),
    st.integers(0, 9),
)
def test_an_address_in_text_reads_back(name, channel, at, sample):
    address = UnitAddress(name, channel, tuple(at), sample)
    assert parse(str(address)) == address


@pytest.mark.parametrize(
    ("text", "part"),
    [("conv1:3@x,1", "x"), ("conv1:3@1,", ""), ("conv1:3@-1,2", "-1"), ("conv1:3@1.5", "1.5")],
)
def test_what_is_no_position(text, part):
    with pytest.raises(ParameterError) as caught:
        parse(text)
    assert str(caught.value) == (
        f'unit address "{text}": "{part}" is not a position; expected layer:channel@position, such as conv1:3@10,12'
    )


@pytest.mark.parametrize(
    ("address", "shape", "index"),
    [
        (UnitAddress("c", 2, (5, 6)), (1, 8, 28, 28), (0, 2, 5, 6)),
        (UnitAddress("c", 2, (5, 6), 3), (4, 8, 28, 28), (3, 2, 5, 6)),
        (UnitAddress("c", None, (5,)), (1, 1, 28), (0, 0, 5)),
        (UnitAddress("c", 7), (1, 10), (0, 7)),
        (UnitAddress("c", 7), (10,), (7,)),
        (UnitAddress("c"), (), ()),
    ],
)
def test_the_index_of_a_unit(address, shape, index):
    assert unit_index(address, shape) == index


@pytest.mark.parametrize(
    ("address", "shape", "message"),
    [
        (
            UnitAddress("c", 2, (5,)),
            (1, 8, 28, 28),
            'unit "c:2@5": layer "c" has shape (1, 8, 28, 28), so a position has 2 indices, got 1; write c:2@0,0',
        ),
        (
            UnitAddress("c", 2, (5,)),
            (1, 10),
            'unit "c:2@5": layer "c" has shape (1, 10), so a position has 0 indices, got 1; write c:2',
        ),
        (
            UnitAddress("c", None, (1, 1)),
            (1, 8, 4, 4),
            'unit "c@1,1": layer "c" has shape (1, 8, 4, 4); say which of its 8 channels, such as c:0',
        ),
        (
            UnitAddress("c", 8, (1, 1)),
            (1, 8, 4, 4),
            'unit "c:8@1,1": layer "c" has shape (1, 8, 4, 4); channel 8 must be from 0 to 7',
        ),
        (
            UnitAddress("c", 0, (1, 4)),
            (1, 8, 4, 4),
            'unit "c:0@1,4": layer "c" has shape (1, 8, 4, 4); position 4 must be from 0 to 3',
        ),
        (
            UnitAddress("c", 0, (1, 1), 2),
            (2, 8, 4, 4),
            'unit "c:0@1,1#2": layer "c" has shape (2, 8, 4, 4); sample 2 must be from 0 to 1',
        ),
    ],
)
def test_a_unit_that_is_not_there(address, shape, message):
    with pytest.raises(ParameterError) as caught:
        unit_index(address, shape)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("address", "shape", "message"),
    [
        (
            UnitAddress("c", 8, (1, 1)),
            (1, 8, 4, 6),
            'unit "c:8@1,1": layer "c" has shape (1, 4, 6, 8); channel 8 must be from 0 to 7',
        ),
        (
            UnitAddress("c", 0, (1, 6)),
            (1, 8, 4, 6),
            'unit "c:0@1,6": layer "c" has shape (1, 4, 6, 8); position 6 must be from 0 to 5',
        ),
        (
            UnitAddress("c", 9),
            (1, 8),
            'unit "c:9": layer "c" has shape (1, 8); channel 9 must be from 0 to 7',
        ),
    ],
)
def test_shapes_are_named_in_the_sources_order_of_axes(address, shape, message):
    with pytest.raises(ParameterError) as caught:
        unit_index(address, shape, "channels_last")
    assert str(caught.value) == message
