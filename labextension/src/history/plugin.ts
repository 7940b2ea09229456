import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, WidgetTracker } from '@jupyterlab/apputils';
import { IEditorServices } from '@jupyterlab/codeeditor';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { historyIcon } from '@jupyterlab/ui-components';
import { LuminaClient } from '../api';
import type { HistoryPanel } from './panel';

const SHOW = 'lumina:show-notebook-history';

/** The notebook's history: what it was, what changed since, and the way back. */
export const historyPlugin: JupyterFrontEndPlugin<void> = {
  id: 'lumina-jupyter:notebook-history',
  description: 'Shows what a notebook was, compares that with now, and restores a cell or all.',
  autoStart: true,
  requires: [INotebookTracker, IEditorServices],
  optional: [ICommandPalette, ILayoutRestorer, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    notebooks: INotebookTracker,
    editors: IEditorServices,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null,
    translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('lumina_jupyter');
    const { commands, shell } = app;
    const opened = new WidgetTracker<HistoryPanel>({ namespace: 'lumina-notebook-history' });
    let opening: Promise<HistoryPanel> | null = null;

    const open = async () => {
      const { HistoryPanel } = await import('./panel');
      const client = new LuminaClient(app.serviceManager.serverSettings);
      const panel = new HistoryPanel({ client, notebooks, editors }, trans);
      panel.disposed.connect(() => {
        opening = null;
      });
      await opened.add(panel);
      shell.add(panel, 'right', { rank: 870, type: 'Lumina Notebook History' });
      return panel;
    };
    commands.addCommand(SHOW, {
      label: args => (args['toolbar'] ? '' : trans.__('Show Notebook History')),
      caption: trans.__('What the notebook was, what changed since, and the way back'),
      icon: historyIcon,
      describedBy: {
        args: {
          type: 'object',
          properties: {
            toolbar: {
              type: 'boolean',
              description: trans.__('Whether it stands in a toolbar, as an icon alone')
            }
          }
        }
      },
      execute: async () => {
        opening ??= open();
        try {
          shell.activateById((await opening).id);
        } catch (error) {
          opening = null;
          throw error;
        }
      }
    });
    palette?.addItem({ command: SHOW, category: trans.__('Lumina') });
    void restorer?.restore(opened, { command: SHOW, name: () => 'history' });
  }
};
