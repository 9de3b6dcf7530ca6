"""Files that are no models, or not whole ones: each ends in one clear error."""

from __future__ import annotations

import gzip
import io
import os
import pickle
import zipfile
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from striate.errors import (
    DtypeError,
    GraphError,
    LimitError,
    ModelFileError,
    NonFiniteError,
    ParameterError,
    ShapeError,
    StriateError,
    UnsupportedError,
    UnsupportedOpError,
)
from striate.importers.onnx import load_onnx
from striate.importers.onnx.file import LARGEST_FILE

F = TensorProto.FLOAT


def value(name: str, *shape: int | str | None, element: int = F) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, element, list(shape))


def model(nodes, inputs, outputs, weights=(), opset: int = 17, ir: int = 8, **more) -> onnx.ModelProto:
    graph = helper.make_graph(
        list(nodes), "net", list(inputs), list(outputs), [numpy_helper.from_array(a, n) for n, a in weights]
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=ir, **more)


def conv_model(weight: np.ndarray | None = None, **more) -> onnx.ModelProto:
    weight = np.ones((4, 3, 3, 3), np.float32) if weight is None else weight
    node = helper.make_node("Conv", ["x", "conv.weight"], ["y"], name="conv")
    return model([node], [value("x", "n", 3, 8, 8)], [value("y", "n", 4, 6, 6)], [("conv.weight", weight)], **more)


def relu(x: str, y: str, name: str = "") -> onnx.NodeProto:
    return helper.make_node("Relu", [x], [y], name=name)


# ------------------------------------------------------------------------------------------------ files


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ModelFileError, match=r"no\.onnx\" does not exist; check the path"):
        load_onnx(tmp_path / "no.onnx")


def test_folder(tmp_path: Path) -> None:
    (tmp_path / "net.onnx").write_bytes(b"x")
    with pytest.raises(ModelFileError, match=r"is a folder, expected an ONNX file; did you mean net\.onnx in it\?"):
        load_onnx(str(tmp_path))


def test_empty_file(tmp_path: Path) -> None:
    (tmp_path / "net.onnx").write_bytes(b"")
    with pytest.raises(ModelFileError, match=r"is empty \(0 bytes\)"):
        load_onnx(tmp_path / "net.onnx")


def test_name_that_is_none() -> None:
    with pytest.raises(ModelFileError, match="does not exist"):
        load_onnx("a\0b.onnx")
    with pytest.raises(ParameterError, match=r"path, bytes or an onnx.ModelProto, got int"):
        load_onnx(3)  # type: ignore[arg-type]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_pipe(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "net.onnx")
    with pytest.raises(ModelFileError, match="is not a regular file"):
        load_onnx(tmp_path / "net.onnx")


def test_too_large_file(tmp_path: Path) -> None:
    path = tmp_path / "net.onnx"
    with path.open("wb") as file:
        file.truncate(LARGEST_FILE + 1)  # sparse: takes no space
    with pytest.raises(LimitError, match=r"an ONNX file is at most 2 GiB .* external data"):
        load_onnx(path)


def test_file_beyond_the_memory_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "net.onnx").write_bytes(conv_model().SerializeToString())
    monkeypatch.setenv("STRIATE_MEMORY_LIMIT", "100")
    with pytest.raises(LimitError, match="reading"):
        load_onnx(tmp_path / "net.onnx")


def zipped(*names: str) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name in names:
            archive.writestr(zipfile.ZipInfo(name), "x")  # dated 1980: the same bytes in every process
    return data.getvalue()


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (pickle.dumps({"weight": 1}), r"a Python pickle .* torch\.onnx\.export"),
        (zipped("net/data.pkl", "net/version"), r"a PyTorch file .* torch\.onnx\.export"),
        (zipped("config.json", "model.weights.h5"), r"a Keras file .*model\.export"),
        (zipped("a/net.onnx"), r"a ZIP archive with a/net\.onnx in it; unpack it first"),
        (zipped("a.txt")[:40], "truncated or damaged"),
        (b"\x89HDF\r\n\x1a\n" + bytes(64), r"an HDF5 file .*model\.export"),
        (b"\x1c\0\0\0TFL3" + bytes(64), "TensorFlow Lite"),
        (b"\x1c\0\0\0ORTM" + bytes(64), "ORT format"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n", "git lfs pull"),
        (b"<!DOCTYPE html><html></html>", "a web page; the download went wrong"),
        (gzip.compress(b"net", mtime=0), "a gzip archive; unpack it first"),
        (b'<?xml version="1.0"?><net/>', "XML"),
        (b"\x93NUMPY\x01\0" + bytes(64), "a NumPy array"),
        ((2).to_bytes(8, "little") + b"{}" + bytes(8), "safetensors"),
    ],
)
def test_other_kinds_of_file(data: bytes, what: str) -> None:
    with pytest.raises(ModelFileError, match=f"the given bytes is not an ONNX model but .*{what}"):
        load_onnx(data)


def test_random_bytes() -> None:
    random = np.random.default_rng(0)
    for size in (1, 3, 10, 100, 1000, 10_000):
        with pytest.raises(ModelFileError):
            load_onnx(random.bytes(size))


def test_every_truncation() -> None:
    data = conv_model().SerializeToString()
    for length in range(len(data)):
        with pytest.raises(StriateError):
            load_onnx(data[:length])


# ------------------------------------------------------------------------------------------------ head


def test_without_graph() -> None:
    with pytest.raises(ModelFileError, match="an ONNX model without a graph"):
        load_onnx(onnx.ModelProto(ir_version=8, producer_name="x").SerializeToString())
    with pytest.raises(ModelFileError, match="not an ONNX model: it holds no network"):
        load_onnx(onnx.ModelProto(producer_name="x"))


def test_without_outputs() -> None:
    with pytest.raises(GraphError, match="the graph has no outputs"):
        load_onnx(model([relu("x", "y")], [value("x", 1)], []))


def test_versions() -> None:
    with pytest.raises(UnsupportedError, match=r"opset 6, supported are 7 to \d+; convert it with onnx.version_conv"):
        load_onnx(conv_model(opset=6))
    newer = onnx.defs.onnx_opset_version() + 1
    with pytest.raises(UnsupportedError, match=rf"opset {newer}, the installed onnx .* upgrade onnx"):
        load_onnx(conv_model(opset=newer))
    with pytest.raises(UnsupportedError, match="ONNX format"):
        load_onnx(conv_model(ir=onnx.IR_VERSION + 1))
    without = conv_model()
    del without.opset_import[:]
    with pytest.raises(ModelFileError, match="declares no opset"):
        load_onnx(without)
    twice = conv_model()
    twice.opset_import.add(domain="ai.onnx", version=12)
    with pytest.raises(GraphError, match=r"two opsets of ai.onnx: 17 and 12"):
        load_onnx(twice)


# ------------------------------------------------------------------------------------------------ graph


def test_circle() -> None:
    nodes = [relu("c", "a", "first"), relu("a", "b", "second"), relu("b", "c", "third"), relu("x", "y", "fine")]
    with pytest.raises(GraphError, match='in a circle: Relu "first" -> Relu "second" -> Relu "third" -> Relu "first"'):
        load_onnx(model(nodes, [value("x", 1)], [value("c", 1)]))


def test_missing_weight() -> None:
    broken = conv_model()
    del broken.graph.initializer[:]
    with pytest.raises(GraphError, match=r'Conv "conv" reads "conv\.weight", which is neither an input nor an initial'):
        load_onnx(broken)


def test_made_twice() -> None:
    with pytest.raises(GraphError, match='value "y" is made twice: by Relu "a" and by Relu "b"'):
        load_onnx(model([relu("x", "y", "a"), relu("x", "y", "b")], [value("x", 1)], [value("y", 1)]))
    with pytest.raises(GraphError, match='"x" is made twice: by an input or initialiser and by Relu "a"'):
        load_onnx(model([relu("x", "x", "a")], [value("x", 1)], [value("x", 1)]))
    with pytest.raises(GraphError, match="an input is listed twice"):
        load_onnx(model([relu("x", "y")], [value("x", 1), value("x", 1)], [value("y", 1)]))
    with pytest.raises(GraphError, match="an output is listed twice"):
        load_onnx(model([relu("x", "y")], [value("x", 1)], [value("y", 1), value("y", 1)]))
    zeros = np.zeros(1, np.float32)
    with pytest.raises(GraphError, match='initialiser "w" is given twice'):
        load_onnx(model([relu("w", "y")], [], [value("y", 1)], [("w", zeros), ("w", zeros)]))


def test_unknown_output() -> None:
    with pytest.raises(GraphError, match='output "z" is made by no node'):
        load_onnx(model([relu("x", "y")], [value("x", 1)], [value("z", 1)]))


def test_wrong_shapes() -> None:
    with pytest.raises(ShapeError, match='Conv "conv": weight expects 5 input channels'):
        load_onnx(conv_model(np.ones((4, 5, 3, 3), np.float32)))
    with pytest.raises(ShapeError, match='Conv "conv": '):
        load_onnx(conv_model(np.ones((4, 3, 9, 9), np.float32)))
    node = helper.make_node("Conv", ["x", "w"], ["y"], name="conv", kernel_shape=[2, 2])
    weights = [("w", np.ones((4, 3, 3, 3), np.float32))]
    with pytest.raises(ShapeError, match=r'Conv "conv": kernel_shape \(=\(2, 2\)\) does not fit the weight'):
        load_onnx(model([node], [value("x", 1, 3, 8, 8)], [value("y", 1, 4, 6, 6)], weights))


def test_wrong_types() -> None:
    with pytest.raises(DtypeError, match=r'Conv "conv": W has type int32, expected .*float'):
        load_onnx(conv_model(np.ones((4, 3, 3, 3), np.int32)))
    with pytest.raises(DtypeError, match=r"W has type tensor\(double\), but X has tensor\(float\); cast one"):
        load_onnx(conv_model(np.ones((4, 3, 3, 3), np.float64)))


def test_wrong_attributes() -> None:
    def with_attributes(**attributes: object) -> onnx.ModelProto:
        node = helper.make_node("Conv", ["x", "w"], ["y"], name="conv", **attributes)
        weights = [("w", np.ones((4, 3, 3, 3), np.float32))]
        return model([node], [value("x", 1, 3, 8, 8)], [value("y", 1, 4, 6, 6)], weights)

    with pytest.raises(GraphError, match='Conv "conv": attribute "strides" has type FLOAT, expected INTS'):
        load_onnx(with_attributes(strides=1.5))
    with pytest.raises(GraphError, match=r'attribute "stride" is unknown to Conv; it has .*strides'):
        load_onnx(with_attributes(stride=[1, 1]))
    with pytest.raises(ParameterError, match=r'auto_pad \(="SAME"\) must be one of NOTSET, SAME_UPPER'):
        load_onnx(with_attributes(auto_pad="SAME"))
    with pytest.raises(ParameterError, match=r"pads \(=\(1, 1\)\) has 2 entries, expected 4"):
        load_onnx(with_attributes(pads=[1, 1]))
    with pytest.raises(ParameterError, match=r"stride \(=\(0, 1\)\) must be positive"):
        load_onnx(with_attributes(strides=[0, 1]))
    gather = helper.make_node("Concat", ["x"], ["y"], name="join")
    with pytest.raises(GraphError, match='Concat "join": attribute "axis" is required and missing'):
        load_onnx(model([gather], [value("x", 1)], [value("y", 1)]))
    with pytest.raises(GraphError, match='Relu "r" has 2 inputs, expected 1'):
        load_onnx(model([helper.make_node("Relu", ["x", "x"], ["y"], name="r")], [value("x", 1)], [value("y", 1)]))
    with pytest.raises(GraphError, match=r'Add "a": input 1 \("B"\) is required and left out'):
        load_onnx(model([helper.make_node("Add", ["x", ""], ["y"], name="a")], [value("x", 1)], [value("y", 1)]))


def test_unknown_operations() -> None:
    def one(op_type: str, domain: str = "", opset: int = 17) -> onnx.ModelProto:
        node = helper.make_node(op_type, ["x"], ["y"], name="node", domain=domain)
        made = model([node], [value("x", 1)], [value("y", 1)], opset=opset)
        if domain:
            made.opset_import.add(domain=domain, version=1)
        return made

    with pytest.raises(UnsupportedOpError, match=r"""FusedConv "node" is of the domain 'com\.microsoft'"""):
        load_onnx(one("FusedConv", "com.microsoft"))
    with pytest.raises(UnsupportedOpError, match=r'Rleu "node": ONNX \(opset 17\) has no operation'):
        load_onnx(one("Rleu"))
    with pytest.raises(UnsupportedOpError, match='Mish "node": opset 17 has no Mish, it came later'):
        load_onnx(one("Mish"))


def test_inputs_that_are_no_tensors_of_numbers() -> None:
    text = value("x", 1, element=TensorProto.STRING)
    with pytest.raises(UnsupportedError, match='input "x" holds text'):
        load_onnx(model([helper.make_node("Identity", ["x"], ["y"])], [text], [value("y", 1)]))
    sequence = helper.make_tensor_sequence_value_info("x", F, [1])
    with pytest.raises(UnsupportedError, match='input "x" is a sequence; only tensors'):
        load_onnx(model([helper.make_node("SequenceLength", ["x"], ["y"])], [sequence], [value("y")]))
    with pytest.raises(ShapeError, match='input "x" has size -2 in axis 1; a size cannot be negative'):
        load_onnx(model([relu("x", "y")], [value("x", 1, -2)], [value("y", 1)]))
    with pytest.raises(ModelFileError, match='input "x" is declared without a type'):
        load_onnx(model([relu("x", "y")], [onnx.ValueInfoProto(name="x")], [value("y", 1)]))


# ------------------------------------------------------------------------------------------------ weights


def with_weight(tensor: TensorProto) -> onnx.ModelProto:
    made = model([relu("w", "y")], [], [value("y", 1)])
    made.graph.initializer.append(tensor)
    return made


def test_weights_that_hold_too_little() -> None:
    huge = TensorProto(name="w", data_type=F, dims=[1 << 20, 1 << 20, 1 << 20], raw_data=b"abcd")
    with pytest.raises(ModelFileError, match=r'initialiser "w" has shape .*, which takes \d+ bytes; the file holds 4'):
        load_onnx(with_weight(huge))
    with pytest.raises(ModelFileError, match=r'initialiser "w" .* the file does not hold as many numbers'):
        load_onnx(with_weight(TensorProto(name="w", data_type=F, dims=[1 << 40], float_data=[1, 2])))
    with pytest.raises(ModelFileError, match=r'initialiser "w" has shape .* a size cannot be negative'):
        load_onnx(with_weight(TensorProto(name="w", data_type=F, dims=[-1, 2], raw_data=bytes(8))))
    with pytest.raises(ModelFileError, match=r'initialiser "w" has an element type .=99. that the installed onnx'):
        load_onnx(with_weight(TensorProto(name="w", data_type=99, dims=[1], raw_data=bytes(8))))
    with pytest.raises(ModelFileError, match='initialiser "w" has no element type'):
        load_onnx(with_weight(TensorProto(name="w", dims=[1], raw_data=bytes(8))))
    with pytest.raises(UnsupportedError, match='initialiser "w" holds text'):
        load_onnx(with_weight(helper.make_tensor("w", TensorProto.STRING, [1], [b"a"])))


def test_huge_sparse_weight() -> None:
    made = model([relu("w", "y")], [], [value("y", 1)])
    values = numpy_helper.from_array(np.ones(1, np.float32), "w")
    indices = numpy_helper.from_array(np.zeros(1, np.int64))
    made.graph.sparse_initializer.append(helper.make_sparse_tensor(values, indices, [1 << 40]))
    with pytest.raises(LimitError, match='initialiser "w" would take'):
        load_onnx(made)


def test_nonfinite_weights() -> None:
    weight = np.ones((4, 3, 3, 3), np.float32)
    weight[1, 2, 0, 1] = np.nan
    weight[3, 0, 0, 0] = -np.inf
    expected = r'weight "conv\.weight" of Conv "conv" holds 2 of 108 numbers .* the first at \(1, 2, 0, 1\) \(=nan\)'
    with pytest.raises(NonFiniteError, match=expected):
        load_onnx(conv_model(weight))
    opened = load_onnx(conv_model(weight), allow_nonfinite=True)
    assert not np.isfinite(opened.graph.constants["conv.weight"]).all()


# ------------------------------------------------------------------------------------------------ external data


def external(location: str, length: int | None = None, offset: str = "0") -> bytes:
    made = conv_model()
    tensor = made.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    entries = {"location": location, "offset": offset} | ({} if length is None else {"length": str(length)})
    for key, text in entries.items():
        tensor.external_data.add(key=key, value=text)
    return made.SerializeToString()


def test_external_data(tmp_path: Path) -> None:
    weight = np.arange(108, dtype=np.float32)
    (tmp_path / "weights.bin").write_bytes(bytes(8) + weight.tobytes())
    (tmp_path / "net.onnx").write_bytes(external("weights.bin", 432, offset="8"))
    opened = load_onnx(tmp_path / "net.onnx")
    np.testing.assert_array_equal(opened.graph.constants["conv.weight"].reshape(-1), weight)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (external("/etc/hostname"), r'external data at "/etc/hostname" is refused: the path is absolute'),
        (external(r"C:\weights.bin"), "is refused: the path is absolute"),
        (external("../weights.bin"), r'is refused: "\.\." leads out of the model\'s folder'),
        (external("a/../../weights.bin"), r'is refused: "\.\." leads out'),
        (external(r"..\weights.bin"), r'is refused: "\.\." leads out'),
        (external("link.bin"), "is refused: a link leads out of the model's folder"),
        (external("linked/weights.bin"), "is refused: a link leads out of the model's folder"),
        (external("missing.bin"), r'external data "missing\.bin" does not exist; it belongs into'),
        (external("short.bin"), r"is too short: 432 bytes from byte 0 on are wanted, it has 100"),
        (external("whole.bin", offset="1"), r"is too short: 432 bytes from byte 1 on"),
        (external("whole.bin", 400), "external data of 400 bytes is declared, its shape and type need 432"),
        (external("whole.bin", offset="-4"), r'offset \(="-4"\) of its external data is not a number'),
        (external("whole.bin", offset="9" * 30), "is not a number of bytes"),
        (external(""), "external data without a usable location"),
        (external("a\0b"), "external data without a usable location"),
        (external("."), "external data"),
        (external("pipe"), "is not a regular file"),
    ],
)
def test_bad_external_data(tmp_path: Path, data: bytes, expected: str) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    inside.mkdir()
    outside.mkdir()
    (outside / "weights.bin").write_bytes(bytes(432))
    (tmp_path / "weights.bin").write_bytes(bytes(432))
    (inside / "short.bin").write_bytes(bytes(100))
    (inside / "whole.bin").write_bytes(bytes(432))
    (inside / "link.bin").symlink_to(outside / "weights.bin")
    (inside / "linked").symlink_to(outside)
    os.mkfifo(inside / "pipe")
    (inside / "net.onnx").write_bytes(data)
    with pytest.raises(ModelFileError, match=expected):
        load_onnx(inside / "net.onnx")


def test_external_data_of_bytes() -> None:
    with pytest.raises(ModelFileError, match="the model did not come from a file; load it by its path"):
        load_onnx(external("weights.bin"))


def test_external_data_inside_of_a_loop(tmp_path: Path) -> None:
    """onnx.reference would read such a file by itself, wherever it lies."""
    body = helper.make_graph(
        [helper.make_node("Add", ["sum", "w"], ["next"]), helper.make_node("Identity", ["go"], ["go_on"])],
        "body",
        [value("i", element=TensorProto.INT64), value("go", element=TensorProto.BOOL), value("sum", 1)],
        [value("go_on", element=TensorProto.BOOL), value("next", 1)],
        [TensorProto(name="w", data_type=F, dims=[1], data_location=TensorProto.EXTERNAL)],
    )
    body.initializer[0].external_data.add(key="location", value="../secret.bin")
    loop = helper.make_node("Loop", ["n", "", "x"], ["y"], body=body, name="loop")
    made = model([loop], [value("x", 1), value("n", element=TensorProto.INT64)], [value("y", 1)])
    (tmp_path / "secret.bin").write_bytes(bytes(4))
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "net.onnx").write_bytes(made.SerializeToString())
    with pytest.raises(ModelFileError, match=r'"\.\." leads out of the model'):
        load_onnx(tmp_path / "in" / "net.onnx")
