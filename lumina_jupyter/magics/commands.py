"""The subcommands of `%lumina`."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ..errors import InvalidOption, LuminaError, ModelNotFound
from .arguments import OPTIONS, no_arguments, split
from .output import escaped, markdown, sentence
from .result import dollars
from .tables import table

if TYPE_CHECKING:
    from ..gateway import ModelInfo
    from ..memory import LogEntry
    from .session import Session

Command = Callable[["Session", Sequence[str]], None]

TURNS_SHOWN = 10
"""Turns that `%lumina history` shows when no number is given."""
TURN_LENGTH = 600
"""Characters of a question or an answer that `%lumina history` shows."""


def run_command(session: Session, line: str) -> None:
    """Run one subcommand; none shows what is there and how to begin.

    Raises:
        InvalidOption: when there is no such subcommand, or its arguments do not fit.
    """
    name, *arguments = _words(line) or ["welcome"]
    command = _commands().get(name)
    if command is None:
        close = difflib.get_close_matches(name, MEANINGS, 1, 0.6)
        hint = f"Did you mean `%lumina {close[0]}`?" if close else "To ask something, put it under a line `%%lumina`."
        raise InvalidOption(f"There is no `%lumina {name}`.", hint=f"{hint} `%lumina help` lists what there is.")
    command(session, arguments)


def _words(line: str) -> list[str]:
    """The words of a line; what is said to the agent stays as it was typed, apostrophes and all."""
    name, _, rest = line.strip().partition(" ")
    return [name, rest.strip()] if name in SAID else split(line)


SAID = {"plan", "reply"}
"""The subcommands whose arguments are words to the agent."""
MEANINGS: dict[str, str] = {
    "models": "the models that can answer now; `%lumina models refresh` looks again",
    "use": "choose the model for this notebook's next cells: `%lumina use MODEL`, `%lumina use default`",
    "providers": "the providers that Lumina knows, and what each still needs",
    "usage": "tokens, cost and time of the last 30 days: `%lumina usage [DAYS]`",
    "history": "the last turns of this notebook's conversation: `%lumina history [TURNS]`; "
    "what the notebook was, or what changed since: `%lumina history notebook [MOMENTS|ID]`",
    "restore": "make the notebook, or a cell, what it was at a moment: `%lumina restore ID [CELL]`",
    "reset": "begin the conversation anew",
    "doctor": "what works, what does not, and how to mend it",
    "automl": "search for a model of a table: `%lumina automl TABLE --target COLUMN [--time SECONDS] [--metric METRIC]`; "
    "for forecasts `--task forecasting --time-column COLUMN [--series COLUMN] [--horizon STEPS]`; `%lumina automl` lists the searches, `%lumina automl resume NAME` goes on with one",
    "profile": "what is in a table that would mislead a model: `%lumina profile TABLE [--target COLUMN]`",
    "map": "which cells are stale, and which to run again; where variables come from",
    "proposals": "what agents propose for this notebook: `%lumina proposals [accept|refuse ID [CELL]]`",
    "undo": "undo what an agent did last, its cells, files and variables; what you wrote stays: "
    "`%lumina undo [list|RUN [STEP]]`",
    "redo": "bring again what was undone: `%lumina redo [RUN [STEP]]`",
    "personas": "who can be asked with `%%lumina --persona NAME`, or work as the agent",
    "tools": "what a model can call from this notebook, in cells that begin with `%%lumina --tools`",
    "approvals": "calls of tools that wait for a person",
    "approve": "allow one, or the plan of a run: `%lumina approve ID [cell|run|always]`; with a server only where a setting lets kernels decide",
    "deny": "refuse one: `%lumina deny ID [cell|run|always]`",
    "gear": "how carefully the agent works here: `%lumina gear [1-5|auto|reverse]`; also of the run that works now",
    "plan": "what the agent would do, and what that would change and take: `%lumina plan WORDS`; nothing is done",
    "runs": "what the agent did and does in this notebook",
    "run": "one of these, and how it goes on: `%lumina run [ID]`",
    "stop": "stop the agent: `%lumina stop [ID]`; what it did stays until `%lumina undo`",
    "pause": "hold the agent before its next step: `%lumina pause [ID]`",
    "resume": "let it go on, also after the server was restarted: `%lumina resume [ID]`",
    "reply": "answer what the agent asked: `%lumina reply WORDS`",
    "fix": "explain the last error and propose the corrected cell",
    "explain": "explain the last cell, or a function or variable: `%lumina explain [NAME]`",
    "help": "this list",
}


def _commands() -> dict[str, Command]:
    from .agent_commands import gear, pause, plan, reply, resume, show_run, show_runs, stop
    from .automl_commands import automl, profile
    from .notebook_edits import redo, show_proposals, undo
    from .notebook_history import restore
    from .notebook_map import show_map
    from .persona_commands import show_personas
    from .repair import explain, fix
    from .tool_commands import approve, deny, show_approvals, show_tools

    return {
        "welcome": _welcome,
        "models": _models,
        "use": _use,
        "providers": _providers,
        "usage": _usage,
        "history": _history,
        "reset": _reset,
        "doctor": _doctor,
        "automl": automl,
        "profile": profile,
        "map": show_map,
        "proposals": show_proposals,
        "undo": undo,
        "redo": redo,
        "restore": restore,
        "personas": show_personas,
        "tools": show_tools,
        "approvals": show_approvals,
        "approve": approve,
        "deny": deny,
        "gear": gear,
        "plan": plan,
        "runs": show_runs,
        "run": show_run,
        "stop": stop,
        "pause": pause,
        "resume": resume,
        "reply": reply,
        "fix": fix,
        "explain": explain,
        "help": _help,
    }


def _number(name: str, arguments: Sequence[str], otherwise: int) -> int:
    if not arguments:
        return otherwise
    if len(arguments) > 1 or not arguments[0].isdecimal() or not 0 < int(arguments[0]) <= 100_000:
        raise InvalidOption(f"`%lumina {name}` takes one whole number above 0.")
    return int(arguments[0])


def _welcome(session: Session, arguments: Sequence[str]) -> None:
    health = session.client.health()
    model = session.model or health.default_model
    state = f"**{escaped(model)}** answers." if model else f"**Nothing can answer yet.** {sentence(health.hint)}"
    plain_state = f"{model} answers." if model else f"Nothing can answer yet. {health.hint}"
    begin = "%%lumina\nWhat is a z-score?"
    session.output.show(
        markdown(
            f"### Lumina {escaped(health.version)}\n\n{state}\n\nBegin with a cell such as\n\n```\n{begin}\n```\n\n"
            "Put variables into a prompt as `{{name}}`. `%lumina help` lists everything.",
            f"Lumina {health.version}\n{plain_state}\n\nBegin with a cell such as\n\n{begin}\n\n"
            "Put variables into a prompt as {{name}}. %lumina help lists everything.",
        )
    )


def _models(session: Session, arguments: Sequence[str]) -> None:
    if list(arguments) not in ([], ["refresh"]):
        raise InvalidOption(f"`%lumina models` takes `refresh` or nothing, but was given {arguments[0]!r}.")
    models = _answering(session, refresh=bool(arguments))
    if not models:
        session.output.show(markdown(f"No model can answer yet. {session.client.health().hint}"))
        return
    rows = [
        [model.id, _tokens(model.context), _abilities(model), _price(model.input_price), _price(model.output_price)]
        for model in models
    ]
    current = session.model or session.client.health().default_model
    session.output.show(
        table(
            ["model", "context", "can", "$/M in", "$/M out"],
            rows,
            note=f"{current} answers when a cell names no model; `%lumina use MODEL` changes that.",
        )
    )


def _answering(session: Session, *, refresh: bool = False) -> list[ModelInfo]:
    models = [model for model in session.client.models(refresh=refresh) if model.mode in {"chat", "responses"}]
    session.remember_models([model.id for model in models])
    return models


def _tokens(number: int | None) -> str:
    return "" if number is None else f"{number:,}"


def _price(per_token: float | None) -> str:
    return "" if per_token is None else f"{per_token * 1e6:.4g}"


def _abilities(model: ModelInfo) -> str:
    can = {"tools": model.tools, "images": model.vision, "reasoning": model.reasoning, "JSON": model.json_schema}
    return ", ".join(name for name, able in can.items() if able)


def _use(session: Session, arguments: Sequence[str]) -> None:
    if len(arguments) > 1:
        raise InvalidOption("`%lumina use` takes one model.")
    if arguments and arguments[0] == "default":
        session.model = ""
    elif arguments:
        wanted = arguments[0]
        known = [model.id for model in _answering(session)]
        if wanted not in known:
            close = difflib.get_close_matches(wanted, known, 3, 0.5)
            hint = f"Did you mean {' or '.join(close)}?" if close else ModelNotFound.default_hint
            raise ModelNotFound(f"No model {wanted!r} can answer now.", hint=hint)
        session.model = wanted
    model = session.model or session.client.health().default_model
    text = f"{model} answers from now on." if model else "No model can answer yet; `%lumina doctor` says why."
    session.output.show(markdown(sentence(text), text))


def _providers(session: Session, arguments: Sequence[str]) -> None:
    no_arguments("providers", arguments)
    rows = []
    for provider in sorted(session.client.providers(), key=lambda item: (not item.available, item.name)):
        state = f"ready, {len(provider.models):,} models" if provider.available else provider.hint or provider.reason
        rows.append([provider.name, provider.title, state])
    session.output.show(table(["provider", "", "state"], rows))


def _usage(session: Session, arguments: Sequence[str]) -> None:
    days = _number("usage", arguments, 30)
    rows = session.client.usage(days=days)
    if not rows:
        session.output.show(markdown(f"No model was asked in the last {days} days."))
        return
    shown = [
        [
            row.day,
            row.model,
            f"{row.calls:,}" + (f" ({row.failed:,} failed)" if row.failed else ""),
            f"{row.input_tokens:,}",
            f"{row.output_tokens:,}",
            dollars(row.usd) + (f" + {row.unpriced:,} of unknown price" if row.unpriced else ""),
            f"{row.seconds:,.1f}",
        ]
        for row in rows
    ]
    total = f"{sum(row.calls for row in rows):,} calls, {dollars(sum(row.usd for row in rows))} in {days} days"
    headers = ["day", "model", "calls", "tokens in", "tokens out", "cost", "seconds"]
    session.output.show(table(headers, shown, note=total))


def _history(session: Session, arguments: Sequence[str]) -> None:
    if arguments[:1] == ["notebook"]:
        from .notebook_history import show_notebook_history

        show_notebook_history(session, arguments[1:])
        return
    count = _number("history", arguments, TURNS_SHOWN)
    identity = session.identity
    found = session.client.conversations(identity.notebook, identity.kernel_id)
    current = next((item for item in found if item.current), None)
    turns = _turns(_entries(session, current.id)) if current is not None else []
    if not turns:
        session.output.show(markdown("This notebook's conversation has no turns yet."))
        return
    parts = [
        f"**You:** {escaped(_cut(question))}\n\n**{escaped(model or 'Answer')}:**\n\n{_closed(_cut(answer)) or '*no answer*'}"
        for question, model, answer in turns[-count:]
    ]
    plain = [
        f"You: {_cut(q)}\n\n{model or 'Answer'}: {_cut(answer) or 'no answer'}" for q, model, answer in turns[-count:]
    ]
    left = len(turns) - len(parts)
    head = f"{left:,} earlier turns are not shown.\n\n" if left > 0 else ""
    session.output.show(markdown(head + "\n\n---\n\n".join(parts), head + "\n\n---\n\n".join(plain)))


def _entries(session: Session, conversation: str) -> list[LogEntry]:
    entries: list[LogEntry] = []
    while page := session.client.conversation_events(conversation, after=entries[-1].sequence if entries else 0):
        entries += page
    return entries


def _turns(entries: Sequence[LogEntry]) -> list[tuple[str, str, str]]:
    """(question, model, answer) of each turn, oldest first."""
    turns: dict[str, list[str]] = {}
    for entry in entries:
        turn = turns.setdefault(entry.turn, ["", "", ""])
        match entry.kind:
            case "question":
                turn[0] = str(entry.data.get("text", ""))
            case "message_started":
                turn[1] = str(entry.data.get("model", ""))
            case "text_delta":
                turn[2] += str(entry.data.get("text", ""))
    return [(question, model, answer) for question, model, answer in turns.values()]


def _cut(text: str) -> str:
    text = text.strip()
    return text if len(text) <= TURN_LENGTH else f"{text[:TURN_LENGTH]} …"


def _closed(answer: str) -> str:
    """Markdown whose last code fence is not left open."""
    return f"{answer}\n```" if answer.count("```") % 2 else answer


def _reset(session: Session, arguments: Sequence[str]) -> None:
    no_arguments("reset", arguments)
    identity = session.identity
    session.client.reset_conversation(identity.notebook, identity.kernel_id)
    session.output.show(markdown("The conversation begins anew; what was said before is kept but no longer sent."))


def _doctor(session: Session, arguments: Sequence[str]) -> None:
    no_arguments("doctor", arguments)
    import os

    via = "the Jupyter server" if os.environ.get("LUMINA_URL") else "this process"
    try:
        health = session.client.health()
    except LuminaError as error:
        session.output.show(table(["", "state", "what to do"], [["engine", error.message, error.hint]]))
        return
    rows = [
        ["engine", f"Lumina {health.version} in {via}", ""],
        ["data folder", health.data_dir, ""],
        ["model", health.default_model or "none", health.hint],
    ]
    for provider in session.client.providers():
        if provider.available:
            rows.append([provider.title, f"ready, {len(provider.models):,} models", ""])
        elif provider.key_source:
            rows.append([provider.title, provider.reason, provider.hint])
    note = "`lumina doctor` in a terminal also checks the installation and asks each provider."
    session.output.show(table(["", "state", "what to do"], rows, note=note))


def _help(session: Session, arguments: Sequence[str]) -> None:
    no_arguments("help", arguments)
    options = [
        [
            ", ".join(spelling for spelling in (option.short, option.long) if spelling) + f" {option.value}".rstrip(),
            option.meaning,
        ]
        for option in OPTIONS
    ]
    output = session.output
    output.show(table(["`%%lumina [MODEL]` above a prompt", ""], options))
    output.show(table(["`%lumina …`", ""], [[name, meaning] for name, meaning in MEANINGS.items()]))
