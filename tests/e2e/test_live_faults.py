"""What live notebooks lose nothing through: in a real browser, and with an agent that writes all the while.

Each fault comes over two notebooks at once: one that a person has for herself, and one in which an agent writes into
the last cell.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser

from tests.e2e.breakable import PATIENCE, BreakableLab, until
from tests.e2e.desk import Desk
from tests.e2e.mishaps import Mishaps
from tests.e2e.page import LabPage

Sit = Callable[..., list[Desk]]
Seat = tuple[LabPage, Mishaps]
"""A page, and what goes wrong in it."""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BreakableLab]:
    made = BreakableLab(tmp_path_factory.mktemp("faults"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def seats(lab: BreakableLab, browser: Browser) -> Iterator[list[Seat]]:
    contexts = [browser.new_context(viewport={"width": 1000, "height": 700}) for _ in range(2)]
    pages = [context.new_page() for context in contexts]
    yield [(LabPage(page, lab.seen), Mishaps(page)) for page in pages]
    for context in contexts:
        context.close()


@pytest.fixture
def sit(lab: BreakableLab, seats: list[Seat], request: pytest.FixtureRequest) -> Iterator[Sit]:
    """Opens a notebook of these cells at two pages, at the second one with an agent in it."""
    desks: list[Desk] = []
    name = "".join(letter for letter in request.node.name if letter.isalnum())

    def begin(*sources: str) -> list[Desk]:
        for number, (page, _) in enumerate(seats):
            desks.append(Desk(lab, page, f"{name}{number}.ipynb"))
            desks[-1].open(sources, agent=number == 1)
        return desks

    lab.cable.mend()
    yield begin
    for desk in desks:
        if desk.agent is not None:
            desk.agent.leave()
    assert [each for _, mishaps in seats for each in mishaps.taken()] == []


def write_two_cells(desk: Desk) -> None:
    desk.type(0, "one")
    desk.keys("Escape", "b")
    until(lambda: len(desk.shown()) == 2, desk.shown)
    desk.type(1, "two")


def test_the_server_is_killed_right_after_typing_with_nobody_left(
    lab: BreakableLab, seats: list[Seat], sit: Sit
) -> None:
    # Nothing that is typed comes into the file before the server is killed.
    lab.choose("docmanager-extension", "plugin", autosave=False)
    for page, _ in seats:
        page.page.goto("about:blank")
    desks = sit("alpha")
    for desk in desks:
        desk.type(0, "_late")
    until(lambda: lab.kept_cells().count("alpha_late") == len(desks), lab.kept_cells)
    assert [desk.on_disk() for desk in desks] == [["alpha"], ["alpha"]]
    lab.kill()
    for page, _ in seats:
        page.page.goto("about:blank")
    lab.choose("docmanager-extension", "plugin", autosave=True)
    lab.start()
    for desk in desks:
        desk.show(2 if desk.agent else 1)
        desk.holds("alpha_late")


@pytest.mark.parametrize(("data", "first"), [("kept", ""), ("gone", ""), ("gone", "zero")])
def test_the_server_is_killed(lab: BreakableLab, sit: Sit, data: str, first: str) -> None:
    desks = sit(first)
    for desk in desks:
        write_two_cells(desk)
    for desk in desks:
        desk.saved(f"{first}one", "two")
    lab.kill()
    if data == "gone":
        lab.lose_data()
    lab.start()
    for desk in desks:
        desk.holds(f"{first}one", "two")


def test_a_page_sleeps_past_the_rooms_end(lab: BreakableLab, sit: Sit) -> None:
    desks = sit("alpha", "beta")
    for desk in desks:
        desk.type(0, "_1")
        desk.saved("alpha_1", "beta")
    with lab.away(ended=1):
        pass
    for desk in desks:
        desk.holds("alpha_1", "beta")


def test_somebody_edits_while_away(lab: BreakableLab, sit: Sit) -> None:
    desks = sit("alpha", "beta")
    with lab.away(ended=1):
        for desk in desks:
            desk.type(1, "_off")
    for desk in desks:
        desk.holds("alpha", "beta_off")


def test_the_file_changes_while_all_are_away(lab: BreakableLab, sit: Sit) -> None:
    desks = sit("alpha", "beta")
    for desk in desks:
        desk.type(0, "_1")
        desk.saved("alpha_1", "beta")
    with lab.away(ended=1):
        for desk in desks:
            desk.edit_file(0, "alpha_git")
    for desk in desks:
        desk.holds("alpha_git", "beta")


def test_somebody_edits_while_away_and_the_file_changes(lab: BreakableLab, sit: Sit) -> None:
    desks = sit("alpha", "beta")
    with lab.away(ended=1):
        for desk in desks:
            desk.type(1, "_off")
            desk.edit_file(0, "alpha_git")
    for desk in desks:
        desk.holds("alpha_git", "beta_off")


def test_another_program_writes_the_file_while_somebody_types(sit: Sit) -> None:
    for desk in sit("alpha", "beta"):
        assert desk.put_cursor(0)
        for number, letter in enumerate("abcdefghijklmnopqrst"):
            desk.page.page.keyboard.type(letter, delay=60)
            if number == 9:
                desk.edit_file(1, "beta_git")
        desk.holds("alphaabcdefghijklmnopqrst", "beta_git")


def test_somebody_types_without_a_pause(sit: Sit) -> None:
    for desk in sit(""):
        assert desk.put_cursor(0)
        typed = 0
        end = time.monotonic() + PATIENCE
        while desk.on_disk() in ([""], []):
            assert time.monotonic() < end, "It was not saved while somebody typed."
            desk.page.page.keyboard.type("a", delay=50)
            typed += 1
        desk.holds("a" * typed)
