"""Parts of dates from seconds since 1970, by arithmetic alone."""

from __future__ import annotations

from collections.abc import Sequence

from lumina_jupyter.automl.export.onnx.graph import Graph

DAY = 86_400.0


def date_parts_in(graph: Graph, seconds: str, wanted: Sequence[str]) -> list[str]:
    """The parts, as `plain.table_reader.date_parts` gives them; missing where the seconds are.

    Args:
        graph: Is added to.
        seconds: Since 1970 in UTC, one column.
        wanted: Names of parts.
    """
    days = graph.calculate("Div", seconds, DAY)
    whole = graph.add("Floor", days)
    parts = {"days": days}
    time = graph.add("Sub", seconds, graph.calculate("Mul", whole, DAY))
    parts["hour"] = _floored(graph, time, 3600.0)
    parts["minute"] = _floored(graph, _rest(graph, time, 3600.0), 60.0)
    parts["weekday"] = _rest(graph, graph.calculate("Add", whole, 3.0), 7.0)
    if {"year", "month", "day", "yearday"} & set(wanted):
        parts |= _calendar(graph, whole)
    return [parts[name] for name in wanted]


def _calendar(graph: Graph, whole: str) -> dict[str, str]:
    """Year, month, day and day of the year: years are counted from March on, so that leap days come last."""
    calculate, add = graph.calculate, graph.add
    days = calculate("Add", whole, 719_468.0)
    era = _floored(graph, days, 146_097.0)
    of_era = add("Sub", days, calculate("Mul", era, 146_097.0))
    leaps = add("Sub", _floored(graph, of_era, 1460.0), _floored(graph, of_era, 36_524.0))
    leaps = add("Add", leaps, _floored(graph, of_era, 146_096.0))
    year_of_era = _floored(graph, add("Sub", of_era, leaps), 365.0)
    before = add("Add", calculate("Mul", year_of_era, 365.0), _floored(graph, year_of_era, 4.0))
    before = add("Sub", before, _floored(graph, year_of_era, 100.0))
    of_year = add("Sub", of_era, before)
    counted = _floored(graph, calculate("Add", calculate("Mul", of_year, 5.0), 2.0), 153.0)
    begins = _floored(graph, calculate("Add", calculate("Mul", counted, 153.0), 2.0), 5.0)
    day = calculate("Add", add("Sub", of_year, begins), 1.0)
    late = graph.as_double(graph.calculate("GreaterOrEqual", counted, 10.0))
    month = add("Sub", calculate("Add", counted, 3.0), calculate("Mul", late, 12.0))
    year = add("Add", add("Add", year_of_era, calculate("Mul", era, 400.0)), late)
    return {"year": year, "month": month, "day": day, "yearday": _day_of_year(graph, of_year, late, year)}


def _day_of_year(graph: Graph, of_year: str, late: str, year: str) -> str:
    """1 for the first of January; from March on leap days count."""

    def divides(number: float) -> str:
        return graph.as_double(graph.calculate("Equal", _rest(graph, year, number), 0.0))

    leap = graph.add("Add", graph.add("Sub", divides(4.0), divides(100.0)), divides(400.0))
    early = graph.add("Add", graph.calculate("Add", of_year, 60.0), leap)
    return graph.add("Sub", early, graph.add("Mul", late, graph.calculate("Add", leap, 365.0)))


def _floored(graph: Graph, value: str, number: float) -> str:
    return graph.add("Floor", graph.calculate("Div", value, number))


def _rest(graph: Graph, value: str, number: float) -> str:
    return graph.add("Sub", value, graph.calculate("Mul", _floored(graph, value, number), number))
