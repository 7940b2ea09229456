import { describe, expect, it } from 'vitest';
import type { Proposal, ProposedChange } from '../../src/agent/tokens';
import { newsOf } from '../../src/agent/events';
import { countOf, entriesOf } from '../../src/proposals/entries';

function change(kind: ProposedChange['kind'], cell: string, more: Partial<ProposedChange> = {}) {
  const hunks: ProposedChange['hunks'] = [];
  return {
    ...{ kind, cell, cell_type: 'code' as const, state: 'open' as const, stale: '' },
    ...{ base: '', proposed: '', hunks, after: null },
    ...more
  };
}

function proposal(id: string, ...changes: ProposedChange[]): Proposal {
  return {
    ...{ id, path: 'a.ipynb', state: 'open', run: 'r', author: 'Lumina', model: '', user: '' },
    ...{ reason: '', created_at: 0, updated_at: 0, changes, decisions: [], version: 1, notice: '' }
  } as Proposal;
}

const shownAt = (proposals: Proposal[], cells: string[]) =>
  entriesOf(proposals, cells).map(({ change, host, place }) => [change.cell, host, place]);

describe('entriesOf', () => {
  it('follows the order of the notebook', () => {
    const one = proposal(
      'p',
      change('edit', 'c'),
      change('insert', 'n1', { after: 'a' }),
      change('insert', 'n2', { after: 'a' }),
      change('delete', 'b'),
      change('insert', 'top')
    );
    expect(shownAt([one], ['a', 'b', 'c'])).toEqual([
      ['top', 'a', 'above'],
      ['n1', 'a', 'below'],
      ['n2', 'a', 'below'],
      ['b', 'b', 'above'],
      ['c', 'c', 'instead']
    ]);
  });

  it('shows one proposal for a cell at a time', () => {
    const found = shownAt(
      [proposal('p', change('edit', 'a')), proposal('q', change('edit', 'a'))],
      ['a']
    );
    expect(found).toEqual([
      ['a', 'a', 'instead'],
      ['a', null, 'instead']
    ]);
  });

  it('has no place for a cell that is gone, and shows nothing that is decided', () => {
    const one = proposal(
      'p',
      change('edit', 'gone', { state: 'stale', stale: 'The cell was deleted meanwhile.' }),
      change('edit', 'a', { state: 'accepted' })
    );
    expect(shownAt([one], ['a'])).toEqual([['gone', null, 'instead']]);
    expect(countOf(entriesOf([one], ['a']))).toEqual({ open: 0, stale: 1 });
  });
});

describe('newsOf', () => {
  const event = (name: string, data: string) => newsOf({ event: name, data, id: '' });

  it('takes what it knows and passes over everything else', () => {
    expect(event('proposals', '{"proposals": []}')).toEqual({ proposals: [] });
    expect(event('proposals', '{"proposals": 1}')).toBeNull();
    expect(event('proposals', 'no JSON')).toBeNull();
    expect(event('weather', '{"weather": []}')).toBeNull();
  });
});
