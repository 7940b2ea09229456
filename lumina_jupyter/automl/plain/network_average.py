"""Small neural networks that predict together."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.utils.metaestimators import available_if
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # the library ships no types


class NetworkAverage(BaseEstimator):
    """The mean of networks that differ in their first weights and in the tenth of the rows by which each is stopped.

    A network keeps the weights of its best epoch. It is trained on one thread, so that any machine gives the same.

    Args:
        classifies: Whether classes are predicted, or numbers (about 0, with a deviation of about 1).
        networks: How many networks.
        hidden: The width of each hidden layer.
        learning_rate: The first step size of Adam.
        l2: How strongly weights are drawn to 0.
        epochs: How often a network sees the rows at most.
        patience: After how many epochs without improvement it stops.
        seed: Seed of the first network; the others count on from there.
    """

    def __init__(
        self,
        classifies: bool = False,
        networks: int = 3,
        hidden: tuple[int, ...] = (128, 64),
        learning_rate: float = 1e-3,
        l2: float = 1e-4,
        epochs: int = 100,
        patience: int = 10,
        seed: int = 0,
    ) -> None:
        self.classifies = classifies
        self.networks = networks
        self.hidden = hidden
        self.learning_rate = learning_rate
        self.l2 = l2
        self.epochs = epochs
        self.patience = patience
        self.seed = seed

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.estimator_type = "classifier" if self.classifies else "regressor"
        return tags

    def fit(self, X: Any, y: Any, seconds: float = 0.0) -> NetworkAverage:
        """Train the networks, each for its share of `seconds` at most (0: as long as it takes)."""
        features, target = np.asarray(X, dtype=np.float32), np.asarray(y)
        if self.classifies:
            self.classes_, target = np.unique(target, return_inverse=True)
        self.networks_ = []
        with threadpool_limits(1):
            for number in range(self.networks):
                deadline = time.monotonic() + seconds / self.networks if seconds else np.inf
                self.networks_.append(self._trained(features, target, self.seed + number, deadline))
        return self

    def predict(self, X: Any) -> Any:
        """The mean number, or the likeliest class."""
        if self.classifies:
            return self.classes_[self.predict_proba(X).argmax(axis=1)]
        features = np.asarray(X, dtype=np.float32)
        return np.mean([network.predict(features) for network in self.networks_], axis=0, dtype=np.float64)

    @available_if(lambda self: self.classifies)  # type: ignore[untyped-decorator]  # scikit-learn ships no types
    def predict_proba(self, X: Any) -> Any:
        """The mean probabilities, one column a class."""
        features = np.asarray(X, dtype=np.float32)
        found = np.mean([network.predict_proba(features) for network in self.networks_], axis=0, dtype=np.float64)
        return found / found.sum(axis=1, keepdims=True)

    def _trained(self, X: Any, y: Any, seed: int, deadline: float) -> Any:
        train, test = self._split(y, seed)
        kind = MLPClassifier if self.classifies else MLPRegressor
        network = kind(
            hidden_layer_sizes=self.hidden,
            alpha=self.l2,
            batch_size=int(min(len(train), np.clip(len(train) // 64, 32, 512))),
            learning_rate_init=self.learning_rate,
            random_state=np.random.RandomState(seed),
        )
        classes = {"classes": np.arange(len(self.classes_))} if self.classifies else {}
        best, kept, waited = np.inf, None, 0
        for _ in range(self.epochs):
            network.partial_fit(X[train], y[train], **classes)
            loss = self._loss(network, X[test], y[test])
            if loss < best:
                best, waited = loss, 0
                kept = [each.copy() for each in (*network.coefs_, *network.intercepts_)]
            else:
                waited += 1
            if waited >= self.patience or time.monotonic() > deadline:
                break
        if kept is not None:
            layers = len(network.coefs_)
            network.coefs_, network.intercepts_ = kept[:layers], kept[layers:]
        return network

    def _split(self, y: Any, seed: int) -> tuple[Any, Any]:
        spread = y if self.classifies and np.bincount(y).min() >= 10 else None
        return tuple(train_test_split(np.arange(len(y)), test_size=0.1, random_state=seed, stratify=spread))

    def _loss(self, network: Any, X: Any, y: Any) -> float:
        if not self.classifies:
            return float(np.mean((network.predict(X) - y) ** 2))
        found = network.predict_proba(X)[np.arange(len(y)), y]
        return float(-np.log(np.clip(found, 1e-7, 1.0)).mean())
