"""A deep network for tables: perceptrons that share most of their weights, and learn a curve of each number first.

This is TabM-mini with piecewise-linear embeddings (Gorishniy, Kotelnikov, Babenko: "TabM: Advancing Tabular Deep Learning
with Parameter-Efficient Ensembling", 2024). JAX trains it, and is needed for nothing else: weights are kept as arrays of NumPy,
which predicts.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.model_selection import train_test_split
from sklearn.utils.metaestimators import available_if
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # the library ships no types

STEPS_AT_ONCE = 16
"""How many steps of the optimizer are one call of what JAX has compiled."""
MOST_STEPS = 256
"""After how many steps at most the network is judged by the rows held out."""
MOST_JUDGES = 4000
"""How many rows held out it is judged by at most."""
MOST_CURVES = 320
"""How many curves all numbers together have about, and each of them 8 at most."""
AVERAGED = 0.95
"""What of the mean of the weights is kept at each step: the mean predicts better than the last weights, and more steadily."""
PREDICTED_AT_ONCE = 512
"""How many rows are predicted at once: what is in between stays small."""


class DeepNetwork(BaseEstimator):
    """Perceptrons that see the features each in a scale of its own, share their hidden layers, and predict as their mean.

    Features with more than two values are numbers: each goes through curves, pieces of lines between its quantiles, that are
    learned with the rest. Features should be of like size, and none missing.

    It is trained on one thread, by random numbers of NumPy's, so that any number of cores gives the same, and `rounds` the same
    as stopping early there. Only in a process that has computed with JAX before, on several threads, it rounds otherwise.

    Args:
        classifies: Whether classes are predicted, or numbers.
        members: How many perceptrons.
        width: The width of each hidden layer.
        layers: How many hidden layers.
        pieces: How many pieces a curve has at most.
        learning_rate: The step size of AdamW.
        decay: How strongly weights are drawn to 0.
        dropout: Which share of the hidden units is left out in a step.
        quantile: Which quantile is predicted; 0 for the mean.
        rounds: For how many rounds it is trained; 0 to stop early. A round is about once all rows, 256 steps at most.
        most_rounds: After how many rounds it is stopped at the latest.
        patience: After how many rounds without improvement it is stopped.
        seed: Seed of everything that is random.
    """

    def __init__(
        self,
        classifies: bool = False,
        members: int = 16,
        width: int = 128,
        layers: int = 2,
        pieces: int = 16,
        learning_rate: float = 2e-3,
        decay: float = 3e-4,
        dropout: float = 0.1,
        quantile: float = 0.0,
        rounds: int = 0,
        most_rounds: int = 200,
        patience: int = 16,
        seed: int = 0,
    ) -> None:
        self.classifies = classifies
        self.members = members
        self.width = width
        self.layers = layers
        self.pieces = pieces
        self.learning_rate = learning_rate
        self.decay = decay
        self.dropout = dropout
        self.quantile = quantile
        self.rounds = rounds
        self.most_rounds = most_rounds
        self.patience = patience
        self.seed = seed

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.estimator_type = "classifier" if self.classifies else "regressor"
        return tags

    def fit(self, X: Any, y: Any, sample_weight: Any = None, held_out: Any = None, seconds: float = 0.0) -> DeepNetwork:
        """Train, and keep the weights of the best round.

        Args:
            X: Features, rows by columns.
            y: Classes, or numbers.
            sample_weight: How much each row counts.
            held_out: Features and target by which it stops early; a tenth of the rows where there are none.
            seconds: After how long it is stopped, at the end of a round; 0 for never.

        Raises:
            ImportError: when JAX is not installed.
            ValueError: when it learns nothing but infinite numbers.
        """
        deadline = time.monotonic() + seconds if seconds else np.inf
        features, target = np.asarray(X, dtype=np.float32), np.asarray(y)
        counts = np.ones(len(target)) if sample_weight is None else np.asarray(sample_weight, dtype=np.float64)
        if self.classifies:
            self.classes_, target = np.unique(target, return_inverse=True)
        else:
            target = target.astype(np.float64)
            self.centre_, self.scale_ = float(target.mean()), float(target.std()) or 1.0
        if self.rounds:
            held_out = None
        elif held_out is None:
            train, test = self._split(target)
            held_out = features[test], target[test]
            features, target, counts = features[train], target[train], counts[train]
        elif self.classifies:
            held_out = np.asarray(held_out[0], dtype=np.float32), np.searchsorted(self.classes_, held_out[1])
        with threadpool_limits(1):
            self._train(features, target, counts / counts.mean(), held_out, deadline)
        return self

    def predict(self, X: Any) -> Any:
        """The mean number, or the likeliest class."""
        if self.classifies:
            return self.classes_[self.predict_proba(X).argmax(axis=1)]
        return self._said(self.weights_, X, np.float64)[:, 0] * self.scale_ + self.centre_

    @available_if(lambda self: self.classifies)  # type: ignore[untyped-decorator]  # scikit-learn ships no types
    def predict_proba(self, X: Any) -> Any:
        """The mean probabilities, one column a class."""
        found = self._said(self.weights_, X, np.float64)
        return found / found.sum(axis=1, keepdims=True)

    def _split(self, y: Any) -> tuple[Any, Any]:
        spread = y if self.classifies and np.bincount(y).min() >= 10 else None
        return tuple(train_test_split(np.arange(len(y)), test_size=0.1, random_state=self.seed, stratify=spread))

    def _train(self, X: Any, y: Any, counts: Any, held_out: Any, deadline: float) -> None:
        import jax

        random = np.random.default_rng(self.seed)
        self._look_at(X)
        first = self._first_weights(random)
        batch = int(2 ** np.clip(np.floor(np.log2(max(len(y), 1) / 32)), 5, 8 if len(y) < 50_000 else 9))
        calls = int(np.clip(round(len(y) / (batch * STEPS_AT_ONCE)), 1, MOST_STEPS // STEPS_AT_ONCE))
        shown = _batches(random, len(y), batch)
        y = y.astype(np.int32) if self.classifies else ((y - self.centre_) / self.scale_).astype(np.float32)
        counts = counts.astype(np.float32)
        given = np.array([self.learning_rate, self.decay, 1.0 - self.dropout, self.quantile], dtype=np.float32)
        still = {name: np.zeros_like(each) for name, each in first.items()}
        judge = self._judge(held_out)
        best, waited, self.rounds_ = np.inf, 0, 0
        with jax.default_device(_processor()):
            train = _compiled("class" if self.classifies else "quantile" if self.quantile else "mean")
            state: Any = (first, still, still, first, np.float32(0.0))
            for number in range(1, (self.rounds or self.most_rounds) + 1):
                for _ in range(calls):
                    rows = next(shown)
                    size = (STEPS_AT_ONCE, self.layers, batch, self.width)
                    left = (random.random(size, dtype=np.float32) >= self.dropout).astype(np.uint8)
                    seen = self._parted(X[rows.ravel()], np.float32)
                    numbers = seen[0].reshape(len(seen[0]), *rows.shape).swapaxes(0, 1)
                    flags = seen[1].reshape(*rows.shape, self.widths_[1])
                    state = train(state, self.curves_, given, (numbers, flags, y[rows], counts[rows], left))
                found = {name: np.asarray(each) for name, each in state[3].items()}
                loss = judge(found) if judge else -float(number)
                if loss < best:
                    best, waited, self.rounds_ = loss, 0, number
                    self.weights_ = {name: each.copy() for name, each in found.items()}
                else:
                    waited += 1
                if waited >= self.patience or not np.isfinite(loss) or time.monotonic() > deadline:
                    break
        if not self.rounds_:
            raise ValueError("the network has learned nothing but infinite numbers")

    def _look_at(self, X: Any) -> None:
        """Learn which features are numbers, and where their curves have corners.

        Both kinds are filled up with features that are always 0: then what was compiled for one fold mostly does for another.
        """
        looked = X[:: max(1, len(X) // 10_000)]
        places, corners = [], []
        for place, column in enumerate(looked.T):
            edges = np.unique(np.quantile(column, np.linspace(0.0, 1.0, self.pieces + 1)))
            if len(edges) > 2 or len(np.unique(column)) > 2:
                places.append(place)
                corners.append(edges)
        self.numbers_ = np.array(places, dtype=np.intp)
        self.flags_ = np.setdiff1d(np.arange(X.shape[1]), self.numbers_)
        self.widths_ = (-(-len(self.numbers_) // 4) * 4, -(-len(self.flags_) // 8) * 8)
        low, steep = np.zeros((2, self.widths_[0], self.pieces), dtype=np.float32)
        for place, edges in enumerate(corners):
            low[place, : len(edges) - 1] = edges[:-1]
            steep[place, : len(edges) - 1] = 1.0 / np.maximum(np.diff(edges), 1e-6)
        self.curves_ = (low, steep)

    def _first_weights(self, random: Any) -> dict[str, Any]:
        numbers, flags = len(self.numbers_), len(self.flags_)
        curves = int(np.clip(MOST_CURVES // max(numbers, 1), 1, 8))
        real = np.zeros((self.widths_[0], curves))
        real[:numbers] = 1.0
        inputs = np.concatenate([real.ravel(), np.arange(self.widths_[1]) < flags])
        outputs = len(self.classes_) if self.classifies else 1

        def uniform(fan: float, *shape: int) -> Any:
            return random.uniform(-1.0, 1.0, shape) / np.sqrt(max(fan, 1.0))

        # A number's curves begin as lines, and have one scale.
        scales = random.normal(size=(self.members, self.widths_[0] + self.widths_[1]))
        found = {
            "slopes": uniform(curves, *real.shape) * real,
            "shifts": uniform(curves, *real.shape) * real,
            "pieces": np.zeros((self.widths_[0], self.pieces, curves)),
            "scales": np.repeat(scales, [curves] * self.widths_[0] + [1] * self.widths_[1], axis=1),
            "heads": uniform(self.width, self.members, self.width, outputs),
            "offsets": uniform(self.width, self.members, outputs),
        }
        for layer in range(self.layers):
            fan, shape = (self.width, self.width) if layer else (inputs.sum(), len(inputs))
            dense = uniform(fan, shape, self.width)
            found[f"dense {layer}"] = dense if layer else dense * inputs[:, None]
            found[f"bias {layer}"] = uniform(fan, self.width)
        return {name: each.astype(np.float32) for name, each in found.items()}

    def _parted(self, X: Any, dtype: Any) -> tuple[Any, Any]:
        """Numbers, each in a row of its own, and flags, each in a column."""
        numbers = np.zeros((self.widths_[0], len(X)), dtype)
        numbers[: len(self.numbers_)] = X[:, self.numbers_].T
        flags = np.zeros((len(X), self.widths_[1]), dtype)
        flags[:, : len(self.flags_)] = X[:, self.flags_]
        return numbers, flags

    def _said(self, weights: dict[str, Any], X: Any, dtype: Any) -> Any:
        """The mean of what the members say of rows: probabilities, or one number of the scaled target."""
        features = np.asarray(X, dtype=dtype)
        weights = {name: each.astype(dtype, copy=False) for name, each in weights.items()}
        curves = tuple(each.astype(dtype, copy=False) for each in self.curves_)
        found = []
        for start in range(0, max(len(features), 1), PREDICTED_AT_ONCE):
            parts = self._parted(features[start : start + PREDICTED_AT_ONCE], dtype)
            outputs = _outputs(np, weights, curves, *parts)
            if self.classifies:
                outputs = np.exp(outputs - outputs.max(axis=2, keepdims=True))
                outputs /= outputs.sum(axis=2, keepdims=True)
            found.append(outputs.mean(axis=0))
        return np.concatenate(found)

    def _judge(self, held_out: Any) -> Any:
        """A function of weights: the loss on rows held out; None when there are none."""
        if held_out is None:
            return None
        X, y = np.asarray(held_out[0], dtype=np.float32), np.asarray(held_out[1])
        if len(y) > MOST_JUDGES:
            # By other random numbers: training has to be the same without rows held out.
            chosen = np.random.default_rng(self.seed).choice(len(y), MOST_JUDGES, replace=False)
            X, y = X[chosen], y[chosen]

        def loss(weights: dict[str, Any]) -> float:
            found = self._said(weights, X, np.float32).astype(np.float64)
            if self.classifies:
                return float(-np.log(np.clip(found[np.arange(len(y)), y], 1e-7, None)).mean())
            short = (y - self.centre_) / self.scale_ - found[:, 0]
            if self.quantile:
                return float(np.maximum(self.quantile * short, (self.quantile - 1.0) * short).mean())
            return float(np.mean(short**2))

        return loss


def _batches(random: Any, rows: int, batch: int) -> Iterator[Any]:
    """Positions of rows for so many steps at once, (steps, batch), without end: each row once, in a new order, again and again."""
    left = np.empty(0, dtype=np.intp)
    while True:
        while len(left) < STEPS_AT_ONCE * batch:
            left = np.concatenate([left, random.permutation(rows)])
        yield left[: STEPS_AT_ONCE * batch].reshape(STEPS_AT_ONCE, batch)
        left = left[STEPS_AT_ONCE * batch :]


def _outputs(
    xp: Any, weights: dict[str, Any], curves: Any, numbers: Any, flags: Any, left: Any = None, share: Any = 1.0
) -> Any:
    """What the members say: members by rows by outputs.

    Args:
        xp: numpy or jax.numpy.
        weights: The network's.
        curves: Where each piece begins, and one by its width: numbers by pieces.
        numbers: Numbers by rows.
        flags: Rows by flags.
        left: Which hidden units are left: layers by rows by units; None for all.
        share: Which share of them that is.
    """
    low, steep = curves
    filled = xp.clip((numbers[:, :, None] - low[:, None]) * steep[:, None], 0.0, 1.0)
    curved = numbers[:, :, None] * weights["slopes"][:, None] + weights["shifts"][:, None] + filled @ weights["pieces"]
    rows, members = numbers.shape[1], weights["scales"].shape[0]
    curved = xp.moveaxis(curved, 0, 1).reshape(rows, weights["slopes"].size)
    features = xp.concatenate([curved, flags], axis=1)
    hidden = features * weights["scales"][:, None]
    for layer in range(sum(name.startswith("dense") for name in weights)):
        dense = weights[f"dense {layer}"]
        hidden = xp.maximum(hidden.reshape(-1, dense.shape[0]) @ dense + weights[f"bias {layer}"], 0.0)
        hidden = hidden.reshape(members, rows, dense.shape[1])
        if left is not None:
            hidden = hidden * (left[layer].astype(np.float32) / share)
    return hidden @ weights["heads"] + weights["offsets"][:, None]


@cache
def _processor() -> Any:
    """Where JAX computes: no GPU, and with one thread, unless it has begun with more in this process: they add up otherwise."""
    import jax

    names = ("NPROC", "PJRT_NPROC")  # as versions of JAX call it
    before = {name: os.environ.get(name) for name in names}
    os.environ.update(dict.fromkeys(names, "1"))
    try:
        return jax.local_devices(backend="cpu")[0]
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


@cache
def _compiled(learned: str) -> Any:
    """A function that does so many steps of AdamW at once; JAX compiles it once for each size of what it is given.

    Args:
        learned: What each member learns by itself: "class", "mean" or "quantile".
    """
    import jax
    import jax.numpy as jnp

    def loss(weights: Any, curves: Any, given: Any, batch: Any) -> Any:
        numbers, flags, target, counts, left = batch
        found = _outputs(jnp, weights, curves, numbers, flags, left, given[2])
        if learned == "class":
            truth = jax.nn.one_hot(target, found.shape[2], dtype=np.float32)
            losses = -jnp.sum(jax.nn.log_softmax(found) * truth, axis=2)
        elif learned == "mean":
            losses = (target - found[:, :, 0]) ** 2
        else:
            short = target - found[:, :, 0]
            losses = jnp.maximum(given[3] * short, (given[3] - 1.0) * short)
        return jnp.mean(losses * counts)

    def step(curves: Any, given: Any, state: Any, batch: Any) -> Any:
        weights, means, squares, averages, steps = state
        slopes = jax.grad(loss)(weights, curves, given, batch)
        norm = jnp.sqrt(sum(jnp.sum(each**2) for each in slopes.values()))
        slopes = {name: each / jnp.maximum(norm, 1.0) for name, each in slopes.items()}
        steps = steps + 1.0
        means = {name: 0.9 * means[name] + 0.1 * each for name, each in slopes.items()}
        squares = {name: 0.999 * squares[name] + 0.001 * each**2 for name, each in slopes.items()}
        first, second = 1.0 - 0.9**steps, 1.0 - 0.999**steps
        drawn = 1.0 - given[0] * given[1]
        weights = {
            name: each * (drawn if name in ("pieces", "heads") or name.startswith("dense") else 1.0)
            - given[0] * (means[name] / first) / (jnp.sqrt(squares[name] / second) + 1e-8)
            for name, each in weights.items()
        }
        # The first weights are soon forgotten.
        kept = jnp.minimum(AVERAGED, steps / (steps + 10.0))
        averages = {name: kept * averages[name] + (1.0 - kept) * each for name, each in weights.items()}
        return (weights, means, squares, averages, steps), None

    def steps(state: Any, curves: Any, given: Any, batches: Any) -> Any:
        return jax.lax.scan(lambda before, batch: step(curves, given, before, batch), state, batches)[0]

    return jax.jit(steps)
