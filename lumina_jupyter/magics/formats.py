"""The formats of an answer: what the model is told, how it is shown while it comes, and at the end."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace
from typing import Any

from ..errors import AnswerUnusable
from .arguments import Format
from .code_blocks import code_blocks, json_data
from .display_text import clean, whole
from .output import MimeBundle, Output, markdown
from .result import Answer
from .schemas import AnswerSchema
from .views import MarkdownView, ProgressView, TextView, View

INSTRUCTIONS: dict[Format, str] = {
    "markdown": "",
    "text": "Answer in plain text, without Markdown.",
    "code": "Answer with Python code for a notebook cell, in one fenced code block, and nothing else.",
    "json": "Answer with valid JSON and nothing else.",
    "html": "Answer with one self-contained HTML fragment and nothing else.",
    "math": "Answer with one LaTeX formula and nothing else.",
}
_PROGRESS: dict[Format, str] = {"code": "code", "json": "JSON", "html": "HTML", "math": "a formula"}
_MATH_MARKS = re.compile(r"^(?:\$\$?|\\\[|\\\()\s*|\s*(?:\$\$?|\\\]|\\\))$")


def view_of(format: Format, output: Output) -> View:
    """How an answer of that format is shown while it streams."""
    if format in _PROGRESS:
        return ProgressView(output, _PROGRESS[format])
    return MarkdownView(output) if format == "markdown" and output.live else TextView(output)


def conclude(
    format: Format, answer: Answer, view: View, output: Output, schema: AnswerSchema | None
) -> tuple[Answer, str]:
    """Show the finished answer as its format asks.

    Returns:
        The answer with its `data`, and a remark for the footer.

    Raises:
        AnswerUnusable: when it is not what the format needs; what came is shown first.
    """
    if not isinstance(view, ProgressView):
        return answer, ""
    if answer.finish not in {"stop", "tool_calls"}:
        view.slot.put(markdown(answer.text or "*No answer.*"))
        return answer, ""
    match format:
        case "code":
            return answer, _conclude_code(answer, view, output)
        case "json":
            return _conclude_json(answer, view, schema), ""
        case "html":
            view.slot.put(_html(answer.text))
        case _:
            view.slot.put(_math(answer.text))
    return answer, ""


def _conclude_code(answer: Answer, view: ProgressView, output: Output) -> str:
    if not answer.code:
        view.slot.put(markdown(answer.text or "*No answer.*"))
        return "no code in the answer"
    output.next_cell(answer.code)
    fence = "`" * max(3, *(len(run) + 1 for run in re.findall("`+", answer.code)), 3)
    lines = answer.code.count("\n") + 1
    title = f"{lines} line{'' if lines == 1 else 's'} of code"
    folded = f"<details>\n<summary>{title}</summary>\n\n{fence}python\n{answer.code}\n{fence}\n\n</details>\n"
    view.slot.put(markdown(folded, answer.code))
    return "the code is in the cell below"


def _conclude_json(answer: Answer, view: ProgressView, schema: AnswerSchema | None) -> Answer:
    try:
        plain = json_data(answer.text)
        data = plain if schema is None else schema.read(plain)
    except ValueError as error:
        view.slot.put(markdown(answer.text or "*No answer.*"))
        lines = str(error).strip().splitlines()
        reason = " ".join(line.strip() for line in lines[:3])
        what = "is not valid JSON" if schema is None else f"does not fit {schema.name}"
        raise AnswerUnusable(f"The answer {what}: {reason}.") from None
    view.slot.put(*_json(plain))
    return replace(answer, data=data)


def _json(data: Any) -> tuple[MimeBundle, dict[str, Any]]:
    text = whole(json.dumps(data, indent=2, ensure_ascii=False))
    bundle: MimeBundle = {"text/plain": clean(text)}
    if isinstance(data, dict | list):
        bundle["application/json"] = json.loads(text)
    return bundle, {"application/json": {"expanded": True}}


def _fenced_or_all(text: str) -> str:
    blocks = code_blocks(text)
    return blocks[0].code if blocks else text.strip()


def _html(text: str) -> MimeBundle:
    """A model's HTML runs in a frame of its own, which reaches neither the page nor Jupyter."""
    source = clean(_fenced_or_all(text))
    frame = (
        '<iframe sandbox="allow-scripts" referrerpolicy="no-referrer" '
        'style="width: 100%; height: 24em; border: 1px solid rgba(128, 128, 128, 0.4); background: white" '
        f'srcdoc="{html.escape(source)}"></iframe>'
    )
    return {"text/html": frame, "text/plain": source}


def _math(text: str) -> MimeBundle:
    formula = clean(_fenced_or_all(text))
    formula = _MATH_MARKS.sub("", _MATH_MARKS.sub("", formula).strip()).strip()
    return {"text/latex": f"$$\n{formula}\n$$", "text/plain": formula}
