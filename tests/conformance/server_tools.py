"""A Jupyter server extension that offers through Lumina what the suite's server scenarios use: tools, addresses, prompts.

They go into Lumina's own registry and offers, so that what is tested is how Lumina's server speaks the protocol.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from lumina_jupyter.errors import ToolFailed
from lumina_jupyter.server.service import SERVICE
from lumina_jupyter.tools import (
    AskFolders,
    AskModel,
    AskPerson,
    AudioContent,
    Counterpart,
    ImageContent,
    Reply,
    ResourceContent,
    TextContent,
    ToolContext,
)
from lumina_jupyter.tools.content import Content
from lumina_jupyter.tools.declaration import declared
from lumina_jupyter.tools.mcp.server.offers import Call, Prompt, PromptArgument, Resource

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8/5+hHgAHggJ/PchI7wAAAABJRU5ErkJggg=="
SILENCE = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAEAfAAABAAgAZGF0YQAAAAA="
NAME = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
COLOR = {"type": "object", "properties": {"color": {"type": "string"}}, "required": ["color"]}
OK = {"type": "object", "properties": {"ok": {"type": "boolean"}}, "required": ["ok"]}
OPTIONS = ["option1", "option2", "option3"]
TITLED = [{"const": f"value{number}", "title": f"Choice {number}"} for number in (1, 2, 3)]
LEGACY = {"enum": ["opt1", "opt2", "opt3"], "enumNames": ["Option One", "Option Two", "Option Three"]}


# --- what tools give back -------------------------------------------------------------------------


def test_simple_text() -> str:
    """Give text."""
    return "This is a simple text response for testing."


def test_image_content() -> Any:
    """Give an image."""
    return (ImageContent("image/png", PIXEL),)


def test_audio_content() -> Any:
    """Give a recording."""
    return (AudioContent("audio/wav", SILENCE),)


def test_embedded_resource() -> Any:
    """Give something that has an address."""
    return (ResourceContent("test://embedded-resource", "text/plain", "This is an embedded resource content."),)


def test_multiple_content_types() -> Any:
    """Give text, an image and something that has an address."""
    resource = ResourceContent("test://mixed-content-resource", "application/json", '{"test":"data","value":123}')
    return (TextContent("Multiple content types test:"), ImageContent("image/png", PIXEL), resource)


def test_error_handling() -> str:
    """Fail."""
    raise ToolFailed("This tool intentionally returns an error for testing")


async def test_tool_with_progress(context: ToolContext) -> str:
    """Tell of progress."""
    for step in (0, 50, 100):
        context.tell(f"{step} of 100")
        await asyncio.sleep(0.05)
    return "Done."


async def test_tool_with_logging(context: ToolContext) -> str:
    """Tell what it does."""
    for line in ("Tool execution started", "Tool processing data", "Tool execution completed"):
        context.tell(line)
        await asyncio.sleep(0.05)
    return "Done."


# --- what tools ask -------------------------------------------------------------------------------


async def test_elicitation(message: str, context: ToolContext) -> str:
    """Ask the person for a name and an address."""
    fields = {"username": {"type": "string"}, "email": {"type": "string"}}
    schema = {"type": "object", "properties": fields, "required": ["username", "email"]}
    return said(await one(context.counterpart, "user", AskPerson(message, schema)))


async def test_elicitation_sep1034_defaults(context: ToolContext) -> str:
    """Ask the person, with defaults for all kinds of fields."""
    fields = {
        "name": {"type": "string", "default": "John Doe"},
        "age": {"type": "integer", "default": 30},
        "score": {"type": "number", "default": 95.5},
        "status": {"type": "string", "enum": ["active", "inactive", "pending"], "default": "active"},
        "verified": {"type": "boolean", "default": True},
    }
    return said(await one(context.counterpart, "all", AskPerson("Fill in.", {"type": "object", "properties": fields})))


async def test_elicitation_sep1330_enums(context: ToolContext) -> str:
    """Ask the person to choose, in all five ways."""
    fields = {
        "untitledSingle": {"type": "string", "enum": OPTIONS},
        "titledSingle": {"type": "string", "oneOf": TITLED},
        "legacyEnum": {"type": "string", **LEGACY},
        "untitledMulti": {"type": "array", "items": {"type": "string", "enum": OPTIONS}},
        "titledMulti": {"type": "array", "items": {"anyOf": TITLED}},
    }
    return said(await one(context.counterpart, "all", AskPerson("Choose.", {"type": "object", "properties": fields})))


async def test_sampling(prompt: str, context: ToolContext) -> str:
    """Ask the model."""
    return f"LLM response: {(await one(context.counterpart, 'model', AskModel(prompt, max_tokens=100))).text}"


async def test_missing_capability(context: ToolContext) -> str:
    """Ask the model, whether it can be asked or not."""
    return (await one(context.counterpart, "model", AskModel("Anything."))).text


async def test_input_required_result_elicitation(context: ToolContext) -> str:
    """Ask for a name."""
    reply = await one(context.counterpart, "user_name", AskPerson("What is your name?", NAME))
    return f"Hello, {(reply.fields or {}).get('name')}!"


async def test_input_required_result_sampling(context: ToolContext) -> str:
    """Ask the model for a capital."""
    question = AskModel("What is the capital of France?", max_tokens=100)
    return (await one(context.counterpart, "capital_question", question)).text


async def test_input_required_result_list_roots(context: ToolContext) -> str:
    """Ask for folders."""
    return ", ".join((await one(context.counterpart, "client_roots", AskFolders())).folders)


async def test_input_required_result_request_state(context: ToolContext) -> str:
    """Ask whether it is right."""
    await one(context.counterpart, "confirm", AskPerson("Please confirm", OK))
    return "state-ok"


async def test_input_required_result_tampered_state(context: ToolContext) -> str:
    """Ask whether it is right, of somebody who cheats."""
    await one(context.counterpart, "confirm", AskPerson("Please confirm", OK))
    return "state-ok"


async def test_input_required_result_multiple_inputs(context: ToolContext) -> str:
    """Ask three things at once."""
    replies = await context.counterpart.ask(
        {
            "user_name": AskPerson("What is your name?", NAME),
            "greeting": AskModel("Generate a greeting", max_tokens=50),
            "client_roots": AskFolders(),
        }
    )
    return f"{replies['greeting'].text} {replies['user_name'].fields} {len(replies['client_roots'].folders)}"


async def test_input_required_result_multi_round(context: ToolContext) -> str:
    """Ask one thing after the other."""
    name = await one(context.counterpart, "step1", AskPerson("Step 1: What is your name?", NAME))
    color = await one(context.counterpart, "step2", AskPerson("Step 2: What is your favorite color?", COLOR))
    return f"{name.fields} {color.fields}"


async def test_input_required_result_capabilities(context: ToolContext) -> str:
    """Ask whichever can be asked."""
    person, model = AskPerson("What is your name?", NAME), AskModel("Name somebody.")
    return str(await one(context.counterpart, "who", person if context.counterpart.answers(person) else model))


async def test_streaming_elicitation(context: ToolContext) -> str:
    """Tell something, then ask."""
    context.tell("Asking")
    return str(await one(context.counterpart, "user_name", AskPerson("What is your name?", NAME)))


async def test_logging_tool(context: ToolContext) -> str:
    """Tell something."""
    context.tell("Told")
    return "Done."


async def one(counterpart: Counterpart, name: str, ask: AskPerson | AskModel | AskFolders) -> Reply:
    """The reply to one thing."""
    return (await counterpart.ask({name: ask}))[name]


def said(reply: Reply) -> str:
    """What a person answered."""
    return f"User response: action={reply.action}, content={dict(reply.fields or {})}"


# --- addresses ------------------------------------------------------------------------------------


def read_static_text() -> str:
    """Read the text."""
    return "This is the content of the static text resource."


def read_static_binary() -> Any:
    """Read the image."""
    return (ImageContent("image/png", PIXEL),)


def read_template(id: str) -> Any:
    """Read what has an id."""
    return {"id": id, "templateTest": True, "data": f"Data for ID: {id}"}


RESOURCES = [
    Resource(uri="test://static-text", name="text", description="A text.", tool="read_static_text"),
    Resource(uri="test://static-binary", name="image", description="An image.", tool="read_static_binary"),
    Resource(uri="test://watched-resource", name="watched", description="A text.", tool="read_static_text"),
    Resource(uri="test://template/{id}/data", name="data", description="Data.", tool="read_template"),
]


# --- prompts --------------------------------------------------------------------------------------


async def simple(_arguments: Mapping[str, str], _call: Call, _counterpart: Counterpart) -> Content:
    """Text."""
    return (TextContent("This is a simple prompt for testing."),)


async def with_arguments(arguments: Mapping[str, str], _call: Call, _counterpart: Counterpart) -> Content:
    """Text with arguments in it."""
    return (TextContent(f"Prompt with arguments: arg1='{arguments['arg1']}', arg2='{arguments['arg2']}'"),)


async def with_resource(arguments: Mapping[str, str], _call: Call, _counterpart: Counterpart) -> Content:
    """Something that has an address, and text."""
    embedded = ResourceContent(arguments["resourceUri"], "text/plain", "Embedded resource content for testing.")
    return (embedded, TextContent("Please process the embedded resource above."))


async def with_image(_arguments: Mapping[str, str], _call: Call, _counterpart: Counterpart) -> Content:
    """An image and text."""
    return (ImageContent("image/png", PIXEL), TextContent("Please analyze the image above."))


async def asking(_arguments: Mapping[str, str], _call: Call, counterpart: Counterpart) -> Content:
    """Text with what the person says in it."""
    schema = {"type": "object", "properties": {"context": {"type": "string"}}, "required": ["context"]}
    reply = await one(counterpart, "user_context", AskPerson("What context should the prompt use?", schema))
    return (TextContent(f"The context is {(reply.fields or {}).get('context')}."),)


async def completed(begun: str, _others: Mapping[str, str], _call: Call) -> list[str]:
    """What begins like this."""
    return [word for word in ("paris", "park", "party", "testing") if word.startswith(begun)]


PROMPTS = [
    Prompt(name="test_simple_prompt", description="A prompt.", render=simple),
    Prompt(
        name="test_prompt_with_arguments",
        description="A prompt with arguments.",
        arguments=[
            PromptArgument(name="arg1", description="First test argument", complete=completed),
            PromptArgument(name="arg2", description="Second test argument"),
        ],
        render=with_arguments,
    ),
    Prompt(
        name="test_prompt_with_embedded_resource",
        description="A prompt with a resource.",
        arguments=[PromptArgument(name="resourceUri", description="URI of the resource to embed")],
        render=with_resource,
    ),
    Prompt(name="test_prompt_with_image", description="A prompt with an image.", render=with_image),
    Prompt(name="test_input_required_result_prompt", description="A prompt that asks.", render=asking),
]


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": __name__}]


def _load_jupyter_server_extension(serverapp: Any) -> None:
    async def offer() -> None:
        engine = await serverapp.web_app.settings[SERVICE].engine()
        registry, offers = engine.tools.registry, engine.mcp.endpoint.offers

        async def test_trigger_tool_change() -> str:
            """Offer one tool more."""
            registry.add(declared(test_simple_text, name="test_more", effects=["read"]))
            return "Done."

        async def test_trigger_prompt_change() -> str:
            """Offer one prompt more."""
            offers.add(Prompt(name="test_more", description="One more.", render=simple))
            return "Done."

        offered = [function for name, function in globals().items() if name.startswith(("test_", "read_"))]
        for function in (*offered, test_trigger_tool_change, test_trigger_prompt_change):
            registry.add(declared(function, effects=["read"]))
        offers.add(*RESOURCES, *PROMPTS)

    serverapp.io_loop.add_callback(offer)
