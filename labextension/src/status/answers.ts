import type { INotebookTracker } from '@jupyterlab/notebook';
import { NotebookActions } from '@jupyterlab/notebook';
import type { IPanelModel } from '../chat/model/panelModel';

/** Calls back whenever a cell that may have asked a model has run. */
export function afterCells(notebooks: INotebookTracker | null, answered: () => void): void {
  if (notebooks) {
    NotebookActions.executed.connect((_, { cell }) => {
      if (/^\s*%{1,2}lumina\b/m.test(cell.model.sharedModel.getSource())) {
        answered();
      }
    });
  }
}

/** Calls back whenever an answer in the chat panel has ended; as long as the panel lives. */
export function afterTurns(
  model: Pick<IPanelModel, 'getSnapshot' | 'subscribe'>,
  answered: () => void
): void {
  let store = model.getSnapshot().conversation;
  let running = store?.getSnapshot().running ?? [];
  let leave: (() => void) | undefined;
  const look = () => {
    const now = store?.getSnapshot().running ?? [];
    const ended = running.some(turn => !now.includes(turn));
    running = now;
    if (ended) {
      answered();
    }
  };
  const follow = () => {
    const { conversation } = model.getSnapshot();
    if (conversation !== store || !leave) {
      leave?.();
      store = conversation;
      // Turns of the conversation before go on: that they are out of sight says nothing of them.
      running = store?.getSnapshot().running ?? [];
      leave = store?.subscribe(look) ?? (() => undefined);
    }
    look();
  };
  model.subscribe(follow);
  follow();
}
