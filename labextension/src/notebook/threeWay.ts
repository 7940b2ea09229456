import type * as nbformat from '@jupyterlab/nbformat';
import { JSONExt, type PartialJSONValue } from '@lumino/coreutils';

/** A cell in a form in which two can be compared. */
export type MergeCell = nbformat.ICell & { id: string; source: string };

/** A cell that both sides changed in the same part: this page's was kept. */
export interface IConflict {
  readonly id: string;
  /** The text of the other side; null when that took the cell away. */
  readonly theirs: string | null;
}

export interface IMergedCells {
  readonly cells: MergeCell[];
  readonly conflicts: IConflict[];
}

/** What of a cell is merged by itself: outputs belong to the count of the execution that they are of. */
const PARTS: readonly (readonly string[])[] = [
  ['source'],
  ['cell_type'],
  ['outputs', 'execution_count'],
  ['metadata'],
  ['attachments']
];

/** The cells of a notebook's content, each with an id and its text in one piece; trust is a matter of the page. */
export function mergeCells(content: nbformat.INotebookContent): MergeCell[] {
  return content.cells.map(cell => {
    const { trusted: _, ...metadata } = cell.metadata as Record<string, unknown>;
    return {
      ...cell,
      id: String((cell as { id?: unknown }).id ?? ''),
      source: Array.isArray(cell.source) ? cell.source.join('') : cell.source,
      metadata
    } as MergeCell;
  });
}

/**
 * What comes of a page with unsaved edits when its file is written by somebody else meanwhile.
 *
 * Each cell for itself: what only one side changed is taken from there, and where both did, the page's stays.
 */
export function mergeThreeWays(
  base: readonly MergeCell[],
  mine: readonly MergeCell[],
  theirs: readonly MergeCell[]
): IMergedCells {
  const [before, here, there] = [base, mine, theirs].map(byId) as [CellsById, CellsById, CellsById];
  const conflicts: IConflict[] = [];
  const merged = new Map<string, MergeCell>();
  for (const id of new Set([...here.keys(), ...there.keys()])) {
    const [b, m, t] = [before.get(id), here.get(id), there.get(id)];
    if (m && t) {
      const { cell, clash } = mergeCell(b, m, t);
      merged.set(id, cell);
      if (clash) {
        conflicts.push({ id, theirs: t.source });
      }
    } else if (m && (!b || !same(b, m))) {
      merged.set(id, m);
      if (b) {
        conflicts.push({ id, theirs: null });
      }
    } else if (t && (!b || !same(b, t))) {
      // What was deleted here unread is not deleted.
      merged.set(id, t);
    }
  }
  return { cells: inOrder(base, mine, theirs, merged), conflicts };
}

type CellsById = ReadonlyMap<string, MergeCell>;

function byId(cells: readonly MergeCell[]): CellsById {
  return new Map(cells.map(cell => [cell.id, cell]));
}

function mergeCell(base: MergeCell | undefined, mine: MergeCell, theirs: MergeCell) {
  const cell: Record<string, unknown> = { ...mine };
  let clash = false;
  for (const part of PARTS) {
    const [b, m, t] = [base, mine, theirs].map(each => part.map(name => each?.[name]));
    if (!same(m, t) && same(m, b)) {
      for (const name of part) {
        cell[name] = theirs[name];
      }
    } else if (part[0] === 'source') {
      clash = !same(m, t) && !same(t, b);
    }
  }
  return { cell: cell as unknown as MergeCell, clash };
}

/** The order of the side that changed it, this page's first; cells of the other one stand behind those that they stood behind. */
function inOrder(
  base: readonly MergeCell[],
  mine: readonly MergeCell[],
  theirs: readonly MergeCell[],
  merged: ReadonlyMap<string, MergeCell>
): MergeCell[] {
  const ids = (cells: readonly MergeCell[], among: readonly MergeCell[]) =>
    cells.map(({ id }) => id).filter(id => among.some(each => each.id === id));
  const moved = !same(ids(mine, base), ids(base, mine));
  const [first, second] = moved ? [mine, theirs] : [theirs, mine];
  const order = first.map(({ id }) => id).filter(id => merged.has(id));
  let behind = -1;
  for (const { id } of second) {
    const at = order.indexOf(id);
    if (at >= 0) {
      behind = at;
    } else if (merged.has(id)) {
      order.splice(++behind, 0, id);
    }
  }
  return order.map(id => merged.get(id)!);
}

function same(one: unknown, other: unknown): boolean {
  return JSONExt.deepEqual((one ?? null) as PartialJSONValue, (other ?? null) as PartialJSONValue);
}
