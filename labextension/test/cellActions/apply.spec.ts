import { YNotebook } from '@jupyter/ydoc';
import { describe, expect, it } from 'vitest';
import { setSource } from '../../src/cellActions/apply';

function cellOf(source: string) {
  const notebook = new YNotebook({ disableDocumentWideUndoRedo: true });
  return notebook.insertCell(0, { cell_type: 'code', source });
}

describe('setSource', () => {
  it('is one change that undo takes back, and what was typed before stays', () => {
    const cell = cellOf('a = 1\nb = 2\nc = 3');
    cell.updateSource(0, 0, '# typed\n');
    setSource(cell, '# typed\na = 10\nb = 2\nc = 30');
    expect(cell.getSource()).toBe('# typed\na = 10\nb = 2\nc = 30');
    cell.undo();
    expect(cell.getSource()).toBe('# typed\na = 1\nb = 2\nc = 3');
    cell.redo();
    expect(cell.getSource()).toBe('# typed\na = 10\nb = 2\nc = 30');
  });

  it('leaves what is the same alone', () => {
    const cell = cellOf('a = 1\nb = 2');
    let changes = 0;
    cell.changed.connect((_, { sourceChange }) => {
      changes += 1;
      expect(sourceChange).toEqual([{ retain: 4 }, { insert: '9' }, { delete: 1 }]);
    });
    setSource(cell, 'a = 9\nb = 2');
    setSource(cell, 'a = 9\nb = 2');
    expect(changes).toBe(1);
  });
});
