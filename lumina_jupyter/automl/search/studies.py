"""Where Optuna keeps its studies: in a journal in the experiment's folder, or in a storage that several searches share.

Searches of the same table, target, metric and folds learn from each other there; each knows its own trials by their owner.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lumina_jupyter.errors import SettingUnusable

if TYPE_CHECKING:
    import optuna

    from ..experiment.problem import Problem

JOURNAL = "journal.log"
OWNER = "lumina_search"
"""The attribute of Optuna's trials that names the search that asked for them, in a shared storage."""
UNOWNED = datetime.timedelta(minutes=1)
"""A trial that runs for so long and says of no search that it is its own was begun by one that died in that moment."""


class Studies:
    """The studies of a search.

    Args:
        folder: The experiment's folder.
        shared: The storage that is shared with others, as `open_storage` gives it; None for the folder's own journal.
        group: Names what searches have in common that learn from each other.
        owner: Names this search among them.
        warn: Is told when a shared storage can't be used any more.
    """

    def __init__(
        self,
        folder: Path,
        shared: Any = None,
        *,
        group: str = "",
        owner: str = "",
        warn: Callable[[str], None] = lambda text: None,
    ) -> None:
        self._folder = folder
        self._storage = shared
        self._group = group
        self._owner = owner if shared is not None else ""
        self._warn = warn
        self._journal: Any = None

    @property
    def owner(self) -> str:
        """The name of this search in a shared storage; empty where all trials are its own."""
        return self._owner

    def open(self, family: str, sampler: optuna.samplers.BaseSampler) -> optuna.Study:
        """A family's study; what this search has left running in it when it died has failed."""
        import optuna

        with quiet():
            study = optuna.create_study(
                study_name=f"lumina {self._group} {family}" if self._owner else family,
                storage=self._storage if self._storage is not None else self._own_journal(),
                sampler=sampler,
                direction="maximize",
                load_if_exists=True,
            )
            for left in study.get_trials(deepcopy=False, states=(optuna.trial.TrialState.RUNNING,)):
                if self._is_left(left):
                    # Its process has died: what it had is in our own records, or lost.
                    study.tell(left.number, state=optuna.trial.TrialState.FAIL)
        return study

    def owns(self, trial: optuna.trial.FrozenTrial) -> bool:
        """Whether a trial was asked for by this search."""
        return not self._owner or trial.user_attrs.get(OWNER) == self._owner

    def abandon(self, error: Exception) -> bool:
        """Go on with a journal of one's own when this was the shared storage's fault. Returns whether it was."""
        if not self._owner or not _is_storages(error):
            return False
        self._storage, self._owner = None, ""
        self._warn(
            f"The shared storage can't be used any more ({_first_line(error)}): this search goes on with a journal of its own."
        )
        return True

    def _own_journal(self) -> Any:
        """One for all families: each storage that reads a journal holds all that is in it."""
        if self._journal is None:
            self._journal = _journal(self._folder / JOURNAL)
        return self._journal

    def _is_left(self, trial: optuna.trial.FrozenTrial) -> bool:
        if self._owner and OWNER not in trial.user_attrs:
            began = trial.datetime_start
            return began is not None and datetime.datetime.now() - began > UNOWNED  # noqa: DTZ005 - as Optuna has it
        return self.owns(trial)


def open_storage(asked: Any) -> Any:
    """A storage that is shared: of a database's URL, or of the path of a journal's file. None when nothing is asked for.

    Raises:
        SettingUnusable: when it can't be opened, or its URL holds a password.
    """
    if asked is None:
        return None
    if not isinstance(asked, str) or not asked:
        raise SettingUnusable(
            f"storage={asked!r} is neither a database's URL nor the path of a file.",
            hint='As "postgresql://user@host/name", or "/shared/proposals.log".',
        )
    if "://" not in asked:
        path = Path(asked).expanduser()
        if not path.parent.is_dir():
            raise SettingUnusable(
                f"storage={asked!r}: there is no folder {str(path.parent)!r}.", hint="Make it first, or name another."
            )
        return _journal(path)
    import sqlalchemy

    try:
        url = sqlalchemy.make_url(asked)
    except sqlalchemy.exc.ArgumentError:
        raise SettingUnusable(
            "`storage` is no URL of a database.", hint='As "postgresql://user@host/name", or "sqlite:////path/file.db".'
        ) from None
    if url.password or any("pass" in name.lower() or name.lower() == "pwd" for name in url.query):
        raise SettingUnusable(
            "The URL in `storage` holds a password, which the experiment would keep and notebooks would show.",
            hint="Leave it out, and give it in PGPASSWORD or in the database's own password file (~/.pgpass).",
        )
    import optuna

    with quiet():
        for turn in (1, 2):
            try:
                return optuna.storages.RDBStorage(asked, engine_kwargs={"pool_pre_ping": True})
            except ImportError as missing:
                raise SettingUnusable(
                    f"The database in `storage` needs a driver that is not installed: {missing.name}.",
                    hint=f"Install it with: pip install {missing.name}",
                ) from missing
            except (sqlalchemy.exc.SQLAlchemyError, RuntimeError) as error:
                # Another search may have made the tables in that moment.
                if turn == 2 or isinstance(error, RuntimeError):
                    raise SettingUnusable(
                        f"The database in `storage` can't be used: {_first_line(error)}",
                        hint="See whether it runs, and whether you may create tables in it.",
                    ) from error
    return None


def group_of(problem: Problem, data_hash: str, metric: str) -> str:
    """What searches have in common whose scores can be compared: rows, target, metric and folds."""
    total = hashlib.sha256(json.dumps([data_hash, metric, problem.task.kind]).encode())
    for fold in problem.validation.folds:
        total.update(fold.train.tobytes() + b"/" + fold.test.tobytes())
    return total.hexdigest()[:16]


@contextmanager
def quiet() -> Iterator[None]:
    """Without Optuna's warnings that parts of it are experimental."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _journal(path: Path) -> Any:
    import optuna
    from optuna.storages.journal import JournalFileBackend

    with quiet():
        return optuna.storages.JournalStorage(JournalFileBackend(str(path)))


def _is_storages(error: Exception) -> bool:
    import sqlalchemy
    from optuna.exceptions import StorageInternalError

    return isinstance(error, StorageInternalError | sqlalchemy.exc.SQLAlchemyError | OSError)


def _first_line(error: Exception) -> str:
    cause = error.__cause__ if isinstance(error.__cause__, Exception) else error
    return (str(cause).strip().splitlines() or [type(cause).__name__])[0][:200]
