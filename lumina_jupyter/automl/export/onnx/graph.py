"""A graph of ONNX that is written from its inputs on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lumina_jupyter.errors import MissingExtra, ModelNotExportable

OPSET, OPSET_ML, IR_VERSION = 18, 5, 10
"""What onnxruntime 1.20 and later run."""
ML = "ai.onnx.ml"


def onnx_library() -> Any:
    """The library.

    Raises:
        MissingExtra: when it is not installed.
    """
    try:
        import onnx
    except ImportError as missing:
        raise MissingExtra("ONNX", extra="onnx") from missing
    return onnx


class Graph:
    """Adds nodes; every value is known by its name.

    Args:
        inputs: The names of the inputs, which no other value takes.
    """

    def __init__(self, inputs: Sequence[str]) -> None:
        self._onnx = onnx_library()
        self._taken = set(inputs)
        self._nodes: list[Any] = []
        self._constants: list[Any] = []
        self._inputs: list[Any] = []
        self._outputs: list[Any] = []

    def input(self, name: str, *, text: bool) -> str:
        """An input of one column: numbers in double precision, or texts."""
        kind = self._onnx.TensorProto.STRING if text else self._onnx.TensorProto.DOUBLE
        self._inputs.append(self._onnx.helper.make_tensor_value_info(name, kind, ["rows", 1]))
        return name

    def output(self, name: str, value: str, columns: int, kind: str = "DOUBLE") -> None:
        """An output; no columns for a single value a row."""
        self._nodes.append(self._onnx.helper.make_node("Identity", [value], [name]))
        shape = ["rows", columns] if columns else ["rows"]
        types = self._onnx.TensorProto
        self._outputs.append(self._onnx.helper.make_tensor_value_info(name, getattr(types, kind), shape))

    def constant(self, value: Any, kind: Any = np.float64) -> str:
        """An array, or a number, of this type."""
        name = self._free()
        self._constants.append(self.tensor(name, value, kind))
        return name

    def tensor(self, name: str, value: Any, kind: Any = np.float64) -> Any:
        """A tensor with a name, as attributes take it."""
        return self._onnx.numpy_helper.from_array(np.asarray(value, dtype=kind), name)

    def add(self, operator: str, *values: str, domain: str = "", **attributes: Any) -> str:
        """A node, and the name of what comes out of it."""
        name = self._free()
        outputs = [name, self._free()] if operator == "TopK" else [name]
        made = self._onnx.helper.make_node(operator, list(values), outputs, domain=domain, **attributes)
        self._nodes.append(made)
        return name

    def calculate(self, operator: str, value: str, number: Any) -> str:
        """A node of a value and a number, or an array of numbers."""
        return self.add(operator, value, self.constant(number))

    def columns(self, value: str, chosen: Sequence[int] | NDArray[Any]) -> str:
        """Some columns, in this order."""
        return self.add("Gather", value, self.constant(chosen, np.int64), axis=1)

    def side_by_side(self, values: Sequence[str]) -> str:
        """Columns of several values."""
        return values[0] if len(values) == 1 else self.add("Concat", *values, axis=1)

    def repeated(self, numbers: Any, like: str) -> str:
        """The same numbers in each row, for as many rows as another value has."""
        row = np.atleast_2d(np.asarray(numbers, dtype=np.float64))
        rows = self.add("Shape", like, start=0, end=1)
        shape = self.add("Concat", rows, self.constant([row.shape[1]], np.int64), axis=0)
        return self.add("Expand", self.constant(row), shape)

    def as_double(self, value: str) -> str:
        """Truths, whole numbers or single precision as numbers in double precision."""
        return self.add("Cast", value, to=self._onnx.TensorProto.DOUBLE)

    def as_single(self, value: str) -> str:
        """Numbers in single precision."""
        return self.add("Cast", value, to=self._onnx.TensorProto.FLOAT)

    def model(self, title: str, notes: dict[str, str]) -> Any:
        """The model.

        Args:
            title: What it predicts.
            notes: What readers of the file are told beside.

        Raises:
            ModelNotExportable: when ONNX itself refuses it.
        """
        helper = self._onnx.helper
        graph = helper.make_graph(self._nodes, title, self._inputs, self._outputs, self._constants)
        opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(ML, OPSET_ML)]
        made = helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION, producer_name="lumina-jupyter")
        helper.set_model_props(made, notes)
        try:
            self._onnx.checker.check_model(made)
        except self._onnx.checker.ValidationError as error:
            raise ModelNotExportable(f"ONNX does not take the model: {error}.") from error
        return made

    def _free(self) -> str:
        name = f"value_{len(self._taken)}"
        while name in self._taken:
            name += "_"
        self._taken.add(name)
        return name
