"""What a network is: values, nodes, graphs, and the names by which their source calls them."""

from striate.graph.address import UnitAddress, parse_address
from striate.graph.builder import GraphBuilder, infer_node
from striate.graph.constants import Constants, with_releasable_constants
from striate.graph.graph import Graph, Node
from striate.graph.model import LayerView, Layout, Model, unit_index
from striate.graph.op import Cost, Op
from striate.graph.tensor import Array, TensorType, tensor, type_of
from striate.graph.verify import verify

__all__ = [
    "Array",
    "Constants",
    "Cost",
    "Graph",
    "GraphBuilder",
    "LayerView",
    "Layout",
    "Model",
    "Node",
    "Op",
    "TensorType",
    "UnitAddress",
    "infer_node",
    "parse_address",
    "tensor",
    "type_of",
    "unit_index",
    "verify",
    "with_releasable_constants",
]
