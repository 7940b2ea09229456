"""Asking a small model for tool calls: what it is told, and the JSON schema that its reply must fit.

Small models write tool calls in whatever form they like, so the grammar leaves them none: a reply is
`{"say": "…"}`, or `{"call": "TOOL", "arguments": {…}}`. With a schema asked for by the user, the
answer is `{"answer": …}` of that schema instead of `say`.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from ...errors import InvalidRequest
from ..requests import JsonSchema, ToolSpec
from .weights import PROVIDER


def offered_tools(tools: Sequence[ToolSpec], choice: str | None) -> tuple[ToolSpec, ...]:
    """The tools that the model may call under a tool choice.

    Raises:
        InvalidRequest: when the choice names a tool that is not among them.
    """
    if choice == "none":
        return ()
    if choice in (None, "auto", "required"):
        return tuple(tools)
    named = tuple(tool for tool in tools if tool.name == choice)
    if not named:
        raise InvalidRequest(f"The tool choice {choice!r} is none of the tools.", provider=PROVIDER)
    return named


def may_say(choice: str | None) -> bool:
    """Whether the model may answer with words."""
    return choice in (None, "auto")


def instructions(
    tools: Sequence[ToolSpec], choice: str | None, answer: JsonSchema | None, *, with_results: bool = False
) -> str:
    """What the model is told about its tools, for the end of the system message.

    The order matters to a small model: what is named first is what it tends to do. So calls come first,
    unless results of calls are there (`with_results`), which it would otherwise ask for again and again.
    """
    lines = ["You have these tools:"]
    for tool in tools:
        parameters = json.dumps(tool.parameters.get("properties", {}), ensure_ascii=False)
        lines.append(f"- {tool.name}: {tool.description or 'no description'} Arguments: {parameters}")
    call = f'{{"call": "{tools[0].name}", "arguments": {{…}}}}'
    words = '{"say": "…"}' if answer is None else '{"answer": …}'
    if not may_say(choice):
        lines.append(f"Reply with one JSON object that calls a tool: {call}")
    elif with_results:
        lines.append(
            f"Reply with one JSON object: {words} to answer, or {call} to call a tool. "
            "Results of tools that were called are there already: answer with them. "
            "Call another tool only when the user asks for something that is still missing."
        )
    else:
        lines.append(
            f"Reply with one JSON object. When a tool can do or look up what the user wants, call it: {call} "
            f"When no tool is needed, answer: {words}"
        )
    return "\n".join(lines)


def reply_schema(tools: Sequence[ToolSpec], choice: str | None, answer: JsonSchema | None) -> JsonSchema:
    """The schema of the model's reply."""
    definitions: dict[str, Any] = {}
    branches = [_call(tool, f"tool{number}_", definitions) for number, tool in enumerate(tools)]
    if may_say(choice):
        if answer is None:
            branches.insert(0, _object({"say": {"type": "string"}}))
        else:
            branches.insert(0, _object({"answer": _hoist(answer.schema, "answer_", definitions)}))
    schema: dict[str, Any] = branches[0] if len(branches) == 1 else {"anyOf": branches}
    if definitions:
        schema = {**schema, "$defs": definitions}
    return JsonSchema(schema, name="reply")


def _call(tool: ToolSpec, prefix: str, definitions: dict[str, Any]) -> dict[str, Any]:
    parameters = _hoist(tool.parameters or {"type": "object"}, prefix, definitions)
    if parameters.get("type", "object") != "object":
        raise InvalidRequest(f"The parameters of the tool {tool.name!r} are not an object's schema.", provider=PROVIDER)
    return _object({"call": {"const": tool.name}, "arguments": {"type": "object", **parameters}})


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    # The order of the properties is the order in which they are written: the reader relies on it.
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _hoist(schema: dict[str, Any], prefix: str, definitions: dict[str, Any]) -> dict[str, Any]:
    """The schema with its definitions moved to the root of ours, where its references then point."""
    for keyword in ("$defs", "definitions"):
        for name, definition in schema.get(keyword, {}).items():
            definitions[prefix + name] = _redirected(definition, prefix)
    body = {key: value for key, value in schema.items() if key not in ("$defs", "definitions", "$schema", "$id")}
    redirected: dict[str, Any] = _redirected(body, prefix)
    return redirected


def _redirected(node: Any, prefix: str) -> Any:
    if isinstance(node, list):
        return [_redirected(item, prefix) for item in node]
    if not isinstance(node, dict):
        return node
    result = {key: _redirected(value, prefix) for key, value in node.items()}
    reference = node.get("$ref")
    if isinstance(reference, str):
        for start in ("#/$defs/", "#/definitions/"):
            if reference.startswith(start):
                result["$ref"] = f"#/$defs/{prefix}{reference.removeprefix(start)}"
    return result
