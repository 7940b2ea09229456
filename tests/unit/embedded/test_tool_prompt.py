"""What a small model is told of its tools, and which replies the schema leaves it."""

from __future__ import annotations

import pytest

from lumina_jupyter.errors import InvalidRequest
from lumina_jupyter.gateway.embedded.conversation import plain_conversation
from lumina_jupyter.gateway.embedded.tool_prompt import offered_tools, reply_schema
from lumina_jupyter.gateway.requests import (
    ImagePart,
    JsonSchema,
    Message,
    TextPart,
    ToolCallPart,
    ToolResultPart,
    ToolSpec,
)

_LOOK = ToolSpec("look", "Look.", {"type": "object", "properties": {"at": {"type": "string"}}, "required": ["at"]})
_RUN = ToolSpec("run", "Run.")


def test_the_tool_choice_decides_what_is_offered() -> None:
    tools = (_LOOK, _RUN)
    assert offered_tools(tools, None) == offered_tools(tools, "auto") == offered_tools(tools, "required") == tools
    assert offered_tools(tools, "none") == ()
    assert offered_tools(tools, "run") == (_RUN,)
    with pytest.raises(InvalidRequest, match="'jump' is none of the tools"):
        offered_tools(tools, "jump")


def test_words_are_allowed_unless_a_call_is_required() -> None:
    def kinds(choice: str | None) -> list[str]:
        schema = reply_schema((_LOOK, _RUN), choice, None).schema
        return [next(iter(branch["properties"])) for branch in schema["anyOf"]]

    assert kinds("auto") == ["say", "call", "call"]
    assert kinds("required") == ["call", "call"]


def test_definitions_of_several_tools_do_not_mix() -> None:
    def tool(name: str, kind: str) -> ToolSpec:
        return ToolSpec(
            name,
            "",
            {
                "type": "object",
                "properties": {"x": {"$ref": "#/$defs/X"}},
                "$defs": {"X": {"type": "array", "items": {"$ref": "#/$defs/Y"}}, "Y": {"type": kind}},
            },
        )

    schema = reply_schema((tool("a", "string"), tool("b", "integer")), "required", None).schema
    seen = []
    for branch in schema["anyOf"]:
        reference = branch["properties"]["arguments"]["properties"]["x"]["$ref"]
        array = schema["$defs"][reference.removeprefix("#/$defs/")]
        seen.append(schema["$defs"][array["items"]["$ref"].removeprefix("#/$defs/")]["type"])
    assert seen == ["string", "integer"]


def test_a_schema_of_the_users_takes_the_place_of_words() -> None:
    schema = reply_schema((_LOOK,), "auto", JsonSchema({"type": "object", "properties": {"n": {"type": "integer"}}}))
    assert schema.schema["anyOf"][0]["properties"]["answer"]["properties"]["n"] == {"type": "integer"}


def test_calls_and_results_become_turns_that_every_template_takes() -> None:
    messages = (
        Message.of("system", "Be brief."),
        Message.of("user", "Look at it."),
        Message("assistant", (TextPart("I look."), ToolCallPart("c1", "look", '{"at": "it"}'))),
        Message("tool", (ToolResultPart("c1", "a cat"),)),
        Message("tool", (ToolResultPart("c2", "no such thing", name="run", is_error=True),)),
        Message.of("user", "And?"),
    )
    plain = plain_conversation(messages, tool_instructions="TOOLS")
    assert [message.role for message in plain] == ["system", "user", "assistant", "user"]
    assert plain[0].text == "Be brief.\n\nTOOLS"
    assert plain[2].text == '{"say": "I look."}'
    assert plain[3].text == (
        'The tool look, called with {"at": "it"}, gave:\na cat\n\nThe tool run failed:\nno such thing\n\nAnd?'
    )
    bare = plain_conversation((messages[1], Message("assistant", messages[2].content[1:]), messages[3]))
    assert [message.role for message in bare] == ["user"]


def test_halves_of_surrogate_pairs_are_replaced() -> None:
    assert plain_conversation((Message.of("user", "a\ud800b\0"),))[0].text == "a\ufffdb\0"


def test_an_image_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="cannot look at images"):
        plain_conversation((Message("user", (ImagePart(data="AAAA"),)),))
