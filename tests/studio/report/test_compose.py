"""A report's contents are the run's own numbers, and nothing in it reaches out."""

import base64
import hashlib
import json
import re

import numpy as np
import pytest

import striate as st
from striate.errors import InvalidError, MissingDependencyError, OutputError, ParameterError
from striate.studio.report import compose, page
from tests.studio.report.conftest import CODE, contents, sequential_run
from tests.studio.report.test_recorder import restored

L = st.layers
pytestmark = pytest.mark.usefixtures("no_front_end")


def test_manifest(bundled_run):
    made = compose(bundled_run, title="A <house>", layers=["edges/Relu"], units=["shapes/Conv:3@50,24"])
    held = contents(made.html)
    assert held.manifest["title"] == made.title == "A <house>"
    assert held.manifest["layers"] == [{"layer": "edges/Relu", "first": 0, "count": 12}]
    assert held.manifest["units"] == [{"address": "shapes/Conv:3@50,24", "why": ""}]
    assert dict(held.manifest["versions"])["striate"] == st.__version__
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d [+-]\d{4}", held.manifest["made"])
    shapes = {name: bundled_run.recording.values[name].shape for name in bundled_run.model.graph.inputs}
    table = st.load(st.bundled.model_path()).summary(shapes)
    assert held.manifest["sees"] == {row.name: row.texts()[-1] for row in table.rows}
    assert "<title>A &lt;house&gt;</title>" in made.html


def test_the_network_and_its_prediction(bundled_run):
    held = contents(compose(bundled_run, labels=["a", "b", "c", "d"]).html)
    network, _ = held.one("network")
    assert [layer["name"] for layer in network["layers"][1:]] == list(bundled_run.model.layer_of)
    assert network["layers"][1]["shape"] == [1, 1, 256, 320]
    prediction, _ = held.one("prediction")
    order = np.argsort(-bundled_run.output[0])
    ranks = prediction["outputs"][0]["ranks"]
    assert [rank["label"] for rank in ranks] == ["abcd"[i] for i in order]
    assert [rank["score"] for rank in ranks] == pytest.approx(bundled_run.output[0][order])


def test_explained_units_are_exact(bundled_run):
    address = "shapes/Conv:3@50,24"
    held = contents(compose(bundled_run, units=[address]).html)
    unit = bundled_run.unit(address)
    found = unit.explain()
    about = {"layer": "shapes/Conv", "channel": 3, "at": [50, 24]}
    explained, arrays = held.one("explain", **about)
    order = arrays["order"][: len(arrays["products"])]
    assert np.array_equal(arrays["products"], found.products[order])
    assert np.array_equal(arrays["window"], found.window[order])
    assert np.array_equal(arrays["kernel"], found.kernel[order])
    assert (explained["total"], explained["value"], explained["bias"]) == (found.total, found.value, found.bias)
    assert held.one("formula", **about)[0]["text"] == found.formula()
    box = held.one("field", **about)[0]["boxes"][0]
    assert tuple(map(tuple, box["clipped"])) == unit.receptive_field().clipped
    _, maps = held.one("map", layer="shapes/Conv", channel=3)
    assert np.array_equal(maps["map"], bundled_run["shapes/Conv"][0, 3])
    _, table = held.one("channel_statistics", layer="shapes/Conv")
    assert np.array_equal(table["channels"][3], bundled_run.channel_statistics("shapes/Conv")[3].row())


def test_maps_are_those_of_the_run_in_255_levels(bundled_run):
    held = contents(compose(bundled_run, layers=["parts/Relu"], units=[]).html)
    info, arrays = held.one("maps")
    true = bundled_run["parts/Relu"][0]
    assert info["quantised"] is True
    assert (info["info"]["count"], info["info"]["cell"]) == (6, [1, 1])
    reach = np.abs(true).max(axis=(1, 2), keepdims=True)
    assert (np.abs(restored(arrays["maps"], arrays["extents"]) - true) <= reach / 250).all()
    assert not arrays["maps"][true == 0].max() > 1


def test_large_maps_keep_their_cells_square(bundled_run):
    held = contents(compose(bundled_run, layers=["edges/Relu"], units=[]).html)
    info, arrays = held.one("maps")
    assert info["info"]["cell"] == [3, 3]
    assert arrays["maps"].shape == (12, 85, 106)


@pytest.mark.parametrize(("channels", "count"), [(5, 5), (None, 1300), (2000, 1300)])
def test_channels_are_counted(channels, count):
    run = sequential_run(L.Conv2D(1300, 1, input_shape=(4, 5, 1)))
    held = contents(compose(run, layers=["conv2d"], units=[], channels=channels).html)
    assert held.manifest["layers"] == [{"layer": "conv2d", "first": 0, "count": count}]
    shown = sum(head["info"]["count"] for head, _ in held.of("maps") if head["info"]["layer"] == "conv2d")
    assert shown == count
    assert all(head["info"]["channels"] == 1300 for head, _ in held.of("maps") if head["info"]["layer"] == "conv2d")


def test_panes_of_a_window_come_with_it():
    run = sequential_run(L.Conv3D(3, 2, input_shape=(6, 7, 8, 12)), L.Conv3D(2, 2))
    held = contents(compose(run, layers=[], units=["conv3d:1@3,2,1", "conv3d_1:0@0,1,2"]).html)
    _, arrays = held.one("explain", layer="conv3d")
    strongest = sorted({int(channel) for channel in arrays["cells"][..., 0].reshape(-1)})
    panes = [head for head, _ in held.of("maps") if head["info"]["layer"] == "input" and head["info"]["count"] == 1]
    assert len(strongest) == 8
    assert sorted(head["info"]["first"] for head in panes) == strongest
    assert {(head["info"]["slice"]["axis"], head["info"]["slice"]["index"]) for head in panes} == {(0, 3)}


def test_panes_of_operands_come_with_them():
    """What has no window has operands: the map of each stands beside its number."""
    run = sequential_run(L.Conv2D(3, 3, input_shape=(8, 8, 1)), L.Activation("sigmoid"))
    held = contents(compose(run, layers=[], units=["activation:2@1,2"]).html)
    panes = [(head["info"]["layer"], head["info"]["first"], head["info"]["count"]) for head, _ in held.of("maps")]
    assert panes == [("input", 0, 1), ("conv2d", 2, 1)]  # the input is shown in any case


def test_what_a_layer_does_afterwards_comes_with_it():
    run = sequential_run(L.Conv2D(3, 3, activation="relu", input_shape=(8, 8, 1)))
    held = contents(compose(run, layers=[], units=["conv2d:1@2,3"]).html)
    explained, _ = held.one("explain", layer="conv2d/Relu", channel=1, at=[2, 3])
    assert explained["value"] == run.unit("conv2d:1@2,3").value


def test_the_cell_of_an_input_comes_with_its_map():
    run = sequential_run(L.Conv3D(3, 2, input_shape=(6, 7, 8, 2)))
    name = run.model.graph.inputs[0]
    held = contents(compose(run, layers=[], units=[f"{name}:1@4,3,2"]).html)
    views = [head["asked"]["view"] for head, _ in held.of("maps") if head["asked"]["view"]["first"] == 1]
    assert [view["slice"] for view in views] == [{"axis": 0, "index": 4}]


def test_a_map_too_large_is_left_out_and_said(monkeypatch, bundled_run):
    monkeypatch.setattr("striate.studio.report.unit_part._CELLS", 100)
    made = compose(bundled_run, layers=[], units=["grey/Conv:0@3,4"])
    assert made.notes[1:] == ("The map of grey/Conv:0@3,4 has 256×320 cells, too many for a report: it is left out.",)
    assert not contents(made.html).of("map")


def test_the_input_of_a_picture_is_shown_in_colours(bundled_run):
    port, arrays = contents(compose(bundled_run).html).one("input")
    (facts,) = port["ports"]
    shown = arrays[facts["picture"]].transpose(2, 0, 1)
    true = bundled_run.recording.values["image"][0]
    scale, offset = (np.reshape(facts[key], (3, 1, 1)) for key in ("scale", "offset"))
    assert np.abs(scale * shown / 255 + offset - true).max() <= scale.max() / 500
    assert "colours run from" in facts["note"]


def test_a_vector_comes_whole():
    run = sequential_run(L.Dense(5, input_shape=(1500,)))
    held = contents(compose(run, layers=["dense"], channels=2).html)
    assert held.manifest["inputs"] == [{"layer": "input", "first": 0, "count": 1500}]
    assert held.manifest["layers"] == [{"layer": "dense", "first": 0, "count": 5}]
    found = [part for part in held.of("maps") if part[0]["info"]["layer"] == "input" and part[0]["info"]["count"] > 1]
    assert [head["info"]["first"] for head, _ in found] == [0, 1024]
    shown = np.concatenate([restored(arrays["maps"], arrays["extents"]) for _, arrays in found])
    assert np.array_equal(shown.astype(np.float32), run["input"][0])


def test_nothing_is_fetched(bundled_run):
    html = compose(bundled_run).html
    code = CODE.replace("</", "<\\/")
    assert f"<script>{code}</script>" in html
    digest = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', html).group(1)
    assert policy.split("; ")[:2] == ["default-src 'none'", f"script-src 'sha256-{digest}'"]
    outside = re.sub(r"<script.*?</script>", "", html, flags=re.S)
    assert not re.search(r"\b(?:src|href|url)\s*[=(]", outside)


def test_text_cannot_end_a_script(bundled_run):
    title = "</script><script>alert(1)</script>"
    html = compose(bundled_run, title=title).html
    assert contents(html).manifest["title"] == title
    assert html.count("<script") == 3


def test_report_writes_the_file(tmp_path, bundled_run):
    made = st.report(bundled_run, tmp_path / "a.html", units=["parts/Relu:4@3,4"])
    assert (tmp_path / "a.html").read_bytes() == made.html.encode()
    assert made.bytes == (tmp_path / "a.html").stat().st_size
    assert made.units == ("parts/Relu:4@3,4",)
    with pytest.raises(OutputError, match=r'cannot write ".*": is a directory'):
        st.report(bundled_run, tmp_path)


def test_bad_wishes(bundled_run):
    with pytest.raises(ParameterError, match=r"channels \(=0\) must be positive, or None for all"):
        compose(bundled_run, channels=0)
    with pytest.raises(InvalidError, match="3 labels are given, the network's outputs have 4 classes; one a class"):
        compose(bundled_run, labels=["a", "b", "c"])


def test_without_the_front_end(monkeypatch, tmp_path, bundled_run):
    monkeypatch.undo()
    monkeypatch.setattr(page, "FOLDER", tmp_path)
    with pytest.raises(MissingDependencyError, match=r"installed without report\.js, a part of the studio's page"):
        compose(bundled_run)


@pytest.mark.parametrize(
    ("run", "units"),
    [
        (lambda: sequential_run(L.Conv1D(3, 5, padding="same", input_shape=(40, 2))), ["conv1d:1@0"]),
        (lambda: sequential_run(L.Dense(3, input_shape=(7,)), L.BatchNormalization()), ["dense:1"]),
        (lambda: sequential_run(L.Conv2DTranspose(2, 3, strides=2, input_shape=(5, 6, 3))), ["conv2d_transpose:1@3,3"]),
    ],
)
def test_every_kind_of_network(run, units):
    run = run()
    for wanted in (units, None):
        held = contents(compose(run, units=wanted).html)
        assert held.of("explain")
        assert json.dumps(held.manifest)
