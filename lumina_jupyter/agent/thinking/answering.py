"""The answer in words, from what the steps gave back and nothing else."""

from __future__ import annotations

from ...context.envelope import contained
from ...context.item import cut_middle
from ...errors import AnswerUnusable
from ...gateway import Message
from ..task import Task
from .asking import Asker
from .instructions import system
from .reply_text import markdown_in
from .scene_text import Sight

MOST_TOKENS = 400
_CODE_SHOWN = 6_000


async def answer(asker: Asker, task: Task, sight: Sight) -> str:
    """The answer.

    Raises:
        AnswerUnusable: when the model says nothing.
        LuminaError: when it cannot be reached.
    """
    messages = [
        Message.of("system", system(asker.thinking.persona, "answer")),
        Message.of("user", _prompt(task, sight, brief=asker.ability.small)),
    ]
    said = await asker.text(messages, most=MOST_TOKENS)
    text = markdown_in(said.text)
    if not text:
        raise AnswerUnusable("The model gave no answer.", hint="Ask again, or choose a larger model.")
    return text


def _prompt(task: Task, sight: Sight, *, brief: bool) -> str:
    done = sight.scene.done
    parts: list[str] = []
    if brief and any(each.result.strip() for each in done):
        # What the steps put out is all that the answer may rest on; the rest of the scene only leads astray.
        parts.append(f"<lumina:done>\n{contained(sight.done(sight.budget))}\n</lumina:done>")
    else:
        parts.append(sight.text())
    cell = sight.scene.notebook.cell(task.target) if task.target_kind == "cell" else None
    if cell is not None and cell.source.strip() and brief:
        parts.append(f"The cell:\n```{sight.scene.notebook.language}\n{cut_middle(cell.source, _CODE_SHOWN)}\n```")
    parts.append(f"Question: {task.words.strip()}")
    parts.append("Answer it in the form that it asks for.")
    return "\n\n".join(part for part in parts if part.strip())
