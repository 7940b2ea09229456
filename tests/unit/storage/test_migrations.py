"""A database of an earlier Lumina: what is in it stays, and is open to those to whom it was."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

import lumina_jupyter.storage
from lumina_jupyter.memory import Conversations, Log
from lumina_jupyter.storage import Database


def database_of(folder: Path, revision: str) -> None:
    """Make a database as the Lumina of that revision did."""
    config = Config()
    config.set_main_option("script_location", str(Path(lumina_jupyter.storage.__file__).parent / "migrations"))
    engine = create_engine(f"sqlite:///{folder / 'lumina.db'}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()


async def test_a_database_of_the_first_version(tmp_path: Path) -> None:
    database_of(tmp_path, "0001")
    with sqlite3.connect(tmp_path / "lumina.db") as old:
        old.execute("INSERT INTO conversations VALUES ('conv_1', 'a.ipynb', 'Old', '', 1.0, 2.0, 1)")
        for sequence, kind, data in ((1, "question", '{"text": "one?"}'), (2, "text_delta", '{"text": "1"}')):
            row = ("conv_1", sequence, 1.0, "req_1", "", kind, data)
            old.execute("INSERT INTO conversation_events VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    database = Database("", tmp_path)
    (found,) = await Conversations(database).list("a.ipynb")
    assert (found.id, found.title, found.shared, found.current, found.events) == ("conv_1", "Old", True, True, 2)
    assert await Conversations(database).current("a.ipynb") == "conv_1"
    assert [entry.data["text"] for entry in await Log(database).after("conv_1")] == ["one?", "1"]
    await database.close()
