"""What the studio shows is what the Python API says: on pictures, signals and volumes, edited or not."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import numpy as np
import pytest

import striate
from striate import bundled
from striate.studio.answers.library import open_sample
from striate.studio.store import COMMAND_LINE
from tests.studio.live import Client, Live, RefusedError

SIZE = {"height": 4096, "width": 4096}
RANDOM = np.random.default_rng(5)


def signal_network() -> striate.Network:
    layers = [
        striate.layers.Conv1D(4, 5, strides=2, padding="same", activation="relu", input_shape=(64, 2)),
        striate.layers.MaxPooling1D(2),
        striate.layers.Flatten(),
        striate.layers.Dense(3, activation="softmax"),
    ]
    return striate.Network(striate.Sequential(layers).to_model())


def volume_network() -> striate.Network:
    layers = [
        striate.layers.Conv3D(3, 3, padding="same", input_shape=(8, 9, 10, 1)),
        striate.layers.BatchNormalization(),
        striate.layers.ReLU(),
        striate.layers.GlobalAveragePooling3D(),
    ]
    return striate.Network(striate.Sequential(layers).to_model())


@pytest.fixture(scope="module")
def places(studio: Live) -> dict[str, dict[str, str]]:
    """The bundled network, a signal network and a volume network, each with its sample."""
    found = {"picture": {"network": "edges", "input": "house"}}
    for name, network in (("signal", signal_network()), ("volume", volume_network())):
        entry = studio.store.add_network(network, name, COMMAND_LINE)
        given = open_sample(studio.store, entry, COMMAND_LINE)
        assert given is not None
        found[name] = {"network": entry.id, "input": given}
    return found


@pytest.fixture
def tab(studio: Live) -> Generator[Client]:
    with studio.tab() as found:
        yield found


KINDS = ["picture", "signal", "volume"]


def plain(studio: Live, place: dict[str, str]) -> striate.Run:
    """The same run, by the Python API."""
    entry, given = studio.store.networks[place["network"]], studio.store.inputs[place["input"]]
    return entry.network.run({name: read.array for name, read in studio.store.values(entry, given).items()})


def words(head: Any) -> list[str]:
    """What an answer says of the edits."""
    return [each["words"] for each in head["state"]["items"]]


def held(run: striate.Run, layer: str) -> Any:
    return run.recording.values[run.model.value_name(layer)]


@pytest.mark.parametrize("kind", KINDS)
class TestEveryLayer:
    def test_maps_and_statistics(self, studio: Live, tab: Client, places: Any, kind: str) -> None:
        run = plain(studio, places[kind])
        answer, table = tab.ask("statistics", **places[kind])
        assert answer["layers"] == [
            *run.model.graph.inputs,
            *studio.store.networks[places[kind]["network"]].network.layers,
        ]
        low, high = np.inf, -np.inf
        for name, row in zip(answer["layers"], table["layers"], strict=True):
            assert row.tolist() == list(run.statistics([name])[name].row())
            if name not in run.model.graph.inputs:
                low, high = min(low, row[0]), max(high, row[1])
            head, arrays = tab.ask("maps", **places[kind], view={"layer": name, "count": 1024, "size": SIZE})
            whole = held(run, name)[0]
            shown = whole[:, whole.shape[1] // 2] if whole.ndim == 4 else whole
            np.testing.assert_array_equal(arrays["maps"], shown)
            assert head["info"]["channels"] == len(whole)
            assert tuple(head["info"]["shape"]) == whole.shape[1:]
            assert head["info"]["reduced"] == ""
            assert tuple(head["info"]["extent"]) == (whole.min(), whole.max())
            np.testing.assert_array_equal(arrays["extents"][0], [whole[0].min(), whole[0].max()])
        assert answer["network"] == [low, high]

    def test_units(self, studio: Live, tab: Client, places: Any, kind: str) -> None:
        run = plain(studio, places[kind])
        for name in studio.store.networks[places[kind]["network"]].network.layers:
            shape = held(run, name).shape
            channel, at = int(RANDOM.integers(shape[1])), [int(RANDOM.integers(size)) for size in shape[2:]]
            unit = {"layer": name, "channel": channel, "at": at}
            expected = run.unit(name, channel=channel, at=tuple(at))
            e = expected.explain()
            head, arrays = tab.ask("explain", **places[kind], **unit, strongest=1000)
            assert (head["total"], head["held"], head["value"]) == (e.total, e.held, e.value)
            assert (head["bias"], head["rest"], head["rule"]) == (e.bias, e.rest, e.rule)
            assert head["unit"]["address"] == str(expected.address)
            assert [(s["name"], s["value"]) for s in head["stages"]] == [(s.name, s.value) for s in e.stages]
            assert tab.ask("formula", **places[kind], **unit)[0]["text"] == e.formula()
            if head["view"] in ("convolution", "dense"):
                self._window_adds_up(run, e, head, arrays)
            field = expected.receptive_field()
            told = tab.ask("field", **places[kind], **unit)[0]
            assert [tuple(map(tuple, box["clipped"])) for box in told["boxes"]] == [field.clipped]
            assert (told["exact"], told["reason"]) == (field.exact, field.reason)
            trace = tab.ask("trace", **places[kind], **unit, width=2)[0]
            assert trace["reached"] == expected.trace(width=2).reached

    def _window_adds_up(self, run: striate.Run, e: Any, head: Any, arrays: Any) -> None:
        order, products = arrays["order"], arrays["products"]
        np.testing.assert_array_equal(products, e.products[order])
        np.testing.assert_array_equal(arrays["window"], e.window[order])
        np.testing.assert_array_equal(arrays["kernel"], e.kernel[order])
        np.testing.assert_array_equal(products, arrays["window"] * arrays["kernel"])
        assert products.sum() + head["bias"] == pytest.approx(e.total, abs=1e-9)
        assert arrays["sums"].sum() + head["bias"] == pytest.approx(e.total, abs=1e-9)
        magnitudes = np.abs(arrays["sums"])[order]
        assert (np.diff(magnitudes) <= 0).all()
        source = held(run, head["window"]["source"])[0]
        for place in np.ndindex(*arrays["inside"].shape):
            if arrays["inside"][place]:
                assert source[tuple(arrays["cells"][place])] == np.float32(arrays["window"][place])
            else:
                assert (arrays["cells"][place] == -1).all()
                assert arrays["window"][place] == 0

    def test_contributors_histograms_and_filters(self, studio: Live, tab: Client, places: Any, kind: str) -> None:
        run = plain(studio, places[kind])
        network = studio.store.networks[places[kind]["network"]].network
        infos = tab.ask("network", **places[kind])[0]["layers"]
        for info in infos[1:]:
            name, channel = info["name"], info["channels"] - 1
            found = run.contributors(name, channel)
            head, _ = tab.ask("contributors", **places[kind], layer=name, channel=channel, count=3)
            assert [(c["channel"], c["share"]) for c in head["contributors"]] == [
                (c.channel, c.share) for c in found.ranked[:3]
            ]
            assert head["total"] == len(found.ranked)
            known = {each["name"] for each in infos}
            assert all(c["source"] in known for c in head["contributors"])
            spread = run.histogram(name, channel, 7)
            _, arrays = tab.ask("histogram", **places[kind], layer=name, channel=channel, bins=7)
            np.testing.assert_array_equal(arrays["counts"], spread.counts)
            _, arrays = tab.ask("channel_statistics", **places[kind], layer=name)
            assert [tuple(row) for row in arrays["channels"]] == [s.row() for s in run.channel_statistics(name)]
            if info["kernel"] is not None:
                filter = network.filter(name, channel)
                head, arrays = tab.ask("filter", **places[kind], layer=name, channel=channel)
                np.testing.assert_array_equal(arrays["weights"], filter.weights)
                assert (head["bias"], head["edited"], list(arrays["weights"].shape)) == (
                    filter.bias,
                    False,
                    info["kernel"][1:],
                )

    def test_an_edit_of_the_input_is_that_of_the_array(self, studio: Live, tab: Client, places: Any, kind: str) -> None:
        place = places[kind]
        entry = studio.store.networks[place["network"]]
        (port,) = entry.network.model.graph.inputs
        whole = studio.store.arrays(entry, studio.store.inputs[place["input"]])[port]
        rank = whole.ndim - 2
        patch = RANDOM.normal(size=(whole.shape[1], *[3] * rank)).astype(np.float32)
        layer = next(reversed(entry.network.layers))
        views = [{"layer": layer, "size": SIZE}, {"layer": port, "size": SIZE, "count": 1024}]
        head, arrays = tab.ask("paint", {"patch": patch}, **place, at=[-1] * rank, views=views)
        changed = whole.copy()
        changed[(0, slice(None), *[slice(0, 2)] * rank)] = patch[(slice(None), *[slice(1, 3)] * rank)]
        given = np.moveaxis(changed, 1, -1) if entry.network.model.layout == "channels_last" else changed
        expected = entry.network.run(given)
        np.testing.assert_array_equal(arrays["views.0.maps"].reshape(-1), held(expected, layer)[0].reshape(-1))
        assert head["version"] == 1
        assert words(head) == [f"input {port} painted"]
        head, _ = tab.ask("shift", **place, by=[2] * rank, fill="wrap")
        changed = np.roll(changed, [2] * rank, tuple(range(2, 2 + rank)))
        head, _ = tab.ask("flip", **place, axis=rank - 1)
        changed = np.flip(changed, -1)
        _, arrays = tab.ask("maps", **place, view={"layer": port, "size": SIZE, "count": 1024})
        shown = changed[0][:, changed.shape[2] // 2] if rank == 3 else changed[0]
        np.testing.assert_array_equal(arrays["maps"], shown)
        for version in (4, 5, 6):
            assert tab.ask("reset", **place, what="back")[0]["version"] == version
        assert words(tab.ask("edits", **place)[0]) == []
        _, arrays = tab.ask("difference", **place)
        assert not arrays["layers"].any()


class TestFacts:
    def test_layers(self, tab: Client) -> None:
        answer, _ = tab.ask("network", network="edges", input="house")
        by_name = {layer["name"]: layer for layer in answer["layers"]}
        first, conv, relu = (by_name[name] for name in ("image", "edges/Conv", "edges/Relu"))
        assert (first["kind"], first["column"], first["shape"]) == ("Input", 0, [1, 3, 256, 320])
        assert conv["facts"] == "Conv 3×3 · 12 × 254 × 318 · 108 parameters"
        assert (conv["module"], conv["label"], conv["kernel"]) == (["edges"], "Conv", [12, 1, 3, 3])
        assert conv["operands"] == [{"source": "grey/Conv", "role": "input"}]
        assert (conv["column"], relu["column"]) == (2, 3)
        assert (conv["signed"], relu["signed"], by_name["pool1/MaxPool"]["signed"]) == (None, False, False)
        assert answer["macs"] == 32_626_560
        free, _ = tab.ask("network", network="edges")
        assert free["layers"][0]["shape"] == [None, 3, None, None]
        assert free["macs"] is None

    def test_the_bundled_network_names_its_classes(self, tab: Client) -> None:
        ranks = tab.ask("prediction", network="edges", input="house")[0]["outputs"][0]["ranks"]
        assert sorted(rank["label"] for rank in ranks) == ["boxes", "level", "slanted", "upright"]
        assert sum(rank["probability"] for rank in ranks) == pytest.approx(1)

    def test_the_picture_is_shown_as_the_network_sees_it(self, tab: Client) -> None:
        answer, arrays = tab.ask("input", network="edges", input="house")
        assert answer["ports"][0]["note"] == "house.png to 256×320, values 0 to 1"
        seen = np.rint(striate.image(bundled.picture_path(), size=None, preprocess="unit")[0] * 255)
        np.testing.assert_array_equal(arrays["picture.image"], seen.transpose(1, 2, 0))

    def test_a_window_of_a_map(self, studio: Live, tab: Client, places: Any) -> None:
        run = plain(studio, places["picture"])
        _, arrays = tab.ask("map", **places["picture"], layer="edges/Conv", channel=2, window=[[3, 7], [0, 5]])
        np.testing.assert_array_equal(arrays["map"], run["edges/Conv"][0, 2, 3:7, :5])
        with pytest.raises(RefusedError, match="does not lie in a map"):
            tab.ask("map", **places["picture"], layer="edges/Conv", channel=2, window=[[0, 500], [0, 5]])

    def test_small_maps_keep_what_stands_out(self, studio: Live, tab: Client, places: Any) -> None:
        run = plain(studio, places["picture"])
        view = {"layer": "edges/Conv", "size": {"height": 50, "width": 50}, "count": 3, "first": 2}
        head, arrays = tab.ask("maps", **places["picture"], view=view)
        found = run.maps("edges/Conv", 2, 3, (50, 50))
        np.testing.assert_array_equal(arrays["maps"], found.maps)
        assert (tuple(head["info"]["cell"]), head["info"]["reduced"]) == (found.cell, "largest magnitude")

    def test_numbers_that_json_cannot_write(self, tab: Client) -> None:
        view = {"a": np.zeros((1, 3, 30, 30), np.float32)}
        given, _ = tab.ask("open_input", view, network="edges", sources=[{"array": "a"}], name="black")
        place = {"network": "edges", "input": given["input"]["id"]}
        head, _ = tab.ask("explain", **place, layer="grey/Conv", channel=0, at=[1, 1])
        assert head["scale"] == 0
        with pytest.raises(RefusedError, match="holds NaN or infinity"):
            tab.ask("paint", {"patch": np.full((3, 1, 1), np.nan, np.float32)}, **place, at=[0, 0])


class TestEdits:
    PLACE = {"network": "edges", "input": "house"}  # noqa: RUF012

    def test_a_kernel(self, studio: Live, tab: Client, places: Any) -> None:
        network = studio.store.networks["edges"].network
        name = network.layers["edges/Conv"].weights[0]
        view = {"layer": "edges/Conv", "size": SIZE}
        head, arrays = tab.ask(
            "edit_kernel", **self.PLACE, layer="edges/Conv", channel=4, at=[0, 1, 2], value=2.5, views=[view]
        )
        weight = network.weights[name].copy()
        weight[4, 0, 1, 2] = 2.5
        image = striate.image(bundled.picture_path(), size=None, preprocess="unit")
        np.testing.assert_array_equal(
            arrays["views.0.maps"], network.replace({name: weight}).run(image)["edges/Conv"][0]
        )
        head, arrays = tab.ask("filter", **self.PLACE, layer="edges/Conv", channel=4)
        assert head["edited"]
        assert arrays["weights"][0, 1, 2] == 2.5
        assert not tab.ask("filter", **self.PLACE, layer="edges/Conv", channel=4, original=True)[0]["edited"]
        kernel = RANDOM.normal(size=(1, 3, 3)).astype(np.float32)
        tab.ask("edit_kernel", {"kernel": kernel}, **self.PLACE, layer="edges/Conv", channel=4)
        np.testing.assert_array_equal(
            tab.ask("filter", **self.PLACE, layer="edges/Conv", channel=4)[1]["weights"], kernel
        )
        assert words(tab.ask("edits", **self.PLACE)[0]) == ["edges/Conv:4 kernel, 9 numbers"]
        head, _ = tab.ask("reset", **self.PLACE, what="kernel", name="edges/Conv", channel=4)
        assert words(head) == []

    def test_a_bias(self, studio: Live, tab: Client, places: Any) -> None:
        place = places["signal"]
        name = next(iter(studio.store.networks["signal"].network.layers))
        before = plain(studio, place)
        view = {"layer": name, "size": SIZE}
        tab.ask("edit_kernel", **place, layer=name, channel=1, bias=100.0)
        _, arrays = tab.ask("maps", **place, view=view)
        assert arrays["maps"][1].min() > 50
        np.testing.assert_array_equal(arrays["maps"][0], held(before, name)[0, 0])

    def test_channels(self, studio: Live, tab: Client, places: Any) -> None:
        run = plain(studio, self.PLACE)
        view = {"layer": "edges/Relu", "size": SIZE}
        tab.ask("switch_channel", **self.PLACE, layer="edges/Relu", channel=3, on=False)
        head, arrays = tab.ask("switch_channel", **self.PLACE, layer="edges/Relu", channel=5, on=False, views=[view])
        assert words(head) == ["edges/Relu:3 off", "edges/Relu:5 off"]
        assert not arrays["views.0.maps"][[3, 5]].any()
        np.testing.assert_array_equal(arrays["views.0.maps"][4], run["edges/Relu"][0, 4])
        off = studio.store.networks["edges"].network.switch_off({"edges/Relu": [3, 5]})
        expected = off.run(striate.image(bundled.picture_path(), size=None, preprocess="unit"))
        scores = {rank["index"]: rank["score"] for rank in head["outputs"][0]["ranks"]}
        assert scores == {index: float(score) for index, score in enumerate(expected.output[0])}
        answer, arrays = tab.ask("difference", **self.PLACE)
        table = dict(zip(answer["layers"], arrays["layers"], strict=True))
        assert table["edges/Conv"].tolist() == [0, 0, 0]
        assert table["edges/Relu"][0] == run["edges/Relu"][0, [3, 5]].max()
        _, arrays = tab.ask("maps", **self.PLACE, view={**view, "difference": True})
        np.testing.assert_array_equal(arrays["maps"][3], -run["edges/Relu"][0, 3])
        assert not arrays["maps"][4].any()
        tab.ask("switch_channel", **self.PLACE, layer="edges/Relu", channel=3, on=True)
        state = tab.ask("edits", **self.PLACE)[0]["state"]
        assert [(each["kind"], each["name"], each["channel"]) for each in state["items"]] == [
            ("channel", "edges/Relu", 5)
        ]

    def test_colours_are_scaled_as_the_picture_was(self, tab: Client) -> None:
        patch, mask = np.zeros((2, 2, 3), np.uint8), np.array([[255, 0], [0, 255]], np.uint8)
        patch[...] = (255, 0, 51)
        tab.ask("paint", {"patch": patch, "mask": mask}, **self.PLACE, at=[7, 9])
        _, before = tab.ask("input", **self.PLACE, original=True)
        answer, after = tab.ask("input", **self.PLACE)
        assert answer["ports"][0]["note"].endswith(", edited")
        seen = after["picture.image"][7:9, 9:11]
        assert seen[0, 0].tolist() == seen[1, 1].tolist() == [255, 0, 51]
        assert seen[0, 1].tolist() == before["picture.image"][7, 10].tolist()

    def test_an_edit_that_cannot_be_leaves_everything_as_it_was(self, tab: Client) -> None:
        before = tab.ask("flip", **self.PLACE, axis=0)[0]
        for kind, fields, message in (
            ("shift", {"by": [1]}, "moves along 2 axes"),
            ("flip", {"axis": 2}, "must be one of the 2 spatial axes"),
            ("paint", {"at": [0, 0]}, 'needs the array "patch"'),
            ("edit_kernel", {"layer": "edges/Relu", "channel": 0, "value": 1.0}, "has no kernels"),
            ("edit_kernel", {"layer": "edges/Conv", "channel": 0, "at": [0, 0, 9], "value": 1.0}, "is not in a kernel"),
            ("edit_kernel", {"layer": "edges/Conv", "channel": 0, "at": [0], "value": 1.0}, "3 indices"),
            ("edit_kernel", {"layer": "edges/Conv", "channel": 0}, "needs a value, a bias or"),
            ("edit_kernel", {"layer": "edges/Conv", "channel": 0, "bias": 1.0}, "has no bias"),
            ("switch_channel", {"layer": "edges/Conv", "channel": 12, "on": False}, "channel 12 is not among them"),
            ("shift", {"by": [1, 1], "views": [{"layer": "nothing", "size": SIZE}]}, 'no layer "nothing"'),
        ):
            with pytest.raises(RefusedError, match=message):
                tab.ask(kind, **self.PLACE, **fields)
        assert tab.ask("edits", **self.PLACE)[0]["state"] == before["state"]
        assert tab.ask("prediction", **self.PLACE)[0]["outputs"] == before["outputs"]


class TestSamples:
    def test_each_network_has_some(self, tab: Client, places: Any) -> None:
        kinds = {
            kind: [s["id"] for s in tab.ask("samples", network=places[kind]["network"])[0]["samples"]] for kind in KINDS
        }
        assert kinds == {
            "picture": ["house", "noise", "zeros"],
            "signal": ["chirp", "noise", "zeros"],
            "volume": ["ball", "noise", "zeros"],
        }
        for kind, samples in kinds.items():
            for sample in samples:
                given, _ = tab.ask("open_input", network=places[kind]["network"], sources=[{"sample": sample}])
                place = {"network": places[kind]["network"], "input": given["input"]["id"]}
                assert tab.ask("prediction", **place)[0]["outputs"]

    def test_files_of_every_kind(self, studio: Live, tab: Client, places: Any, tmp_path: Any) -> None:
        np.save(tmp_path / "volume.npy", RANDOM.normal(size=(8, 9, 10)))
        np.savetxt(tmp_path / "table.csv", RANDOM.normal(size=(64, 2)), delimiter=",")
        for kind, name in (("volume", "volume.npy"), ("signal", "table.csv")):
            upload = studio.upload(name, (tmp_path / name).read_bytes())
            given, _ = tab.ask("open_input", network=places[kind]["network"], sources=[{"upload": upload}])
            assert given["input"]["kind"] == kind
            place = {"network": places[kind]["network"], "input": given["input"]["id"]}
            note = tab.ask("input", **place)[0]["ports"][0]["note"]
            assert note.startswith(name)
            assert str(studio.folder) not in note
            assert tab.ask("prediction", **place)[0]["outputs"]
