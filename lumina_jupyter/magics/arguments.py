"""The options of a `%%lumina` cell, and the words after `%lumina`."""

from __future__ import annotations

import difflib
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, cast, get_args

from ..errors import InvalidOption

if TYPE_CHECKING:
    from ..agent import GearName

GEAR_NAMES = ("auto", "reverse", "1", "2", "3", "4", "5")
Format = Literal["markdown", "code", "json", "text", "html", "math"]
FORMATS: tuple[str, ...] = get_args(Format)


@dataclass(frozen=True, slots=True)
class Option:
    """One option: how it is written, what its value is called (empty: it takes none), what it does."""

    long: str
    short: str
    value: str
    meaning: str


OPTIONS: tuple[Option, ...] = (
    Option("--format", "-f", "FORMAT", f"how to show the answer: {', '.join(FORMATS)}"),
    Option("--output", "-o", "NAME", "keep the answer in this variable (.text, .code, .data, .usage, .cost, …)"),
    Option("--system", "-s", "TEXT", "what the model is told first, in place of the setting"),
    Option("--schema", "", "NAME", "answer as JSON of this dict, pydantic model, dataclass or TypedDict"),
    Option("--max-tokens", "", "N", "length of the answer at most"),
    Option("--temperature", "", "T", "0 is the most predictable, 2 the least"),
    Option("--no-history", "", "", "neither show earlier turns to the model nor keep this one"),
    Option("--context", "", "NAME,…", "variables that the model sees beside the prompt"),
    Option("--tools", "", "", "let the model call tools; what could change something is asked about first"),
    Option(
        "--agent",
        "",
        "",
        "let the agent do it: it plans, changes and runs cells, and reports; `%lumina gear` lists how",
    ),
    Option(
        "--gear", "", "GEAR", "how carefully the agent works: 1 (asks before each step) to 5 (fastest), auto, reverse"
    ),
    Option("--persona", "", "NAME", "who answers, or works as the agent; `%lumina personas` lists them"),
    Option("--plan", "", "", "with --agent: show the plan and what it would do, and wait for its approval"),
    Option("--dry-run", "", "", "show what would be sent, and send nothing"),
)
_BY_SPELLING = {spelling: option for option in OPTIONS for spelling in (option.long, option.short) if spelling}


@dataclass(frozen=True, slots=True, kw_only=True)
class CellOptions:
    """What the first line of a cell says. Empty or None: not given."""

    model: str = ""
    format: Format = "markdown"
    output: str = ""
    system: str | None = None
    schema: str = ""
    max_tokens: int | None = None
    temperature: float | None = None
    history: bool = True
    context: tuple[str, ...] = field(default=())
    tools: bool = False
    agent: bool = False
    gear: GearName | Literal[""] = ""
    persona: str = ""
    plan: bool = False
    dry_run: bool = False


def parse(line: str) -> CellOptions:
    """Read the first line of a cell.

    Raises:
        InvalidOption: when it holds something that is no option, or a value that does not fit.
    """
    words = split(line)
    options = CellOptions()
    format_given = False
    while words:
        word = words.pop(0)
        if not word.startswith("-") or word == "-":
            options = _with_model(options, word)
            continue
        spelling, has_value, value = word.partition("=")
        if spelling.startswith("--") is False and len(spelling) > 2 and spelling[:2] in _BY_SPELLING:
            spelling, has_value, value = word[:2], "=", word[2:]
        option = _BY_SPELLING.get(spelling)
        if option is None:
            raise _unknown(spelling)
        if option.value and not has_value:
            if not words:
                raise InvalidOption(f"{spelling} needs a value: {spelling} {option.value}.")
            value = words.pop(0)
        elif has_value and not option.value:
            raise InvalidOption(f"{spelling} takes no value.")
        format_given = format_given or option.long == "--format"
        options = _with(options, option.long, value)
    _check_agent(options, format_given=format_given)
    if options.schema and not format_given:
        options = replace(options, format="json")
    return options


def split(line: str) -> list[str]:
    """The words of a line, with quotes as in a shell.

    Raises:
        InvalidOption: when a quote is left open.
    """
    try:
        return shlex.split(line)
    except ValueError:
        raise InvalidOption(
            "A quote in the first line is not closed.", hint="The prompt belongs into the lines below the first."
        ) from None


def no_arguments(name: str, arguments: Sequence[str]) -> None:
    """Refuse arguments where a subcommand takes none.

    Raises:
        InvalidOption: when there is one.
    """
    if arguments:
        raise InvalidOption(f"`%lumina {name}` takes no argument, but was given {arguments[0]!r}.")


def names(value: str, option: str) -> tuple[str, ...]:
    """A comma-separated list of variables' names.

    Raises:
        InvalidOption: when one of them cannot be a name.
    """
    found = tuple(name.strip() for name in value.split(",") if name.strip())
    if not found:
        raise InvalidOption(f"{option} needs the name of a variable.")
    for name in found:
        if not name.isidentifier():
            raise InvalidOption(f"{option} {name}: that is not a variable's name.")
    return found


def gear_named(value: str, option: str) -> GearName:
    """The gear of that name.

    Raises:
        InvalidOption: when there is none.
    """
    if value not in GEAR_NAMES:
        raise InvalidOption(
            f"{option} {value}: the gears are {', '.join(GEAR_NAMES)}.", hint="`%lumina gear` shows them."
        )
    return cast("GearName", value)


def _check_agent(options: CellOptions, *, format_given: bool) -> None:
    """Nothing when the options fit each other: the agent answers in its own way."""
    if not options.agent:
        if options.gear or options.plan:
            raise InvalidOption(f"{'--gear' if options.gear else '--plan'} goes with --agent.")
        return
    others = {
        "--format": format_given,
        "--output": options.output,
        "--system": options.system is not None,
        "--schema": options.schema,
        "--max-tokens": options.max_tokens,
        "--temperature": options.temperature is not None,
        "--no-history": not options.history,
        "--context": options.context,
        "--tools": options.tools,
    }
    for option, given in others.items():
        if given:
            raise InvalidOption(
                f"{option} does not go with --agent.",
                hint="The agent reads the notebook by itself, uses tools and shows its own report.",
            )


def _with_model(options: CellOptions, word: str) -> CellOptions:
    if options.model:
        raise InvalidOption(
            f"{word!r} is one word too many: the model is {options.model!r} already.",
            hint="The prompt belongs into the lines below the first; values with spaces need quotes.",
        )
    return replace(options, model=word)


def _with(options: CellOptions, option: str, value: str) -> CellOptions:
    match option:
        case "--format":
            if value not in FORMATS:
                raise InvalidOption(f"-f {value}: the formats are {', '.join(FORMATS)}.", hint=_closest(value, FORMATS))
            return replace(options, format=cast(Format, value))
        case "--output" | "--schema":
            name = names(value, option)
            if len(name) > 1:
                raise InvalidOption(f"{option} takes one name.")
            return replace(options, output=name[0]) if option == "--output" else replace(options, schema=name[0])
        case "--system":
            return replace(options, system=value)
        case "--max-tokens":
            return replace(options, max_tokens=_whole_number(value, option))
        case "--temperature":
            return replace(options, temperature=_temperature(value))
        case "--gear":
            return replace(options, gear=gear_named(value, option))
        case "--persona":
            return replace(options, persona=value)
        case "--context":
            return replace(options, context=(*options.context, *names(value, option)))
    return _with_flag(options, option)


def _with_flag(options: CellOptions, option: str) -> CellOptions:
    match option:
        case "--no-history":
            return replace(options, history=False)
        case "--tools":
            return replace(options, tools=True)
        case "--agent":
            return replace(options, agent=True)
        case "--plan":
            return replace(options, plan=True)
    return replace(options, dry_run=True)


def _whole_number(value: str, option: str) -> int:
    try:
        number = int(value)
    except ValueError:
        number = 0
    if number < 1:
        raise InvalidOption(f"{option} {value}: that is not a whole number above 0.")
    return number


def _temperature(value: str) -> float:
    try:
        number = float(value)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 2:
        raise InvalidOption(f"--temperature {value}: that is not a number from 0 to 2.")
    return number


def _unknown(spelling: str) -> InvalidOption:
    return InvalidOption(f"%%lumina has no option {spelling}.", hint=_closest(spelling, tuple(_BY_SPELLING)))


def _closest(word: str, known: tuple[str, ...]) -> str:
    close = difflib.get_close_matches(word, known, 1, 0.6)
    return f"Did you mean {close[0]}? `%lumina help` lists them all." if close else "`%lumina help` lists them all."
