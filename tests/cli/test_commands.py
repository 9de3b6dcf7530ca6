"""Every command end to end on small files: what it prints, what it writes, and that JSON parses."""

import io
import json
import shlex
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import striate as st


def picture(path):
    with Image.open(path) as image:
        return np.asarray(image)


def facts(result):
    status, out, err = result
    assert status == 0, err
    return json.loads(out)


def test_summary(striate, model):
    status, out, err = striate("summary", model)
    assert (status, err) == (0, "")
    assert "input image ?×3×16×16" in out
    assert out.rstrip().endswith("7 layers, 369 parameters, 41,502 multiply-accumulates for one sample")
    table = facts(striate("summary", model, "--json"))
    assert [row["name"] for row in table["rows"]] == ["c1", "r1", "p1", "c2", "gap", "flat", "fc"]
    assert [row["receptive_field"] for row in table["rows"]][:4] == [[3, 3], [3, 3], [4, 4], [8, 8]]
    assert table["parameters"] == 369


def test_summary_with_an_input_shape(striate, signal_model):
    assert "unknown (a size is free)" in striate("summary", signal_model)[1]
    table = facts(striate("summary", signal_model, "-i", "1x2x60", "-i", "gain=1", "--json"))
    assert table["macs"] == 56 * 3 * 2 * 5


def test_run_ranks_the_classes(striate, model, photo, tmp_path):
    labels = tmp_path / "labels.txt"
    labels.write_text("ant\nbee\ncat\ndog\nelk\n")
    found = facts(striate("run", model, photo, "--json", "--labels", labels))
    scores = found["outputs"]["fc"]["values"][0]
    ranks = found["outputs"]["fc"]["prediction"]["ranks"]
    assert [rank["index"] for rank in ranks] == np.argsort(scores)[::-1].tolist()
    assert sum(rank["probability"] for rank in ranks) == pytest.approx(1)
    assert found["labels"][str(ranks[0]["index"])] in ("ant", "bee", "cat", "dog", "elk")
    status, out, _ = striate("run", model, photo, "--labels", labels, "--top", "2")
    assert status == 0
    assert "2 of 5 classes; probabilities are the softmax of the scores" in out
    assert "shorter side scaled and centre cut to 16×16, values ImageNet mean and deviation" in out


def test_run_agrees_with_the_library(striate, model, photo):
    values = facts(striate("run", model, photo, "--json", "--preprocess", "unit"))["outputs"]["fc"]["values"]
    assert values == st.load(model)(st.image(photo, size=16, preprocess="unit")).tolist()


@pytest.mark.parametrize(("how", "low", "high"), [("unit", 0, 1), ("signed", -1, 1), ("none", 0, 255)])
def test_preprocessing(model, photo, how, low, high):
    from striate.cli.opening import open_inputs

    opened = open_inputs(st.load(model), [photo], how)
    array = opened.arrays["image"]
    assert array.shape == (1, 3, 16, 16)
    assert low <= array.min() < array.max() <= high
    assert opened.pictures["image"].shape == (16, 16, 3)


def test_several_inputs_by_name(striate, signal_model, table, tmp_path):
    np.save(tmp_path / "gain.npy", np.array([2.0], np.float32))
    by_file = facts(striate("run", signal_model, f"x={table}", f"gain={tmp_path / 'gain.npy'}", "--json"))
    by_number = facts(striate("run", signal_model, "gain=2", table, "--json"))
    assert by_file["outputs"]["y"]["shape"] == [1, 3, 56]
    assert by_file["outputs"]["y"]["values"] == by_number["outputs"]["y"]["values"]
    assert by_file["outputs"]["y"]["prediction"] is None
    assert "output y  1×3×56 float32  from" in striate("run", signal_model, table, "gain=2")[1]


def test_maps_of_one_layer_of_all_and_of_a_telling_few(striate, model, photo, tmp_path):
    found = facts(striate("maps", model, photo, "-l", "c2", "-o", tmp_path / "one", "--json"))
    assert found == {"c2": [str(tmp_path / "one" / "003-c2.png")]}
    assert picture(found["c2"][0]).shape[1] >= 760
    for scope in ("unit", "layer", "network"):
        folder = tmp_path / scope
        status, out, _ = striate("maps", model, photo, "--all", "-o", folder, "--scale", scope)
        assert status == 0
        assert len(list(folder.iterdir())) == 7
        assert out.count("\n") == 7
    assert list(facts(striate("maps", model, photo, "-o", tmp_path / "few", "--json"))) == ["c1", "r1", "c2"]


def test_maps_of_a_signal(striate, signal_model, table, tmp_path):
    found = facts(striate("maps", signal_model, table, "gain=1", "--all", "-o", tmp_path, "--json"))
    assert set(found) == {"c1", "m"}


def test_filters_lists_the_bank_and_draws_kernels(striate, model, tmp_path):
    assert "sobel" in striate("filters")[1]
    names = [row["name"] for row in facts(striate("filters", "--json"))]
    assert {"sobel", "prewitt", "box", "gaussian", "sharpen", "derivative", "spike"} <= set(names)
    assert facts(striate("filters", "sobel", "--json"))["kernel"] == [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]
    assert "edge detector" in striate("filters", "sobel")[1]
    found = facts(striate("filters", model, "-o", tmp_path, "--json"))
    assert found["layer"] == "c1"
    assert picture(found["files"][0]).shape[1] >= 760
    assert facts(striate("filters", model, "-l", "c2", "--scale", "unit", "-o", tmp_path, "--json"))["layer"] == "c2"


@pytest.mark.parametrize("name", ["identity", "box", "sobel", "spike", "derivative"])
def test_every_bank_entry_can_be_shown(striate, name):
    status, out, err = striate("filters", name)
    assert status == 0, err
    assert out.startswith(f"{name}: ")


def test_explain_is_the_librarys_explanation(striate, model, photo, tmp_path):
    found = facts(striate("explain", model, photo, "c2:3@2,5", "--json"))
    run = st.load(model).run(st.image(photo, size=16))
    mine = run.unit("c2:3@2,5").explain()
    assert found["total"] == mine.total
    assert found["products"] == mine.products.tolist()
    assert found["value"] == float(run["c2"][0, 3, 2, 5])
    assert sum(np.ravel(found["products"])) + found["bias"] == pytest.approx(found["total"], abs=1e-12)
    left, right = found["formula"].rsplit(" = ", 1)
    assert eval(left.replace("×", "*")) == pytest.approx(float(right), abs=1e-12)
    status, out, _ = striate("explain", model, photo, "c2:3@2,5", "-o", tmp_path / "sum.png")
    assert status == 0
    assert out.count("sum ") == 4  # three channels, and the one that is left
    assert "1 more channel " in out
    assert "the run holds" in out
    assert picture(tmp_path / "sum.png").shape[1] >= 760
    assert striate("explain", model, photo, "c2:3@2,5", "--formula")[1].strip() == found["formula"]


@pytest.mark.parametrize("unit", ["c1:0@0,0", "r1:2@3,3", "p1:1@4,4", "gap:2@0,0", "flat:1", "fc:4"])
def test_every_kind_of_unit_is_explained_and_drawn(striate, model, photo, tmp_path, unit):
    status, out, err = striate("explain", model, photo, unit, "-o", tmp_path / "sum.png")
    assert status == 0, err
    assert out.startswith(f"{unit} = ")
    assert picture(tmp_path / "sum.png").shape[1] >= 760


def test_explain_a_signals_unit(striate, signal_model, table):
    status, out, _ = striate("explain", signal_model, table, "gain=2", "c1:1@7")
    assert status == 0
    assert "channel 0" in out
    assert "channel 1" in out


def test_field_without_and_with_an_input(striate, model, photo, tmp_path):
    found = facts(striate("field", model, "c2:0@3,3", "--json"))
    assert found["inputs"]["image"]["clipped"] == [[3, 11], [3, 11]]
    assert found["inputs"]["image"]["size"] == [8, 8]
    assert not found["exact"]
    assert "max" in found["reason"].lower()
    edge = striate("field", model, "c1:0@0,0")[1]
    assert "with what hangs over the edges: rows -1 to 1, columns -1 to 1" in edge
    status, out, _ = striate("field", model, "c2:0@3,3", "-i", photo, "-o", tmp_path / "field.png", "--data")
    assert status == 0
    assert out.startswith("c2:0@3,3 sees")
    assert (picture(tmp_path / "field.png") == (0x0F, 0x8F, 0x8C)).all(axis=-1).any()


def test_field_on_a_signal_and_on_a_volume(striate, signal_model, table, volume_model, tmp_path):
    teal = (0x0F, 0x8F, 0x8C)
    status, out, err = striate(
        "field", signal_model, "c1:0@10", "-i", table, "-i", "gain=2", "-o", tmp_path / "span.png"
    )
    assert status == 0, err
    assert "cells 10 to 14" in out
    assert (picture(tmp_path / "span.png") == teal).all(axis=-1).any()
    np.save(tmp_path / "volume.npy", np.random.default_rng(0).normal(size=(1, 1, 6, 8, 10)).astype(np.float32))
    status, out, err = striate(
        "field", volume_model, "c1:0@2,3,4", "-i", tmp_path / "volume.npy", "-o", tmp_path / "box.png"
    )
    assert status == 0, err
    assert "slices 2 to 4, rows 3 to 5, columns 4 to 6" in out
    assert (picture(tmp_path / "box.png") == teal).all(axis=-1).any()


def test_trace_adds_up(striate, model, photo):
    found = facts(striate("trace", model, photo, "c2:0@3,3", "--width", "2", "--json"))
    parts = ("reached", "biases", "left_out", "stopped", "rounding")
    assert sum(found[part] for part in parts) == pytest.approx(found["value"], abs=1e-6)
    assert found["levels"][-1]["kind"] == "Input"
    status, out, _ = striate("trace", model, photo, "c2:0@3,3", "--depth", "1")
    assert status == 0
    assert out.startswith("c2:0@3,3 = ")
    assert "of the unit; not followed" in out


def test_demo_on_the_bundled_network(striate, tmp_path):
    status, out, err = striate("demo", "-o", tmp_path)
    assert status == 0, err
    assert "The network: edges" in out
    assert "the run holds" in out
    assert "upright" in out
    assert "more channels" in out
    written = {path.name for path in tmp_path.iterdir()}
    assert {"explained.png", "field.png"} <= written
    assert len(written) >= 7
    assert all(path.stat().st_size > 500 for path in tmp_path.iterdir())


def test_demo_on_another_network(striate, model, photo, signal_model, tmp_path):
    status, out, err = striate("demo", "--model", model, "--input", photo, "-o", tmp_path)
    assert status == 0, err
    assert "369 parameters" in out
    assert "the strongest of c2" in out
    status, _, err = striate("demo", "--model", signal_model, "-o", tmp_path)
    assert status == 2
    assert "takes no picture" in err


def test_the_demos_last_line_can_be_pasted_into_a_shell(striate, model, photo, tmp_path):
    folder = tmp_path / "two words"
    folder.mkdir()
    (folder / "net.onnx").write_bytes(Path(model).read_bytes())
    status, out, err = striate("demo", "--model", folder / "net.onnx", "--input", photo, "-o", tmp_path)
    assert status == 0, err
    pasted = shlex.split(out.splitlines()[-1])
    assert pasted[:4] == ["striate", "explain", str(folder / "net.onnx"), str(photo)]
    assert striate(*pasted[1:])[0] == 0


def test_demo_on_a_signal(striate, signal_model, table, tmp_path):
    status, out, err = striate("demo", "--model", signal_model, "--input", table, "--input", "gain=2", "-o", tmp_path)
    assert status == 0, err
    assert (tmp_path / "explained.png").exists()
    assert not (tmp_path / "field.png").exists()
    assert "c1:" in out


def test_filter_an_image(striate, photo, tmp_path):
    assert striate("filter", "gaussian", photo, "-o", tmp_path / "blur.png")[0] == 0
    assert picture(tmp_path / "blur.png").shape == (40, 50, 3)
    status, out, _ = striate("filter", "sobel", photo, "-o", tmp_path / "edges.npy", "--axis", "1", "--colours")
    assert status == 0
    assert "40×50×3, from" in out
    expected = st.filter(picture(photo), "sobel", axis=1)
    assert np.array_equal(np.load(tmp_path / "edges.npy"), expected)
    assert "of the brightness" in striate("filter", "sobel", photo, "-o", tmp_path / "edges.png")[1]
    assert "clipped in the picture" in striate("filter", "sharpen", photo, "-o", tmp_path / "sharp.png")[1]


def test_filter_a_signal(striate, table, tmp_path):
    assert striate("filter", "derivative", table, "-o", tmp_path / "d.csv")[0] == 0
    assert np.loadtxt(tmp_path / "d.csv", delimiter=",").shape == (60, 2)
    assert striate("filter", "derivative", table, "-o", tmp_path / "d.png")[0] == 0
    assert picture(tmp_path / "d.png").shape[1] > 900


def test_calc(striate):
    status, out, _ = striate("calc", "nn.Conv1d(17, 64, kernel_size=3, padding=1)", "--input", "17x30")
    assert status == 0
    assert "floor((30 + 2*1 - 1*(3 - 1) - 1)/1) + 1 = 30" in out
    assert "64*17*3 + 64 = 3,328" in out
    assert "(default)" in out
    found = facts(striate("calc", "nn.Conv2d(3, 64, 3)", "-i", "(3, 224, 224)", "--units", "1000", "--json"))
    assert found["parameters"] == 1792
    assert found["against"]["parameters"] == 150_529_000
    assert found["output_shape"] == [64, 222, 222]


def test_calc_of_several_layers(striate, monkeypatch):
    text = "nn.Sequential(nn.Conv2d(1, 20, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(2880, 10))"
    status, out, _ = striate("calc", text, "--input", "1x28x28")
    assert status == 0
    assert out.split()[-4:] == ["together", "10", "29,330", "316,800"]
    found = facts(striate("calc", text, "--input", "1x28x28", "--json"))
    assert (found["parameters"], found["output_shape"], len(found["layers"])) == (29_330, [10], 5)
    monkeypatch.setattr("sys.stdin", io.StringIO("(conv): Conv2d(1, 20, kernel_size=(5, 5))\n(act): ReLU()\n"))
    assert "give the input (input_shape, --input) for the shapes" in striate("calc", "-")[1]


def test_version_and_help(striate):
    assert striate("--version")[1] == f"striate {st.__version__}\n"
    status, out, _ = striate("--help")
    assert status == 0
    for name in ("demo", "summary", "run", "maps", "filters", "explain", "field", "trace", "filter", "calc"):
        assert name in out
        text = striate(name, "--help")[1]
        assert "Example: striate" in " ".join(text.split()), name


def test_plan(striate, model, photo):
    status, out, err = striate("plan", model)
    assert (status, err) == (0, "")
    assert out.startswith("computes ")
    assert "c1 + r1" in out
    table = facts(striate("plan", model, "-i", "2x3x16x16", "--json"))
    assert table["inputs"] == {"image": [2, 3, 16, 16]}
    assert [step["layers"] for step in table["steps"]][1] == ["c1", "r1"]
    assert facts(striate("plan", model, "-i", photo, "--json"))["inputs"] == {"image": [1, 3, 16, 16]}
    assert facts(striate("plan", model, "--keep", "--json"))["arena"] > 0
    assert "probed peak" in striate("plan", model, "--profile")[1]


def test_plan_of_several_inputs(striate, signal_model, table):
    shapes = {"x": [1, 2, 60], "gain": [1]}
    assert facts(striate("plan", signal_model, "-i", "1x2x60", "-i", "gain=1", "--json"))["inputs"] == shapes
    assert facts(striate("plan", signal_model, "-i", table, "-i", "gain=2", "--json"))["inputs"] == shapes
    assert striate("plan", signal_model)[0] == 2


def test_engine(striate, monkeypatch, tmp_path):
    monkeypatch.setenv("STRIATE_CACHE", str(tmp_path))
    monkeypatch.setenv("STRIATE_ISA", "generic")
    monkeypatch.setenv("STRIATE_THREADS", "3")
    found = facts(striate("engine", "--json"))
    assert (found["isa"], found["lanes"], found["threads"], found["native"]) == ("generic", 4, 3, True)
    assert found["cache"] == {"folder": str(tmp_path), "entries": 0, "nbytes": 0, "limit": 256 * 2**20}
    assert "instruction set generic: 4 lanes" in striate("engine")[1]
    (tmp_path / "a.kernel").write_bytes(b"12345")
    assert facts(striate("engine", "cache", "--json"))["nbytes"] == 5
    assert striate("engine", "cache")[1].startswith("1 kernels, 0.0 of at most 256 MiB, in ")
    assert striate("engine", "cache", "--clear")[1] == "removed 1 kernels\n"
    assert list(tmp_path.iterdir()) == []


def test_report(striate, model, photo, tmp_path, monkeypatch):
    from striate.studio.report import page
    from tests.studio.report.conftest import contents

    monkeypatch.setattr(page, "script", lambda name: "")
    out = tmp_path / "small.html"
    labels = tmp_path / "labels.txt"
    labels.write_text("a\nb\nc\nd\ne\n")
    asked = ("report", model, photo, "-o", str(out), "--layers", "c1,r1", "--unit", "c2:1@3,4", "--unit", "c1:0@0,0")
    status, said, err = striate(*asked, "--labels", str(labels), "--channels", "3")
    assert (status, err) == (0, "")
    assert "maps of 2 of 7 layers, 3 channels of each" in said
    assert "2 numbers explained (--unit): c2:1@3,4, c1:0@0,0" in said
    held = contents(out.read_text("utf-8"))
    assert held.manifest["layers"] == [{"layer": name, "first": 0, "count": 3} for name in ("c1", "r1")]
    assert dict(held.manifest["source"])["file"] == f"{Path(model).stat().st_size:,} bytes"
    ports = held.one("input")[0]["ports"]
    assert ports[0]["note"].startswith("photo.png, shorter side scaled")
    assert str(tmp_path) not in json.dumps([held.manifest, ports])
    assert {rank["label"] for rank in held.one("prediction")[0]["outputs"][0]["ranks"]} == set("abcde")
    found = facts(striate("report", model, photo, "-o", str(out), "--json"))
    assert found["bytes"] == out.stat().st_size
    assert found["units"][0].startswith("fc:")


def test_report_of_bad_wishes(striate, model, photo, tmp_path):
    out = str(tmp_path / "x.html")
    for wish, message in [
        (("--channels", "0"), 'channels (="0") must be a positive number, or all'),
        (("--layers", "c9"), 'no layer "c9"; did you mean'),
        (("--unit", "c1:7@0,0"), "channel 7 must be from 0 to 3"),
    ]:
        status, said, err = striate("report", model, photo, "-o", out, *wish)
        assert (status, said) == (2, "")
        assert message in err
    assert not Path(out).exists()
