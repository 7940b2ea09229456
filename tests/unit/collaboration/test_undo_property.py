"""After an undo of all that an agent did, a notebook is what people's edits alone produce."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lumina_jupyter.collaboration.document.shared_cells import content_in
from lumina_jupyter.collaboration.undo.replay import Replay
from lumina_jupyter.collaboration.undo.undone import Change

from .undo_world import World

BYTES = st.integers(0, 255)
STORIES = st.lists(st.tuples(BYTES, BYTES, BYTES, BYTES), max_size=20)
MANY = settings(
    max_examples=400, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None
)
SOME = settings(MANY, max_examples=150)


def lived(story: list[tuple[int, int, int, int]]) -> World:
    """A world in which all of it happened, and everything has arrived."""
    world = World()
    for step in story:
        world.step(*step)
    world.settle()
    return world


@MANY
@given(STORIES)
def test_undone_the_notebook_is_what_people_alone_produce(story: list[tuple[int, int, int, int]]) -> None:
    world = lived(story)
    world.change(Change(tuple(world.writes), undone=True))
    content = content_in(world.server.notebook)
    assert content == world.replay.content()
    world.check_alone(content)
    assert all(content_in(person.notebook) == content for person in world.people)


@SOME
@given(STORIES)
def test_undo_and_redo_in_any_order_lead_back(story: list[tuple[int, int, int, int]]) -> None:
    world = lived(story)
    world.change(Change(tuple(world.writes), undone=False))
    before = content_in(world.server.notebook)
    for order in (world.writes, world.writes[::-1]):
        for write in order[:6]:
            world.change(Change((write,), undone=True))
        for write in order[:6]:
            world.change(Change((write,), undone=False))
        assert content_in(world.server.notebook) == before


@SOME
@given(STORIES)
def test_a_journal_read_again_tells_the_same(story: list[tuple[int, int, int, int]]) -> None:
    world = lived(story)
    again = Replay(world.base)
    for number, (update, author, change) in enumerate(world.journal):
        if change is not None:
            again.add_undo(update, number, change)
        else:
            again.add(update, author)
    assert again.content() == world.replay.content() == content_in(world.server.notebook)
    everything = again.undone.after(Change(tuple(world.writes), undone=True))
    assert again.content(everything) == world.replay.content(everything)
