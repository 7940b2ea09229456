import type { Proposal, ProposedChange } from '../agent/tokens';

/** One change of a proposal, and where in the notebook it is shown. */
export interface IEntry {
  readonly key: string;
  readonly proposal: Proposal;
  readonly change: ProposedChange;
  /** The cell that it is shown in; null when that is gone, or when an earlier proposal is shown there. */
  readonly host: string | null;
  /** In place of the cell's editor, above or below all of the cell. */
  readonly place: 'instead' | 'above' | 'below';
}

/**
 * What is left to decide, in the order of the notebook.
 *
 * A cell shows one change of it at a time: another proposal for the same cell waits until that is decided.
 *
 * @param cells - The ids of the notebook's cells.
 */
export function entriesOf(proposals: readonly Proposal[], cells: readonly string[]): IEntry[] {
  const taken = new Set<string>();
  const found = proposals.flatMap(proposal =>
    proposal.changes
      .filter(({ state }) => state === 'open' || state === 'stale')
      .map(change => {
        const { host, place } = placeOf(change, cells);
        const free = change.kind === 'insert' || !taken.has(change.cell);
        taken.add(change.cell);
        const key = `${proposal.id} ${change.cell}`;
        return { key, proposal, change, host: free ? host : null, place };
      })
  );
  const rank = ({ host, place }: IEntry) =>
    host === null ? Infinity : cells.indexOf(host) + RANK[place];
  // The sort keeps what is equal in its order: several new cells below one stay as they were proposed.
  return found.sort((one, other) => rank(one) - rank(other) || 0);
}

const RANK = { above: -0.2, instead: 0, below: 0.2 };

function placeOf(change: ProposedChange, cells: readonly string[]): Pick<IEntry, 'host' | 'place'> {
  if (change.kind === 'insert') {
    const { after } = change;
    return after !== null && cells.includes(after)
      ? { host: after, place: 'below' }
      : { host: cells[0] ?? null, place: 'above' };
  }
  const host = cells.includes(change.cell) ? change.cell : null;
  return { host, place: change.kind === 'edit' ? 'instead' : 'above' };
}

/** How many entries can be accepted, and how many no longer fit. */
export function countOf(entries: readonly IEntry[]): { open: number; stale: number } {
  const open = entries.filter(({ change }) => change.state === 'open').length;
  return { open, stale: entries.length - open };
}
