import { CodeCellModel, MarkdownCellModel } from '@jupyterlab/cells';
import { describe, expect, it } from 'vitest';
import { cellView, policyOf } from '../../src/notebook/view';

describe('cellView', () => {
  it('is the cell with its id, its count and what it put out', () => {
    const model = new CodeCellModel();
    model.sharedModel.setSource('1 / 0');
    model.executionCount = 3;
    model.outputs.add({ output_type: 'stream', name: 'stdout', text: 'one\n' });
    model.outputs.add({
      output_type: 'error',
      ename: 'ZeroDivisionError',
      evalue: 'division by zero',
      traceback: ['a', 'b']
    });
    expect(cellView(model, false)).toEqual({
      id: model.id,
      kind: 'code',
      source: '1 / 0',
      execution_count: 3,
      outputs: [
        { output_type: 'stream', name: 'stdout', text: 'one\n' },
        {
          output_type: 'error',
          ename: 'ZeroDivisionError',
          evalue: 'division by zero',
          traceback: ['a\nb']
        }
      ]
    });
    model.dispose();
  });

  it('has no outputs where a cell has none', () => {
    const model = new MarkdownCellModel();
    model.sharedModel.setSource('# Title');
    expect(cellView(model, false)).toEqual({ id: model.id, kind: 'markdown', source: '# Title' });
    model.dispose();
  });
});

describe('policyOf', () => {
  it('reads a policy, and nothing from what is none', () => {
    expect(policyOf({ policy: { variables: 'off' } })).toEqual({ variables: 'off' });
    for (const other of [undefined, null, 'off', { policy: ['off'] }, { policy: 'off' }]) {
      expect(policyOf(other)).toEqual({});
    }
  });
});
