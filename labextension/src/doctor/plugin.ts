import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { ICommandPalette } from '@jupyterlab/apputils';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { LuminaClient } from '../api';
import { addMainAreaPage } from '../openedOnce';

/** The doctor: what is wrong with Lumina here, and how to mend it. */
export const doctorPlugin: JupyterFrontEndPlugin<void> = {
  id: 'lumina-jupyter:doctor',
  description: 'Finds out what is wrong with Lumina, and says how to mend it.',
  autoStart: true,
  optional: [ICommandPalette, ILayoutRestorer, ITranslator],
  activate: (
    app: JupyterFrontEnd,
    palette: ICommandPalette | null,
    restorer: ILayoutRestorer | null,
    translator: ITranslator | null
  ) => {
    const trans = (translator ?? nullTranslator).load('lumina_jupyter');
    const page = {
      id: 'lumina-doctor',
      command: 'lumina:open-doctor',
      label: trans.__('Lumina Doctor'),
      caption: trans.__('Find out what is wrong, and how to mend it'),
      title: trans.__('Lumina Doctor'),
      load: async () => {
        const { DoctorPage } = await import('./page');
        const client = new LuminaClient(app.serviceManager.serverSettings);
        return new DoctorPage(client, app.version, trans);
      }
    };
    addMainAreaPage(app, page, palette, restorer, trans);
  }
};
