"""Edits one after the other: strokes, taking back, one edit of several, erasing, replacing, differences."""

from __future__ import annotations

import io
from collections.abc import Generator
from typing import Any

import numpy as np
import pytest
from PIL import Image

import striate
from striate import bundled
from tests.studio.live import Client, Live, RefusedError

PLACE = {"network": "edges", "input": "house"}
SIZE = {"height": 4096, "width": 4096}
RANDOM = np.random.default_rng(11)


@pytest.fixture
def tab(studio: Live) -> Generator[Client]:
    with studio.tab() as found:
        found.hello()
        yield found


@pytest.fixture(scope="module")
def image() -> Any:
    return striate.image(bundled.picture_path(), size=None, preprocess="unit")


def view(layer: str, **more: Any) -> dict[str, Any]:
    return {"layer": layer, "size": SIZE, "count": 1024, **more}


def given(tab: Client) -> Any:
    return tab.ask("maps", **PLACE, view=view("image"))[1]["maps"]


def words(head: Any) -> list[str]:
    return [each["words"] for each in head["state"]["items"]]


def steps(head: Any) -> tuple[int, int]:
    return head["state"]["back"], head["state"]["again"]


class TestStrokes:
    def test_edits_of_one_stroke_begin_where_it_began_and_are_one_step(self, tab: Client, image: Any) -> None:
        for by in ([1, 0], [2, 5], [3, 9]):
            head, _ = tab.ask("shift", **PLACE, by=by, fill="wrap", stroke=7)
        assert steps(head) == (1, 0)
        np.testing.assert_array_equal(given(tab), np.roll(image[0], (3, 9), (1, 2)))
        head, _ = tab.ask("shift", **PLACE, by=[1, 1], fill="wrap", stroke=8)
        assert steps(head) == (2, 0)
        np.testing.assert_array_equal(given(tab), np.roll(image[0], (4, 10), (1, 2)))
        tab.ask("reset", **PLACE, what="back")
        tab.ask("reset", **PLACE, what="back")
        np.testing.assert_array_equal(given(tab), image[0])

    def test_a_stroke_ends_with_what_comes_between(self, tab: Client, image: Any) -> None:
        tab.ask("shift", **PLACE, by=[0, 1], fill="wrap", stroke=9)
        tab.ask("flip", **PLACE, axis=1)
        head, _ = tab.ask("shift", **PLACE, by=[0, 1], fill="wrap", stroke=9)
        assert steps(head) == (3, 0)

    def test_a_further_edit_that_fails_leaves_the_stroke_as_it_was(self, tab: Client, image: Any) -> None:
        tab.ask("shift", **PLACE, by=[0, 1], fill="wrap", stroke=10)
        with pytest.raises(RefusedError, match="no layer"):
            tab.ask("shift", **PLACE, by=[0, 2], fill="wrap", stroke=10, views=[view("nothing")])
        np.testing.assert_array_equal(given(tab), np.roll(image[0], 1, 2))
        head, _ = tab.ask("shift", **PLACE, by=[0, 3], fill="wrap", stroke=10)
        assert steps(head) == (1, 0)
        np.testing.assert_array_equal(given(tab), np.roll(image[0], 3, 2))


class TestTakingBack:
    def test_back_and_again_give_every_state_as_it_was(self, tab: Client) -> None:
        edits = [
            ("flip", {"axis": 0}),
            ("edit_kernel", {"layer": "edges/Conv", "channel": 1, "at": [0, 0, 0], "value": 3.0}),
            ("switch_channel", {"layer": "edges/Relu", "channel": 2, "on": False}),
            ("shift", {"by": [4, 4], "fill": "zero"}),
        ]
        states = [tab.ask("prediction", **PLACE)[0]["outputs"]]
        states += [tab.ask(kind, **PLACE, **fields)[0]["outputs"] for kind, fields in edits]
        for expected in states[-2::-1]:
            head, _ = tab.ask("reset", **PLACE, what="back")
            assert head["outputs"] == expected
        assert steps(head) == (0, 4)
        for expected in states[1:]:
            head, _ = tab.ask("reset", **PLACE, what="again")
            assert head["outputs"] == expected
        assert steps(head) == (4, 0)

    def test_each_edit_goes_back_by_itself(self, tab: Client) -> None:
        original = tab.ask("prediction", **PLACE)[0]["outputs"]
        tab.ask("switch_channel", **PLACE, layer="edges/Relu", channel=2, on=False)
        only = tab.ask("prediction", **PLACE)[0]["outputs"]
        tab.ask("flip", **PLACE, axis=1)
        tab.ask("edit_kernel", **PLACE, layer="edges/Conv", channel=1, at=[0, 0, 0], value=3.0)
        head, _ = tab.ask("reset", **PLACE, what="input", name="image")
        assert words(head) == ["edges/Conv:1 kernel, 1 number", "edges/Relu:2 off"]
        head, _ = tab.ask("reset", **PLACE, what="kernel", name="edges/Conv", channel=1)
        assert head["outputs"] == only
        with pytest.raises(RefusedError, match="was taken back already"):
            tab.ask("reset", **PLACE, what="kernel", name="edges/Conv", channel=1)
        head, _ = tab.ask("reset", **PLACE, what="channel", name="edges/Relu", channel=2)
        assert (words(head), head["outputs"]) == ([], original)
        assert steps(head) == (6, 0)

    def test_everything_at_once_and_that_again_back(self, tab: Client) -> None:
        tab.ask("flip", **PLACE, axis=1)
        tab.ask("switch_channel", **PLACE, layer="edges/Relu", channel=2, on=False)
        edited = tab.ask("prediction", **PLACE)[0]["outputs"]
        assert words(tab.ask("reset", **PLACE)[0]) == []
        assert tab.ask("reset", **PLACE, what="back")[0]["outputs"] == edited
        # With nothing to take back or again, nothing happens.
        version = tab.ask("reset", **PLACE, what="again")[0]["version"]
        assert tab.ask("reset", **PLACE, what="again")[0]["version"] == version

    def test_a_new_edit_ends_what_could_be_done_again(self, tab: Client) -> None:
        tab.ask("flip", **PLACE, axis=1)
        tab.ask("reset", **PLACE, what="back")
        assert steps(tab.ask("flip", **PLACE, axis=0)[0]) == (1, 0)

    def test_a_kernel_typed_back_is_no_edit(self, studio: Live, tab: Client) -> None:
        held = float(studio.store.networks["edges"].network.filter("edges/Conv", 1).weights[0, 0, 0])
        cell = {**PLACE, "layer": "edges/Conv", "channel": 1, "at": [0, 0, 0]}
        assert words(tab.ask("edit_kernel", **cell, value=held + 1)[0]) == ["edges/Conv:1 kernel, 1 number"]
        assert words(tab.ask("edit_kernel", **cell, value=held)[0]) == []


class TestNetworkAndInput:
    def test_what_is_edited_about_the_network_holds_for_its_other_inputs(self, tab: Client, studio: Live) -> None:
        made, _ = tab.ask("open_input", network="edges", sources=[{"sample": "noise"}])
        other = {"network": "edges", "input": made["input"]["id"]}
        tab.ask("switch_channel", **PLACE, layer="edges/Relu", channel=2, on=False)
        tab.ask("flip", **PLACE, axis=1)
        assert words(tab.ask("edits", **other)[0]) == ["edges/Relu:2 off"]
        net = studio.store.networks["edges"].network.switch_off({"edges/Relu": 2})
        entry = studio.store.inputs[other["input"]]
        expected = net.run(studio.store.arrays(studio.store.networks["edges"], entry))
        ranks = tab.ask("prediction", **other)[0]["outputs"][0]["ranks"]
        assert {each["index"]: each["score"] for each in ranks} == dict(enumerate(map(float, expected.output[0])))
        tab.ask("reset", **other)
        assert words(tab.ask("edits", **PLACE)[0]) == ["input image mirrored"]


class TestPainting:
    def test_one_channel_and_a_mask(self, tab: Client, image: Any) -> None:
        patch = np.full((4, 4), 0.5, np.float32)
        mask = np.zeros((4, 4), np.uint8)
        mask[1:3] = 255
        tab.ask("paint", {"patch": patch, "mask": mask}, **PLACE, at=[10, 20], channel=1)
        expected = image[0].copy()
        expected[1, 11:13, 20:24] = 0.5
        np.testing.assert_array_equal(given(tab), expected)

    def test_erasing_brings_the_original_back_and_nothing_else(self, tab: Client, image: Any) -> None:
        tab.ask("paint", {"patch": np.zeros((3, 40, 40), np.float32)}, **PLACE, at=[-5, 300])
        mask = np.full((10, 60), 255, np.uint8)
        head, _ = tab.ask("paint", {"mask": mask}, **PLACE, at=[5, 290], original=True)
        expected = image[0].copy()
        expected[:, 0:35, 300:] = 0
        expected[:, 5:15, 290:] = image[0][:, 5:15, 290:]
        np.testing.assert_array_equal(given(tab), expected)
        assert words(head) == ["input image painted, erased"]
        mask = np.full((40, 40), 255, np.uint8)
        tab.ask("paint", {"mask": mask}, **PLACE, at=[-5, 300], original=True)
        np.testing.assert_array_equal(given(tab), image[0])

    @pytest.mark.parametrize(
        ("arrays", "fields", "message"),
        [
            ({"patch": np.zeros((2, 2), np.float32)}, {"at": [0, 0], "channel": 3}, r"channel \(=3\) must be one of 3"),
            ({"patch": np.zeros((3, 2, 2), np.float32)}, {"at": [0, 0], "channel": 0}, "with a patch"),
            ({"patch": np.zeros((2, 2, 3), np.float32)}, {"at": [0, 0]}, "patch has shape"),
            ({"mask": np.zeros((2, 2), np.uint8)}, {"at": [0, 0]}, 'needs the array "patch"'),
            ({}, {"at": [0, 0], "original": True}, 'takes the array "mask"'),
            ({"mask": np.zeros((2,), np.uint8)}, {"at": [0, 0], "original": True}, "mask has shape"),
        ],
    )
    def test_what_does_not_fit_is_said(self, tab: Client, arrays: Any, fields: Any, message: str) -> None:
        with pytest.raises(RefusedError, match=message):
            tab.ask("paint", arrays, **PLACE, **fields)


class TestReplacing:
    def test_by_an_uploaded_picture_cut_to_the_same_sizes_and_scaled_alike(self, studio: Live, tab: Client) -> None:
        colours = RANDOM.integers(0, 256, (256, 320, 3), np.uint8)
        file = io.BytesIO()
        Image.fromarray(colours).save(file, "png")
        upload = studio.upload("other.png", file.getvalue())
        head, arrays = tab.ask("replace", **PLACE, sources=[{"upload": upload}], show_input=True)
        np.testing.assert_allclose(given(tab), colours.transpose(2, 0, 1) / 255, atol=1e-6)
        np.testing.assert_array_equal(arrays["picture.image"], colours)
        assert words(head) == ["input image replaced by other.png"]
        assert not list((studio.folder / "uploads").iterdir())
        large = RANDOM.integers(0, 256, (700, 500, 3), np.uint8)
        head, _ = tab.ask("replace", {"a": large}, **PLACE, sources=[{"array": "a"}], name="camera")
        assert words(head) == ["input image replaced by camera"]
        assert given(tab).shape == (3, 256, 320)

    def test_by_a_sample_of_the_same_sizes(self, tab: Client) -> None:
        head, _ = tab.ask("replace", **PLACE, sources=[{"sample": "zeros"}])
        assert words(head) == ["input image replaced by zeros"]
        assert given(tab).shape == (3, 256, 320)
        assert not given(tab).any()
        tab.ask("replace", **PLACE, sources=[{"sample": "noise"}])
        assert given(tab).any()

    def test_what_cannot_be_read_leaves_the_input(self, studio: Live, tab: Client, image: Any) -> None:
        upload = studio.upload("other.png", b"no picture")
        with pytest.raises(RefusedError, match=r"other\.png"):
            tab.ask("replace", **PLACE, sources=[{"upload": upload}])
        with pytest.raises(RefusedError, match="sample"):
            tab.ask("replace", **PLACE, sources=[{"sample": "nothing"}])
        np.testing.assert_array_equal(given(tab), image[0])
        assert not list((studio.folder / "uploads").iterdir())


class TestDifferences:
    def test_an_edit_answers_with_differences_where_they_are_looked_at(
        self, studio: Live, tab: Client, image: Any
    ) -> None:
        network = studio.store.networks["edges"].network
        views = [view("edges/Conv", difference=True), view("edges/Conv")]
        head, arrays = tab.ask("flip", **PLACE, axis=0, views=views)
        after, before = network.run(image[:, :, ::-1].copy()), network.run(image)
        delta = after["edges/Conv"] - before["edges/Conv"]
        np.testing.assert_array_equal(arrays["views.0.maps"], delta[0])
        np.testing.assert_array_equal(arrays["views.1.maps"], after["edges/Conv"][0])
        assert tuple(head["views"][0]["extent"]) == (delta.min(), delta.max())
        unit = {**PLACE, "layer": "edges/Conv", "channel": 3, "difference": True}
        np.testing.assert_array_equal(tab.ask("map", **unit)[1]["map"], delta[0, 3])
        _, arrays = tab.ask("histogram", **unit, bins=7)
        np.testing.assert_array_equal(arrays["counts"], after.difference(before).histogram("edges/Conv", 3, 7).counts)
        del unit["channel"]
        _, arrays = tab.ask("channel_statistics", **unit)
        np.testing.assert_array_equal(arrays["channels"][:, 1], delta[0].max((1, 2)))
        answer, arrays = tab.ask("difference", **PLACE)
        changes = after.difference(before).layers
        for name, row in zip(answer["layers"], arrays["layers"], strict=True):
            change = changes[name]
            assert row.tolist() == [change.largest, change.root, change.relative]

    def test_without_edits_there_is_none(self, tab: Client) -> None:
        _, arrays = tab.ask("maps", **PLACE, view=view("edges/Relu", difference=True))
        assert not arrays["maps"].any()


def test_inputs_that_are_no_pictures_come_as_numbers(studio: Live, tab: Client) -> None:
    layers = [striate.layers.Conv1D(2, 3, input_shape=(20, 2)), striate.layers.GlobalAveragePooling1D()]
    network = striate.Network(striate.Sequential(layers).to_model())
    entry = studio.store.add_network(network, "sensor.onnx", "test")
    (port,) = network.model.graph.inputs
    numbers = RANDOM.normal(size=(2, 20)).astype(np.float32)
    made, _ = tab.ask("open_input", {"a": numbers}, network=entry.id, sources=[{"array": "a"}], name="sensors")
    place = {"network": entry.id, "input": made["input"]["id"]}
    _, arrays = tab.ask("input", **place, numbers=True)
    np.testing.assert_array_equal(arrays[f"numbers.{port}"], numbers)
    assert not tab.ask("input", **place)[1]
    _, arrays = tab.ask("flip", **place, axis=0, show_input=True)
    np.testing.assert_array_equal(arrays[f"numbers.{port}"], numbers[:, ::-1])
    assert not tab.ask("flip", **place, axis=0)[1]
