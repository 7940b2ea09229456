import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette, ISessionContextDialogs } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { LuminaClient } from '../api';
import { addOpenedOnce } from '../openedOnce';
import { notebookMapIcon } from './icon';

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
    const map = {
      id: 'lumina-notebook-map',
      command: 'lumina:show-notebook-map',
      label: trans.__('Show Notebook Map'),
      caption: trans.__('Which cells are stale and why, and which to run again'),
      icon: notebookMapIcon,
      place: { area: 'right', rank: 860, type: 'Lumina Notebook Map' },
      load: async () => {
        const { NotebookMapPanel } = await import('./panel');
        const client = new LuminaClient(app.serviceManager.serverSettings);
        return new NotebookMapPanel({ client, notebooks, dialogs, translator: texts }, trans);
      }
    } as const;
    addOpenedOnce(app, map, palette, restorer, trans);
  }
};
