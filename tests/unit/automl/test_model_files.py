"""Files of models: the same model comes back, and nothing that somebody else has put in the place of one is run."""

from __future__ import annotations

import builtins
import contextlib
import functools
import operator
import os
import pickle
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
import scipy.sparse
from sklearn.linear_model import HuberRegressor, LogisticRegression
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import Pipeline
from sklearn.svm import SVC

from lumina_jupyter.automl.experiment import array_pickles
from lumina_jupyter.automl.experiment.model_files import check_model, read_model, write_model
from lumina_jupyter.errors import ModelUntrusted

RANDOM = np.random.default_rng(0)
NUMBERS, TARGET = RANDOM.normal(size=(60, 2)), RANDOM.normal(size=60)


class Calls:
    """Calls a function when it is read from a pickle."""

    def __init__(self, function: Callable[..., Any], *args: Any) -> None:
        self.reduced = function, args

    def __reduce__(self) -> Any:
        return self.reduced


def named(module: str, name: str, *args: Any) -> bytes:
    """A pickle that calls what a module has by a name, be it an attribute of an attribute."""
    texts = b"".join(b"\x8c" + bytes([len(text)]) + text.encode() for text in (module, name))
    return b"\x80\x05" + texts + b"\x93" + pickle.dumps(args, 2)[2:-1] + b"R."


def kept(made: Path) -> str:
    """A file that makes another one when it is read as a pickle."""
    path = made.with_suffix(".pkl")
    path.write_bytes(pickle.dumps(Calls(os.system, f"touch {made}")))
    return str(path)


MAKERS: Mapping[str, Callable[[Path], Any]] = {
    "system": lambda made: Calls(os.system, f"touch {made}"),
    "eval": lambda made: Calls(builtins.eval, f"open({str(made)!r}, 'w')"),
    "subprocess": lambda made: Calls(subprocess.check_output, ["touch", str(made)]),
    "a partial call": lambda made: Calls(functools.partial(os.system, f"touch {made}")),
    "a method": lambda made: Calls(operator.methodcaller("touch"), made),
    "a file of joblib's": lambda made: Calls(joblib.load, kept(made)),
    "a file of NumPy's": lambda made: Calls(np.load, kept(made), None, True),
    "inside an estimator": lambda made: Pipeline([("model", Calls(os.system, f"touch {made}"))]),
    "a tool for tests": lambda made: named("numpy.testing", "runstring", f"open({str(made)!r}, 'w')", {}),
    "what a module imports": lambda made: named("sklearn.utils._testing", "check_output", ["touch", str(made)]),
    "an attribute's attribute": lambda made: named("sklearn.base", "inspect.os.system", f"touch {made}"),
    "the oldest kind": lambda made: b"cos\nsystem\n(Vtouch " + str(made).encode() + b"\ntR.",
}
"""What makes a file when it is unpickled, each in another way."""


@pytest.mark.parametrize("name", MAKERS)
def test_what_would_run_a_program_is_refused(name: str, tmp_path: Path) -> None:
    made, path = tmp_path / "made", tmp_path / "fold0.model"
    maker = MAKERS[name](made)
    data = maker if isinstance(maker, bytes) else pickle.dumps(maker, 5)
    path.write_bytes(data)
    with pytest.raises(ModelUntrusted, match=r"fold0\.model is no model that AutoML has written: It names ") as refused:
        read_model(path)
    assert "Nothing of it has run" in refused.value.hint
    with pytest.raises(ModelUntrusted, match="What was sent is no model"):
        check_model(data)
    assert not made.exists()
    with contextlib.suppress(Exception):
        pickle.loads(data)
    assert made.exists(), "It would have done so."


@pytest.mark.parametrize(
    "forged",
    [
        # Bytes that NumPy would take for the places of objects.
        named("numpy", "ndarray", (1,), "O", bytearray(8)),
        named("numpy._core.multiarray", "_reconstruct", int, (0,), "V8"),
        named("numpy", "dtype", "V8", False, True),
        pickle.dumps(Calls(array_pickles.number_type, "V8"), 5),
        pickle.dumps(Calls(array_pickles.numbers, bytearray(8), "O", (1,), "C"), 5),
        pickle.dumps(Calls(array_pickles.numbers, Calls(array_pickles.objects, ["a"], (1,)), "<u8", (1,), "C"), 5),
    ],
)
def test_bytes_are_not_passed_off_as_objects(forged: bytes) -> None:
    with pytest.raises(ModelUntrusted):
        check_model(forged)


def test_what_is_no_model_says_so(tmp_path: Path) -> None:
    path = tmp_path / "fold0.model"
    write_model(path, {"weights": NUMBERS})
    whole = path.read_bytes()
    for data in (b"", b"nothing", whole[:-20]):
        path.write_bytes(data)
        with pytest.raises(ModelUntrusted, match=r"fold0\.model can't be read as a model: .*\. It is broken, or"):
            read_model(path)
    joblib.dump({"weights": NUMBERS}, path)
    with pytest.raises(ModelUntrusted, match=r"it has the form of earlier versions\. It is broken, or"):
        read_model(path)
    path.unlink()
    with pytest.raises(FileNotFoundError):
        read_model(path)
    with pytest.raises(pickle.PicklingError, match="can't be kept"):
        write_model(path, functools.partial(print, 1))


def test_arrays_and_numbers_come_back_as_they_were(tmp_path: Path) -> None:
    record = np.dtype([("left", "<i8"), ("value", "<f4"), ("leaf", "?")], align=True)
    stored = np.memmap(tmp_path / "stored", np.float32, "w+", shape=(3, 2))
    arrays = [
        np.array(3.5),
        np.arange(6).reshape(2, 3),
        np.asfortranarray(NUMBERS),
        NUMBERS[::2, ::-1],
        np.empty((0, 4), np.float32),
        np.array(["a", "längere"]),
        np.array([b"a", b"bc"]),
        np.array(["", ""], dtype="U0"),
        np.array(["2026-01-01", "NaT"], dtype="datetime64[us]"),
        np.array([1, 2], dtype="timedelta64[D]"),
        np.array([True, False]),
        np.array([1 + 2j]),
        np.zeros(3, record),
        np.array([["a", None], [1.5, ("b", 2)]], dtype=object),
        np.array([[1, 2], [3, 4]], dtype=object).T,
        stored,
    ]
    numbers = [np.float64(1.5), np.float32(0.1), np.int64(-3), np.bool_(True), np.datetime64("2026-01-01", "us")]
    texts = [np.str_("a"), np.bytes_(b"a")]
    types = [np.dtype("f8"), np.dtype("?"), np.dtype("O"), np.float64, np.int32]
    path = tmp_path / "fold0.model"
    write_model(path, [*arrays, arrays[2], numbers, texts, types])
    *found, again, scalars, words, kinds = read_model(path)
    for array, read in zip(arrays, found, strict=True):
        assert type(read) is np.ndarray
        assert (read.dtype, read.shape) == (array.dtype, array.shape)
        assert read.dtype.isalignedstruct == array.dtype.isalignedstruct
        np.testing.assert_array_equal(read, array)
    assert again is found[2], "What is there once is read once."
    assert found[2].flags.f_contiguous
    found[2][0, 0] = 1.0
    assert [(type(each), each) for each in scalars] == [(type(each), each) for each in numbers]
    assert [(type(each), each) for each in words] == [(type(each), each) for each in texts]
    assert kinds == types


@pytest.mark.parametrize(
    "model",
    [
        HuberRegressor(),
        KNeighborsRegressor(algorithm="kd_tree"),
        KNeighborsRegressor(algorithm="ball_tree", metric="manhattan"),
    ],
)
def test_what_small_tables_rarely_lead_to(model: Any, tmp_path: Path) -> None:
    path = tmp_path / "fold0.model"
    write_model(path, model.fit(NUMBERS, TARGET))
    np.testing.assert_array_equal(read_model(path).predict(NUMBERS), model.predict(NUMBERS))


def test_sparse_features(tmp_path: Path) -> None:
    path = tmp_path / "fold0.model"
    features = scipy.sparse.csr_matrix(NUMBERS * (NUMBERS > 0))
    for model in (SVC(), LogisticRegression(), KNeighborsRegressor()):
        write_model(path, model.fit(features, (TARGET > 0).astype(int)))
        np.testing.assert_array_equal(read_model(path).predict(features), model.predict(features))
