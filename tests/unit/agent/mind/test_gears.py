"""Gears: chosen by what there is to do, shifted on the grid, never raised by what a model says; and the models they mean."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lumina_jupyter.agent.gears import GEARS, Grid
from lumina_jupyter.agent.gears.choosing import choose_gear
from lumina_jupyter.agent.gears.models import GearModels, ability_of
from lumina_jupyter.agent.gears.shifting import Shifter
from lumina_jupyter.agent.task import ACTIONS, Task
from lumina_jupyter.gateway import ModelInfo
from lumina_jupyter.settings import Lumina

HARD = "Train and cross-validate a model for each region, then compare all of them, then optimise the whole pipeline"


def test_easy_tasks_are_fast_and_hard_ones_careful() -> None:
    assert choose_gear(Task(words="Plot a histogram", action="plot", complexity=0.05), most=5) == 5
    assert choose_gear(Task(words="Plot a histogram", action="plot", complexity=0.05), most=4) == 4
    assert choose_gear(Task(words=HARD, action="write", complexity=0.9)) == 1
    assert choose_gear(Task(words=HARD, action="write", complexity=0.0), most=5) <= 3  # whatever a model says of it
    assert choose_gear(Task(words="Refactor f", action="refactor", complexity=0.05), most=5) == 3


@given(said=st.floats(), words=st.text(max_size=200), action=st.sampled_from(ACTIONS), most=st.integers(-3, 9))
def test_a_model_s_word_never_raises_a_gear_and_the_most_is_kept(
    said: float, words: str, action: str, most: int
) -> None:
    own = choose_gear(Task(words=words, action=action, complexity=0.0), most)  # type: ignore[arg-type]  # one of ACTIONS
    told = choose_gear(Task(words=words, action=action, complexity=said), most)  # type: ignore[arg-type]  # as above
    assert 1 <= told <= own <= max(1, min(most, 5))


def test_it_shifts_down_when_checks_fail_and_up_when_steps_go_easily() -> None:
    shifter = Shifter(3, most=4)
    shifter.checked(False)
    assert shifter.at("step") is None
    shifter.checked(False, attempt=2)
    shift = shifter.at("step")
    assert shift is not None
    assert (shift.before, shift.after) == (3, 2)
    for _ in range(3):
        shifter.checked(True)
    assert shifter.at("step") is None  # up on the next phase alone
    shift = shifter.at("phase")
    assert shift is not None
    assert shift.after == 3
    for _ in range(6):
        shifter.checked(True)
        shifter.at("phase")
    assert shifter.gear == 4  # never above the most


def test_a_person_s_gear_stays_and_is_changed_on_the_grid_that_was_asked_for() -> None:
    shifter = Shifter(2, name="2", most=5)
    for _ in range(9):
        shifter.checked(False)
    assert shifter.at("task") is None
    shifter.wish(5, "phase")
    assert shifter.at("step") is None
    shift = shifter.at("phase")
    assert shift is not None
    assert shift.after == 5
    assert shifter.at("task") is None


_HAPPENINGS = st.lists(st.booleans() | st.sampled_from(("step", "phase", "task")), max_size=60)


@given(gear=st.integers(1, 5), most=st.integers(1, 5), happens=_HAPPENINGS)
def test_auto_stays_within_bounds_and_moves_one_gear_at_a_time(
    gear: int, most: int, happens: list[bool | Grid]
) -> None:
    shifter = Shifter(gear, most=most)
    for each in happens:
        if isinstance(each, bool):
            shifter.checked(each)
            continue
        before = shifter.gear
        shift = shifter.at(each)
        assert shifter.gear in GEARS
        assert abs(shifter.gear - before) <= 1
        assert shifter.gear <= max(before, most)
        assert (shift is None) == (shifter.gear == before)


@pytest.mark.parametrize(
    ("model", "info", "small"),
    [
        ("embedded/qwen2.5-coder-1.5b", None, True),
        ("embedded/my-70b", None, True),
        ("ollama/llama3.1:8b", ModelInfo(id="o", provider="ollama", name="l", tools=True), True),
        ("ollama/llama3.3:70b", ModelInfo(id="o", provider="ollama", name="l", tools=True), False),
        ("ollama/smollm2-135m", None, True),
        ("openai/gpt-5", ModelInfo(id="o", provider="openai", name="g", tools=True), False),
        ("openai/gpt-5", None, False),
        ("lab/own", ModelInfo(id="o", provider="lab", name="own", tools=False), True),
        ("mistral/mixtral-8x7b", None, False),
    ],
)
def test_which_models_are_led_by_recipes(model: str, info: ModelInfo | None, small: bool) -> None:
    assert ability_of(model, info).small is small


async def test_the_model_of_a_gear() -> None:
    async def default() -> str:
        return "p/default"

    models = GearModels(Lumina(agent_reasoning_model="p/thinks", agent_small_model="p/quick"), default)
    assert [await models.choose(GEARS[number]) for number in (1, 3, 5)] == ["p/thinks", "p/default", "p/quick"]
    assert await models.choose(GEARS[1], "p/mine") == "p/mine"
    assert await GearModels(Lumina(), default).choose(GEARS[1]) == "p/default"
