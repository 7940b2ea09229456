"""A cell's outputs as a model reads them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from ..gateway.requests import ImagePart
from .cleaning import clean, html_text
from .kernel.summary import Policy

STREAM_LINES = 30
OUTPUT_CHARACTERS = 2_500
"""Characters of one output at most."""
OUTPUTS_SHOWN = 12
"""Outputs of one cell; of more, the first and the last are shown."""
TRACEBACK_LINES = 40
IMAGE_BYTES = 4_000_000
"""Base64 characters of an image at most; larger ones are named."""

_IMAGES = ("image/png", "image/jpeg", "image/gif", "image/webp")
_FRAME = re.compile(r"^(?:Cell In\[?\s*\d+\]?|File |Input In|\S.*<ipython-input|Traceback|-{10,}$)")
_OWN_FRAME = re.compile(r"^(?:Cell In|Input In)|<ipython-input|ipykernel_\d+")
_NAMED = {
    "application/vnd.jupyter.widget-view+json": "an interactive widget",
    "application/vnd.plotly.v1+json": "a plotly figure",
    "application/vnd.bokehjs_exec.v0+json": "a Bokeh figure",
    "application/vnd.vegalite.v5+json": "a Vega-Lite figure",
    "image/svg+xml": "an SVG image",
    "application/javascript": "",
}


def outputs_text(outputs: Sequence[Mapping[str, Any]], policy: Policy = "values") -> str:
    """The outputs as text: streams and tracebacks shortened, HTML as text, images named.

    Under any policy but `values` an output counts as a value: of errors the kind and the place are told.
    """
    if policy != "values":
        return "\n".join(_error(each, policy) for each in outputs if each.get("output_type") == "error")
    shown = list(_joined_streams(outputs))
    if len(shown) > OUTPUTS_SHOWN:
        left = len(shown) - OUTPUTS_SHOWN
        half = OUTPUTS_SHOWN // 2
        texts = [*map(_output, shown[:half]), f"[… {left:,} outputs left out …]", *map(_output, shown[-half:])]
    else:
        texts = [_output(each) for each in shown]
    return "\n".join(text for text in texts if text.strip())


def images_of(outputs: Sequence[Mapping[str, Any]]) -> tuple[ImagePart, ...]:
    """The pictures among the outputs, at most two: the last are what the cell came to."""
    found: list[ImagePart] = []
    for output in outputs:
        data = output.get("data")
        for kind in _IMAGES if isinstance(data, Mapping) else ():
            image = _text(data.get(kind)) if data is not None else ""
            if image and len(image) <= IMAGE_BYTES:
                found.append(ImagePart(media_type=kind, data="".join(image.split())))
                break
    return tuple(found[-2:])


def error_of(outputs: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The error that a cell ended with."""
    return next((each for each in reversed(outputs) if each.get("output_type") == "error"), None)


def error_text(output: Mapping[str, Any], policy: Policy = "values") -> str:
    """An error output as text."""
    return _error(output, policy)


def _joined_streams(outputs: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The outputs, with neighbouring pieces of a stream put together."""
    joined: list[Mapping[str, Any]] = []
    for output in outputs:
        last = joined[-1] if joined else {}
        if output.get("output_type") == "stream" == last.get("output_type") and output.get("name") == last.get("name"):
            joined[-1] = {**last, "text": _text(last.get("text")) + _text(output.get("text"))}
        else:
            joined.append(output)
    return joined


def _output(output: Mapping[str, Any]) -> str:
    match output.get("output_type"):
        case "stream":
            return clean(_text(output.get("text")), lines=STREAM_LINES, characters=OUTPUT_CHARACTERS)
        case "error":
            return _error(output, "values")
        case "display_data" | "execute_result":
            data = output.get("data")
            return _bundle(data) if isinstance(data, Mapping) else ""
    return ""


def _bundle(data: Mapping[str, Any]) -> str:
    for kind, name in _NAMED.items():
        if kind in data:
            return f"[{name}]" if name else ""
    for kind in _IMAGES:
        if kind in data:
            return f"[an image, {kind.partition('/')[2]}]"
    for kind in ("text/markdown", "text/latex", "text/plain"):
        text = _text(data.get(kind))
        if text.strip() and not (kind == "text/plain" and text.startswith("<") and "text/html" in data):
            return clean(text, lines=STREAM_LINES, characters=OUTPUT_CHARACTERS)
    if "text/html" in data:
        return html_text(_text(data["text/html"]), lines=STREAM_LINES, characters=OUTPUT_CHARACTERS)
    if "application/json" in data:
        text = json.dumps(data["application/json"], ensure_ascii=False, default=str)
        return clean(text, lines=STREAM_LINES, characters=OUTPUT_CHARACTERS)
    return " ".join(f"[{str(kind)[:80]}]" for kind in list(data)[:3])


def _error(output: Mapping[str, Any], policy: Policy) -> str:
    name = clean(_text(output.get("ename")) or "Error", lines=1, characters=200)
    lines = _text(output.get("traceback"), "\n")
    frames = _own_frames(clean(lines, lines=400, characters=20_000), with_message=policy == "values")
    if policy != "values":
        return f"{frames}\n{name} (its message is kept back by the notebook's policy)".strip()
    message = clean(_text(output.get("evalue")), lines=STREAM_LINES, characters=OUTPUT_CHARACTERS)
    return f"{frames}\n{name}: {message}".strip()


def _own_frames(traceback: str, *, with_message: bool) -> str:
    """What matters of a traceback: the frames in cells, and the innermost one in a library."""
    blocks: list[list[str]] = []
    for line in traceback.split("\n"):
        if _FRAME.match(line) or not blocks:
            blocks.append([])
        blocks[-1].append(line)
    frames = [
        block
        for block in blocks
        if block[0].startswith(("Cell In", "Input In", "File ")) or _OWN_FRAME.search(block[0])
    ]
    own = [block for block in frames if _OWN_FRAME.search(block[0])]
    kept = [*own, *([frames[-1]] if frames and frames[-1] not in own else [])]
    left = len(frames) - len(kept)
    # The last block ends with the error itself, which is told apart from it.
    texts = ["\n".join(line for line in _body(block) if line.strip()) for block in kept]
    if left:
        texts.insert(len(own), f"[… {left:,} frames in libraries left out …]")
    text = "\n".join(texts)
    lines = text.split("\n")
    if len(lines) > TRACEBACK_LINES:
        lines[TRACEBACK_LINES // 2 : -TRACEBACK_LINES // 2] = ["[…]"]
    return "\n".join(lines)


def _body(block: list[str]) -> list[str]:
    """A frame's head and its lines of source; without the error's message, which begins at a line's start."""
    return [block[0], *(line for line in block[1:] if line.startswith((" ", "-", "\t", "^")))]


def _text(value: object, between: str = "") -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, Sequence):
        return between.join(each for each in value if isinstance(each, str))
    return ""
