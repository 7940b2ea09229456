import { Notification } from '@jupyterlab/apputils';
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { INotebookEvents } from '../agent/tokens';
import { setSource } from '../cellActions/apply';
import { followFile, isLive, takeIn } from './takeIn';
import type { IConflict } from './threeWay';

/** Shows what Lumina writes to the files of open notebooks, where these are not edited together. */
export class FileFollower {
  constructor(
    tracker: INotebookTracker,
    private readonly events: INotebookEvents,
    private readonly trans: TranslationBundle
  ) {
    tracker.forEach(panel => void this.follow(panel));
    tracker.widgetAdded.connect((_, panel) => void this.follow(panel));
    events.changed.connect((_, panel) => void this.look(panel));
  }

  private async follow(panel: NotebookPanel): Promise<void> {
    await panel.context.ready;
    if (!panel.isDisposed && !isLive(panel)) {
      followFile(panel);
    }
  }

  /** Take in what was written, once for all of it. */
  private async look(panel: NotebookPanel): Promise<void> {
    if (this.busy.has(panel) || !this.isBehind(panel)) {
      return;
    }
    this.busy.add(panel);
    try {
      const seen = this.events.of(panel).file.last_modified;
      const conflicts = await takeIn(panel);
      this.tell(panel, conflicts);
      if (this.events.of(panel).file.last_modified !== seen) {
        window.setTimeout(() => void this.look(panel));
      }
    } catch (error) {
      // JupyterLab has told it; the next event tries again.
      console.warn('Lumina: the file of a notebook could not be read.', error);
    } finally {
      this.busy.delete(panel);
    }
  }

  private isBehind(panel: NotebookPanel): boolean {
    const { context } = panel;
    const written = this.events.of(panel).file.last_modified;
    const known = context.contentsModel?.last_modified;
    return (
      !panel.isDisposed &&
      context.isReady &&
      !isLive(panel) &&
      !!written &&
      !!known &&
      new Date(written).getTime() > new Date(known).getTime()
    );
  }

  private tell(panel: NotebookPanel, conflicts: readonly IConflict[]): void {
    if (!conflicts.length) {
      return;
    }
    const { trans } = this;
    const { widgets } = panel.content;
    const numbers = conflicts.map(
      ({ id }) => `#${widgets.findIndex(({ model }) => model.id === id) + 1}`
    );
    Notification.warning(
      trans._n(
        'Lumina changed cell %2, in which you have unsaved edits. Yours were kept.',
        'Lumina changed cells %2, in which you have unsaved edits. Yours were kept.',
        conflicts.length,
        numbers.join(', ')
      ),
      {
        autoClose: false,
        actions: [
          {
            label: trans.__('Take Lumina’s'),
            caption: trans.__('Replace your text; undo in the cell brings it back'),
            callback: () => takeTheirs(panel, conflicts)
          }
        ]
      }
    );
  }

  private readonly busy = new WeakSet<NotebookPanel>();
}

function takeTheirs(panel: NotebookPanel, conflicts: readonly IConflict[]): void {
  const { sharedModel } = panel.context.model;
  for (const { id, theirs } of conflicts) {
    const at = sharedModel.cells.findIndex(cell => cell.getId() === id);
    if (at >= 0 && theirs === null) {
      sharedModel.deleteCell(at);
    } else if (at >= 0) {
      setSource(sharedModel.cells[at]!, theirs!);
    }
  }
}
