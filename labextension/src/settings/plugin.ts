import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { LuminaClient } from '../api';
import { addMainAreaPage } from '../openedOnce';

/** The settings page: providers and their keys, models, defaults, privacy. */
export const settingsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'lumina-jupyter:settings',
  description: 'A page for Lumina’s providers, keys, models, defaults and privacy.',
  autoStart: true,
  optional: [INotebookTracker, ICommandPalette, ILayoutRestorer, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    notebooks: INotebookTracker | null,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null,
    translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('lumina_jupyter');
    const page = {
      id: 'lumina-settings',
      command: 'lumina:open-settings',
      label: trans.__('Lumina Settings'),
      caption: trans.__('Providers, keys, models, defaults and privacy'),
      title: trans.__('Lumina Settings'),
      load: async () => {
        const { SettingsPage } = await import('./page');
        return new SettingsPage(new LuminaClient(app.serviceManager.serverSettings), {
          notebooks,
          openDoctor: () => void app.commands.execute('lumina:open-doctor'),
          trans
        });
      }
    };
    addMainAreaPage(app, page, palette, restorer, trans);
  }
};
