import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import type { CodeCell } from '@jupyterlab/cells';
import { IEditorServices } from '@jupyterlab/codeeditor';
import { INotebookTracker, type NotebookPanel } from '@jupyterlab/notebook';
import { ISettingRegistry } from '@jupyterlab/settingregistry';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { LuminaClient } from '../api';
import { IChat } from '../chat/tokens';
import { cellActions } from './actions';
import { addCommands, OPEN_ACTION_COMMANDS } from './commands';
import { FailedCells, type IErrorButton } from './failedCells';
import { Sessions } from './sessions';

const ID = 'lumina-jupyter:cell-actions';

/** What can be done with a cell: fix, edit, explain, document, test, optimise and continue it. */
export const cellActionsPlugin: JupyterFrontEndPlugin<void> = {
  id: ID,
  description: 'Fixes, edits, explains, documents, tests, optimises and continues cells.',
  autoStart: true,
  requires: [INotebookTracker, IEditorServices],
  optional: [ISettingRegistry, IChat, ICommandPalette, ITranslator],
  activate: async (
    app: JupyterFrontEnd,
    tracker: INotebookTracker,
    editors: IEditorServices,
    registry: ISettingRegistry | null,
    chat: IChat | null,
    palette: ICommandPalette | null,
    translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('lumina_jupyter');
    const { commands } = app;
    const client = new LuminaClient(app.serviceManager.serverSettings);
    const keyed = OPEN_ACTION_COMMANDS;
    const sessions = new Sessions({ client, commands, editors, trans, keyed });
    const actions = cellActions(trans);
    const preferences = { explainInChat: true, errorButtons: true };

    const ids = addCommands({
      commands,
      tracker,
      sessions,
      actions,
      trans,
      chat: () => (preferences.explainInChat ? chat : null)
    });
    for (const command of ids) {
      palette?.addItem({ command, category: trans.__('Lumina') });
    }

    const run = (id: string) => (cell: CodeCell) =>
      void commands.execute(id, { cell: cell.model.id });
    const buttons: IErrorButton[] = actions
      .filter(({ command }) => command === 'fix' || command === 'explain')
      .map(({ id, command, caption }) => ({
        label: command === 'fix' ? trans.__('Fix') : trans.__('Explain'),
        caption,
        press: run(id)
      }));
    const failed = new Map<NotebookPanel, FailedCells>();
    const follow = (panel: NotebookPanel) => {
      const cells = new FailedCells(
        panel,
        buttons,
        trans.__('What Lumina can do about this error')
      );
      cells.enabled = preferences.errorButtons;
      failed.set(panel, cells);
      panel.disposed.connect(() => failed.delete(panel));
    };
    tracker.forEach(follow);
    tracker.widgetAdded.connect((_, panel) => follow(panel));

    const settings = await registry?.load(ID);
    if (settings) {
      const read = () => {
        preferences.explainInChat = settings.get('explainInChat').composite !== false;
        preferences.errorButtons = settings.get('errorButtons').composite !== false;
        failed.forEach(cells => (cells.enabled = preferences.errorButtons));
      };
      settings.changed.connect(read);
      read();
    }
  }
};
