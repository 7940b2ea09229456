import type { ISharedCell } from '@jupyter/ydoc';
import { editsBetween } from './rebase';

/**
 * Give a cell a new source as one change that undo takes back alone, touching only what differs.
 *
 * It goes through the shared model, so that people who edit the same cell keep their place.
 */
export function setSource(cell: ISharedCell, source: string): void {
  const edits = editsBetween(cell.getSource(), source);
  if (!edits.length) {
    return;
  }
  // What was typed right before or is typed right after would otherwise be one step with it.
  stopCapturing(cell);
  cell.transact(() => {
    for (const { from, to, insert } of edits.reverse()) {
      cell.updateSource(from, to, insert);
    }
  });
  stopCapturing(cell);
}

function stopCapturing(cell: ISharedCell): void {
  const { undoManager } = cell as { undoManager?: { stopCapturing(): void } | null };
  undoManager?.stopCapturing();
}
