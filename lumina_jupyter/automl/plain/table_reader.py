"""Tables as they are found, made into tables that models take: columns by name, numbers in text, dates, blanks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, TransformerMixin

LARGEST_NUMBER = 3e38
"""Numbers beyond it don't fit into the 32 bits in which many trees hold them; they are brought back to it."""
DATE_PARTS = ("days", "year", "month", "day", "weekday", "yearday", "hour", "minute")
DATE_FORMATS = (
    "ISO8601",
    *(f"%d{mark}%m{mark}%Y" for mark in "./-"),
    *(f"%m{mark}%d{mark}%Y" for mark in "/-."),
    "%Y/%m/%d",
    "%Y.%m.%d",
    *("%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%b %d %Y", "%B %d %Y", "%d-%b-%Y", "%d-%b-%y", "%Y%m%d"),
    *(f"%d{mark}%m{mark}%y" for mark in "./-"),
    *(f"%m{mark}%d{mark}%y" for mark in "/-."),
)
CLOCK_FORMATS = ("", " %H:%M", " %H:%M:%S", " %H:%M:%S.%f", " %I:%M %p", " %I:%M:%S %p")
YES = frozenset({"true", "yes", "t", "y", "1"})
NO = frozenset({"false", "no", "f", "n", "0"})
_THOUSANDS = {".": r"\d{1,3}(?:[,\s'\u2019]\d{3})+|\d+", ",": r"\d{1,3}(?:[.\s'\u2019]\d{3})+|\d+"}
_NUMBERS = {
    point: re.compile(
        rf"([-+\u2212]?)\s*[$€£¥₹]?\s*((?:{whole})?(?:{re.escape(point)}\d*)?(?:[eE][-+]?\d+)?)\s*[%$€£¥₹]?"
    )
    for point, whole in _THOUSANDS.items()
}

MANY_COLUMNS = 1_000
"""From so many columns on, they are read together where all of them are numbers."""


class TableReader(TransformerMixin, BaseEstimator):
    """Reads columns by their names and gives what models can take.

    Numbers and booleans become floats (what is not a number, and infinity, is missing: NaN), dates become parts of
    dates, categories and texts become texts (objects of type str; None where one is missing or blank). First come the
    numbers in the order of `columns`, dates as their parts, then categories and texts. Whatever is in a table, the
    same columns come out: other columns are left alone, and their order does not matter.

    Args:
        columns: What each column holds: "number", "boolean", "datetime", "category" or "text", by its name. A number
            in text has its format behind it: "number 1.234,5" has a decimal comma, "number 1,234.5" a decimal point.
            A date in text has the format that is tried first: "datetime %d.%m.%Y", or "datetime unix s" and
            "datetime unix ms" for numbers that count from 1970.

    Attributes:
        names_out_: The names of the columns that come out.
        numbers_out_: How many of them are numbers; they come first.
    """

    def __init__(self, columns: Mapping[str, str]) -> None:
        self.columns = columns

    def fit(self, X: Any, y: Any = None) -> TableReader:
        """Learn which parts of dates ever change: others say nothing, except for the days, which go on.

        Raises:
            ValueError: when columns are missing.
        """
        frame = self._frame(X)
        self.feature_names_in_ = np.asarray(frame.columns, dtype=object)
        self.n_features_in_ = len(self.feature_names_in_)
        self.parts_: dict[str, list[str]] = {}
        for name in self._of("datetime"):
            parts = date_parts(read_dates(frame[name], self._format(name)))
            varied = [part for part, values in parts.items() if len(set(values[~np.isnan(values)])) > 1]
            self.parts_[name] = [part for part in DATE_PARTS if part in varied or part == "days"]
        self.names_out_ = self._names()
        self.numbers_out_ = len(self.names_out_) - len(self._of("category", "text"))
        return self

    def transform(self, X: Any) -> pd.DataFrame:
        """The columns that models take.

        Raises:
            ValueError: when columns are missing.
        """
        frame = self._frame(X)
        numbers = np.empty((len(frame), self.numbers_out_))
        self._read_numbers(frame, numbers)
        out = pd.DataFrame(numbers, index=frame.index)
        texts = self.names_out_[self.numbers_out_ :]
        if texts:
            cells = np.empty((len(frame), len(texts)), dtype=object)
            for position, name in enumerate(texts):
                cells[:, position] = read_texts(frame[name])
            out = pd.concat([out, pd.DataFrame(cells, index=frame.index, dtype=object)], axis=1)
        out.columns = pd.Index(self.names_out_, dtype=object)
        return out

    def get_feature_names_out(self, input_features: Any = None) -> Any:
        """The names of the columns that come out."""
        return np.asarray(self.names_out_, dtype=object)

    def _read_numbers(self, frame: pd.DataFrame, out: Any) -> None:
        if not self.parts_ and self.numbers_out_ >= MANY_COLUMNS:
            names = self.names_out_[: self.numbers_out_]
            if all(self._kind(name) == "number" for name in names):
                part = frame[names]
                if all(getattr(dtype, "kind", "O") in "iuf" for dtype in set(part.dtypes)):
                    # Tens of thousands of columns one by one would take seconds.
                    out[:] = bounded(part.to_numpy(dtype=float, na_value=np.nan))
                    return
        at = 0
        for name in self._of("number", "boolean", "datetime"):
            kind, column = self._kind(name), frame[name]
            if kind == "datetime":
                parts = date_parts(read_dates(column, self._format(name)), self.parts_[name])
            elif kind == "boolean":
                parts = {name: read_booleans(column)}
            else:
                parts = {name: read_numbers(column, "," if self._format(name) == "1.234,5" else ".")}
            for values in parts.values():
                out[:, at] = values
                at += 1

    def _frame(self, X: Any) -> pd.DataFrame:
        frame = X
        if not isinstance(X, pd.DataFrame):
            fitted = getattr(self, "feature_names_in_", None)
            names = self.columns if fitted is None else fitted
            frame = X.to_pandas() if hasattr(X, "to_pandas") else pd.DataFrame(X, columns=list(names))
        there = set(frame.columns)
        missing = [name for name in self.columns if name not in there]
        if missing:
            raise ValueError(f"The table lacks {len(missing)} of the columns: {', '.join(map(repr, missing[:10]))}.")
        return frame

    def _kind(self, name: str) -> str:
        return self.columns[name].partition(" ")[0]

    def _format(self, name: str) -> str:
        return self.columns[name].partition(" ")[2]

    def _of(self, *kinds: str) -> list[str]:
        return [name for name in self.columns if self._kind(name) in kinds]

    def _names(self) -> list[str]:
        names: list[str] = []
        taken = set(self.columns)
        for name in self._of("number", "boolean", "datetime"):
            if self._kind(name) != "datetime":
                names.append(name)
                continue
            for part in self.parts_[name]:
                made = f"{name}.{part}"
                while made in taken:
                    made += "_"
                taken.add(made)
                names.append(made)
        return names + self._of("category", "text")


def bounded(values: Any) -> Any:
    """Numbers within the range that models take; infinity becomes missing."""
    values = np.where(np.isfinite(values), values, np.nan)
    return np.clip(values, -LARGEST_NUMBER, LARGEST_NUMBER)


def read_numbers(column: Any, point: str = ".") -> Any:
    """The numbers of a column of any type, NaN for whatever is none."""
    kind = getattr(column.dtype, "kind", "O")
    if kind in "iufb":
        return bounded(column.to_numpy(dtype=float, na_value=np.nan))
    if kind == "m":
        return column.dt.total_seconds().to_numpy(dtype=float)
    if kind in "Mc":
        return np.full(len(column), np.nan)
    return bounded(_by_value(read_texts(column), lambda texts: [number_in(text, point) for text in texts], np.nan))


def number_in(text: str, point: str = ".") -> float:
    """The number that a text says, with signs of currency, per cent and thousands, or NaN."""
    match = _NUMBERS[point].fullmatch(text.strip())
    if match is None:
        return np.nan
    digits = re.sub(r"[\s'\u2019]", "", match[2])
    digits = digits.replace(",", "") if point == "." else digits.replace(".", "").replace(",", ".")
    try:
        return -float(digits) if match[1] in ("-", "\u2212") else float(digits)
    except ValueError:
        return np.nan


def read_booleans(column: Any) -> Any:
    """1 for yes, 0 for no, NaN for whatever is neither."""
    if getattr(column.dtype, "kind", "O") in "iufb":
        values = column.to_numpy(dtype=float, na_value=np.nan)
        return np.where((values == 0) | (values == 1), values, np.nan)
    return _by_value(read_texts(column), lambda texts: [boolean_in(text) for text in texts], np.nan)


def boolean_in(text: str) -> float:
    """1 for a text that says yes, 0 for one that says no, else NaN."""
    folded = text.strip().lower()
    return 1.0 if folded in YES else 0.0 if folded in NO else np.nan


def read_texts(column: Any) -> Any:
    """The texts of a column of any type: objects of type str, None for what is missing or blank."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        levels = read_texts(pd.Series(column.cat.categories))
        return np.append(levels, [None])[column.cat.codes.to_numpy()]
    values, missing = column.to_numpy(dtype=object), np.asarray(pd.isna(column.array))
    if isinstance(column.dtype, pd.StringDtype):
        return _by_value(np.where(missing, None, values), lambda texts: [text_or_none(text) for text in texts], None)
    texts = [None if gone else text_or_none(value) for value, gone in zip(values, missing, strict=True)]
    return np.asarray(texts, dtype=object)


def text_or_none(value: Any) -> str | None:
    """A value as text, None for a blank one."""
    text = text_of(value)
    return text if text and not text.isspace() else None


def text_of(value: Any) -> str:
    """A value as text: whole numbers without a point, so that 1 and 1.0 are the same category."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, float | np.floating):
        return str(int(value)) if float(value).is_integer() else repr(float(value))
    return str(value).encode("utf-8", "replace").decode()


def read_dates(column: Any, format: str = "") -> Any:
    """The dates of a column of any type, in UTC without a zone, NaT for whatever is none.

    Args:
        column: Dates, texts, or numbers for "unix s" and "unix ms".
        format: What is tried first on texts; then come all formats that read days and months in the same order.
    """
    kind = getattr(column.dtype, "kind", "O")
    if format.startswith("unix"):
        return _counted(read_numbers(column), 1000.0 if format == "unix ms" else 1.0)
    if kind == "M":
        zone = getattr(column.dtype, "tz", None) or getattr(getattr(column.dtype, "pyarrow_dtype", None), "tz", None)
        column = column.dt.tz_convert("UTC").dt.tz_localize(None) if zone else column
        return _micro(column.to_numpy(dtype="datetime64[us]", na_value=np.datetime64("NaT")))
    if isinstance(column.dtype, pd.PeriodDtype):
        return _micro(column.dt.to_timestamp().to_numpy())
    return _by_value(read_texts(column), lambda texts: dates_in(texts, format), np.datetime64("NaT", "us"))


def dates_in(texts: Iterable[str], format: str = "") -> Any:
    """The dates that texts say, NaT for those that say none; see `read_dates`."""
    left = pd.Series([text.strip() for text in texts], dtype=object)
    found = np.full(len(left), np.datetime64("NaT", "us"))
    for each in [format] * bool(format) + date_formats(format):
        open_ = np.flatnonzero(np.isnat(found))
        if len(open_) == 0:
            break
        found[open_] = parsed_dates(left.iloc[open_], each)
    return found


def date_formats(format: str = "") -> list[str]:
    """All formats that are known, those first, and only those, which have days and months in the order of `format`."""
    month, day = format.find("%m"), format.find("%d")
    wrong = "%d{0}%m{0}" if month < day else "%m{0}%d{0}"
    unlike = tuple(wrong.format(mark) for mark in "./-") if min(month, day) >= 0 else ()
    days = [each for each in DATE_FORMATS if not each.startswith(unlike)]
    return days[:1] + [each + clock for clock in CLOCK_FORMATS for each in days[1:]]


def parsed_dates(texts: Any, format: str) -> Any:
    """The dates in texts that have this very format, NaT for others."""
    read = pd.to_datetime(texts, format=format, errors="coerce", utc=True)
    return _micro(read.dt.tz_localize(None).to_numpy())


def date_parts(dates: Any, wanted: Iterable[str] = DATE_PARTS) -> dict[str, Any]:
    """What dates are made of, by the names of `DATE_PARTS`; days since 1970 with their fractions."""
    index = pd.DatetimeIndex(dates)
    parts = {}
    for part in wanted:
        if part == "days":
            values = np.where(np.isnat(dates), np.nan, dates.astype("datetime64[us]").astype("int64") / 86_400e6)
        else:
            values = getattr(index, {"weekday": "day_of_week", "yearday": "day_of_year"}.get(part, part))
        parts[part] = np.asarray(values, dtype=float)
    return parts


def _counted(seconds: Any, scale: float) -> Any:
    seconds = np.where(np.abs(seconds / scale) < 60e9, seconds / scale, np.nan)
    gone = np.isnan(seconds)
    dates = (np.where(gone, 0.0, seconds) * 1e6).astype("int64").astype("datetime64[us]")
    return np.where(gone, np.datetime64("NaT", "us"), dates)


def _micro(dates: Any) -> Any:
    return np.asarray(dates).astype("datetime64[us]")


def _by_value(texts: Any, read: Any, missing: Any) -> Any:
    """Reads each different text once: columns repeat themselves."""
    cells = texts.tolist()
    found = [text for text in dict.fromkeys(cells) if text is not None]
    places = {text: place for place, text in enumerate(found)} | {None: len(found)}
    values = np.empty(len(found) + 1, dtype=object if missing is None else np.asarray(missing).dtype)
    values[:-1], values[-1] = read(found), missing
    return values[np.fromiter(map(places.__getitem__, cells), dtype=np.intp, count=len(cells))]
