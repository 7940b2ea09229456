import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { knownWith, missing } from '../../src/approvals/known';
import type { Approval } from '../../src/approvals/tokens';
import { approval } from './approval';

const IDS = ['apr_1', 'apr_2', 'apr_3'];
const tellings = fc.array(
  fc
    .record({
      id: fc.constantFrom(...IDS),
      state: fc.constantFrom<Approval['state']>('pending', 'granted')
    })
    .map(({ id, state }) => approval(id, { state, created_at: IDS.indexOf(id) }))
);

describe('what is known of approvals', () => {
  it('is the same in whatever order, pieces and number it is told', () => {
    fc.assert(
      fc.property(tellings, fc.integer({ min: 0, max: 20 }), (told, cut) => {
        const states = (all: readonly Approval[]) => all.map(({ id, state }) => [id, state]);
        const once = knownWith([], told);
        const pieces = knownWith(knownWith([], told.slice(0, cut)), told.slice(cut));
        const again = knownWith(once, told);
        expect(states(pieces)).toEqual(states(once));
        expect(states(knownWith([], [...told].reverse()))).toEqual(states(once));
        expect(again).toBe(once);
        expect(once.map(({ id }) => id)).toEqual(IDS.filter(id => told.some(e => e.id === id)));
      })
    );
  });

  it('never has one wait again that is over', () => {
    const over = knownWith([], [approval('apr_1', { state: 'denied', decided_by: 'Ana' })]);
    expect(knownWith(over, [approval('apr_1')])).toBe(over);
  });

  it('keeps what waits however much is over', () => {
    const waiting = approval('apr_old', { created_at: 0 });
    const over = Array.from({ length: 300 }, (_, at) =>
      approval(`apr_${at}`, { state: 'granted', created_at: 1 + at })
    );
    const known = knownWith([], [waiting, ...over]);
    expect(known[0]).toBe(waiting);
    expect(known).toHaveLength(51);
    expect(known[50]!.id).toBe('apr_299');
  });

  it('tells which were decided while nobody listened', () => {
    const known = [approval('apr_1'), approval('apr_2'), approval('apr_3', { state: 'granted' })];
    expect(missing(known, [approval('apr_2')]).map(({ id }) => id)).toEqual(['apr_1']);
  });
});
