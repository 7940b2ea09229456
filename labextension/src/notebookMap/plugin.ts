import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, ISessionContextDialogs, WidgetTracker } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { LuminaClient } from '../api';
import { notebookMapIcon } from './icon';
import type { NotebookMapPanel } from './panel';

const SHOW = 'lumina:show-notebook-map';

/** The notebook map: what is stale, and what to run again. */
export const notebookMapPlugin: JupyterFrontEndPlugin<void> = {
  id: 'lumina-jupyter:notebook-map',
  description: 'Shows which cells of a notebook are stale, why, and which to run again.',
  autoStart: true,
  requires: [INotebookTracker],
  optional: [ICommandPalette, ILayoutRestorer, ISessionContextDialogs, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    notebooks: INotebookTracker,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null,
    dialogs: ISessionContextDialogs | null,
    translator: ITranslator | null
  ) => {
    const texts = translator ?? nullTranslator;
    const trans = texts.load('lumina_jupyter');
    const { commands, shell } = app;
    const opened = new WidgetTracker<NotebookMapPanel>({ namespace: 'lumina-notebook-map' });
    let opening: Promise<NotebookMapPanel> | null = null;

    const open = async () => {
      const { NotebookMapPanel } = await import('./panel');
      const client = new LuminaClient(app.serviceManager.serverSettings);
      const panel = new NotebookMapPanel({ client, notebooks, dialogs, translator: texts }, trans);
      panel.disposed.connect(() => {
        opening = null;
      });
      await opened.add(panel);
      shell.add(panel, 'right', { rank: 860, type: 'Lumina Notebook Map' });
      return panel;
    };
    commands.addCommand(SHOW, {
      label: trans.__('Show Notebook Map'),
      caption: trans.__('Which cells are stale and why, and which to run again'),
      icon: notebookMapIcon,
      describedBy: { args: { type: 'object', properties: {} } },
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
    void restorer?.restore(opened, { command: SHOW, name: () => 'map' });
  }
};
