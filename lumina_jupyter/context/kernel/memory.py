"""What was last seen of one kernel's variables, and when."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from .reading import without_values
from .summary import Policy, Seen, VariableSummary

SHARE = 0.005
"""The part of a busy kernel's time that looks may take: what one took is waited out this many times over."""
OVERHEAD = 0.0005
"""Seconds that a look takes beside what the probe measures."""
LONGEST_PAUSE = 5.0
"""Seconds between two looks at the same at most, however long one took."""
MOST_DETAILS = 2_000
"""Variables that are remembered in detail; beyond that those that were seen first are forgotten."""


@dataclass(frozen=True, slots=True)
class _List:
    at: float
    pause: float
    seen: Seen


@dataclass(frozen=True, slots=True)
class _Detail:
    """One variable as it was; None when there was none of that name."""

    at: float
    pause: float
    variable: VariableSummary | None


class LastSeen:
    """Lists of all variables and details of some, by policy."""

    def __init__(self) -> None:
        self._lists: dict[Policy, _List] = {}
        self._details: dict[tuple[Policy, str], _Detail] = {}

    @property
    def listed(self) -> tuple[Policy, ...]:
        """The policies under which all variables were looked at."""
        return tuple(self._lists)

    def keep_list(self, policy: Policy, seen: Seen, spent: float) -> None:
        """Remember all variables; `spent` are the kernel's seconds that the look took."""
        self._lists[policy] = _List(time.monotonic(), _pause(spent), seen)
        if not seen.left_out:
            there = {each.name for each in seen.variables}
            gone = [key for key, held in self._details.items() if held.variable is not None and key[1] not in there]
            for key in gone:
                del self._details[key]

    def keep_details(self, policy: Policy, names: Sequence[str], seen: Seen, spent: float) -> None:
        """Remember what was asked for, also that something is not there."""
        now, pause = time.monotonic(), _pause(spent)
        found = {each.name: each for each in seen.variables}
        for name in names:
            if name in found or not seen.left_out:
                self._details.pop((policy, name), None)
                self._details[policy, name] = _Detail(now, pause, found.get(name))
        while len(self._details) > MOST_DETAILS:
            del self._details[next(iter(self._details))]

    def fresh_list(self, policy: Policy) -> Seen | None:
        """All variables, if they were looked at so lately that another look has to wait."""
        held = self._lists.get(policy)
        if held is None:
            return None
        age = time.monotonic() - held.at
        return replace(held.seen, age_seconds=age) if age < held.pause else None

    def fresh_details(self, policy: Policy, names: Sequence[str]) -> tuple[Seen, tuple[str, ...]]:
        """Those of the variables that were looked at so lately that another look has to wait; the other names."""
        now = time.monotonic()
        held = {name: self._details.get((policy, name)) for name in names}
        fresh = {name: each for name, each in held.items() if each is not None and now - each.at < each.pause}
        ages = [now - each.at for each in fresh.values()]
        variables = tuple(each.variable for each in fresh.values() if each.variable is not None)
        seen = Seen(variables=variables, age_seconds=max(ages, default=0.0))
        return seen, tuple(name for name in names if name not in fresh)

    def last_list(self, policy: Policy) -> Seen | None:
        """All variables as they were seen last; None when they never were."""
        held = self._lists.get(policy)
        if held is not None:
            return replace(held.seen, age_seconds=time.monotonic() - held.at, how="last_seen")
        held = self._lists.get("values")
        if held is None or policy != "schema-only":
            return None
        variables = tuple(map(without_values, held.seen.variables))
        return replace(held.seen, variables=variables, age_seconds=time.monotonic() - held.at, how="last_seen")

    def last_details(self, policy: Policy, names: Sequence[str]) -> Seen | None:
        """These variables as they were seen last, in detail or in the list; None when nothing was."""
        listed = self.last_list(policy)
        now = time.monotonic()
        found: list[VariableSummary] = []
        ages: list[float] = []
        for name in names:
            held = self._details.get((policy, name))
            if held is not None:
                found += [held.variable] if held.variable is not None else []
                ages.append(now - held.at)
            elif listed is not None and (variable := listed.variable(name)) is not None:
                found.append(variable)
                ages.append(listed.age_seconds)
        if listed is None and not ages:
            return None
        age = max(ages, default=listed.age_seconds if listed else 0.0)
        return Seen(variables=tuple(found), age_seconds=age, how="last_seen")


def _pause(spent: float) -> float:
    return min(LONGEST_PAUSE, (spent + OVERHEAD) / SHARE)
