import { MimeData } from '@lumino/coreutils';
import { describe, expect, it } from 'vitest';
import { mentionsOf } from '../../../src/chat/components/useCellDrop';

function dragged(data: Record<string, unknown>): MimeData {
  const mime = new MimeData();
  Object.entries(data).forEach(([type, value]) => mime.setData(type, value));
  return mime;
}

const CELLS = 'application/vnd.jupyter.cells';
const ID = '3f2504e0-4f89-11d3-9a0c-0305e82c3301';

describe('what is dropped on the input', () => {
  it('names a cell by the beginning of its id', () => {
    expect(mentionsOf(dragged({ [CELLS]: [{ id: ID }] }), [ID])).toEqual(['@cell:3f2504e0']);
  });

  it('names it by as much of its id as tells it from the others', () => {
    const other = '3f2504e0-4f89-11d3-9a0c-0305e82c3302';
    expect(mentionsOf(dragged({ [CELLS]: [{ id: ID }] }), [ID, other])).toEqual([`@cell:${ID}`]);
  });

  it('names files, in quotes where a space would end the name', () => {
    const files = { 'application/x-jupyter-icontents': ['data/a.csv', 'my data.csv'] };
    expect(mentionsOf(dragged(files), [])).toEqual(['@file:data/a.csv', '@file:"my data.csv"']);
  });
});
