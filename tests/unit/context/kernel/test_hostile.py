"""Objects that do not want to be looked at: they raise, never end, lie, or are changed meanwhile."""

from __future__ import annotations

import threading
import time
from typing import Any, NoReturn

import pandas as pd
import pytest

from lumina_jupyter.context.kernel import Budget, Seen, look_inside

QUICK = Budget(seconds=5.0, value_seconds=0.05)


def look(*values: object, budget: Budget = QUICK, detail: bool = True) -> Seen:
    names = [f"v{place}" for place in range(len(values))]
    return look_inside(dict(zip(names, values, strict=True)), names if detail else None, budget=budget)


class Endless:
    """Its `repr` never ends."""

    def __repr__(self) -> str:
        while True:
            pass


class Sleeper:
    """Its `repr` sleeps, deaf to exceptions until it wakes."""

    def __repr__(self) -> str:
        time.sleep(1)
        return "awake"


class Stubborn:
    """Its `repr` takes no notice of the first exceptions that end it."""

    def __repr__(self) -> str:
        for _ in range(3):
            try:
                while True:
                    pass
            except BaseException:
                continue
        raise SystemExit


@pytest.mark.parametrize("hostile", [Endless(), Sleeper(), Stubborn()], ids=lambda value: type(value).__name__)
def test_a_repr_that_never_ends_is_ended_and_the_others_are_told(hostile: object) -> None:
    seen = look(1, hostile, 2)
    first, second, third = seen.variables
    assert (first.text, third.text) == ("1", "2")
    assert second.type.endswith(type(hostile).__name__)
    assert "takes too long" in second.text
    for thread in threading.enumerate():
        if thread.name == "lumina-eyes-look":
            thread.join(10)
            assert not thread.is_alive()
    # It is not asked again.
    assert "took too long before" in look(hostile).variables[0].text


def test_many_that_take_long_leave_time_for_what_came_before() -> None:
    class Slow:
        def __repr__(self) -> str:
            time.sleep(0.04)
            return "slow"

    seen = look(*[Slow() for _ in range(50)], budget=Budget(seconds=0.2, value_seconds=0.1))
    assert 1 <= len(seen.variables) < 50
    assert seen.left_out == 50 - len(seen.variables)


class Raises:
    @property  # type: ignore[misc]  # that is the point
    def __class__(self) -> Any:
        raise ValueError("class")

    @property
    def __dict__(self) -> Any:  # type: ignore[override]
        raise ValueError("dict")

    @property
    def shape(self) -> NoReturn:
        raise ValueError("shape")

    def __getattribute__(self, name: str) -> NoReturn:
        raise ValueError("getattribute")

    def __len__(self) -> NoReturn:
        raise ValueError("len")

    def __repr__(self) -> NoReturn:
        raise KeyboardInterrupt

    def __hash__(self) -> NoReturn:
        raise ValueError("hash")

    def __eq__(self, other: object) -> NoReturn:
        raise ValueError("eq")

    def __bool__(self) -> NoReturn:
        raise ValueError("bool")

    def __sizeof__(self) -> NoReturn:
        raise ValueError("sizeof")


class Meta(type):
    """A class that gives wrong answers about itself."""

    def __getattribute__(cls, name: str) -> Any:
        raise ValueError(name)

    def __instancecheck__(cls, instance: object) -> NoReturn:
        raise ValueError("instancecheck")

    def __eq__(cls, other: object) -> NoReturn:
        raise ValueError("eq")

    def __hash__(cls) -> NoReturn:
        raise ValueError("hash")


def _shadow() -> object:
    return Meta("Shadow", (), {"__slots__": ()})()


def _broken_frame() -> object:
    frame = pd.DataFrame({"a": [1]})
    del frame.__dict__["_mgr"]
    return frame


class FrameThatRaises(pd.DataFrame):  # type: ignore[misc]  # pandas is Any to mypy
    @property
    def shape(self) -> NoReturn:
        raise RuntimeError("shape")


class Text(str):
    def __len__(self) -> NoReturn:
        raise ValueError

    def __str__(self) -> NoReturn:
        raise ValueError


class Things(dict[str, int]):
    def items(self) -> NoReturn:
        raise ValueError

    def __iter__(self) -> NoReturn:
        raise ValueError


@pytest.mark.parametrize("detail", [True, False])
@pytest.mark.parametrize(
    ("make", "name"),
    [
        (Raises, "Raises"),
        (_shadow, "Shadow"),
        (_broken_frame, "DataFrame"),
        (FrameThatRaises, "FrameThatRaises"),
        (lambda: Text("abc"), "Text"),
        (lambda: Things(a=1), "Things"),
        (lambda: object.__new__(Endless), "Endless"),
        (lambda: [Raises(), _shadow(), {"k": Raises()}], "list"),
    ],
)
def test_whatever_an_object_raises_its_class_is_told(make: Any, name: str, detail: bool) -> None:
    seen = look(make(), 7, detail=detail)
    strange, plain = seen.variables
    assert strange.type.rpartition(".")[2] == name
    assert strange.text
    assert plain.text == "7"


def test_a_list_of_variables_runs_none_of_their_code() -> None:
    ran: list[str] = []

    class Canary:
        def __getattribute__(self, name: str) -> Any:
            ran.append(name)
            return object.__getattribute__(self, name)

        def __repr__(self) -> str:
            ran.append("repr")
            return ""

        def __len__(self) -> int:
            ran.append("len")
            return 0

        __iter__ = __bool__ = __str__ = __hash__ = __eq__ = __len__  # type: ignore[assignment]

    look(Canary(), [Canary()], {"a": Canary()}, (Canary(),), detail=False)
    assert ran == []


def test_a_text_without_end_is_cut() -> None:
    class Long:
        def __repr__(self) -> str:
            return "ä" * 10**6

    (told,) = look(Long(), budget=Budget(text_bytes=1_000, seconds=5)).variables
    assert len(told.text.encode()) <= 1_000


def test_an_answer_keeps_within_its_bytes_and_says_what_is_missing() -> None:
    seen = look(*["x" * 1_000] * 100, budget=Budget(total_bytes=20_000, seconds=5))
    assert 10 <= len(seen.variables) < 100
    assert seen.left_out == 100 - len(seen.variables)


def test_containers_that_are_changed_meanwhile() -> None:
    shared: dict[str, Any] = {}
    stop = threading.Event()

    def change() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            shared[str(number % 1_000)] = number
            shared.pop(str((number + 500) % 1_000), None)

    thread = threading.Thread(target=change)
    thread.start()
    try:
        for _ in range(50):
            seen = look_inside(shared, None)
            assert seen.how == "live"
            (told,) = look(shared).variables
            assert told.text
    finally:
        stop.set()
        thread.join()


def test_broken_text_is_mended() -> None:
    (told,) = look("a\ud800b").variables
    told.text.encode()
