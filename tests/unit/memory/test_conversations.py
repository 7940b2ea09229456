"""Conversations: nothing is lost, numbers have no gaps, and a notebook's history follows it."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from lumina_jupyter.errors import NotFound, StorageFailed
from lumina_jupyter.memory import Conversations, Log, NewEntry
from lumina_jupyter.memory.history import messages
from lumina_jupyter.storage import Database


def turn(name: str, question: str, answer: str, end: str = "message_finished") -> list[NewEntry]:
    entries = [NewEntry("question", {"text": question}, name), NewEntry("text_delta", {"text": answer}, name)]
    return [*entries, NewEntry(end, {"reason": "stop"}, name)]


async def history(database: Database, conversation: str, parent: str, tokens: int) -> list[str]:
    """What a model is shown again before a question that follows `parent`."""
    found = await database.read(
        lambda connection: messages(connection, conversation, parent, token_limit=tokens, sees=False)
    )
    return [f"{message.role}: {message.text}" for message in found]


async def test_everything_after_entry_n(tmp_path: Path) -> None:
    database = Database("", tmp_path)
    conversations = Conversations(database)
    conversation = await conversations.current("work/a.ipynb")
    log = Log(database)
    assert [entry.sequence for entry in await log.append(conversation, turn("t1", "one?", "1"))] == [1, 2, 3]
    added = await log.append(conversation, turn("t2", "two?", "2"))
    assert await log.after(conversation, 3) == added
    assert [entry.sequence for entry in await log.after(conversation, 2)] == [3, 4, 5, 6]
    assert await log.after(conversation, 6) == []
    (listed,) = await conversations.list("work/a.ipynb")
    assert (listed.title, listed.events, listed.current) == ("one?", 6, True)
    await database.close()


async def test_another_process_finds_the_conversation_again(tmp_path: Path) -> None:
    first, second = Database("", tmp_path), Database("", tmp_path)
    conversation = await Conversations(first).current("a.ipynb")
    await Log(first).append(conversation, turn("t", "kept?", "yes"))
    assert await Conversations(second).current("a.ipynb") == conversation
    assert await history(second, conversation, "t", 100) == ["user: kept?", "assistant: yes"]
    await first.close()
    await second.close()


async def test_reset_begins_anew_and_keeps_the_old(tmp_path: Path) -> None:
    database = Database("", tmp_path)
    conversations = Conversations(database)
    old = await conversations.current("a.ipynb")
    new = await conversations.begin_anew("a.ipynb")
    assert new != old
    assert await conversations.current("a.ipynb") == new
    assert {item.id: item.current for item in await conversations.list("a.ipynb")} == {old: False, new: True}
    await database.close()


async def test_deleting_leaves_nothing(tmp_path: Path) -> None:
    database = Database("", tmp_path)
    conversations = Conversations(database)
    conversation = await conversations.current("a.ipynb")
    log = Log(database)
    await log.append(conversation, turn("t", "a secret", "never mind"))
    await conversations.delete(conversation)
    with pytest.raises(NotFound):
        await log.after(conversation)
    with pytest.raises(NotFound):
        await log.append(conversation, turn("t", "more", "more"))
    from lumina_jupyter.storage.tables import conversation_events

    assert await database.run(lambda connection: connection.execute(conversation_events.select()).all()) == []
    await database.close()


async def test_a_renamed_folder_takes_its_notebooks_along(tmp_path: Path) -> None:
    database = Database("", tmp_path)
    conversations = Conversations(database)
    inside = await conversations.current("old_dir/a.ipynb")
    beside = await conversations.current("old_dir2/a.ipynb")
    similar = await conversations.current("oldXdir/a.ipynb")
    await conversations.rename_notebook("old_dir", "new")
    assert await conversations.current("new/a.ipynb") == inside
    assert await conversations.current("old_dir2/a.ipynb") == beside
    assert await conversations.current("oldXdir/a.ipynb") == similar
    await database.close()


async def test_broken_text_is_kept_as_far_as_it_is_text(tmp_path: Path) -> None:
    database = Database("", tmp_path)
    conversations = Conversations(database)
    conversation = await conversations.current("\ud800.ipynb")
    await Log(database).append(conversation, turn("t", "nul \0 and \udfff", "ok"))
    entries = await Log(database).after(conversation)
    assert entries[0].data["text"] == "nul \ufffd and ?"
    await database.close()


async def test_history_keeps_whole_turns_and_the_latest(tmp_path: Path) -> None:
    database = Database("", tmp_path)
    conversation = await Conversations(database).current("a.ipynb")
    entries = [*turn("a", "old " * 100, "x"), *turn("b", "new", "y"), NewEntry("question", {"text": "unanswered"}, "c")]
    await Log(database).append(conversation, entries)
    assert await history(database, conversation, "c", 50) == ["user: new", "assistant: y"]
    assert len(await history(database, conversation, "c", 500)) == 4
    assert await history(database, conversation, "c", 0) == []
    assert await history(database, conversation, "a", 500) == ["user: " + "old " * 100, "assistant: x"]
    await database.close()


WRITER = textwrap.dedent(
    """
    import asyncio, pathlib, sys
    from lumina_jupyter.memory import Conversations, Log, NewEntry
    from lumina_jupyter.storage import Database

    async def main():
        database = Database("", pathlib.Path(sys.argv[1]))
        conversation = await Conversations(database).current("a.ipynb")
        for number in range(int(sys.argv[2])):
            entry = NewEntry("text_delta", {"text": str(number)}, sys.argv[3])
            (added,) = await Log(database).append(conversation, [entry])
            print(added.sequence, flush=True)

    asyncio.run(main())
    """
)


def writer(folder: Path, count: int, name: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", WRITER, str(folder), str(count), name],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[3],
    )


async def test_kill_minus_nine_while_writing_loses_nothing_acknowledged(tmp_path: Path) -> None:
    process = writer(tmp_path, 100_000, "t")
    assert process.stdout is not None
    acknowledged = [int(process.stdout.readline()) for _ in range(40)]
    process.send_signal(signal.SIGKILL)
    acknowledged += [int(line) for line in process.stdout.read().split("\n")[:-1]]
    process.wait()
    database = Database("", tmp_path)
    conversations = Conversations(database)
    entries = await Log(database).after(await conversations.current("a.ipynb"), limit=1_000_000)
    sequences = [entry.sequence for entry in entries]
    assert sequences == list(range(1, len(sequences) + 1))
    assert set(acknowledged) <= set(sequences)
    await database.close()


async def test_three_processes_write_at_once(tmp_path: Path) -> None:
    await Conversations(Database("", tmp_path)).current("a.ipynb")
    processes = [writer(tmp_path, 60, f"t{number}") for number in range(3)]
    outputs = [process.communicate()[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0]
    given_out = sorted(int(line) for output in outputs for line in output.split())
    assert given_out == list(range(1, 181))


async def test_a_database_that_cannot_be_opened_says_so(tmp_path: Path) -> None:
    (tmp_path / "lumina.db").write_bytes(b"this is no database, and it is longer than a header" * 10)
    with pytest.raises(StorageFailed, match=r"lumina\.db") as caught:
        await Conversations(Database("", tmp_path)).current("a.ipynb")
    assert "doctor" in caught.value.hint


async def test_kernels_that_begin_at_once_share_one_conversation(tmp_path: Path) -> None:
    databases = [Database("", tmp_path) for _ in range(6)]
    await Conversations(databases[0]).current("other.ipynb")  # the tables are there
    for number in range(10):
        name = f"{number}.ipynb"
        begun = await asyncio.gather(*(Conversations(database).current(name) for database in databases))
        assert len(set(begun)) == 1
    for database in databases:
        await database.close()
