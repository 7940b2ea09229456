import type { Cell } from '@jupyterlab/cells';
import type { TranslationBundle } from '@jupyterlab/translation';
import {
  buildIcon,
  codeCheckIcon,
  editIcon,
  fastForwardIcon,
  infoIcon,
  textEditorIcon,
  addBelowIcon,
  type LabIcon
} from '@jupyterlab/ui-components';
import { hasError } from './errors';

/** One thing that can be done with a cell. */
export interface ICellAction {
  /** The command in JupyterLab. */
  readonly id: string;
  /** The command on the server. */
  readonly command: string;
  readonly label: string;
  readonly caption: string;
  readonly icon: LabIcon;
  /** What the answer is for: to be read, a new source of the cell, a new cell below it, more at its end. */
  readonly result: 'answer' | 'replace' | 'insert' | 'append';
  /** What the person is asked first; empty when nothing is. */
  readonly question: string;
  /** Whether it makes sense for a cell. */
  fits(cell: Cell): boolean;
}

const isCode = (cell: Cell) => cell.model.type === 'code';
const isWritten = (cell: Cell) => cell.model.sharedModel.getSource().trim() !== '';

/** What can be done with a cell, in the order in which it is offered. */
export function cellActions(trans: TranslationBundle): ICellAction[] {
  return [
    {
      id: 'lumina:fix-cell',
      command: 'fix',
      label: trans.__('Fix Cell'),
      caption: trans.__('Correct this cell, which failed; a diff is shown first'),
      icon: buildIcon,
      result: 'replace',
      question: '',
      fits: hasError
    },
    {
      id: 'lumina:edit-cell',
      command: 'edit',
      label: trans.__('Edit Cell by Instruction…'),
      caption: trans.__('Say what should change in this cell; a diff is shown first'),
      icon: editIcon,
      result: 'replace',
      question: trans.__('What should change in this cell?'),
      fits: cell => cell.model.type !== 'raw' && isWritten(cell)
    },
    {
      id: 'lumina:explain-cell',
      command: 'explain',
      label: trans.__('Explain Cell'),
      caption: trans.__('Explain what this cell does, or why it failed'),
      icon: infoIcon,
      result: 'answer',
      question: '',
      fits: isWritten
    },
    {
      id: 'lumina:document-cell',
      command: 'doc',
      label: trans.__('Document Cell'),
      caption: trans.__('Add docstrings and comments to this cell; a diff is shown first'),
      icon: textEditorIcon,
      result: 'replace',
      question: '',
      fits: cell => isCode(cell) && isWritten(cell)
    },
    {
      id: 'lumina:test-cell',
      command: 'test',
      label: trans.__('Write Tests for Cell'),
      caption: trans.__('Write tests for this cell into a new cell below it'),
      icon: codeCheckIcon,
      result: 'insert',
      question: '',
      fits: cell => isCode(cell) && isWritten(cell)
    },
    {
      id: 'lumina:optimize-cell',
      command: 'optimize',
      label: trans.__('Optimize Cell'),
      caption: trans.__('Make this cell faster or simpler; a diff is shown first'),
      icon: fastForwardIcon,
      result: 'replace',
      question: '',
      fits: cell => isCode(cell) && isWritten(cell)
    },
    {
      id: 'lumina:continue-cell',
      command: 'continue',
      label: trans.__('Continue Cell'),
      caption: trans.__('Write what comes next in this cell; a diff is shown first'),
      icon: addBelowIcon,
      result: 'append',
      question: '',
      fits: cell => cell.model.type !== 'raw' && isWritten(cell)
    }
  ];
}
