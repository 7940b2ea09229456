import type { JupyterFrontEnd, JupyterFrontEndPlugin } from '@jupyterlab/application';
import { INotebookTracker } from '@jupyterlab/notebook';
import { PromptCells } from './promptCells';

/** Highlights `%%lumina` cells as Markdown. */
export const promptCellsPlugin: JupyterFrontEndPlugin<void> = {
  id: 'lumina-jupyter:prompt-cells',
  description: 'Highlights %%lumina cells as Markdown.',
  autoStart: true,
  requires: [INotebookTracker],
  activate: (_app: JupyterFrontEnd, notebooks: INotebookTracker) => {
    const follow = (panel: ConstructorParameters<typeof PromptCells>[0]) => new PromptCells(panel);
    notebooks.forEach(follow);
    notebooks.widgetAdded.connect((_, panel) => follow(panel));
  }
};
