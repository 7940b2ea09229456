"""The mind over the gateway: a strong model plans freely within the tools' schemas, a small one is led by recipes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from ...context.kernel.summary import Policy
from ...context.policy import allows_assistant, variable_policy
from ...errors import Forbidden
from ...gateway import ModelInfo
from ...settings import Lumina
from ..gears.models import Ability, ability_of
from ..mind import Thinking
from ..plan import Plan, Step
from ..recipes import recipe_plan
from ..report import Report
from ..scene import Scene
from ..task import Task
from . import answering, dividing, planning, reading, reflecting, writing
from .asking import Asker, Chat
from .budgets import scene_budget
from .plan_checks import ToolOf
from .scene_text import Sight
from .speeds import Speeds

InfoOf = Callable[[str], Awaitable[ModelInfo | None]]


class ModelMind:
    """Thinks with the models that the gateway reaches.

    Args:
        settings: `context_tokens` and `variable_policy`.
        chat: Calls a model.
        tool: Finds a tool.
        info: What is known of a model.
        speeds: Where it is kept how quick models are.
    """

    def __init__(self, settings: Lumina, chat: Chat, tool: ToolOf, info: InfoOf, speeds: Speeds | None = None) -> None:
        self._settings = settings
        self._chat = chat
        self._tool = tool
        self._info = info
        self.speeds = speeds or Speeds()

    async def read(self, words: str, scene: Scene, thinking: Thinking) -> Task:
        """What the words ask for."""
        asker = await self._asker(thinking)
        return await reading.read(asker, words, self._sight(scene, words, asker.ability))

    async def plan(self, task: Task, scene: Scene, thinking: Thinking) -> Plan:
        """Steps that lead there: only tools of the scene, arguments that fit them, no more than the gear allows."""
        asker = await self._asker(thinking)
        sight = self._sight(scene, task.words, asker.ability)
        if scene.colleagues and scene.divides:
            return await dividing.divide(asker, task, sight)
        if asker.ability.small:
            return recipe_plan(task, scene, thinking.gear)
        return await planning.make_plan(asker, task, sight, self._tool)

    async def write(self, task: Task, step: Step, scene: Scene, thinking: Thinking, *, fault: str = "") -> str:
        """What the step asks for: code without fences, or Markdown."""
        asker = await self._asker(thinking)
        return await writing.write(asker, task, step, self._sight(scene, task.words, asker.ability), fault=fault)

    async def other_way(self, task: Task, plan: Plan, step: Step, scene: Scene, thinking: Thinking) -> Step | None:
        """Another step to the same end; None when there is none."""
        asker = await self._asker(thinking)
        if asker.ability.small:
            return planning.simpler_step(step, scene)
        sight = self._sight(scene, task.words, asker.ability)
        return await planning.another_step(asker, task, plan, step, sight, self._tool)

    async def answer(self, task: Task, scene: Scene, thinking: Thinking) -> str:
        """The answer in words, from what the steps gave back and nothing else."""
        asker = await self._asker(thinking)
        return await answering.answer(asker, task, self._sight(scene, task.words, asker.ability))

    async def critique(self, task: Task, report: Report, scene: Scene, thinking: Thinking) -> tuple[str, ...]:
        """What is wrong with the work, a sentence each."""
        asker = await self._asker(thinking)
        return await reflecting.critique(asker, task, report, self._sight(scene, task.words, asker.ability))

    async def revise(self, task: Task, faults: tuple[str, ...], scene: Scene, thinking: Thinking) -> Plan:
        """Steps that mend the faults."""
        asker = await self._asker(thinking)
        if asker.ability.small:
            return reflecting.mending_plan(task, faults, scene, thinking.gear)
        sight = self._sight(scene, task.words, asker.ability)
        return await planning.make_plan(asker, task, sight, self._tool, faults=faults)

    async def _asker(self, thinking: Thinking) -> Asker:
        ability = ability_of(thinking.model, await self._info(thinking.model))
        return Asker(chat=self._chat, thinking=thinking, ability=ability, speeds=self.speeds)

    def _sight(self, scene: Scene, words: str, ability: Ability) -> Sight:
        """What of the scene may be shown.

        Raises:
            Forbidden: when nothing of it may.
        """
        if not allows_assistant(scene.notebook.policy):
            raise Forbidden("This notebook is not to be shown to models.", hint="Its author has switched that off.")
        policy: Policy = variable_policy(scene.notebook.policy, self._settings.variable_policy)
        budget = scene_budget(self._settings, ability)
        return Sight(scene=scene, words=words, policy=policy, budget=budget, brief=ability.small)
