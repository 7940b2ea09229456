"""Benches in which the agent and plain `%%lumina` get the same things to do: options, results that are kept, rates.

Each result is a line of JSON in a file, so that a bench that was interrupted goes on where it was. What was said and
done is kept beside it, a file each, to be read when something failed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from jupyter_core.paths import jupyter_data_dir

from lumina_jupyter.gateway.embedded.weights import Weights
from lumina_jupyter.settings import Lumina
from tests.bench.notebook_stage import Asked, Attempt, stage

MODEL = "embedded/qwen2.5-coder-1.5b"
SIDES = ("agent", "plain")
_REPOSITORY = Path(__file__).parents[2]
_MODELS = Path(os.environ.get("LUMINA_TEST_MODELS") or Path(jupyter_data_dir()) / "lumina" / "models")


@dataclass(frozen=True, kw_only=True)
class Judged:
    """Whether an attempt did what was asked, and why not; `scores` are further figures from 0 to 1."""

    passed: bool
    why: str = ""
    scores: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """A line of the results."""

    item: str
    side: str
    model: str
    gear: str
    passed: bool
    why: str
    input_tokens: int
    output_tokens: int
    seconds: float
    scores: Mapping[str, float]
    commit: str
    at: float


@dataclass(frozen=True, kw_only=True)
class Item:
    """Something to do, and how what came of it is judged."""

    name: str
    asked: Asked
    judge: Callable[[Attempt], Judged]


def options(name: str, about: str) -> argparse.ArgumentParser:
    """What both benches take on their command lines."""
    parser = argparse.ArgumentParser(prog=f"python -m tests.bench.bench_{name}", description=about)
    chosen = os.environ.get("LUMINA_BENCH_MODEL") or MODEL
    parser.add_argument("--model", default=chosen, help=f"provider/name, or LUMINA_BENCH_MODEL; {chosen} when omitted")
    parser.add_argument("--gear", default="3", choices=["auto", "1", "2", "3", "4", "5"], help="the agent's; 3")
    parser.add_argument("--sides", default=",".join(SIDES), help="agent, plain or both, with a comma between")
    parser.add_argument("--only", default="", help="those whose names hold one of these texts, with commas between")
    parser.add_argument("--limit", type=int, default=0, help="so many at most")
    parser.add_argument(
        "--fresh", action="store_true", help="forget the results that are kept, of those that are chosen"
    )
    parser.add_argument(
        "--results", type=Path, default=_REPOSITORY / ".bench" / f"{name}.jsonl", help="the results' file"
    )
    return parser


def run(items: Iterable[Item], given: argparse.Namespace) -> None:
    """Have all items done that have no result yet, and print how it goes and the rates."""
    missing = _missing_model(given.model)
    if missing:
        print(missing)
        return
    names = [text for text in given.only.split(",") if text]
    chosen = [each for each in items if not names or any(text in each.name for text in names)]
    chosen = chosen[: given.limit or None]
    kept = _Kept(given.results, given.model, given.gear)
    sides = [side for side in SIDES if side in given.sides.split(",")]
    if given.fresh:
        kept.forget({each.name for each in chosen}, sides)
    open_ = [(each, side) for each in chosen for side in sides if (each.name, side) not in kept.results]
    done = len(chosen) * len(sides) - len(open_)
    if done:
        commits = {each.commit for each in kept.results.values()}
        print(f"{done} results are kept in {given.results} (of {', '.join(sorted(commits))}); --fresh does all anew")
    if open_:
        _work(open_, given, kept)
    summarise(given.results.stem, [kept.results[each.name, side] for each in chosen for side in sides])


def _work(open_: list[tuple[Item, str]], given: argparse.Namespace, kept: _Kept) -> None:
    with (
        TemporaryDirectory(prefix="lumina-bench-") as folder,
        stage(Path(folder), given.model, _MODELS, given.gear) as on,
    ):
        for number, (item, side) in enumerate(open_, start=1):
            try:
                attempt = on.agent(item.asked) if side == "agent" else on.plain(item.asked)
            except (RuntimeError, TimeoutError, httpx.HTTPError) as error:
                attempt = Attempt(broken=f"{type(error).__name__}: {error}")
            judged = Judged(passed=False, why=attempt.broken) if attempt.broken else item.judge(attempt)
            kept.add(item.name, side, attempt, judged)
            mark = "right" if judged.passed else "WRONG"
            tokens = f"{attempt.input_tokens}+{attempt.output_tokens} tokens"
            print(
                f"{number}/{len(open_)} {side:<5} {item.name:<22} {mark} {attempt.seconds:6.1f} s {tokens:<18} {judged.why[:160]}",
                flush=True,
            )


def summarise(name: str, outcomes: list[Outcome]) -> None:
    """Print each side's figures as `name value unit`."""
    for side in SIDES:
        mine = [each for each in outcomes if each.side == side]
        if not mine:
            continue
        passed = sum(each.passed for each in mine)
        print(f"{name}_{side}_right {passed} of {len(mine)}")
        print(f"{name}_{side}_rate {100 * passed / len(mine):.1f} %")
        for score in sorted({score for each in mine for score in each.scores}):
            values = [each.scores[score] for each in mine if score in each.scores]
            print(f"{name}_{side}_{score} {100 * sum(values) / len(values):.1f} %")
        print(f"{name}_{side}_seconds {sum(each.seconds for each in mine) / len(mine):.1f} s each")
        print(f"{name}_{side}_input_tokens {sum(each.input_tokens for each in mine) / len(mine):.0f} tokens each")
        print(f"{name}_{side}_output_tokens {sum(each.output_tokens for each in mine) / len(mine):.0f} tokens each")


class _Kept:
    """The results of one model and gear in a file that has others' too."""

    def __init__(self, path: Path, model: str, gear: str) -> None:
        self._path = path
        self._model = model
        self._gear = gear
        self.results: dict[tuple[str, str], Outcome] = {}
        for outcome in self._all():
            if self._is_mine(outcome):
                self.results[outcome.item, outcome.side] = outcome

    def add(self, item: str, side: str, attempt: Attempt, judged: Judged) -> None:
        """Keep one, and how it went."""
        outcome = Outcome(
            item=item,
            side=side,
            model=self._model,
            gear=self._gear_of(side),
            passed=judged.passed,
            why=judged.why,
            input_tokens=attempt.input_tokens,
            output_tokens=attempt.output_tokens,
            seconds=attempt.seconds,
            scores=judged.scores,
            commit=_commit(),
            at=time.time(),
        )
        self.results[item, side] = outcome
        self._path.parent.mkdir(parents=True, exist_ok=True)
        if not attempt.broken:  # what could not even be tried is tried again the next time
            with self._path.open("a") as file:
                file.write(json.dumps(asdict(outcome)) + "\n")
        story: dict[str, Any] = {"outcome": asdict(outcome), **asdict(attempt)}
        folder = self._path.with_suffix("")
        folder.mkdir(exist_ok=True)
        (folder / f"{item}.{side}.json").write_text(json.dumps(story, indent=1, default=str))

    def forget(self, items: set[str], sides: list[str]) -> None:
        """Drop the results of these items."""
        gone = {key for key in self.results if key[0] in items and key[1] in sides}
        left = [each for each in self._all() if not (self._is_mine(each) and (each.item, each.side) in gone)]
        self.results = {key: value for key, value in self.results.items() if key not in gone}
        if self._path.exists():
            self._path.write_text("".join(json.dumps(asdict(each)) + "\n" for each in left))

    def _all(self) -> list[Outcome]:
        if not self._path.exists():
            return []
        found = []
        for line in self._path.read_text().splitlines():
            try:
                found.append(Outcome(**json.loads(line)))
            except (ValueError, TypeError):
                continue  # the bench ended while it wrote it
        return found

    def _is_mine(self, outcome: Outcome) -> bool:
        return outcome.model == self._model and outcome.gear == self._gear_of(outcome.side)

    def _gear_of(self, side: str) -> str:
        return self._gear if side == "agent" else ""


def _missing_model(model: str) -> str:
    """What to do about a model that is embedded and not on this machine; empty when there is nothing to do."""
    provider, _, name = model.partition("/")
    weights = Weights(Lumina(models_dir=str(_MODELS)))
    if provider != "embedded" or weights.get(name) is not None:
        return ""
    return f"skipped: {name} is not in {_MODELS} (LUMINA_TEST_MODELS); fetch it with: lumina pull {name}"


def _commit() -> str:
    command = ["git", "rev-parse", "--short", "HEAD"]
    found = subprocess.run(command, cwd=_REPOSITORY, capture_output=True, text=True, check=False)
    return found.stdout.strip() or "no commit"
