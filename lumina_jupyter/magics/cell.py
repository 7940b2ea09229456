"""A `%%lumina` cell, from its first line to the answer's footer."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ..errors import AnswerUnusable, InvalidOption, UnknownName
from ..telemetry.redaction import redact
from .approving import Approving
from .arguments import CellOptions, parse
from .asking import Asking, error_of, show_footer
from .display_text import whole
from .formats import INSTRUCTIONS, conclude, view_of
from .mentioned import look
from .output import markdown
from .result import Answer
from .schemas import AnswerSchema
from .stopping import CellFailed
from .template import render
from .values import describe, describe_named

if TYPE_CHECKING:
    from ..memory import Question
    from ..tools import ToolInfo
    from .session import Session


def run_cell(session: Session, line: str, cell: str) -> None:
    """Answer a cell.

    Raises:
        LuminaError: when the cell cannot be asked as it is, or the answer is not what it asks for.
        CellFailed: when the answer broke off.
    """
    options = parse(line)
    namespace = session.ipython.user_ns
    schema = AnswerSchema(options.schema, namespace) if options.schema else None
    prompt = whole(render(cell, namespace, shown)).strip("\n")
    if not prompt.strip():
        raise InvalidOption("The cell has no prompt.", hint="Write it into the lines below %%lumina.")
    if options.agent:
        from .agent_cell import run_agent

        run_agent(session, options, prompt)
        return
    context = _context(options, schema, namespace)
    question = _question(session, options, prompt, context, schema)
    if options.dry_run:
        _show_question(session, question)
        return
    ask(session, question, options, schema)


def ask(session: Session, question: Question, options: CellOptions, schema: AnswerSchema | None = None) -> Answer:
    """Ask, show the answer in its format, keep it where `-o` says.

    Raises:
        AnswerUnusable: when the answer is not what its format needs.
        CellFailed: when the answer broke off; what came is shown and kept.
    """
    output = session.output
    view = view_of(options.format, output)
    asking = Asking(question, view, Approving(session, question))
    answer = asking.run(session.client)
    remark = ""
    unusable: AnswerUnusable | None = None
    if asking.failure is None or answer.text or asking.notices:
        try:
            answer, remark = conclude(options.format, answer, view, output, schema)
        except AnswerUnusable as error:
            unusable = error
        show_footer(output, answer, asking.notices, remark)
    if options.output:
        session.ipython.user_ns[options.output] = answer
    if asking.failure is not None:
        raise CellFailed(error_of(asking.failure))
    if unusable is not None:
        raise unusable
    return answer


def shown(value: object) -> str:
    """A value as it goes into a prompt: described, and with its keys and passwords masked."""
    from ..context.mentions import inert

    return inert(redact(describe(value)))


def describe_variables(names: Sequence[str], namespace: dict[str, Any]) -> str:
    """Variables as a list for a model to read.

    Raises:
        UnknownName: when one of them does not exist.
    """
    for name in names:
        if name not in namespace:
            raise UnknownName(f"There is no variable {name!r}, which --context names.", hint="Define it first.")
    items = [redact(describe_named(name, namespace[name])) for name in names]
    return "\n\n".join(["Variables in the notebook:", *items])


def _context(options: CellOptions, schema: AnswerSchema | None, namespace: dict[str, Any]) -> list[str]:
    parts = [describe_variables(options.context, namespace)] if options.context else []
    instruction = INSTRUCTIONS[options.format]
    if schema is not None:
        instruction += f" It must follow this JSON schema: {json.dumps(schema.schema, ensure_ascii=False)}"
    return [whole(part) for part in (*parts, instruction.strip()) if part]


def _question(
    session: Session, options: CellOptions, prompt: str, context: Sequence[str], schema: AnswerSchema | None
) -> Question:
    from ..gateway import TextPart
    from ..memory import Question

    identity = session.identity
    seen = look(session, prompt)
    return Question(
        prompt=(TextPart(prompt),),
        context=tuple(TextPart(f"{part}\n\n") for part in context),
        model=options.model or session.model,
        persona=options.persona,
        system=options.system if options.system is None else whole(options.system),
        schema=schema.for_request if schema is not None else None,
        max_tokens=options.max_tokens,
        temperature=options.temperature,
        history=options.history,
        tools=options.tools,
        notebook=identity.notebook,
        kernel_id=identity.kernel_id,
        view=seen.view,
        variables=seen.variables,
        schemas=seen.schemas,
    )


def _offered(session: Session, question: Question) -> list[ToolInfo]:
    if not question.tools:
        return []
    tools = session.client.tools(question.notebook, question.kernel_id)
    return [tool for tool in tools if tool.permission != "deny"]


def _show_question(session: Session, question: Question) -> None:
    """What would be sent, for `--dry-run`."""
    preview = session.client.preview(question) if "@" in question.text else None
    system = "the setting c.Lumina.system_prompt" if question.system is None else question.system
    context = "".join(part.text for part in question.context if hasattr(part, "text"))
    context = f"{context}{preview.text if preview is not None else ''}".strip()
    length = len(system) + len(context) + len(question.text)
    parts = [
        ("Model", question.model or "the default model"),
        ("System", system),
        ("Context", context),
        ("Left out", "\n".join(f"{each.label}: {each.reason}" for each in preview.report.left_out) if preview else ""),
        ("Prompt", question.text),
        ("Tools", ", ".join(tool.name for tool in _offered(session, question))),
        ("History", "earlier turns of this notebook go with it" if question.history else "none"),
        ("Length", f"{length:,} characters, about {max(1, length // 4):,} tokens"),
    ]
    plain = "\n\n".join(f"{title}:\n{text}" for title, text in parts if text)
    session.output.show({"text/plain": markdown(plain)["text/plain"]})
