from __future__ import annotations

from lumina_jupyter.automl.alternatives.alternatives import Alternative
from lumina_jupyter.automl.alternatives.judgement import Chosen, explain_choice
from lumina_jupyter.automl.candidate import Candidate, FoldResult, Trial
from lumina_jupyter.automl.metrics.metric import METRICS


def trial(number: int, family: str, score: float, size: int, seconds: float, origin: str = "search") -> Trial:
    fold = FoldResult(fold=0, score=-score, model_bytes=size, predict_seconds=seconds)
    candidate = Candidate(family=family, origin=origin)  # type: ignore[arg-type]  # written out below
    return Trial(number=number, candidate=candidate, state="done", folds=(fold,))


def test_the_reasons_say_what_is_smaller_and_slower_in_few_digits() -> None:
    trials = [
        trial(0, "naive", 2.0, 100, 0.001, "naive"),
        trial(1, "hist_gradient_boosting", 1.25, 2_000_000, 0.2, "baseline"),
        trial(2, "kernel_machine", 1.0123456789, 1_000_000, 0.9),
        trial(3, "lightgbm", 1.1, 9_000_000, 0.1),
    ]
    small = Alternative(name="small", trial=2, family="kernel_machine", score=1.0123456789, bytes=1_000_000)
    read = Alternative(name="interpretable", trial=2, family="kernel_machine", score=1.0123456789, bytes=1_000_000)
    fast = Alternative(name="fast", trial=3, family="lightgbm", score=1.1, bytes=9_000_000, row_seconds=0.00123456)
    choice = explain_choice(
        Chosen(
            trials=trials,
            weights={2: 0.5, 3: 0.25, 1: 0.25},
            parts={2: (0, 1), 3: (0, 1), 1: (0, 1)},
            score=1.0,
            metric=METRICS["rmse"],
            alternatives={"small": small, "fast": fast, "interpretable": read},
            held_out=[1_000],
        )
    )
    said = str(choice)
    assert "is worse by 0.0123; it is 24.0 times smaller and 2.7 times faster" in said, (
        "The blend has a model of each of two folds, and what is taken instead one of all rows."
    )
    assert "a blend of 3 trials, Kernel machine (50 %), " in said
    assert "1.0123" in said.split("\n\n")[1]
    assert "1.01234" not in said
    assert "2.0\n" not in said, "A trial's number is a whole one."
    assert "Take `alternative('small')` (Kernel machine) where memory is short or where every prediction" in said
    assert said.count("Take `alternative(") == 2, "The same model is offered once."
    assert repr(choice) == said
    page = choice._repr_html_()
    assert "<td>small</td>" in page
    assert "Take <code>alternative(&#x27;small&#x27;)</code>" in page
    assert repr({"fast": fast}) == "{'fast': LightGBM (trial 3): 1.1, 9 MB, 1.2 ms for one row}"

    # What is quick in a blend may be slow beside its best member, and about as large.
    alone = explain_choice(
        Chosen(
            trials=trials,
            weights={3: 0.9, 0: 0.1},
            parts={3: (-1,), 0: (-1,)},
            score=1.0,
            metric=METRICS["rmse"],
            alternatives={},
            held_out=[1_000],
        )
    )
    assert "it is 9.0 times smaller and 8.9 times slower" in str(alone)
    equal = [*trials[:3], trial(3, "lightgbm", 1.0, 1_000_000, 0.89), trial(4, "linear", 1.5, 50_000, 0.01)]
    about = Chosen(
        trials=equal,
        weights={3: 0.9, 4: 0.1},
        parts={3: (-1,), 4: (-1,)},
        score=1.0,
        metric=METRICS["rmse"],
        alternatives={},
        held_out=[1_000],
    )
    assert "it is hardly smaller and hardly faster" in str(explain_choice(about))
