"""The database: transactions that run in a thread of their own, never on the event loop."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from ..errors import DiskFull, LuminaError, StorageFailed
from .folders import private_folder

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine

T = TypeVar("T")

SCHEMA_VERSION = "0007"
"""The newest migration; a database that says so is opened without loading Alembic."""

LOCK_TIMEOUT = 15.0
"""Seconds to wait while another process (a second kernel, the command line) writes."""

READERS = 2
"""Threads that read SQLite beside the one that writes: who reads long keeps no answer from being kept."""

_READ = "lumina_read"


class Database:
    """Opened on first use; migrated then if it is older than the code.

    SQLite gets one writer thread, write-ahead logging and `synchronous=FULL`: what a transaction
    has acknowledged survives a killed process and a lost machine. What is deleted is overwritten.

    Args:
        url: SQLAlchemy URL; empty for SQLite in `folder`.
        folder: The data folder.
    """

    def __init__(self, url: str, folder: Path) -> None:
        self._folder = folder
        self._url = url or f"sqlite:///{folder / 'lumina.db'}"
        self._is_sqlite = self._url.startswith("sqlite")
        self._executor = ThreadPoolExecutor(1 if self._is_sqlite else 4, thread_name_prefix="lumina-db")
        self._readers = ThreadPoolExecutor(READERS, thread_name_prefix="lumina-db-read")
        self._opening = threading.Lock()
        self._engine: Engine | None = None
        self._closed = False

    async def run(self, work: Callable[[Connection], T]) -> T:
        """Run `work` in one transaction: committed when it returns, rolled back when it raises.

        The transaction is carried through even if the caller is cancelled meanwhile.

        Raises:
            DiskFull: when there is no room; nothing of this transaction is kept.
            StorageFailed: when the database cannot be opened, read or written.
        """
        return await self._in(self._executor, self._run, work, False)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Run `work`, which only reads, on one snapshot of the data; waits for no writer.

        Raises:
            StorageFailed: when the database cannot be opened or read.
        """
        return await self._in(self._readers, self._run, work, True)

    async def erase(self) -> bool:
        """After a deletion: take what was deleted out of SQLite's journal as well.

        Returns:
            Whether nothing of it is left there; False while somebody still reads from the journal.
        """
        return await self._in(self._executor, self._erase)

    async def _in(self, executor: ThreadPoolExecutor, work: Callable[..., T], *given: Any) -> T:
        if self._closed:
            raise StorageFailed("The database is closed: Lumina is being shut down.")
        loop = asyncio.get_running_loop()
        return await asyncio.shield(loop.run_in_executor(executor, work, *given))

    def _run(self, work: Callable[[Connection], T], reads: bool) -> T:
        from sqlalchemy.exc import SQLAlchemyError

        try:
            with self._opened().connect().execution_options(**{_READ: reads}) as connection, connection.begin():
                return work(connection)
        except SQLAlchemyError as error:
            raise _database_error(error, self._url) from error

    def _erase(self) -> bool:
        if not self._is_sqlite:
            return True
        from sqlalchemy.exc import SQLAlchemyError

        try:
            # Below SQLAlchemy, which would begin a transaction: inside one there is no checkpoint.
            connection = self._opened().raw_connection()
            try:
                busy, _pages, _done = connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                connection.close()
        except (SQLAlchemyError, sqlite3.Error) as error:
            raise _database_error(error, self._url) from error
        return not busy

    def _opened(self) -> Engine:
        with self._opening:
            if self._engine is None:
                self._engine = self._open()
            return self._engine

    def _open(self) -> Engine:
        from sqlalchemy import create_engine, event

        if not self._is_sqlite:
            engine = create_engine(self._url, pool_pre_ping=True)
        else:
            private_folder(self._folder)
            engine = create_engine(self._url, connect_args={"timeout": LOCK_TIMEOUT})
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_immediate)
        try:
            with engine.begin() as connection:
                _migrate(connection)
        except BaseException:
            engine.dispose()
            raise
        return engine

    async def close(self) -> None:
        """Wait for the transactions under way, then close."""
        self._closed = True
        for executor in (self._readers, self._executor):
            await asyncio.to_thread(executor.shutdown, wait=True)
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    # SQLAlchemy shall say BEGIN, so that a transaction takes the write lock at once (see below).
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        f"busy_timeout={int(LOCK_TIMEOUT * 1e3)}",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_immediate(connection: Connection) -> None:
    # A transaction that reads first and writes later fails at once when another process wrote in
    # between, however long the timeout is; taking the write lock at its beginning waits instead.
    connection.exec_driver_sql("BEGIN" if connection.get_execution_options().get(_READ) else "BEGIN IMMEDIATE")


def _migrate(connection: Connection) -> None:
    from sqlalchemy import inspect, text

    if inspect(connection).has_table("alembic_version"):
        version = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        if version == SCHEMA_VERSION:
            return
        if version is not None and str(version) > SCHEMA_VERSION:
            raise StorageFailed(
                f"The database was made by a newer Lumina (version {version} of its tables).",
                hint="Upgrade with: pip install --upgrade lumina-jupyter",
            )
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _database_error(error: Exception, url: str) -> LuminaError:
    text = str(getattr(error, "orig", error))
    if "full" in text and "disk" in text:
        return DiskFull("The database cannot be written: the disk is full.")
    # The URL may hold a password; its last part tells enough.
    return StorageFailed(f"The database {url.rsplit('/', 1)[-1]} cannot be used: {text}.")
