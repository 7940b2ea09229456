import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { LuminaClient } from '../api';
import { NotebookEvents } from './events';
import { INotebookEvents } from './tokens';

/** What the server tells of the notebook on top. */
export const notebookEventsPlugin: JupyterFrontEndPlugin<INotebookEvents> = {
  id: 'lumina-jupyter:notebook-events',
  description: 'Follows what is proposed for the notebook on top, and what can be undone in it.',
  autoStart: true,
  requires: [INotebookTracker],
  optional: [ITranslator],
  provides: INotebookEvents,
  activate: (app: JupyterFrontEnd, tracker: INotebookTracker, translator: ITranslator | null) =>
    new NotebookEvents(
      new LuminaClient(app.serviceManager.serverSettings),
      tracker,
      (translator ?? nullTranslator).load('lumina_jupyter')
    )
};
