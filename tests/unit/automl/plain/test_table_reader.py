"""The table reader: any table in, the same columns out, and never an error on what it took before."""

from __future__ import annotations

import datetime
import decimal
import string
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from sklearn.base import clone

from lumina_jupyter.automl.pipeline.pipeline import reader_columns
from lumina_jupyter.automl.plain.table_reader import TableReader, number_in, read_dates
from lumina_jupyter.automl.tables.frames import read_table
from lumina_jupyter.automl.tables.schema import infer_schema

CELLS = some.one_of(
    some.none(),
    some.booleans(),
    some.integers(),
    some.floats(),
    some.text(max_size=12),
    some.text("0123456789.,-/: €%", max_size=12),
    some.sampled_from(["", " ", "NaN", "inf", "1,234.5", "1.234,5", "2024-02-30", "31.12.2024", "yes", "\ud800"]),
    some.binary(max_size=3),
    some.dates(),
    some.datetimes(),
    some.datetimes(timezones=some.just(datetime.timezone(datetime.timedelta(hours=5)))),
    some.timedeltas(),
    some.decimals(allow_nan=False),
    some.lists(some.integers(), max_size=2),
    some.dictionaries(some.text(max_size=2), some.integers(), max_size=1),
)
COLUMNS = some.one_of(
    some.lists(CELLS, min_size=6, max_size=6).map(lambda cells: pd.Series(cells, dtype=object)),
    some.lists(some.floats(), min_size=6, max_size=6).map(pd.Series),
    some.lists(some.integers(-(2**63), 2**63 - 1), min_size=6, max_size=6).map(pd.Series),
    some.lists(some.booleans(), min_size=6, max_size=6).map(pd.Series),
    some.lists(some.text(string.printable, max_size=8), min_size=6, max_size=6).map(pd.Series),
    some.lists(some.sampled_from(["a", "b", None]), min_size=6, max_size=6).map(
        lambda x: pd.Series(x, dtype="category")
    ),
    some.lists(some.datetimes(), min_size=6, max_size=6).map(lambda x: pd.Series(x, dtype="datetime64[us]")),
    some.lists(some.sampled_from([1, 2, None]), min_size=6, max_size=6).map(lambda x: pd.Series(x, dtype="Int64")),
    some.lists(some.integers(0, 9), min_size=6, max_size=6).map(lambda x: pd.Series(pd.to_timedelta(x, unit="h"))),
)
TABLES = some.lists(COLUMNS, min_size=3, max_size=3)


def table_of(columns: list[Any]) -> pd.DataFrame:
    return pd.DataFrame(dict(zip("abc", columns, strict=True)))


@settings(max_examples=60)
@given(TABLES, TABLES, some.permutations("abc"))
def test_any_table_goes_in_and_the_same_columns_come_out(seen: Any, later: Any, order: list[str]) -> None:
    frame = read_table(table_of(seen)).frame
    schema = infer_schema(frame)
    reader = clone(TableReader(reader_columns(schema))).fit(frame)
    expected = list(reader.get_feature_names_out())
    for table in (frame, table_of(later)[order].assign(other=1), frame.iloc[:0]):
        out = reader.transform(table)
        assert list(out.columns) == expected
        assert len(out) == len(table)
        numbers = out.iloc[:, : reader.numbers_out_].to_numpy(dtype=float)
        assert not np.isinf(numbers).any()
        assert (np.abs(numbers[~np.isnan(numbers)]) < 3.4e38).all()
        for cell in out.iloc[:, reader.numbers_out_ :].to_numpy().ravel():
            assert cell is None or (isinstance(cell, str) and cell.strip())


def test_a_cell_comes_out_the_same_alone_and_in_a_table() -> None:
    frame = pd.DataFrame(
        {
            "when": ["3.1.2024", "04.02.2023 10:30", None, "2022-05-06"],
            "price": ["1.234,50 €", "7", "-", "-3,5 %"],
            "size": [1.0, np.inf, -np.inf, 1e300],
            "open": ["yes", "No", "?", None],
            "code": [1, 2.0, "x", None],
        }
    )
    columns = {"when": "datetime %d.%m.%Y", "price": "number 1.234,5", "size": "number", "open": "boolean"}
    reader = TableReader({**columns, "code": "category"}).fit(frame)
    out = reader.transform(frame)
    alone = pd.concat([reader.transform(frame.iloc[[row]]) for row in range(4)])
    pd.testing.assert_frame_equal(out, alone)
    assert out["when.month"].tolist()[:2] == [1.0, 2.0]
    assert out["when.hour"].tolist()[1] == 10.0
    assert np.isnan(out["when.year"][2])
    assert out["when.year"][3] == 2022.0
    np.testing.assert_array_equal(out["price"], [1234.5, 7.0, np.nan, -3.5])
    np.testing.assert_array_equal(out["size"], [1.0, np.nan, np.nan, 3e38])
    np.testing.assert_array_equal(out["open"], [1.0, 0.0, np.nan, np.nan])
    assert out["code"].tolist() == ["1", "2", "x", None]


@pytest.mark.parametrize(
    ("format", "text"),
    [
        ("", "2024-03-09"),
        ("%d.%m.%Y", "09.03.2024"),
        ("%m/%d/%Y", "3/9/2024"),
        ("%d %B %Y", "9 March 2024"),
        ("%b %d, %Y", "Mar 9, 2024"),
        ("%Y%m%d", "20240309"),
        ("", "2024-03-09T00:00:00Z"),
        ("%d/%m/%Y", "2024/03/09"),
    ],
)
def test_dates_are_read_in_many_formats_whatever_came_first(format: str, text: str) -> None:
    assert read_dates(pd.Series([text]), format)[0] == np.datetime64("2024-03-09")


def test_months_and_days_are_read_in_the_order_that_the_column_has() -> None:
    assert read_dates(pd.Series(["3-4-2024"]), "%d.%m.%Y")[0] == np.datetime64("2024-04-03")
    assert read_dates(pd.Series(["3-4-2024"]), "%m/%d/%Y")[0] == np.datetime64("2024-03-04")
    assert np.isnat(read_dates(pd.Series(["3-14-2024"]), "%d.%m.%Y")[0])


@given(some.floats(allow_nan=False, allow_infinity=False))
def test_numbers_that_were_written_are_read_again(number: float) -> None:
    assert number_in(repr(number)) == number
    if abs(number) < 1e15:
        written = f"{number:,.3f}"
        assert number_in(written) == pytest.approx(round(number, 3))
        assert number_in(written.translate(str.maketrans(",.", ".,")), ",") == number_in(written)


@pytest.mark.parametrize("text", ["", ".", "-", "e5", "1,23,4", "12a", "0x10", "1.2.3", "nan", "inf", "1 2"])
def test_what_is_no_number_is_missing(text: str) -> None:
    assert np.isnan(number_in(text))


def test_decimals_and_whole_numbers_are_numbers_in_a_column_of_objects() -> None:
    frame = pd.DataFrame({"x": pd.Series([decimal.Decimal("1.5"), 2, 10**400, "3"], dtype=object)})
    out = TableReader({"x": "number"}).fit(frame).transform(frame)
    np.testing.assert_array_equal(out["x"], [1.5, 2.0, np.nan, 3.0])


def test_a_column_that_is_missing_is_named() -> None:
    reader = TableReader({"age": "number", "städte": "category"}).fit(pd.DataFrame({"age": [1], "städte": ["Köln"]}))
    with pytest.raises(ValueError, match="lacks 1 of the columns: 'städte'"):
        reader.transform(pd.DataFrame({"age": [1]}))


def test_names_of_parts_never_take_a_name_that_is_there() -> None:
    frame = pd.DataFrame({"d": pd.to_datetime(["2024-01-01", "2025-01-01"]), "d.days": [1, 2]})
    out = TableReader({"d": "datetime", "d.days": "number"}).fit_transform(frame)
    assert list(out.columns) == ["d.days_", "d.year", "d.weekday", "d.days"]
    assert out["d.days"].tolist() == [1.0, 2.0]
