import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette, IToolbarWidgetRegistry } from '@jupyterlab/apputils';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { Menu } from '@lumino/widgets';
import { LuminaClient } from '../api';
import { addStopCommand, addUndoCommands, CommandIDs, UNDO_COMMANDS } from './commands';
import { CellMarks } from './marks';
import { PageRequests } from './requests';
import { AgentItem } from './toolbar';
import { INotebookEvents } from './tokens';
import { AgentWatch } from './watch';

/** Opens the panel that tells all of it. */
const SHOW_ACTIVITY = 'lumina:show-activity';

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
    const services = { commands, tracker, events, client, trans };
    const watches = new WeakMap<NotebookPanel, AgentWatch>();
    const watchOf = (panel: NotebookPanel) => {
      const watch = watches.get(panel) ?? new AgentWatch(panel, events);
      watches.set(panel, watch);
      return watch;
    };
    addStopCommand(services, watchOf);
    new PageRequests(services);
    for (const command of [...addUndoCommands(services), CommandIDs.stop]) {
      palette?.addItem({ command, category: trans.__('Lumina') });
    }
    const mark = (panel: NotebookPanel) => {
      const watch = watchOf(panel);
      watch.changed.connect(() => commands.notifyCommandChanged(CommandIDs.stop));
      return new CellMarks(panel, watch, trans);
    };
    tracker.forEach(mark);
    tracker.widgetAdded.connect((_, panel) => void mark(panel));
    const menu = (button: HTMLElement) => {
      const items = new Menu({ commands });
      for (const command of UNDO_COMMANDS) {
        if (commands.isEnabled(command)) {
          items.addItem({ command });
        }
      }
      const { left, bottom } = button.getBoundingClientRect();
      items.open(left, bottom);
    };
    toolbars?.addFactory<NotebookPanel>('Notebook', 'lumina-agent', panel => {
      const undo = () => void commands.execute(CommandIDs.undoStep);
      const stop = () => void commands.execute(CommandIDs.stop);
      const show = async (run: string) => void (await commands.execute(SHOW_ACTIVITY, { run }));
      return new AgentItem(panel, events, watchOf(panel), { undo, stop, show, menu }, trans);
    });
    events.changed.connect(() => commands.notifyCommandChanged(CommandIDs.undoStep));
  }
};
