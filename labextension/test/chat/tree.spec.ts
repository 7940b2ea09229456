import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TurnTree, type INode } from '../../src/chat/model/tree';

function tree(...turns: [string, string][]): TurnTree {
  const made = new TurnTree();
  made.set(turns.map(([id, parent]) => ({ id, parent })));
  return made;
}

const ids = (made: TurnTree): string[] => made.path().map(step => step.id);

/** Turns whose parents are any of those before them, none, or some that are not there. */
const nodes = fc.array(fc.nat(), { maxLength: 30 }).map(picks =>
  picks.map((pick, index): INode => {
    const parents = ['', 'nobody', ...Array.from({ length: index }, (_, n) => `t${n}`)];
    return { id: `t${index}`, parent: parents[pick % parents.length]! };
  })
);

describe("a conversation's turns", () => {
  it('lead to the newest one', () => {
    const made = tree(['a', ''], ['b', 'a'], ['c', 'b'], ['b2', 'a']);
    expect(ids(made)).toEqual(['a', 'b2']);
    expect(made.path()[1]).toEqual({ id: 'b2', siblings: ['b', 'b2'], position: 1 });
  });

  it('lead through the sibling that was chosen, and from there to the newest', () => {
    const made = tree(['a', ''], ['b', 'a'], ['c', 'b'], ['c2', 'b'], ['b2', 'a']);
    made.choose('b');
    expect(ids(made)).toEqual(['a', 'b', 'c2']);
    made.choose('c');
    expect(ids(made)).toEqual(['a', 'b', 'c']);
  });

  it('stay where one chose to be when somebody goes on elsewhere', () => {
    const made = tree(['a', ''], ['b', 'a']);
    made.choose('b');
    made.set(
      [...'ab'].map((id, n) => ({ id, parent: n ? 'a' : '' })).concat({ id: 'x', parent: 'a' })
    );
    expect(ids(made)).toEqual(['a', 'b']);
    expect(made.path()[1]!.siblings).toEqual(['b', 'x']);
  });

  it('are the same whether they come one by one or all at once', () => {
    fc.assert(
      fc.property(nodes, turns => {
        const atOnce = new TurnTree();
        atOnce.set(turns);
        const oneByOne = new TurnTree();
        turns.forEach(turn => oneByOne.add(turn));
        expect(oneByOne.path()).toEqual(atOnce.path());
      }),
      { numRuns: 500 }
    );
  });

  it('can all be reached, whatever their parents are', () => {
    fc.assert(
      fc.property(nodes, turns => {
        const made = new TurnTree();
        made.set(turns);
        const newest = turns[turns.length - 1];
        if (newest) {
          expect(ids(made)).toContain(newest.id);
        }
        for (const { id } of turns) {
          made.choose(id);
          const path = made.path();
          const place = path.findIndex(step => step.id === id);
          expect(place).toBeGreaterThanOrEqual(0);
          expect(path[place]!.siblings[path[place]!.position]).toBe(id);
          expect(path.length).toBeLessThanOrEqual(turns.length);
        }
      })
    );
  });
});
