"""The budget's clock, whatever its owner does with it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from lumina_jupyter.automl.search.clock import BudgetClock

STEPS = st.lists(
    st.one_of(st.floats(0, 100).map(lambda seconds: ("pass", seconds)), st.sampled_from([("pause", 0.0), ("go", 0.0)]))
)


@given(total=st.floats(0.001, 1e5), spent=st.floats(0, 1e5), steps=STEPS)
def test_what_passes_while_it_is_paused_does_not_count(
    total: float, spent: float, steps: list[tuple[str, float]]
) -> None:
    now = 1000.0
    clock = BudgetClock(total, spent=spent, now=lambda: now)
    expected, running = spent, True
    for what, seconds in steps:
        before = clock.elapsed
        if what == "pass":
            now += seconds
            expected += seconds if running else 0.0
        elif what == "pause":
            clock.pause()
            running = False
        else:
            clock.go()
            running = True
        assert clock.paused is not running
        assert clock.elapsed >= before, "It goes back."
        assert abs(clock.elapsed - expected) <= 1e-6 * max(1.0, expected)
        assert clock.left == max(0.0, total - clock.elapsed)


def test_a_clock_that_goes_back_takes_nothing_away() -> None:
    now = 10.0
    clock = BudgetClock(5.0, now=lambda: now)
    now = 3.0
    assert (clock.elapsed, clock.left) == (0.0, 5.0)
