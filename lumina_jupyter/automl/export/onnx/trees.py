"""Trees of any library as ONNX: cuts between numbers, sets of categories, and where missing values go."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from lumina_jupyter.automl.export.onnx.graph import ML, Graph

LOWEST = -1e300
AT_MOST, BELOW, MEMBER = 0, 1, 6
"""How a node asks: whether a value is at most, or below, its cut, or is one of some."""


class Trees:
    """Collects trees, whose values are summed.

    Args:
        targets: How many sums there are.
    """

    def __init__(self, targets: int = 1) -> None:
        self._targets = targets
        self._roots: list[int] = []
        self._features: list[int] = []
        self._modes: list[int] = []
        self._cuts: list[float] = []
        self._members: list[Sequence[float]] = []
        self._yes: list[tuple[int, int]] = []
        self._no: list[tuple[int, int]] = []
        self._missing: list[int] = []
        self._leaf_targets: list[int] = []
        self._leaf_values: list[float] = []

    def node(self, feature: int, mode: int, cut: float, members: Sequence[float], *, missing_is_yes: bool) -> int:
        """A node, whose ways are told by `lead`."""
        if mode == MEMBER and not len(members):  # No value is one of none.
            mode, cut = AT_MOST, LOWEST
        self._features.append(feature)
        self._modes.append(mode)
        self._cuts.append(cut)
        self._members.append(members)
        self._missing.append(int(missing_is_yes))
        self._yes.append((0, 0))
        self._no.append((0, 0))
        return len(self._features) - 1

    def leaf(self, target: int, value: float) -> tuple[int, int]:
        """A leaf, as `lead` takes it."""
        self._leaf_targets.append(target)
        self._leaf_values.append(value)
        return len(self._leaf_values) - 1, 1

    def lead(self, node: int, yes: tuple[int, int], no: tuple[int, int]) -> tuple[int, int]:
        """Say where a node leads to: a leaf, or another node as this function gives it."""
        self._yes[node], self._no[node] = yes, no
        return node, 0

    def root(self, first: tuple[int, int], target: int = 0) -> None:
        """Say where a tree begins, which may be a leaf."""
        place, is_leaf = first
        if is_leaf:
            alone = self.node(0, AT_MOST, 0.0, (), missing_is_yes=True)
            place, _ = self.lead(alone, first, self.leaf(target, self._leaf_values[place]))
        self._roots.append(place)

    def write(self, graph: Graph, features: str) -> str:
        """The sums, a column a target."""
        if not self._roots:
            return graph.repeated(np.zeros(self._targets), features)
        members = [value for group in self._members if len(group) for value in (*group, np.nan)]
        more: dict[str, Any] = {"membership_values": graph.tensor("members", members)} if members else {}
        return graph.add(
            "TreeEnsemble",
            features,
            domain=ML,
            n_targets=self._targets,
            aggregate_function=1,
            post_transform=0,
            tree_roots=self._roots,
            nodes_featureids=self._features,
            nodes_modes=graph.tensor("modes", self._modes, np.uint8),
            nodes_splits=graph.tensor("splits", self._cuts),
            nodes_truenodeids=[place for place, _ in self._yes],
            nodes_trueleafs=[is_leaf for _, is_leaf in self._yes],
            nodes_falsenodeids=[place for place, _ in self._no],
            nodes_falseleafs=[is_leaf for _, is_leaf in self._no],
            nodes_missing_value_tracks_true=self._missing,
            leaf_targetids=self._leaf_targets,
            leaf_weights=graph.tensor("weights", self._leaf_values),
            **more,
        )
