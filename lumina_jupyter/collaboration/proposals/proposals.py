"""An agent's changes that people decide on: accepted or refused by hunk, by cell or as a whole.

A proposal is kept in the database and touches no notebook until somebody accepts something of it. It is no fork of a
live room: those live in memory alone, are gone with the server, and can only be merged as a whole.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime
from secrets import token_hex
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from ...errors import AlreadyDecided, CellChanged, CellGone, InvalidBody, ProposalStale
from ...storage import Database
from ..document.cell import Notebook
from .drafts import changes_of
from .hunks import applied
from .proposal import Change, Decided, Decision, Draft, Origin, Proposal, ProposedChange, Record, Verdict
from .proposal_store import ProposalStore
from .proposal_writing import write
from .standing import standing, standing_change

if TYPE_CHECKING:
    from ..document.document import NotebookDocument

TRIES = 5
"""How often a change is written anew when somebody types into its cell at the very same time."""

Open = Callable[[str], Awaitable["NotebookDocument"]]
"""Opens the notebook at a path."""


class Proposals:
    """The proposals of all notebooks.

    Args:
        database: Where they are kept.
        open_notebook: Opens the notebook at a path.
        changed: Told a notebook's key when something about its proposals has changed.
    """

    def __init__(self, database: Database, open_notebook: Open, changed: Callable[[str], None]) -> None:
        self._store = ProposalStore(database)
        self._open = open_notebook
        self._changed = changed
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def propose(self, path: str, origin: Origin, drafts: Sequence[Draft]) -> Proposal:
        """Hand in a proposal for a notebook.

        Raises:
            InvalidBody: when there is nothing to change, or a draft contradicts another.
            CellChanged: when a cell is not as the author read it any more.
            CellGone: when a cell is not there.
        """
        document = await self._open(path)
        notebook = await document.read()
        now = time.time()
        record = Record(
            id=f"prop_{token_hex(8)}",
            notebook=document.key,
            path=path,
            run=origin.run,
            author=origin.author,
            model=origin.model,
            user=origin.user,
            reason=origin.reason,
            created_at=now,
            updated_at=now,
            changes=changes_of(drafts, notebook),
        )
        await self._store.add(record)
        self._changed(record.notebook)
        return await asyncio.to_thread(standing, record, notebook)

    async def of_notebook(self, path: str, *, decided: bool = False) -> list[Proposal]:
        """The proposals for a notebook that something is left of, the oldest first; with `decided`, all."""
        document = await self._open(path)
        records = await self._store.of_notebook(document.key, decided=decided)
        if not records:
            return []
        notebook = await document.read()
        found = await asyncio.to_thread(lambda: [standing(record, notebook) for record in records])
        found = [replace(each, path=path) for each in found]
        return found if decided else [each for each in found if each.state in {"open", "stale"}]

    async def decide(self, proposal_id: str, path: str, verdict: Verdict) -> Proposal:
        """Accept or refuse something of a proposal, and write what is accepted into the notebook.

        Of a whole proposal all that fits is accepted; what does not is left, and the answer's `notice` says so.

        Raises:
            NotFound: when this notebook has no proposal of that id.
            AlreadyDecided: when somebody else was faster.
            ProposalStale: when nothing of what is meant fits any more.
        """
        document = await self._open(path)
        lock = self._locks.setdefault(document.key, asyncio.Lock())
        async with lock:
            record = await self._store.get(proposal_id, document.key)
            decided = await _Deciding(document, record, verdict).run()
            if not await self._store.put(decided):
                raise AlreadyDecided("Somebody else decided on this proposal at the same moment.")
        self._changed(document.key)
        notebook = await document.read()
        proposal = replace(await asyncio.to_thread(standing, decided, notebook), path=path)
        return replace(proposal, notice=_notice(proposal, verdict))


class _Deciding:
    """One decision, from the proposal as it was to what becomes of it."""

    def __init__(self, document: NotebookDocument, record: Record, verdict: Verdict) -> None:
        self._document = document
        self._record = record
        self._verdict = verdict
        self._decisions: list[Decision] = []

    async def run(self) -> Record:
        verdict = self._verdict
        meant = self._meant()
        fits = 0
        changes = {change.cell: change for change in self._record.changes}
        for change in meant:
            try:
                changes[change.cell] = await self._change(change)
            except ProposalStale:
                # A stale change is refused like any other, and never keeps the rest from being accepted.
                if verdict.cell:
                    raise
                continue
            fits += 1
        if not fits:
            raise ProposalStale("Nothing of this proposal fits the notebook any more.")
        return replace(
            self._record,
            changes=tuple(changes[each.cell] for each in self._record.changes),
            decisions=(*self._record.decisions, *self._decisions),
            version=self._record.version + 1,
            updated_at=time.time(),
        )

    def _meant(self) -> list[Change]:
        record, verdict = self._record, self._verdict
        if verdict.hunks is not None and not verdict.cell:
            raise InvalidBody("Hunks are decided in one cell: name it.", field="cell")
        named = [each for each in record.changes if not verdict.cell or each.cell == verdict.cell]
        if not named:
            raise InvalidBody(f"The proposal does not change the cell {verdict.cell}.", field="cell")
        if verdict.hunks is not None and named[0].kind != "edit":
            raise InvalidBody("This change has no hunks: decide it as a whole.", field="hunks")
        left = [each for each in named if each.state == "open"]
        if not left:
            raise self._lost(verdict.cell)
        return left

    async def _change(self, change: Change) -> Change:
        for _ in range(TRIES):
            notebook = await self._document.read()
            shown = standing_change(change, notebook)
            if self._verdict.accept and shown.state == "stale":
                raise ProposalStale(shown.stale)
            try:
                return await self._apply(change, shown, notebook)
            except (CellChanged, CellGone):
                continue  # somebody typed between reading and writing
        raise ProposalStale("The cell is being changed all the time.", hint="Try again in a moment.")

    async def _apply(self, change: Change, shown: ProposedChange, notebook: Notebook) -> Change:
        """Decide one change that fits, and write it where it is accepted; the change as it is kept from now on."""
        verdict = self._verdict
        chosen = self._chosen(shown)
        if verdict.accept:
            target = shown.proposed if chosen is None else applied(shown.base, shown.proposed, chosen)
            if shown.state != "accepted":  # else the notebook has it already
                await write(self._document, self._record, replace(shown, proposed=target), notebook, verdict.by)
            left = replace(change, accepted=True, base=target, proposed=shown.proposed)
        else:
            others = {each.id for each in shown.hunks} - set(chosen or ())
            target = shown.base if chosen is None else applied(shown.base, shown.proposed, others)
            left = replace(change, base=shown.base, proposed=target)
        hunks = tuple(chosen or ())
        self._decisions.append(
            Decision(at=time.time(), by=verdict.by, accepted=verdict.accept, cell=change.cell, hunks=hunks)
        )
        over = chosen is None or left.base == left.proposed
        # What a change was is worth knowing when it is over; only an edit's texts move on with its hunks.
        left = left if change.kind == "edit" else replace(change, accepted=left.accepted)
        return replace(left, state=self._outcome(left)) if over else left

    def _outcome(self, change: Change) -> Decided:
        if not change.accepted:
            return "refused"
        refused = any(not each.accepted and each.cell == change.cell for each in self._all_decisions())
        return "partly" if refused else "accepted"

    def _chosen(self, shown: ProposedChange) -> Collection[str] | None:
        """The hunks that are meant; None for all that is left."""
        wanted = self._verdict.hunks
        if wanted is None or shown.kind != "edit":
            return None
        here = {each.id for each in shown.hunks}
        gone = [each for each in wanted if each not in here]
        if not wanted:
            raise InvalidBody("No hunk is named.", field="hunks")
        if gone:
            raise self._lost(shown.cell, gone)
        return wanted

    def _all_decisions(self) -> tuple[Decision, ...]:
        return (*self._record.decisions, *self._decisions)

    def _lost(self, cell: str, hunks: Sequence[str] = ()) -> AlreadyDecided:
        """Who was faster."""
        for each in reversed(self._record.decisions):
            about = (not cell or each.cell == cell) and (not hunks or not each.hunks or set(hunks) & set(each.hunks))
            if about:
                did = "accepted" if each.accepted else "refused"
                at = datetime.fromtimestamp(each.at).astimezone().strftime("%H:%M")
                return AlreadyDecided(f"{each.by or 'Somebody'} {did} this at {at}.")
        return AlreadyDecided("The cell was changed, and this change of it is another one now.")


def _notice(proposal: Proposal, verdict: Verdict) -> str:
    stale = [each for each in proposal.changes if each.state == "stale"]
    if not verdict.accept or verdict.cell or not stale:
        return ""
    many = f"{len(stale)} changes no longer fit and were" if len(stale) > 1 else "One change no longer fits and was"
    return f"{many} left as before: {stale[0].stale}"
