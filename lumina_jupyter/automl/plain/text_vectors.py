"""Text as numbers: what words and pieces of words it has."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import CountVectorizer


class TextVectors(TransformerMixin, BaseEstimator):
    """Weigh the words (and pairs of words) and the pieces of words of a column of text by TF-IDF.

    Args:
        dimensions: Reduced to how many numbers (the strongest directions, by a truncated SVD); 0 keeps all weights, as a
            sparse matrix.
        max_words: How many words and pairs of words are kept, the most frequent ones.
        max_pieces: How many pieces of words (3 to 5 characters) are kept; 0 for none.
        seed: Seed of the SVD.
    """

    def __init__(self, dimensions: int = 48, max_words: int = 20_000, max_pieces: int = 20_000, seed: int = 0) -> None:
        self.dimensions = dimensions
        self.max_words = max_words
        self.max_pieces = max_pieces
        self.seed = seed

    def fit(self, X: Any, y: Any = None) -> TextVectors:
        """Learn the vocabulary."""
        self.fit_transform(X)
        return self

    def fit_transform(self, X: Any, y: Any = None, **_: Any) -> Any:
        """Learn the vocabulary and encode these texts."""
        texts = _sentences_in(X)
        rarest = 2 if len(texts) > 100 else 1
        self.vectorizers_, self.rarity_ = [], []
        blocks = []
        for settings in self._settings():
            vectorizer = CountVectorizer(min_df=rarest, dtype=np.float64, **settings)
            try:
                counts = vectorizer.fit_transform(texts)
            except ValueError:
                continue  # No word is frequent enough, or there is none: scikit-learn has no name for an empty vocabulary.
            occurs = np.bincount(counts.indices, minlength=counts.shape[1])
            self.vectorizers_.append(vectorizer)
            self.rarity_.append(np.log((1 + len(texts)) / (1 + occurs)) + 1.0)
            blocks.append(counts)
        weights = self._weighed(blocks, len(texts))
        self.directions_ = None
        width = min(self.dimensions, *(side - 1 for side in weights.shape))
        if self.dimensions and width > 0:
            svd = TruncatedSVD(width, random_state=self.seed).fit(weights)
            # Rows one behind the other: a product with what is turned around would copy all of it each time.
            self.directions_ = np.ascontiguousarray(svd.components_.T)
        return self._reduced(weights)

    def transform(self, X: Any) -> Any:
        """The weights, or their strongest directions."""
        texts = _sentences_in(X)
        return self._reduced(self._weighed([each.transform(texts) for each in self.vectorizers_], len(texts)))

    def get_feature_names_out(self, input_features: Any = None) -> Any:
        """Words and pieces, or "direction 0", "direction 1" and so on."""
        if self.dimensions:
            names = [f"direction {position}" for position in range(self.dimensions)]
        else:
            names = [name for each in self.vectorizers_ for name in each.get_feature_names_out()]
        return np.asarray(names, dtype=object)

    def _settings(self) -> list[dict[str, Any]]:
        words = {"ngram_range": (1, 2), "max_features": self.max_words, "token_pattern": r"(?u)\b\w+\b"}
        pieces = {"analyzer": "char_wb", "ngram_range": (3, 5), "max_features": self.max_pieces}
        return [words, pieces] if self.max_pieces else [words]

    def _weighed(self, counts: list[Any], rows: int) -> Any:
        if not counts:
            return sparse.csr_matrix((rows, 0))
        for each, rarity in zip(counts, self.rarity_, strict=True):
            each.data = (np.log(each.data) + 1.0) * rarity[each.indices]
            _normalize(each)
        weights = sparse.hstack(counts, format="csr")
        _normalize(weights)
        return weights

    def _reduced(self, weights: Any) -> Any:
        if not self.dimensions:
            return weights
        found = np.zeros((weights.shape[0], self.dimensions))
        if self.directions_ is not None:
            # Directions that say nothing hold noise, in which trees would find something.
            found[:, : self.directions_.shape[1]] = np.round(weights @ self.directions_, 6)
        return found


def _normalize(weights: Any) -> None:
    """Bring each row of a sparse matrix to the length 1, in place."""
    lengths = np.diff(weights.indptr)
    squares = np.bincount(np.repeat(np.arange(len(lengths)), lengths), weights.data**2, len(lengths))
    weights.data /= np.repeat(np.sqrt(squares), lengths)


def _sentences_in(X: Any) -> list[str]:
    """The texts of a column (or of a frame with one column), empty where missing."""
    values = np.asarray(X, dtype=object).reshape(-1)
    return ["" if value is None or value != value else str(value) for value in values]
