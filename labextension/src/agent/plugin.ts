import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, IToolbarWidgetRegistry } from '@jupyterlab/apputils';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { Menu } from '@lumino/widgets';
import { LuminaClient } from '../api';
import { addUndoCommands, CommandIDs } from './commands';
import { AgentItem } from './toolbar';
import { INotebookEvents } from './tokens';

/** What an agent does in a notebook, and the way back from what it did. */
export const agentPlugin: JupyterFrontEndPlugin<void> = {
  id: 'lumina-jupyter:agent',
  description: 'Shows what an agent does in a notebook, and undoes what it did there.',
  autoStart: true,
  requires: [INotebookTracker, INotebookEvents],
  optional: [IToolbarWidgetRegistry, ICommandPalette, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    tracker: INotebookTracker,
    events: INotebookEvents,
    toolbars: IToolbarWidgetRegistry | null,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('lumina_jupyter');
    const { commands } = app;
    const client = new LuminaClient(app.serviceManager.serverSettings);
    for (const command of addUndoCommands({ commands, tracker, events, client, trans })) {
      palette?.addItem({ command, category: trans.__('Lumina') });
    }
    const menu = (button: HTMLElement) => {
      const items = new Menu({ commands });
      for (const command of Object.values(CommandIDs)) {
        if (commands.isEnabled(command)) {
          items.addItem({ command });
        }
      }
      const { left, bottom } = button.getBoundingClientRect();
      items.open(left, bottom);
    };
    toolbars?.addFactory<NotebookPanel>('Notebook', 'lumina-agent', panel => {
      const undo = () => void commands.execute(CommandIDs.undoStep);
      return new AgentItem(panel, events, { undo, menu }, trans);
    });
    events.changed.connect(() => commands.notifyCommandChanged(CommandIDs.undoStep));
  }
};
