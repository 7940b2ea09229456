"""What was last seen of one kernel's variables, and when."""

from __future__ import annotations

import time
from collections.abc import Sequence

from .reading import without_values
from .summary import Policy, Seen, VariableSummary

SHARE = 0.004
"""The part of a busy kernel's time that looks may take: what one took is waited out this many times over."""
OVERHEAD = 0.0005
"""Seconds that a look takes beside what the probe measures."""
LONGEST_PAUSE = 5.0

Key = tuple[Policy, str]


class LastSeen:
    """Lists of all variables and details of some, by policy."""

    def __init__(self) -> None:
        self._lists: dict[Policy, tuple[float, Seen]] = {}
        self._details: dict[Key, tuple[float, VariableSummary]] = {}
        self._list_cost: dict[Policy, float] = {}
        self._detail_cost: dict[Key, float] = {}

    def keep_list(self, policy: Policy, seen: Seen, spent: float) -> None:
        """Remember all variables; the details of those that are gone go too."""
        self._lists[policy] = (time.monotonic(), seen)
        self._list_cost[policy] = spent
        if not seen.left_out:
            there = {each.name for each in seen.variables}
            self._details = {key: held for key, held in self._details.items() if key[1] in there}

    def keep_details(self, policy: Policy, names: Sequence[str], seen: Seen, spent: float) -> None:
        """Remember what was asked for; what is not there is forgotten."""
        now = time.monotonic()
        found = {each.name: each for each in seen.variables}
        for name in names:
            if name in found:
                self._details[policy, name] = (now, found[name])
                self._detail_cost[policy, name] = spent
            elif not seen.left_out:
                self._details.pop((policy, name), None)

    def fresh_list(self, policy: Policy) -> Seen | None:
        """All variables, if they were looked at so lately that another look has to wait."""
        if policy not in self._lists:
            return None
        at, seen = self._lists[policy]
        age = time.monotonic() - at
        return _aged(seen, age, "live") if age < _pause(self._list_cost[policy]) else None

    def fresh_details(self, policy: Policy, names: Sequence[str]) -> Seen | None:
        """These variables, if all of them were looked at so lately that another look has to wait."""
        keys: list[Key] = [(policy, name) for name in names]
        if not all(key in self._details for key in keys):
            return None
        now = time.monotonic()
        ages = [now - self._details[key][0] for key in keys]
        if any(age >= _pause(self._detail_cost[key]) for age, key in zip(ages, keys, strict=True)):
            return None
        return Seen(variables=tuple(self._details[key][1] for key in keys), age_seconds=max(ages, default=0.0))

    def last_list(self, policy: Policy) -> Seen | None:
        """All variables as they were seen last; None when they never were."""
        if policy in self._lists:
            at, seen = self._lists[policy]
        elif "values" in self._lists:
            at, open_seen = self._lists["values"]
            seen = Seen(variables=tuple(map(without_values, open_seen.variables)), left_out=open_seen.left_out)
        else:
            return None
        return _aged(seen, time.monotonic() - at, "last_seen")

    def last_details(self, policy: Policy, names: Sequence[str]) -> Seen | None:
        """These variables as they were seen last, in detail or in the list; None when none of them was."""
        listed = self.last_list(policy)
        now = time.monotonic()
        found, ages = [], []
        for name in names:
            held = self._details.get((policy, name))
            if held is not None:
                found.append(held[1])
                ages.append(now - held[0])
            elif listed is not None and (variable := listed.variable(name)) is not None:
                found.append(variable)
                ages.append(listed.age_seconds)
        if listed is None and not found:
            return None
        return Seen(
            variables=tuple(found),
            age_seconds=max(ages, default=listed.age_seconds if listed else 0.0),
            how="last_seen",
        )


def _pause(spent: float) -> float:
    return min(LONGEST_PAUSE, (spent + OVERHEAD) / SHARE)


def _aged(seen: Seen, age: float, how: str) -> Seen:
    return Seen(
        variables=seen.variables,
        age_seconds=age,
        how="live" if how == "live" else "last_seen",
        left_out=seen.left_out,
        note=seen.note,
    )
