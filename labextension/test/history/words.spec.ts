import { nullTranslator } from '@jupyterlab/translation';
import { describe, expect, it } from 'vitest';
import {
  byDay,
  changesOf,
  fateOf,
  linesOf,
  nameOf,
  reasonOf,
  verdict,
  whoOf,
  type CellDifference,
  type Moment
} from '../../src/history/words';

const trans = nullTranslator.load('lumina_jupyter');
const NOW = new Date(2026, 5, 15, 12, 0);

function moment(at: Date, news: Partial<Moment> = {}): Moment {
  return {
    id: `m${at.getTime()}`,
    at: at.getTime() / 1000,
    kind: 'snapshot',
    reason: 'saved',
    by: '',
    run: '',
    model: '',
    steps: 0,
    cells: 3,
    size: 1000,
    added: 0,
    edited: 0,
    removed: 0,
    changed_by: '',
    damaged: false,
    ...news
  };
}

function cell(news: Partial<CellDifference> = {}): CellDifference {
  return {
    id: 'a',
    type: 'code',
    change: 'changed',
    number_before: 1,
    number_after: 2,
    before: '',
    after: '',
    lines: [],
    lines_added: 0,
    lines_removed: 0,
    moved: false,
    retyped: false,
    outputs: false,
    metadata: false,
    ...news
  };
}

describe('a history in words', () => {
  it('puts moments under their days', () => {
    const moments = [
      moment(new Date(2026, 5, 15, 11, 59)),
      moment(new Date(2026, 5, 15, 0, 0)),
      moment(new Date(2026, 5, 14, 23, 59)),
      moment(new Date(2026, 5, 13, 23, 59)),
      moment(new Date(2025, 5, 13, 23, 59))
    ];
    const days = byDay(moments, NOW, trans);
    expect(days.map(day => day.moments.length)).toEqual([2, 1, 1, 1]);
    expect(days.slice(0, 2).map(day => day.label)).toEqual(['Today', 'Yesterday']);
    expect(days[2]!.label).not.toBe(days[3]!.label);
    expect(days[3]!.label).toContain('2025');
    expect(byDay([], NOW, trans)).toEqual([]);
  });

  it('tells what changed since the moment before', () => {
    expect(changesOf(moment(NOW), trans)).toBe('3 cells');
    expect(changesOf(moment(NOW, { cells: 1, added: 1, removed: 2 }), trans)).toBe(
      '1 cell: 1 added, 2 removed'
    );
    expect(changesOf(moment(NOW, { damaged: true }), trans)).toBe('Damaged on the disk');
    expect(changesOf(moment(NOW, { edited: 1, changed_by: 'Ada, Lumina' }), trans)).toBe(
      '3 cells: 1 edited, by Ada, Lumina'
    );
  });

  it('tells why there is a moment, and by whom', () => {
    const reasons = [
      'before_run',
      'before_reconnect',
      'before_restore',
      'recovery',
      'saved',
      'run',
      'undone_run'
    ];
    const told = reasons.map(reason => reasonOf(moment(NOW, { reason }), trans));
    expect(new Set(told).size).toBe(reasons.length);
    expect(whoOf(moment(NOW, { by: 'Ada' }), trans)).toBe('Ada');
    expect(whoOf(moment(NOW, { by: 'Lumina', model: 'lab/m' }), trans)).toBe('Lumina with lab/m');
    expect(whoOf(moment(NOW), trans)).toBe('');
    expect(whoOf(moment(NOW, { model: 'lab/m' }), trans)).toBe('lab/m');
    expect(whoOf(moment(NOW, { by: 'Ada', changed_by: 'Ada' }), trans)).toBe('');
  });

  it('tells what became of a cell', () => {
    expect(fateOf(cell({ lines: ['+x'], outputs: true }), trans)).toBe('Edited, other outputs');
    expect(fateOf(cell({ change: 'added' }), trans)).toBe('New since then');
    expect(fateOf(cell({ change: 'removed' }), trans)).toBe('Deleted since then');
    expect(linesOf(cell({ lines_added: 2, lines_removed: 1 }))).toBe('+2 \u22121');
    expect(linesOf(cell())).toBe('');
    expect(nameOf(cell(), trans)).toBe('Cell #2');
    expect(nameOf(cell({ number_after: 0 }), trans)).toBe('Former cell #1');
  });

  it('has a verdict for every comparison', () => {
    const found = { cells: [], unchanged: 3, metadata: false };
    expect(verdict(found, trans)).toBe('The notebook is now as it was then.');
    expect(verdict({ ...found, cells: [cell()] }, trans)).toBe('1 cell differs from now.');
    expect(verdict({ ...found, metadata: true }, trans)).toContain('metadata');
  });
});
