"""The answer in words, from what the steps gave back and nothing else."""

from __future__ import annotations

import re

from ...context.envelope import contained
from ...context.item import cut_middle
from ...context.outputs import outputs_text
from ...errors import AnswerUnusable
from ...gateway import Message
from ..scene import Scene
from ..task import Task
from .asking import Asker
from .grounding import unfounded
from .instructions import system
from .reply_text import markdown_in
from .scene_text import Sight, result_of

MOST_TOKENS = 400
_SHORT = 300
_FEW_LINES = 6
_MOST_NAMES = 20
_NAMED = re.compile(r"@([A-Za-z]\w{0,60})\[")
_YES_OR_NO = re.compile(r"\byes\b\W{1,5}(?:or|and|,|/)?\W{0,5}\bno\b", re.IGNORECASE)
_FORM = re.compile(
    r"\b(?:format|form|yes or no|true or false|sentences?|words?|explain|why|summar\w*|interpret\w*|describe|conclu\w*)\b",
    re.IGNORECASE,
)
"""Words that ask for more than what is computed."""
_CODE_SHOWN = 6_000


async def answer(asker: Asker, task: Task, sight: Sight) -> str:
    """The answer.

    Raises:
        AnswerUnusable: when the model says nothing.
        LuminaError: when it cannot be reached.
    """
    printed = as_printed(task, sight.scene) if asker.ability.small else ""
    if printed:
        return printed
    messages = [
        Message.of("system", system(asker.thinking.persona, "answer")),
        Message.of("user", _prompt(task, sight, brief=asker.ability.small)),
    ]
    text = markdown_in((await asker.text(messages, most=MOST_TOKENS)).text)
    if not text:
        raise AnswerUnusable("The model gave no answer.", hint="Ask again, or choose a larger model.")
    return text if task.action != "answer" else await _founded(asker, task, sight, messages, text)


async def _founded(asker: Asker, task: Task, sight: Sight, messages: list[Message], text: str) -> str:
    """The answer, once its numbers stand in the outputs; of a small model that makes some up, the outputs themselves."""
    results = [result_of(each) for each in sight.scene.done if each.result.strip() and not each.failed]
    sources = [*results, task.words] if asker.ability.small else [*results, messages[-1].text]
    wrong = unfounded(text, sources) if results else []
    if not wrong:
        return text
    told = (
        f"{', '.join(wrong[:3])} stands in no output. Answer with what stands there alone, and where it does not say the "
        "answer, say that."
    )
    again = await asker.text([*messages, Message.of("assistant", text), Message.of("user", told)], most=MOST_TOKENS)
    text = markdown_in(again.text)
    if text and not (asker.ability.small and unfounded(text, sources)):
        return text
    return f"The steps put this out, which does not say the answer as it was asked for:\n\n```\n{results[-1]}\n```"


def as_printed(task: Task, scene: Scene) -> str:
    """What the last step put out, where that is the answer as it stands; empty where words have to be found for it.

    A small model that copies figures gets one wrong now and then, and takes half a minute for it.
    """
    last = next((each for each in reversed(scene.done) if each.result.strip()), None)
    if task.action != "answer" or last is None or last.failed or last.tool != "run_cell":
        return ""
    cell = scene.notebook.cell(last.cell)
    text = outputs_text(cell.outputs).strip() if cell is not None else ""
    names = asked_names(task.words)
    if names:
        found = [re.search(rf"@{re.escape(name)}\[[^\[\]\n]{{1,200}}\]", text) for name in names]
        said = "\n".join(each[0] for each in found if each is not None) if all(found) else ""
        return _as_yes_or_no(said) if _YES_OR_NO.search(task.words) else said
    short = len(text) <= _SHORT and text.count("\n") < _FEW_LINES
    return text if short and not _FORM.search(task.words) else ""


def _as_yes_or_no(text: str) -> str:
    """Python's truth in the words that were asked for."""
    return re.sub(r"\[(True|False)\]", lambda found: "[yes]" if found[1] == "True" else "[no]", text)


def asked_names(words: str) -> list[str]:
    """The names of an answer that is asked for in the form `@name[value]`."""
    return list(dict.fromkeys(_NAMED.findall(words)))[:_MOST_NAMES]


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
