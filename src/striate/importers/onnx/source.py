"""What a converter sees of an ONNX node: attributes as Python values, operands by name and by what is known of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from onnx import AttributeProto

from striate.errors import GraphError, ParameterError
from striate.graph import Array, GraphBuilder, Op, TensorType
from striate.importers.onnx.tensors import sparse_to_array, to_array

Word = TypeVar("Word", bound=str)


class Decline(Exception):  # noqa: N818 - a signal to the reader, not an error
    """Raised by a converter for a form of the operation that striate has no definition of: the node becomes opaque."""


class OnnxNode:
    """One node of an ONNX graph on its way into a graph of ours.

    Args:
        name: Its name, unique.
        op_type: ONNX's name of the operation.
        version: Opset that the node is written in.
        inputs: Names of its operands in our graph; None for one that is left out.
        outputs: ONNX's names of its results; "" for one that nobody uses.
        attributes: Its attributes by name.
        build: The graph so far.
        folder: Folder of the model, for external data.
        name_helper: Gives what a converter adds in front of this node its name, from a wish and this node's name.
    """

    def __init__(
        self,
        name: str,
        op_type: str,
        version: int,
        inputs: Sequence[str | None],
        outputs: Sequence[str],
        attributes: Mapping[str, AttributeProto],
        build: GraphBuilder,
        folder: Path | None,
        name_helper: Callable[[str, str], str],
    ) -> None:
        self.name = name
        self.op_type = op_type
        self.version = version
        self.inputs = tuple(inputs)
        self.outputs = tuple(outputs)
        self._attributes = attributes
        self._build = build
        self._folder = folder
        self._name_helper = name_helper

    @property
    def title(self) -> str:
        """How messages call the node."""
        return f'{self.op_type} "{self.name}"'

    # attributes; that they have the schema's type has been checked before a converter is called

    def has(self, name: str) -> bool:
        """Whether the attribute is given."""
        return name in self._attributes

    def int(self, name: str, default: int = 0) -> int:
        """A whole number."""
        return int(self._attributes[name].i) if name in self._attributes else default

    def flag(self, name: str, default: bool = False) -> bool:
        """A whole number that means yes or no."""
        return bool(self.int(name, default))

    def float(self, name: str, default: float = 0.0) -> float:
        """A number."""
        return float(self._attributes[name].f) if name in self._attributes else default

    def ints(self, name: str, default: Sequence[int] = ()) -> tuple[int, ...]:
        """Whole numbers."""
        return tuple(int(i) for i in self._attributes[name].ints) if name in self._attributes else tuple(default)

    def floats(self, name: str) -> tuple[float, ...]:
        """Numbers."""
        return tuple(float(f) for f in self._attributes[name].floats) if name in self._attributes else ()

    def text(self, name: str, default: str = "") -> str:
        """Text."""
        if name not in self._attributes:
            return default
        try:
            return self._attributes[name].s.decode()
        except UnicodeDecodeError as error:
            raise ParameterError(f'{self.title}: attribute "{name}" is not UTF-8 text') from error

    def choice(self, name: str, default: Word, allowed: Sequence[Word]) -> Word:
        """Text that is one of a few words.

        Raises:
            ParameterError: It is another one.
        """
        given = self.text(name, default)
        for word in allowed:
            if word == given:
                return word
        raise ParameterError(f'{self.title}: {name} (="{given}") must be one of {", ".join(allowed)}')

    def tensor(self, name: str) -> Array:
        """A tensor, dense or sparse."""
        attribute, title = self._attributes[name], f'{self.title}: attribute "{name}"'
        if attribute.type == AttributeProto.SPARSE_TENSOR:
            return sparse_to_array(attribute.sparse_tensor, self._folder, title)
        return to_array(attribute.t, self._folder, title)

    # operands

    def operand(self, index: int) -> str | None:
        """Name of an operand; None if it is left out."""
        return self.inputs[index] if index < len(self.inputs) else None

    def type(self, index: int) -> TensorType:
        """What is known of an operand that must be there.

        Raises:
            GraphError: It is left out.
        """
        name = self.operand(index)
        if name is None:
            raise GraphError(f"{self.title}: input {index} is left out")
        return self._build.types[name]

    def rank(self, index: int) -> int:
        """Number of axes of an operand.

        Raises:
            Decline: It is not known.
        """
        rank = self.type(index).rank
        if rank is None:
            raise Decline(f"number of axes of input {index} is not known")
        return rank

    def contents(self, index: int) -> Array | None:
        """Contents of an operand where they are known and hold no free size; None otherwise, or if it is left out."""
        name = self.operand(index)
        value = None if name is None else self._build.types[name].value
        return None if value is None or value.dtype == object else value

    def used(self, result: int) -> bool:
        """Whether a result is asked for."""
        return result < len(self.outputs) and bool(self.outputs[result])

    # making operands

    def constant(self, value: npt.ArrayLike, role: str, dtype: npt.DTypeLike = np.int64) -> str:
        """Adds a constant that an older version of the operation has as an attribute; gives its name."""
        try:
            array = np.array(value, dtype)
        except (OverflowError, ValueError) as error:
            raise ParameterError(f"{self.title}: {role} (={value!r}) is not a list of {np.dtype(dtype)}") from error
        return self._build.constant(array, self._name_helper(f"{self.name}.{role}", self.name))

    def add(self, op: Op, inputs: Sequence[str | None], role: str) -> str:
        """Adds a node in front of this one; gives the name of its result."""
        name = self._name_helper(f"{self.name}.{role}", self.name)
        return self._build.add(op, inputs, name=name, outputs=[name])[0]
