"""What was given to the agent stands in the conversation, whichever process brings its end."""

from __future__ import annotations

from pathlib import Path

from lumina_jupyter.events import MessageFinished, TextDelta
from lumina_jupyter.memory import Conversations, Log, Person, Viewer
from lumina_jupyter.memory.history import messages
from lumina_jupyter.memory.live import LiveConversations
from lumina_jupyter.memory.works import Works
from lumina_jupyter.storage import Database

ADA = Viewer(name="ada", person=Person(id="ada", name="Ada", initials="A"))
END = (TextDelta("Mended."), MessageFinished("stop"))


def works(database: Database) -> Works:
    """As a process has them that has just started."""
    return Works(database, LiveConversations(database, Log(database)))


async def test_work_that_outlived_a_process_has_one_end(tmp_path: Path) -> None:
    database = Database("", tmp_path)
    talk = await Conversations(database).current("a.ipynb")
    begun = works(database)
    await begun.begin(talk, "run_1", "Mend it", ADA, author="ada", parent=None, model="", persona="")
    await begun.begin(talk, "run_2", "And this", ADA, author="ada", parent="run_1", model="", persona="")
    later = works(database)
    await later.end(talk, "run_1", END)
    await later.end(talk, "run_1", END)
    await later.end(talk, "run_0", END)
    log = [(each.turn, each.kind, each.author) for each in await Log(database).after(talk)]
    assert log == [
        ("run_1", "question", "ada"),
        ("run_2", "question", "ada"),
        ("run_1", "text_delta", ""),
        ("run_1", "message_finished", ""),
    ]

    # A model that is asked next knows what was done.
    seen = await database.read(lambda each: messages(each, talk, "run_2", token_limit=100, sees=False))
    assert [(each.role, each.text) for each in seen] == [("user", "Mend it"), ("assistant", "Mended.")]
    await database.close()
