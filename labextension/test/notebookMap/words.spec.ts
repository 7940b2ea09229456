import { nullTranslator } from '@jupyterlab/translation';
import { describe, expect, it } from 'vitest';
import {
  firstLine,
  origin,
  reason,
  staleCells,
  strangers,
  verdict,
  type CellStatus,
  type NotebookMap
} from '../../src/notebookMap/words';

const trans = nullTranslator.load('lumina_jupyter');

function cell(number: number, state: CellStatus['state'], because = ''): CellStatus {
  return { id: `c${number}`, number, state, because, uses: [] };
}

const map: NotebookMap = {
  cells: [
    cell(1, 'edited', 'its source is not what was run'),
    cell(2, 'upstream', 'it uses x of cell #1, which is edited'),
    cell(3, 'failed', 'it ended with an error'),
    cell(4, 'fresh'),
    cell(5, 'not_run'),
    cell(6, 'no_code')
  ],
  variables: [
    { name: 'x', origin: 'edited', execution: 3, cell: 'c1' },
    { name: 'y', origin: 'cell', execution: 4, cell: 'c2' },
    { name: 'z', origin: 'deleted', execution: 5, cell: '' }
  ],
  rerun: ['c1', 'c2'],
  known: true
};

describe('the map in words', () => {
  it('counts what was edited and what depends on it as stale, and nothing else', () => {
    expect(staleCells(map).map(each => each.id)).toEqual(['c1', 'c2']);
    expect(verdict(map, trans)).toBe('2 cells are stale.');
    expect(verdict({ ...map, cells: map.cells.slice(2) }, trans)).toBe('Nothing is stale.');
  });

  it('gives each reason as a sentence', () => {
    expect(map.cells.slice(0, 3).map(each => reason(each, trans))).toEqual([
      'It was edited since it ran.',
      'It uses x of cell #1, which is edited.',
      'Its last run ended with an error.'
    ]);
    expect(reason(cell(7, 'upstream'), trans)).toMatch(/^[A-Z].*\.$/);
  });

  it('says where the variables come from that no cell gives as it stands', () => {
    const [edited, deleted] = strangers(map);
    expect(origin(edited!, 1, trans)).toBe('From cell #1, which was edited since run 3.');
    expect(origin(deleted!, undefined, trans)).toContain('no longer in the notebook (run 5)');
    expect(strangers(map)).toHaveLength(2);
  });

  it('shows the first line that says something', () => {
    expect(firstLine('\n   \n  x = 1\ny = 2')).toBe('x = 1');
    expect(firstLine('')).toBe('');
  });
});
