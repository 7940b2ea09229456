import { CodeCell, isCodeCellModel, type Cell } from '@jupyterlab/cells';
import { isPrompt } from '../cells/promptCells';

/** Errors that are no mistake in the code. */
const NOT_TO_MEND = new Set(['KeyboardInterrupt', 'SystemExit']);

/** Whether a cell shows an error that could be mended; an interrupt is none, nor is what a prompt met with. */
export function hasError(cell: Cell): boolean {
  const { model } = cell;
  if (!(cell instanceof CodeCell) || !isCodeCellModel(model)) {
    return false;
  }
  const { outputs } = model;
  for (let index = outputs.length - 1; index >= 0; index--) {
    const output = outputs.get(index);
    if (output.type === 'error') {
      const name = output.toJSON()['ename'];
      return !NOT_TO_MEND.has(String(name)) && !isPrompt(model.sharedModel.getSource());
    }
  }
  return false;
}
