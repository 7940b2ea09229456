import { nullTranslator } from '@jupyterlab/translation';
import { describe, expect, it } from 'vitest';
import { thingsToTry } from '../../../src/chat/components/thingsToTry';
import type { ICellView } from '../../../src/chat/model';

const trans = nullTranslator.load('lumina_jupyter');
const texts = (...cells: Partial<ICellView>[]) =>
  thingsToTry(
    { cells: cells.map((cell, index) => ({ id: `c${index}`, kind: 'code', ...cell })) },
    trans
  ).map(thing => thing.text);

describe('thingsToTry', () => {
  it('begins with the last error, by the number of its cell', () => {
    const failed = { source: '1/0', outputs: [{ output_type: 'error' }] };
    expect(texts({ source: 'x = 1' }, failed, { source: 'y' })[0]).toBe('/fix @cell:#2');
  });

  it('speaks of a table that the notebook makes', () => {
    const found = texts({ source: 'import pandas as pd\nsales = pd.read_csv("sales.csv")' });
    expect(found[0]).toContain('@sales');
  });

  it('explains a notebook that has neither', () => {
    expect(texts({ source: 'a = 1' }, { source: 'b = 2' })[0]).toContain('@notebook');
    expect(texts({ source: 'a = 1' })[0]).toBe('/explain @cell');
  });

  it('always has three', () => {
    expect(texts()).toHaveLength(3);
    expect(thingsToTry(undefined, trans)).toHaveLength(3);
    expect(texts({ source: 'a' }, { source: 'b' })).toHaveLength(3);
  });
});
