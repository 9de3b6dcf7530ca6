"""From an ONNX model to a :class:`striate.graph.Model`."""

from __future__ import annotations

from onnx import ModelProto

from striate.errors import ModelFileError
from striate.graph import Model, verify, with_releasable_constants
from striate.importers.onnx.file import OpenedFile, Source, open_model
from striate.importers.onnx.finite import require_finite
from striate.importers.onnx.header import check_header, check_text
from striate.importers.onnx.names import layer_views, module_aliases
from striate.importers.onnx.reader import Reader
from striate.transforms.drop_dead import drop_dead
from striate.transforms.fold_constants import fold_constants
from striate.transforms.inputs_first import inputs_first


def load_onnx(source: Source, *, allow_nonfinite: bool = False) -> Model:
    """Opens an ONNX model, opset 7 to the newest of the installed onnx.

    An operation that striate has no definition of becomes an opaque node, run by ``onnx.reference``. What depends on
    constants only is computed here, once. Initialisers are constants, also where they are listed as inputs.

    Args:
        source: Path of the file, its bytes, or an ``onnx.ModelProto`` (which is not changed). External data is read
            only from inside the file's own folder.
        allow_nonfinite: Open the model although weights hold NaN or infinity.

    Returns:
        The network, with a layer for each ONNX node that computes on data; arrays are laid out as the file has them.

    Raises:
        ModelFileError: The file is missing, damaged, truncated or not an ONNX model.
        GraphError, ShapeError, DtypeError, ParameterError: The file holds something that is not a network.
        NonFiniteError: Weights hold NaN or infinity.
        UnsupportedError: The network is beyond what striate can do; UnsupportedOpError where that is one operation.
        LimitError: It would take more memory than the limit.

    Example:
        >>> from onnx import parser
        >>> text = '<ir_version: 8, opset_import: ["" : 17]> tiny (float[n, 3] x) => (float[n, 3] y) { y = Relu(x) }'
        >>> model = load_onnx(parser.parse_model(text))
        >>> [layer.name for layer in model.layers], str(model.graph.types["y"])
        (['y'], 'float32 (n, 3)')
    """
    file = open_model(source)
    try:
        return _import(file, allow_nonfinite)
    except (MemoryError, RecursionError) as error:
        raise ModelFileError(
            f"{file.title} cannot be read: {type(error).__name__}; it is damaged or far too large"
        ) from error


def _import(file: OpenedFile, allow_nonfinite: bool) -> Model:
    proto: ModelProto = file.proto
    check_header(proto, file.title)
    check_text(proto, file.title)
    reader = Reader(proto, file.title, file.folder, file.weights)
    read = reader.read()
    # In this order what is folded stays among the constants: it can still be asked for by the file's names.
    graph, last = inputs_first(fold_constants(drop_dead(read)))
    verify(graph)
    if not allow_nonfinite:
        require_finite(graph)
    graph = with_releasable_constants(graph)
    origins = reader.origins
    layers = layer_views(graph, origins.layer, origins.kind)
    aliases = module_aliases(read, layers, origins.layer, origins.module)
    return Model(graph, layers, aliases=aliases, source=file.title.strip('"'), last=last)
