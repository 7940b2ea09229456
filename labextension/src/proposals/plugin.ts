import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IEditorServices } from '@jupyterlab/codeeditor';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { LuminaClient } from '../api';
import { INotebookEvents } from '../agent/tokens';
import { addCommands } from './commands';
import type { Reviewing } from './reviewing';

const ID = 'lumina-jupyter:proposals';

/** What agents propose for a notebook, shown in its cells and decided there. */
export const proposalsPlugin: JupyterFrontEndPlugin<void> = {
  id: ID,
  description:
    'Shows what agents propose for a notebook as diffs in its cells, to be accepted or refused.',
  autoStart: true,
  requires: [INotebookTracker, INotebookEvents, IEditorServices],
  optional: [ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    tracker: INotebookTracker,
    events: INotebookEvents,
    editors: IEditorServices,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('lumina_jupyter');
    const { commands } = app;
    const client = new LuminaClient(app.serviceManager.serverSettings);
    const open = new Map<NotebookPanel, Reviewing | null>();

    events.changed.connect(async (_, panel) => {
      if (open.has(panel) || !events.of(panel).proposals.length) {
        return;
      }
      open.set(panel, null);
      panel.disposed.connect(() => open.delete(panel));
      try {
        const { Reviewing } = await import('./reviewing');
        if (!panel.isDisposed) {
          open.set(panel, new Reviewing(panel, { client, events, editors, trans }));
          commands.notifyCommandChanged();
        }
      } catch (error) {
        // It is tried again when the server next tells of something.
        open.delete(panel);
        throw error;
      }
    });
    const current = () => (tracker.currentWidget && open.get(tracker.currentWidget)) || null;
    for (const command of addCommands(commands, current, trans)) {
      palette?.addItem({ command, category: trans.__('Lumina') });
    }
  }
};
