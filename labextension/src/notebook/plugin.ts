import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { INotebookTracker } from '@jupyterlab/notebook';
import { ITranslator, nullTranslator } from '@jupyterlab/translation';
import { INotebookEvents } from '../agent/tokens';
import { FileFollower } from './fileFollower';

/** What Lumina writes to a notebook's file is shown where the notebook is open. */
export const notebookFilesPlugin: JupyterFrontEndPlugin<void> = {
  id: 'lumina-jupyter:notebook-files',
  description: 'Shows in open notebooks what Lumina writes to their files, beside unsaved edits.',
  autoStart: true,
  requires: [INotebookTracker, INotebookEvents],
  optional: [ITranslator],
  activate: (
    _: JupyterFrontEnd,
    tracker: INotebookTracker,
    events: INotebookEvents,
    translator: ITranslator | null
  ) => {
    new FileFollower(tracker, events, (translator ?? nullTranslator).load('lumina_jupyter'));
  }
};
