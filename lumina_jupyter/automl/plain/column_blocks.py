"""Columns of a table, each part of them encoded in its own way, side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from pandas.api.types import is_numeric_dtype
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin, clone

SPARSE_BELOW = 0.3
"""Where a part is sparse, all features stay so as long as no greater share of the values than this is other than 0."""


class ColumnBlocks(TransformerMixin, BaseEstimator):
    """Encode parts of a table's texts, then its numbers, and put what comes out side by side.

    The table is one whose first columns are numbers and all others texts. Parts are given to their transformers as arrays:
    that is what a single row is quick by.

    Args:
        parts: A name, a transformer and the names of columns with text, for each part. A column may be in several.
        numbers: The transformer of all numbers, or "passthrough".
    """

    def __init__(self, parts: Sequence[tuple[str, Any, Sequence[str]]], numbers: Any = "passthrough") -> None:
        self.parts = parts
        self.numbers = numbers

    def fit(self, X: Any, y: Any = None) -> ColumnBlocks:
        """Fit all transformers."""
        self.fit_transform(X, y)
        return self

    def fit_transform(self, X: Any, y: Any = None, **_: Any) -> Any:
        """Fit all transformers, and encode these rows as each of them encodes what it is fitted to.

        Raises:
            ValueError: when columns are missing, or a number comes behind a text.
        """
        self.feature_names_in_ = np.asarray(X.columns, dtype=object)
        self.n_features_in_ = len(self.feature_names_in_)
        are_numbers = [is_numeric_dtype(dtype) for dtype in X.dtypes]
        self.numbers_in_ = sum(are_numbers)
        if not all(are_numbers[: self.numbers_in_]):
            raise ValueError("The numbers have to come first.")
        names = self.feature_names_in_[self.numbers_in_ :].tolist()
        self.places_ = [[names.index(name) for name in columns] for _, _, columns in self.parts]
        self.transformers_ = [clone(transformer) for _, transformer, _ in self.parts]
        self.numbers_ = None if isinstance(self.numbers, str) else clone(self.numbers)
        blocks = self._blocks(X, lambda transformer, part: transformer.fit_transform(part, y))
        filled = sum(block.nnz if sparse.issparse(block) else np.count_nonzero(block) for block in blocks)
        few = filled < SPARSE_BELOW * sum(block.shape[0] * block.shape[1] for block in blocks)
        self.sparse_ = few and any(sparse.issparse(block) for block in blocks)
        return self._joined(blocks)

    def transform(self, X: Any) -> Any:
        """The features: an array, or a sparse matrix."""
        return self._joined(self._blocks(X, lambda transformer, part: transformer.transform(part)))

    def get_feature_names_out(self, input_features: Any = None) -> Any:
        """The features' names, as the transformers give them."""
        texts = self.feature_names_in_[self.numbers_in_ :]
        named = [
            each.get_feature_names_out(texts[places])
            for each, places in zip(self.transformers_, self.places_, strict=True)
        ]
        numbers = self.feature_names_in_[: self.numbers_in_]
        if len(numbers):
            named.append(numbers if self.numbers_ is None else self.numbers_.get_feature_names_out(numbers))
        return np.concatenate([np.empty(0, dtype=object), *named])

    def _blocks(self, X: Any, encode: Callable[[Any, Any], Any]) -> list[Any]:
        texts = X.iloc[:, self.numbers_in_ :].to_numpy(dtype=object)
        pairs = zip(self.transformers_, self.places_, strict=True)
        blocks = [encode(transformer, texts[:, places]) for transformer, places in pairs]
        if self.numbers_in_:
            numbers = X.iloc[:, : self.numbers_in_].to_numpy(dtype=np.float64)
            blocks.append(numbers if self.numbers_ is None else encode(self.numbers_, numbers))
        return blocks or [np.empty((len(X), 0))]

    def _joined(self, blocks: list[Any]) -> Any:
        if self.sparse_:
            return sparse.hstack(blocks, format="csr")
        return np.hstack([block.toarray() if sparse.issparse(block) else block for block in blocks])
