"""A typed Python function becomes a tool: its schema from the annotations, its texts from the docstring."""

from __future__ import annotations

import asyncio
import contextvars
import inspect
from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, get_type_hints

from ..errors import InvalidArguments, InvalidSetting
from .actor import ActorKind
from .content import Content, content_of
from .context import ToolContext
from .docstring import Docstring, read_docstring
from .effects import EFFECTS, Effect
from .tool import NAME, FindTarget, MakePreview, Tool, no_preview, no_target

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError

DEFAULT_TIMEOUT = 60.0
"""Seconds."""


def declared(
    function: Callable[..., Any],
    *,
    effects: Iterable[Effect],
    name: str | None = None,
    title: str | None = None,
    target: FindTarget | None = None,
    preview: MakePreview | None = None,
    timeout: float = DEFAULT_TIMEOUT,
    source: str = "built-in",
    sandboxed: bool = False,
    undoable: bool = False,
    actors: Iterable[ActorKind] = (),
) -> Tool:
    """The tool that a function is.

    A parameter annotated with `ToolContext` is given the call's context and is no argument. A function that is not
    async runs in a thread. What it returns becomes content as `content_of` says.

    Raises:
        InvalidSetting: when the function cannot be a tool: an unknown effect, a name that providers refuse, a
            parameter without a name of its own or whose type no schema can describe.
    """
    name = name or str(getattr(function, "__name__", ""))
    if not NAME.fullmatch(name):
        raise InvalidSetting(f"{name!r} cannot be a tool's name.", hint="Use letters, digits, _ and -, at most 64.")
    chosen = frozenset(effects)
    if not chosen or not chosen <= set(EFFECTS):
        raise InvalidSetting(f"The tool {name} needs effects out of {', '.join(EFFECTS)}.", hint="Name at least one.")
    documented = read_docstring(function.__doc__)
    model, context_name = _model(function, name, documented)
    return Tool(
        name=name,
        title=title or name.replace("_", " ").capitalize(),
        description=documented.description,
        parameters=_schema(model, name),
        effects=chosen,
        source=source,
        timeout=timeout,
        check=partial(_check, model, name),
        run=partial(_run, function, model, context_name),
        target=target or no_target,
        preview=preview or no_preview,
        sandboxed=sandboxed,
        undoable=undoable,
        actors=frozenset(actors),
    )


def _model(function: Callable[..., Any], name: str, documented: Docstring) -> tuple[type[BaseModel], str]:
    """A pydantic model of the function's arguments, and the name of the parameter that takes the context."""
    from pydantic import ConfigDict, Field, create_model

    try:
        hints = get_type_hints(function, include_extras=True)
    except Exception as error:
        raise InvalidSetting(
            f"The annotations of the tool {name} cannot be read: {error}", hint="Mend them."
        ) from error
    fields: dict[str, Any] = {}
    context_name = ""
    for parameter in inspect.signature(function).parameters.values():
        annotation = hints.get(parameter.name, Any)
        if annotation is ToolContext:
            context_name = parameter.name
            continue
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD, parameter.POSITIONAL_ONLY):
            raise InvalidSetting(f"The tool {name} takes `{parameter}`.", hint="Give each parameter a name of its own.")
        default = ... if parameter.default is parameter.empty else parameter.default
        # An alias lets a parameter be called as one of pydantic's own methods, or begin with an underscore.
        told = Field(default, alias=parameter.name, description=documented.parameters.get(parameter.name))
        fields[f"field_{parameter.name}"] = (annotation, told)
    config = ConfigDict(extra="forbid", arbitrary_types_allowed=False, protected_namespaces=())
    try:
        return create_model(f"{name}_arguments", __config__=config, **fields), context_name
    except Exception as error:
        raise InvalidSetting(
            f"No schema can describe the arguments of the tool {name}: {_first_line(error)}",
            hint="Use str, int, float, bool, list, dict, Literal, dataclasses or pydantic models.",
        ) from error


def _schema(model: type[BaseModel], name: str) -> dict[str, Any]:
    try:
        schema = model.model_json_schema(by_alias=True)
    except Exception as error:
        raise InvalidSetting(
            f"No schema can describe the arguments of the tool {name}: {_first_line(error)}",
            hint="Use str, int, float, bool, list, dict, Literal, dataclasses or pydantic models.",
        ) from error
    schema.pop("title", None)
    for described in schema.get("properties", {}).values():
        described.pop("title", None)
    schema.setdefault("properties", {})
    return schema


def _check(model: type[BaseModel], name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    from pydantic import ValidationError

    try:
        return model.model_validate(dict(arguments)).model_dump(mode="json", by_alias=True)
    except ValidationError as error:
        raise InvalidArguments(f"Wrong arguments for {name}: {_told(error)}.") from error


def _told(error: ValidationError) -> str:
    """What is wrong, in words that a model can act on, without the input, which may be long."""
    wrong = []
    for each in error.errors(include_url=False, include_context=False, include_input=False)[:5]:
        place = ".".join(str(part) for part in each["loc"]) or "the arguments"
        wrong.append(
            f"`{place}` is missing"
            if each["type"] == "missing"
            else f"there is no argument `{place}`"
            if each["type"] == "extra_forbidden"
            else f"`{place}`: {each['msg'][0].lower()}{each['msg'][1:]}"
        )
    return "; ".join(wrong)


async def _run(
    function: Callable[..., Any],
    model: type[BaseModel],
    context_name: str,
    arguments: Mapping[str, Any],
    context: ToolContext,
) -> Content:
    checked = model.model_validate(dict(arguments))
    given = {field.removeprefix("field_"): getattr(checked, field) for field in model.model_fields}
    if context_name:
        given[context_name] = context
    if inspect.iscoroutinefunction(function):
        return content_of(await function(**given))
    # A thread cannot be stopped: a tool that may take long is async, or runs in a process of its own.
    run = partial(contextvars.copy_context().run, partial(function, **given))
    value = await asyncio.get_running_loop().run_in_executor(None, run)
    return content_of(await value if isinstance(value, Awaitable) else value)


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0]
