"""numpy's arrays and torch's tensors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .bounds import cut
from .dtypes import dtype_name
from .plain import short

if TYPE_CHECKING:
    Told = dict[str, Any]

SHOWN = 6
"""Elements that are shown."""
COUNTED = 100_000
"""Elements up to which the least, the greatest and the mean are computed."""
LISTED = 20
"""Layers or parameters that are listed."""


def numpy_array(array: Any, detail: bool, values: bool) -> Told:
    """A numpy array of any kind."""
    shape = [int(size) for size in array.shape]
    text = f"numpy array of shape {tuple(shape)}, {dtype_name(array.dtype)}"
    if detail and values and array.size:
        kind = array.dtype.kind
        # A slice of each axis first: `flat` or `reshape` could copy all of an array that is not in order.
        head = array[tuple(slice(0, SHOWN) for _ in shape)] if shape else array
        first = head.reshape(-1)[:SHOWN].tolist()
        text += ": " + cut(", ".join(short(item, 40, 1) for item in first), 400)
        text += ", …" if array.size > len(first) else ""
        if kind in "iuf" and array.size <= COUNTED:
            text += f" (from {float(array.min()):.6g} to {float(array.max()):.6g}, mean {float(array.mean()):.6g})"
    return {"text": text, "shape": shape, "size": int(array.nbytes)}


def torch_tensor(tensor: Any, detail: bool, values: bool) -> Told:
    """A torch tensor; its numbers only when they lie in this machine's memory, since a device would be waited for."""
    shape = [int(size) for size in tensor.shape]
    device = str(tensor.device)
    text = f"torch tensor of shape {tuple(shape)}, {dtype_name(tensor.dtype)}, on {device}"
    if tensor.requires_grad:
        text += ", with gradient"
    layout = str(tensor.layout)
    if layout != "torch.strided":
        text += ", " + layout
    elif detail and values and device == "cpu" and 0 not in shape and not getattr(tensor, "is_quantized", False):
        head = tensor.detach()[tuple(slice(0, SHOWN) for _ in shape)] if shape else tensor.detach()
        first = head.reshape(-1)[:SHOWN].tolist()
        text += ": " + ", ".join(short(item, 40, 0) for item in first)
        text += ", …" if tensor.numel() > len(first) else ""
    return {"text": text, "shape": shape, "size": int(tensor.numel()) * int(tensor.element_size())}


def torch_module(module: Any, detail: bool, _values: bool) -> Told:
    """A torch module: what it is made of, and the number of its parameters."""
    cls = type(module)
    children = list(module.named_children())
    parameters = list(module.parameters())
    count = sum(int(each.numel()) for each in parameters)
    trained = sum(int(each.numel()) for each in parameters if each.requires_grad)
    size = sum(int(each.numel()) * int(each.element_size()) for each in parameters)
    text = f"torch module {cls.__name__} of {count:,} parameters"
    if trained != count:
        text += f", {trained:,} of them trained"
    text += ", in {} mode".format("training" if module.training else "evaluation")
    if detail:
        lines = [f"- {name}: {type(child).__name__}" for name, child in children[:LISTED]]
        if len(children) > LISTED:
            lines.append(f"- … and {len(children) - LISTED} more")
        text = "\n".join([text, *lines])
    return {"text": text, "size": size}
