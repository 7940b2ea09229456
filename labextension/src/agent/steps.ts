import type { Step } from './tokens';

/** What can be undone and redone now. */
export interface IUndoable {
  /** The last step that is not undone. */
  readonly undo: Step | null;
  /** How many steps of its run are not undone. */
  readonly ofRun: number;
  /** The step that comes back first. */
  readonly redo: Step | null;
}

/** What can be undone and redone of an agent's steps, the oldest first. */
export function undoable(steps: readonly Step[]): IUndoable {
  const done = steps.filter(({ undone }) => !undone);
  const undo = done[done.length - 1] ?? null;
  const after = undo ? steps.slice(steps.indexOf(undo) + 1) : steps;
  return {
    undo,
    ofRun: undo ? done.filter(({ run }) => run === undo.run).length : 0,
    redo: after[0] ?? null
  };
}

/** Whether an agent did something to a cell that is not undone. */
export function touched(steps: readonly Step[], cell: string): boolean {
  return steps.some(({ cells, undone_cells }) => cell in cells && !undone_cells.includes(cell));
}
