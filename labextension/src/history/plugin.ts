import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { IEditorServices } from '@jupyterlab/codeeditor';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { historyIcon } from '@jupyterlab/ui-components';
import type { ReadonlyPartialJSONObject } from '@lumino/coreutils';
import { LuminaClient } from '../api';
import { addOpenedOnce } from '../openedOnce';

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
    const history = {
      id: 'lumina-notebook-history',
      command: 'lumina:show-notebook-history',
      label: (args: ReadonlyPartialJSONObject) =>
        args['toolbar'] ? '' : trans.__('Show Notebook History'),
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
      place: { area: 'right', rank: 870, type: 'Lumina Notebook History' },
      load: async () => {
        const { HistoryPanel } = await import('./panel');
        const client = new LuminaClient(app.serviceManager.serverSettings);
        return new HistoryPanel({ client, notebooks, editors }, trans);
      }
    } as const;
    addOpenedOnce(app, history, palette, restorer, trans);
  }
};
