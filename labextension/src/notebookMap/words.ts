import type { TranslationBundle } from '@jupyterlab/translation';
import type { components } from '../api';

export type NotebookMap = components['schemas']['NotebookMap'];
export type CellStatus = components['schemas']['CellStatus'];
export type VariableOrigin = components['schemas']['VariableOrigin'];

/** The cells that no longer stand for what the kernel holds. */
export function staleCells(map: NotebookMap): CellStatus[] {
  return map.cells.filter(({ state }) => state === 'edited' || state === 'upstream');
}

/** The cells whose last run ended with an error; the stale ones are not among them. */
export function failedCells(map: NotebookMap): CellStatus[] {
  return map.cells.filter(({ state }) => state === 'failed');
}

/** The variables that come from code that the notebook no longer holds as it ran. */
export function strangers(map: NotebookMap): VariableOrigin[] {
  return map.variables.filter(({ origin }) => origin !== 'cell');
}

/** Why a cell is listed, as a sentence. */
export function reason(cell: CellStatus, trans: TranslationBundle): string {
  switch (cell.state) {
    case 'edited':
      return trans.__('It was edited since it ran.');
    case 'failed':
      return trans.__('Its last run ended with an error.');
    default:
      return sentence(cell.because ?? '') || trans.__('What it uses has changed since it ran.');
  }
}

/** Where a variable comes from, as a sentence; `number` is its cell's, when it has one. */
export function origin(
  variable: VariableOrigin,
  number: number | undefined,
  trans: TranslationBundle
): string {
  return number === undefined
    ? trans.__('From code that is no longer in the notebook (run %1).', variable.execution)
    : trans.__('From cell #%1, which was edited since run %2.', number, variable.execution);
}

/** What the map says in short. */
export function verdict(map: NotebookMap, trans: TranslationBundle): string {
  const stale = staleCells(map).length;
  return stale
    ? trans._n('%1 cell is stale.', '%1 cells are stale.', stale)
    : trans.__('Nothing is stale.');
}

/** The first line of a source that says something, for a list. */
export function firstLine(source: string): string {
  const line = source.split('\n').find(each => each.trim()) ?? '';
  return line.trim().slice(0, 120);
}

function sentence(text: string): string {
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return !begun || begun.endsWith('.') ? begun : `${begun}.`;
}
