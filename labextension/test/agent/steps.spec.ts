import { describe, expect, it } from 'vitest';
import { touched, undoable } from '../../src/agent/steps';
import type { Step } from '../../src/agent/tokens';

function step(run: string, number: number, undone = false, cells = ['a']): Step {
  return {
    ...{ run, step: number, kind: 'agent', at: 0, user: '', model: '', undone, summary: '' },
    cells: Object.fromEntries(cells.map(cell => [cell, 'changed'])),
    undone_cells: undone ? cells : []
  };
}

describe('undoable', () => {
  it('is the last step that is not undone, and the first that is undone after it', () => {
    const steps = [step('r', 1), step('r', 2), step('r', 3, true), step('q', 1, true)];
    const { undo, ofRun, redo } = undoable(steps);
    expect([undo?.step, ofRun, redo?.run, redo?.step]).toEqual([2, 2, 'r', 3]);
  });

  it('is nothing where nothing was done, and only redo where all is undone', () => {
    expect(undoable([])).toEqual({ undo: null, ofRun: 0, redo: null });
    expect(undoable([step('r', 1, true)])).toMatchObject({ undo: null, redo: { step: 1 } });
  });
});

describe('touched', () => {
  it('means a cell with something left to undo', () => {
    expect(touched([step('r', 1, false, ['a'])], 'a')).toBe(true);
    expect(touched([step('r', 1, true, ['a'])], 'a')).toBe(false);
    expect(touched([step('r', 1, false, ['a'])], 'b')).toBe(false);
  });
});
