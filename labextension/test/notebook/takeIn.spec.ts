import { YNotebook } from '@jupyter/ydoc';
import type * as nbformat from '@jupyterlab/nbformat';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { converge } from '../../src/notebook/takeIn';

const cells = fc.uniqueArray(
  fc.record({
    id: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
    cell_type: fc.constantFrom('code', 'markdown'),
    source: fc.constantFrom('', 'x = 1', 'x = 1\ny = 2')
  }),
  { selector: ({ id }) => id, maxLength: 5 }
);

function content(made: readonly { id: string; cell_type: string; source: string }[]) {
  return {
    cells: made.map(cell => ({
      ...cell,
      metadata: {},
      ...(cell.cell_type === 'code' ? { outputs: [], execution_count: null } : {})
    })),
    ...{ metadata: {}, nbformat: 4, nbformat_minor: 5 }
  } as unknown as nbformat.INotebookContent;
}

function shown(notebook: YNotebook) {
  return notebook.cells.map(cell => [cell.getId(), cell.cell_type, cell.getSource()]);
}

describe('converge', () => {
  it('makes any notebook of any other', () => {
    fc.assert(
      fc.property(cells, cells, (before, after) => {
        const notebook = new YNotebook();
        notebook.fromJSON(content(before));
        converge(notebook, content(after));
        expect(shown(notebook)).toEqual(after.map(each => [each.id, each.cell_type, each.source]));
      })
    );
  });

  it('leaves alone what is the same, and whether a cell is trusted', () => {
    const notebook = new YNotebook();
    const before = [
      { id: 'a', cell_type: 'code', source: 'x' },
      { id: 'b', cell_type: 'code', source: 'y' }
    ];
    notebook.fromJSON(content(before));
    notebook.cells[0]!.setMetadata('trusted', true);
    const [first, second] = notebook.cells;
    converge(notebook, content([before[0]!, { ...before[1]!, source: 'z' }]));
    expect(notebook.cells[0]).toBe(first);
    expect(notebook.cells[1]).toBe(second);
    expect(first!.getMetadata('trusted')).toBe(true);
    expect(second!.getSource()).toBe('z');
  });
});
